//! One door for all methods of `Engine`.
//!
//! Each export is a function in the module and another in the glue, with what wasm-bindgen needs around the call and
//! around every text; two dozen of them weighed more than anything the engine does. So JavaScript names a method by its
//! number and gives its arguments as an array. `METHODS` of `words.js` makes methods of a class of that again.

use alloc::string::String;

use crate::bindings::js::Array;
use wasm_bindgen::prelude::*;

use super::{Engine, host::Headers};
use crate::words;

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
    open partition name_user lookup depart observe admit abandon learn clear invalidate heard wake version echo enabled
    counters close found answered ended opened lost trap
}

/// Does a text hold another?
const fn holds(text: &str, other: &str) -> bool {
    let (text, other) = (text.as_bytes(), other.as_bytes());
    let mut from = 0;
    while from + other.len() <= text.len() {
        let mut at = 0;
        while at < other.len() && text[from + at] == other[at] {
            at += 1;
        }
        if at == other.len() {
            return true;
        }
        from += 1;
    }
    false
}

const _: () = assert!(holds(include_str!("../words.js"), NAMES), "words.js has the methods in another order");

/// The arguments of a call.
struct Given<'a>(&'a Array);

impl Given<'_> {
    fn float(&self, at: u32) -> f64 {
        words::item(self.0, at)
    }

    fn number(&self, at: u32) -> u32 {
        self.float(at) as u32
    }

    fn maybe_text(&self, at: u32) -> Option<String> {
        words::string_at(self.0, at)
    }

    fn text(&self, at: u32) -> String {
        self.maybe_text(at).unwrap_or_default()
    }

    fn value(&self, at: u32) -> JsValue {
        self.0.get(at)
    }

    fn flag(&self, at: u32) -> bool {
        self.value(at).is_truthy()
    }
}

#[wasm_bindgen]
impl Engine {
    /// Calls the method of this number with these arguments; see there. An unknown number is answered with `undefined`.
    pub fn call(&self, method: u32, given: &Array) -> JsValue {
        let given = Given(given);
        let Some(method) = ALL.get(method as usize) else { return JsValue::UNDEFINED };
        // Most begin with an id or a handle.
        let first = given.number(0);
        match method {
            Method::open => self.open(),
            Method::partition => return self.partition(&given.text(0), &given.text(1), given.flag(2)).into(),
            Method::name_user => self.name_user(first, given.number(1), given.flag(2)),
            Method::lookup => self.lookup(first, given.number(1), &given.text(2), given.float(3)),
            Method::depart => return self.depart(first, given.float(1)),
            Method::observe => {
                let (token, headers) = (given.value(2), given.value(7));
                let answer = self.observe(
                    first,
                    given.number(1),
                    &token,
                    given.maybe_text(3),
                    &given.text(4),
                    &given.text(5),
                    given.number(6) as u16,
                    headers.unchecked_ref::<Headers>(),
                    given.float(8),
                    given.float(9),
                );
                return answer.into();
            }
            Method::admit => {
                self.admit(first, &given.value(1), given.float(2), &given.text(3), &given.text(4), given.float(5))
            }
            Method::abandon => self.abandon(first),
            Method::learn => self.learn(first, given.float(1), given.maybe_text(2)),
            Method::clear => self.clear(first, given.float(1) as i32),
            Method::invalidate => {
                self.invalidate(first, given.number(1), &given.value(2), &given.text(3), &given.text(4));
            }
            Method::heard => self.heard(&given.text(0)),
            Method::wake => self.wake(),
            Method::version => return self.version(first).into(),
            Method::echo => return self.echo(first),
            Method::enabled => return self.enabled(first).into(),
            Method::counters => return self.counters(),
            Method::close => self.close(),
            Method::found => return self.found(first, &given.value(1), given.value(2)),
            Method::answered => return self.answered(first, given.value(1).unchecked_ref()),
            Method::ended => self.ended(first, &given.text(1)),
            Method::opened => self.opened(&given.text(0)),
            Method::lost => self.lost(),
            Method::trap => self.trap(),
        }
        JsValue::UNDEFINED
    }
}
