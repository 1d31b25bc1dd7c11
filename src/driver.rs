//! The boundary with IndexedDB.
//!
//! # Database
//!
//! The schema has one version for ever: what a record looks like is said by its `format` number, so that older and
//! newer code can share the database; an unknown format is read as if nothing were there.
//!
//! | store | key | value |
//! |---|---|---|
//! | `state` | `root` | incarnation, highest generation ever used |
//! | | `usage` | bytes and number of entries on record |
//! | | `p:` + partition | the partition's durable state |
//! | | `t:` + partition | what was invalidated more narrowly, with its clock |
//! | `directory` | entry key | size, times and URL of an entry, without its body; index `used` orders by last use |
//! | `entries` | entry key | the stored response |

use crate::bindings::js::Array;
use wasm_bindgen::prelude::*;

use crate::words::Word;

/// Format number of the records this code writes and reads.
pub(crate) const FORMAT: f64 = 1.0;
/// Prefix of the keys of partitions' states.
pub(crate) const STATES: &str = "p:";
/// Prefix of the keys of partitions' targets.
pub(crate) const TARGETS: &str = "t:";
/// The first key above every key of a partition's state.
pub(crate) const STATES_END: &str = "p;";
/// As many as there are: the largest number that the glue hands over unchanged.
pub(crate) const ALL: u32 = i32::MAX as u32;

#[wasm_bindgen(module = "/src/driver.js")]
extern "C" {
    /// Moves requests and records; see `driver.js`.
    pub(crate) type Driver;
    /// The engine's methods `found`, `answered`, `ended`, `opened` and `lost` hear what becomes of them.
    #[wasm_bindgen(constructor)]
    pub(crate) fn new(engine: &JsValue) -> Driver;
    /// Opens the database; `opened` tells.
    #[wasm_bindgen(method)]
    pub(crate) fn open(this: &Driver);
    /// Closes it.
    #[wasm_bindgen(method)]
    pub(crate) fn close(this: &Driver);
    /// Reads a partition's state and an entry; `found` tells. `false` where the connection is gone.
    #[wasm_bindgen(method)]
    pub(crate) fn look(this: &Driver, id: u32, state_key: &JsValue, entry_key: &JsValue) -> bool;
    /// Runs a job's transaction over the first `stores` stores. `mode` is 0 to read, 1 to write, 2 to write and reach
    /// the disk.
    #[wasm_bindgen(method)]
    pub(crate) fn transact(this: &Driver, job: u32, stores: u32, mode: u32, operations: &Array);
    /// Ends a job after a pause in milliseconds.
    #[wasm_bindgen(method)]
    pub(crate) fn wait(this: &Driver, job: u32, ms: f64);

    /// Adds to a list of operations.
    fn operation(list: &Array, kind: u32, store: u32, first: &JsValue, second: &JsValue, limit: u32);
}

/// What a transaction is to do next, in the driver's terms.
#[derive(Default)]
pub(crate) struct Operations(pub(crate) Array);

impl Operations {
    /// Asks for a record.
    pub(crate) fn get(&self, store: Word, key: &JsValue) {
        operation(&self.0, 0, store as u32, key, &JsValue::UNDEFINED, 0);
    }

    /// Asks for keys and records between two keys, up to `limit`.
    pub(crate) fn range(&self, store: Word, after: &JsValue, before: &JsValue, limit: u32) {
        operation(&self.0, 1, store as u32, after, before, limit);
    }

    /// Asks for keys and records in the order of an index, up to `limit`.
    pub(crate) fn order(&self, store: Word, index: Word, limit: u32) {
        operation(&self.0, 2, store as u32, &index.js(), &JsValue::UNDEFINED, limit);
    }

    /// Writes a record.
    pub(crate) fn put(&self, store: Word, key: &JsValue, value: &JsValue) {
        operation(&self.0, 3, store as u32, key, value, 0);
    }

    /// Deletes a record.
    pub(crate) fn delete(&self, store: Word, key: &JsValue) {
        operation(&self.0, 4, store as u32, key, &JsValue::UNDEFINED, 0);
    }

    /// Deletes everything after a key, up to and with another.
    pub(crate) fn cut(&self, store: Word, after: &JsValue, last: &JsValue) {
        operation(&self.0, 5, store as u32, after, last, 0);
    }
}
