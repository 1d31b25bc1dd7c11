//! What can happen, and what comes of it.

use crate::{
    coherence::Coherence,
    mutant::Mutant,
    server,
    slice::{Session, Slice},
    tab::{Event, Tab},
    world::{Server, URLS, World},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A request departs.
    Depart {
        tab: usize,
        url: usize,
        write: bool,
    },
    /// The server does the next thing for a request.
    Serve(usize),
    /// A node whose copy of the counter and of the data is one epoch old answers.
    ServeLagging(usize),
    /// An HTTP cache answers what the server said one epoch ago.
    Replay(usize),
    /// A response reaches its tab.
    Deliver(usize),
    /// A body is judged again and written.
    Admit {
        tab: usize,
        pending: usize,
    },
    /// A tab's rules become durable.
    Commit {
        tab: usize,
        user: usize,
    },
    /// Their transaction aborts.
    Fail {
        tab: usize,
        user: usize,
    },
    /// The tab learns that its rules are durable.
    Acknowledge {
        tab: usize,
        user: usize,
    },
    /// A tab reads state and entry: a lookup that memory has no answer for, or a broadcast that was delivered. One that
    /// is lost is one that does not happen.
    Read {
        tab: usize,
        url: usize,
    },
    /// A second passes.
    Second,
    /// Somebody else's write: commit, then bump.
    Edit {
        user: usize,
    },
    Bump {
        user: usize,
    },
    /// The version store loses everything.
    Flush,
    /// Caching is switched off or on.
    Toggle,
    /// A write is committed whose bump cannot be recorded (H4), and is replayed later.
    LoseBump,
    ReplayBump,
    /// The server derives scopes from another secret.
    Rotate,
    Clear {
        tab: usize,
    },
    InvalidateUrl {
        tab: usize,
        url: usize,
    },
    InvalidateGroup {
        tab: usize,
    },
    /// The server tells a tab its version.
    Push {
        tab: usize,
    },
    /// Somebody signs in, and the application names them.
    SignIn {
        tab: usize,
        user: usize,
    },
    /// Somebody deletes the database; a tab notices; a tab opens it again.
    Delete,
    Lose {
        tab: usize,
    },
    Reopen {
        tab: usize,
    },
    /// The browser crashes; entries that were not flushed may be lost.
    Crash {
        entries_lost: bool,
    },
}

/// Does it; `None` when it is out of the model's bounds.
pub(crate) fn perform(model: &Coherence, world: &mut World, action: Action) -> Option<()> {
    match action {
        Action::Depart { tab, url, write } => model.depart(world, tab, url, write),
        Action::Serve(index) => return server::serve(model, world, index),
        Action::ServeLagging(index) => {
            world.left.lags -= 1;
            server::answer_from_the_past(model, world, index, false);
        }
        Action::Replay(index) => {
            world.left.replays -= 1;
            server::answer_from_the_past(model, world, index, true);
        }
        Action::Deliver(index) => model.deliver(world, index),
        Action::Admit { tab, pending } => model.admit(world, tab, pending),
        Action::Commit { tab, user } => {
            model.commit(world, tab, user)?;
            if !model.slice.split_commit {
                model.acknowledge(world, tab, user);
            }
        }
        Action::Fail { tab, user } => {
            world.left.failures -= 1;
            if model.is(Mutant::ForgetsAFailedCommit) {
                world.tabs[tab].views[user].floor.clear();
            }
        }
        Action::Acknowledge { tab, user } => model.acknowledge(world, tab, user),
        Action::Read { tab, url } => model.read(world, tab, url),
        Action::Second => model.second(world),
        Action::Edit { user } => {
            world.left.edits -= 1;
            world.servers[user].owed += 1;
            if model.is(Mutant::BumpsThenCommits) {
                return server::bump(world, user, 1);
            }
            world.servers[user].data += 1;
        }
        Action::Bump { user } => {
            world.servers[user].owed -= 1;
            if model.is(Mutant::BumpsThenCommits) {
                world.servers[user].data += 1;
            } else {
                return server::bump(world, user, 0);
            }
        }
        Action::Flush => {
            world.left.flushes -= 1;
            server::flush(model, world);
        }
        Action::Toggle => {
            world.left.toggles -= 1;
            world.servers[0].enabled ^= true;
        }
        Action::LoseBump => {
            world.left.losses -= 1;
            world.servers[0].data += 1;
            world.servers[0].lost = true;
        }
        Action::ReplayBump => {
            world.servers[0].lost = false;
            return server::bump(world, 0, 0);
        }
        Action::Rotate => {
            world.left.rotations -= 1;
            world.servers[0].rotation += 1;
        }
        Action::Clear { tab } => {
            world.left.clears -= 1;
            model.clear(world, tab);
        }
        Action::InvalidateUrl { tab, url } => {
            world.left.invalidations -= 1;
            model.invalidate(world, tab, world.tabs[tab].user, Some(url));
        }
        Action::InvalidateGroup { tab } => {
            world.left.invalidations -= 1;
            model.invalidate(world, tab, world.tabs[tab].user, None);
        }
        Action::Push { tab } => {
            world.left.pushes -= 1;
            model.push(world, tab);
        }
        Action::SignIn { tab, user } => {
            world.left.sign_ins -= 1;
            sign_in(&model.slice, world, tab, user);
        }
        Action::Delete => {
            world.left.deletions -= 1;
            world.database.deleting = true;
        }
        Action::Lose { tab } => model.lose(world, tab),
        Action::Reopen { tab } => world.tabs[tab].connected = true,
        Action::Crash { entries_lost } => {
            world.left.crashes -= 1;
            crash(world, entries_lost);
        }
    }
    Some(())
}

pub(crate) fn sign_in(slice: &Slice, world: &mut World, tab: usize, user: usize) {
    if slice.session == Session::Cookie {
        world.session = user;
    }
    world.tabs[tab].user = user;
    world.tabs[tab].views[user].floor.push(Event::Named);
}

/// Tabs and requests are gone. What was not durable is lost: a transaction that was not committed has not happened.
fn crash(world: &mut World, entries_lost: bool) {
    world.requests.clear();
    if entries_lost {
        for partition in world.database.partitions.iter_mut().flatten() {
            partition.entries = [None; URLS];
        }
    }
    for tab in &mut world.tabs {
        let user = tab.user;
        *tab = Tab { user, connected: tab.connected, views: Default::default(), pending: Vec::new() };
        tab.views[user].floor.push(Event::Named);
    }
}

/// Was the counter ever at this number?
pub(crate) fn is_known_number(server: &Server, number: u8) -> bool {
    server.history[..=server.epoch as usize].iter().any(|epoch| epoch.number == number)
}
