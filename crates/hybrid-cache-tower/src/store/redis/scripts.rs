//! The scripts. Redis runs a script as one atomic step, and its `TIME` is the store's clock of H5. Each is a file of
//! its own, so that servers in other languages can be held against the same text.

use std::sync::LazyLock;

use ::redis::Script;

/// `bump.lua`: raises each of the keys and answers the new values in order, nil for one that holds no integer.
pub(super) fn bump() -> &'static Script {
    static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("bump.lua")));
    &SCRIPT
}

/// `read_or_start.lua`: answers what the key holds; a missing one is started at the clock.
pub(super) fn read_or_start() -> &'static Script {
    static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("read_or_start.lua")));
    &SCRIPT
}

/// `raise_to.lua`: raises the key to at least the argument.
pub(super) fn raise_to() -> &'static Script {
    static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("raise_to.lua")));
    &SCRIPT
}

/// `recognise.lua`: answers when the server's run was first seen.
pub(super) fn recognise() -> &'static Script {
    static SCRIPT: LazyLock<Script> = LazyLock::new(|| Script::new(include_str!("recognise.lua")));
    &SCRIPT
}
