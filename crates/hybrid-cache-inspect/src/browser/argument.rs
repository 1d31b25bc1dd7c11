//! Reading what JavaScript passes: strictly, and with errors that help.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

/// The argument of an export: an object of named fields.
pub(super) struct Argument {
    export: &'static str,
    fields: Option<Object>,
}

/// A failure that names the export.
pub(super) fn wrong(export: &str, what: &str) -> JsError {
    JsError::new(&format!("hybrid-cache: {export}: {what}"))
}

/// What a value is, for an error.
pub(super) fn describe(value: &JsValue) -> String {
    let kind = value.js_typeof().as_string().unwrap_or_default();
    if value.is_null() {
        "null".into()
    } else if let Some(text) = value.as_string() {
        format!("the string \"{}\"", text.chars().take(60).collect::<String>())
    } else if let Some(number) = value.as_f64() {
        format!("the number {number}")
    } else if let Some(flag) = value.as_bool() {
        flag.to_string()
    } else if js_sys::Array::is_array(value) {
        "an array".into()
    } else {
        format!("of type {kind}")
    }
}

impl Argument {
    /// Takes the argument of `export`; nothing at all counts as an object without fields.
    pub(super) fn new(export: &'static str, value: &JsValue, accepted: &[&str]) -> Result<Self, JsError> {
        if value.is_undefined() || value.is_null() {
            return Ok(Self { export, fields: None });
        }
        let fields = match value.dyn_ref::<Object>() {
            Some(object) if !js_sys::Array::is_array(value) && !value.is_function() => object.clone(),
            _ => {
                let list = accepted.join(", ");
                return Err(wrong(
                    export,
                    &format!("the argument is {}; expected an object with fields of: {list}", describe(value)),
                ));
            }
        };
        for name in Object::keys(&fields).iter().filter_map(|name| name.as_string()) {
            if !accepted.contains(&name.as_str()) {
                return Err(wrong(
                    export,
                    &format!("there is no field \"{name}\"; accepted are: {}", accepted.join(", ")),
                ));
            }
        }
        Ok(Self { export, fields: Some(fields) })
    }

    /// A field; `None` when it is missing, `undefined` or `null`.
    pub(super) fn get(&self, name: &str) -> Result<Option<JsValue>, JsError> {
        let Some(fields) = &self.fields else { return Ok(None) };
        let value = Reflect::get(fields, &name.into())
            .map_err(|_| wrong(self.export, &format!("the field \"{name}\" cannot be read: its getter throws")))?;
        Ok((!value.is_undefined() && !value.is_null()).then_some(value))
    }

    /// A failure about a field.
    pub(super) fn refuse(&self, name: &str, value: &JsValue, expected: &str) -> JsError {
        wrong(self.export, &format!("\"{name}\" is {}; expected {expected}", describe(value)))
    }

    /// A string that is not empty.
    pub(super) fn text(&self, name: &str, expected: &str) -> Result<Option<String>, JsError> {
        match self.get(name)? {
            None => Ok(None),
            Some(value) => match value.as_string() {
                Some(text) if !text.is_empty() => Ok(Some(text)),
                _ => Err(self.refuse(name, &value, expected)),
            },
        }
    }

    /// A string that must be there.
    pub(super) fn required(&self, name: &str, expected: &str) -> Result<String, JsError> {
        self.text(name, expected)?
            .ok_or_else(|| wrong(self.export, &format!("\"{name}\" is missing; expected {expected}")))
    }

    /// A boolean; `false` when missing.
    pub(super) fn flag(&self, name: &str) -> Result<bool, JsError> {
        match self.get(name)? {
            None => Ok(false),
            Some(value) => value.as_bool().ok_or_else(|| self.refuse(name, &value, "true or false")),
        }
    }

    /// A finite number from 0 up.
    pub(super) fn number(&self, name: &str, expected: &str) -> Result<Option<f64>, JsError> {
        match self.get(name)? {
            None => Ok(None),
            Some(value) => match value.as_f64() {
                Some(number) if number >= 0.0 && number.is_finite() => Ok(Some(number)),
                _ => Err(self.refuse(name, &value, expected)),
            },
        }
    }

    /// The field `now`, or the clock.
    pub(super) fn now(&self) -> Result<f64, JsError> {
        Ok(self
            .number("now", "milliseconds since the epoch, as Date.now() gives them")?
            .unwrap_or_else(js_sys::Date::now))
    }

    /// A user's name.
    pub(super) fn user(&self) -> Result<Option<String>, JsError> {
        self.text("user", "the user's name, a string that is not empty")
    }

    /// A server's origin.
    pub(super) fn server(&self) -> Result<Option<String>, JsError> {
        const EXPECTED: &str = "an origin, such as \"https://api.example\"";
        match self.text("server", EXPECTED)? {
            None => Ok(None),
            Some(text) => match web_sys::Url::new(&text) {
                Ok(url) if url.origin() == text => Ok(Some(text)),
                _ => Err(self.refuse("server", &text.into(), EXPECTED)),
            },
        }
    }

    /// An absolute URL, without its fragment.
    pub(super) fn url(&self) -> Result<Option<web_sys::Url>, JsError> {
        const EXPECTED: &str = "an absolute URL, such as \"https://api.example/invoices/\"";
        match self.text("url", EXPECTED)? {
            None => Ok(None),
            Some(text) => match web_sys::Url::new(&text) {
                Ok(url) if matches!(url.protocol().as_str(), "http:" | "https:") => {
                    url.set_hash("");
                    Ok(Some(url))
                }
                _ => Err(self.refuse("url", &text.into(), EXPECTED)),
            },
        }
    }
}
