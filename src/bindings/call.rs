//! One door for all methods of an engine.
//!
//! Each export is a function in the module and another in the glue, with what wasm-bindgen needs around the call and
//! around every text; two dozen of them weighed more than anything the engine does. So JavaScript names a method by its
//! number and gives its arguments as an array. `METHODS` of `words.js` makes methods of a class of that again; what they
//! do is described at `Engine` in `js/boundary.ts`.

use alloc::string::String;

use hybrid_cache_contract::CacheVersion;
use wasm_bindgen::prelude::*;

use super::{
    engine,
    host::{read_token, write_token},
    js::Array,
    record, start,
};
use crate::{
    engine::{Arrival, Event},
    words,
};

macro_rules! methods {
    ($($name:ident)*) => {
        /// A method; its name is how JavaScript spells it.
        #[allow(non_camel_case_types, reason = "the names are spelt as in JavaScript")]
        #[derive(Clone, Copy)]
        enum Method { $($name,)* }
        const ALL: &[Method] = &[$(Method::$name,)*];
        /// Every name, in order, with a blank before each, as they stand in `words.js`.
        const NAMES: &str = concat!($(" ", stringify!($name),)*);
    };
}

methods! {
    start open partition name_user lookup depart observe admit abandon learn clear invalidate heard wake version echo enabled
    counters close found answered ended opened lost trap
}

const _: () = assert!(words::holds(include_str!("../words.js"), NAMES), "words.js has the methods in another order");

/// The arguments of a call.
struct Given<'a>(&'a Array);

impl Given<'_> {
    fn float(&self, at: u32) -> f64 {
        words::item(self.0, at)
    }

    fn number(&self, at: u32) -> u32 {
        self.float(at) as u32
    }

    fn value(&self, at: u32) -> JsValue {
        self.0.get(at)
    }

    #[inline(never)]
    fn maybe_text(&self, at: u32) -> Option<String> {
        self.value(at).as_string()
    }

    #[inline(never)]
    fn text(&self, at: u32) -> String {
        self.maybe_text(at).unwrap_or_default()
    }

    fn flag(&self, at: u32) -> bool {
        self.value(at).is_truthy()
    }
}

/// A text that is not empty.
fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Calls the method of this number with these arguments. An unknown number, of an engine too, is answered with
/// `undefined`.
#[wasm_bindgen]
pub fn call(at: u32, method: u32, given: &Array) -> JsValue {
    let given = Given(given);
    let Some(method) = ALL.get(method as usize) else { return JsValue::UNDEFINED };
    if let Method::start = method {
        return start(&given.value(0), given.value(1).unchecked_into(), &given.value(2)).into();
    }
    let Some(inner) = engine(at) else { return JsValue::UNDEFINED };
    // Most begin with an id or a handle.
    let first = given.number(0);
    match method {
        Method::start => {}
        Method::open => {
            inner.connect();
            inner.touch_again();
        }
        Method::partition => return inner.partition(&given.text(0), &given.text(1), given.flag(2)).into(),
        Method::name_user => inner.enqueue(given.number(1), Event::Named { id: first, cookie: given.flag(2) }),
        Method::lookup => inner.lookup(first, given.number(1), given.value(2), given.float(3)),
        Method::depart => return write_token(&inner.token(first, given.float(1))),
        Method::observe => {
            let (url, headers) = (given.value(4), given.value(7));
            let answer = inner.observe(Arrival {
                id: first,
                handle: given.number(1),
                token: read_token(&given.value(2)),
                key: given.value(3),
                url: &url,
                method: &given.text(5),
                status: given.number(6),
                headers: &headers,
                rule_ttl: given.float(8),
                rule_stale: given.float(9),
            });
            return answer.into();
        }
        Method::admit => inner.admit(first, given.value(1), given.float(2)),
        Method::abandon => {
            inner.take_ticket(first);
        }
        Method::learn => {
            let version = given.float(1);
            let whole = version as u64;
            if let Some(version) = CacheVersion::new(whole).filter(|_| whole as f64 == version) {
                inner.enqueue(first, Event::Learned { version, scope: given.maybe_text(2) });
            }
        }
        Method::clear => inner.clear(first, u32::try_from(given.float(1) as i32).ok()),
        Method::invalidate => match record::read_kind(&given.value(2)) {
            Some(kind) => inner.invalidate(first, given.number(1), kind, given.text(3), given.text(4)),
            None => inner.host.settled(first, 0.0),
        },
        Method::heard => inner.heard(&given.text(0)),
        Method::wake => inner.wake(),
        Method::version => return inner.known_version(first).into(),
        Method::echo => return inner.known_version(first).map_or(JsValue::UNDEFINED, words::text),
        Method::enabled => return inner.known_enabled(first).into(),
        Method::counters => return inner.counters(),
        Method::close => inner.close(),
        Method::found => return inner.found(first, &given.value(1), given.value(2)).unwrap_or(JsValue::UNDEFINED),
        Method::answered => return inner.answered(first, given.value(1).unchecked_ref()),
        Method::ended => inner.ended(first, some(&given.text(1))),
        Method::opened => inner.opened(some(&given.text(0))),
        Method::lost => inner.lost(),
        Method::trap => panic!("trap() was called"),
    }
    JsValue::UNDEFINED
}
