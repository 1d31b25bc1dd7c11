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

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderValue;
use sha2::Sha256;

use crate::{
    User,
    user::{UserMap, shard_of},
};

/// The key under which scopes are derived from users.
///
/// Whoever knows it can tell which scope belongs to which user id; nothing more depends on it. Clones share the scopes they
/// remember: of 65 536 users at most, at about 150 bytes each.
#[derive(Clone)]
pub struct ScopeSecret(Arc<Secret>);

struct Secret {
    keyed: Hmac<Sha256>,
    /// Hashing costs more than all else the layer does for a response.
    remembered: [RwLock<UserMap<Scope>>; SHARDS],
}

const SHARDS: usize = 16;
const CAPACITY_OF_SHARD: usize = 4096;

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
        Ok(Self(Arc::new(Secret { keyed, remembered: Default::default() })))
    }

    /// The scope of a user: the first 22 characters (132 bits) of base64url(HMAC-SHA256(secret, user id)).
    pub fn scope(&self, user: &User) -> Scope {
        // Every change is complete in itself: a panic elsewhere cannot leave half of one.
        let shard = &self.0.remembered[shard_of(user, SHARDS)];
        if let Some(scope) = shard.read().unwrap_or_else(PoisonError::into_inner).get(user) {
            return scope.clone();
        }
        let scope = self.derive(user.as_str());
        let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
        if shard.len() >= CAPACITY_OF_SHARD {
            shard.clear();
        }
        shard.insert(user.clone(), scope.clone());
        scope
    }

    fn derive(&self, id: &str) -> Scope {
        let mut mac = self.0.keyed.clone();
        mac.update(id.as_bytes());
        let mut text = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        text.truncate(22);
        Scope(HeaderValue::try_from(text).expect("base64url is visible ASCII"))
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
pub struct Scope(HeaderValue);

impl Scope {
    /// The token, as `X-Cache-Scope` carries it.
    pub fn as_str(&self) -> &str {
        self.0.to_str().expect("base64url is visible ASCII")
    }

    /// The token as a field value, which is not copied.
    pub(crate) fn to_value(&self) -> HeaderValue {
        self.0.clone()
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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

    #[test]
    fn memory_is_bounded_and_forgets_no_scope_but_to_derive_it_again() {
        let secret = ScopeSecret::new(b"0123456789abcdef").unwrap();
        let scope = |number: usize| secret.scope(&User::new(&number.to_string()).unwrap());
        let first = scope(0);
        for number in 1..=SHARDS * CAPACITY_OF_SHARD * 2 {
            scope(number);
        }
        for shard in &secret.0.remembered {
            assert!(shard.read().unwrap().len() <= CAPACITY_OF_SHARD);
        }
        assert_eq!(scope(0), first);
    }
}
