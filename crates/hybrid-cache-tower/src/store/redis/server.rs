//! Which Redis, and a connection to it.

use ::redis::{
    AsyncConnectionConfig, Client, Cmd, Pipeline, PushInfo, RedisFuture, RedisResult, Value,
    aio::{ConnectionLike, MultiplexedConnection},
};
use std::time::Duration;

/// Where to connect.
#[derive(Clone)]
pub(super) enum Server {
    One(Box<Client>),
    #[cfg(feature = "sentinel")]
    Sentinel(std::sync::Arc<tokio::sync::Mutex<::redis::sentinel::SentinelClient>>),
    #[cfg(feature = "cluster")]
    Cluster(Box<::redis::cluster::ClusterClient>),
}

/// A connection, shared by all who use it.
#[derive(Clone)]
pub(super) enum Wire {
    One(MultiplexedConnection),
    #[cfg(feature = "cluster")]
    Cluster(Box<::redis::cluster_async::ClusterConnection>),
}

impl Server {
    /// Connects; `heard` is called, in the order of arrival, with what the server says unasked.
    pub(super) async fn connect(
        &self,
        connection_limit: Duration,
        response_limit: Duration,
        heard: impl Fn(PushInfo) + Send + Sync + 'static,
    ) -> RedisResult<Wire> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(connection_limit))
            .set_response_timeout(Some(response_limit))
            .set_push_sender(move |push| {
                heard(push);
                Ok::<(), std::convert::Infallible>(())
            });
        let connect =
            async |client: &Client| client.get_multiplexed_async_connection_with_config(&config).await.map(Wire::One);
        match self {
            Self::One(client) => connect(client).await,
            #[cfg(feature = "sentinel")]
            Self::Sentinel(sentinels) => {
                let master = sentinels.lock().await.async_get_client().await?;
                connect(&master).await
            }
            #[cfg(feature = "cluster")]
            Self::Cluster(cluster) => {
                let config = ::redis::cluster::ClusterConfig::new()
                    .set_connection_timeout(connection_limit)
                    .set_response_timeout(response_limit);
                cluster.get_async_connection_with_config(config).await.map(|wire| Wire::Cluster(Box::new(wire)))
            }
        }
    }

    /// Is it one server, which can tell of every change?
    pub(super) fn is_one(&self) -> bool {
        match self {
            Self::One(_) => true,
            #[cfg(feature = "sentinel")]
            Self::Sentinel(_) => true,
            #[cfg(feature = "cluster")]
            Self::Cluster(_) => false,
        }
    }
}

impl ConnectionLike for Wire {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::One(wire) => wire.req_packed_command(cmd),
            #[cfg(feature = "cluster")]
            Self::Cluster(wire) => wire.req_packed_command(cmd),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        cmd: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::One(wire) => wire.req_packed_commands(cmd, offset, count),
            #[cfg(feature = "cluster")]
            Self::Cluster(wire) => wire.req_packed_commands(cmd, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::One(wire) => wire.get_db(),
            #[cfg(feature = "cluster")]
            Self::Cluster(wire) => wire.get_db(),
        }
    }
}
