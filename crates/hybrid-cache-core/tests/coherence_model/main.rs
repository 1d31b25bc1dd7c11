//! The rules of `docs/coherence.md`, explored exhaustively within the bounds of each slice.

mod action;
mod browser;
mod canonical;
mod coherence;
mod mutant;
mod onlooker;
mod rules;
mod server;
mod slice;
mod slices;
mod transaction;
mod world;

use coherence::Coherence;
use stateright::{Checker, Model};
use std::time::Instant;

fn explore(slice: slice::Slice) {
    let begun = Instant::now();
    let limit: usize = std::env::var("LIMIT").ok().and_then(|s| s.parse().ok()).unwrap_or(30_000_000);
    let checker = Coherence::new(slice, None)
        .checker()
        .threads(std::env::var("THREADS").map_or(2, |n| n.parse().unwrap()))
        .finish_when(stateright::HasDiscoveries::AnyFailures)
        .target_state_count(limit)
        .spawn_bfs()
        .join();
    println!(
        "{}: {} states, {} steps, depth {}, {:?}",
        checker.model().slice.name,
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        begun.elapsed()
    );
    for (name, path) in checker.discoveries() {
        if !(name.starts_with("I") || name.starts_with("R") || name.starts_with("S")) {
            continue;
        }
        println!("== {name}");
        let v = path.clone().into_vec();
        for (st, a) in &v {
            println!("   {a:?}");
            let _ = st;
        }
        if std::env::var("TRACE").is_ok() {
            for (st, a) in &v {
                println!("{st:#?}\n>>>> {a:?}");
            }
        }
    }
}
#[test]
fn one() {
    let n = std::env::var("SLICE").unwrap();
    for s in slices::all() {
        if n == "all" || n.split(',').any(|n| n == s.name) {
            explore(s)
        }
    }
}
