//! Which pages may use the control API.
//!
//! 1. `Sec-Fetch-Site: same-origin` or `none` (typed by the user): allowed.
//! 2. An `Origin` that is on the list: allowed.
//! 3. Any other `Sec-Fetch-Site`: refused.
//! 4. An `Origin` whose host and port are those of `Host`: allowed; another one, `null` included: refused.
//! 5. Neither field: allowed. That is no browser, and nothing acts on its user's behalf without being told to.

use axum::http::{HeaderMap, Uri, header};
use hybrid_cache_contract::control::ErrorCode;

use super::Problem;

#[derive(Clone, Debug, Default)]
pub(super) struct Origins {
    allowed: Vec<String>,
}

impl Origins {
    pub(super) fn allow(&mut self, origin: &str) {
        self.allowed.push(origin.trim_end_matches('/').to_ascii_lowercase());
    }

    pub(super) fn check(&self, headers: &HeaderMap, uri: &Uri) -> Result<(), Problem> {
        let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
        let (site, origin) = (text("sec-fetch-site"), text("origin"));
        let listed = origin.as_ref().is_some_and(|origin| self.allowed.contains(origin));
        let allowed = match (site.as_deref(), &origin) {
            (Some("same-origin" | "none"), _) => true,
            _ if listed => true,
            (Some(_), _) => false,
            (None, Some(origin)) => {
                let host = text(header::HOST.as_str()).or_else(|| uri.authority().map(|host| host.as_str().into()));
                origin.split_once("://").is_some_and(|(_, authority)| Some(authority) == host.as_deref())
            }
            (None, None) => true,
        };
        if allowed {
            Ok(())
        } else {
            Err(Problem::new(ErrorCode::CrossOrigin, "only pages of this server's own origin may do this"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(fields: &[(&'static str, &'static str)]) -> bool {
        let mut origins = Origins::default();
        origins.allow("https://App.example/");
        let headers =
            fields.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect::<HeaderMap>();
        origins.check(&headers, &Uri::from_static("/")).is_ok()
    }

    #[test]
    fn each_rule_in_turn() {
        assert!(check(&[("sec-fetch-site", "same-origin"), ("origin", "https://a.example"), ("host", "b.example")]));
        assert!(check(&[("sec-fetch-site", "none")]));
        assert!(check(&[("sec-fetch-site", "cross-site"), ("origin", "https://app.example")]));
        assert!(!check(&[("sec-fetch-site", "cross-site")]));
        assert!(!check(&[("sec-fetch-site", "same-site"), ("origin", "https://x.b.example"), ("host", "b.example")]));
        assert!(check(&[("origin", "http://127.0.0.1:4780"), ("host", "127.0.0.1:4780")]));
        assert!(!check(&[("origin", "http://127.0.0.1:4781"), ("host", "127.0.0.1:4780")]));
        assert!(!check(&[("origin", "null"), ("host", "127.0.0.1:4780")]));
        assert!(check(&[]));
    }
}
