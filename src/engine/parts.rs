//! Where the engine keeps its parts.

use alloc::{boxed::Box, vec::Vec};
use core::cell::{RefCell, RefMut};

/// A part that is borrowed for a moment. A second borrow in that moment is a mistake in this crate and panics, in one
/// place, where each `borrow_mut` of the standard library brings a place of its own.
#[derive(Default)]
pub(crate) struct Shared<T>(RefCell<T>);

impl<T> Shared<T> {
    pub(crate) const fn new(part: T) -> Self {
        Self(RefCell::new(part))
    }

    #[inline]
    pub(crate) fn borrow_mut(&self) -> RefMut<'_, T> {
        match self.0.try_borrow_mut() {
            Ok(part) => part,
            Err(_) => busy(),
        }
    }

    pub(crate) fn take(&self) -> T
    where
        T: Default,
    {
        core::mem::take(&mut *self.borrow_mut())
    }
}

#[cold]
#[inline(never)]
fn busy() -> ! {
    panic!("a part of the engine is borrowed twice")
}

/// What is under way, by id.
pub(crate) struct Pending<T>(Shared<Vec<(u32, Box<T>)>>);

impl<T> Default for Pending<T> {
    fn default() -> Self {
        Self(Shared::new(Vec::new()))
    }
}

impl<T> Pending<T> {
    #[inline(never)]
    pub(crate) fn keep(&self, id: u32, item: Box<T>) {
        self.0.borrow_mut().push((id, item));
    }

    #[inline(never)]
    pub(crate) fn take(&self, id: u32) -> Option<Box<T>> {
        let mut items = self.0.borrow_mut();
        let at = items.iter().position(|(kept, _)| *kept == id)?;
        // Asked again because the compiler does not know that `position` stays within the list.
        (at < items.len()).then(|| items.swap_remove(at).1)
    }
}
