//! Durations and sizes as people read them.

/// A duration in milliseconds, in its two largest units: `350 ms`, `12 s`, `4 min 48 s`, `3 d 4 h`.
///
/// The sign is dropped: the sentence around it says whether it lies ahead or behind.
///
/// ```
/// use hybrid_cache_inspect::phrase::duration;
/// assert_eq!(duration(288_000.0), "4 min 48 s");
/// assert_eq!(duration(-60_000.0), "1 min");
/// ```
pub fn duration(ms: f64) -> String {
    let ms = ms.abs();
    if !ms.is_finite() {
        return "unlimited time".into();
    }
    if ms < 1_000.0 {
        return format!("{} ms", ms.round() as u64);
    }
    let seconds = (ms / 1_000.0).round() as u64;
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let first = units.iter().position(|(size, _)| seconds >= *size).unwrap_or(units.len() - 1);
    let (size, name) = units[first];
    let text = format!("{} {name}", seconds / size);
    match units.get(first + 1) {
        Some((smaller, next)) if seconds % size / smaller > 0 => format!("{text} {} {next}", seconds % size / smaller),
        _ => text,
    }
}

/// A size in bytes, in decimal units with one digit behind the point: `812 B`, `20.5 KB`, `1.2 MB`.
pub fn bytes(count: f64) -> String {
    let mut value = count.max(0.0);
    if value < 1_000.0 {
        return format!("{} B", value.round() as u64);
    }
    let mut unit = "B";
    for next in ["KB", "MB", "GB", "TB"] {
        if value < 1_000.0 {
            break;
        }
        value /= 1_000.0;
        unit = next;
    }
    let tenths = (value * 10.0).round() as u64;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// A count and its noun: `1 entry`, `12 entries`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_name_at_most_two_units() {
        assert_eq!(duration(0.0), "0 ms");
        assert_eq!(duration(999.0), "999 ms");
        assert_eq!(duration(12_400.0), "12 s");
        assert_eq!(duration(3_600_000.0), "1 h");
        assert_eq!(duration(3_661_000.0), "1 h 1 min");
        assert_eq!(duration(100.0 * 86_400_000.0), "100 d");
        assert_eq!(duration(f64::INFINITY), "unlimited time");
    }

    #[test]
    fn sizes_grow_by_thousands() {
        assert_eq!(bytes(0.0), "0 B");
        assert_eq!(bytes(812.0), "812 B");
        assert_eq!(bytes(20_480.0), "20.5 KB");
        assert_eq!(bytes(1_250_000.0), "1.3 MB");
        assert_eq!(bytes(-5.0), "0 B");
        assert_eq!(bytes(f64::MAX.min(5e15)), "5000.0 TB");
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(count(1, "entry", "entries"), "1 entry");
        assert_eq!(count(0, "entry", "entries"), "0 entries");
    }
}
