//! Where Redis is and how the keys begin.

use std::{env, fmt, time::Duration};

use ::redis::{Client, ConnectionAddr, IntoConnectionInfo};

/// What stands before every key.
///
/// ```
/// use hybrid_cache_tower::store::KeyPrefix;
///
/// assert_eq!(KeyPrefix::default().as_str(), "");
/// assert_eq!(KeyPrefix::plain("shop").as_str(), "shop:");
/// assert_eq!(KeyPrefix::django("shop", 1).as_str(), "shop:1:");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPrefix(String);

impl KeyPrefix {
    /// `{name}:`; an empty name means no prefix.
    pub fn plain(name: &str) -> Self {
        Self(if name.is_empty() { String::new() } else { format!("{name}:") })
    }

    /// `{name}:{version}:`, as Django's cache framework begins its keys with these values of its `KEY_PREFIX` and
    /// `VERSION` settings (the default `KEY_FUNCTION`).
    pub fn django(name: &str, version: u32) -> Self {
        Self(format!("{name}:{version}:"))
    }

    /// The prefix, separator included.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As part of a Redis glob pattern.
    pub(super) fn glob(&self) -> String {
        let mut pattern = String::with_capacity(self.0.len());
        for character in self.0.chars() {
            if matches!(character, '*' | '?' | '[' | ']' | '\\' | '^') {
                pattern.push('\\');
            }
            pattern.push(character);
        }
        pattern
    }
}

/// Which Redis a [`RedisStore`](super::RedisStore) uses, and under which keys.
#[derive(Clone)]
pub struct RedisConfig {
    pub(super) client: Client,
    pub(super) prefix: KeyPrefix,
    pub(super) connection_limit: Duration,
    pub(super) response_limit: Duration,
}

impl RedisConfig {
    /// Reads a URL: `redis://[user][:password]@host[:port][/db]`, or `unix:///path?db=1`. Default port 6379, database
    /// 0. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// A URL of another form, a database number that is none, or TLS (`rediss://`), which is not compiled in.
    pub fn parse(url: &str) -> Result<Self, InvalidRedisConfig> {
        let invalid = |reason: String| InvalidRedisConfig { reason };
        let info = url.into_connection_info().map_err(|error| invalid(error.to_string()))?;
        if !info.addr().is_supported() {
            return Err(invalid("it asks for a kind of connection that is not compiled in (TLS?)".into()));
        }
        let tcp = info.tcp_settings().clone().set_nodelay(true);
        // A Redis whose machine vanished sends no reset: give the connection up when nothing is acknowledged.
        #[cfg(target_os = "linux")]
        let tcp = tcp.set_user_timeout(Duration::from_secs(2));
        let client = Client::open(info.set_tcp_settings(tcp)).map_err(|error| invalid(error.to_string()))?;
        Ok(Self {
            client,
            prefix: KeyPrefix::default(),
            connection_limit: Duration::from_millis(500),
            response_limit: Duration::from_secs(2),
        })
    }

    /// Reads `REDIS_URL` and `CACHE_KEY_PREFIX`; `None` where `REDIS_URL` is not set or empty. The prefix is taken as
    /// [`KeyPrefix::plain`].
    ///
    /// # Errors
    ///
    /// As [`RedisConfig::parse`], and where one of the variables is not UTF-8.
    pub fn from_env() -> Result<Option<Self>, InvalidRedisConfig> {
        let read = |name: &str| match env::var(name) {
            Ok(value) => Ok(value),
            Err(env::VarError::NotPresent) => Ok(String::new()),
            Err(env::VarError::NotUnicode(_)) => Err(InvalidRedisConfig { reason: format!("{name} is not UTF-8") }),
        };
        Self::from_values(&read("REDIS_URL")?, &read("CACHE_KEY_PREFIX")?)
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

    /// Puts this before every key. Default: nothing.
    pub fn prefix(mut self, prefix: KeyPrefix) -> Self {
        self.prefix = prefix;
        self
    }

    /// How long connecting, and one command, may take in the background. What requests wait for is limited by
    /// [`Versions`](crate::Versions); these only end what nobody waits for any more. Default: 500 ms and 2 s.
    pub fn background_limits(mut self, connection: Duration, response: Duration) -> Self {
        self.connection_limit = connection;
        self.response_limit = response;
        self
    }

    /// Host, port, database and prefix, without user and password.
    pub fn location(&self) -> String {
        let info = self.client.get_connection_info();
        let db = info.redis_settings().db();
        let server = match info.addr() {
            ConnectionAddr::Tcp(host, port) => format!("redis://{host}:{port}/{db}"),
            ConnectionAddr::TcpTls { host, port, .. } => format!("rediss://{host}:{port}/{db}"),
            ConnectionAddr::Unix(path) => format!("unix://{}?db={db}", path.display()),
            _ => format!("redis, database {db}"),
        };
        if self.prefix.as_str().is_empty() { server } else { format!("{server}, keys {}*", self.prefix.as_str()) }
    }
}

/// Does not tell the password.
impl fmt::Debug for RedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisConfig").field(&self.location()).finish()
    }
}

/// A Redis URL, or its surroundings, that cannot work. Does not repeat the URL, which may carry a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidRedisConfig {
    reason: String,
}

impl fmt::Display for InvalidRedisConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the Redis URL cannot be used: {}; expected redis://[user][:password]@host[:port][/db]", self.reason)
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
        for url in ["", "127.0.0.1:6379", "http://:secret@h/", "redis://:secret@h/one", "rediss://:secret@h/"] {
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
    fn a_prefix_is_no_pattern() {
        assert_eq!(KeyPrefix::plain("a*[b").glob(), r"a\*\[b:");
    }
}
