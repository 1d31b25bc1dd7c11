//! A real redis-server of a test's own.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};

use hybrid_cache_tower::store::{RedisConfig, RedisStore};

pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A server on a spare port of 127.0.0.1, ended by its process id when this is dropped.
pub(crate) struct RedisServer {
    port: u16,
    folder: PathBuf,
    /// The settings, if it is one.
    sentinel: Option<String>,
    options: Vec<String>,
    process: Option<Child>,
}

impl RedisServer {
    pub(crate) fn start() -> Self {
        Self::start_with(&[])
    }

    /// A Sentinel, with these settings.
    pub(crate) fn start_sentinel(settings: &str) -> Self {
        Self::start_as(Some(settings.to_owned()), &[])
    }

    pub(crate) fn start_with(options: &[&str]) -> Self {
        Self::start_as(None, options)
    }

    fn start_as(sentinel: Option<String>, options: &[&str]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::SeqCst);
        let folder = std::env::temp_dir().join(format!("hybrid-cache-redis-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        let options: Vec<_> = options.iter().map(|option| (*option).to_owned()).collect();
        let mut server = Self { port: 0, folder, sentinel, options, process: None };
        // Somebody else may take the spare port before Redis does; then another one is tried.
        for _ in 0..10 {
            server.port = spare_port();
            if server.try_run() {
                return server;
            }
        }
        panic!("redis-server did not start on ten different ports");
    }

    /// Starts it again on its port, after [`RedisServer::kill`].
    pub(crate) fn run(&mut self) {
        assert!(self.try_run(), "redis-server did not start again on port {}", self.port);
    }

    fn try_run(&mut self) -> bool {
        let mut command = Command::new("redis-server");
        if let Some(settings) = &self.sentinel {
            // It writes into the file what it finds out.
            std::fs::write(self.folder.join("sentinel.conf"), settings).expect("the temporary folder is writable");
            command.args(["sentinel.conf", "--sentinel"]);
        } else {
            command.args(["--save", "", "--appendonly", "no"]);
        }
        let spawned = command
            .args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"])
            .args(&self.options)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        let mut process = match spawned {
            Ok(process) => process,
            Err(error) => panic!(
                "redis-server cannot be started ({error}): these tests need it; install it with apt-get install redis-server"
            ),
        };
        let deadline = Instant::now() + Duration::from_secs(20);
        while Instant::now() < deadline {
            if process.try_wait().expect("the server is a child of this process").is_some() {
                return false;
            }
            if self.answers_ping() {
                self.process = Some(process);
                return true;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = process.kill();
        let _ = process.wait();
        false
    }

    fn answers_ping(&self) -> bool {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let mut answer = [0; 5];
        stream.write_all(b"PING\r\n").and_then(|()| stream.read_exact(&mut answer)).is_ok() && &answer == b"+PONG"
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn url(&self) -> String {
        self.url_of(1)
    }

    fn url_of(&self, database: u8) -> String {
        format!("redis://127.0.0.1:{}/{database}", self.port)
    }

    /// With limits that a busy machine does not reach.
    pub(crate) fn config(&self) -> RedisConfig {
        RedisConfig::parse(&self.url()).expect("the test's URL is valid").background_limits(PATIENCE, PATIENCE)
    }

    pub(crate) fn store(&self) -> RedisStore {
        RedisStore::new(self.config())
    }

    /// Does what another client would do, in database 1.
    pub(crate) async fn does<T: redis::FromRedisValue>(&self, command: &str) -> T {
        self.does_in(1, command).await
    }

    pub(crate) async fn does_in<T: redis::FromRedisValue>(&self, database: u8, command: &str) -> T {
        self.tries(database, command).await.expect("Redis carries out the test's command")
    }

    async fn tries<T: redis::FromRedisValue>(&self, database: u8, command: &str) -> redis::RedisResult<T> {
        let client = redis::Client::open(self.url_of(database)).expect("the test's URL is valid");
        let limits = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let mut connection = client.get_multiplexed_async_connection_with_config(&limits).await?;
        let mut words = command.split(' ');
        let mut command = redis::cmd(words.next().expect("a command has a name"));
        for word in words {
            command.arg(word);
        }
        command.query_async(&mut connection).await
    }

    /// Asks, in database 1 for a key and else in 0, until the answer is as it should be. A server that becomes master or
    /// replica ends connections.
    pub(crate) async fn until<T: redis::FromRedisValue>(&self, command: &str, enough: impl Fn(T) -> bool) {
        let database = u8::from(command.starts_with("GET "));
        for _ in 0..12_000 {
            if self.tries(database, command).await.is_ok_and(&enough) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{command} was not answered as it should be within a minute");
    }

    /// As `kill -9` does.
    pub(crate) fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Freezes it: connections stay open, and nothing answers.
    pub(crate) fn freeze(&self) {
        self.signal("-STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.as_ref().expect("the server is running").id().to_string();
        let status = Command::new("kill").args([signal, &pid]).status().expect("kill is installed");
        assert!(status.success(), "kill {signal} {pid} failed");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

pub(crate) fn spare_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a spare port is to be had");
    listener.local_addr().expect("it is bound").port()
}
