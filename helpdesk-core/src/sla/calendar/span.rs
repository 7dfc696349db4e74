//! Hours of one day in wall time, and how periods are read and written. No dates and no zones here.

use super::definition::MAX_PERIODS;
use super::error::{CalendarError, CalendarProblem};

/// Seconds of a full day on the wall.
pub(super) const DAY: u32 = 86_400;

/// Seconds of a day, `from` in and `to` out; a period over midnight ends beyond [`DAY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Span {
    pub(super) from: u32,
    pub(super) to: u32,
}

impl Span {
    /// Reads `09:00-17:00`, `00:00-24:00`, `23:00-07:00+1`.
    pub(super) fn parse(text: &str) -> Result<Self, CalendarProblem> {
        let (from, to) = text.split_once(['-', '–']).ok_or(CalendarProblem::MalformedPeriod)?;
        let (to, next_day) = to.trim().strip_suffix("+1").map_or((to, false), |to| (to, true));
        let (from, to) = (time(from.trim())?, time(to.trim())?);
        if from == DAY {
            return Err(CalendarProblem::BeyondMidnight);
        }
        let to = if next_day { to + DAY } else { to };
        match to.checked_sub(from) {
            None => Err(CalendarProblem::Reversed),
            Some(0) => Err(CalendarProblem::ZeroLength),
            Some(length) if length > DAY => Err(CalendarProblem::TooLong),
            Some(_) => Ok(Self { from, to }),
        }
    }

    /// Reads the periods of a day: sorted, none overlapping another. `field` names the list.
    pub(super) fn parse_all(field: &str, texts: &[String], may_overlap: bool) -> Result<Vec<Self>, CalendarError> {
        if texts.len() > MAX_PERIODS {
            return Err(CalendarError::new(field, CalendarProblem::TooMany { max: MAX_PERIODS }));
        }
        let mut spans = Vec::with_capacity(texts.len());
        for (i, text) in texts.iter().enumerate() {
            let at = |problem| CalendarError::new(format!("{field}[{i}]"), problem);
            let span = Self::parse(text).map_err(at)?;
            if !may_overlap && spans.iter().any(|other: &Self| other.from < span.to && span.from < other.to) {
                return Err(at(CalendarProblem::Overlap));
            }
            spans.push(span);
        }
        spans.sort_unstable();
        Ok(spans)
    }

    /// As it is written, always in the same form.
    pub(super) fn write(self) -> String {
        let (to, next_day) = if self.to > DAY { (self.to - DAY, "+1") } else { (self.to, "") };
        format!("{}-{}{next_day}", clock(self.from), clock(to))
    }

    /// The part before midnight, and the part after it as hours of the next date.
    pub(super) fn split(self) -> (Self, Option<Self>) {
        let today = Self { from: self.from, to: self.to.min(DAY) };
        (today, (self.to > DAY).then(|| Self { from: 0, to: self.to - DAY }))
    }
}

/// What is in any of them: sorted, apart from each other.
pub(super) fn union(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort_unstable();
    let mut joined: Vec<Span> = Vec::with_capacity(spans.len());
    for span in spans {
        match joined.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => joined.push(span),
        }
    }
    joined
}

/// What is in `hours` and in none of `away`.
pub(super) fn without(hours: &[Span], away: &[Span]) -> Vec<Span> {
    let mut rest = hours.to_vec();
    for gone in away {
        rest = rest
            .into_iter()
            .flat_map(|span| {
                let before = Span { from: span.from, to: span.to.min(gone.from) };
                let after = Span { from: span.from.max(gone.to), to: span.to };
                [before, after].into_iter().filter(|part| part.from < part.to)
            })
            .collect();
    }
    rest
}

/// Seconds since midnight of `9:00`, `09:00`, `09:00:30` or `24:00`.
fn time(text: &str) -> Result<u32, CalendarProblem> {
    let mut parts = text.split(':').map(|part| {
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse::<u32>().ok().filter(|_| digits)
    });
    let (Some(Some(hour)), Some(Some(minute)), second, None) =
        (parts.next(), parts.next(), parts.next().unwrap_or(Some(0)), parts.next())
    else {
        return Err(CalendarProblem::MalformedPeriod);
    };
    let second = second.ok_or(CalendarProblem::MalformedPeriod)?;
    if minute > 59 || second > 59 {
        return Err(CalendarProblem::MalformedPeriod);
    }
    let total = hour * 3600 + minute * 60 + second;
    if total > DAY { Err(CalendarProblem::BeyondMidnight) } else { Ok(total) }
}

fn clock(seconds: u32) -> String {
    let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if second == 0 { format!("{hour:02}:{minute:02}") } else { format!("{hour:02}:{minute:02}:{second:02}") }
}
