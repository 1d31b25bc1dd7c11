//! What an operator should know about the Redis.

use std::sync::Arc;

use ::redis::Value;

use super::{failure, link::Link};
use crate::store::{Finding, StoreError};

pub(super) async fn examine(link: &Arc<Link>) -> Result<Vec<Finding>, StoreError> {
    let session = link.session_anew().await?;
    let mut wire = session.wire;
    let pong: Value = ::redis::cmd("PING").query_async(&mut wire).await.map_err(failure)?;
    if let Value::ServerError(error) = pong {
        return Err(StoreError::Unreachable(error.to_string()));
    }
    // Not every account may use INFO; then nothing is known about the policy.
    let memory = ::redis::cmd("INFO").arg("memory").query_async::<Value>(&mut wire).await;
    let memory = memory.map(|memory| text_of(&memory)).unwrap_or_default();
    let mut findings: Vec<_> = eviction_finding(&memory).into_iter().collect();
    if let Some(why) = session.deaf.filter(|_| link.config.server.is_one()) {
        findings.push(Finding {
            problem: format!("Redis does not tell of changes, so that every response asks it ({why})"),
            cure: "Use Redis 6 or later, and an account that may use CLIENT TRACKING".into(),
        });
    }
    Ok(findings)
}

pub(super) fn cure(link: &Link, error: &StoreError) -> String {
    match error {
        StoreError::Unreachable(_) | StoreError::Resting => {
            format!("Start Redis at {}, or correct REDIS_URL", link.config.location())
        }
        StoreError::TooSlow(_) => {
            "See whether Redis is stopped or overloaded: redis-cli --latency, redis-cli SLOWLOG GET".into()
        }
        StoreError::NotAVersion => format!(
            "List the keys with redis-cli --scan --pattern '{}' and DEL those that hold no positive integer: their \
             counters start anew from the clock",
            link.keys.version_pattern()
        ),
    }
}

fn text_of(value: &Value) -> String {
    match value {
        Value::BulkString(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::VerbatimString { text, .. } => text.clone(),
        _ => String::new(),
    }
}

/// `allkeys-*` evicts version keys, which have no time to live, along with everything else.
fn eviction_finding(memory: &str) -> Option<Finding> {
    let policy = memory.lines().find_map(|line| line.strip_prefix("maxmemory_policy:"))?.trim();
    let bounded = memory.lines().find_map(|line| line.strip_prefix("maxmemory:"))?.trim() != "0";
    (bounded && policy.starts_with("allkeys-")).then(|| Finding {
        problem: format!("Redis evicts version keys when its memory is full (maxmemory-policy {policy})"),
        cure: "Set maxmemory-policy to volatile-lru, which spares keys without a time to live".into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_eviction_policy_matters_only_where_memory_is_bounded() {
        assert!(eviction_finding("maxmemory:8388608\r\nmaxmemory_policy:allkeys-lru\r\n").is_some());
        assert!(eviction_finding("maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n").is_none());
        assert!(eviction_finding("maxmemory:8388608\r\nmaxmemory_policy:volatile-lru\r\n").is_none());
    }
}
