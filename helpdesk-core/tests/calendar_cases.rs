//! Business time by example: conventions at opening and closing, zones that do odd things, and the far ends.
#![expect(clippy::unwrap_used, reason = "a test")]

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition, ReckonError};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn calendar(definition: &CalendarDefinition) -> Calendar {
    Calendar::new(definition).unwrap()
}

fn office(zone: &str) -> Calendar {
    calendar(&CalendarDefinition::weekdays(zone, "09:00-17:00"))
}

const HOUR: i64 = 3600;

#[test]
fn an_exactly_used_period_rolls_on_and_is_exhausted_at_its_closing() {
    let office = office("UTC");
    let friday = at("2026-11-06T09:00:00Z");
    assert_eq!(office.add(friday, 8 * HOUR), Ok(at("2026-11-09T09:00:00Z")));
    assert_eq!(office.exhausted_at(friday, 8 * HOUR), Ok(at("2026-11-06T17:00:00Z")));
    assert_eq!(office.exhausted_at(at("2026-11-07T12:00:00Z"), 0), Ok(at("2026-11-07T12:00:00Z")));
    assert_eq!(office.sub(at("2026-11-06T17:00:00Z"), 8 * HOUR), Ok(friday));
    assert_eq!(office.sub(at("2026-11-08T12:00:00Z"), 0), Ok(at("2026-11-06T17:00:00Z")));
    assert_eq!(office.add(friday, -1), Err(ReckonError::Negative));
    assert_eq!(office.sub(friday, -1), Err(ReckonError::Negative));
    assert_eq!(office.exhausted_at(friday, -1), Err(ReckonError::Negative));
}

#[test]
fn fractions_of_seconds_count_as_their_second() {
    let office = office("UTC");
    let start = at("2026-11-06T16:59:59.999999Z");
    assert_eq!(office.elapsed(start, at("2026-11-06T17:00:00.5Z")), 1);
    assert_eq!(office.add(start, 1), Ok(at("2026-11-09T09:00:00Z")));
    assert!(office.is_open(start) && !office.is_open(at("2026-11-06T17:00:00.000001Z")));
}

#[test]
fn apia_had_no_friday_and_works_none() {
    let office = office("Pacific/Apia");
    let friday: NaiveDate = "2011-12-30".parse().unwrap();
    assert!(!office.is_working_day(friday));
    let thursday = office.resolve("2011-12-29T16:00:00".parse().unwrap());
    let monday = office.resolve("2012-01-02T10:00:00".parse().unwrap());
    assert_eq!(office.elapsed(thursday, monday), 2 * HOUR);
    assert_eq!(office.add(thursday, 90 * 60), Ok(office.resolve("2012-01-02T09:30:00".parse().unwrap())));
    // The day's hours do not turn up on the Saturday in its place.
    assert!(!office.is_open(office.resolve("2011-12-31T12:00:00".parse().unwrap())));
}

#[test]
fn half_hours_and_changes_that_are_no_summer_time_count_in_seconds() {
    for (zone, night, seconds) in [
        // Half an hour back, half an hour on.
        ("Australia/Lord_Howe", "2026-04-05", 4 * HOUR + HOUR / 2),
        ("Australia/Lord_Howe", "2026-10-04", 4 * HOUR - HOUR / 2),
        // Back for Ramadan and on after it.
        ("Africa/Casablanca", "2026-02-15", 5 * HOUR),
        ("Africa/Casablanca", "2026-03-22", 3 * HOUR),
        ("Asia/Gaza", "2026-03-28", 3 * HOUR),
        ("Europe/Berlin", "2026-10-25", 5 * HOUR),
    ] {
        let night = night.parse::<NaiveDate>().unwrap();
        let office = calendar(&CalendarDefinition::always(zone).open("mon", ["00:00-23:59"]));
        let wall = |hour| office.resolve(night.and_hms_opt(hour, 0, 0).unwrap());
        assert_eq!(office.elapsed(wall(0), wall(4)), seconds, "{zone} {night}");
        assert_eq!(office.add(wall(0), seconds), Ok(wall(4)), "{zone} {night}");
    }
}

#[test]
fn a_period_in_the_spring_gap_is_moved_by_the_gap_and_one_that_ends_in_it_vanishes() {
    let open_on = |hours| {
        let night = calendar(&CalendarDefinition::new("Europe/Berlin").open("sun", [hours]));
        let from = at("2026-03-28T23:00:00Z");
        night
            .periods_after(from)
            .next()
            .map(|period| (period.from.to_rfc3339(), (period.to - period.from).num_minutes()))
    };
    assert_eq!(open_on("02:15-02:45"), Some(("2026-03-29T01:15:00+00:00".to_owned(), 30)));
    assert_eq!(open_on("01:30-02:30"), Some(("2026-03-29T00:30:00+00:00".to_owned(), 60)));
    // From 03:30 until 03:15 is no time.
    assert_eq!(open_on("02:30-03:15"), Some(("2026-04-05T00:30:00+00:00".to_owned(), 45)));
}

#[test]
fn one_open_hour_a_year_and_targets_of_decades_have_no_search_cap() {
    let closed: Vec<String> = (1..=12_u32)
        .flat_map(|month| (1..=31_u32).map(move |day| (month, day)))
        .filter(|(month, day)| NaiveDate::from_ymd_opt(2000, *month, *day).is_some() && !(*month == 7 && *day <= 7))
        .map(|(month, day)| format!("{month:02}-{day:02}"))
        .collect();
    // Of all Thursdays the first of July is left: one hour a year.
    let rare = calendar(&CalendarDefinition::new("Europe/Berlin").open("thu", ["12:00-13:00"]).holidays(closed));
    let start = at("2026-11-02T09:00:00Z");
    assert_eq!(rare.add(start, 20 * HOUR), Ok(at("2047-07-04T10:00:00Z")));
    assert_eq!(rare.elapsed(start, at("2126-11-02T09:00:00Z")), 100 * HOUR);
    assert_eq!(rare.add(start, 5_000 * HOUR), Ok(at("7027-07-05T10:00:00Z")));
    assert_eq!(rare.add(start, 8_000 * HOUR), Err(ReckonError::OutOfReach));
    assert_eq!(rare.next_open(start), Ok(at("2027-07-01T10:00:00Z")));

    let twenty_years = office("Europe/Berlin");
    let due = twenty_years.add(start, 20 * 365 * 24 * HOUR).unwrap();
    assert_eq!(twenty_years.elapsed(start, due), 20 * 365 * 24 * HOUR);
}

#[test]
fn open_time_that_ends_is_an_error_and_never_a_search() {
    let fair = calendar(&CalendarDefinition::new("Europe/Berlin").replacing("2026-05-01", ["10:00-18:00"]));
    let before = at("2026-01-01T00:00:00Z");
    assert_eq!(fair.exhausted_at(before, 8 * HOUR), Ok(at("2026-05-01T16:00:00Z")));
    assert_eq!(fair.add(before, 8 * HOUR), Err(ReckonError::OutOfReach));
    assert_eq!(fair.next_open(at("2026-05-01T16:00:00Z")), Err(ReckonError::OutOfReach));
    assert_eq!(fair.prev_close(before), Err(ReckonError::OutOfReach));
    assert_eq!(fair.periods_after(before).count(), 1);
    for hostile in [i64::MAX, i64::MAX - 1, i64::MAX / 2, 1 << 40] {
        assert_eq!(fair.add(before, hostile), Err(ReckonError::OutOfReach));
        assert_eq!(office("UTC").add(before, hostile), Err(ReckonError::OutOfReach));
        assert_eq!(office("UTC").sub(before, hostile), Err(ReckonError::OutOfReach));
        assert_eq!(Calendar::always().add(before, hostile), Err(ReckonError::OutOfReach));
    }
    let (first, last) = (DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
    let office = office("Europe/Berlin");
    assert!(office.elapsed(first, last) > 8_000 * 250 * 8 * HOUR);
    assert_eq!(office.elapsed(last, first), 0);
    assert!(!office.is_open(first) && office.add(last, 1).is_err() && office.next_close(last).is_err());
    assert_eq!(office.working_days_after(NaiveDate::MAX).next(), None);
    assert_eq!(office.working_days_before(NaiveDate::MIN).next(), None);
    assert_eq!(office.working_days_before(NaiveDate::MAX).next().map(|day| day.to_string()), Some("9998-12-31".into()));
    assert_eq!(office.working_days_after(NaiveDate::MIN).next().map(|day| day.to_string()), Some("1970-01-01".into()));
}

#[test]
fn closed_for_good_on_a_far_date_is_reckoned_until_then() {
    let closing = CalendarDefinition::weekdays("UTC", "09:00-17:00").holidays(["2100-01-01..9999-12-31"]);
    let office = calendar(&closing);
    assert_eq!(office.prev_close(at("9000-01-01T00:00:00Z")), Ok(at("2099-12-31T17:00:00Z")));
    assert_eq!(office.next_open(at("2100-01-01T00:00:00Z")), Err(ReckonError::OutOfReach));
    let reopened = CalendarDefinition::weekdays("UTC", "09:00-17:00").holidays(["2100-01-01..8998-12-31"]);
    assert_eq!(calendar(&reopened).next_open(at("2100-01-01T00:00:00Z")), Ok(at("8999-01-01T09:00:00Z")));
}

#[test]
fn no_calendar_is_wall_time() {
    let always = Calendar::always();
    let (from, to) = (at("2026-03-01T00:00:00Z"), at("2026-04-01T00:00:00Z"));
    assert!(always.is_always_open() && always.is_open(from));
    assert_eq!(always.elapsed(from, to), (to - from).num_seconds());
    assert_eq!(always.add(from, 0), Ok(from));
    assert_eq!(always.sub(to, 31 * 24 * HOUR), Ok(from));
    assert_eq!(always.prev_close(from), Ok(from));
    assert_eq!(always.next_close(from), Err(ReckonError::OutOfReach));
    assert_eq!(always.periods_after(from).count(), 1);
    assert_eq!(always.compiled_bytes(), 0);
    assert_eq!(calendar(&CalendarDefinition::always("Africa/Cairo")).elapsed(from, to), (to - from).num_seconds());
}

#[test]
fn fifty_years_take_less_than_a_megabyte() {
    let busy = (2000..2050).flat_map(|year| (0..10).map(move |n| format!("{year}-{:02}-11", n + 1)));
    let office = CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00").holidays(busy);
    let split: Vec<String> = (0..24).map(|hour| format!("{hour:02}:07-{hour:02}:53")).collect();
    let split = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .into_iter()
        .fold(office.clone(), |week, day| week.open(day, split.iter().map(String::as_str)));
    for definition in [office, split] {
        let calendar = calendar(&definition);
        calendar.elapsed(at("2000-01-01T00:00:00Z"), at("2049-12-31T00:00:00Z"));
        let bytes = calendar.compiled_bytes();
        println!("50 years: {bytes} bytes");
        assert!((100_000..1_000_000).contains(&bytes), "{bytes}");
        // And all time there is.
        calendar.elapsed(DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC);
        assert!(calendar.compiled_bytes() < 2_000_000, "{}", calendar.compiled_bytes());
    }
}

#[test]
fn threads_share_what_is_compiled_and_answer_alike() {
    let shared = office("America/New_York");
    let alone = office("America/New_York");
    let starts: Vec<_> = (0..70).map(|year| at("1975-03-09T12:00:00Z") + TimeDelta::days(365 * year)).collect();
    let answers = |calendar: &Calendar, turn: usize| {
        let mut starts = starts.clone();
        starts.rotate_left(turn * 17);
        let mut due: Vec<_> = starts.iter().map(|start| (*start, calendar.add(*start, 1_000 * HOUR))).collect();
        due.sort_by_key(|(start, _)| *start);
        due
    };
    let expected = answers(&alone, 0);
    std::thread::scope(|scope| {
        for turn in 0..4 {
            let (shared, answers, expected) = (shared.clone(), &answers, &expected);
            scope.spawn(move || assert_eq!(&answers(&shared, turn), expected));
        }
    });
}

#[test]
fn what_two_calendars_have_in_common() {
    let berlin = office("Europe/Berlin");
    let new_york = office("America/New_York");
    let common = berlin.common_periods_after(&new_york, at("2026-11-06T15:30:00Z"));
    let common: Vec<_> = common.take(2).map(|p| (p.from.to_rfc3339(), p.to.to_rfc3339())).collect();
    let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
    assert_eq!(
        common,
        [
            pair("2026-11-06T15:30:00+00:00", "2026-11-06T16:00:00+00:00"),
            pair("2026-11-09T14:00:00+00:00", "2026-11-09T16:00:00+00:00"),
        ]
    );
}

#[test]
fn working_days_step_over_holidays_and_closed_days() {
    let office = CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00").holidays(["2026-12-25"]);
    let office = calendar(&office.replacing("2026-12-24", []).replacing("2026-12-26", ["10:00-12:00"]));
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    assert_eq!(office.add_working_days(day("2026-12-23"), 1), Ok(day("2026-12-26")));
    assert_eq!(office.add_working_days(day("2026-12-28"), -2), Ok(day("2026-12-23")));
    assert_eq!(office.add_working_days(day("2026-12-25"), 0), Ok(day("2026-12-25")));
    assert_eq!(office.working_days_between(day("2026-12-21"), day("2026-12-28")), 4);
    assert_eq!(office.working_days_between(day("2026-12-28"), day("2026-12-21")), 0);
    let hours = office.hours_of(day("2026-12-26")).unwrap();
    assert_eq!((hours.from, hours.to), (at("2026-12-26T09:00:00Z"), at("2026-12-26T11:00:00Z")));
    assert_eq!(office.hours_of(day("2026-12-24")), None);
    assert_eq!(office.add_working_days(day("2026-12-24"), i32::MAX), Err(ReckonError::OutOfReach));
    assert_eq!(office.add_working_days(day("2026-12-24"), i32::MIN), Err(ReckonError::OutOfReach));
}

#[test]
fn working_days_are_counted_as_a_walk_would_at_a_cost_that_does_not_grow() {
    let zones = ["Pacific/Apia", "Asia/Gaza", "UTC"];
    let hours = ["09:00-17:00", "22:00-06:00+1"];
    for (zone, hours) in zones.into_iter().zip([hours[0], hours[1], hours[0]]) {
        let definition = CalendarDefinition::weekdays(zone, hours).holidays(["12-25", "02-29", "2012-01-02"]);
        let office = calendar(&definition.replacing("2012-01-07", ["10:00-12:00"]));
        let dates: Vec<NaiveDate> = "2011-12-20".parse::<NaiveDate>().unwrap().iter_days().take(1_600).collect();
        let working: Vec<NaiveDate> = dates.iter().copied().filter(|date| office.is_working_day(*date)).collect();
        let after: Vec<NaiveDate> = office.working_days_after(dates[0]).take(1_000).collect();
        let begin = working.iter().position(|date| *date > dates[0]).unwrap();
        assert_eq!(after, working[begin..begin + 1_000], "{zone}");
        let last = *dates.last().unwrap();
        let before: Vec<NaiveDate> = office.working_days_before(last).take(1_000).collect();
        assert!(before.iter().eq(working.iter().rev().skip_while(|date| **date >= last).take(1_000)), "{zone}");
        for step in (0..1_600).step_by(7) {
            let count = working.iter().filter(|date| (dates[3]..dates[step]).contains(*date)).count();
            assert_eq!(office.working_days_between(dates[3], dates[step]), count, "{zone} until {}", dates[step]);
        }
    }
    // One working day a year: as many of them as there are years, and no walk of millions of days to find out.
    let fair =
        calendar(&CalendarDefinition::always("UTC").holidays(
            (1..=12).flat_map(|month| (1..=31).map(move |day| format!("{month:02}-{day:02}"))).filter(|text| {
                text != "07-01" && NaiveDate::parse_from_str(&format!("2000-{text}"), "%Y-%m-%d").is_ok()
            }),
        ));
    let date = "2026-07-02".parse().unwrap();
    assert_eq!(fair.add_working_days(date, 7_900).map(|date| date.to_string()), Ok("9926-07-01".to_owned()));
    assert_eq!(fair.add_working_days(date, 7_973), Err(ReckonError::OutOfReach));
    for _ in 0..1_000 {
        assert_eq!(fair.add_working_days(date, 36_500), Err(ReckonError::OutOfReach));
    }
}

#[test]
fn breaks_are_known_inside_and_outside_business_hours() {
    let office = CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00");
    let office = calendar(&office.without("2026-11-02", ["12:00-13:00", "19:00-20:00"]));
    let is_break = |wall: &str| office.is_break(office.resolve(wall.parse().unwrap()));
    assert!(is_break("2026-11-02T12:00:00") && is_break("2026-11-02T19:30:00"));
    assert!(!is_break("2026-11-02T13:00:00") && !is_break("2026-11-03T12:00:00"));
    assert_eq!(office.elapsed(at("2026-11-02T00:00:00Z"), at("2026-11-03T00:00:00Z")), 7 * HOUR);
}

#[test]
fn hours_that_only_touch_have_nothing_in_common() {
    let morning = CalendarDefinition::new("UTC").open("mon", ["09:00-12:00"]).open("tue", ["09:00-12:00"]);
    let later = CalendarDefinition::new("UTC").open("mon", ["12:00-17:00"]).open("tue", ["11:00-17:00"]);
    let from = at("2026-11-02T00:00:00Z");
    let first = calendar(&morning).common_periods_after(&calendar(&later), from).next().unwrap();
    assert_eq!((first.from, first.to), (at("2026-11-03T11:00:00Z"), at("2026-11-03T12:00:00Z")));
}
