//! Templates, years at the edge of a zone's year, widening, keys that do not clash.

use super::*;

fn zone(name: &str) -> Zone {
    Zone::named(name).unwrap()
}

fn plan(template: &str, at: &str, zone: Zone) -> NumberPlan {
    NumberTemplate::new(template).unwrap().plan(at.parse().unwrap(), zone, None)
}

#[test]
fn the_year_is_the_tenants() {
    let (first, last) = (zone("Pacific/Kiritimati"), zone("Pacific/Pago_Pago"));
    let default = "{year}-{seq:06}";
    assert_eq!(plan(default, "2025-12-31T09:59:59Z", first).print(1).as_str(), "2025-000001");
    assert_eq!(plan(default, "2025-12-31T10:00:00Z", first).print(1).as_str(), "2026-000001");
    assert_eq!(plan(default, "2026-01-01T10:59:59Z", last).print(1).as_str(), "2025-000001");
    assert_eq!(plan(default, "2026-01-01T11:00:00Z", last).scope(), "ticket/2026");
}

#[test]
fn it_widens_and_never_wraps() {
    let plan = plan("{year}-{seq:06}", "2026-05-05T00:00:00Z", Zone::utc());
    assert_eq!(plan.print(999_999).as_str(), "2026-999999");
    assert_eq!(plan.print(1_000_000).as_str(), "2026-1000000");
    assert_eq!(plan.print(u64::MAX).as_str(), "2026-18446744073709551615");
}

#[test]
fn all_parts_print_and_the_sequence_is_found_again() {
    let template = NumberTemplate::new("T{yy}{month}-{team}-{seq:4}/{check}").unwrap();
    let team = TeamId::new("2nd level").unwrap();
    let plan = template.plan("2026-03-05T00:00:00Z".parse().unwrap(), Zone::utc(), Some(&team));
    let number = plan.print(37);
    assert_eq!(number.as_str(), "T2603-2ndlevel-0037/5");
    assert_eq!(plan.sequence_of(&number), Some(37));
    assert_eq!(plan.sequence_of(&TicketNumber::new("T2604-2ndlevel-0037/8").unwrap()), None);
}

#[test]
fn luhn_as_published() {
    // The worked example of ISO/IEC 7812-1: 7992739871 has the check digit 3.
    assert_eq!(luhn([7, 9, 9, 2, 7, 3, 9, 8, 7, 1].into_iter()), 3);
}

#[test]
fn bad_templates_are_refused() {
    for bad in [
        "",
        "{year}",
        "{seq}{seq}",
        "{seq:0}",
        "{seq:99}",
        "{year}{seq:6}",
        "{check}-{seq}",
        "{seq}-{nope}",
        "{seq",
        "{seq}1",
        "#{seq}",
    ] {
        assert!(NumberTemplate::new(bad).is_err(), "{bad}");
    }
}

#[test]
fn keys_of_different_numbers_differ() {
    let key = |text| NumberKey::parse(text).unwrap();
    assert_ne!(key("2025-11-1"), key("2025-1-11"));
    assert_ne!(key("2025-1"), key("20251"));
    assert_eq!(key("A-007"), key("a-7"));
    assert!(NumberKey::parse("#").is_err());
    assert!(NumberKey::parse("abc").is_err());
    assert!(NumberKey::parse(&"1".repeat(129)).is_err());
}
