//! As much of structured fields (RFC 9651) as dictionaries of directives and lists of strings need.
//!
//! Every type of the RFC is checked, because a field in which anything is malformed is void as a whole; only integers,
//! booleans and strings are given back. Byte sequences and display strings, which no field of this contract uses, are
//! checked for their characters, not for being decodable.

use crate::{class::Class, seconds::delta_seconds};

/// A bare item, or a whole inner list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// At most 2^31; `None` for a negative one.
    Integer(Option<u32>),
    Boolean(bool),
    /// The text between the quotes, `\"` and `\\` still escaped.
    String(&'a str),
    /// A decimal, token, byte sequence, date, display string or inner list.
    Other,
}

/// A place in a field value. Every method returns `None` for what the RFC calls a failure.
///
/// Text is cut out with `get` throughout: indexing a `str` brings its panic message's formatting along, more code than
/// this whole parser.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    /// Begins at a whole field value, after the spaces before it (section 4.2, step 2).
    pub(crate) fn new(value: &'a str) -> Self {
        let mut cursor = Self { text: value, at: 0 };
        cursor.take(Class::Space);
        cursor
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.at >= self.text.len()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// The text from `start` to here. Both stand beside ASCII characters, so this never falls within another one.
    fn since(&self, start: usize) -> &'a str {
        self.text.get(start..self.at).unwrap_or_default()
    }

    /// Takes as many characters of a class as there are.
    fn take(&mut self, class: Class) -> &'a str {
        let start = self.at;
        while self.peek().is_some_and(|byte| class.has(byte)) {
            self.at += 1;
        }
        self.since(start)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Stands after a member: takes the comma before the next one. `Some` at the end of the field, too; a comma without
    /// a member after it is a failure.
    pub(crate) fn end_member(&mut self) -> Option<()> {
        self.take(Class::Blank);
        if self.is_empty() {
            return Some(());
        }
        if !self.eat(b',') {
            return None;
        }
        self.take(Class::Blank);
        (!self.is_empty()).then_some(())
    }

    /// A dictionary member's or a parameter's key (section 4.2.3.3).
    fn key(&mut self) -> Option<&'a str> {
        if !matches!(self.peek()?, b'a'..=b'z' | b'*') {
            return None;
        }
        Some(self.take(Class::Key))
    }

    /// One member of a dictionary, parameters dropped (section 4.2.2).
    pub(crate) fn dictionary_member(&mut self) -> Option<(&'a str, Value<'a>)> {
        let key = self.key()?;
        let value = if self.eat(b'=') { self.value()? } else { Value::Boolean(true) };
        self.parameters()?;
        Some((key, value))
    }

    /// One member of a list, parameters dropped (section 4.2.1).
    pub(crate) fn list_member(&mut self) -> Option<Value<'a>> {
        let value = self.value()?;
        self.parameters()?;
        Some(value)
    }

    fn value(&mut self) -> Option<Value<'a>> {
        if self.eat(b'(') { self.inner_list() } else { self.bare_item() }
    }

    /// Stands after the opening parenthesis (section 4.2.1.2).
    fn inner_list(&mut self) -> Option<Value<'a>> {
        loop {
            self.take(Class::Space);
            if self.eat(b')') {
                return Some(Value::Other);
            }
            self.bare_item()?;
            self.parameters()?;
            if !matches!(self.peek()?, b' ' | b')') {
                return None;
            }
        }
    }

    fn parameters(&mut self) -> Option<()> {
        while self.eat(b';') {
            self.take(Class::Space);
            self.key()?;
            if self.eat(b'=') {
                self.bare_item()?;
            }
        }
        Some(())
    }

    fn bare_item(&mut self) -> Option<Value<'a>> {
        match self.peek()? {
            b'-' | b'0'..=b'9' => self.number(),
            b'"' => self.string(),
            b'?' => self.boolean(),
            b':' => self.byte_sequence(),
            b'@' => {
                self.eat(b'@');
                matches!(self.number()?, Value::Integer(_)).then_some(Value::Other)
            }
            b'%' => self.display_string(),
            first if first == b'*' || first.is_ascii_alphabetic() => {
                self.take(Class::Token);
                Some(Value::Other)
            }
            _ => None,
        }
    }

    /// At most 15 digits, or at most 12 with 1 to 3 after a point (section 4.2.4).
    fn number(&mut self) -> Option<Value<'a>> {
        let negative = self.eat(b'-');
        let digits = self.take(Class::Digit);
        if self.eat(b'.') {
            let fraction = self.take(Class::Digit);
            let fits = (1..=12).contains(&digits.len()) && (1..=3).contains(&fraction.len());
            return fits.then_some(Value::Other);
        }
        if !(1..=15).contains(&digits.len()) {
            return None;
        }
        Some(Value::Integer(delta_seconds(digits.as_bytes()).filter(|&seconds| !negative || seconds == 0)))
    }

    fn string(&mut self) -> Option<Value<'a>> {
        self.eat(b'"');
        let start = self.at;
        loop {
            while !self.take(Class::Plain).is_empty() || self.eat(b'%') {}
            let text = self.since(start);
            if self.eat(b'"') {
                return Some(Value::String(text));
            }
            if !(self.eat(b'\\') && (self.eat(b'"') || self.eat(b'\\'))) {
                return None;
            }
        }
    }

    fn boolean(&mut self) -> Option<Value<'a>> {
        self.eat(b'?');
        if self.eat(b'1') { Some(Value::Boolean(true)) } else { self.eat(b'0').then_some(Value::Boolean(false)) }
    }

    fn byte_sequence(&mut self) -> Option<Value<'a>> {
        self.eat(b':');
        self.take(Class::Base64);
        self.eat(b':').then_some(Value::Other)
    }

    fn display_string(&mut self) -> Option<Value<'a>> {
        self.eat(b'%');
        if !self.eat(b'"') {
            return None;
        }
        loop {
            while !self.take(Class::Plain).is_empty() || self.eat(b'\\') {}
            if self.eat(b'"') {
                return Some(Value::Other);
            }
            if !self.eat(b'%') {
                return None;
            }
            for _ in 0..2 {
                matches!(self.peek()?, b'0'..=b'9' | b'a'..=b'f').then_some(())?;
                self.at += 1;
            }
        }
    }
}
