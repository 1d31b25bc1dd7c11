//! Where Redis is, how the keys are named, and how closely it is followed.

use std::{env, fmt, time::Duration};

use ::redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, ProtocolVersion};

use super::{
    keys::{KeyPrefix, KeyTemplate},
    server::Server,
};

/// How a version is known when a response is stamped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Consistency {
    /// By what Redis has told of changes: no round trip where the user is known already. A bump by another process
    /// shows as soon as its message has arrived; one by a process that the browser has heard of, at once (H3).
    #[default]
    Near,
    /// By asking Redis for every response.
    Strict,
}

/// Which Redis a [`RedisStore`](super::RedisStore) uses, under which keys and how.
#[derive(Clone)]
pub struct RedisConfig {
    pub(super) server: Server,
    info: ConnectionInfo,
    pub(super) prefix: KeyPrefix,
    pub(super) template: KeyTemplate,
    pub(super) composed: bool,
    pub(super) consistency: Consistency,
    pub(super) near_capacity: usize,
    pub(super) connection_limit: Duration,
    pub(super) response_limit: Duration,
    default_timeout: Duration,
}

impl RedisConfig {
    /// Reads a URL: `redis://[user][:password]@host[:port][/db]`, `rediss://...` for TLS with the feature `tls`, or
    /// `unix:///path?db=1`. Default port 6379, database 0. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// A URL of another form, a database number that is none, or TLS where it is not compiled in.
    pub fn parse(url: &str) -> Result<Self, InvalidRedisConfig> {
        let info = connection_info(url)?;
        let client = Client::open(info.clone()).map_err(|error| InvalidRedisConfig::url(error.to_string()))?;
        Ok(Self {
            server: Server::One(Box::new(client)),
            info,
            prefix: KeyPrefix::default(),
            template: KeyTemplate::default(),
            composed: false,
            consistency: Consistency::default(),
            near_capacity: 100_000,
            connection_limit: Duration::from_millis(500),
            response_limit: Duration::from_secs(2),
            default_timeout: Duration::from_secs(300),
        })
    }

    /// Reads `REDIS_URL`, `CACHE_KEY_PREFIX` and `CACHE_DEFAULT_TIMEOUT`; `None` where `REDIS_URL` is not set or empty.
    /// The prefix is taken as [`KeyPrefix::plain`]; the timeout is in seconds.
    ///
    /// # Errors
    ///
    /// As [`RedisConfig::parse`], and where one of the variables is not UTF-8 or the timeout not a number above 0.
    pub fn from_env() -> Result<Option<Self>, InvalidRedisConfig> {
        let read = |name: &str| match env::var(name) {
            Ok(value) => Ok(value),
            Err(env::VarError::NotPresent) => Ok(String::new()),
            Err(env::VarError::NotUnicode(_)) => Err(InvalidRedisConfig(format!("{name} is not UTF-8"))),
        };
        let config = Self::from_values(&read("REDIS_URL")?, &read("CACHE_KEY_PREFIX")?)?;
        let timeout = read("CACHE_DEFAULT_TIMEOUT")?;
        match (config, timeout.as_str()) {
            (Some(config), "") => Ok(Some(config)),
            (Some(config), seconds) => config.default_timeout_of(seconds).map(Some),
            (None, _) => Ok(None),
        }
    }

    /// As [`RedisConfig::from_env`], of values read elsewhere.
    ///
    /// # Errors
    ///
    /// As [`RedisConfig::parse`].
    pub fn from_values(redis_url: &str, cache_key_prefix: &str) -> Result<Option<Self>, InvalidRedisConfig> {
        if redis_url.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self::parse(redis_url)?.prefix(KeyPrefix::plain(cache_key_prefix))))
    }

    fn default_timeout_of(self, seconds: &str) -> Result<Self, InvalidRedisConfig> {
        match seconds.parse() {
            Ok(seconds @ 1..) => Ok(self.default_timeout(Duration::from_secs(seconds))),
            _ => Err(InvalidRedisConfig(format!(
                "CACHE_DEFAULT_TIMEOUT is {seconds:?}: expected whole seconds, at least 1"
            ))),
        }
    }

    /// Puts this before every key. Default: nothing.
    pub fn prefix(mut self, prefix: KeyPrefix) -> Self {
        self.prefix = prefix;
        self
    }

    /// How the key of a user's version is made, behind the prefix; `{user_id}` stands for the id. Default:
    /// `cache_user_version:{user_id}`, which is what other servers expect (C15).
    ///
    /// # Errors
    ///
    /// A template without `{user_id}`, or that begins with it, or whose keys could be taken for others of this store.
    pub fn key_template(mut self, template: &str) -> Result<Self, InvalidRedisConfig> {
        self.template = KeyTemplate::parse(template).map_err(InvalidRedisConfig)?;
        Ok(self)
    }

    /// Makes a version the sum of three counters: the user's, the tenant's if the user has one, and everybody's (H5a).
    /// Then one write reaches a tenant or everybody, and a Redis that was restarted counts as a bump of everybody.
    ///
    /// All servers that share the counters must agree. Default: a version is the user's counter alone, as Django's half
    /// has it. The sum of three clocks stays below 2^53 until the year 2065.
    pub fn composed(mut self) -> Self {
        self.composed = true;
        self
    }

    /// How a version is known when a response is stamped. Default: [`Consistency::Near`].
    pub fn consistency(mut self, consistency: Consistency) -> Self {
        self.consistency = consistency;
        self
    }

    /// For about how many users the versions are remembered. Default: 100 000, about 15 MB when full.
    pub fn near_capacity(mut self, users: usize) -> Self {
        self.near_capacity = users;
        self
    }

    /// How long a cached query lives where nothing else is said. Versions do not expire. Default: 300 s.
    pub fn default_timeout(mut self, timeout: Duration) -> Self {
        self.default_timeout = timeout;
        self
    }

    /// The value of [`RedisConfig::default_timeout`].
    pub fn get_default_timeout(&self) -> Duration {
        self.default_timeout
    }

    /// How long connecting, and one command, may take in the background. What requests wait for is limited by
    /// [`Versions`](crate::Versions); these only end what nobody waits for any more. Default: 500 ms and 2 s.
    pub fn background_limits(mut self, connection: Duration, response: Duration) -> Self {
        self.connection_limit = connection;
        self.response_limit = response;
        self
    }

    /// Trusts the certificate authorities in this PEM text, and no others, for the one server of a `rediss://` URL. Default:
    /// those of the operating system, or of the file that the variable `SSL_CERT_FILE` names; so it stays for Sentinels
    /// and clusters. The certificate must be for the host in the URL; clients' certificates are not supported.
    ///
    /// # Errors
    ///
    /// A text that is not PEM, or a URL without TLS.
    #[cfg(feature = "tls")]
    pub fn trusting(mut self, authorities: &[u8]) -> Result<Self, InvalidRedisConfig> {
        use ::redis::TlsCertificates;
        if !authorities.starts_with(b"-----BEGIN CERTIFICATE-----") {
            return Err(InvalidRedisConfig(
                "the certificate authorities are not PEM: expected BEGIN CERTIFICATE".into(),
            ));
        }
        let certificates = TlsCertificates { client_tls: None, root_cert: Some(authorities.to_vec()) };
        let client = Client::build_with_tls(self.info.clone(), certificates)
            .map_err(|error| InvalidRedisConfig(format!("the certificate authorities cannot be used: {error}")))?;
        self.info = client.get_connection_info().clone();
        self.server = Server::One(Box::new(client));
        Ok(self)
    }

    /// Asks these Sentinels (`redis://host:26379`) for the server. The host of the URL this was made from is then the name
    /// of the master, its port is ignored, and user, password and database are the master's; with `rediss://` the master is
    /// spoken to over TLS. The Sentinels are asked whenever the connection is made anew, and a server counts only if it says
    /// itself that it is the master.
    ///
    /// Redis replicates late: a bump that the old master has answered may be missing on the new one. With
    /// [`composed`](Self::composed) a new master counts as a bump of everybody, which makes that good.
    ///
    /// ```
    /// # use hybrid_cache_tower::store::RedisConfig;
    /// let config = RedisConfig::parse("redis://:secret@mymaster/1").unwrap();
    /// let config = config.through_sentinels(&["redis://10.0.0.1:26379", "redis://10.0.0.2:26379"]).unwrap();
    /// assert_eq!(config.location(), "sentinel master mymaster, database 1");
    /// ```
    ///
    /// # Errors
    ///
    /// A URL of another form, or no URL at all.
    #[cfg(feature = "sentinel")]
    pub fn through_sentinels(mut self, urls: &[&str]) -> Result<Self, InvalidRedisConfig> {
        use ::redis::sentinel::{SentinelClient, SentinelNodeConnectionInfo, SentinelServerType};
        let sentinels = urls.iter().map(|url| connection_info(url)).collect::<Result<Vec<_>, _>>()?;
        let master = SentinelNodeConnectionInfo::default()
            .set_redis_connection_info(self.info.redis_settings().clone())
            .set_tcp_settings(self.info.tcp_settings().clone());
        let master = match self.info.addr() {
            ConnectionAddr::TcpTls { .. } => master.set_tls_mode(::redis::TlsMode::Secure),
            _ => master,
        };
        let client = SentinelClient::build(sentinels, self.host(), Some(master), SentinelServerType::Master)
            .map_err(|error| InvalidRedisConfig::url(error.to_string()))?;
        self.server = Server::Sentinel(std::sync::Arc::new(tokio::sync::Mutex::new(client)));
        Ok(self)
    }

    /// Takes the server for one of a cluster, and these for others. Versions are then composed, since a cluster has no
    /// other way to bump everybody; and every response asks Redis, since a cluster does not tell of changes in one place.
    /// So a bump by another process shows in the next response, whatever was remembered; event streams hear of it by their
    /// keep-alive. The database is 0, a cluster has no other.
    ///
    /// A server that is down takes the versions of its slots with it, until a replica stands in for it: those users'
    /// responses carry none. Everybody's counter lies on one of them, and is a part of every version. A restarted server
    /// is not recognised, nor is its eviction policy examined.
    ///
    /// # Errors
    ///
    /// A URL of another form.
    #[cfg(feature = "cluster")]
    pub fn in_cluster(mut self, others: &[&str]) -> Result<Self, InvalidRedisConfig> {
        let others = others.iter().map(|url| connection_info(url)).collect::<Result<Vec<_>, _>>()?;
        let nodes = std::iter::once(self.info.clone()).chain(others);
        let cluster =
            ::redis::cluster::ClusterClient::new(nodes).map_err(|error| InvalidRedisConfig::url(error.to_string()))?;
        self.server = Server::Cluster(Box::new(cluster));
        Ok(Self { consistency: Consistency::Strict, ..self.composed() })
    }

    #[cfg(feature = "sentinel")]
    fn host(&self) -> String {
        match self.info.addr() {
            ConnectionAddr::Tcp(host, _) | ConnectionAddr::TcpTls { host, .. } => host.clone(),
            _ => String::new(),
        }
    }

    /// Host, port, database and prefix, without user and password.
    pub fn location(&self) -> String {
        let db = self.info.redis_settings().db();
        let address = match self.info.addr() {
            ConnectionAddr::Tcp(host, port) => format!("redis://{host}:{port}/{db}"),
            ConnectionAddr::TcpTls { host, port, .. } => format!("rediss://{host}:{port}/{db}"),
            ConnectionAddr::Unix(path) => format!("unix://{}?db={db}", path.display()),
            _ => format!("redis, database {db}"),
        };
        let server = match &self.server {
            Server::One(_) => address,
            #[cfg(feature = "sentinel")]
            Server::Sentinel(_) => format!("sentinel master {}, database {db}", self.host()),
            #[cfg(feature = "cluster")]
            Server::Cluster(_) => format!("cluster of {address}"),
        };
        if self.prefix.as_str().is_empty() { server } else { format!("{server}, keys {}*", self.prefix.as_str()) }
    }
}

/// Reads a URL, for the protocol that can tell of changes.
fn connection_info(url: &str) -> Result<ConnectionInfo, InvalidRedisConfig> {
    let info = url.into_connection_info().map_err(|error| InvalidRedisConfig::url(error.to_string()))?;
    if !info.addr().is_supported() {
        return Err(InvalidRedisConfig::url("it asks for TLS, which is not compiled in (feature tls)".into()));
    }
    let tcp = info.tcp_settings().clone().set_nodelay(true);
    // A Redis whose machine vanished sends no reset: give the connection up when nothing is acknowledged.
    #[cfg(target_os = "linux")]
    let tcp = tcp.set_user_timeout(Duration::from_secs(2));
    let settings = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
    Ok(info.set_tcp_settings(tcp).set_redis_settings(settings))
}

/// Does not tell the password.
impl fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisConfig").field(&self.location()).finish()
    }
}

/// Settings that cannot work. Does not repeat the URL, which may carry a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRedisConfig(String);

impl InvalidRedisConfig {
    fn url(reason: String) -> Self {
        Self(format!("the Redis URL cannot be used: {reason}; expected redis://[user][:password]@host[:port][/db]"))
    }
}

impl fmt::Display for InvalidRedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidRedisConfig {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_number_is_the_one_in_the_url() {
        for (url, location) in [
            ("redis://127.0.0.1", "redis://127.0.0.1:6379/0"),
            ("redis://127.0.0.1:6379/1", "redis://127.0.0.1:6379/1"),
            ("redis://10.1.2.3:7000/15", "redis://10.1.2.3:7000/15"),
            ("redis://me:secret@h/2", "redis://h:6379/2"),
        ] {
            assert_eq!(RedisConfig::parse(url).unwrap().location(), location);
        }
    }

    #[test]
    fn what_cannot_work_is_said_without_the_password() {
        for url in ["", "127.0.0.1:6379", "http://:secret@h/", "redis://:secret@h/one"] {
            let error = RedisConfig::parse(url).unwrap_err().to_string();
            assert!(error.contains("expected redis://"), "{error}");
            assert!(!error.contains("secret@"), "{error}");
        }
    }

    #[test]
    fn an_unset_url_means_no_redis() {
        assert!(RedisConfig::from_values("", "shop").unwrap().is_none());
        let config = RedisConfig::from_values("redis://h/1", "shop").unwrap().unwrap();
        assert_eq!(config.location(), "redis://h:6379/1, keys shop:*");
    }

    #[test]
    fn the_default_timeout_is_whole_seconds() {
        let config = RedisConfig::parse("redis://h").unwrap();
        assert_eq!(config.get_default_timeout(), Duration::from_secs(300));
        assert_eq!(config.clone().default_timeout_of("60").unwrap().get_default_timeout(), Duration::from_secs(60));
        for seconds in ["0", "-1", "5.5", "soon", "None"] {
            let error = config.clone().default_timeout_of(seconds).unwrap_err().to_string();
            assert!(error.contains("CACHE_DEFAULT_TIMEOUT"), "{error}");
        }
    }
}
