//! Instants as people say them: `3 h ago`, `in 2 d`. Programs get the full instant.

use helpdesk_core::env::Timestamp;
use helpdesk_core::text::Language;

/// Spans: at least so many seconds are said in this unit.
const UNITS: [(i64, &str, &str); 5] =
    [(31_557_600, "y", "J"), (86_400, "d", "T"), (3600, "h", "Std"), (60, "min", "Min"), (1, "s", "s")];

/// `at` as seen from `now`.
pub(crate) fn relative(at: Timestamp, now: Timestamp, language: Language) -> String {
    let seconds = (at - now).num_seconds();
    let span = seconds.unsigned_abs();
    let unit = UNITS.into_iter().find(|(length, ..)| span >= length.unsigned_abs());
    let Some((length, en, de)) = unit else {
        return if language == Language::De { "jetzt" } else { "now" }.to_owned();
    };
    let count = span / length.unsigned_abs();
    match (language, seconds < 0) {
        (Language::De, true) => format!("vor {count} {de}"),
        (Language::De, false) => format!("in {count} {de}"),
        (_, true) => format!("{count} {en} ago"),
        (_, false) => format!("in {count} {en}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_unit_that_fits_is_said() {
        let now: Timestamp = "2026-11-02T09:00:00Z".parse().unwrap();
        let at = |seconds| relative(now + chrono::TimeDelta::seconds(seconds), now, Language::En);
        assert_eq!(at(0), "now");
        assert_eq!(at(-59), "59 s ago");
        assert_eq!(at(-3600), "1 h ago");
        assert_eq!(at(172_800), "in 2 d");
        assert_eq!(relative(now, now + chrono::TimeDelta::minutes(5), Language::De), "vor 5 Min");
    }
}
