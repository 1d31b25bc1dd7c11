//! The engine on a real IndexedDB, through its boundary alone: what a page would see.
//!
//! Run with `npm test -- wasm`, or `wasm-pack test --headless --chrome`.
#![cfg(target_arch = "wasm32")]

mod browser {
    pub(crate) mod tab;
}

use browser::tab::{Tab, delete_database, entry_keys, lock, overwrite, unlock};
use wasm_bindgen_test::*;

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn what_was_stored_is_served_from_memory_and_to_another_tab_from_the_database() {
    let first = Tab::open("stored").await;
    first.fetch("/a", &[("X-Cache-Version", "5")], "one").await;
    let (verdict, layer, body) = first.look("/a").await;
    assert_eq!((verdict.as_str(), layer.as_str(), body.as_str()), ("fresh", "memory", "one"));
    let second = Tab::open("stored").await;
    let (verdict, layer, body) = second.look("/a").await;
    assert_eq!((verdict.as_str(), layer.as_str(), body.as_str()), ("fresh", "indexeddb", "one"));
}

#[wasm_bindgen_test]
async fn r3_a_newer_version_ends_everything_older_in_every_tab() {
    let first = Tab::open("r3").await;
    let second = Tab::open("r3").await;
    first.fetch("/a", &[("X-Cache-Version", "5")], "old").await;
    assert_eq!(second.look("/a").await.2, "old");
    second.fetch("/b", &[("X-Cache-Version", "6")], "new").await;
    assert_eq!(second.look("/a").await.0, "absent");
    first.heard_of_others();
    assert_eq!(first.look("/a").await.0, "absent");
    assert_eq!(first.look("/b").await.2, "new");
}

#[wasm_bindgen_test]
async fn r7_a_late_response_is_not_stored() {
    let tab = Tab::open("r7").await;
    tab.fetch("/a", &[("X-Cache-Version", "5")], "known").await;
    let departed = tab.depart();
    tab.fetch("/a", &[("X-Cache-Version", "6")], "new").await;
    assert!(!tab.arrive("/b", &departed, &[("X-Cache-Version", "5")]).await, "a body of version 5 is not asked for");
    assert_eq!(tab.look("/b").await.0, "absent");
    assert_eq!(tab.version(), Some(6.0));
}

#[wasm_bindgen_test]
async fn r8_what_is_no_version_is_never_stored() {
    let tab = Tab::open("r8").await;
    for version in ["abc", "-1", "1, 2", "007", "9007199254740992", ""] {
        assert!(!tab.arrive("/a", &tab.depart(), &[("X-Cache-Version", version)]).await, "{version:?}");
    }
    assert_eq!(tab.version(), None);
}

#[wasm_bindgen_test]
async fn r9_disabled_serves_nothing_until_an_explicit_true() {
    let tab = Tab::open("r9").await;
    tab.fetch("/a", &[("X-Cache-Version", "5")], "one").await;
    tab.arrive("/b", &tab.depart(), &[("X-Cache-Enabled", "false")]).await;
    assert_eq!(tab.look("/a").await.0, "disabled");
    tab.fetch("/a", &[("X-Cache-Version", "5"), ("X-Cache-Enabled", "true")], "two").await;
    assert_eq!(tab.look("/a").await.2, "two");
}

#[wasm_bindgen_test]
async fn r10_a_clear_ends_what_is_stored_and_what_is_under_way() {
    let tab = Tab::open("r10").await;
    tab.fetch("/a", &[("X-Cache-Version", "5")], "one").await;
    let departed = tab.depart();
    tab.clear().await;
    assert_eq!(tab.look("/a").await.0, "absent");
    assert!(!tab.arrive("/b", &departed, &[("X-Cache-Version", "5")]).await);
}

#[wasm_bindgen_test]
async fn r11_another_scope_suspends_until_the_user_is_named_again() {
    let tab = Tab::open("r11").await;
    tab.fetch("/a", &[("X-Cache-Version", "5"), ("X-Cache-Scope", "s1")], "one").await;
    tab.arrive("/b", &tab.depart(), &[("X-Cache-Version", "5"), ("X-Cache-Scope", "s2")]).await;
    assert_eq!(tab.look("/a").await.0, "suspended");
    tab.name().await;
    tab.arrive("/b", &tab.depart(), &[("X-Cache-Version", "5"), ("X-Cache-Scope", "s1")]).await;
    tab.fetch("/a", &[("X-Cache-Version", "5"), ("X-Cache-Scope", "s1")], "two").await;
    assert_eq!(tab.look("/a").await.2, "two");
}

#[wasm_bindgen_test]
async fn two_users_of_one_url_never_meet() {
    let (anna, ben) = (Tab::open("anna").await, Tab::open("ben").await);
    anna.fetch("/a", &[("X-Cache-Version", "5")], "anna's").await;
    assert_eq!(ben.look("/a").await.0, "absent");
    ben.fetch("/a", &[("X-Cache-Version", "5")], "ben's").await;
    assert_eq!(anna.look("/a").await.2, "anna's");
}

#[wasm_bindgen_test]
async fn a_record_of_another_format_is_a_miss() {
    let tab = Tab::open("format").await;
    tab.fetch("/a", &[("X-Cache-Version", "5")], "one").await;
    for key in entry_keys("/a").await {
        overwrite("entries", &key, "{\"format\": 2}").await;
    }
    assert_eq!(Tab::open("format").await.look("/a").await.0, "corrupt");
}

#[wasm_bindgen_test]
async fn a_deleted_database_is_made_anew_and_nothing_of_the_old_one_is_served() {
    let tab = Tab::open("deleted").await;
    tab.fetch("/a", &[("X-Cache-Version", "5")], "one").await;
    let departed = tab.depart();
    delete_database().await;
    assert_eq!(tab.look("/a").await.0, "absent");
    tab.name().await;
    assert!(!tab.arrive("/a", &departed, &[("X-Cache-Version", "5")]).await, "R0: of another incarnation");
    tab.fetch("/a", &[("X-Cache-Version", "5")], "two").await;
    assert_eq!(tab.look("/a").await.2, "two");
}

#[wasm_bindgen_test]
async fn a_read_from_before_the_database_was_given_up_takes_nothing_from_memory() {
    let tab = Tab::open("given up").await;
    lock().await;
    tab.heard_of_others();
    tab.lose_database().await;
    tab.name().await;
    tab.fetch("/a", &[("X-Cache-Version", "6")], "six").await;
    unlock().await;
    assert_eq!(tab.look("/a").await.2, "six");
    tab.clear().await;
    assert_eq!(tab.look("/a").await.0, "absent");
    tab.fetch("/a", &[("X-Cache-Version", "7")], "seven").await;
    assert_eq!(tab.look("/a").await.2, "seven");
}
