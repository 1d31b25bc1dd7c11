use std::fmt::Write as _;

use axum::{
    http::{HeaderValue, header},
    response::IntoResponse,
};

use crate::Versions;

pub(super) fn metrics(versions: &Versions) -> impl IntoResponse + use<> {
    let counts = versions.counts();
    let mut text = String::new();
    let counters = [
        ("stamped", "Responses stamped with a version.", counts.stamped),
        ("at_hand", "Versions known without asking the store.", counts.at_hand),
        ("owed", "Responses of users whose bump waits to be recorded.", counts.owed),
        ("unknown", "Reads of a version that the store did not answer.", counts.unknown),
        ("not_a_version", "Values in the store that are no versions.", counts.not_a_version),
        ("store_errors", "Store operations that failed or took too long.", counts.store_errors),
        ("bumps", "Bumps recorded at once.", counts.bumps),
        ("bumps_postponed", "Bumps kept to be recorded later.", counts.bumps_postponed),
        ("bumps_replayed", "Bumps recorded later.", counts.bumps_replayed),
        ("echoed_ahead", "Requests that echoed a higher version than the one at hand.", counts.echoed_ahead),
        ("cache_control_replaced", "Cache-Control values that permitted storing.", counts.cache_control_replaced),
        ("unidentified", "Authorized requests without a user.", counts.unidentified),
        ("overwritten", "Responses from further in that carried fields of the stamp.", counts.overwritten),
    ];
    for (name, help, value) in counters {
        // Writing into a String does not fail.
        let _ = writeln!(
            text,
            "# HELP hybrid_cache_{name}_total {help}\n# TYPE hybrid_cache_{name}_total counter\n\
             hybrid_cache_{name}_total {value}"
        );
    }
    let now = counts.now;
    let gauges = [
        ("bumps_waiting", "Users with a bump to be recorded.", now.bumps_waiting),
        ("store_resting", "1 while the store is not asked, after repeated failures.", usize::from(now.resting)),
        ("remembered_users", "Users whose version is known without asking the store.", now.remembered),
        ("event_streams", "Event streams that are open.", now.watchers),
    ];
    for (name, help, value) in gauges {
        let _ = writeln!(
            text,
            "# HELP hybrid_cache_{name} {help}\n# TYPE hybrid_cache_{name} gauge\nhybrid_cache_{name} {value}"
        );
    }
    ([(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4"))], text)
}
