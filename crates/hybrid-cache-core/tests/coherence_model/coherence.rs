//! The model: a slice of the world, and possibly a mutation of it.

use std::sync::atomic::{AtomicU32, Ordering};

use hybrid_cache_core::coherence::Rule;
use stateright::{Model, Property};

use crate::{
    action::{self, Action},
    canonical,
    mutant::Mutant,
    onlooker, possible,
    slice::Slice,
    world::World,
};

/// A world is large, and the checker moves it about.
pub(crate) type Boxed = Box<World>;

pub(crate) struct Coherence {
    pub(crate) slice: Slice,
    pub(crate) mutant: Option<Mutant>,
    /// The rules that have decided something, as bits.
    rules: AtomicU32,
}

impl Coherence {
    pub(crate) fn new(slice: Slice, mutant: Option<Mutant>) -> Self {
        Self { slice, mutant, rules: AtomicU32::new(0) }
    }

    pub(crate) fn is(&self, mutant: Mutant) -> bool {
        self.mutant == Some(mutant)
    }

    pub(crate) fn note(&self, rule: Rule) {
        let bit = 1 << rule as u32;
        if self.rules.load(Ordering::Relaxed) & bit == 0 {
            self.rules.fetch_or(bit, Ordering::Relaxed);
        }
    }

    pub(crate) fn noted(&self, rule: Rule) -> bool {
        self.rules.load(Ordering::Relaxed) & 1 << rule as u32 != 0
    }
}

impl Model for Coherence {
    type State = Boxed;
    type Action = Action;

    fn init_states(&self) -> Vec<Boxed> {
        let mut worlds: Vec<Boxed> = self.slice.beginnings().into_iter().map(Box::new).collect();
        for world in &mut worlds {
            onlooker::look(self, world);
            canonical::rename(self, world);
        }
        worlds
    }

    fn actions(&self, world: &Boxed, actions: &mut Vec<Action>) {
        possible::possible(self, world, actions);
    }

    fn next_state(&self, last: &Boxed, action: Action) -> Option<Boxed> {
        let mut world = last.clone();
        action::perform(self, &mut world, action)?;
        onlooker::look(self, &mut world);
        canonical::rename(self, &mut world);
        (world != *last).then_some(world)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        onlooker::properties()
    }
}
