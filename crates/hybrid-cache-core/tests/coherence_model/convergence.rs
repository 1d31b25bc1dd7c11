//! I4, by letting it happen.

use hybrid_cache_core::coherence::{State, Suspension};

use crate::{
    action::sign_in,
    coherence::Coherence,
    network::{Stage, version},
    server,
    tab::View,
    world::{Epoch, World},
};

/// Nothing is on the network, and nothing waits to be committed or written.
pub(crate) fn is_quiet(world: &World) -> bool {
    let is_settled = |view: &View| view.floor.is_empty() && view.committing.is_none();
    world.requests.is_empty() && world.tabs.iter().all(|tab| tab.pending.is_empty() && tab.views.iter().all(is_settled))
}

/// How often every tab requests everything, and how often it asks the server though it is served (H8).
const ROUNDS: usize = 6;
const PROBES: usize = 2;

/// The server settles, tabs request what they are not served. `None` where that leads out of
/// the model's bounds.
pub(crate) fn converges(model: &Coherence, world: &World) -> Option<bool> {
    let mut world = world.clone();
    let user = world.tabs[0].user;
    for server in &mut world.servers {
        server.enabled = true;
        server.lost = false;
        let latest = server.now().number;
        if server.owed > 0 || server.data > server.now().data {
            server.owed = 0;
            server.epoch += 1;
            server.history[server.epoch as usize] = Epoch { number: latest + 1, data: server.data };
        }
    }
    if world.database.deleting {
        for tab in 0..model.slice.tabs {
            settle(model, &mut world, tab)?;
            model.lose(&mut world, tab);
        }
    }
    for tab in 0..model.slice.tabs {
        settle(model, &mut world, tab)?;
        world.tabs[tab].connected = true;
        if world.tabs[tab].user != user || world.session != user {
            sign_in(&model.slice, &mut world, tab, user);
        }
        settle(model, &mut world, tab)?;
    }
    for round in 0..ROUNDS {
        model.second(&mut world);
        for tab in 0..model.slice.tabs {
            let known = world.tabs[tab].views[user].known.as_ref();
            if known.is_some_and(|held| waits_for_the_application(&held.state)) {
                sign_in(&model.slice, &mut world, tab, user);
                settle(model, &mut world, tab)?;
            }
            for url in 0..model.slice.urls {
                request(model, &mut world, tab, url, round < PROBES)?;
            }
        }
    }
    let number = version(world.servers[user].now().number);
    Some((0..model.slice.tabs).all(|tab| {
        let known = world.tabs[tab].views[user].known.as_ref();
        known.is_some_and(|held| held.state.version == Some(number))
            && (0..model.slice.urls).all(|url| {
                model.memory_answers(&world, tab, url).is_some() && model.database_answers(&world, tab, url).is_some()
            })
    }))
}

/// Only the application can end this, by naming the user again: a suspension (R11), and a displacement while no recorded
/// scope is there to prove whose session it is (S6).
fn waits_for_the_application(state: &State) -> bool {
    let is_unproven = state.scope.is_none() || state.suspension != Suspension::No;
    state.suspension == Suspension::Suspended || (state.displaced.is_some() && is_unproven)
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
    if model.database_answers(world, tab, url).is_some() && !probe {
        return Some(());
    }
    model.depart(world, tab, url, false);
    while !matches!(world.requests[0].stage, Stage::Answered(..)) {
        server::serve(model, world, 0)?;
    }
    model.deliver(world, 0);
    settle(model, world, tab)?;
    model.read(world, tab, url);
    Some(())
}
