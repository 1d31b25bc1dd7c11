//! What must never be seen, what must be seen sometimes, and what must come true in the end.

use stateright::Property;

use crate::{
    coherence::{Boxed, Coherence},
    convergence,
    storage::Entry,
    world::{Seen, TABS, World},
};

pub(crate) const STALE: &str = "I1: nothing older than the adopted version is served";
pub(crate) const OWN_WRITE: &str = "I1: nothing that an own write replaced is served";
pub(crate) const INVALIDATED: &str = "R10, R13: nothing that was cleared or invalidated is served";
pub(crate) const CROSS_USER: &str = "I2: nobody is served another user's body";
pub(crate) const DISPLACED: &str = "S6: a displaced tab serves nothing";
pub(crate) const BACKWARDS: &str = "I3: generations never go down";
pub(crate) const CONVERGES: &str = "I4: when the server stops changing, every tab serves hits under its version";

pub(crate) const INVARIANTS: [&str; 7] = [STALE, OWN_WRITE, INVALIDATED, CROSS_USER, DISPLACED, BACKWARDS, CONVERGES];

pub(crate) fn properties() -> Vec<Property<Coherence>> {
    vec![
        Property::always(STALE, |_, world: &Boxed| !world.seen.stale),
        Property::always(OWN_WRITE, |_, world: &Boxed| !world.seen.own_write),
        Property::always(INVALIDATED, |_, world: &Boxed| !world.seen.invalidated),
        Property::always(CROSS_USER, |_, world: &Boxed| !world.seen.cross_user),
        Property::always(DISPLACED, |_, world: &Boxed| !world.seen.displaced),
        Property::always(BACKWARDS, |_, world: &Boxed| !world.went_back),
        Property::always(CONVERGES, |model, world: &Boxed| {
            !convergence::is_quiet(world) || convergence::converges(model, world).unwrap_or(true)
        }),
        Property::sometimes("memory answers", |_, world: &Boxed| world.seen.from_memory),
        Property::sometimes("the database answers", |_, world: &Boxed| world.seen.from_database),
        Property::sometimes("every tab is served something new", |_, world: &Boxed| world.seen.every_tab),
    ]
}

/// Looks at everything that could be served now.
pub(crate) fn look(model: &Coherence, world: &mut World) {
    let mut seen = Seen::default();
    let mut serving = [false; TABS];
    let is_news = |entry: &Entry| entry.body.epoch > 0 || entry.body.sent > 0 || !model.slice.has_news;
    for (tab, serving) in serving.iter_mut().enumerate() {
        let user = world.tabs[tab].user;
        let displaced =
            world.database.partitions[user].as_ref().is_some_and(|stored| stored.held.state.displaced.is_some());
        let view = &mut world.tabs[tab].views[user];
        view.displaced &= displaced;
        let (mut required, long) = (view.required, view.displaced);
        required.join(&view.heard);
        for url in 0..model.slice.urls {
            let judge = |seen: &mut Seen, entry: &Entry| {
                let body = &entry.body;
                if body.user != user {
                    seen.cross_user = true;
                    return;
                }
                seen.stale |= body.epoch < required.epoch || body.data < required.data;
                seen.own_write |= body.data < required.written;
                seen.invalidated |= body.sent < required.sent[url];
            };
            if let Some(entry) = model.memory_answers(world, tab, url) {
                seen.from_memory = true;
                *serving |= is_news(&entry);
                seen.displaced |= displaced && long;
                judge(&mut seen, &entry);
            }
            if let Some(entry) = model.database_answers(world, tab, url) {
                seen.from_database = true;
                *serving |= is_news(&entry);
                seen.displaced |= displaced;
                judge(&mut seen, &entry);
            }
        }
    }
    seen.every_tab = serving[..model.slice.tabs].iter().all(|serving| *serving);
    world.seen = seen;
}
