use axum::{extract::FromRequestParts, http::request::Parts};
use hybrid_cache_contract::control::ErrorCode;

use super::Problem;
use crate::{Bumped, Caller, PendingBump, Scope, User, Versions};

/// The user behind a request, as an argument of a handler inside the layer.
///
/// An anonymous request is refused with 401, a router outside the layer with 500; both as a [`Problem`]. To allow
/// anonymous requests take an `Extension<Caller>` instead.
#[derive(Clone, Debug)]
pub struct SignedIn {
    versions: Versions,
    user: User,
    scope: Scope,
}

impl SignedIn {
    /// The user.
    pub fn user(&self) -> &User {
        &self.user
    }

    /// The user's scope, as `X-Cache-Scope` says it.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    /// [`Versions::bump`] of this user.
    pub async fn bump(&self) -> Bumped {
        self.versions.bump(&self.user).await
    }

    /// [`Versions::pending_bump`] of this user.
    pub fn pending_bump(&self) -> PendingBump {
        self.versions.pending_bump(&self.user)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller = parts.extensions.get::<Caller>().ok_or_else(|| {
            Problem::new(ErrorCode::Misconfigured, "this route is not inside HybridCacheLayer: add the layer around it")
        })?;
        let (user, scope) = caller
            .0
            .user
            .clone()
            .ok_or_else(|| Problem::new(ErrorCode::Unauthenticated, "no user is signed in: authenticate first"))?;
        Ok(Self { versions: caller.versions().clone(), user, scope })
    }
}
