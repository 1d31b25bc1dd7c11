//! Waiting, but not for ever.
//!
//! A request of IndexedDB whose future is dropped before its event aborts its transaction and throws in the handler. So
//! what takes too long is not dropped here: it runs on by itself, and only its caller stops waiting.

use std::{cell::RefCell, future::Future, rc::Rc};

use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(handler: &Function, ms: u32) -> JsValue;
    #[wasm_bindgen(js_name = clearTimeout)]
    fn clear_timeout(timer: &JsValue);
}

/// Calls `task` once after `ms` milliseconds, unless the timer is dropped before.
pub(super) struct Timer {
    timer: JsValue,
    _task: Closure<dyn FnMut()>,
}

impl Timer {
    pub(super) fn new(ms: u32, task: impl FnMut() + 'static) -> Self {
        let task = Closure::<dyn FnMut()>::new(task);
        Self { timer: set_timeout(task.as_ref().unchecked_ref(), ms), _task: task }
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        clear_timeout(&self.timer);
    }
}

enum Slot<T> {
    Waiting,
    Done(T),
    GivenUp,
}

/// What `future` comes to, or `None` after `ms` milliseconds; then `late` gets what it comes to in the end.
pub(super) async fn within<T: 'static>(
    ms: u32,
    future: impl Future<Output = T> + 'static,
    late: impl FnOnce(T) + 'static,
) -> Option<T> {
    let slot = Rc::new(RefCell::new(Slot::Waiting));
    let mut resolve = None;
    let settled = Promise::new(&mut |settle, _| resolve = Some(settle));
    let resolve: Function = resolve.expect_throw("a promise calls its executor at once");

    let (filled, told) = (slot.clone(), resolve.clone());
    spawn_local(async move {
        let value = future.await;
        if matches!(*filled.borrow(), Slot::GivenUp) {
            return late(value);
        }
        *filled.borrow_mut() = Slot::Done(value);
        let _ = told.call0(&JsValue::UNDEFINED);
    });
    let timer = Timer::new(ms, move || {
        let _ = resolve.call0(&JsValue::UNDEFINED);
    });
    let _ = JsFuture::from(settled).await;
    drop(timer);
    match slot.replace(Slot::GivenUp) {
        Slot::Done(value) => Some(value),
        Slot::Waiting | Slot::GivenUp => None,
    }
}
