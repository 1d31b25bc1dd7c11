use std::sync::Arc;

use hybrid_cache_contract::StorePolicy;
use tower_layer::Layer;

use super::{headers::Defaults, service::HybridCache};
use crate::{ExtensionUser, ScopeSecret, UserOf, Versions};

/// Stamps every response of an authenticated user with what the browser's cache needs to know.
///
/// See the [module](crate::stamp) for what it does, where it belongs, and examples.
#[derive(Clone, Debug)]
pub struct HybridCacheLayer<U = ExtensionUser> {
    versions: Versions,
    secret: ScopeSecret,
    user_of: U,
    defaults: Arc<Defaults>,
}

impl HybridCacheLayer {
    /// Stamps with these versions, and with scopes under this secret. The user is the [`User`](crate::User) among the
    /// request's extensions.
    pub fn new(versions: Versions, secret: ScopeSecret) -> Self {
        Self { versions, secret, user_of: ExtensionUser, defaults: Arc::default() }
    }
}

impl<U> HybridCacheLayer<U> {
    /// Finds the user in another way. Must not go by what a client may choose (H7).
    pub fn user_of<V: UserOf>(self, user_of: V) -> HybridCacheLayer<V> {
        HybridCacheLayer { versions: self.versions, secret: self.secret, user_of, defaults: self.defaults }
    }

    /// The policy of responses whose route has no rule of its own. Default: none, and then a browser stores only what
    /// the application's rules name.
    pub fn policy(mut self, policy: StorePolicy) -> Self {
        self.defaults = Arc::new(Defaults::new(policy));
        self
    }
}

impl<S, U: UserOf> Layer<S> for HybridCacheLayer<U> {
    type Service = HybridCache<S, U>;

    fn layer(&self, inner: S) -> Self::Service {
        HybridCache {
            inner,
            versions: self.versions.clone(),
            secret: self.secret.clone(),
            user_of: self.user_of.clone(),
            defaults: self.defaults.clone(),
        }
    }
}
