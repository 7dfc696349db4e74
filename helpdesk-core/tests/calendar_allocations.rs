//! Reckoning with a compiled calendar takes no memory, over a day or over ten years.

use chrono::{DateTime, TimeDelta, Utc};
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};

#[test]
fn a_compiled_calendar_reckons_without_allocating() {
    let days = (2020..2050).flat_map(|year| (1..=10).map(move |month| format!("{year}-{month:02}-13")));
    let office = Calendar::new(&CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00").holidays(days)).unwrap();
    let start: DateTime<Utc> = "2026-11-06T15:00:00Z".parse().unwrap();
    let reckon = || {
        for span in [1, 30, 365, 3652].map(TimeDelta::days) {
            let used = office.elapsed(start, start + span);
            assert_eq!(office.elapsed(start, office.add(start, used).unwrap()), used);
            office.exhausted_at(start, used).unwrap();
            office.sub(start + span, used).unwrap();
        }
        office.next_open(start).unwrap();
        office.next_close(start).unwrap();
        office.prev_close(start).unwrap();
        office.next_period_start(start).unwrap();
        assert!(office.is_open(start));
    };
    assert!(allocation_counter::measure(reckon).count_total > 0, "the first time, it is compiled");
    assert_eq!(allocation_counter::measure(reckon).count_total, 0);
    assert_eq!(allocation_counter::measure(|| drop(office.clone())).count_total, 0, "clones share");
}
