//! The user's cache version.

use core::{fmt, num::NonZeroU64, str::FromStr};

/// The value of `X-Cache-Version`: an integer from 1 to 2^53 - 1.
///
/// The server raises it to invalidate everything cached for one user. The upper bound is the largest integer that
/// JavaScript represents exactly; zero is no version.
///
/// Written in decimal ASCII digits without sign and without leading zero, and read only so. Ordered as the number it
/// is; which of two versions is the later one is for the rules R1 to R6 to say, since a store may have been reset.
///
/// ```
/// use hybrid_cache_contract::CacheVersion;
///
/// assert_eq!(CacheVersion::parse("42").map(CacheVersion::get), Ok(42));
/// assert!(CacheVersion::parse("042").is_err());
/// assert!(CacheVersion::new(0).is_none());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "u64", into = "u64"))]
pub struct CacheVersion(NonZeroU64);

impl CacheVersion {
    /// The smallest version.
    pub const MIN: Self = Self(NonZeroU64::MIN);

    /// The largest version: 2^53 - 1, JavaScript's `Number.MAX_SAFE_INTEGER`.
    pub const MAX: Self = Self(NonZeroU64::new((1 << 53) - 1).unwrap());

    /// The version of this number, or `None` outside 1 to 2^53 - 1.
    pub const fn new(number: u64) -> Option<Self> {
        match NonZeroU64::new(number) {
            Some(number) if number.get() <= Self::MAX.get() => Some(Self(number)),
            _ => None,
        }
    }

    /// The number, from 1 to 2^53 - 1.
    pub const fn get(self) -> u64 {
        self.0.get()
    }

    /// Reads a field value.
    ///
    /// # Errors
    ///
    /// Anything but 1 to 16 ASCII digits that begin with a non-zero one and stay below 2^53. Blanks, signs, exponents,
    /// lists (`1, 2`) and the digits of other scripts are errors.
    pub fn parse(value: &str) -> Result<Self, InvalidCacheVersion> {
        let digits = value.as_bytes();
        // 2^53 - 1 has 16 digits, so the sum below cannot overflow 64 bits.
        if digits.len() > 16 || digits.first() == Some(&b'0') {
            return Err(InvalidCacheVersion { _private: () });
        }
        let mut number = 0;
        for &digit in digits {
            if !digit.is_ascii_digit() {
                return Err(InvalidCacheVersion { _private: () });
            }
            number = number * 10 + u64::from(digit - b'0');
        }
        Self::new(number).ok_or(InvalidCacheVersion { _private: () })
    }
}

impl FromStr for CacheVersion {
    type Err = InvalidCacheVersion;

    fn from_str(value: &str) -> Result<Self, InvalidCacheVersion> {
        Self::parse(value)
    }
}

impl TryFrom<u64> for CacheVersion {
    type Error = InvalidCacheVersion;

    fn try_from(number: u64) -> Result<Self, InvalidCacheVersion> {
        Self::new(number).ok_or(InvalidCacheVersion { _private: () })
    }
}

impl From<CacheVersion> for u64 {
    fn from(version: CacheVersion) -> u64 {
        version.get()
    }
}

impl fmt::Display for CacheVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

/// A text or number that is not a [`CacheVersion`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidCacheVersion {
    _private: (),
}

impl fmt::Display for InvalidCacheVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a cache version: expected one integer from 1 to 9007199254740991 in plain decimal digits")
    }
}

impl core::error::Error for InvalidCacheVersion {}
