//! Definitions by example: how they are written, what is refused and how it is named, and what wins on a date.
#![expect(clippy::unwrap_used, reason = "a test")]

use chrono::{DateTime, NaiveDate, Utc};
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition, CalendarProblem, MAX_DATES, MAX_PERIODS};
use helpdesk_core::text::Invalid;

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn calendar(definition: &CalendarDefinition) -> Calendar {
    Calendar::new(definition).unwrap()
}

#[test]
fn a_bad_calendar_is_refused_naming_the_field() {
    use CalendarProblem as P;
    let utc = || CalendarDefinition::new("UTC");
    let monday = |hours: &str| utc().open("mon", [hours]);
    let cases = [
        (CalendarDefinition::weekdays("Europe/Atlantis", "09:00-17:00"), "zone", P::UnknownZone),
        (utc(), "weekly", P::NoOpenTime),
        (utc().open("mon", []), "weekly", P::NoOpenTime),
        (utc().replacing("2026-01-01", ["09:00-10:00"]).holidays(["01-01"]), "weekly", P::NoOpenTime),
        (monday("09:00-17:00").open("montag", ["09:00-17:00"]), "weekly.montag", P::UnknownDay),
        (monday("09:00-17:00").open("Mon", ["09:00-17:00"]), "weekly.Mon", P::UnknownDay),
        (monday("09:00-09:00"), "weekly.mon[0]", P::ZeroLength),
        (monday("17:00-09:00"), "weekly.mon[0]", P::Reversed),
        (monday("09:00-00:00"), "weekly.mon[0]", P::Reversed),
        (monday("09:00-24:01"), "weekly.mon[0]", P::BeyondMidnight),
        (monday("24:00-01:00+1"), "weekly.mon[0]", P::BeyondMidnight),
        (monday("09:00-10:00+1"), "weekly.mon[0]", P::TooLong),
        (monday("nine to five"), "weekly.mon[0]", P::MalformedPeriod),
        (monday("09:60-17:00"), "weekly.mon[0]", P::MalformedPeriod),
        (monday("+9:00-17:00"), "weekly.mon[0]", P::MalformedPeriod),
        (monday("09:00:00:00-17:00"), "weekly.mon[0]", P::MalformedPeriod),
        (monday("09-17"), "weekly.mon[0]", P::MalformedPeriod),
        (utc().open("tue", ["09:00-12:00", "11:59-17:00"]), "weekly.tue[1]", P::Overlap),
        (utc().open("sun", ["22:00-06:00+1"]).open("mon", ["05:00-09:00"]), "weekly.sun", P::Overlap),
        (monday("09:00-17:00").holidays(["2026-02-30"]), "holidays[0]", P::MalformedDate),
        (monday("09:00-17:00").holidays(["12-25", "02-30"]), "holidays[1]", P::MalformedDate),
        (monday("09:00-17:00").holidays(["25.12."]), "holidays[0]", P::MalformedDate),
        (monday("09:00-17:00").holidays(["2026-12-31..2026-12-24"]), "holidays[0]", P::ReversedRange),
        (monday("09:00-17:00").replacing("2026-13-01", []), "overrides.2026-13-01", P::MalformedDate),
        (monday("09:00-17:00").replacing("2026-12-24", ["12:00-09:00"]), "overrides.2026-12-24[0]", P::Reversed),
        (monday("09:00-17:00").without("2026-12-24", ["x"]), "breaks.2026-12-24[0]", P::MalformedPeriod),
        (monday("09:00-17:00").holidays(vec!["12-25"; MAX_DATES + 1]), "holidays", P::TooMany { max: MAX_DATES }),
        (utc().open("mon", vec!["09:00-10:00"; MAX_PERIODS + 1]), "weekly.mon", P::TooMany { max: MAX_PERIODS }),
    ];
    for (definition, field, problem) in cases {
        let refused = Calendar::new(&definition).unwrap_err();
        assert_eq!((refused.field.as_str(), refused.problem), (field, problem), "{definition:?}");
        assert_eq!(Invalid::from(refused).field, field);
    }
}

#[test]
fn as_many_dates_as_are_allowed_are_taken_and_one_more_is_not() {
    let dates = |count: usize| {
        let days = NaiveDate::from_ymd_opt(2026, 1, 1).unwrap().iter_days();
        let week = CalendarDefinition::new("UTC").open("mon", ["09:00-17:00"]);
        days.take(count).fold(week, |all, day| all.replacing(&day.to_string(), []))
    };
    assert!(Calendar::new(&dates(MAX_DATES)).is_ok());
    let refused = Calendar::new(&dates(MAX_DATES + 1)).unwrap_err();
    assert_eq!((refused.field.as_str(), refused.problem), ("overrides", CalendarProblem::TooMany { max: MAX_DATES }));
}

#[test]
fn a_key_from_outside_cannot_forge_a_message() {
    let long = "x\n\u{1b}[31m".repeat(1000);
    let refused = Calendar::new(&CalendarDefinition::new("UTC").open(&long, [])).unwrap_err();
    assert!(refused.field.len() < 300 && !refused.field.contains(['\n', '\u{1b}']), "{}", refused.field);
}

#[test]
fn a_definition_is_given_back_in_its_one_form() {
    let given = CalendarDefinition::new("europe/berlin")
        .open("mon", ["13:00 – 17:00", "9:00–12:00", "23:00-0:00+1"])
        .holidays(["2026-12-24..2026-12-24", "12-25"]);
    let written = CalendarDefinition::new("Europe/Berlin")
        .open("mon", ["09:00-12:00", "13:00-17:00", "23:00-24:00"])
        .holidays(["2026-12-24", "12-25"]);
    assert_eq!(calendar(&given).definition(), &written);
    assert_eq!(calendar(&given), calendar(&written));
}

#[test]
fn unknown_fields_are_refused_and_days_are_written_in_order() {
    let text = r#"{"zone":"UTC","weekly":{"mon":["09:00-17:00"]},"hollidays":["12-25"]}"#;
    assert!(serde_json::from_str::<Calendar>(text).is_err());
    assert!(serde_json::from_str::<Calendar>(r#"{"zone":"UTC","weekly":{"mon":["9-17"]}}"#).is_err());
    let text = serde_json::to_string(&Calendar::always()).unwrap();
    let days: Vec<_> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].map(|day| text.find(day).unwrap()).into();
    assert!(days.is_sorted(), "{text}");
}

#[test]
fn a_definition_is_read_from_toml_and_written_to_it() {
    let text = r#"
        zone = "Europe/Berlin"
        holidays = ["2026-04-03", "12-25", "2026-12-28..2026-12-31"]
        [weekly]
        mon = ["09:00-12:00", "13:00-17:00"]
        sat = ["22:00-06:00+1"]
        [overrides]
        "2026-12-23" = []
        [breaks]
        "2026-06-18" = ["10:00-11:30"]
    "#;
    let read: Calendar = toml::from_str(text).unwrap();
    assert_eq!(read.definition().weekly["sat"], ["22:00-06:00+1"]);
    let written = toml::to_string(&read).unwrap();
    assert_eq!(toml::from_str::<Calendar>(&written).unwrap(), read);
    let bad = toml::from_str::<Calendar>(&written.replace("22:00-06:00+1", "22:00-06:00")).unwrap_err();
    assert!(bad.message().contains("weekly.sat[0]"), "{bad}");
}

#[test]
fn a_date_has_its_own_hours_whatever_they_come_from() {
    let nights = CalendarDefinition::new("UTC").open("mon", ["22:00-06:00+1"]).open("tue", ["22:00-06:00+1"]);
    let open = |definition: &CalendarDefinition| {
        let period = calendar(definition).periods_after(at("2026-11-02T00:00:00Z"));
        period
            .take(2)
            .map(|p| (p.from.format("%a %H").to_string(), p.to.format("%a %H").to_string()))
            .collect::<Vec<_>>()
    };
    let pairs = |list: [(&str, &str); 2]| list.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec();
    assert_eq!(open(&nights), pairs([("Mon 22", "Tue 06"), ("Tue 22", "Wed 06")]));
    // A holiday takes the early hours of its own date, and leaves those of the next.
    assert_eq!(open(&nights.clone().holidays(["2026-11-03"])), pairs([("Mon 22", "Tue 00"), ("Wed 00", "Wed 06")]));
    assert_eq!(
        open(&nights.clone().replacing("2026-11-03", ["04:00-05:00"])),
        pairs([("Mon 22", "Tue 00"), ("Tue 04", "Tue 05")])
    );
    assert_eq!(
        open(&nights.replacing("2026-11-02", ["20:00-08:00+1"]).without("2026-11-03", ["05:00-07:00"])),
        pairs([("Mon 20", "Tue 05"), ("Tue 07", "Tue 08")])
    );
}

#[test]
fn a_holiday_wins_over_an_override() {
    let closed = CalendarDefinition::weekdays("UTC", "09:00-17:00")
        .holidays(["12-24", "2026-12-28..2026-12-30"])
        .replacing("2026-12-24", ["09:00-12:00"]);
    let office = calendar(&closed);
    assert_eq!(office.next_open(at("2026-12-24T00:00:00Z")), Ok(at("2026-12-25T09:00:00Z")));
    assert_eq!(office.next_open(at("2026-12-25T17:00:00Z")), Ok(at("2026-12-31T09:00:00Z")));
    assert!(office.is_holiday("2099-12-24".parse().unwrap()));
}

#[cfg(feature = "german-holidays")]
#[test]
fn german_states_have_their_holidays() {
    use helpdesk_core::sla::calendar::{GermanState, german_holidays};
    let bavaria = german_holidays(GermanState::By, 2026..=2026);
    let days = "01-01 01-06 04-03 04-06 05-01 05-14 05-25 06-04 08-15 10-03 11-01 12-25 12-26";
    assert_eq!(bavaria, days.split(' ').map(|day| format!("2026-{day}")).collect::<Vec<_>>());
    // Kept once, in one state.
    let berlin = |year: i32| german_holidays(GermanState::Be, year..=year);
    assert!(berlin(2025).contains(&"2025-05-08".to_owned()) && !berlin(2026).contains(&"2026-05-08".to_owned()));
    assert!(german_holidays(GermanState::Nw, i32::MIN..=1994).is_empty());
    let all = CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00");
    calendar(&all.holidays(german_holidays(GermanState::Sn, 2000..=2100)));
}
