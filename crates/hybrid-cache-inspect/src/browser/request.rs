//! One GET, as the application would make it, for its headers.

use gloo_net::http::{Headers, Request};
use hybrid_cache_contract::RawHeaders;
use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, RequestCredentials};

use super::{argument::Argument, deadline::Timer, page};
use crate::{
    diagnosis::{Check, contract},
    phrase,
};

/// How long the server may take, in milliseconds.
const PATIENCE: u32 = 6_000;

/// What is to be asked.
pub(super) struct Asked {
    url: web_sys::Url,
    headers: Headers,
    credentials: RequestCredentials,
}

impl Asked {
    /// Reads the fields `url`, `headers` and `credentials`; `None` without a URL.
    pub(super) fn read(argument: &Argument) -> Result<Option<Self>, JsError> {
        const WORDS: &str = "\"omit\", \"same-origin\" or \"include\"";
        let credentials = match argument.text("credentials", WORDS)?.as_deref() {
            None | Some("same-origin") => RequestCredentials::SameOrigin,
            Some("omit") => RequestCredentials::Omit,
            Some("include") => RequestCredentials::Include,
            Some(other) => return Err(argument.refuse("credentials", &other.into(), WORDS)),
        };
        let headers = headers(argument)?;
        Ok(argument.url()?.map(|url| Self { url, headers, credentials }))
    }

    /// The URL's origin.
    pub(super) fn origin(&self) -> String {
        self.url.origin()
    }

    /// Asks, and judges what comes.
    pub(super) async fn checks(self, setting: &contract::Setting) -> Vec<Check> {
        let url = self.url.href();
        let cross_origin = self.origin() != page::origin();
        let response = match self.send(&url).await {
            Ok(response) => response,
            Err(reason) => return vec![unanswered(&url, &reason, cross_origin)],
        };
        let headers = response.headers();
        let values: [Option<String>; 9] = RawHeaders::NAMES.map(|name| headers.get(name));
        let vary = headers.get("Vary");
        let reply = contract::Reply {
            url: &url,
            status: response.status(),
            cross_origin: cross_origin || response.type_() == web_sys::ResponseType::Cors,
            raw: values.each_ref().map(Option::as_deref).into(),
            vary: vary.as_deref(),
        };
        contract::checks(&reply, setting)
    }

    /// Headers only: the body is not waited for.
    async fn send(self, url: &str) -> Result<gloo_net::http::Response, String> {
        let controller = AbortController::new().map_err(|error| page::thrown(&error))?;
        let signal = controller.signal();
        let gives_up = controller.clone();
        let timer = Timer::new(PATIENCE, move || gives_up.abort());
        let response = Request::get(url)
            .headers(self.headers)
            .credentials(self.credentials)
            .abort_signal(Some(&signal))
            .send()
            .await
            .map_err(|error| {
                if signal.aborted() {
                    format!("no answer within {}", phrase::duration(f64::from(PATIENCE)))
                } else {
                    error.to_string()
                }
            });
        drop(timer);
        if response.is_ok() {
            controller.abort();
        }
        response
    }
}

fn unanswered(url: &str, reason: &str, cross_origin: bool) -> Check {
    let cure = if cross_origin {
        "Open the URL in a tab to see whether the server answers. If it does, it must allow this page's origin \
         (Access-Control-Allow-Origin, and for credentials Access-Control-Allow-Credentials: true), and this page's \
         Content-Security-Policy must allow the URL in connect-src."
    } else {
        "Open the URL in a tab to see whether the server answers; the browser's network panel says more."
    };
    Check::failed("request", format!("GET {url} failed: {reason}"), cure)
}

/// Reads the field `headers`.
fn headers(argument: &Argument) -> Result<Headers, JsError> {
    const EXPECTED: &str = "an object of request header names and string values";
    let raw = web_sys::Headers::new().map_err(|_| JsError::new("hybrid-cache: this browser has no Headers"))?;
    if let Some(value) = argument.get("headers")? {
        let object = value.dyn_ref::<Object>().filter(|_| !js_sys::Array::is_array(&value));
        let object = object.ok_or_else(|| argument.refuse("headers", &value, EXPECTED))?;
        for name in Object::keys(object).iter().filter_map(|name| name.as_string()) {
            let field = Reflect::get(object, &name.as_str().into()).unwrap_or_default();
            let set = field.as_string().map(|text| raw.set(&name, &text));
            if !matches!(set, Some(Ok(()))) {
                return Err(argument.refuse(
                    &format!("headers.{name}"),
                    &field,
                    "a name and a string that HTTP allows",
                ));
            }
        }
    }
    Ok(Headers::from_raw(raw))
}
