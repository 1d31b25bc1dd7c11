//! 5 000 open event streams: what each costs in memory, and that a bump reaches all of a user's.
//!
//! With `HYBRID_CACHE_FULL=1`; else 500, which only shows that it works. Server and clients are processes of their own, so
//! that the memory is the server's.
#![allow(missing_docs)]
#![cfg(target_os = "linux")]

mod support;

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
};
use hybrid_cache_tower::{User, Versions, control::ControlApi, store::MemoryStore};
use support::layer;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader as AsyncBufReader},
    net::TcpStream,
    task::JoinSet,
};

const USERS: usize = 100;
const PATIENCE: Duration = Duration::from_secs(120);

fn streams() -> usize {
    if std::env::var("HYBRID_CACHE_FULL").is_ok_and(|full| full == "1") { 5_000 } else { 500 }
}

/// Says to a process started from this program that it is the server.
const SERVER: &str = "HYBRID_CACHE_TEST_IS_THE_SERVER";

/// This very program as the server, with room for the sockets.
struct Process(Child);

impl Process {
    fn start() -> Self {
        let this = std::env::current_exe().expect("a process knows its program");
        // A limit that cannot be raised is found out by the connections that fail.
        let child = Command::new("sh")
            .args(["-c", "ulimit -n 16384 2>/dev/null; exec \"$0\" --nocapture"])
            .arg(this)
            .env(SERVER, "1")
            .stdout(Stdio::piped())
            .spawn();
        Self(child.expect("sh is there"))
    }

    fn resident(&self) -> usize {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).expect("it runs");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("it has memory");
        line.trim().trim_end_matches(" kB").parse::<usize>().expect("it is a number") * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn server() {
    let versions = Versions::new(MemoryStore::new());
    let app: Router = ControlApi::new(versions.clone()).event_streams_of_a_user(100).router().layer(layer(&versions));
    let app = app.layer(from_fn(async |mut request: Request, next: Next| {
        if let Some(user) = request.headers()["x-user"].to_str().ok().and_then(|id| User::new(id).ok()) {
            request.extensions_mut().insert(user);
        }
        next.run(request).await
    }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("port {}", listener.local_addr().unwrap().port());
    axum::serve(listener, app).await.unwrap();
}

/// Opens a stream and reads its first event.
async fn open(port: u16, user: usize) -> AsyncBufReader<TcpStream> {
    let mut socket =
        TcpStream::connect(("127.0.0.1", port)).await.expect("the server accepts: is `ulimit -n` too low?");
    let request = format!("GET /api/cache/events/ HTTP/1.1\r\nhost: x\r\nx-user: u{user}\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut stream = AsyncBufReader::with_capacity(512, socket);
    next_version(&mut stream).await;
    stream
}

async fn next_version(stream: &mut AsyncBufReader<TcpStream>) -> u64 {
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(stream.read_line(&mut line).await.unwrap(), 0, "the stream ended");
        if let Some(id) = line.strip_prefix("id: ") {
            return id.trim().parse().unwrap();
        }
    }
}

#[tokio::test]
async fn one_bump_reaches_all_streams_of_a_user_and_a_stream_costs_less_than_25_kb() {
    if std::env::var_os(SERVER).is_some() {
        return server().await;
    }
    let mut server = Process::start();
    let mut lines = BufReader::new(server.0.stdout.take().unwrap()).lines();
    let port = loop {
        let line = lines.next().expect("the server says its port").unwrap();
        if let Some((_, port)) = line.split_once("port ") {
            break port.trim().parse::<u16>().unwrap();
        }
    };
    // What the server needs once is not to count.
    drop(open(port, 0).await);
    let before = server.resident();
    let mut open_streams = Vec::new();
    for number in 0..streams() {
        open_streams.push((number % USERS, open(port, number % USERS).await));
    }
    let each = server.resident().saturating_sub(before) / streams();
    println!("{} streams, {each} bytes each", streams());
    assert!(each < 25_000, "{each} bytes for each of {} streams", streams());

    let mut clear = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    clear.write_all(b"POST /api/cache/clear/ HTTP/1.1\r\nhost: x\r\nx-user: u7\r\n\r\n").await.unwrap();
    let mut told = JoinSet::new();
    for (user, mut stream) in open_streams {
        if user == 7 {
            told.spawn(async move { next_version(&mut stream).await });
        }
    }
    let told = tokio::time::timeout(PATIENCE, told.join_all()).await.expect("every stream of the user hears of it");
    assert_eq!(told.len(), streams() / USERS);
    assert!(told.iter().all(|version| *version == told[0]), "{told:?}");
}
