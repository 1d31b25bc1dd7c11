//! The value of `Date`.

const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const MONTHS: &[u8; 36] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// Reads a field value in any of the three forms of RFC 9110 section 5.6.7; the result is in seconds since the Unix
/// epoch.
///
/// `None` for anything else, and for a day the month does not have. The two-digit year of the second form reads as
/// 1970 to 2069: the RFC's rule needs a clock, which this crate has not. That the day of the week fits the date is not
/// checked. A leap second reads as the second after it.
///
/// ```
/// use hybrid_cache_contract::http_date;
///
/// assert_eq!(http_date::parse("Sun, 06 Nov 1994 08:49:37 GMT"), Some(784_111_777));
/// assert_eq!(http_date::parse("Sunday, 06-Nov-94 08:49:37 GMT"), Some(784_111_777));
/// assert_eq!(http_date::parse("Sun Nov  6 08:49:37 1994"), Some(784_111_777));
/// ```
pub fn parse(value: &str) -> Option<i64> {
    let date = DAYS.iter().find_map(|day| {
        if let Some(rest) = value.strip_prefix(day) {
            let mut date = Fields::read(rest, ", DD-MMM-YY hh:mm:ss GMT")?;
            date.year += if date.year < 70 { 2000 } else { 1900 };
            return Some(date);
        }
        let rest = value.strip_prefix(day.get(..3)?)?;
        Fields::read(rest, ", DD MMM YYYY hh:mm:ss GMT").or_else(|| Fields::read(rest, " MMM _D hh:mm:ss YYYY"))
    })?;
    date.seconds_since_epoch()
}

#[derive(Default)]
struct Fields {
    year: i64,
    month: [u8; 3],
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Fields {
    /// In `form`, letters of `DMYhms` stand for what they begin, `_` for a digit of the day or a blank, and everything
    /// else for itself. (`GMT` stands for itself because its `M` fits no other text.)
    fn read(text: &str, form: &str) -> Option<Self> {
        let mut read = Self::default();
        let mut letters = 0;
        if text.len() != form.len() {
            return None;
        }
        for (byte, mark) in text.bytes().zip(form.bytes()) {
            let number = match mark {
                b'Y' => &mut read.year,
                b'D' => &mut read.day,
                b'_' if byte != b' ' => &mut read.day,
                b'_' => continue,
                b'h' => &mut read.hour,
                b'm' => &mut read.minute,
                b's' => &mut read.second,
                b'M' if letters < 3 => {
                    read.month[letters] = byte;
                    letters += 1;
                    continue;
                }
                _ if byte == mark => continue,
                _ => return None,
            };
            if !byte.is_ascii_digit() {
                return None;
            }
            *number = *number * 10 + i64::from(byte - b'0');
        }
        Some(read)
    }

    fn seconds_since_epoch(&self) -> Option<i64> {
        let month = MONTHS.chunks_exact(3).position(|name| name == self.month)? as i64 + 1;
        let leap = self.year % 4 == 0 && (self.year % 100 != 0 || self.year % 400 == 0);
        let days_in_month = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        if !(1..=days_in_month).contains(&self.day) || self.hour > 23 || self.minute > 59 || self.second > 60 {
            return None;
        }
        // Years counted from 1 March, so that the leap day is the last one of its year. 719 468 days lie between
        // 1 March of the year 0 and the epoch.
        let year = if month <= 2 { self.year - 1 } else { self.year };
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + self.day - 1;
        let days =
            365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + day_of_year - 719_468;
        Some(days * 86_400 + self.hour * 3_600 + self.minute * 60 + self.second)
    }
}
