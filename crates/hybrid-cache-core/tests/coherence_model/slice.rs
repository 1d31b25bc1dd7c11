//! A slice: which part of the world is explored, and how far.

use hybrid_cache_core::coherence::State;

use crate::world::{
    Body, Budget, Database, Entry, Epoch, Event, Floor, Held, Mirror, Server, Stored, TABS, Tab, URLS, USERS, View,
    World, version,
};

/// How the server knows who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Session {
    /// By a token that belongs to the request.
    Bearer,
    /// By a cookie that all tabs share.
    Cookie,
}

/// What `X-Cache-Scope` is and is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scopes {
    /// The server sends none.
    None,
    /// The first one is recorded.
    Recorded,
    /// The application names its users by it.
    Named,
}

/// What the version store does when it has lost everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flush {
    /// It counts from 1 again.
    ToOne,
    /// It goes on from its clock (H5).
    ToClock,
}

/// Where exploration begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// The browser has never been here.
    Fresh,
    /// One tab is warm, the other is opened now.
    Opened,
    /// Both tabs know version 2, which is the server's, and have its body in memory.
    Warm,
}

#[derive(Clone, Debug)]
pub(crate) struct Slice {
    pub(crate) name: &'static str,
    pub(crate) users: usize,
    pub(crate) urls: usize,
    pub(crate) session: Session,
    pub(crate) scopes: Scopes,
    pub(crate) flush: Flush,
    /// Requests echo the version their tab knows (H3).
    pub(crate) echo: bool,
    /// The server reads version and data at different moments (H1); otherwise at the same one, which is the worst case of
    /// a server that reads the version first.
    pub(crate) split: bool,
    /// The server always says whether caching is enabled.
    pub(crate) says_enabled: bool,
    /// A commit and the tab's learning of it are two steps.
    pub(crate) split_commit: bool,
    /// The order of departures counts (R14, S6); otherwise all depart at the same time.
    pub(crate) timed: bool,
    pub(crate) begins: &'static [Beginning],
    /// Most requests, undelivered or unwritten, at a time.
    pub(crate) under_way: usize,
    pub(crate) budget: Budget,
}

impl Slice {
    /// One user with a bearer token, one URL, nothing unusual.
    pub(crate) fn plain(name: &'static str, under_way: usize, budget: Budget) -> Self {
        Self {
            name,
            users: 1,
            urls: 1,
            session: Session::Bearer,
            scopes: Scopes::None,
            flush: Flush::ToClock,
            echo: true,
            split: false,
            says_enabled: false,
            split_commit: false,
            timed: false,
            begins: &[Beginning::Warm],
            under_way,
            budget,
        }
    }

    pub(crate) fn scope(&self, user: usize, rotation: u8) -> Option<&'static str> {
        const NAMES: [[&str; 2]; USERS] = [["a", "A"], ["b", "B"]];
        (self.scopes != Scopes::None).then(|| NAMES[user][usize::from(rotation) % 2])
    }

    pub(crate) fn expected_scope(&self, user: usize) -> Option<&'static str> {
        self.scope(user, 0).filter(|_| self.scopes == Scopes::Named)
    }

    pub(crate) fn beginnings(&self) -> Vec<World> {
        self.begins.iter().map(|beginning| self.begin(*beginning)).collect()
    }

    fn begin(&self, beginning: Beginning) -> World {
        let mut world = if beginning == Beginning::Fresh { self.fresh() } else { self.warm() };
        let first = match beginning {
            Beginning::Fresh => 0,
            Beginning::Opened => 1,
            Beginning::Warm => TABS,
        };
        for tab in &mut world.tabs[first..] {
            tab.views = Default::default();
            tab.views[0].floor.push(Event::Named);
        }
        world
    }

    fn fresh(&self) -> World {
        let server = Server {
            history: {
                let mut history = [Epoch::default(); 8];
                history[0] = Epoch { number: 2, data: 0 };
                history
            },
            epoch: 0,
            data: 0,
            owed: 0,
            lost: false,
            enabled: true,
            rotation: 0,
        };
        let tab = Tab { user: 0, connected: true, views: [View::default(), View::default()], pending: Vec::new() };
        World {
            servers: [server.clone(), server],
            database: Database { incarnation: 1, highest: 0, partitions: [None, None], deleting: false },
            mirror: [None; USERS],
            tabs: [tab.clone(), tab],
            requests: Vec::new(),
            session: 0,
            named: 0,
            issued: [[0; URLS]; USERS],
            time: 0,
            left: self.budget,
            went_back: false,
            seen: Default::default(),
        }
    }

    fn warm(&self) -> World {
        let mut world = self.fresh();
        let mut state = State::new(1, 1, self.expected_scope(0).map(String::from));
        state.version = Some(version(2));
        state.scope = self.scope(0, 0).map(String::from);
        let body = Body { user: 0, epoch: 0, data: 0, sent: 0 };
        let mut entries = [None; URLS];
        for entry in entries.iter_mut().take(self.urls) {
            *entry = Some(Entry { label: state.label, clock: 0, departed: 0, body });
        }
        let held = Held { state, targets: Default::default(), floor: Floor::default() };
        world.mirror[0] = Some(Mirror::of(&held.state));
        for tab in 0..TABS {
            let view = &mut world.tabs[tab].views[0];
            view.known = Some(held.clone());
            view.recent = true;
            view.memory = entries;
        }
        world.database.highest = 1;
        world.database.partitions[0] = Some(Stored { held, entries });
        world
    }
}
