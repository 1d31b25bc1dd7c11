//! No bytes make the reader of kept answers panic, and a frame it accepts is exactly what would be written.
#![no_main]

#[path = "../../crates/hybrid-cache-tower/src/query/frame.rs"]
mod frame;

use frame::Frame;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some(read) = Frame::decode(bytes) {
        assert_eq!(read.encode().as_deref(), Some(bytes));
    }
});
