//! The user behind a request, as the layer understood it.

use std::sync::Arc;

use crate::{Bumped, PendingBump, Scope, User, Versions, stamp::Visit};

/// What [`HybridCacheLayer`](crate::HybridCacheLayer) puts among the extensions of every request it passes on.
///
/// With the feature `control`, handlers of axum may take [`SignedIn`](crate::SignedIn) as an argument instead.
#[derive(Clone, Debug)]
pub struct Caller(pub(crate) Arc<Visit>);

impl Caller {
    /// The user; `None` for an anonymous request.
    pub fn user(&self) -> Option<&User> {
        self.0.user.as_ref().map(|(user, _)| user)
    }

    /// The user's scope.
    pub fn scope(&self) -> Option<&Scope> {
        self.0.user.as_ref().map(|(_, scope)| scope)
    }

    /// The versions the layer stamps with.
    pub fn versions(&self) -> &Versions {
        &self.0.setup.versions
    }

    /// [`Versions::bump`] of this user; `None` for an anonymous request.
    pub async fn bump(&self) -> Option<Bumped> {
        Some(self.versions().bump(self.user()?).await)
    }

    /// [`Versions::pending_bump`] of this user; `None` for an anonymous request.
    pub fn pending_bump(&self) -> Option<PendingBump> {
        Some(self.versions().pending_bump(self.user()?))
    }
}
