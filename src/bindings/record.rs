//! Records as IndexedDB keeps them: plain objects with readable names.
//!
//! A record of an unknown format, or with a field of the wrong type, is read as `None`: it counts as not there.

use alloc::rc::Rc;

use crate::bindings::js::{Array, Object};
use hybrid_cache_contract::CacheVersion;
use hybrid_cache_core::{
    coherence::{EntryStamp, Label, State, Suspension, Target, TargetKind, Targets},
    eviction::Usage,
};
use wasm_bindgen::prelude::*;

use crate::{
    driver::FORMAT,
    words::{Kind, Word},
};

/// Is this a record of the format this code reads?
fn is_readable(value: &JsValue) -> bool {
    Word::format.number(value) == FORMAT
}

/// A fresh record.
fn record() -> JsValue {
    let record = Object::new().into();
    Word::format.put_number(&record, FORMAT);
    record
}

/// A field that holds a whole number JavaScript counts exactly.
#[inline(never)]
fn whole(record: &JsValue, field: Word) -> Option<u64> {
    let number = field.number(record);
    let whole = number as u64;
    (whole as f64 == number && whole <= 9_007_199_254_740_991).then_some(whole)
}

/// A number that is there.
fn some(number: f64) -> Option<f64> {
    (!number.is_nan()).then_some(number)
}

fn put_whole(record: &JsValue, field: Word, value: u64) {
    field.put_number(record, value as f64);
}

/// What is true of the whole database.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Root {
    /// Random number of this database.
    pub(crate) incarnation: u64,
    /// Highest generation ever used in it.
    pub(crate) highest: u64,
}

impl Root {
    pub(crate) fn read(value: &JsValue) -> Option<Self> {
        is_readable(value).then_some(())?;
        Some(Self { incarnation: whole(value, Word::incarnation)?, highest: whole(value, Word::highest)? })
    }

    pub(crate) fn write(&self) -> JsValue {
        let record = record();
        put_whole(&record, Word::incarnation, self.incarnation);
        put_whole(&record, Word::highest, self.highest);
        record
    }
}

fn read_label(value: &JsValue) -> Option<Label> {
    Some(Label { incarnation: whole(value, Word::incarnation)?, generation: whole(value, Word::generation)? })
}

fn write_label(record: &JsValue, label: Label) {
    put_whole(record, Word::incarnation, label.incarnation);
    put_whole(record, Word::generation, label.generation);
}

/// Reads a partition's state; `None` when it is not one.
pub(crate) fn read_state(value: &JsValue) -> Option<Rc<State>> {
    is_readable(value).then_some(())?;
    Some(Rc::new(State {
        label: read_label(value)?,
        barrier: whole(value, Word::barrier)?,
        clock: whole(value, Word::clock)?,
        version: match Word::version.kind(value) {
            Kind::Undefined => None,
            _ => Some(CacheVersion::new(whole(value, Word::version)?)?),
        },
        scope: Word::scope.text(value),
        enabled: {
            let enabled = Word::enabled.is(value, &JsValue::TRUE);
            (enabled || Word::enabled.is(value, &JsValue::FALSE)).then_some(enabled)?
        },
        suspension: match Word::suspended.kind(value) {
            Kind::Undefined => Suspension::No,
            _ if Word::suspended.is(value, &Word::awaiting.js()) => Suspension::Awaiting,
            _ => Suspension::Suspended,
        },
        displaced: some(Word::displaced.number(value)),
        adopted_date: some(Word::adoptedDate.number(value)).map(|seconds| seconds as i64),
    }))
}

/// The record of a state. Fields without a value are left out.
pub(crate) fn write_state(state: &State) -> JsValue {
    let record = record();
    write_label(&record, state.label);
    put_whole(&record, Word::barrier, state.barrier);
    put_whole(&record, Word::clock, state.clock);
    if let Some(version) = state.version {
        put_whole(&record, Word::version, version.get());
    }
    if let Some(scope) = &state.scope {
        Word::scope.put_text(&record, scope);
    }
    Word::enabled.put(&record, &state.enabled.into());
    match state.suspension {
        Suspension::No => {}
        Suspension::Suspended => Word::suspended.put(&record, &Word::suspended.js()),
        Suspension::Awaiting => Word::suspended.put(&record, &Word::awaiting.js()),
    }
    if let Some(displaced) = state.displaced {
        Word::displaced.put_number(&record, displaced);
    }
    if let Some(date) = state.adopted_date {
        Word::adoptedDate.put_number(&record, date as f64);
    }
    record
}

/// How the page and the records spell a kind of target.
fn kind_word(kind: TargetKind) -> Word {
    match kind {
        TargetKind::Url => Word::url,
        TargetKind::Prefix => Word::prefix,
        TargetKind::Pattern => Word::pattern,
        TargetKind::Group => Word::group,
    }
}

/// The kind a word names.
pub(crate) fn read_kind(word: &JsValue) -> Option<TargetKind> {
    const KINDS: [TargetKind; 4] = [TargetKind::Url, TargetKind::Prefix, TargetKind::Pattern, TargetKind::Group];
    KINDS.into_iter().find(|kind| kind_word(*kind).says(word))
}

/// Reads the targets; what cannot be read counts as a floor that nothing passes.
pub(crate) fn read_targets(value: &JsValue) -> Targets {
    if value.is_undefined() {
        return Targets::default();
    }
    read_known_targets(value).unwrap_or(Targets { floor: u64::MAX, list: Default::default() })
}

fn read_known_targets(value: &JsValue) -> Option<Targets> {
    is_readable(value).then_some(())?;
    let mut targets = Targets { floor: whole(value, Word::floor)?, ..Targets::default() };
    let list = Word::list.of(value);
    for at in 0..whole(&list, Word::length)? as u32 {
        let row = list.unchecked_ref::<Array>().get(at);
        targets.list.push(Target {
            clock: whole(&row, Word::clock)?,
            kind: read_kind(&Word::kind.of(&row))?,
            source: Word::source.text(&row)?,
            flags: Word::flags.text(&row)?,
        });
    }
    Some(targets)
}

/// The record of a partition's targets.
pub(crate) fn write_targets(targets: &Targets) -> JsValue {
    let record = record();
    put_whole(&record, Word::floor, targets.floor);
    let list = Array::new();
    for target in &targets.list {
        let row = Object::new().into();
        put_whole(&row, Word::clock, target.clock);
        Word::kind.put(&row, &kind_word(target.kind).js());
        Word::source.put_text(&row, &target.source);
        Word::flags.put_text(&row, &target.flags);
        list.push(&row);
    }
    Word::list.put(&record, &list);
    record
}

/// The stamp and size of a stored response; `None` when it is not a record this code understands.
pub(crate) fn read_stamp(value: &JsValue) -> Option<(EntryStamp, f64)> {
    is_readable(value).then_some(())?;
    if !matches!(Word::body.kind(value), Kind::Text | Kind::Buffer) || Word::headers.kind(value) != Kind::Text {
        return None;
    }
    let stamp = EntryStamp {
        label: read_label(value)?,
        clock: whole(value, Word::clock)?,
        stored: some(Word::stored.number(value))?,
        fresh: some(Word::fresh.number(value))?,
        stale: some(Word::stale.number(value))?,
    };
    Some((stamp, some(Word::bytes.number(value))?))
}

/// Adds to a record what the page did not put there; [`write_stamp`] gives it its label. Groups have a line feed after each.
pub(crate) fn complete(record: &JsValue, url: &JsValue, groups: &str, departed: f64) {
    Word::format.put_number(record, FORMAT);
    Word::departed.put_number(record, departed);
    Word::url.put(record, url);
    // Nothing else is stored.
    Word::status.put_number(record, 200.0);
    if !groups.is_empty() {
        Word::groups.put_lines(record, groups);
    }
}

/// Writes the stamp into a record this tab made.
pub(crate) fn write_stamp(record: &JsValue, stamp: &EntryStamp) {
    write_label(record, stamp.label);
    put_whole(record, Word::clock, stamp.clock);
    Word::stored.put_number(record, stamp.stored);
    Word::fresh.put_number(record, stamp.fresh);
    Word::stale.put_number(record, stamp.stale);
}

/// The directory's row for an entry: what is known of it without its body.
pub(crate) fn write_directory(key: &JsValue, partition: &str, response: &JsValue, now: f64) -> JsValue {
    let row = record();
    Word::key.put(&row, key);
    Word::partition.put_text(&row, partition);
    for same in [Word::url, Word::bytes, Word::departed, Word::stored, Word::fresh, Word::stale, Word::status] {
        same.copy(&row, response);
    }
    Word::used.put_number(&row, now);
    row
}

/// Notes that an entry was used at `now`; `false` when there is no such entry.
pub(crate) fn touch_directory(row: &JsValue, now: f64) -> bool {
    if row.is_object() {
        Word::used.put_number(row, now);
    }
    row.is_object()
}

/// What a directory row says in numbers; what cannot be read is 0.
pub(crate) fn directory_number(row: &JsValue, field: Word) -> f64 {
    some(field.number(row)).unwrap_or(0.0)
}

/// Reads bytes and entries on record; what cannot be read is nothing.
pub(crate) fn read_usage(value: &JsValue) -> Usage {
    Usage { bytes: whole(value, Word::bytes).unwrap_or(0), entries: whole(value, Word::entries).unwrap_or(0) }
}

/// The accounting record.
pub(crate) fn write_usage(usage: Usage) -> JsValue {
    let record = record();
    put_whole(&record, Word::bytes, usage.bytes);
    put_whole(&record, Word::entries, usage.entries);
    record
}
