//! The server as a process: what it says, and how it ends.
#![allow(missing_docs)]

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
    sync::atomic::{AtomicU32, Ordering},
};

/// A folder of a test's own.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("hybrid-cache-process-{}-{number}", std::process::id()));
        fs::create_dir_all(&folder).expect("the temporary folder is writable");
        Self(folder)
    }

    fn command(&self, environment: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hybrid-cache-demo-server"));
        command
            .env_remove("REDIS_URL")
            .env("PORT", "0")
            .env("DEMO_DATABASE", self.0.join("invoices.sqlite3"))
            .env("DEMO_APP_DIR", &self.0)
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs it where it cannot start.
    fn fails(&self, environment: &[(&str, &str)]) -> String {
        let Output { status, stderr, .. } = self.command(environment).output().expect("the server can be run");
        assert!(!status.success());
        let said = String::from_utf8(stderr).expect("it speaks UTF-8");
        assert_eq!(said.trim().lines().count(), 1, "one sentence: {said}");
        said
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

struct Server {
    process: Child,
    said: Vec<String>,
    address: String,
}

impl Server {
    fn start(folder: &Folder, environment: &[(&str, &str)]) -> Self {
        let process = folder.command(environment).spawn().expect("the server can be run");
        let mut server = Self { process, said: Vec::new(), address: String::new() };
        let stdout = server.process.stdout.as_mut().expect("it is piped");
        for line in BufReader::new(stdout).lines() {
            let line = line.expect("it speaks UTF-8");
            if let Some((_, address)) = line.split_once("http://") {
                server.address = address.into();
                return server;
            }
            server.said.push(line);
        }
        panic!("it ended without naming its address: {:?}", server.said);
    }

    fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    fn stop(mut self) -> bool {
        let stopped = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        assert!(stopped.expect("kill is installed").success());
        self.process.wait().expect("it is a child of this process").success()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn it_says_where_it_is_and_with_what_and_stops_when_asked() {
    let folder = Folder::new();
    let server = Server::start(&folder, &[]);
    let said = server.said.join("\n");
    for part in ["memory of this process", "invoices.sqlite3", "not built", "alice or bob, password demo", "100 %"] {
        assert!(said.contains(part), "{part:?} is not in:\n{said}");
    }
    assert!(server.get("/health").contains(r#""status":"pass""#));
    assert!(server.stop());

    let again = Server::start(&folder, &[]);
    assert!(!again.said.join("\n").contains('%'), "the data are there already");
    assert!(again.stop());
}

#[test]
fn a_redis_that_is_down_is_no_reason_not_to_start() {
    let folder = Folder::new();
    let nobody = TcpListener::bind("127.0.0.1:0").expect("a spare port is to be had");
    let port = nobody.local_addr().expect("it is bound").port();
    drop(nobody);
    let url = format!("redis://:secret@127.0.0.1:{port}/1");
    let server = Server::start(&folder, &[("REDIS_URL", &url)]);
    let said = server.said.join("\n");
    assert!(said.contains(&format!("redis://127.0.0.1:{port}/1")), "{said}");
    assert!(said.contains("warning") && said.contains("Start Redis"), "{said}");
    assert!(!said.contains("secret"), "{said}");
    assert!(server.get("/health").contains(r#""status":"warn""#));
    assert!(server.stop());
}

#[test]
fn what_keeps_it_from_starting_is_one_sentence_with_the_cure() {
    let folder = Folder::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a spare port is to be had");
    let port = taken.local_addr().expect("it is bound").port().to_string();
    let said = folder.fails(&[("PORT", &port)]);
    assert!(said.contains("is in use") && said.contains("set PORT"), "{said}");

    let said = folder.fails(&[("PORT", "http")]);
    assert!(said.contains("PORT is \"http\"") && said.contains("set it to a number"), "{said}");

    let said = folder.fails(&[("REDIS_URL", "localhost:6379")]);
    assert!(said.contains("REDIS_URL") && said.contains("redis://"), "{said}");

    let said = folder.fails(&[("DEMO_DATABASE", "/dev/null/invoices.sqlite3")]);
    assert!(said.contains("set DEMO_DATABASE"), "{said}");
}
