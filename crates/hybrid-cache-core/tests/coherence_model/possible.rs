//! What can happen next.

use crate::{
    action::Action,
    coherence::Coherence,
    mutant::Mutant,
    network::Stage,
    server,
    slice::{Scopes, Slice},
    tab::{Event, Tab, View},
    world::World,
};

pub(crate) fn possible(model: &Coherence, world: &World, actions: &mut Vec<Action>) {
    let slice = &model.slice;
    requests(model, world, actions);
    for tab in 0..slice.tabs {
        tabs(slice, world, tab, actions);
    }
    actions.push(Action::Second);
    servers(slice, world, actions);
    let left = &world.left;
    if left.deletions > 0 && !world.database.deleting {
        actions.push(Action::Delete);
    }
    if left.crashes > 0 {
        actions.extend([Action::Crash { entries_lost: false }, Action::Crash { entries_lost: true }]);
    }
}

fn under_way(world: &World) -> usize {
    let in_tabs = |tab: &Tab| {
        let events = |view: &View| view.floor.iter().filter(|event| matches!(event, Event::Response(..))).count();
        tab.pending.len().max(tab.views.iter().map(events).sum())
    };
    world.requests.len() + world.tabs.iter().map(in_tabs).sum::<usize>()
}

fn requests(model: &Coherence, world: &World, actions: &mut Vec<Action>) {
    let slice = &model.slice;
    let left = &world.left;
    if under_way(world) < slice.under_way {
        for tab in 0..slice.tabs {
            for url in 0..slice.urls {
                actions.push(Action::Depart { tab, url, write: false });
                if left.writes > 0 {
                    actions.push(Action::Depart { tab, url, write: true });
                }
            }
        }
    }
    for (index, request) in world.requests.iter().enumerate() {
        match request.stage {
            Stage::Answered(..) => actions.push(Action::Deliver(index)),
            Stage::Sent if !request.write => {
                actions.push(Action::Serve(index));
                let server = &world.servers[server::asked(slice, world, request)];
                let known = request.echo.filter(|_| !model.is(Mutant::IgnoresTheEcho));
                if left.lags > 0 && server.epoch > 0 {
                    let lagging = server.history[server.epoch as usize - 1].number;
                    // H3: a node that is told a higher number than it knows asks the store.
                    if known.is_none_or(|known| known <= lagging) {
                        actions.push(Action::ServeLagging(index));
                    }
                }
                if left.replays > 0 && server.epoch > 0 {
                    actions.push(Action::Replay(index));
                }
            }
            _ => actions.push(Action::Serve(index)),
        }
    }
}

fn tabs(slice: &Slice, world: &World, tab: usize, actions: &mut Vec<Action>) {
    let left = &world.left;
    let own = &world.tabs[tab];
    for (user, view) in own.views.iter().enumerate().take(slice.users) {
        if view.committing.is_some() {
            actions.push(Action::Acknowledge { tab, user });
        } else if own.connected && !view.floor.is_empty() {
            actions.push(Action::Commit { tab, user });
            if left.failures > 0 {
                actions.push(Action::Fail { tab, user });
            }
        }
    }
    if own.connected {
        actions.extend((0..own.pending.len()).map(|pending| Action::Admit { tab, pending }));
        actions.extend((0..slice.urls).map(|url| Action::Read { tab, url }));
    }
    if left.clears > 0 {
        actions.push(Action::Clear { tab });
    }
    if left.invalidations > 0 {
        actions.push(Action::InvalidateUrl { tab, url: slice.urls - 1 });
        actions.push(Action::InvalidateGroup { tab });
    }
    if left.pushes > 0 {
        actions.push(Action::Push { tab });
    }
    if left.sign_ins > 0 {
        actions.extend((0..slice.users).map(|user| Action::SignIn { tab, user }));
    }
    if world.database.deleting && own.connected {
        actions.push(Action::Lose { tab });
    }
    if !own.connected && !world.database.deleting && own.views.iter().all(|view| view.committing.is_none()) {
        actions.push(Action::Reopen { tab });
    }
}

fn servers(slice: &Slice, world: &World, actions: &mut Vec<Action>) {
    let left = &world.left;
    for (user, server) in world.servers.iter().enumerate().take(slice.users) {
        if left.edits > 0 {
            actions.push(Action::Edit { user });
        }
        if server.owed > 0 {
            actions.push(Action::Bump { user });
        }
    }
    let server = &world.servers[0];
    if left.flushes > 0 {
        actions.push(Action::Flush);
    }
    if left.toggles > 0 {
        actions.push(Action::Toggle);
    }
    if left.losses > 0 && !server.lost {
        actions.push(Action::LoseBump);
    }
    if server.lost {
        actions.push(Action::ReplayBump);
    }
    if left.rotations > 0 && slice.scopes == Scopes::Recorded {
        actions.push(Action::Rotate);
    }
}
