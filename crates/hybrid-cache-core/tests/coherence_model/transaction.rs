//! A rule transaction: every event of a tab's floor against the durable state, in one go.

use hybrid_cache_core::coherence::{Context, Rule, State, Verdict};

use crate::{
    browser::adopts,
    coherence::Coherence,
    lookup::learn,
    mutant::Mutant,
    network::{Said, version},
    rules::target,
    slice::{Scopes, Session},
    storage::{Held, Mirror, Stored},
    tab::{Committing, Event},
    world::{URLS, World},
};

impl Coherence {
    /// `None` where a first response was believed that the documentation warns of, which is out of the model's bounds.
    pub(crate) fn commit(&self, world: &mut World, tab: usize, user: usize) -> Option<()> {
        let database = &mut world.database;
        let is_new = database.partitions[user].is_none();
        let incarnation = database.incarnation;
        if is_new {
            database.highest += 1;
            // By whoever knows the user only by name, as a clear of everybody in a tab of somebody else does.
            let state = State::new(incarnation, database.highest, None);
            let held = Held { state, targets: Default::default(), floor: Default::default() };
            database.partitions[user] = Some(Stored { held, entries: [None; URLS] });
        }
        let events = world.tabs[tab].views[user].floor.clone();
        let before = world.database.partitions[user].as_ref()?.held.clone();
        for event in &events {
            self.apply(world, user, event)?;
        }
        let stored = world.database.partitions[user].as_mut()?;
        let (old, new) = (before.state.label, stored.held.state.label);
        world.went_back |= new.generation < old.generation || new.generation > world.database.highest;
        let moved = old != new;
        if moved && self.is(Mutant::PurgesAndReadsWithoutLabels) {
            stored.entries = [None; URLS];
        }
        let changed = is_new || stored.held != before;
        let held = stored.held.clone();
        let view = &mut world.tabs[tab].views[user];
        view.heard = Default::default();
        view.committing = Some(Box::new(Committing { events: events.len(), held, changed, aged: false }));
        Some(())
    }

    fn apply(&self, world: &mut World, user: usize, event: &Event) -> Option<()> {
        world.time += 1;
        let now = world.time;
        let elsewhere = |scope: Option<&str>| {
            scope.is_some()
                && world.database.partitions.iter().enumerate().any(|(other, stored)| {
                    other != user && stored.as_ref().is_some_and(|stored| stored.held.state.scope.as_deref() == scope)
                })
        };
        let scope_elsewhere = matches!(event, Event::Response(_, said) if elsewhere(said.scope));
        let next = world.database.highest + 1;
        let held = &mut world.database.partitions[user].as_mut()?.held;
        let changed = match event {
            Event::Response(token, said) => {
                let context = Context { next_generation: next, scope_elsewhere, ..self.context(&held.state, user) };
                let verdict = self.judged(&held.state, &token.token(), said, &context);
                if said.user == user {
                    if adopts(&verdict, said) {
                        held.floor.join_epoch(&world.servers[user], said.epoch);
                    }
                    if verdict.rule() == Rule::R9 && said.enabled == Some(false) {
                        held.floor.data = held.floor.data.max(said.data);
                    }
                } else if self.believes_wrongly(&held.state, &verdict, said) {
                    return None;
                }
                verdict.state().cloned()
            }
            Event::Clear { issued } => {
                self.note(Rule::R10);
                held.floor.sent = *issued;
                let mut cleared = held.state.cleared(next);
                if self.is(Mutant::ClearsWithoutABarrier) {
                    cleared.barrier = held.state.barrier;
                }
                Some(cleared)
            }
            Event::Named => held.state.named(next),
            Event::Learned { number, epoch, scope } => {
                let mut learned = held.state.learned(version(*number), *scope, next);
                let lower = held.state.version.is_some_and(|known| version(*number) < known);
                if lower && self.is(Mutant::BelievesAnyPush) {
                    let mut believed = held.state.clone();
                    believed.label.generation = next;
                    believed.version = Some(version(*number));
                    learned = Some(believed);
                }
                if learned.is_some() {
                    self.note(Rule::R12);
                    held.floor.join_epoch(&world.servers[user], *epoch);
                }
                learned
            }
            Event::Invalidate(what, issued) => {
                let ticked = held.state.ticked();
                held.targets.push(target(*what, ticked.clock));
                for (own, issued) in held.floor.sent.iter_mut().zip(issued) {
                    *own = (*own).max(*issued);
                }
                Some(ticked)
            }
        };
        if let Some(state) = changed {
            world.database.highest = world.database.highest.max(state.label.generation);
            held.state = state;
        }
        if matches!(event, Event::Named) && self.slice.session == Session::Cookie {
            world.named = user;
            for (other, stored) in world.database.partitions.iter_mut().enumerate() {
                let Some(stored) = stored.as_mut().filter(|_| other != user) else { continue };
                if let Some(displaced) = stored.held.state.displaced(now as f64) {
                    self.note(Rule::S6);
                    stored.held.state = displaced;
                }
            }
        }
        Some(())
    }

    /// A first response is taken at its word about the user, though somebody else had signed in and was not named yet.
    /// Only an application that names its users by scope is safe from that.
    fn believes_wrongly(&self, state: &State, verdict: &Verdict, said: &Said) -> bool {
        self.slice.scopes != Scopes::Named
            && said.unnamed
            && said.scope.is_some()
            && state.scope.as_deref() != said.scope
            && verdict.state().is_some_and(|state| state.scope.as_deref() == said.scope)
    }

    /// The transaction's end reaches the tab: the fence is lifted and the others are told.
    pub(crate) fn acknowledge(&self, world: &mut World, tab: usize, user: usize) {
        let view = &mut world.tabs[tab].views[user];
        let Some(committing) = view.committing.take() else { return };
        let Committing { events, held, changed, aged } = *committing;
        let moved = view.known.as_ref().map(|known| known.state.label) != Some(held.state.label);
        let mirror = Mirror::of(&held.state);
        let went_back = learn(view, Some(&held));
        view.recent = !aged;
        view.floor.drain(..events.min(view.floor.len()));
        if changed && self.slice.mirror {
            world.mirror[user] = Some(mirror);
        }
        if moved {
            view.memory = [None; URLS];
        }
        world.went_back |= went_back;
    }
}
