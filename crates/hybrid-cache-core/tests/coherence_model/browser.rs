//! A tab: departures, responses, bodies. It does what the engine in `src/engine` does, in the same steps.

use hybrid_cache_core::coherence::{Context, Refusal, Rule, State, Suspension, Verdict, may_replace};

use crate::{
    coherence::Coherence,
    mutant::Mutant,
    network::{Departure, Request, Said, Stage, version},
    rules::{belongs_to_invalidated, is_in_group, lawful},
    storage::Held,
    tab::{Event, Pending, View, What},
    world::{URLS, World},
};

/// How often a body is judged again after its response changed the state.
const MAX_ROUNDS: u8 = 3;

impl Coherence {
    pub(crate) fn context<'a>(&self, state: &State, user: usize) -> Context<'a> {
        Context {
            next_generation: state.label.generation + 1,
            expected_scope: self.slice.expected_scope(user),
            scope_elsewhere: false,
            store_versionless: false,
        }
    }

    fn token(view: &View, at: u64) -> Departure {
        match &view.known {
            Some(held) => Departure { label: Some(held.state.label), clock: held.state.clock, at },
            None => Departure { label: None, clock: 0, at },
        }
    }

    pub(crate) fn depart(&self, world: &mut World, tab: usize, url: usize, write: bool) {
        let user = world.tabs[tab].user;
        world.left.writes -= u8::from(write);
        world.time += 1;
        let at = world.time;
        let view = &world.tabs[tab].views[user];
        let known = view.known.as_ref().and_then(|held| held.state.version).filter(|_| world.left.lags > 0);
        world.requests.push(Request {
            tab,
            user,
            url,
            write,
            token: Self::token(view, at),
            echo: known.map(|known| known.get() as u8),
            sent: world.issued[user][url],
            stage: Stage::Sent,
        });
    }

    /// A response arrives: a rule goes to the database behind a fence, a body waits to be written.
    pub(crate) fn deliver(&self, world: &mut World, index: usize) {
        let request = world.requests.remove(index);
        let Stage::Answered(said, body) = request.stage else { return };
        let (tab, url) = (request.tab, request.url);
        let (mut user, mut token) = (request.user, request.token);
        if self.is(Mutant::TakesOwnerAtDelivery) {
            user = world.tabs[tab].user;
            token = Self::token(&world.tabs[tab].views[user], token.at);
        }
        self.heed(world, tab, user, &token, &said);
        if request.write {
            if said.user == user {
                let required = &mut world.tabs[tab].views[user].required;
                required.written = required.written.max(body.data);
            }
            self.invalidate(world, tab, user, Some(url));
        }
        let says_something = said.version.is_some() || said.enabled.is_some() || said.scope.is_some();
        let view = &mut world.tabs[tab].views[user];
        let (rule, verdict) = match &view.known {
            Some(held) => {
                let state = &held.state;
                let verdict = self.judged(state, &token.token(), &said, &self.context(state, user));
                let other = said.version.is_some_and(|number| state.version != Some(version(number)));
                // What closes a partition may be over by now; only the database knows.
                let closed = matches!(verdict, Verdict::Refuse(Refusal { rule: Rule::R11 | Rule::S6 }));
                let asks = if closed { says_something && !self.is(Mutant::BelievesAClosureItRemembers) } else { other };
                (verdict.state().is_some() || asks, Some(verdict))
            }
            None => (says_something, None),
        };
        if rule {
            view.floor.push(Event::Response(token, said));
        }
        let hopeless = matches!(verdict, Some(Verdict::Refuse(_) | Verdict::Advance { .. }));
        let files_anything = self.is(Mutant::FilesUnderTheCurrentLabel);
        if request.write || said.version.is_none() || (hopeless && !files_anything) {
            return;
        }
        let pending = Pending { user, url, token, said, body, rounds: 0 };
        self.remember(view, &pending);
        world.tabs[tab].pending.push(pending);
    }

    /// What an onlooker holds the tab to from now on: a response that the shipped rules would adopt is adopted (S1a).
    fn heed(&self, world: &mut World, tab: usize, user: usize, token: &Departure, said: &Said) {
        if said.user != user {
            return;
        }
        // What the tab has yet to commit comes first.
        let committed = (!world.tabs[tab].views[user].floor.is_empty()).then(|| {
            let mut world = world.clone();
            self.commit(&mut world, tab, user).map(|()| world)
        });
        let stored = match &committed {
            Some(Some(committed)) => &committed.database.partitions[user],
            Some(None) => return,
            None => &world.database.partitions[user],
        };
        let Some(stored) = stored else { return };
        let state = &stored.held.state;
        let verdict = lawful(state, &token.token(), said, &self.context(state, user));
        let heard = &mut world.tabs[tab].views[user].heard;
        if adopts(&verdict, said) {
            heard.join_epoch(&world.servers[user], said.epoch);
        }
        if verdict.rule() == Rule::R9 && said.enabled == Some(false) {
            heard.data = heard.data.max(said.data);
        }
    }

    /// A body's transaction: state and entry together.
    pub(crate) fn admit(&self, world: &mut World, tab: usize, index: usize) {
        let mut pending = world.tabs[tab].pending.remove(index);
        let (user, url) = (pending.user, pending.url);
        let Some(stored) = &mut world.database.partitions[user] else { return };
        let Held { state, targets, .. } = &stored.held;
        let mut verdict = self.judged(state, &pending.token.token(), &pending.said, &self.context(state, user));
        if self.is(Mutant::FilesUnderTheCurrentLabel) {
            verdict = Verdict::Store { rule: Rule::R2 };
        }
        match verdict {
            Verdict::Store { .. } => {
                let clock = pending.token.clock;
                let touched = clock < state.clock && belongs_to_invalidated(targets, clock, url);
                if touched && !self.is(Mutant::IgnoresTheClock) {
                    return self.note(Rule::R13);
                }
                let there = stored.entries[url].filter(|there| there.label == state.label);
                if there.is_some_and(|there| !may_replace(there.departed as f64, pending.token.at as f64)) {
                    return self.note(Rule::R14);
                }
                let entry = pending.entry(state);
                stored.entries[url] = Some(entry);
                let view = &mut world.tabs[tab].views[user];
                if !self.is_fenced(view) {
                    view.memory[url] = Some(entry);
                }
            }
            Verdict::Refuse(_) => {}
            Verdict::Advance { .. } | Verdict::AdvanceAndStore { .. } => {
                let event = Event::Response(pending.token, pending.said);
                pending.rounds += 1;
                if verdict.stores() && pending.rounds < MAX_ROUNDS {
                    world.tabs[tab].pending.push(pending);
                }
                world.tabs[tab].views[user].floor.push(event);
            }
        }
    }

    pub(crate) fn clear(&self, world: &mut World, tab: usize) {
        let user = world.tabs[tab].user;
        for issued in &mut world.issued[user] {
            *issued += 1;
        }
        let issued = world.issued[user];
        let view = &mut world.tabs[tab].views[user];
        view.required.sent = issued;
        view.floor.push(Event::Clear { issued });
    }

    /// A URL, or with `None` the group, is invalidated.
    pub(crate) fn invalidate(&self, world: &mut World, tab: usize, user: usize, url: Option<usize>) {
        let view = &mut world.tabs[tab].views[user];
        for (each, issued) in world.issued[user].iter_mut().enumerate() {
            if url.map_or_else(|| is_in_group(each), |url| url == each) {
                *issued += 1;
                view.required.sent[each] = *issued;
            }
        }
        view.floor.push(Event::Invalidate(url.map_or(What::Group, What::Url), view.required.sent));
    }

    /// R12: the server tells its version.
    pub(crate) fn push(&self, world: &mut World, tab: usize) {
        let user = world.tabs[tab].user;
        let server = &world.servers[user];
        let (number, epoch, scope) = (server.now().number, server.epoch, self.slice.scope(user, server.rotation));
        let view = &mut world.tabs[tab].views[user];
        if let Some(stored) = &world.database.partitions[user]
            && stored.held.state.learned(version(number), scope, stored.held.state.label.generation + 1).is_some()
        {
            view.heard.join_epoch(server, epoch);
        }
        view.floor.push(Event::Learned { number, epoch, scope });
    }

    /// The tab's connection ends: it forgets what it knows, not what it has yet to commit.
    pub(crate) fn lose(&self, world: &mut World, tab: usize) {
        world.tabs[tab].connected = false;
        for view in &mut world.tabs[tab].views {
            view.known = None;
            view.recent = false;
            view.memory = [None; URLS];
        }
        if world.tabs.iter().all(|tab| !tab.connected) {
            let database = &mut world.database;
            database.incarnation += 1;
            database.highest = 0;
            database.partitions = [None, None];
            database.deleting = false;
        }
    }

    /// Nobody relies any longer on what was read before.
    pub(crate) fn second(&self, world: &mut World) {
        for tab in &mut world.tabs {
            for (view, stored) in tab.views.iter_mut().zip(&world.database.partitions) {
                view.recent = false;
                if let Some(committing) = &mut view.committing {
                    committing.aged = true;
                }
                if let Some(stored) = stored {
                    view.required.join(&stored.held.floor);
                    view.displaced = stored.held.state.displaced.is_some();
                }
            }
        }
    }
}

/// Does this verdict take the response's version for the server's, or find that the server went back?
pub(crate) fn adopts(verdict: &Verdict, said: &Said) -> bool {
    let adopted = |state: &State| {
        said.version.is_some_and(|number| state.version == Some(version(number)))
            && state.suspension == Suspension::No
            && matches!(verdict.rule(), Rule::R1 | Rule::R3 | Rule::R6 | Rule::R11)
    };
    verdict.rule() == Rule::R4 || verdict.state().is_some_and(adopted)
}
