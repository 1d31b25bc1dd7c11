use std::{collections::HashSet, process::Command};

use hybrid_cache_tower::{
    Versions,
    store::{RedisConfig, RedisStore},
};

use crate::{
    goes_without, reads_and_bumps, sees,
    support::{
        get,
        redis::{PATIENCE, RedisServer, spare_port},
        redis_app::{KEY, app, patient_with, until},
        user,
    },
};

const GLOBAL: &str = "cache_global_version";

/// Three servers, each with a third of the slots.
struct Cluster(Vec<RedisServer>);

impl Cluster {
    async fn start() -> Self {
        let server = |_| {
            let bus = spare_port().to_string();
            // A machine that is slow for a minute is not down.
            let options = ["--cluster-enabled", "yes", "--cluster-port", &bus, "--cluster-node-timeout", "60000"];
            RedisServer::start_with(&options)
        };
        let this = Self((0..3).map(server).collect());
        let nodes = this.0.iter().map(|server| format!("127.0.0.1:{}", server.port()));
        let made = Command::new("redis-cli").args(["--cluster", "create"]).args(nodes).arg("--cluster-yes").output();
        let made = made.unwrap_or_else(|error| {
            panic!(
                "redis-cli cannot be started ({error}): this test needs it; install it with apt-get install redis-tools"
            )
        });
        assert!(made.status.success(), "redis-cli --cluster create: {}", String::from_utf8_lossy(&made.stdout));
        for server in &this.0 {
            server.until("CLUSTER INFO", |info: String| info.contains("cluster_state:ok")).await;
        }
        this
    }

    fn config(&self) -> RedisConfig {
        let [first, others @ ..] = &*self.0 else { unreachable!("there are three") };
        let url = |server: &RedisServer| format!("redis://127.0.0.1:{}", server.port());
        let others: Vec<_> = others.iter().map(url).collect();
        let others: Vec<_> = others.iter().map(String::as_str).collect();
        let config = RedisConfig::parse(&url(first)).unwrap().background_limits(PATIENCE, PATIENCE);
        config.in_cluster(&others).unwrap()
    }

    /// Which of them has a key.
    async fn server_of(&self, key: &str) -> usize {
        for (at, server) in self.0.iter().enumerate() {
            let keys: HashSet<String> = server.does_in(0, "KEYS *").await;
            if keys.contains(key) {
                return at;
            }
        }
        panic!("nobody has {key}");
    }
}

#[tokio::test]
async fn versions_in_a_cluster() {
    let mut cluster = Cluster::start().await;
    let versions = patient_with(cluster.config());
    let app = app(&versions);
    let mut servers = HashSet::new();
    for number in 0..20 {
        let who = format!("user-{number}");
        reads_and_bumps(&app, &who).await;
        servers.insert(cluster.server_of(&format!("cache_user_version:{who}")).await);
    }
    assert_eq!(servers.len(), 3, "the users are spread over all servers");

    // Another writer of a user's counter, and of everybody's: the sum grows by what they added.
    reads_and_bumps(&app, "alice").await;
    for key in [KEY, GLOBAL] {
        let before = get(&app, "/", "alice").await.version().unwrap();
        cluster.0[cluster.server_of(key).await].does_in::<u64>(0, &format!("INCR {key}")).await;
        sees(&app, before + 1).await;
    }
    let before = get(&app, "/", "user-1").await.version().unwrap();
    versions.bump_everyone().await.unwrap();
    assert!(get(&app, "/", "user-1").await.version().unwrap() > before);
    versions.set_enabled(&user("alice"), false).await.unwrap();
    assert_eq!(get(&app, "/", "alice").await.enabled().as_deref(), Some("false"));

    // With the usual limits: the cluster's client would try for long.
    let app = self::app(&Versions::new(RedisStore::new(cluster.config())));
    until(&app, |answer| answer.version().is_some()).await;
    let gone = cluster.server_of(GLOBAL).await;
    cluster.0[gone].kill();
    goes_without(&app).await;
    cluster.0[gone].run();
    until(&app, |answer| answer.version().is_some()).await;
}
