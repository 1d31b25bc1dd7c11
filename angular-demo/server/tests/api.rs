//! The demo's API.
#![allow(missing_docs)]

mod support;

use axum::http::StatusCode;
use serde_json::json;
use support::Demo;

#[tokio::test]
async fn the_login_names_the_scope_that_the_responses_carry() {
    let demo = Demo::new();
    let (token, alice) = demo.sign_in("alice").await;
    let list = demo.get("/api/invoices/", &token).await;
    assert_eq!(alice["scope"].as_str(), list.field("x-cache-scope"));
    assert_eq!((&alice["id"], &alice["name"]), (&json!(1), &json!("Alice Sommer")));
    let (_, bob) = demo.sign_in("bob").await;
    assert_ne!(alice["scope"], bob["scope"]);
}

#[tokio::test]
async fn a_wrong_password_or_body_or_token_is_refused_with_a_sentence() {
    let demo = Demo::new();
    let login = |body| demo.send("POST", "/api/auth/login/", "", Some(body));
    assert!(login(json!({"username": "alice", "password": "x"})).await.problem(401).contains("alice"));
    login(json!({"username": "mallory", "password": "demo"})).await.problem(401);
    assert!(login(json!({"username": "alice"})).await.problem(422).contains("password"));
    demo.send("POST", "/api/auth/login/", "", None).await.problem(415);
    for token in ["", "nonsense", "' OR 1=1"] {
        for path in ["/api/invoices/", "/api/cache/status/", "/api/demo/requests/"] {
            let answer = demo.get(path, token).await;
            assert!(answer.problem(401).contains("sign in"));
            assert_eq!(answer.json()["code"], "unauthenticated");
            assert_eq!(answer.field("www-authenticate"), Some("Bearer"));
            assert_eq!(answer.field("x-cache-version"), None);
        }
    }
}

#[tokio::test]
async fn two_users_see_other_data_under_the_same_urls() {
    let demo = Demo::new();
    let [(alice, _), (bob, _)] = [demo.sign_in("alice").await, demo.sign_in("bob").await];
    for path in ["/api/invoices/", "/api/invoices/1/"] {
        let [ours, theirs] = [demo.get(path, &alice).await, demo.get(path, &bob).await];
        assert_eq!((ours.status, theirs.status), (StatusCode::OK, StatusCode::OK));
        assert_ne!(ours.body, theirs.body, "{path}");
    }
}

#[tokio::test]
async fn the_list_has_25_a_page_newest_first() {
    let demo = Demo::new();
    let (token, _) = demo.sign_in("alice").await;
    let first = demo.get("/api/invoices/", &token).await.json();
    assert_eq!((&first["count"], &first["page"], &first["pages"]), (&json!(500), &json!(1), &json!(20)));
    let ids: Vec<_> = first["results"].as_array().unwrap().iter().map(|row| row["id"].as_i64().unwrap()).collect();
    assert_eq!(ids, (476..=500).rev().collect::<Vec<_>>());
    let last = demo.get("/api/invoices/?page=20&search=&status=", &token).await.json();
    assert_eq!(last["results"][24]["id"], 1);
    let row = last["results"][24].as_object().unwrap();
    let mut names: Vec<_> = row.keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = ["currency", "customer", "customer_id", "due", "id", "issued", "number", "status", "total_cents"];
    assert_eq!(names, expected);
}

#[tokio::test]
async fn search_finds_parts_of_names_and_numbers_and_takes_wildcards_literally() {
    let demo = Demo::new();
    let (token, _) = demo.sign_in("alice").await;
    let one = demo.get("/api/invoices/7/", &token).await.json();
    let number = one["number"].as_str().unwrap();
    let found = demo.get(&format!("/api/invoices/?search={number}"), &token).await.json();
    assert_eq!((&found["count"], &found["results"][0]["id"]), (&json!(1), &json!(7)));

    let customer = one["customer"].as_str().unwrap();
    let word = customer.split(' ').next().unwrap().to_uppercase();
    let found = demo.get(&format!("/api/invoices/?search={word}&page=1"), &token).await.json();
    assert!(found["count"].as_i64().unwrap() >= 1);
    for row in found["results"].as_array().unwrap() {
        assert!(row["customer"].as_str().unwrap().to_uppercase().contains(&word));
    }
    for literal in ["%25", "_", "%5C", "%27%3B--"] {
        let found = demo.get(&format!("/api/invoices/?search={literal}"), &token).await.json();
        assert_eq!((&found["count"], &found["pages"]), (&json!(0), &json!(1)), "{literal}");
    }
}

#[tokio::test]
async fn the_status_filter_and_the_search_go_together() {
    let demo = Demo::new();
    let (token, _) = demo.sign_in("alice").await;
    let mut sum = 0;
    for status in ["draft", "sent", "paid", "overdue"] {
        let found = demo.get(&format!("/api/invoices/?status={status}"), &token).await.json();
        assert!(found["results"].as_array().unwrap().iter().all(|row| row["status"] == status));
        sum += found["count"].as_i64().unwrap();
    }
    assert_eq!(sum, 500);
    let found = demo.get("/api/invoices/?status=paid&search=zzzz", &token).await.json();
    assert_eq!(found["count"], 0);
}

#[tokio::test]
async fn bad_parameters_are_refused_with_a_sentence() {
    let demo = Demo::new();
    let (token, _) = demo.sign_in("alice").await;
    let long = format!("search={}", "x".repeat(101));
    for (query, says) in [
        ("page=0", "whole number from 1"),
        ("page=-1", "whole number from 1"),
        ("page=two", "whole number from 1"),
        ("page=1.5", "whole number from 1"),
        ("page=99999999999999999999", "whole number from 1"),
        ("page=21", "the last one is 20"),
        ("status=lost", "draft, sent, paid, overdue"),
        (long.as_str(), "at most 100"),
        ("page=1&page=2", "page"),
    ] {
        let sentence = demo.get(&format!("/api/invoices/?{query}"), &token).await.problem(400);
        assert!(sentence.contains(says), "{query}: {sentence}");
    }
    for id in ["0", "501", "x", "-1", "1e3", "99999999999999999999"] {
        demo.get(&format!("/api/invoices/{id}/"), &token).await.problem(404);
    }
}

#[tokio::test]
async fn an_edit_is_committed_and_stamped_with_the_version_it_made() {
    let demo = Demo::new();
    let (token, _) = demo.sign_in("alice").await;
    let before = demo.get("/api/invoices/7/", &token).await;
    let change = json!({"status": "paid", "note": "by bank", "due": "2026-02-28"});
    let edited = demo.send("PATCH", "/api/invoices/7/", &token, Some(change)).await;
    assert!(edited.version() > before.version());
    let after = demo.get("/api/invoices/7/", &token).await;
    assert_eq!(after.json(), edited.json());
    assert_eq!(after.version(), edited.version());
    let after = after.json();
    assert_eq!(
        (&after["status"], &after["note"], &after["due"]),
        (&json!("paid"), &json!("by bank"), &json!("2026-02-28"))
    );
    assert_eq!(after["updated_by"], "Alice Sommer");
    assert_ne!(after["updated_at"], before.json()["updated_at"]);
    let one = demo.send("PATCH", "/api/invoices/7/", &token, Some(json!({"note": ""}))).await.json();
    assert_eq!((&one["status"], &one["note"]), (&json!("paid"), &json!("")), "what is absent stays");
}

#[tokio::test]
async fn an_edit_that_is_refused_changes_neither_data_nor_version() {
    let demo = Demo::new();
    let (token, _) = demo.sign_in("alice").await;
    let before = demo.get("/api/invoices/7/", &token).await;
    for (change, status) in [
        (json!({"status": "lost"}), 400),
        (json!({"due": "2026-02-30"}), 400),
        (json!({"note": "x".repeat(2_001)}), 400),
        (json!({"total_cents": 1}), 422),
        (json!({"note": 5}), 422),
        (json!([1]), 422),
    ] {
        demo.send("PATCH", "/api/invoices/7/", &token, Some(change)).await.problem(status);
    }
    demo.send("PATCH", "/api/invoices/501/", &token, Some(json!({"note": "x"}))).await.problem(404);
    let answer = demo.send("DELETE", "/api/invoices/7/", &token, None).await;
    answer.problem(405);
    assert!(answer.field("allow").is_some_and(|allow| allow.contains("PATCH")));
    let after = demo.get("/api/invoices/7/", &token).await;
    assert_eq!((after.json(), after.version()), (before.json(), before.version()));
}

#[tokio::test]
async fn another_person_edits_what_is_named_or_the_newest_and_only_this_users() {
    let demo = Demo::new();
    let [(alice, _), (bob, _)] = [demo.sign_in("alice").await, demo.sign_in("bob").await];
    let before = demo.get("/api/invoices/9/", &alice).await;
    let bobs = demo.get("/api/invoices/9/", &bob).await;
    let edit = |body| demo.send("POST", "/api/demo/other-person-edits/", &alice, body);

    let edited = edit(Some(json!({"invoice_id": 9}))).await;
    assert!(edited.version() > before.version());
    assert_ne!(edited.json()["status"], before.json()["status"]);
    assert_eq!(edited.json()["updated_by"], "Carol Herbst");
    assert_eq!(demo.get("/api/invoices/9/", &alice).await.json(), edited.json());
    assert_eq!(edit(None).await.json()["id"], 500);

    edit(Some(json!({"invoice_id": 501}))).await.problem(404);
    edit(Some(json!({"invoice": 9}))).await.problem(400);
    let after = demo.get("/api/invoices/9/", &bob).await;
    assert_eq!((after.json(), after.version()), (bobs.json(), bobs.version()));
}

#[tokio::test]
async fn the_server_counts_what_it_has_seen_for_each_user() {
    let demo = Demo::new();
    let [(alice, _), (bob, _)] = [demo.sign_in("alice").await, demo.sign_in("bob").await];
    let nothing = demo.get("/api/demo/requests/", &alice).await;
    assert_eq!(nothing.json(), json!({"api_requests": 0, "by_path": {}}));
    assert_eq!((nothing.field("x-cache-version"), nothing.field("cache-control")), (None, Some("no-store")));
    for path in ["/api/invoices/", "/api/invoices/?page=2", "/api/invoices/1/", "/api/cache/status/"] {
        demo.get(path, &alice).await;
    }
    demo.send("POST", "/api/demo/other-person-edits/", &alice, None).await;
    let seen = demo.get("/api/demo/requests/", &alice).await.json();
    assert_eq!(seen, json!({"api_requests": 3, "by_path": {"/api/invoices/": 2, "/api/invoices/1/": 1}}));
    assert_eq!(demo.get("/api/demo/requests/", &bob).await.json()["api_requests"], 0);
}

#[tokio::test]
async fn the_browsers_cache_is_told_what_it_may_do() {
    let demo = Demo::new();
    let (token, _) = demo.sign_in("alice").await;
    let list = demo.get("/api/invoices/", &token).await;
    assert_eq!(list.field("hybrid-cache-control"), Some("max-age=300, stale-while-revalidate=60"));
    assert_eq!(list.field("cache-control"), Some("private, no-store"));
    let status = demo.get("/api/cache/status/", &token).await;
    assert_eq!(status.field("hybrid-cache-control"), Some("no-store"));
    assert_eq!(status.json()["version"].as_u64(), Some(list.version()));
}
