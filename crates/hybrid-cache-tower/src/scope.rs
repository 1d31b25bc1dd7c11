//! The opaque token that stands for a user: `X-Cache-Scope`.
//!
//! ```
//! use hybrid_cache_tower::{ScopeSecret, User};
//!
//! let secret = ScopeSecret::new(b"a secret of this installation").unwrap();
//! let [alice, bob] = ["alice", "bob"].map(|id| secret.scope(&User::new(id).unwrap()));
//! assert_eq!(alice.as_str().len(), 22);
//! assert_ne!(alice, bob);
//! ```
//!
//! Servers that share their users share the secret, and then agree on the scopes. A new secret makes every browser
//! begin anew with every user (R11):
//!
//! ```
//! use hybrid_cache_tower::{ScopeSecret, User};
//!
//! let alice = User::new("alice").unwrap();
//! let [old, new] = [b"last year's secret", b"this year's secret"].map(|key| ScopeSecret::new(key).unwrap());
//! assert_ne!(old.scope(&alice), new.scope(&alice));
//! assert!(ScopeSecret::new(b"too short").is_err());
//! ```

use std::{fmt, sync::Arc};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::User;

/// The key under which scopes are derived from users.
///
/// Whoever knows it can tell which scope belongs to which user id; nothing more depends on it.
#[derive(Clone)]
pub struct ScopeSecret(Arc<Hmac<Sha256>>);

impl ScopeSecret {
    /// The shortest secret, in bytes.
    pub const MIN_LENGTH: usize = 16;

    /// Takes the secret, any bytes.
    ///
    /// # Errors
    ///
    /// Fewer than 16 bytes: with a guessable secret, a scope would tell the user id it was derived from.
    pub fn new(secret: &[u8]) -> Result<Self, ScopeSecretTooShort> {
        if secret.len() < Self::MIN_LENGTH {
            return Err(ScopeSecretTooShort { length: secret.len() });
        }
        let keyed = Hmac::new_from_slice(secret).map_err(|_| ScopeSecretTooShort { length: secret.len() })?;
        Ok(Self(Arc::new(keyed)))
    }

    /// The scope of a user: the first 22 characters (132 bits) of base64url(HMAC-SHA256(secret, user id)).
    pub fn scope(&self, user: &User) -> Scope {
        let mut mac = Hmac::clone(&self.0);
        mac.update(user.as_str().as_bytes());
        let mut text = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        text.truncate(22);
        Scope(text.into())
    }
}

/// Does not tell the secret.
impl fmt::Debug for ScopeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ScopeSecret(..)")
    }
}

/// A user's scope: 22 characters of the base64url alphabet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Scope(Arc<str>);

impl Scope {
    /// The token, as `X-Cache-Scope` carries it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A secret that is too short for a [`ScopeSecret`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScopeSecretTooShort {
    length: usize,
}

impl fmt::Display for ScopeSecretTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the scope secret has {} bytes, fewer than {}: give it random bytes that stay the same across restarts",
            self.length,
            ScopeSecret::MIN_LENGTH
        )
    }
}

impl std::error::Error for ScopeSecretTooShort {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first of the vectors is what `printf %s 42 | openssl dgst -sha256 -hmac 0123456789abcdef -binary | base64`
    /// prints.
    #[test]
    fn is_the_hmac_the_contract_names() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../hybrid-cache-contract/vectors.json")).unwrap();
        let cases = vectors["scopeOf"].as_array().unwrap();
        assert!(!cases.is_empty());
        for case in cases {
            let text = |member: &str| case[member].as_str().unwrap();
            let scope = ScopeSecret::new(text("secret").as_bytes()).unwrap().scope(&User::new(text("user")).unwrap());
            assert_eq!(scope.as_str(), text("out"));
            assert!(hybrid_cache_contract::CacheScope::parse(scope.as_str()).is_ok());
        }
    }
}
