//! The connection to Redis: made when first needed, and again in the background whenever it is lost.
//!
//! redis-rs' `ConnectionManager` reconnects too, but it hands a new connection out before anything can be done on it. Here
//! nobody uses one before it tells of changes, and before it is known whether its Redis is the one from before (H5).

use std::{
    sync::{
        Arc, OnceLock, Weak,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ::redis::{PushInfo, PushKind, RedisResult, Value, cmd};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, timeout},
};

use super::{
    config::RedisConfig,
    failure,
    keys::{Keys, Part},
    near::Near,
    scripts,
    server::Wire,
};
use crate::store::{Change, Listener, StoreError};

/// Between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(100);
/// Between two pings, a few to a lease.
const HEARTBEAT: Duration = Duration::from_millis(250);
/// A connection on which nothing was answered for so long is given up. A Redis that is merely frozen keeps its
/// connection, and with it what it has to tell of changes.
const SILENCE: Duration = Duration::from_secs(10);

/// What the store and the background task share.
pub(super) struct Link {
    pub(super) config: RedisConfig,
    pub(super) keys: Keys,
    pub(super) near: Near,
    pub(super) listener: OnceLock<Listener>,
    state: watch::Sender<State>,
    started: AtomicBool,
    /// Somebody does not want to wait for the end of the pause.
    hurry: Notify,
}

#[derive(Clone)]
enum State {
    /// The first attempt is under way.
    Connecting,
    Up(Session),
    Down(StoreError),
}

/// A connection that may be used.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) wire: Wire,
    /// Why it does not tell of changes, if it does not.
    pub(super) deaf: Option<Arc<str>>,
    /// Counters below it may have lost bumps, and are raised to it when they are read.
    pub(super) floor: u64,
}

impl Link {
    pub(super) fn new(config: RedisConfig) -> Arc<Self> {
        Arc::new(Self {
            keys: Keys::new(&config.prefix, &config.template),
            near: Near::new(config.near_capacity),
            config,
            listener: OnceLock::new(),
            state: watch::Sender::new(State::Connecting),
            started: AtomicBool::new(false),
            hurry: Notify::new(),
        })
    }

    /// The connection; while it is lost, at once the reason.
    pub(super) async fn session(self: &Arc<Self>) -> Result<Session, StoreError> {
        self.start();
        let mut state = self.state.subscribe();
        loop {
            match &*state.borrow_and_update() {
                State::Up(session) => return Ok(session.clone()),
                State::Down(error) => return Err(error.clone()),
                State::Connecting => {}
            }
            state.changed().await.map_err(|_| StoreError::Unreachable("the store has been dropped".into()))?;
        }
    }

    /// As [`Link::session`]; while it is lost, what another attempt comes to.
    pub(super) async fn session_anew(self: &Arc<Self>) -> Result<Session, StoreError> {
        self.start();
        let mut state = self.state.subscribe();
        if matches!(&*state.borrow_and_update(), State::Down(_)) {
            self.hurry.notify_one();
            let _ = state.changed().await;
        }
        self.session().await
    }

    /// Starts the background task, which ends with the last user of the link.
    pub(super) fn start(self: &Arc<Self>) {
        if !self.started.swap(true, Ordering::AcqRel) {
            tokio::spawn(keep_connected(Arc::downgrade(self)));
        }
    }

    pub(super) fn tell(&self, change: Change<'_>) {
        if let Some(listener) = self.listener.get() {
            listener(change);
        }
    }

    /// What Redis says unasked. Called in the order of arrival, before the answers that came after it are handed out.
    fn heard(&self, push: &PushInfo) {
        if push.kind != PushKind::Invalidate {
            return;
        }
        let Some(Value::Array(keys)) = push.data.first() else {
            // Without keys: everything, by FLUSHALL or FLUSHDB.
            self.near.forget_everything();
            self.tell(Change::Everybody);
            return;
        };
        for key in keys {
            let Value::BulkString(key) = key else { continue };
            let Ok(key) = std::str::from_utf8(key) else { continue };
            let Some(part) = self.keys.part(key) else { continue };
            self.near.heard_of(&part);
            self.tell(match &part {
                Part::User(user) => Change::User(user),
                Part::Shared => Change::Everybody,
            });
        }
    }

    async fn connect(self: &Arc<Self>, lost: &Arc<Notify>) -> Result<Session, StoreError> {
        let config = &self.config;
        let (link, lost) = (Arc::downgrade(self), lost.clone());
        let heard = move |push: PushInfo| {
            if push.kind == PushKind::Disconnection {
                lost.notify_one();
            } else if let Some(link) = link.upgrade() {
                link.heard(&push);
            }
        };
        let connecting = config.server.connect(config.connection_limit, config.response_limit, heard);
        // Some ways of connecting know no limit of their own.
        let limit = config.connection_limit + config.response_limit;
        let mut wire =
            timeout(limit, connecting).await.unwrap_or_else(|_| Err(no_answer("connecting"))).map_err(failure)?;
        if !config.server.is_one() {
            let deaf = Some("a cluster tells of changes on each of its servers".into());
            return Ok(Session { wire, deaf, floor: 0 });
        }
        let sent = Instant::now();
        let deaf = match self.track(&mut wire).await {
            Ok(()) => None,
            Err(error) if error.is_io_error() || error.is_timeout() => return Err(failure(error)),
            Err(error) => Some(error.to_string().into()),
        };
        let floor = if config.composed { self.recognise(&mut wire).await? } else { 0 };
        if deaf.is_none() {
            self.near.renew(sent);
        }
        Ok(Session { wire, deaf, floor })
    }

    async fn track(&self, wire: &mut Wire) -> RedisResult<()> {
        let mut tracking = cmd("CLIENT");
        tracking.arg("TRACKING").arg("ON").arg("BCAST");
        for prefix in self.keys.prefixes() {
            tracking.arg("PREFIX").arg(prefix);
        }
        tracking.query_async(wire).await
    }

    /// A Redis that was restarted since the counters were last used may have forgotten bumps. That is to be a bump of
    /// everybody (H5): what a counter is raised to when it is read, if it is lower. Every part of every sum was below it.
    /// The run is kept beside the counters, so that all processes agree.
    async fn recognise(&self, wire: &mut Wire) -> Result<u64, StoreError> {
        let info: String = match cmd("INFO").arg("server").query_async(wire).await {
            Ok(info) => info,
            // Not every account may use INFO.
            Err(error) if error.code() == Some("NOPERM") => return Ok(0),
            Err(error) => return Err(failure(error)),
        };
        let Some(run) = info.lines().find_map(|line| line.strip_prefix("run_id:")) else { return Ok(0) };
        scripts::recognise().key(&self.keys.run).arg(run.trim()).invoke_async(wire).await.map_err(failure)
    }
}

fn no_answer(doing: &'static str) -> ::redis::RedisError {
    std::io::Error::new(std::io::ErrorKind::TimedOut, format!("{doing} took too long")).into()
}

async fn keep_connected(link: Weak<Link>) {
    loop {
        let Some(strong) = link.upgrade() else { return };
        let lost = Arc::new(Notify::new());
        match strong.connect(&lost).await {
            Ok(session) => {
                strong.state.send_replace(State::Up(session.clone()));
                strong.tell(Change::Everybody);
                drop(strong);
                let why = watch_over(&link, session, &lost).await;
                let Some(strong) = link.upgrade() else { return };
                strong.state.send_replace(State::Down(why));
                strong.near.close();
            }
            Err(error) => {
                strong.near.close();
                strong.state.send_replace(State::Down(error));
                let _ = timeout(PAUSE, strong.hurry.notified()).await;
            }
        }
    }
}

/// Pings until the connection is lost; answers why it is.
async fn watch_over(link: &Weak<Link>, mut session: Session, lost: &Notify) -> StoreError {
    let mut answered = Instant::now();
    loop {
        if !matches!(&session.wire, Wire::One(_)) {
            // A cluster's connection looks after itself.
            sleep(SILENCE).await;
            if link.strong_count() == 0 {
                return StoreError::Unreachable("the store has been dropped".into());
            }
            continue;
        }
        if timeout(HEARTBEAT, lost.notified()).await.is_ok() {
            return StoreError::Unreachable("Redis closed the connection".into());
        }
        let sent = Instant::now();
        let pong: RedisResult<Value> = cmd("PING").query_async(&mut session.wire).await;
        let Some(link) = link.upgrade() else { return StoreError::Unreachable("the store has been dropped".into()) };
        match pong {
            Ok(_) => {
                answered = sent;
                if session.deaf.is_none() {
                    link.near.renew(sent);
                }
            }
            Err(error) if error.is_timeout() && answered.elapsed() < SILENCE => {}
            Err(error) => return failure(error),
        }
    }
}
