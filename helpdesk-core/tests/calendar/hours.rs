//! Random business hours, as the bitmap a person would draw: a bit for each second of each local date. Written out as a
//! definition for the calendar under test.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Days, NaiveDate};
use helpdesk_core::sla::calendar::CalendarDefinition;
use proptest::prelude::*;

/// Seconds of a day.
pub(crate) const DAY: usize = 86_400;

const MINUTE: usize = 60;

/// Seconds from midnight; an end beyond [`DAY`] is on the next date.
pub(crate) type Span = (usize, usize);

#[derive(Debug, Clone, Default)]
pub(crate) struct Hours {
    pub(crate) weekly: Vec<Vec<Span>>,
    pub(crate) overrides: BTreeMap<NaiveDate, Vec<Span>>,
    pub(crate) breaks: BTreeMap<NaiveDate, Vec<Span>>,
    pub(crate) holidays: BTreeSet<NaiveDate>,
    pub(crate) yearly: BTreeSet<(u32, u32)>,
}

impl Hours {
    /// Which seconds of a date are open.
    pub(crate) fn on(&self, date: NaiveDate) -> Vec<bool> {
        let mut open = vec![false; DAY];
        if self.holidays.contains(&date) || self.yearly.contains(&(date.month(), date.day())) {
            return open;
        }
        let weekday = date.weekday().num_days_from_monday() as usize;
        let yesterday = date - Days::new(1);
        if let Some(spans) = self.overrides.get(&date) {
            paint(&mut open, spans, 0, true);
        } else {
            paint(&mut open, &self.weekly[weekday], 0, true);
            paint(&mut open, &self.weekly[(weekday + 6) % 7], DAY, true);
        }
        if let Some(spans) = self.overrides.get(&yesterday) {
            paint(&mut open, spans, DAY, true);
        }
        for (day, shift) in [(date, 0), (yesterday, DAY)] {
            if let Some(spans) = self.breaks.get(&day) {
                paint(&mut open, spans, shift, false);
            }
        }
        open
    }

    pub(crate) fn definition(&self, zone: &str) -> CalendarDefinition {
        let mut definition = CalendarDefinition::new(zone);
        for (day, spans) in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].into_iter().zip(&self.weekly) {
            definition.weekly.insert(day.to_owned(), spans.iter().map(written).collect());
        }
        let dated = |map: &BTreeMap<NaiveDate, Vec<Span>>| {
            map.iter().map(|(date, spans)| (date.to_string(), spans.iter().map(written).collect())).collect()
        };
        definition.overrides = dated(&self.overrides);
        definition.breaks = dated(&self.breaks);
        let yearly = self.yearly.iter().map(|(month, day)| format!("{month:02}-{day:02}"));
        definition.holidays(self.holidays.iter().map(ToString::to_string).chain(yearly))
    }
}

fn paint(open: &mut [bool], spans: &[Span], shift: usize, colour: bool) {
    for (from, to) in spans {
        let to = to.saturating_sub(shift).min(DAY);
        open[from.saturating_sub(shift).min(to)..to].fill(colour);
    }
}

fn written((from, to): &Span) -> String {
    let clock = |second: usize| format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    let (to, next_day) = if *to > DAY { (to - DAY, "+1") } else { (*to, "") };
    format!("{}-{}{next_day}", clock(*from), clock(to))
}

/// Up to three periods of a day, none touching another, the last one perhaps over midnight until `latest`.
fn day(latest: usize) -> impl Strategy<Value = Vec<Span>> {
    // Quarter hours, odd minutes and odd seconds, and the small hours as often as the rest of the day, since clocks
    // change there.
    let second = prop_oneof![
        0..DAY,
        0..300 * MINUTE,
        (0..300_usize).prop_map(|minute| minute * MINUTE),
        (0..96_usize).prop_map(|quarter| quarter * 15 * MINUTE),
    ];
    (prop::collection::btree_set(second, 0..=6), DAY..=latest, any::<bool>()).prop_map(move |(bounds, end, late)| {
        let bounds: Vec<_> = bounds.into_iter().collect();
        let mut spans: Vec<Span> = bounds.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
        if let (true, Some(last)) = (late, spans.last_mut()) {
            last.1 = end.min(last.0 + DAY);
        }
        spans
    })
}

/// A week. What goes on after midnight ends before the next day begins.
fn week() -> impl Strategy<Value = Vec<Vec<Span>>> {
    let full = Just(vec![(0, DAY)]);
    let any_day = prop_oneof![4 => day(DAY + 480 * MINUTE), 1 => full, 1 => Just(Vec::new())];
    prop::collection::vec(any_day, 7).prop_filter_map("a week has open time", |mut week| {
        for i in 0..7 {
            let next = week[(i + 1) % 7].first().map_or(DAY, |(from, _)| *from);
            if let Some(last) = week[i].last_mut() {
                last.1 = last.1.min(DAY + next);
            }
        }
        week.iter().any(|day| !day.is_empty()).then_some(week)
    })
}

/// Hours with dates of their own from `first` on for three weeks.
pub(crate) fn hours(first: NaiveDate) -> impl Strategy<Value = Hours> {
    let date = (0..21_u64).prop_map(move |days| first + Days::new(days));
    let dated = |date| prop::collection::btree_map(date, day(DAY + 300 * MINUTE), 0..4);
    let holidays = prop::collection::btree_set(date.clone(), 0..3);
    let yearly = prop::collection::btree_set(date.clone().prop_map(|date| (date.month(), date.day())), 0..2);
    (week(), dated(date.clone().boxed()), dated(date.boxed()), holidays, yearly)
        .prop_map(|(weekly, overrides, breaks, holidays, yearly)| Hours { weekly, overrides, breaks, holidays, yearly })
}
