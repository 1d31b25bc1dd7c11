//! The environment the server is started in, and what may be wrong with it.

use std::{env, ffi::OsString, fmt, io, path::PathBuf, time::Duration};

use hybrid_cache_tower::{
    Versions,
    store::{MemoryStore, RedisConfig, RedisStore},
};

use crate::data::DatabaseError;

/// What the environment variables say.
#[derive(Debug)]
pub struct Settings {
    /// `PORT`: where to listen, on 127.0.0.1. Default: 4780. 0 takes any free one.
    pub port: u16,
    /// `REDIS_URL` and `CACHE_KEY_PREFIX`: where the versions live. Default: in memory.
    pub redis: Option<RedisConfig>,
    /// `DEMO_DATABASE`: the SQLite file. Default: `target/demo/invoices.sqlite3`.
    pub database: PathBuf,
    /// `DEMO_APP_DIR`: the built application. Default: `angular-demo/dist/angular-demo/browser`.
    pub app_dir: PathBuf,
    /// `DEMO_HOLD=1`: tests may hold responses back. Default: they may not.
    pub hold: bool,
    /// `DEMO_REDIS_SECONDS`: how long a request may wait for Redis. Default: the tower crate's own. Tests on a busy machine
    /// give more.
    pub redis_wait: Option<Duration>,
}

impl Settings {
    /// Reads the environment variables; an empty one counts as not set.
    ///
    /// # Errors
    ///
    /// One of them cannot mean anything.
    pub fn from_env() -> Result<Self, StartError> {
        Self::read(|name| env::var_os(name).filter(|value| !value.is_empty()))
    }

    fn read(get: impl Fn(&str) -> Option<OsString>) -> Result<Self, StartError> {
        let text = |name: &str| match get(name).map(OsString::into_string).transpose() {
            Ok(value) => Ok(value.unwrap_or_default()),
            Err(_) => Err(StartError(format!("{name} is not UTF-8 text: set it to plain text or unset it."))),
        };
        let port = match text("PORT")?.as_str() {
            "" => 4780,
            port => port.parse().map_err(|_| {
                StartError(format!("PORT is {port:?}, which is no port: set it to a number from 0 to 65535."))
            })?,
        };
        let redis = RedisConfig::from_values(&text("REDIS_URL")?, &text("CACHE_KEY_PREFIX")?)
            .map_err(|error| StartError(format!("REDIS_URL: {error}. Unset it to keep the versions in memory.")))?;
        let redis_wait = match text("DEMO_REDIS_SECONDS")?.as_str() {
            "" => None,
            given => {
                let seconds = given.parse().ok().filter(|seconds| *seconds > 0.0);
                Some(seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()).ok_or_else(|| {
                    StartError(format!(
                        "DEMO_REDIS_SECONDS is {given:?}: set it to a number of seconds above 0, or unset it."
                    ))
                })?)
            }
        };
        let path = |name: &str, default: &str| get(name).map_or_else(|| default.into(), PathBuf::from);
        Ok(Self {
            port,
            redis,
            database: path("DEMO_DATABASE", "target/demo/invoices.sqlite3"),
            app_dir: path("DEMO_APP_DIR", "angular-demo/dist/angular-demo/browser"),
            hold: text("DEMO_HOLD")? == "1",
            redis_wait,
        })
    }

    /// Versions in the store the settings name.
    pub fn versions(&self) -> Versions {
        match &self.redis {
            Some(config) => {
                let versions = Versions::builder(RedisStore::new(config.clone()));
                match self.redis_wait {
                    Some(wait) => versions.request_budget(wait).build(),
                    None => versions.build(),
                }
            }
            None => Versions::new(MemoryStore::new()),
        }
    }

    /// One sentence where there is no application to serve.
    pub fn app_warning(&self) -> Option<String> {
        (!self.app_dir.join("index.html").is_file()).then(|| not_built(&self.app_dir))
    }
}

/// What to say where the application is missing.
pub(crate) fn not_built(app_dir: &std::path::Path) -> String {
    format!(
        "The application is not built: there is no index.html in {}. Run `npm run demo`, or set DEMO_APP_DIR.",
        app_dir.display()
    )
}

/// Why the server does not start: one sentence that says what to do.
#[derive(Debug)]
pub struct StartError(String);

impl StartError {
    /// The port cannot be listened on.
    pub fn port(port: u16, error: &io::Error) -> Self {
        Self(match error.kind() {
            io::ErrorKind::AddrInUse => {
                format!("Port {port} is in use: stop what listens there, or set PORT to another number.")
            }
            io::ErrorKind::PermissionDenied => {
                format!("Port {port} may not be used by this account: set PORT to a number above 1023.")
            }
            _ => format!("Port {port} cannot be listened on ({error}): set PORT to another number."),
        })
    }

    /// The server stopped by itself.
    pub fn serving(error: &io::Error) -> Self {
        Self(format!("The server stopped: {error}. Start it again."))
    }
}

impl From<DatabaseError> for StartError {
    fn from(error: DatabaseError) -> Self {
        Self(error.to_string())
    }
}

impl From<crate::app::SecretError> for StartError {
    fn from(error: crate::app::SecretError) -> Self {
        Self(error.to_string())
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[(&str, &str)]) -> Result<Settings, StartError> {
        Settings::read(|name| values.iter().find(|(named, _)| *named == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn defaults() {
        let settings = read(&[]).unwrap();
        assert_eq!((settings.port, settings.hold), (4780, false));
        assert!(settings.redis.is_none());
    }

    #[test]
    fn what_is_wrong_is_said_in_a_sentence_that_helps() {
        for (name, value, cure) in [
            ("PORT", "http", "set it to a number"),
            ("PORT", "65536", "set it to a number"),
            ("REDIS_URL", "localhost", "Unset it to keep the versions in memory"),
            ("DEMO_REDIS_SECONDS", "soon", "a number of seconds above 0"),
            ("DEMO_REDIS_SECONDS", "-1", "a number of seconds above 0"),
        ] {
            let error = read(&[(name, value)]).unwrap_err().to_string();
            assert!(error.contains(name) && error.contains(cure), "{error}");
        }
        let error = StartError::port(4780, &io::ErrorKind::AddrInUse.into()).to_string();
        assert_eq!(error, "Port 4780 is in use: stop what listens there, or set PORT to another number.");
    }
}
