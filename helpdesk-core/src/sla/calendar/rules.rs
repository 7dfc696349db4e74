//! A checked definition: which hours each date has in wall time. Instants and zones come in when it is compiled.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::definition::{CalendarDefinition, DAYS, MAX_DATES};
use super::error::{CalendarError, CalendarProblem};
use super::holidays::{Holiday, Holidays, date};
use super::span::{DAY, Span, union, without};
use crate::env::Zone;

/// Hours of dates.
type Dated = BTreeMap<NaiveDate, Vec<Span>>;

#[derive(Debug)]
pub(super) struct Rules {
    pub(super) zone: Zone,
    /// Hours by weekday, Monday first.
    week: [Vec<Span>; 7],
    /// Hours of dates in place of the weekday's.
    overrides: Dated,
    /// What an override of the date before goes on with after midnight.
    spills: Dated,
    breaks: Dated,
    holidays: Holidays,
}

impl Rules {
    /// Checks a definition, and gives it back in its one written form.
    pub(super) fn read(given: &CalendarDefinition) -> Result<(Self, CalendarDefinition), CalendarError> {
        let zone = Zone::named(&given.zone).ok_or(CalendarError::new("zone", CalendarProblem::UnknownZone))?;
        let mut written = CalendarDefinition::new(zone.name());
        let (holidays, entries) = read_holidays(&given.holidays)?;
        written.holidays = entries;
        let week = read_week(given, &mut written)?;
        let (overrides, spills) = read_dated("overrides", &given.overrides, false, &mut written.overrides)?;
        let (mut breaks, late) = read_dated("breaks", &given.breaks, true, &mut written.breaks)?;
        for (date, spans) in late {
            let both = breaks.remove(&date).unwrap_or_default().into_iter().chain(spans);
            breaks.insert(date, union(both.collect()));
        }
        let rules = Self { zone, week, overrides, spills, breaks, holidays };
        let ever_open = rules.week.iter().any(|hours| !hours.is_empty())
            || rules.overrides.keys().chain(rules.spills.keys()).any(|date| !rules.hours_on(*date).is_empty());
        if ever_open { Ok((rules, written)) } else { Err(CalendarError::new("weekly", CalendarProblem::NoOpenTime)) }
    }

    /// The hours of a date in wall time: sorted, apart from each other.
    pub(super) fn hours_on(&self, date: NaiveDate) -> Cow<'_, [Span]> {
        if self.holidays.contains(date) {
            return Cow::Borrowed(&[]);
        }
        let own = self.overrides.get(&date).unwrap_or(&self.week[date.weekday().num_days_from_monday() as usize]);
        match (self.spills.get(&date), self.breaks.get(&date)) {
            (None, None) => Cow::Borrowed(own),
            (Some(spill), None) => Cow::Owned(union([own.as_slice(), spill].concat())),
            (None, Some(away)) => Cow::Owned(without(own, away)),
            (Some(spill), Some(away)) => Cow::Owned(without(&union([own.as_slice(), spill].concat()), away)),
        }
    }

    /// The breaks of a date in wall time.
    pub(super) fn breaks_on(&self, date: NaiveDate) -> &[Span] {
        self.breaks.get(&date).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_holiday(&self, date: NaiveDate) -> bool {
        self.holidays.contains(date)
    }

    /// Whether every second is open.
    pub(super) fn is_always_open(&self) -> bool {
        let full = |hours: &Vec<Span>| hours.as_slice() == [Span { from: 0, to: DAY }];
        self.week.iter().all(full)
            && self.overrides.values().all(full)
            && self.breaks.values().all(Vec::is_empty)
            && self.holidays.is_empty()
    }

    /// The last date that has a rule of its own.
    pub(super) fn last_date(&self) -> Option<NaiveDate> {
        let dated = [&self.overrides, &self.spills, &self.breaks].map(|map| map.keys().next_back().copied());
        dated.into_iter().flatten().chain(self.holidays.last_date()).max()
    }
}

fn read_holidays(texts: &[String]) -> Result<(Holidays, Vec<String>), CalendarError> {
    if texts.len() > MAX_DATES {
        return Err(CalendarError::new("holidays", CalendarProblem::TooMany { max: MAX_DATES }));
    }
    let mut entries = Vec::with_capacity(texts.len());
    for (i, text) in texts.iter().enumerate() {
        entries.push(Holiday::parse(text).map_err(|problem| CalendarError::new(format!("holidays[{i}]"), problem))?);
    }
    let written = entries.iter().map(|entry| entry.write()).collect();
    Ok((Holidays::new(&entries), written))
}

fn read_week(given: &CalendarDefinition, written: &mut CalendarDefinition) -> Result<[Vec<Span>; 7], CalendarError> {
    let mut week: [Vec<Span>; 7] = Default::default();
    let mut late: [Vec<Span>; 7] = Default::default();
    if let Some(unknown) = given.weekly.keys().find(|day| !DAYS.contains(&day.as_str())) {
        return Err(CalendarError::new(format!("weekly.{}", shown(unknown)), CalendarProblem::UnknownDay));
    }
    for (i, day) in DAYS.into_iter().enumerate() {
        let Some(texts) = given.weekly.get(day) else { continue };
        let spans = Span::parse_all(&format!("weekly.{day}"), texts, false)?;
        written.weekly.insert(day.to_owned(), spans.iter().map(|span| span.write()).collect());
        for span in spans {
            let (today, tomorrow) = span.split();
            week[i].push(today);
            late[(i + 1) % 7].extend(tomorrow);
        }
    }
    for (i, late) in late.into_iter().enumerate() {
        if let Some(night) = late.iter().find(|night| week[i].iter().any(|span| span.from < night.to)) {
            debug_assert!(night.from == 0, "what spills over begins at midnight");
            return Err(CalendarError::new(format!("weekly.{}", DAYS[(i + 6) % 7]), CalendarProblem::Overlap));
        }
        week[i] = union(std::mem::take(&mut week[i]).into_iter().chain(late).collect());
    }
    Ok(week)
}

/// The hours of dates, and what of them goes on after midnight, under the date it goes on into.
fn read_dated(
    field: &str,
    given: &BTreeMap<String, Vec<String>>,
    may_overlap: bool,
    written: &mut BTreeMap<String, Vec<String>>,
) -> Result<(Dated, Dated), CalendarError> {
    if given.len() > MAX_DATES {
        return Err(CalendarError::new(field, CalendarProblem::TooMany { max: MAX_DATES }));
    }
    let (mut own, mut late) = (Dated::new(), Dated::new());
    for (key, texts) in given {
        let field = format!("{field}.{}", shown(key));
        let day = date(key).map_err(|problem| CalendarError::new(&field, problem))?;
        let spans = Span::parse_all(&field, texts, may_overlap)?;
        written.insert(day.to_string(), spans.iter().map(|span| span.write()).collect());
        let (today, tomorrow): (Vec<_>, Vec<_>) = spans.into_iter().map(Span::split).unzip();
        own.insert(day, union(today));
        let tomorrow: Vec<_> = tomorrow.into_iter().flatten().collect();
        if let (Some(next), false) = (day.succ_opt(), tomorrow.is_empty()) {
            late.insert(next, union(tomorrow));
        }
    }
    Ok((own, late))
}

/// A key that may be anything, fit for a message.
fn shown(key: &str) -> String {
    key.chars().take(32).flat_map(char::escape_debug).collect()
}
