//! A small API to measure the layer with: `loopback bare|memory|near|strict`, listening on a port of its own, which it prints.
//!
//! `bare` has no layer; the others stamp from memory, or from the Redis at `REDIS_URL`. The user is the number in
//! `Authorization: Bearer 42`: this is for measuring, and authenticates nobody.

use std::error::Error;

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
    let mut app = Router::new().route("/api/item", get(item));
    if let Some(versions) = versions {
        let policy = StorePolicy { max_age: Some(300), ..StorePolicy::default() };
        app = app
            .merge(control::router(versions.clone()))
            .layer(HybridCacheLayer::new(versions, ScopeSecret::new(b"only for measuring")?).policy(policy));
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    Ok(axum::serve(listener, app.layer(from_fn(authenticate))).await?)
}

async fn item() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "id": 1, "title": "Invoice 1", "amount": "120.50", "status": "open" }))
}

async fn authenticate(mut request: Request, next: Next) -> Response {
    let bearer = request.headers().get("authorization").and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    if let Some(user) = bearer.and_then(|id| User::new(id).ok()) {
        request.extensions_mut().insert(user);
    }
    next.run(request).await
}
