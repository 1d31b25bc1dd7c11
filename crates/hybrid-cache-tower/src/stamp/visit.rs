use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, request::Parts};
use hybrid_cache_contract::{CacheVersion, header::VERSION_LOWER};

use super::headers::{Defaults, Stamp};
use crate::{
    ResponseRule, Scope, ScopeSecret, User, Versions,
    budget::{Budget, HasLeft, Left},
    versions::Reading,
};

/// What is the same for every request.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) versions: Versions,
    pub(super) secret: ScopeSecret,
    pub(super) defaults: Defaults,
}

/// What is known about a request before its handler runs; kept once for all who need it while it is answered.
#[derive(Debug)]
pub(crate) struct Visit {
    pub(crate) user: Option<(User, Scope)>,
    pub(crate) setup: Arc<Setup>,
    pub(super) safe: bool,
    pub(super) echo: Option<CacheVersion>,
    cross_origin: bool,
    /// Is it a request whose response carries a policy?
    has_policy: bool,
    /// Somebody has authenticated it, and yet there is no user.
    pub(super) unidentified: bool,
    rule: Option<ResponseRule>,
    left: Left,
}

impl Visit {
    pub(super) fn new(setup: &Arc<Setup>, request: &Parts, user: Option<User>) -> Self {
        let user = user.map(|user| {
            let scope = setup.secret.scope(&user);
            (user, scope)
        });
        let fields = Fields::among(&request.headers);
        Self {
            safe: request.method.is_safe(),
            echo: fields.echo,
            cross_origin: fields.origin,
            has_policy: matches!(request.method, Method::GET | Method::HEAD),
            unidentified: user.is_none() && fields.authorization,
            rule: request.extensions.get::<ResponseRule>().copied(),
            left: Left::new(setup.versions.request_budget()),
            setup: setup.clone(),
            user,
        }
    }

    pub(super) fn budget(self: &Arc<Self>) -> Budget {
        Budget::kept_in(self.clone())
    }

    /// The response's own rule, else the one that came with the request.
    pub(super) fn rule_of<B>(&self, response: &Response<B>) -> Option<ResponseRule> {
        response.extensions().get::<ResponseRule>().copied().or(self.rule)
    }

    pub(super) fn stamp<B>(&self, mut response: Response<B>, reading: Reading) -> Response<B> {
        let Some((user, scope)) = &self.user else { return response };
        // A bump may have failed since the version was read.
        let reading = if self.setup.versions.owes(user) { Reading::Owed } else { reading };
        let rule = self.rule_of(&response);
        let stamp = Stamp {
            reading,
            scope,
            policy: rule.and_then(|rule| rule.store_policy()),
            has_policy: self.has_policy,
            is_usual: response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED,
            cross_origin: self.cross_origin,
        };
        stamp.write(response.headers_mut(), &self.setup.defaults, self.setup.versions.counters());
        response
    }
}

impl HasLeft for Visit {
    fn time_left(&self) -> &Left {
        &self.left
    }
}

/// What a request says that matters here, found in one pass, which costs less than looking for each.
#[derive(Default)]
struct Fields {
    /// The version the browser says it knows (H3); `None` unless there is exactly one, and valid.
    echo: Option<CacheVersion>,
    origin: bool,
    authorization: bool,
}

impl Fields {
    fn among(headers: &HeaderMap) -> Self {
        let mut found = Self::default();
        for name in headers.keys() {
            match name.as_str() {
                VERSION_LOWER => found.echo = echoed_version(headers.get_all(name).iter()),
                "origin" => found.origin = true,
                "authorization" => found.authorization = true,
                _ => {}
            }
        }
        found
    }
}

fn echoed_version<'a>(mut values: impl Iterator<Item = &'a HeaderValue>) -> Option<CacheVersion> {
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    CacheVersion::parse(value.to_str().ok()?).ok()
}
