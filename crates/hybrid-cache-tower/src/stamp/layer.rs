use std::sync::Arc;

use hybrid_cache_contract::StorePolicy;
use tower_layer::Layer;

use super::{headers::Defaults, service::HybridCache, visit::Setup};
use crate::{ExtensionUser, ScopeSecret, UserOf, Versions};

/// Stamps every response of an authenticated user with what the browser's cache needs to know.
///
/// See the [module](crate::stamp) for what it does, where it belongs, and examples.
#[derive(Clone, Debug)]
pub struct HybridCacheLayer<U = ExtensionUser> {
    versions: Versions,
    secret: ScopeSecret,
    user_of: U,
    defaults: Defaults,
}

impl HybridCacheLayer {
    /// Stamps with these versions, and with scopes under this secret. The user is the [`User`](crate::User) among the
    /// request's extensions.
    pub fn new(versions: Versions, secret: ScopeSecret) -> Self {
        Self { versions, secret, user_of: ExtensionUser, defaults: Defaults::default() }
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
        self.defaults = Defaults::new(policy);
        self
    }
}

impl<S, U: UserOf> Layer<S> for HybridCacheLayer<U> {
    type Service = HybridCache<S, U>;

    fn layer(&self, inner: S) -> Self::Service {
        let Self { versions, secret, user_of, defaults } = self.clone();
        HybridCache { inner, user_of, setup: Arc::new(Setup { versions, secret, defaults }) }
    }
}
