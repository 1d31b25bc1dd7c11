//! The secret that a browser seals under what it stores: the option `encryptAtRest` of the npm package.
//!
//! ```
//! use hybrid_cache_tower::{AtRestKey, User};
//!
//! let key = AtRestKey::new(b"32 random bytes of this server..").unwrap();
//! let [alice, bob] = ["alice", "bob"].map(|id| key.secret_of_user(&User::new(id).unwrap()));
//! assert_eq!(alice.as_str().len(), 43);
//! assert_ne!(alice, bob);
//! ```
//!
//! It goes to the page in the body of the answer that says who is signed in, after signing in and after every reload,
//! with `Cache-Control: no-store`; never in a cookie or a URL. `docs/encryption.md` says what that protects from, and
//! which of the two kinds to choose.
//!
//! A new key, or an old one that is lost, is not an error: what browsers have stored does not open any more, and is
//! asked for anew.
//!
//! ```
//! use hybrid_cache_tower::AtRestKey;
//!
//! let keys = [b"the key of last year, 32 bytes..", b"the key of this year, 32 bytes.."];
//! let [old, new] = keys.map(|key| AtRestKey::new(key).unwrap().secret_of_session("5c8f0e"));
//! assert_ne!(old, new);
//! assert!(AtRestKey::new(b"0123456789abcdef").is_err());
//! ```

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::User;

/// The server's own key, from which the secrets of users and of sessions are derived.
///
/// Whoever knows it, and has a browser's files, can read what is sealed in them. It is to be used for nothing else, not
/// as the [`ScopeSecret`](crate::ScopeSecret) either. Nothing of it can be told from a secret that was handed out.
#[derive(Clone)]
pub struct AtRestKey(Hmac<Sha256>);

impl AtRestKey {
    /// The shortest key, in bytes.
    pub const MIN_LENGTH: usize = 32;

    /// Takes the key: bytes from a random source, the same on every server of these users and across restarts.
    ///
    /// # Errors
    ///
    /// Fewer than 32 bytes: the secrets would be no harder to guess than the key.
    pub fn new(key: &[u8]) -> Result<Self, AtRestKeyTooShort> {
        let too_short = AtRestKeyTooShort { length: key.len() };
        if key.len() < Self::MIN_LENGTH {
            return Err(too_short);
        }
        Hmac::new_from_slice(key).map(Self).map_err(|_| too_short)
    }

    /// The same whenever and wherever this user signs in, so that the user finds what was stored before.
    pub fn secret_of_user(&self, user: &User) -> AtRestSecret {
        self.derive("user", user.as_str())
    }

    /// Gone with the session's id, which is to be a random one: then nobody can read what was stored in it, the server
    /// neither. `None` for an id that is empty, since that is no session's own.
    pub fn secret_of_session(&self, id: &str) -> Option<AtRestSecret> {
        (!id.is_empty()).then(|| self.derive("session", id))
    }

    /// The first and only block of HKDF-Expand with SHA-256 (RFC 5869 section 2.3). The extraction is left out, as section
    /// 3.3 allows for a key that is random already.
    fn derive(&self, kind: &str, id: &str) -> AtRestSecret {
        let mut mac = self.0.clone();
        for part in ["hybrid-cache at rest, ", kind, " ", id, "\x01"] {
            mac.update(part.as_bytes());
        }
        AtRestSecret(URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }
}

/// Does not tell the key.
impl fmt::Debug for AtRestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AtRestKey(..)")
    }
}

/// What the page of one user, or of one session, gives to `encryption()`: 256 bits, as 43 characters of the base64url
/// alphabet.
#[derive(Clone, PartialEq, Eq)]
pub struct AtRestSecret(String);

impl AtRestSecret {
    /// The characters, for the answer that tells the page who is signed in.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Does not tell the secret.
impl fmt::Debug for AtRestSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AtRestSecret(..)")
    }
}

/// A key that is too short for an [`AtRestKey`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AtRestKeyTooShort {
    length: usize,
}

impl fmt::Display for AtRestKeyTooShort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the key for secrets of encryption at rest has {} bytes, fewer than {}: give it random bytes that stay the \
             same across restarts, `openssl rand -base64 32` prints some",
            self.length,
            AtRestKey::MIN_LENGTH
        )
    }
}

impl std::error::Error for AtRestKeyTooShort {}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first of the vectors is what this prints, in hexadecimal digits:
    /// `openssl kdf -keylen 32 -kdfopt digest:SHA256 -kdfopt mode:EXPAND_ONLY -kdfopt key:0123456789abcdef0123456789abcdef
    /// -kdfopt 'info:hybrid-cache at rest, user 42' HKDF`.
    #[test]
    fn is_the_hkdf_that_other_servers_use() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../hybrid-cache-contract/vectors.json")).unwrap();
        let cases = vectors["atRestSecretOf"].as_array().unwrap();
        assert!(!cases.is_empty());
        for case in cases {
            let key = AtRestKey::new(case["key"].as_str().unwrap().as_bytes()).unwrap();
            let secret = match case["user"].as_str() {
                Some(id) => key.secret_of_user(&User::new(id).unwrap()),
                None => key.secret_of_session(case["session"].as_str().unwrap()).unwrap(),
            };
            assert_eq!(secret.as_str(), case["out"], "{case}");
        }
    }

    #[test]
    fn what_is_no_key_and_no_session_is_refused() {
        let error = AtRestKey::new(&[7; 31]).unwrap_err().to_string();
        assert!(error.contains("31 bytes, fewer than 32") && error.contains("openssl rand"), "{error}");
        assert_eq!(AtRestKey::new(&[7; 32]).unwrap().secret_of_session(""), None);
    }

    #[test]
    fn debug_keeps_both_out_of_logs() {
        let key = AtRestKey::new(&[b'k'; 32]).unwrap();
        let secret = key.secret_of_user(&User::new("alice").unwrap());
        assert_eq!(format!("{key:?} {secret:?}"), "AtRestKey(..) AtRestSecret(..)");
    }
}
