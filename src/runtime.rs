//! What the standard library would bring along, smaller: an allocator and a panic handler.

use core::panic::PanicInfo;

use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

use crate::words::panicked;

#[allow(unsafe_code, reason = "a module without threads is what `AssumeSingleThreaded` asks for")]
#[global_allocator]
// SAFETY: the module is built without the `atomics` feature, so there is one thread.
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };

/// Tells the page where it happened. The message is left out: writing it needs the whole of `core::fmt`.
#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    if let Some(place) = info.location() {
        panicked(place.file(), place.line());
    }
    core::arch::wasm32::unreachable()
}
