//! Every rule that code cites by number is in `docs/coherence.md`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

/// The repository's sources.
const SOURCES: [&str; 3] = ["crates", "src", "js"];

#[test]
fn every_cited_rule_is_in_the_norm() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let norm = fs::read_to_string(root.join("docs/coherence.md")).expect("docs/coherence.md can be read");
    let defined: BTreeSet<&str> = norm
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" |").next())
        .filter(|word| is_rule(word))
        .collect();
    let mut cited = BTreeMap::new();
    for folder in SOURCES {
        collect(&root.join(folder), &mut cited);
    }
    assert!(cited.contains_key("R0") && cited.contains_key("S1a"), "no source was read");
    for (rule, path) in cited {
        assert!(defined.contains(rule.as_str()), "{rule}, cited in {}, is not in docs/coherence.md", path.display());
    }
}

/// Adds the rules that the sources below a folder cite, with one of the files that do.
fn collect(folder: &Path, cited: &mut BTreeMap<String, PathBuf>) {
    for item in fs::read_dir(folder).expect("a folder of sources can be read") {
        let path = item.expect("a folder of sources can be read").path();
        if path.is_dir() {
            collect(&path, cited);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "ts") {
            let text = fs::read_to_string(&path).expect("sources are text");
            for word in text.split(|character: char| !character.is_ascii_alphanumeric() && character != '_') {
                if is_rule(word) && !cited.contains_key(word) {
                    cited.insert(word.to_owned(), path.clone());
                }
            }
        }
    }
}

/// `R4a`, `S1`, `H5`, `I3` and their like.
fn is_rule(word: &str) -> bool {
    let Some(number) = word.strip_prefix(['R', 'S', 'H', 'I']) else { return false };
    let digits = number.strip_suffix(['a', 'b']).unwrap_or(number);
    (1..=2).contains(&digits.len()) && digits.bytes().all(|digit| digit.is_ascii_digit())
}
