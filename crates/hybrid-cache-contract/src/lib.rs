//! What a hybrid-cache server and a hybrid-cache browser say to each other: header names, strict parsers, writers,
//! Redis key names and the control API's JSON.
//!
//! The contract itself, in words and numbered, is `docs/contract.md`. `vectors.json` beside this crate's manifest lists
//! header texts and what they mean; tests in Rust, JavaScript and Python read the same file.
//!
//! # What does this crate not do?
//!
//! It decides nothing: whether a response may be stored or served is `hybrid-cache-core`'s business. It reads no clock,
//! speaks no HTTP and stores nothing. It is `no_std`, has no dependency unless a feature asks for one, and its parsers
//! borrow from the text they are given.
//!
//! # How it reads
//!
//! Strictly. A field value is taken exactly as HTTP delivers it: the blanks around it are not part of it (RFC 9110
//! section 5.5) and are not removed here a second time. Several field lines of one name arrive joined by a comma, so a
//! repeated `X-Cache-Version` is two values, and two values are no version. What is not valid is treated as not there,
//! and [`ResponseStamp`] tells that it was.
//!
//! # Features
//!
//! | feature | adds | dependency |
//! |---|---|---|
//! | none (default) | names, parsers, writers, Redis keys | none |
//! | `alloc` | `groups::to_header_value` | none |
//! | `serde` | the control API's JSON types (module `control`), serde for [`CacheVersion`], `Serialize` for [`ResponseStamp`]; implies `alloc` | serde |
//!
//! # Example
//!
//! ```
//! use hybrid_cache_contract::{CacheVersion, RawHeaders, ResponseStamp, VersionField};
//!
//! let stamp = ResponseStamp::parse(&RawHeaders {
//!     version: Some("1795468600642001"),
//!     policy: Some("max-age=300, stale-while-revalidate=60"),
//!     ..RawHeaders::default()
//! });
//! assert_eq!(stamp.version, VersionField::Known(CacheVersion::new(1_795_468_600_642_001).unwrap()));
//! assert_eq!(stamp.policy.unwrap().max_age, Some(300));
//!
//! let stamp = ResponseStamp::parse(&RawHeaders { version: Some("1, 2"), ..RawHeaders::default() });
//! assert_eq!(stamp.version, VersionField::Invalid);
//! ```
#![no_std]

#[cfg(feature = "alloc")]
extern crate alloc;

pub mod age;
mod cache_control;
mod class;
#[cfg(feature = "serde")]
pub mod control;
mod directive;
pub mod enabled;
pub mod groups;
pub mod header;
pub mod http_date;
mod policy;
pub mod redis_key;
mod scope;
mod seconds;
mod stamp;
mod structured;
mod user_id;
mod version;

pub use cache_control::CacheControl;
pub use policy::{InvalidPolicy, StorePolicy};
pub use scope::{CacheScope, InvalidScope};
pub use seconds::MAX_SECONDS;
pub use stamp::{GroupsField, RawHeaders, ResponseStamp, VersionField};
pub use user_id::{InvalidUserId, UserId};
pub use version::{CacheVersion, InvalidCacheVersion};
