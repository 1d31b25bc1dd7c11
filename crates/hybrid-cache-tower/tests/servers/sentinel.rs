use std::collections::HashMap;

use hybrid_cache_tower::{Versions, store::RedisConfig, store::RedisStore};

use crate::{
    goes_without, reads_and_bumps, sees,
    support::{
        get,
        redis::{PATIENCE, RedisServer},
        redis_app::{KEY, app, patient_with, until},
    },
};

/// A master, a replica, and a Sentinel that changes them when it is told to, and not because a machine is slow.
struct Watched {
    servers: [RedisServer; 2],
    sentinel: RedisServer,
}

impl Watched {
    async fn start() -> Self {
        let master = RedisServer::start();
        let port = master.port().to_string();
        let replica = RedisServer::start_with(&["--replicaof", "127.0.0.1", &port]);
        master.until("INFO replication", |info: String| info.contains("state=online")).await;
        let settings = [
            format!("sentinel monitor mymaster 127.0.0.1 {port} 1"),
            "sentinel down-after-milliseconds mymaster 600000".into(),
            "sentinel failover-timeout mymaster 60000".into(),
        ];
        let sentinel = RedisServer::start_sentinel(&settings.join("\n"));
        // Else it has nobody to promote.
        let is_linked = |replica: &HashMap<String, String>| replica["master-link-status"] == "ok";
        let linked = |replicas: Vec<HashMap<String, String>>| replicas.iter().any(is_linked);
        sentinel.until("SENTINEL replicas mymaster", linked).await;
        Self { servers: [master, replica], sentinel }
    }

    /// Makes the replica the master; answers when the Sentinel says so.
    async fn fail_over(&self) {
        self.sentinel.does_in::<()>(0, "SENTINEL FAILOVER mymaster").await;
        let new = self.servers[1].port().to_string();
        let address = "SENTINEL GET-MASTER-ADDR-BY-NAME mymaster";
        self.sentinel.until(address, |address: Vec<String>| address[1] == new).await;
        // With the change each of them ends all connections.
        for (server, role) in self.servers.iter().zip(["role:slave", "role:master"]) {
            server.until("INFO replication", |info: String| info.contains(role)).await;
        }
    }

    fn config(&self) -> RedisConfig {
        let sentinel = format!("redis://127.0.0.1:{}", self.sentinel.port());
        let config = RedisConfig::parse("redis://mymaster/1").unwrap().background_limits(PATIENCE, PATIENCE);
        // One that is down beside it: the next is asked.
        config.through_sentinels(&["redis://127.0.0.1:9", &sentinel]).unwrap()
    }
}

#[tokio::test]
async fn versions_follow_the_master() {
    let mut watched = Watched::start().await;
    let app = app(&patient_with(watched.config()));
    reads_and_bumps(&app, "alice").await;
    sees(&app, watched.servers[0].does(&format!("INCR {KEY}")).await).await;
    let before = get(&app, "/", "alice").await.version().unwrap();
    watched.servers[1].until(&format!("GET {KEY}"), |version: Option<u64>| version == Some(before)).await;

    watched.fail_over().await;
    // By the new master: it is heard of there, and raised there.
    sees(&app, watched.servers[1].does(&format!("INCR {KEY}")).await).await;
    reads_and_bumps(&app, "alice").await;
    let ours = get(&app, "/", "alice").await.version().unwrap();
    assert_eq!(watched.servers[1].does::<u64>(&format!("GET {KEY}")).await, ours);

    watched.servers[1].kill();
    goes_without(&app).await;
}

/// What the old master had answered and not passed on.
#[tokio::test]
async fn a_new_master_counts_as_a_bump_of_everybody_where_versions_are_composed() {
    let watched = Watched::start().await;
    let app = app(&Versions::new(RedisStore::new(watched.config().composed())));
    let before = until(&app, |answer| answer.version().is_some()).await.version().unwrap();
    let key = "cache_run_id";
    let run: String = watched.servers[0].does(&format!("GET {key}")).await;
    watched.servers[1].until(&format!("GET {key}"), |seen: Option<String>| seen.as_ref() == Some(&run)).await;
    watched.fail_over().await;
    until(&app, |answer| answer.version().is_some_and(|version| version > before)).await;
}
