//! The closed days of a calendar: single dates, yearly ones and ranges. Which days those are in a country is not known
//! here; see `german` for one.

use chrono::{Datelike, NaiveDate};

use super::error::CalendarProblem;

/// One entry of `holidays`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Holiday {
    /// Month and day, every year that has it.
    Yearly(u32, u32),
    /// From the first to the last date, both in.
    Dates(NaiveDate, NaiveDate),
}

impl Holiday {
    pub(super) fn parse(text: &str) -> Result<Self, CalendarProblem> {
        if let Some((first, last)) = text.split_once("..") {
            let (first, last) = (date(first.trim())?, date(last.trim())?);
            return if first > last { Err(CalendarProblem::ReversedRange) } else { Ok(Self::Dates(first, last)) };
        }
        if text.len() == "12-25".len() {
            // A leap year, so that 02-29 is a day.
            let day = date(&format!("2000-{text}"))?;
            return Ok(Self::Yearly(day.month(), day.day()));
        }
        let day = date(text)?;
        Ok(Self::Dates(day, day))
    }

    pub(super) fn write(self) -> String {
        match self {
            Self::Yearly(month, day) => format!("{month:02}-{day:02}"),
            Self::Dates(first, last) if first == last => first.to_string(),
            Self::Dates(first, last) => format!("{first}..{last}"),
        }
    }
}

/// Reads `2026-12-24`, with four, two and two digits.
pub(super) fn date(text: &str) -> Result<NaiveDate, CalendarProblem> {
    let shape = text.len() == 10 && text.bytes().enumerate().all(|(i, b)| matches!(i, 4 | 7) || b.is_ascii_digit());
    let day = shape.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten();
    day.ok_or(CalendarProblem::MalformedDate)
}

/// The set that the entries make, quick to ask.
#[derive(Debug, Clone, Default)]
pub(super) struct Holidays {
    /// A bit for each day of each month.
    yearly: [u32; 12],
    /// First and last dates, sorted, none touching another.
    ranges: Vec<(NaiveDate, NaiveDate)>,
}

impl Holidays {
    pub(super) fn new(entries: &[Holiday]) -> Self {
        let mut set = Self::default();
        let mut ranges = Vec::new();
        for entry in entries {
            match *entry {
                Holiday::Yearly(month, day) => set.yearly[month as usize - 1] |= 1 << day,
                Holiday::Dates(first, last) => ranges.push((first, last)),
            }
        }
        ranges.sort_unstable();
        for (first, last) in ranges {
            match set.ranges.last_mut() {
                Some(open) if open.1.succ_opt().is_none_or(|next| first <= next) => open.1 = open.1.max(last),
                _ => set.ranges.push((first, last)),
            }
        }
        set
    }

    pub(super) fn contains(&self, date: NaiveDate) -> bool {
        if self.yearly[date.month0() as usize] & (1 << date.day()) != 0 {
            return true;
        }
        let after = self.ranges.partition_point(|(first, _)| *first <= date);
        after > 0 && self.ranges[after - 1].1 >= date
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ranges.is_empty() && self.yearly == [0; 12]
    }

    /// The last date that only a range or a single date names.
    pub(super) fn last_date(&self) -> Option<NaiveDate> {
        self.ranges.last().map(|(_, last)| *last)
    }
}
