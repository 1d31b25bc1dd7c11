//! Who is behind a request: the host application says, nobody else (H7).
//!
//! By default the layer looks for a [`User`] among the request's extensions, where the application's authentication
//! has put it:
//!
//! ```
//! use hybrid_cache_tower::{ExtensionUser, User, UserOf};
//!
//! let mut request = http::Request::new(());
//! request.extensions_mut().insert(User::new("42").unwrap());
//! let (parts, ()) = request.into_parts();
//! assert_eq!(ExtensionUser.user_of(&parts).unwrap().as_str(), "42");
//! ```
//!
//! An application that keeps a type of its own there gives a function:
//!
//! ```
//! use hybrid_cache_tower::{User, UserOf};
//!
//! #[derive(Clone)]
//! struct Account { number: u64 }
//!
//! let user_of = |parts: &http::request::Parts| {
//!     let account = parts.extensions.get::<Account>()?;
//!     User::new(&account.number.to_string()).ok()
//! };
//!
//! let mut request = http::Request::new(());
//! request.extensions_mut().insert(Account { number: 7 });
//! let (parts, ()) = request.into_parts();
//! assert_eq!(user_of.user_of(&parts).unwrap().as_str(), "7");
//! ```

use std::{
    collections::HashMap,
    fmt,
    hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState},
    sync::{Arc, LazyLock},
};

use http::request::Parts;
use hybrid_cache_contract::{InvalidUserId, UserId};

/// An authenticated user of the host application: 1 to 64 characters out of ASCII letters, digits, `_` and `-`; and
/// perhaps the tenant the user belongs to.
///
/// The owned form of [`UserId`], cheap to clone. An id of another shape (an e-mail address, say) is to be mapped to one
/// of this shape first, for example to the primary key of its row.
#[derive(Clone)]
pub struct User {
    id: Arc<str>,
    /// Every map of users wants it.
    hash: u64,
    tenant: Option<Tenant>,
}

impl User {
    /// Checks an id.
    ///
    /// # Errors
    ///
    /// An empty id, more than 64 characters, or a character outside `[A-Za-z0-9_-]`.
    pub fn new(id: &str) -> Result<Self, InvalidUserId> {
        static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);
        let id = UserId::parse(id)?.as_str();
        Ok(Self { id: id.into(), hash: HASHER.hash_one(id), tenant: None })
    }

    /// The same user, as one of this tenant, whose counter is then a part of the user's version (H5a). To be said on
    /// every request of the user, or on none; a user who moves is told to
    /// [`Versions::move_user`](crate::Versions::move_user).
    ///
    /// ```
    /// use hybrid_cache_tower::{Tenant, User};
    ///
    /// let alice = User::new("alice").unwrap().in_tenant(Tenant::new("acme").unwrap());
    /// assert_eq!(alice.tenant().unwrap().as_str(), "acme");
    /// // The tenant is no part of who she is.
    /// assert_eq!(alice, User::new("alice").unwrap());
    /// ```
    #[must_use]
    pub fn in_tenant(self, tenant: Tenant) -> Self {
        Self { tenant: Some(tenant), ..self }
    }

    /// The tenant the user belongs to.
    pub fn tenant(&self) -> Option<&Tenant> {
        self.tenant.as_ref()
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.id
    }

    /// The id as the contract's Redis keys take it.
    pub fn id(&self) -> UserId<'_> {
        UserId::parse(&self.id).expect("the id was checked when the user was made")
    }
}

/// By the id alone.
impl PartialEq for User {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash && self.id == other.id
    }
}

impl Eq for User {}

/// By the id alone.
impl Hash for User {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// A map from users. A user's hash is not hashed once more: it is keyed at random already.
pub(crate) type UserMap<T> = HashMap<User, T, BuildHasherDefault<AsHashed>>;

/// Which of so many parts of the users one belongs to. Not by the bits that a map goes by.
pub(crate) const fn shard_of(user: &User, shards: usize) -> usize {
    (user.hash >> 40) as usize % shards
}

/// Answers the hash that it is given.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AsHashed(u64);

impl Hasher for AsHashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    /// Nothing but a user's hash is written.
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
}

/// Does not tell the id: users do not belong in logs.
impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("User(..)")
    }
}

/// A group of users whose cached responses can be invalidated together (H5a). The id has the form of a user's.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Tenant(Arc<str>);

impl Tenant {
    /// Checks an id.
    ///
    /// # Errors
    ///
    /// As [`User::new`].
    pub fn new(id: &str) -> Result<Self, InvalidUserId> {
        UserId::parse(id).map(|id| Self(id.as_str().into()))
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Does not tell the id.
impl fmt::Debug for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tenant(..)")
    }
}

/// Tells the user behind a request.
///
/// Must go by what the application's own authentication has established, such as a request extension it has set; never
/// by a header or parameter that the client is free to choose. `None` means anonymous: nothing is stamped.
///
/// Implemented for functions `Fn(&Parts) -> Option<User>`.
pub trait UserOf: Clone + Send + Sync + 'static {
    /// The user behind this request.
    fn user_of(&self, request: &Parts) -> Option<User>;
}

impl<F> UserOf for F
where
    F: Fn(&Parts) -> Option<User> + Clone + Send + Sync + 'static,
{
    fn user_of(&self, request: &Parts) -> Option<User> {
        self(request)
    }
}

/// The default [`UserOf`]: the [`User`] among the request's extensions.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExtensionUser;

impl UserOf for ExtensionUser {
    fn user_of(&self, request: &Parts) -> Option<User> {
        request.extensions.get::<User>().cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_that_could_forge_a_key_are_refused() {
        for id in ["", "a:b", "*", "a b", "a\n", "{a}", "ä", &"x".repeat(65), &"x".repeat(1 << 20)] {
            assert!(User::new(id).is_err(), "{} characters beginning with {:?}", id.len(), id.chars().next());
        }
        assert_eq!(User::new(&"x".repeat(64)).unwrap().id().as_str().len(), 64);
    }

    #[test]
    fn debug_keeps_the_id_out_of_logs() {
        assert_eq!(format!("{:?}", User::new("alice").unwrap()), "User(..)");
    }
}
