//! Every name and word that crosses the boundary or stands in a record. They are kept as JavaScript strings, by number.
//!
//! Passing a Rust string makes a new JavaScript string each time; on the way of a hit there would be thirty of them.

use alloc::string::String;

use wasm_bindgen::prelude::*;

use crate::bindings::host::Host;

#[wasm_bindgen(module = "/src/words.js")]
extern "C" {
    /// Says who hears of a panic, and which headers a response is asked for; `Vary` comes after them. To be called
    /// before anything else here.
    pub(crate) fn listen(host: &Host, headers: &str);
    /// Tells of a panic.
    pub(crate) fn panicked(file: &str, line: u32);
    /// A number as text.
    pub(crate) fn text(number: f64) -> JsValue;
    /// Four numbers as an array.
    pub(crate) fn tuple(first: f64, second: f64, third: f64, fourth: f64) -> JsValue;
    /// A number in an array; NaN where there is none.
    pub(crate) fn item(array: &JsValue, at: u32) -> f64;
    /// A text with another in front of it.
    pub(crate) fn prefixed(prefix: &str, text: &JsValue) -> JsValue;
    /// The headers of a response, a text with a line for each: a blank and the value, or nothing where there is none.
    /// `response` is anything with `get(name)` that answers a string or `null`.
    pub(crate) fn headers(response: &JsValue) -> JsValue;
    /// A date in seconds since the Unix epoch; NaN for what is none.
    pub(crate) fn date(text: &str) -> f64;
    /// All counters, by name.
    pub(crate) fn counted() -> JsValue;

    /// What the mirror says; `undefined` where there is none, or it cannot be read.
    #[wasm_bindgen(js_name = readMirror)]
    pub(crate) fn read_mirror(mirror: &JsValue, key: &JsValue) -> JsValue;
    /// Does the mirror say so, or can it not be read?
    pub(crate) fn agrees(mirror: &JsValue, key: &JsValue, text: &JsValue) -> bool;
    /// Has the mirror say something, where that can be done.
    #[wasm_bindgen(js_name = writeMirror)]
    pub(crate) fn write_mirror(mirror: &JsValue, key: &JsValue, text: &JsValue);
    /// The text of a mirror, of the incarnation first.
    #[wasm_bindgen(js_name = mirrorText)]
    pub(crate) fn mirror_text(incarnation: f64, generation: f64, clock: f64, flags: u32) -> JsValue;
    /// Do the texts of two mirrors speak of the same database?
    #[wasm_bindgen(js_name = sameDatabase)]
    pub(crate) fn same_database(text: &JsValue, other: &JsValue) -> bool;
    /// Does a regular expression find a match in a URL?
    pub(crate) fn matches(source: &str, flags: &str, url: &str) -> bool;

    fn word(at: u32) -> JsValue;
    fn place(value: &JsValue) -> i32;
    fn read(object: &JsValue, at: u32) -> JsValue;
    fn number(object: &JsValue, at: u32) -> f64;
    fn lines(object: &JsValue, at: u32) -> JsValue;
    #[wasm_bindgen(js_name = writeLines)]
    fn write_lines(object: &JsValue, at: u32, text: &str);
    fn is(object: &JsValue, at: u32, value: &JsValue) -> bool;
    fn kind(object: &JsValue, at: u32) -> u32;
    fn write(object: &JsValue, at: u32, value: &JsValue);
    #[wasm_bindgen(js_name = write)]
    fn write_number(object: &JsValue, at: u32, value: f64);
    fn count(at: u32, number: f64) -> f64;
}

/// Does a text hold another, a line feed being as good as a blank?
pub(crate) const fn holds(text: &str, other: &str) -> bool {
    let (text, other) = (text.as_bytes(), other.as_bytes());
    let mut from = 0;
    while from + other.len() <= text.len() {
        let mut at = 0;
        while at < other.len() && (text[from + at] == other[at] || (other[at] == b' ' && text[from + at] == b'\n')) {
            at += 1;
        }
        if at == other.len() {
            return true;
        }
        from += 1;
    }
    false
}

macro_rules! words {
    ($($word:ident)*) => {
        /// A word; its name is its text.
        #[allow(non_camel_case_types, reason = "the words are spelt as they stand in records")]
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Word { $($word,)* }
        const _: () = assert!(
            holds(include_str!("words.js"), concat!($(" ", stringify!($word),)*)),
            "words.js has the words in another order",
        );
    };
}

words! {
    state directory entries used root usage
    format incarnation highest generation barrier clock version scope enabled displaced adoptedDate
    floor list length kind source flags
    departed stored fresh stale bytes status url headers body groups key partition
    awaiting prefix pattern group
    memory indexeddb absent expired fenced storage
    stores storeErrors evicted swept late regresses replayed versionless invalidVersions disabled suspended invalidated
    superseded quota reopened fallbacks corrupt floors
    maxBytes maxEntries openTimeout ttl versionlessTtl keyHeaders mirror
}

/// What a property is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Undefined,
    Text,
    Buffer,
    Other,
}

impl Word {
    /// The JavaScript string.
    pub(crate) fn js(self) -> JsValue {
        word(self as u32)
    }

    /// Is this the word of that JavaScript string?
    pub(crate) fn says(self, value: &JsValue) -> bool {
        place(value) == self as i32
    }

    /// This property of an object; as if it were not there where the object is not.
    pub(crate) fn of(self, object: &JsValue) -> JsValue {
        read(object, self as u32)
    }

    /// This property, where it is a number; else NaN.
    pub(crate) fn number(self, object: &JsValue) -> f64 {
        number(object, self as u32)
    }

    /// This property, where it is a string.
    pub(crate) fn text(self, object: &JsValue) -> Option<String> {
        read(object, self as u32).as_string()
    }

    /// The texts of this property, an array, each with a line feed after it.
    pub(crate) fn lines(self, object: &JsValue) -> String {
        lines(object, self as u32).as_string().unwrap_or_default()
    }

    /// Sets this property to an array of texts, given with a line feed after each.
    pub(crate) fn put_lines(self, object: &JsValue, lines: &str) {
        write_lines(object, self as u32, lines);
    }

    /// Is this property that value?
    pub(crate) fn is(self, object: &JsValue, value: &JsValue) -> bool {
        is(object, self as u32, value)
    }

    /// What this property is.
    pub(crate) fn kind(self, object: &JsValue) -> Kind {
        match kind(object, self as u32) {
            0 => Kind::Undefined,
            1 => Kind::Text,
            2 => Kind::Buffer,
            _ => Kind::Other,
        }
    }

    /// Sets this property of an object.
    pub(crate) fn put(self, object: &JsValue, value: &JsValue) {
        write(object, self as u32, value);
    }

    /// Sets this property to a number.
    pub(crate) fn put_number(self, object: &JsValue, value: f64) {
        write_number(object, self as u32, value);
    }

    /// Sets this property to a text.
    pub(crate) fn put_text(self, object: &JsValue, value: &str) {
        self.put(object, &value.into());
    }

    /// Sets this property to that of another object.
    pub(crate) fn copy(self, object: &JsValue, from: &JsValue) {
        self.put(object, &self.of(from));
    }

    /// Adds to the counter of this name, and answers what it is then.
    pub(crate) fn add(self, number: f64) -> f64 {
        count(self as u32, number)
    }

    /// Adds one to the counter of this name.
    pub(crate) fn count(self) {
        self.add(1.0);
    }
}

/// Every counter of the engine begins at 0.
pub(crate) fn begin_counting() {
    for at in Word::stores as u32..=Word::floors as u32 {
        count(at, 0.0);
    }
}
