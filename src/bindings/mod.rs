//! The boundary with the page: the class `Engine`, the callbacks of `Host`, and the shapes of what crosses.
//!
//! JavaScript reaches all methods of `Engine` through one, `call`.
//!
//! Bodies cross as they are and are never read. Times are milliseconds since the Unix epoch.

mod call;
pub mod host;
pub mod js;
pub(crate) mod record;

use alloc::string::String;

use crate::bindings::js::Array;
use hybrid_cache_contract::{CacheVersion, RawHeaders, header};
use wasm_bindgen::prelude::*;

use self::host::{Headers, Host, Options, read_token, write_token};
use crate::{
    engine::{Arrival, Body, Event, Inner},
    words::{self, WORDS, Word},
};

/// The cache of one page. It makes no requests; the page does, and tells it what came.
///
/// Every method returns at once. Whatever takes time ends in a call of the host: a lookup in `answered`, the rest in
/// `settled` with the id that was given. Ids are the page's own and must not be reused while they are in use.
#[wasm_bindgen]
pub struct Engine(pub(crate) &'static Inner);

#[wasm_bindgen]
impl Engine {
    /// Makes an engine; it opens nothing yet.
    #[wasm_bindgen(constructor)]
    pub fn new(host: Host, options: &Options) -> Engine {
        let mut names = String::new();
        for name in RawHeaders::NAMES {
            names.push_str(name);
            names.push(' ');
        }
        names.push_str("Vary");
        words::listen(&host, WORDS, &names);
        words::begin_counting();
        Engine(Inner::new(host, options))
    }

    /// Name of the request header that echoes the version this page knows (H3).
    #[wasm_bindgen(js_name = echo_header, unchecked_return_type = "string")]
    pub fn echo_header() -> JsValue {
        header::VERSION.into()
    }
}

impl Engine {
    /// Begins to open the database; `Host.opened` tells how that ended.
    pub fn open(&self) {
        self.0.connect();
        self.0.touch_again();
    }

    /// The handle of a partition: everything kept for this user of this server origin. Handles stay valid.
    ///
    /// `scope_is_user` says that the application names its users by the server's `X-Cache-Scope`.
    pub fn partition(&self, server: &str, user: &str, scope_is_user: bool) -> u32 {
        self.0.partition(server, user, scope_is_user)
    }

    /// The application names this partition's user now: at start, at sign-in (R11, S6). `settled(id)` when it is on
    /// record.
    pub fn name_user(&self, id: u32, handle: u32, cookie_session: bool) {
        self.0.enqueue(handle, Event::Named { id, cookie: cookie_session });
    }

    /// Looks a response up; `answered(id, …)` comes exactly once, at once where memory has it.
    pub fn lookup(&self, id: u32, handle: u32, key: &str, now: f64) {
        self.0.lookup(id, handle, key, now);
    }

    /// The token of a request that departs without a lookup; `undefined` while nothing is known.
    pub fn depart(&self, handle: u32, now: f64) -> JsValue {
        write_token(&self.0.token(handle, now))
    }

    /// A response has arrived: any response, whatever its method and status.
    ///
    /// `key` is `undefined` for what is not to be stored. `rule_ttl` and `rule_stale` are the matching rule's numbers in
    /// milliseconds, NaN where it gives none; a negative `rule_ttl` says that no rule names the URL.
    ///
    /// The answer is a sum: 1 to bring the body (`admit` or `abandon` with this id), 2 to hold the delivery until
    /// `settled(id)` or for 50 ms.
    #[allow(clippy::too_many_arguments)]
    pub fn observe(
        &self,
        id: u32,
        handle: u32,
        token: &JsValue,
        key: Option<String>,
        url: &str,
        method: &str,
        status: u16,
        headers: &Headers,
        rule_ttl: f64,
        rule_stale: f64,
    ) -> u32 {
        let token = read_token(token);
        self.0.observe(Arrival { id, handle, token, key, url, method, status, headers, rule_ttl, rule_stale })
    }

    /// The body of a response that `observe` asked for: a string, or an `ArrayBuffer` nobody changes any more.
    pub fn admit(&self, id: u32, body: &JsValue, bytes: f64, status_text: &str, header_lines: &str, now: f64) {
        self.0.admit(id, &Body { body, bytes, status_text, headers: header_lines, now });
    }

    /// The body will not come.
    pub fn abandon(&self, id: u32) {
        self.0.take_ticket(id);
    }

    /// A version was learned without a response (R12); what is no version is ignored.
    pub fn learn(&self, handle: u32, version: f64, scope: Option<String>) {
        let whole = version as u64;
        if let Some(version) = CacheVersion::new(whole).filter(|_| whole as f64 == version) {
            self.0.enqueue(handle, Event::Learned { version, scope });
        }
    }

    /// R10: clears a partition, or with a negative handle every one on record; `settled(id)` when it holds.
    pub fn clear(&self, id: u32, handle: i32) {
        self.0.clear(id, u32::try_from(handle).ok());
    }

    /// Invalidates `url`, `prefix`, `pattern` or `group`, also for what is under way (R13), and removes what it covers;
    /// `settled(id, count)`. `flags` belong to a pattern.
    pub fn invalidate(&self, id: u32, handle: u32, kind: &JsValue, source: &str, flags: &str) {
        match record::read_kind(kind) {
            Some(kind) => self.0.invalidate(id, handle, kind, source, flags),
            None => self.0.host.settled(id, 0.0),
        }
    }

    /// Another tab changed this partition.
    pub fn heard(&self, partition: &str) {
        self.0.heard(partition);
    }

    /// The page was asleep or hidden: memory answers only after the states were read again (S1b).
    pub fn wake(&self) {
        self.0.wake();
    }

    /// The version this tab knows; `undefined` for none.
    pub fn version(&self, handle: u32) -> Option<f64> {
        self.0.known_version(handle)
    }

    /// What the request header named by [`echo_header`](Engine::echo_header) is to say; `undefined` for nothing.
    pub fn echo(&self, handle: u32) -> JsValue {
        self.0.known_version(handle).map_or(JsValue::UNDEFINED, words::text)
    }

    /// Whether the server has caching switched on for this user; `undefined` while nothing is known.
    pub fn enabled(&self, handle: u32) -> Option<bool> {
        self.0.at(handle)?.known.as_ref().map(|state| state.enabled)
    }

    /// How often things happened, by name, since the engine was made.
    pub fn counters(&self) -> JsValue {
        let counters = words::counted();
        let (entries, bytes) = self.0.memory_usage();
        Word::memoryEntries.put_number(&counters, entries);
        Word::memoryBytes.put_number(&counters, bytes);
        counters
    }

    /// Closes the database. The engine opens it again if it is used again.
    pub fn close(&self) {
        self.0.close();
    }

    /// The driver: a partition's state and an entry were read. Answers the key of something else to read in the same
    /// transaction.
    pub fn found(&self, id: u32, state: &JsValue, entry: JsValue) -> JsValue {
        self.0.found(id, state, entry).unwrap_or(JsValue::UNDEFINED)
    }

    /// The driver: the answers of a job's transaction are there. Answers what it is to do next.
    pub fn answered(&self, job: u32, answers: &Array) -> JsValue {
        self.0.answered(job, answers)
    }

    /// The driver: a job has ended; with a `failure` that is not empty nothing of it was kept.
    pub fn ended(&self, job: u32, failure: &str) {
        self.0.ended(job, some(failure));
    }

    /// The driver: the connection is there, or with a `failure` that is not empty cannot be had.
    pub fn opened(&self, failure: &str) {
        self.0.opened(some(failure));
    }

    /// The driver: the connection is gone.
    pub fn lost(&self) {
        self.0.lost();
    }

    /// Panics, so that the page's defence against a broken module can be tried.
    pub fn trap(&self) {
        panic!("trap() was called");
    }
}

/// A text that is not empty.
fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
