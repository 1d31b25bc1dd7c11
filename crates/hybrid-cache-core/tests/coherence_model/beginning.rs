//! The worlds that exploration begins with.

use hybrid_cache_core::coherence::State;

use crate::{
    network::{Body, version},
    slice::{Beginning, Slice},
    storage::{Database, Entry, Held, Mirror, Stored},
    tab::{Event, Floor, Tab, View},
    world::{EPOCHS, Epoch, Server, TABS, URLS, USERS, World},
};

impl Slice {
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
        let mut history = [Epoch::default(); EPOCHS];
        history[0] = Epoch { number: 2, data: 0 };
        let server = Server { history, epoch: 0, data: 0, owed: 0, lost: false, enabled: true, rotation: 0 };
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
        world.mirror[0] = self.mirror.then(|| Mirror::of(&held.state));
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
