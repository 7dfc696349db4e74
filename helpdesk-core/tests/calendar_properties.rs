//! Business time against a model that looks at every minute, on random calendars around every change of an offset, and
//! the laws that clocks rest on.
#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "calendar/hours.rs"]
mod hours;
#[path = "calendar/model.rs"]
mod model;
#[path = "calendar/zones.rs"]
mod zones;

use chrono::{DateTime, Datelike, TimeDelta, Utc};
use helpdesk_core::env::Zone;
use helpdesk_core::sla::calendar::{Calendar, Period};
use hours::Hours;
use model::Model;
use proptest::prelude::*;

/// Days of a window: enough for a long weekend on each side of what happens in its middle.
const WINDOW: i64 = 8;

/// Compares everything at one second of a window, and spans from there to another.
fn agree(calendar: &Calendar, model: &Model, one: i64, other: i64) -> Result<(), TestCaseError> {
    let (from, to) = (one.min(other), one.max(other));
    let (start, end) = (model.at(from), model.at(to));
    let used = model.before(to) - model.before(from);
    prop_assert_eq!(calendar.elapsed(start, end), used, "elapsed from {} to {}", start, end);
    prop_assert_eq!(calendar.elapsed_signed(end, start), -used);
    prop_assert_eq!(calendar.is_open(start), model.is_open(from), "open at {}", start);
    for budget in [0, 1, used, used / 2, used + 1] {
        if let Some(second) = model.add(from, budget) {
            let due = calendar.add(start, budget);
            prop_assert_eq!(due, Ok(model.at(second)), "{} s from {}", budget, start);
            let exhausted = calendar.exhausted_at(start, budget).unwrap();
            let last = (budget > 0).then(|| model.add(from, budget - 1).unwrap() + 1);
            prop_assert_eq!(exhausted, model.at(last.unwrap_or(from)));
        }
    }
    if used > 0 {
        // From the end back: the first open second with so much open time until the end.
        let opening = calendar.sub(end, used).unwrap();
        prop_assert_eq!(opening, model.at(model.next(from, true).unwrap()), "{} s before {}", used, end);
    }
    if let Some(open) = model.next(from, true) {
        prop_assert_eq!(calendar.next_open(start), Ok(model.at(open)));
        if let Some(close) = model.next(open, false) {
            prop_assert_eq!(calendar.next_close(start), Ok(model.at(close)), "closing after {}", start);
            let period = Period { from: model.at(open), to: model.at(close) };
            prop_assert_eq!(calendar.periods_after(start).next(), Some(period));
            prop_assert_eq!(calendar.prev_close(model.at(close)), Ok(model.at(close)));
            let next = if open == from { model.next(close, true) } else { Some(open) };
            if let Some(next) = next {
                prop_assert_eq!(calendar.next_period_start(start), Ok(model.at(next)));
                let before = calendar.periods_before(model.at(next.max(close))).next().unwrap();
                prop_assert_eq!(before.to, model.at(close));
                prop_assert!(before.from <= period.from);
            }
        }
    }
    Ok(())
}

/// The middle of a window: a change of an offset, mostly, or any other instant.
fn middle() -> impl Strategy<Value = (&'static str, DateTime<Utc>)> {
    let zone = prop::sample::select(zones::ZONES);
    let years = prop_oneof![30 => zones::FIRST_YEAR..zones::LAST_YEAR, 1 => 2100..8900];
    (zone, years, 0..366_i64, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(zone, year, day, index, anywhere)| {
            let changes = zones::changes(zone);
            let start = DateTime::from_timestamp(0, 0).unwrap().with_year(year).unwrap() + TimeDelta::days(day);
            let at = if anywhere || year >= 2100 || changes.is_empty() { start } else { *index.get(changes) };
            (zone, at)
        },
    )
}

fn window(at: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    let half = TimeDelta::days(WINDOW / 2);
    // Whole days, so that the model sees every date whole, but for its first and last.
    let midnight = DateTime::from_timestamp(at.timestamp().div_euclid(86_400) * 86_400, 0).unwrap();
    (midnight - half, midnight + half)
}

/// Seconds of a window that are not in its first or last two days, where dates are cut.
fn inside(model: &Model, share: f64) -> i64 {
    let margin = 2 * 86_400;
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "a place in a window of days")]
    let second = ((model.seconds() - 2 * margin) as f64 * share) as i64;
    margin + second
}

proptest! {
    // A case compiles years and looks at every minute of eight days; PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 2, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn every_minute_around_an_offset_change_agrees(
        ((zone, at), hours) in middle()
            .prop_flat_map(|(zone, at)| (Just((zone, at)), hours::hours(window(at).0.date_naive()))),
        places in prop::collection::vec((0.0..1.0, 0.0..1.0), 24),
    ) {
        let calendar = Calendar::new(&hours.definition(zone)).unwrap();
        let (from, to) = window(at);
        let model = Model::new(Zone::named(zone).unwrap(), &hours, from, to);
        for (one, other) in places {
            agree(&calendar, &model, inside(&model, one), inside(&model, other))?;
        }
    }

    #[test]
    fn the_laws_of_clocks_hold(
        (zone, at) in middle(),
        hours in hours::hours("2026-01-01".parse().unwrap()),
        (a, b) in (0..2_000_000_i64, 0..2_000_000_i64),
        (offset, reply) in (-90_000_000..90_000_000_i64, 0..200_000_000_i64),
    ) {
        let calendar = Calendar::new(&hours.definition(zone)).unwrap();
        let start = at + TimeDelta::seconds(offset);
        let later = start + TimeDelta::seconds(reply);
        let due = calendar.add(start, a).unwrap();
        prop_assert_eq!(calendar.elapsed(start, due), a);
        prop_assert_eq!(calendar.add(due, b), calendar.add(start, a + b), "adding twice is adding the sum");
        prop_assert!(calendar.add(start, a + 1).unwrap() > due, "more time, later");
        prop_assert!(calendar.add(later, a).unwrap() >= due, "begun later, due later");
        prop_assert_eq!(later <= due, calendar.elapsed(start, later) <= a, "in time if and only if not used up");
        let exhausted = calendar.exhausted_at(start, a).unwrap();
        prop_assert!(exhausted <= due && calendar.elapsed(start, exhausted) == a);
        prop_assert!(calendar.is_open(due));
        let back = calendar.sub(due, a).unwrap();
        prop_assert_eq!(calendar.elapsed(back, due), a);
        let middle = start + TimeDelta::seconds(reply / 2);
        prop_assert_eq!(
            calendar.elapsed(start, middle) + calendar.elapsed(middle, later),
            calendar.elapsed(start, later)
        );
        let definition = calendar.definition();
        let text = serde_json::to_string(&calendar).unwrap();
        let read: Calendar = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(read.definition(), definition, "what is written is read");
        // Another that is asked elsewhere first compiles in another order and says the same.
        read.elapsed(DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(365 * 80));
        prop_assert_eq!(read.add(start, a), Ok(due));
    }
}

/// One calendar with periods over midnight and in the small hours, at every change of every zone.
#[test]
fn every_change_of_every_zone_agrees() {
    let night = vec![(60, 145), (150, 151), (180, 230), (600, 1020), (1380, 1440 + 30)];
    let hours = Hours { weekly: vec![night; 7], ..Hours::default() };
    for zone in zones::ZONES {
        let calendar = Calendar::new(&hours.definition(zone)).unwrap();
        for at in zones::changes(zone) {
            let half = TimeDelta::days(2);
            let model = Model::new(Zone::named(zone).unwrap(), &hours, *at - half, *at + half);
            for step in 0..12 {
                let one = model.seconds() / 2 + (step - 6) * 7200 + 1800 - 60 * (step % 3);
                agree(&calendar, &model, one, model.seconds() / 2 + 43_200 - step * 7201).unwrap();
            }
        }
    }
}
