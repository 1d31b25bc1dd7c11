//! The server's half of the bargain (H1 to H5), and its mutants.

use crate::{
    action::is_known_number,
    coherence::Coherence,
    mutant::Mutant,
    network::{Body, Departure, Request, Said, Stage, version},
    slice::{Flush, Session, Slice},
    tab::Event,
    world::{Epoch, World},
};

/// Whose data a request is answered with: its own bearer token's, or the browser's cookie's.
pub(crate) fn asked(slice: &Slice, world: &World, request: &Request) -> usize {
    if slice.session == Session::Cookie { world.session } else { request.user }
}

/// The next step for a request. A safe one: version, then data. An unsafe one: commit, bump, stamp.
pub(crate) fn serve(model: &Coherence, world: &mut World, index: usize) -> Option<()> {
    let request = world.requests[index].clone();
    let user = asked(&model.slice, world, &request);
    let data = world.servers[user].data;
    let whole =
        |said: Said, data| Stage::Answered(said, Body { user: said.user, epoch: said.epoch, data, sent: request.sent });
    let stage = match request.stage {
        Stage::Sent if request.write => {
            world.servers[user].data += 1;
            Stage::Committed
        }
        Stage::Committed if model.is(Mutant::StampsWriteBeforeItsBump) => {
            let said = stamp(model, world, &request, user);
            bump(world, user, 0)?;
            whole(said, data)
        }
        Stage::Committed => {
            bump(world, user, 0)?;
            Stage::Bumped
        }
        Stage::Bumped => whole(stamp(model, world, &request, user), data),
        Stage::Sent if !model.slice.split => whole(stamp(model, world, &request, user), data),
        Stage::Sent if model.is(Mutant::ReadsDataThenCounter) => Stage::Read(data),
        Stage::Sent => Stage::Stamped(stamp(model, world, &request, user)),
        Stage::Stamped(said) => whole(said, world.servers[said.user].data),
        Stage::Read(data) => whole(stamp(model, world, &request, user), data),
        Stage::Answered(..) => return None,
    };
    world.requests[index].stage = stage;
    Some(())
}

fn stamp(model: &Coherence, world: &World, request: &Request, user: usize) -> Said {
    let server = &world.servers[user];
    let cookie = model.slice.session == Session::Cookie;
    let enabled = model.slice.says_enabled.then_some(server.enabled && !server.lost);
    Said {
        user,
        version: (!server.lost).then_some(server.now().number),
        epoch: server.epoch,
        enabled,
        scope: model.slice.scope(user, server.rotation),
        replayed: false,
        data: if enabled == Some(false) { server.data } else { 0 },
        unnamed: cookie && user != request.user && world.named != user,
    }
}

/// A lagging node, or with `replayed` an HTTP cache, answers with what was true one epoch ago.
pub(crate) fn answer_from_the_past(model: &Coherence, world: &mut World, index: usize, replayed: bool) {
    let request = world.requests[index].clone();
    let user = asked(&model.slice, world, &request);
    let epoch = world.servers[user].epoch - 1;
    let past = world.servers[user].history[epoch as usize];
    let said = Said { version: Some(past.number), epoch, replayed, ..stamp(model, world, &request, user) };
    let body = Body { user, epoch, data: past.data, sent: if replayed { 0 } else { request.sent } };
    world.requests[index].stage = Stage::Answered(said, body);
}

/// The counter goes up. `promised` is what the number stands for beyond what is committed (a mutant).
///
/// Out of bounds where a store that began again at 1 comes back to a number that somebody still takes for the old one:
/// no rule can tell them apart, and H5 prevents it.
pub(crate) fn bump(world: &mut World, user: usize, promised: u8) -> Option<()> {
    let server = &world.servers[user];
    let number = server.now().number + 1;
    if is_known_number(server, number) && is_believed(world, user, number) {
        return None;
    }
    let server = &mut world.servers[user];
    server.epoch += 1;
    server.history[server.epoch as usize] = Epoch { number, data: server.data + promised };
    Some(())
}

/// The store has lost everything.
pub(crate) fn flush(model: &Coherence, world: &mut World) {
    let server = &mut world.servers[0];
    let number = match model.slice.flush {
        Flush::ToOne => 1,
        Flush::ToClock => server.now().number + 1,
    };
    server.epoch += 1;
    server.history[server.epoch as usize] = Epoch { number, data: server.data };
}

/// Does a state hold this number, or could a response that carries it still be stored?
fn is_believed(world: &World, user: usize, number: u8) -> bool {
    let database = &world.database;
    let stored = database.partitions[user].as_ref().map(|stored| &stored.held.state);
    let held = Some(version(number));
    let is_storable = |token: &Departure, said: &Said| {
        said.version == Some(number)
            && token.label.is_some_and(|label| {
                label.incarnation == database.incarnation
                    && stored.is_none_or(|state| label.generation >= state.barrier)
            })
    };
    let in_request = |request: &Request| match request.stage {
        Stage::Answered(said, _) | Stage::Stamped(said) => request.user == user && is_storable(&request.token, &said),
        _ => false,
    };
    stored.is_some_and(|state| state.version == held)
        || world.requests.iter().any(in_request)
        || world.tabs.iter().any(|tab| {
            let view = &tab.views[user];
            view.known.as_ref().is_some_and(|known| known.state.version == held)
                || tab.pending.iter().any(|pending| is_storable(&pending.token, &pending.said))
                || view.floor.iter().any(|event| match event {
                    Event::Response(token, said) => is_storable(token, said),
                    Event::Learned { number: learned, .. } => *learned == number,
                    _ => false,
                })
        })
}
