//! Business time against a model that looks at every second, on random calendars and around every change of an offset,
//! and the laws that clocks rest on.
#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "calendar/hours.rs"]
mod hours;
#[path = "calendar/model.rs"]
mod model;
#[path = "calendar/zones.rs"]
mod zones;

use std::sync::atomic::{AtomicI64, Ordering};

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
    // A case compiles years and looks at every second of eight days; PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 2, max_shrink_iters: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_second_of_random_calendars_agrees(
        ((zone, at), hours) in middle()
            .prop_flat_map(|(zone, at)| (Just((zone, at)), hours::hours(window(at).0.date_naive()))),
        places in prop::collection::vec((0.0..1.0, 0.0..1.0), 24),
    ) {
        let calendar = Calendar::new(&hours.definition(zone)).unwrap();
        let (from, to) = window(at);
        let model = Model::new(Zone::named(zone).unwrap(), &hours, from, to);
        let inner = inside(&model, 0.0)..inside(&model, 1.0);
        for edge in model.edges().iter().filter(|edge| inner.contains(edge)) {
            (edge - 1..=edge + 1).for_each(|second| same_second(&calendar, &model, second, zone));
        }
        inner.step_by(31).for_each(|second| same_second(&calendar, &model, second, zone));
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

/// Hours that begin and end in the small hours, on odd seconds, over midnight, and all through other days.
fn small_hours() -> Hours {
    let minutes = |from: usize, to: usize| (from * 60, to * 60);
    let night = vec![
        (3_599, 3_600),
        minutes(61, 145),
        (9_001, 9_002),
        minutes(180, 230),
        minutes(600, 1020),
        minutes(1380, 1470),
    ];
    let late = vec![minutes(30, 120), minutes(150, 151), (10_799, 10_801), (80_000, 86_400)];
    let (full, dawn) = (vec![minutes(31, 1440)], vec![minutes(150, 165)]);
    let weekly = vec![night.clone(), late.clone(), full, late, dawn, night.clone(), night];
    Hours { weekly, ..Hours::default() }
}

/// The days before, of and after a change of a zone's offset, in windows of four days.
fn around_changes(zone: &'static str, every: usize) -> impl Iterator<Item = Model> {
    let changes = zones::changes(zone).iter().step_by(every);
    let half = TimeDelta::days(2);
    changes.map(move |at| Model::new(Zone::named(zone).unwrap(), &small_hours(), *at - half, *at + half))
}

/// The periods of a window are those of the model to the second, and no others.
fn same_periods(calendar: &Calendar, model: &Model, zone: &str) {
    let (begin, end) = (model.at(0), model.at(model.seconds()));
    let periods = calendar.periods_after(begin).take_while(|period| period.from < end);
    let bounds = periods.flat_map(|period| [period.from, period.to]);
    let edges: Vec<_> = bounds.filter(|at| begin < *at && *at < end).collect();
    let expected: Vec<_> = model.edges().iter().map(|edge| model.at(*edge)).collect();
    assert_eq!(edges, expected, "{zone}");
    assert_eq!(calendar.is_open(begin), model.is_open(0), "{zone} at {begin}");
}

/// A second agrees: whether it is open, and how much is open before it.
fn same_second(calendar: &Calendar, model: &Model, second: i64, zone: &str) {
    let (begin, at) = (model.at(0), model.at(second));
    assert_eq!(calendar.is_open(at), model.is_open(second), "{zone}: open at {at}");
    assert_eq!(calendar.elapsed(begin, at), model.before(second), "{zone}: elapsed from {begin} to {at}");
}

/// Every fifth change of every zone: all periods, every second near an edge or the change, and some in between.
#[test]
fn the_days_around_changes_agree() {
    for zone in zones::ZONES {
        let calendar = Calendar::new(&small_hours().definition(zone)).unwrap();
        for model in around_changes(zone, 5) {
            same_periods(&calendar, &model, zone);
            let middle = model.seconds() / 2;
            for place in model.edges().iter().chain([&middle]) {
                ((place - 2).max(0)..(place + 3).min(model.seconds()))
                    .for_each(|second| same_second(&calendar, &model, second, zone));
            }
            (0..model.seconds()).step_by(997).for_each(|second| same_second(&calendar, &model, second, zone));
            for step in 0..12 {
                let one = middle + (step - 6) * 7200 + 1800 - 61 * (step % 3);
                agree(&calendar, &model, one, middle + 43_200 - step * 7201).unwrap();
            }
        }
    }
}

/// Every change of every zone, and every second of the days around it. Some 900 million of them.
#[test]
#[ignore = "long without optimisation: cargo test --release -p helpdesk-core --test calendar_properties -- --ignored"]
fn every_second_around_every_change_agrees() {
    let counted = AtomicI64::new(0);
    let sweep = |zones: &[&'static str]| {
        for zone in zones {
            let calendar = Calendar::new(&small_hours().definition(zone)).unwrap();
            for model in around_changes(zone, 1) {
                same_periods(&calendar, &model, zone);
                for second in 0..model.seconds() {
                    assert_eq!(
                        calendar.is_open(model.at(second)),
                        model.is_open(second),
                        "{zone}: {}",
                        model.at(second)
                    );
                }
                (0..model.seconds()).step_by(60).for_each(|second| same_second(&calendar, &model, second, zone));
                counted.fetch_add(model.seconds(), Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for part in zones::ZONES.chunks(7) {
            scope.spawn(|| sweep(part));
        }
    });
    println!("{} seconds", counted.into_inner());
}
