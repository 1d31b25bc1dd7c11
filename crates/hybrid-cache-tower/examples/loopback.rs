//! A small API to measure the layer with: `loopback bare|memory|near|strict [http1]`, listening on a port of its own, which
//! it prints. It is served by `axum::serve`, or by hyper's HTTP/1 alone.
//!
//! `bare` has no layer; the others stamp from memory, or from the Redis at `REDIS_URL`. The user is the number in
//! `Authorization: Bearer 42`: this is for measuring, and authenticates nobody.
//!
//! `/api/item` is about the least a handler can do, `/api/items` a page of 25 records, as the demo's list answers, out of
//! memory instead of a database.

use std::{error::Error, sync::LazyLock};

use axum::{
    Json, Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::Response,
    routing::get,
};
use hybrid_cache_tower::{
    HybridCacheLayer, ScopeSecret, StorePolicy, User, Versions, control,
    store::{Consistency, MemoryStore, RedisConfig, RedisStore},
};
use hyper::server::conn::http1;
use hyper_util::{rt::TokioIo, service::TowerToHyperService};
use serde::Serialize;
use tokio::net::TcpListener;
use tower::ServiceBuilder;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mode = std::env::args().nth(1).unwrap_or_default();
    let redis = |consistency| -> Result<Versions, Box<dyn Error>> {
        let config = RedisConfig::from_env()?.ok_or("REDIS_URL is not set")?;
        Ok(Versions::new(RedisStore::new(config.consistency(consistency))))
    };
    let versions = match mode.as_str() {
        "bare" => None,
        "memory" => Some(Versions::new(MemoryStore::new())),
        "near" => Some(redis(Consistency::Near)?),
        "strict" => Some(redis(Consistency::Strict)?),
        _ => return Err("say bare, memory, near or strict".into()),
    };
    let mut app = Router::new().route("/api/item", get(item)).route("/api/items", get(items));
    app = match versions {
        None => app.layer(from_fn(authenticate)),
        Some(versions) => {
            let policy = StorePolicy { max_age: Some(300), ..StorePolicy::default() };
            let layer =
                HybridCacheLayer::new(versions.clone(), ScopeSecret::new(b"only for measuring")?).policy(policy);
            // In one `Router::layer`: each makes axum box every request once more.
            app.merge(control::router(versions)).layer(ServiceBuilder::new().layer(from_fn(authenticate)).layer(layer))
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    if std::env::args().nth(2).is_some_and(|how| how == "http1") {
        return serve_http1(listener, app).await;
    }
    Ok(axum::serve(listener, app).await?)
}

/// Without looking for HTTP/2, for which hyper would keep a larger buffer for each connection.
async fn serve_http1(listener: TcpListener, app: Router) -> Result<(), Box<dyn Error>> {
    loop {
        let (socket, _) = listener.accept().await?;
        let service = TowerToHyperService::new(app.clone());
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service));
    }
}

async fn item() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "id": 1, "title": "Invoice 1", "amount": "120.50", "status": "open" }))
}

#[derive(Serialize)]
struct Page {
    count: usize,
    page: usize,
    pages: usize,
    results: &'static [Invoice],
}

#[derive(Serialize)]
struct Invoice {
    id: u64,
    number: String,
    customer: &'static str,
    customer_id: u64,
    issued: &'static str,
    due: &'static str,
    status: &'static str,
    total_cents: u64,
    currency: &'static str,
}

static INVOICES: LazyLock<Vec<Invoice>> = LazyLock::new(|| {
    let invoice = |id| Invoice {
        id,
        number: format!("2026-{id:04}"),
        customer: "Nordlicht Lagerhaus GmbH",
        customer_id: 17,
        issued: "2026-03-02",
        due: "2026-04-01",
        status: "open",
        total_cents: 12_050 * id,
        currency: "EUR",
    };
    (1..=25).map(invoice).collect()
});

async fn items() -> Json<Page> {
    Json(Page { count: 25, page: 1, pages: 1, results: &INVOICES })
}

async fn authenticate(mut request: Request, next: Next) -> Response {
    let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if let Some(user) = bearer.and_then(|id| User::new(id).ok()) {
        request.extensions_mut().insert(user);
    }
    next.run(request).await
}
