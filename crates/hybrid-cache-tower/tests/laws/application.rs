//! An application with one user, whose data is how often it has been written.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{
    Extension, Json, Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use hybrid_cache_tower::{Caller, SignedIn, Versions};
use tokio::task::yield_now;

use crate::support::{Answer, get as get_as, layer, post as post_as, user};

type Data = Arc<AtomicU64>;

/// What is read first when a `GET` is answered.
#[derive(Clone, Copy)]
pub(crate) enum Order {
    /// As H1 has it.
    VersionFirst,
    /// The mistake that H1 forbids.
    DataFirst,
}

pub(crate) struct Application {
    pub(crate) versions: Versions,
    router: Router,
}

impl Application {
    pub(crate) fn new(versions: Versions, order: Order) -> Self {
        let mut router = Router::new().route("/", get(read).post(write)).layer(layer(&versions));
        if matches!(order, Order::DataFirst) {
            router = router.layer(from_fn(read_too_early));
        }
        Self { router: router.layer(Extension(Data::default())), versions }
    }

    pub(crate) async fn read(&self) -> Answer {
        get_as(&self.router, "/", "alice").await
    }

    pub(crate) async fn write(&self) -> Answer {
        post_as(&self.router, "/", "alice").await
    }
}

/// Read from the database before the layer has read the version.
#[derive(Clone, Copy)]
struct ReadEarly(u64);

async fn read_too_early(Extension(data): Extension<Data>, mut request: Request, next: Next) -> Response {
    let early = ReadEarly(data.load(Ordering::SeqCst));
    request.extensions_mut().insert(early);
    // The time in which somebody else writes.
    for _ in 0..early.0 % 50 {
        yield_now().await;
    }
    next.run(request).await.into_response()
}

/// Now and then it takes as long as a write does, by asking Redis for something else.
async fn read(
    Extension(data): Extension<Data>,
    Extension(caller): Extension<Caller>,
    early: Option<Extension<ReadEarly>>,
) -> Json<u64> {
    yield_now().await;
    let read = early.map_or_else(|| data.load(Ordering::SeqCst), |Extension(early)| early.0);
    for _ in 0..read % 4 {
        caller.versions().read(&user("bob")).await;
    }
    Json(read)
}

async fn write(Extension(data): Extension<Data>, signed_in: SignedIn) -> Json<u64> {
    let pending = signed_in.pending_bump();
    for _ in 0..data.load(Ordering::SeqCst) % 6 {
        yield_now().await;
    }
    let written = data.fetch_add(1, Ordering::SeqCst) + 1;
    yield_now().await;
    pending.record().await;
    yield_now().await;
    Json(written)
}
