//! Opening the database, which is the engine's, without ever making one.

use std::{cell::RefCell, error::Error, future::Future, rc::Rc};

use js_sys::Promise;
use rexie::{Index, ObjectStore, Rexie};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::{deadline::within, page};
use crate::diagnosis::environment::Opening;

/// Name of the database.
const DATABASE: &str = "hybrid-cache";
/// Version of its schema; never raised.
const SCHEMA_VERSION: u32 = 1;
/// Store of states.
pub(super) const STATE: &str = "state";
/// Store of entries' metadata.
pub(super) const DIRECTORY: &str = "directory";
/// Store of responses.
pub(super) const ENTRIES: &str = "entries";
/// Index of the directory by last use.
const USED: &str = "used";

/// How long the database may take to open, in milliseconds.
const PATIENCE: u32 = 3_000;

/// What came of opening the database.
pub(super) enum Access {
    /// It did not open, or is not there.
    Closed(Opening),
    /// It is open.
    Open(Rexie),
}

/// Opens the database, runs `work` on it, and closes it whatever `work` came to. `Err` carries why there is none.
pub(super) async fn with<T, F: Future<Output = T>>(work: impl FnOnce(Rc<Rexie>) -> F) -> Result<T, Opening> {
    let database = match open().await {
        Access::Open(database) => Rc::new(database),
        Access::Closed(opening) => return Err(opening),
    };
    let result = work(database.clone()).await;
    if let Ok(database) = Rc::try_unwrap(database) {
        database.close();
    }
    Ok(result)
}

/// Opens the database if it is there.
async fn open() -> Access {
    let late = |access| {
        if let Access::Open(database) = access {
            Rexie::close(database);
        }
    };
    within(PATIENCE, open_existing(), late).await.unwrap_or(Access::Closed(Opening::Silent(PATIENCE)))
}

async fn open_existing() -> Access {
    match probe().await {
        Opening::Opened => {}
        other => return Access::Closed(other),
    }
    // rexie deletes stores that its builder does not name when it upgrades; at the version that is there it never does.
    // Should the database be deleted between the probe and here, what is made is what the engine would make, and the
    // engine writes the root record that is missing.
    let built = Rexie::builder(DATABASE)
        .version(SCHEMA_VERSION)
        .add_object_store(ObjectStore::new(STATE))
        .add_object_store(ObjectStore::new(DIRECTORY).add_index(Index::new(USED, USED)))
        .add_object_store(ObjectStore::new(ENTRIES))
        .build()
        .await;
    match built {
        Ok(database) => Access::Open(database),
        Err(error) => Access::Closed(Opening::Refused(sentence(&error))),
    }
}

/// One line on what rexie reports: its own words say little, its source has the browser's.
pub(super) fn sentence(error: &rexie::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

#[wasm_bindgen]
extern "C" {
    type Factory;
    #[wasm_bindgen(method, catch)]
    fn open(this: &Factory, name: &str, version: u32) -> Result<OpenRequest, JsValue>;

    #[derive(Clone)]
    type OpenRequest;
    #[wasm_bindgen(method, getter, catch)]
    fn result(this: &OpenRequest) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = error)]
    fn failure(this: &OpenRequest) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter)]
    fn transaction(this: &OpenRequest) -> Upgrade;
    #[wasm_bindgen(method, setter)]
    fn set_onupgradeneeded(this: &OpenRequest, handler: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onsuccess(this: &OpenRequest, handler: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onerror(this: &OpenRequest, handler: &JsValue);

    type Upgrade;
    #[wasm_bindgen(method, catch)]
    fn abort(this: &Upgrade) -> Result<(), JsValue>;

    type Connection;
    #[wasm_bindgen(method)]
    fn close(this: &Connection);

    type ErrorEvent;
    #[wasm_bindgen(method, js_name = preventDefault)]
    fn prevent_default(this: &ErrorEvent);
}

/// Is the database there, and does IndexedDB work at all?
///
/// `indexedDB.databases()` could tell, but not every browser has it, and what it tells may be over by the time of the
/// next call. Opening and aborting the upgrade that making a database is leaves nothing behind.
async fn probe() -> Opening {
    let factory: Factory = match page::global_value("indexedDB") {
        Ok(factory) if factory.is_object() => factory.unchecked_into(),
        Ok(_) => return Opening::Missing,
        Err(error) => return Opening::Refused(page::thrown(&error)),
    };
    let request = match factory.open(DATABASE, SCHEMA_VERSION) {
        Ok(request) => request,
        Err(error) => return Opening::Refused(page::thrown(&error)),
    };
    let found = Rc::new(RefCell::new(Opening::Opened));

    let (new, own) = (found.clone(), request.clone());
    let upgrade = Closure::<dyn FnMut()>::new(move || {
        *new.borrow_mut() = match own.transaction().abort() {
            Ok(()) => Opening::Empty,
            Err(error) => Opening::Refused(page::thrown(&error)),
        };
    });
    request.set_onupgradeneeded(upgrade.as_ref());

    let mut resolve = None;
    let settled = Promise::new(&mut |settle, _| resolve = Some(settle));
    let resolve: js_sys::Function = resolve.expect_throw("a promise calls its executor at once");
    let (own, told) = (request.clone(), resolve.clone());
    let success = Closure::<dyn FnMut()>::new(move || {
        if let Ok(connection) = own.result() {
            connection.unchecked_into::<Connection>().close();
        }
        let _ = told.call0(&JsValue::UNDEFINED);
    });
    request.set_onsuccess(success.as_ref());
    let (own, refused) = (request.clone(), found.clone());
    let error = Closure::<dyn FnMut(ErrorEvent)>::new(move |event: ErrorEvent| {
        event.prevent_default();
        let mut found = refused.borrow_mut();
        if *found == Opening::Opened {
            let failure = own.failure().unwrap_or_else(|error| error);
            *found = Opening::Refused(page::thrown(&failure));
        }
        let _ = resolve.call0(&JsValue::UNDEFINED);
    });
    request.set_onerror(error.as_ref());
    let _ = JsFuture::from(settled).await;
    found.replace(Opening::Missing)
}
