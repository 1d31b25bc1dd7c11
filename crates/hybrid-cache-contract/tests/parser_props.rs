//! Property tests of the parsers: nothing makes them panic, what is written can be read, and where others have written
//! a reader of the same grammar, both agree.

use std::time::{Duration, UNIX_EPOCH};

use hybrid_cache_contract::{
    CacheControl, CacheVersion, MAX_SECONDS, RawHeaders, ResponseStamp, StorePolicy, groups, http_date,
};
use proptest::prelude::*;

/// Items and inner lists, valid and not.
const VALUES: [&str; 40] = [
    "0",
    "60",
    "-5",
    "007",
    "123456789012345",
    "1234567890123456",
    "1.5",
    "1.234",
    "1.2345",
    "1.",
    "123456789012.5",
    "1234567890123.5",
    "-",
    "+1",
    "?1",
    "?0",
    "?2",
    "\"a\"",
    "\"b, c\"",
    "\"\\\"\\\\\"",
    "\"\\a\"",
    "\"",
    "\"é\"",
    "tok/en:x",
    "*",
    "a b",
    ":YQ==:",
    ":*:",
    "@12",
    "@1.5",
    "%\"a%c3%bc\"",
    "%\"%C3\"",
    "%\"%c\"",
    "(1 2)",
    "( \"a\"  b;c=1 )",
    "()",
    "(1\"a\")",
    "(1,2)",
    "(1",
    "(()) ",
];

/// Header text that is mostly well-formed, so that single faults show.
fn header_text() -> impl Strategy<Value = String> {
    let key = || prop::sample::select(vec!["max-age", "max-age", "no-store", "x", "*y", "z_-.*1", "A", "1", ""]);
    let value = || prop::sample::select(VALUES.to_vec());
    let with_value = || (key(), value()).prop_map(|(key, value)| format!("{key}={value}"));
    let parameter = prop_oneof![key().prop_map(str::to_owned), with_value()];
    let parameters = prop::collection::vec((prop::sample::select(vec![";", ";", "; ", " ;", ";\t"]), parameter), 0..3)
        .prop_map(|parameters| parameters.into_iter().map(|(mark, parameter)| mark.to_owned() + &parameter).collect());
    let member = prop_oneof![
        2 => key().prop_map(str::to_owned),
        3 => with_value(),
        3 => value().prop_map(str::to_owned),
    ];
    let separator = prop::sample::select(vec![", ", ", ", ",", " ,\t", " ", ",,", ", ,"]);
    let members = prop::collection::vec((member, prop_oneof![3 => Just(String::new()), 1 => parameters]), 1..4);
    let blank = || prop::sample::select(vec!["", "", "", " ", "\t", ","]);
    (blank(), members, separator, blank()).prop_map(|(before, members, separator, after)| {
        let members: Vec<String> = members.into_iter().map(|(member, parameters)| member + &parameters).collect();
        format!("{before}{}{after}", members.join(separator))
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_text_makes_a_parser_panic(values in prop::array::uniform9(prop::option::of(prop_oneof![any::<String>(), header_text()]))) {
        let stamp = ResponseStamp::parse(&RawHeaders::from(values.each_ref().map(Option::as_deref)));
        prop_assert!(stamp.groups.iter().count() <= groups::MAX_GROUPS);
    }

    #[test]
    fn a_version_is_read_as_the_number_its_digits_are(digits in "[0-9]{1,20}") {
        let number: Option<u64> = digits.parse().ok().filter(|number| (1..1 << 53).contains(number));
        let expected = number.filter(|_| !digits.starts_with('0'));
        prop_assert_eq!(CacheVersion::parse(&digits).ok().map(CacheVersion::get), expected);
    }

    #[test]
    fn a_dictionary_is_accepted_where_sfv_accepts_it(text in header_text()) {
        // A leading member that no cache knows, so that only the syntax decides.
        let text = text.replace("max-age", "mx").replace("no-store", "ns");
        let theirs = sfv::Parser::new(&text).parse::<sfv::Dictionary>();
        let accepted = theirs.is_ok_and(|dictionary| !dictionary.is_empty());
        prop_assert_eq!(StorePolicy::parse(&text).is_ok(), accepted, "{}", text);
    }

    #[test]
    fn max_age_is_what_sfv_reads(text in header_text()) {
        let text = text.replace("no-store", "ns");
        let max_age = |dictionary: sfv::Dictionary| match dictionary.get("max-age") {
            Some(sfv::ListEntry::Item(item)) => item.bare_item.as_integer().map(i64::from).filter(|&seconds| seconds >= 0),
            _ => None,
        };
        let theirs = sfv::Parser::new(&text).parse::<sfv::Dictionary>().ok().and_then(max_age);
        let ours = StorePolicy::parse(&text).ok().and_then(|policy| policy.max_age);
        prop_assert_eq!(ours.map(i64::from), theirs.map(|seconds| seconds.min(i64::from(MAX_SECONDS))), "{}", text);
    }

    #[test]
    fn groups_are_the_strings_sfv_reads(text in header_text()) {
        let strings = |list: sfv::List| {
            list.into_iter()
                .map(|entry| match entry {
                    sfv::ListEntry::Item(item) => item.bare_item.as_string().map(|text| text.as_str().to_owned()),
                    sfv::ListEntry::InnerList(_) => None,
                })
                .collect::<Option<Vec<String>>>()
                .filter(|names| names.iter().all(|name| !name.is_empty()))
        };
        let theirs = sfv::Parser::new(&text).parse::<sfv::List>().ok().and_then(strings);
        let name = |group: &str| groups::unescaped(group).collect::<String>();
        let ours = groups::parse(&text).ok().map(|groups| groups.map(name).collect::<Vec<_>>());
        prop_assert_eq!(ours, theirs, "{}", text);
    }

    #[test]
    fn group_names_that_are_written_are_read(names in prop::collection::vec("[ -~]{1,60}", 1..32)) {
        let value = groups::to_header_value(names.iter().map(String::as_str)).unwrap().unwrap();
        let read: Vec<String> = groups::parse(&value).unwrap().map(|group| groups::unescaped(group).collect()).collect();
        prop_assert_eq!(read, names);
    }

    #[test]
    fn a_policy_that_is_written_is_read(
        no_store: bool,
        seconds in prop::array::uniform3(prop::option::of(0..=MAX_SECONDS)),
    ) {
        let [max_age, stale_while_revalidate, stale_if_error] = seconds;
        let policy = StorePolicy { no_store, max_age, stale_while_revalidate, stale_if_error };
        prop_assert_eq!(StorePolicy::parse(&policy.to_string()), Ok(policy));
    }

    #[test]
    fn the_shortest_max_age_of_a_cache_control_counts(seconds in prop::collection::vec(0..100_000_u32, 1..5)) {
        let value = seconds.iter().map(|seconds| format!("Max-Age={seconds}")).collect::<Vec<_>>().join(", ");
        prop_assert_eq!(CacheControl::parse(&value).max_age, seconds.into_iter().min());
    }

    #[test]
    fn dates_are_those_that_httpdate_writes(seconds in 0..253_402_300_800_u64) {
        let text = httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
        prop_assert_eq!(http_date::parse(&text), Some(i64::try_from(seconds).unwrap()));
    }
}
