//! No text makes a header parser panic, and what it accepts is what it would write.
#![no_main]

use hybrid_cache_contract::{CacheVersion, RawHeaders, ResponseStamp, StorePolicy, UserId, VersionField};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    // Each line is a field, in the order of their names; an empty one is absent.
    let mut lines = text.split('\n').map(|line| Some(line).filter(|line| !line.is_empty()));
    let fields: [Option<&str>; RawHeaders::NAMES.len()] = std::array::from_fn(|_| lines.next().flatten());
    let stamp = ResponseStamp::parse(&RawHeaders::from(fields));
    if let (VersionField::Known(version), Some(written)) = (stamp.version, fields.iter().flatten().next()) {
        assert!(version.to_string() == *written || CacheVersion::parse(&version.to_string()) == Ok(version));
    }
    if let Some(policy) = stamp.policy {
        assert_eq!(StorePolicy::parse(&policy.to_string()), Ok(policy));
    }
    if let Ok(user) = UserId::parse(text) {
        assert_eq!(user.as_str(), text);
    }
});
