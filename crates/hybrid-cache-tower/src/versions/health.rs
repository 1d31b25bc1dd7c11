//! How the store is, for operators.

#[cfg(feature = "control")]
use hybrid_cache_contract::control;

use super::Versions;
#[cfg(feature = "control")]
use crate::{Reading, User};
use crate::{budget::Budget, store::StoreError};

/// What [`Versions::health`] has found: nothing, or what should be mended. Either way requests are answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HealthReport {
    /// What is the matter, the gravest first.
    pub warnings: Vec<HealthWarning>,
}

/// Something that keeps the cache from working fully.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthWarning {
    /// For programs: `store_down`, `store_slow`, `bumps_waiting`, `not_a_version` or `store_setup`.
    pub code: &'static str,
    /// What is the matter, in one sentence.
    pub problem: String,
    /// What to do about it, in one sentence.
    pub cure: String,
}

impl Versions {
    /// Looks at the store. Waits for it no longer than one request may, and not at all while it is resting.
    pub async fn health(&self) -> HealthReport {
        let inner = &self.inner;
        let budget = Budget::new(inner.limits.request_budget);
        let mut warnings = Vec::new();
        match inner.ask(&budget, inner.store.examine()).await {
            Ok(findings) => {
                warnings.extend(self.garbage_warning(&budget).await);
                warnings.extend(findings.into_iter().map(|finding| HealthWarning {
                    code: "store_setup",
                    problem: finding.problem,
                    cure: finding.cure,
                }));
            }
            Err(error) => {
                let error = inner.breaker.last_failure().unwrap_or(error);
                let code = if matches!(error, StoreError::TooSlow(_)) { "store_slow" } else { "store_down" };
                let problem = format!("No cache version is stamped: {error}");
                warnings.push(HealthWarning { code, problem, cure: inner.store.cure(&error) });
            }
        }
        let waiting = inner.outbox.len();
        if waiting > 0 {
            let because = inner.breaker.last_failure().map(|error| format!(" ({error})")).unwrap_or_default();
            warnings.push(HealthWarning {
                code: "bumps_waiting",
                problem: format!("{waiting} bumped versions wait to be recorded{because}; their users are not cached"),
                cure: "Nothing, once the store can be written to again; until then do not end this process".into(),
            });
        }
        HealthReport { warnings }
    }

    /// Reads again what was found not to be a version; forgets what is one now.
    async fn garbage_warning(&self, budget: &Budget) -> Option<HealthWarning> {
        let inner = &self.inner;
        let mut found = 0;
        for user in inner.garbage.list() {
            match inner.ask(budget, inner.store.read(&user)).await {
                Ok(_) => inner.garbage.forget(&user),
                Err(_) => found += 1,
            }
        }
        (found > 0).then(|| HealthWarning {
            code: "not_a_version",
            problem: format!("At least {found} users have something that is no version in the store"),
            cure: inner.store.cure(&StoreError::NotAVersion),
        })
    }

    /// The store's health as the control API's JSON tells it to a user.
    #[cfg(feature = "control")]
    pub(crate) fn health_for(&self, user: &User, reading: Reading) -> control::Health {
        let inner = &self.inner;
        let garbage = || inner.garbage.list().contains(user);
        if inner.breaker.is_open() || reading == Reading::Unknown && !garbage() {
            control::Health::Down
        } else if !inner.outbox.is_empty() {
            control::Health::Degraded
        } else {
            control::Health::Ok
        }
    }
}
