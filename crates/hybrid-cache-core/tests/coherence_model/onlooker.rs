//! What must never be seen, what must be seen sometimes, and what must come true in the end.

use hybrid_cache_core::coherence::Suspension;
use stateright::Property;

use crate::{
    action::sign_in,
    coherence::Coherence,
    mutant::Mutant,
    world::{Entry, Seen, Stage, TABS, World, version},
};

pub(crate) const STALE: &str = "I1: nothing older than the adopted version is served";
pub(crate) const OWN_WRITE: &str = "I1: nothing that an own write replaced is served";
pub(crate) const INVALIDATED: &str = "R10, R13: nothing that was cleared or invalidated is served";
pub(crate) const CROSS_USER: &str = "I2: nobody is served another user's body";
pub(crate) const DISPLACED: &str = "S6: a displaced tab serves nothing";
pub(crate) const BACKWARDS: &str = "I3: generations never go down";
pub(crate) const CONVERGES: &str = "I4: when the server stops changing, every tab serves hits under its version";

pub(crate) fn properties() -> Vec<Property<Coherence>> {
    vec![
        Property::always(STALE, |_, world: &Box<World>| !world.seen.stale),
        Property::always(OWN_WRITE, |_, world: &Box<World>| !world.seen.own_write),
        Property::always(INVALIDATED, |_, world: &Box<World>| !world.seen.invalidated),
        Property::always(CROSS_USER, |_, world: &Box<World>| !world.seen.cross_user),
        Property::always(DISPLACED, |_, world: &Box<World>| !world.seen.displaced),
        Property::always(BACKWARDS, |_, world: &Box<World>| !world.went_back),
        Property::always(CONVERGES, |model: &Coherence, world: &Box<World>| {
            std::env::var("NOI4").is_ok() || !is_quiet(world) || converges(model, world).unwrap_or(true)
        }),
        Property::sometimes("memory answers", |_, world: &Box<World>| world.seen.from_memory),
        Property::sometimes("the database answers", |_, world: &Box<World>| world.seen.from_database),
        Property::sometimes("both tabs are served a later version", |_, world: &Box<World>| {
            world.seen.both_tabs && world.servers[0].epoch > 0
        }),
    ]
}

/// Looks at everything that could be served now.
pub(crate) fn look(model: &Coherence, world: &mut World) {
    let mut seen = Seen::default();
    let mut serving = [false; TABS];
    for tab in 0..TABS {
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
            if let Some(entry) = model.from_memory(world, tab, url) {
                seen.from_memory = true;
                serving[tab] |= entry.body.epoch > 0;
                seen.displaced |= displaced && long;
                judge(&mut seen, &entry);
            }
            if let Some(entry) = model.from_database(world, tab, url) {
                seen.from_database = true;
                serving[tab] |= entry.body.epoch > 0;
                seen.displaced |= displaced;
                judge(&mut seen, &entry);
            }
        }
    }
    seen.both_tabs = serving == [true; TABS];
    world.seen = seen;
}

/// Nothing is on the network. What a tab has yet to commit or to write may wait.
fn is_quiet(world: &World) -> bool {
    world.requests.is_empty()
}

/// How often every tab requests everything, and how often it asks the server though it is served (H8).
const ROUNDS: usize = 6;
const PROBES: usize = 2;

/// I4, by letting it happen: the server settles, tabs request what they are not served. `None` where that leads out of
/// the model's bounds.
fn converges(model: &Coherence, world: &World) -> Option<bool> {
    let mut world = world.clone();
    let user = world.tabs[0].user;
    for server in &mut world.servers {
        server.enabled = true;
        server.lost = false;
        let latest = server.now().number;
        if server.owed > 0 || server.data > server.now().data {
            server.owed = 0;
            server.epoch += 1;
            server.history[server.epoch as usize] = crate::world::Epoch { number: latest + 1, data: server.data };
        }
    }
    if world.database.deleting {
        for tab in 0..TABS {
            settle(model, &mut world, tab)?;
            model.lose(&mut world, tab);
        }
    }
    for tab in 0..TABS {
        settle(model, &mut world, tab)?;
        world.tabs[tab].connected = true;
        sign_in(&model.slice, &mut world, tab, user);
        settle(model, &mut world, tab)?;
    }
    for round in 0..ROUNDS {
        model.second(&mut world);
        for tab in 0..TABS {
            let known = world.tabs[tab].views[user].known.as_ref();
            if known.is_some_and(|held| held.state.suspension == Suspension::Suspended) {
                sign_in(&model.slice, &mut world, tab, user);
                settle(model, &mut world, tab)?;
            }
            for url in 0..model.slice.urls {
                request(model, &mut world, tab, url, round < PROBES)?;
            }
        }
    }
    let number = version(world.servers[user].now().number);
    let ok = (0..TABS).all(|tab| {
        let known = world.tabs[tab].views[user].known.as_ref();
        known.is_some_and(|held| held.state.version == Some(number))
            && (0..model.slice.urls).all(|url| {
                model.from_memory(&world, tab, url).is_some() && model.from_database(&world, tab, url).is_some()
            })
    });
    if !ok && std::env::var("DRAIN").is_ok() {
        eprintln!("{user} {world:#?}");
    }
    Some(ok)
}

/// A tab commits and writes what it has.
fn settle(model: &Coherence, world: &mut World, tab: usize) -> Option<()> {
    for _ in 0..8 {
        for user in 0..model.slice.users {
            if world.tabs[tab].views[user].committing.is_some() {
                model.acknowledge(world, tab, user);
            }
            if world.tabs[tab].connected && !world.tabs[tab].views[user].floor.is_empty() {
                model.commit(world, tab, user)?;
                model.acknowledge(world, tab, user);
            }
        }
        if world.tabs[tab].connected && !world.tabs[tab].pending.is_empty() {
            model.admit(world, tab, 0);
        }
    }
    Some(())
}

fn request(model: &Coherence, world: &mut World, tab: usize, url: usize, probe: bool) -> Option<()> {
    model.read(world, tab, url);
    if model.from_database(world, tab, url).is_some() && !probe {
        return Some(());
    }
    model.depart(world, tab, url, false);
    while !matches!(world.requests[0].stage, Stage::Answered(..)) {
        crate::server::serve(model, world, 0)?;
    }
    model.deliver(world, 0);
    settle(model, world, tab)?;
    model.read(world, tab, url);
    Some(())
}

/// Is this the property by which a mutant is to be found out?
pub(crate) fn betrays(mutant: Mutant, property: &str) -> bool {
    let expected: &[&str] = match mutant {
        Mutant::StampsWriteBeforeItsBump => &[OWN_WRITE],
        Mutant::BelievesTheHighestNumber => &[CONVERGES],
        Mutant::TakesOwnerAtDelivery | Mutant::IgnoresScopes => &[CROSS_USER],
        Mutant::IgnoresDisplacement => &[CROSS_USER, DISPLACED],
        Mutant::IgnoresTheClock | Mutant::IgnoresTheBarrier => &[INVALIDATED, STALE],
        _ => &[STALE],
    };
    expected.contains(&property)
}
