//! What the engine does with the decisions of `hybrid-cache-core`.
//!
//! One engine serves one page. Its parts share an [`Inner`] that lives as long as the page; no borrow of a part is held while the page
//! is called back, since the page may call again at once.
//!
//! | module | what happens there |
//! |---|---|
//! | [`connection`] | the database opens, closes, is deleted under us, or never answers |
//! | [`jobs`] | transactions and pauses, as data |
//! | [`lookup`] | a read: memory first, else state and entry in one transaction |
//! | [`observe`] | a response arrives: its headers are read, a fence is raised where needed |
//! | [`event`], [`rules`], [`turn`] | whatever changes a partition's state, in one strict transaction, and how it is judged there |
//! | [`clear`] | clears and narrower invalidations are asked for |
//! | [`store`] | bodies are written in small batches, each judged again in its transaction |
//! | [`reclaim`] | dead generations are swept, entries over budget evicted, use recorded |
//! | [`memory`] | the layer in front |
//! | [`parts`] | lists and cells of all these |
//! | [`partition`] | what this tab knows of each partition |

#![allow(clippy::boxed_local, clippy::vec_box, reason = "moving a pointer is less code than moving what it points to")]

mod clear;
mod connection;
mod event;
mod jobs;
mod lookup;
mod memory;
mod observe;
mod partition;
mod parts;
mod reclaim;
mod rules;
mod store;
mod turn;

use alloc::{boxed::Box, string::String, vec::Vec};
use core::cell::{Cell, OnceCell, RefMut};

use self::{
    connection::Phase, jobs::Job, lookup::Question, memory::Memory, observe::Ticket, partition::Partition,
    parts::Pending, store::Write,
};
use crate::{
    bindings::host::Host,
    driver::Driver,
    words::{self, Word},
};
use hybrid_cache_core::{eviction::Budget, key};
use wasm_bindgen::prelude::*;

pub(crate) use self::{event::Event, observe::Arrival, parts::Shared};

/// For how long memory may answer without the state having been read again, in milliseconds (S1b).
const VERIFY_WITHIN: f64 = 1_000.0;

/// Options, read once.
pub(crate) struct Settings {
    pub(crate) budget: Budget,
    pub(crate) open_timeout: f64,
    pub(crate) ttl: f64,
    pub(crate) versionless: bool,
    /// Request headers that are part of keys, joined by commas.
    pub(crate) key_headers: String,
    /// `localStorage`: what tabs can read of each other without waiting.
    pub(crate) mirror: JsValue,
}

/// Everything the parts of an engine share.
pub(crate) struct Inner {
    pub(crate) host: Host,
    pub(crate) settings: Settings,
    driver: OnceCell<Driver>,
    phase: Cell<Phase>,
    incarnation: Cell<u64>,
    /// The opening that is under way or was the last.
    turn: Cell<u32>,
    /// How often in a row the connection was lost, and the storage given up, with nothing written meanwhile.
    reopens: Cell<u32>,
    rests: Cell<u32>,
    /// The browser refused to store for lack of room, and nothing was stored since.
    full: Cell<bool>,
    partitions: Shared<Vec<Partition>>,
    memory: Memory,
    waiting_lookups: Shared<Vec<Box<Question>>>,
    asking: Pending<Question>,
    jobs: Pending<Job>,
    next_job: Cell<u32>,
    tickets: Pending<Ticket>,
    waiting: Shared<Vec<Box<Write>>>,
    /// How many partitions are still to be cleared, by the id that asked.
    clearing: Pending<u32>,
    flushing: Cell<bool>,
    /// An entry was looked up in the database since the last chunk of a removal.
    read_lately: Cell<bool>,
    sweeping: Cell<bool>,
    evicting: Cell<bool>,
}

impl Inner {
    pub(crate) fn new(engine: &JsValue, host: Host, options: &JsValue) -> &'static Self {
        // One engine serves one page, as long as it lives.
        let inner: &Self = Box::leak(Box::new(Self {
            settings: Settings {
                budget: Budget {
                    max_bytes: Word::maxBytes.number(options) as u64,
                    max_entries: Word::maxEntries.number(options) as u64,
                },
                open_timeout: Word::openTimeout.number(options),
                ttl: Word::ttl.number(options),
                versionless: Word::versionlessTtl.is(options, &JsValue::TRUE),
                key_headers: Word::keyHeaders.text(options).unwrap_or_default(),
                mirror: Word::mirror.of(options),
            },
            memory: Memory::new(options, engine),
            host,
            driver: OnceCell::new(),
            phase: Cell::default(),
            incarnation: Cell::default(),
            turn: Cell::default(),
            reopens: Cell::default(),
            rests: Cell::default(),
            full: Cell::default(),
            partitions: Shared::default(),
            waiting_lookups: Shared::default(),
            asking: Pending::default(),
            jobs: Pending::default(),
            next_job: Cell::default(),
            tickets: Pending::default(),
            waiting: Shared::default(),
            clearing: Pending::default(),
            flushing: Cell::default(),
            read_lately: Cell::default(),
            sweeping: Cell::default(),
            evicting: Cell::default(),
        }));
        let _ = inner.driver.set(Driver::new(engine));
        inner
    }

    /// A partition, to be looked at or changed; not to be held across a call of another method.
    #[inline(never)]
    pub(crate) fn at(&self, handle: u32) -> Option<RefMut<'_, Partition>> {
        RefMut::filter_map(self.partitions.borrow_mut(), |partitions| partitions.get_mut(handle as usize)).ok()
    }

    /// The handle of a partition; made known to this tab, and read, when it is new.
    pub(crate) fn partition(&self, server: &str, user: &str, scope_is_user: bool) -> u32 {
        let name = key::partition(server, user);
        let known = self.partitions.borrow_mut().len();
        if let Some(handle) = self.handle_of(&name) {
            if let (true, Some(mut partition)) = (scope_is_user, self.at(handle)) {
                partition.expected_scope = Some(user.into());
            }
            return handle;
        }
        let mut partition = Partition::new(server, user, scope_is_user);
        if self.is_memory_only() {
            partition.begin_in_memory(self.incarnation.get());
        }
        self.partitions.borrow_mut().push(partition);
        self.read_state(known as u32);
        known as u32
    }

    fn handle_of(&self, name: &str) -> Option<u32> {
        self.partitions.borrow_mut().iter().position(|partition| partition.name == name).map(|at| at as u32)
    }

    /// What is known of a partition is doubted, and read again.
    fn doubt(&self, handle: u32) {
        if self.is_open() {
            if let Some(mut partition) = self.at(handle) {
                partition.doubt();
            }
            self.read_state(handle);
        }
    }

    /// Another tab changed this partition.
    pub(crate) fn heard(&self, name: &str) {
        if let Some(handle) = self.handle_of(name) {
            self.doubt(handle);
            if let (true, Some(mut partition)) = (self.is_memory_only(), self.at(handle)) {
                self.notice_other_tabs(&mut partition, true);
            }
        }
    }

    /// The page may have slept through anything.
    pub(crate) fn wake(&self) {
        let partitions = self.partitions.borrow_mut().len() as u32;
        for handle in 0..partitions {
            self.doubt(handle);
        }
    }

    /// The version this tab knows of a partition.
    pub(crate) fn known_version(&self, handle: u32) -> Option<f64> {
        let partition = self.at(handle)?;
        partition.known.as_ref()?.version.map(|version| version.get() as f64)
    }

    /// Whether the server has caching switched on for a partition's user; `None` while nothing is known.
    pub(crate) fn known_enabled(&self, handle: u32) -> Option<bool> {
        self.at(handle)?.known.as_ref().map(|state| state.enabled)
    }

    /// How often things happened, by name, since the engine was made.
    pub(crate) fn counters(&self) -> JsValue {
        self.memory.count(words::counted())
    }
}
