//! Rules of records: values under keys, with versions, in bytewise order.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use serde_json::{Value, json};

use super::Subject;
use super::given::Given;
use crate::store::{CommitOutcome, Conflict, Expected, Record, RecordKey, RecordKind, RecordWrite};
use crate::ticket::Version;

/// Keys that a careless comparison takes for one another, in bytewise order.
const ODD_KEYS: [&str; 14] = [" ", "  ", "%", "A", "B", "Ab", "_", "a", "a ", "a\u{301}", "ab", "b", "á", "😀"];

fn team(key: &str) -> RecordKey {
    RecordKey::new(RecordKind::Team, key)
}

async fn put(given: &Given, key: &RecordKey, expected: Expected, value: Value) {
    given.apply(given.record_commit(key, expected, Some(value))).await;
}

async fn get(given: &Given, key: &RecordKey) -> Option<Record> {
    given.store.record(&given.tenant, key).await.unwrap()
}

async fn refused(given: &Given, key: &RecordKey, expected: Expected, value: Option<Value>, found: u64) {
    let before = get(given, key).await;
    let outcome = given.send(given.record_commit(key, expected, value)).await;
    let conflict = Conflict::Record { key: key.clone(), found: Version(found) };
    assert_eq!(outcome, CommitOutcome::Conflict(conflict));
    assert_eq!(get(given, key).await, before);
}

pub async fn versions_of_a_record_count_from_one(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let key = team("first");
    put(&given, &key, Expected::Absent, json!("a")).await;
    assert_eq!(get(&given, &key).await, Some(Record { key: key.clone(), version: Version(1), value: json!("a") }));
    put(&given, &key, Expected::At(Version(1)), json!("b")).await;
    put(&given, &key, Expected::At(Version(2)), json!("b")).await;
    assert_eq!(get(&given, &key).await, Some(Record { key: key.clone(), version: Version(3), value: json!("b") }));
}

pub async fn a_record_must_be_as_expected(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let key = team("first");
    refused(&given, &key, Expected::At(Version(1)), Some(json!("x")), 0).await;
    put(&given, &key, Expected::Absent, json!("a")).await;
    refused(&given, &key, Expected::Absent, Some(json!("x")), 1).await;
    refused(&given, &key, Expected::At(Version(2)), Some(json!("x")), 1).await;
    put(&given, &key, Expected::At(Version(1)), json!("b")).await;
    refused(&given, &key, Expected::At(Version(1)), Some(json!("x")), 2).await;
    refused(&given, &key, Expected::At(Version(1)), None, 2).await;
}

pub async fn a_record_taken_away_begins_again_at_one(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let key = team("first");
    put(&given, &key, Expected::Absent, json!("a")).await;
    put(&given, &key, Expected::At(Version(1)), json!("b")).await;
    given.apply(given.record_commit(&key, Expected::At(Version(2)), None)).await;
    assert_eq!(get(&given, &key).await, None);
    assert_eq!(given.store.records(&given.tenant, RecordKind::Team, None, 9).await.unwrap(), []);
    refused(&given, &key, Expected::At(Version(2)), Some(json!("x")), 0).await;
    put(&given, &key, Expected::Absent, json!("c")).await;
    assert_eq!(get(&given, &key).await.unwrap().version, Version(1));
}

pub async fn keys_that_differ_at_all_are_different(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for key in ODD_KEYS {
        put(&given, &team(key), Expected::Absent, json!(key)).await;
    }
    for key in ODD_KEYS {
        assert_eq!(get(&given, &team(key)).await.unwrap().value, json!(key));
    }
    for absent in ["c", "aa", "   ", "á ", "AB", "a%"] {
        assert_eq!(get(&given, &team(absent)).await, None, "{absent:?}");
    }
}

pub async fn records_come_in_bytewise_order(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for key in ODD_KEYS.iter().rev() {
        put(&given, &team(key), Expected::Absent, json!(key)).await;
    }
    let mut expected = ODD_KEYS.to_vec();
    expected.sort_unstable();
    let records = given.store.records(&given.tenant, RecordKind::Team, None, 100).await.unwrap();
    let keys: Vec<&str> = records.iter().map(|record| record.key.key.as_str()).collect();
    assert_eq!(keys, expected);
    assert!(records.iter().all(|record| record.value == json!(record.key.key)));
}

pub async fn a_page_of_records_goes_on_behind_a_key(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for key in ODD_KEYS {
        put(&given, &team(key), Expected::Absent, json!(null)).await;
    }
    let mut sorted = ODD_KEYS.to_vec();
    sorted.sort_unstable();
    for after in sorted.iter().chain(&["aa", "~", "\u{1}"]) {
        let page = given.store.records(&given.tenant, RecordKind::Team, Some(after), 3).await.unwrap();
        let keys: Vec<&str> = page.iter().map(|record| record.key.key.as_str()).collect();
        let expected: Vec<&str> = sorted.iter().filter(|key| *key > after).take(3).copied().collect();
        assert_eq!(keys, expected, "behind {after:?}");
    }
}

pub async fn kinds_do_not_meet(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for kind in RecordKind::ALL {
        put(&given, &RecordKey::new(kind, "same"), Expected::Absent, json!(kind.as_str())).await;
    }
    for kind in RecordKind::ALL {
        let of_kind = given.store.records(&given.tenant, kind, None, 9).await.unwrap();
        assert_eq!(of_kind.len(), 1);
        assert_eq!((of_kind[0].key.kind, &of_kind[0].value), (kind, &json!(kind.as_str())));
    }
}

pub async fn a_count_is_of_all_records_of_its_kind(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let count = async |kind| given.store.count_records(&given.tenant, kind).await.unwrap();
    assert_eq!(count(RecordKind::Team).await, 0);
    for key in ODD_KEYS {
        put(&given, &team(key), Expected::Absent, json!(null)).await;
    }
    put(&given, &RecordKey::new(RecordKind::Agent, "a"), Expected::Absent, json!(null)).await;
    given.apply(given.record_commit(&team("ab"), Expected::At(Version(1)), None)).await;
    assert_eq!(count(RecordKind::Team).await, ODD_KEYS.len() as u64 - 1);
    assert_eq!(count(RecordKind::Agent).await, 1);
    assert_eq!(count(RecordKind::Category).await, 0);
}

pub async fn values_come_back_exactly_as_they_were_written(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let values = [
        json!(null),
        json!(""),
        json!([]),
        json!({}),
        json!({ "b": 1, "a": { "ä": [true, null, -1, i64::MAX, i64::MIN] }, "": "é\u{1F600}\\\"\n" }),
        json!("x".repeat(100_000)),
        json!([9.533_333_333_333_333, 31.245_270_191_439_438, 0.1, -1.0e-300, f64::MAX]),
    ];
    for (i, value) in values.iter().enumerate() {
        put(&given, &team(&i.to_string()), Expected::Absent, value.clone()).await;
    }
    for (i, value) in values.iter().enumerate() {
        assert_eq!(get(&given, &team(&i.to_string())).await.unwrap().value, *value);
    }
}

pub async fn several_records_of_one_act_stand_or_fall_together(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    put(&given, &team("b"), Expected::Absent, json!(1)).await;
    let write = |key: &str, expected| RecordWrite { key: team(key), expected, value: Some(json!(2)) };
    let mut act = given.commit([]);
    act.records = vec![write("a", Expected::Absent), write("b", Expected::Absent)];
    let conflict = Conflict::Record { key: team("b"), found: Version(1) };
    assert_eq!(given.send(act.clone()).await, CommitOutcome::Conflict(conflict));
    assert_eq!(get(&given, &team("a")).await, None);
    act.records[1].expected = Expected::At(Version(1));
    given.apply(act).await;
    assert_eq!(get(&given, &team("a")).await.unwrap().version, Version(1));
    assert_eq!(get(&given, &team("b")).await.unwrap().version, Version(2));
}

pub async fn taking_away_what_is_not_there_is_nothing(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    given.apply(given.record_commit(&team("a"), Expected::Absent, None)).await;
    assert_eq!(get(&given, &team("a")).await, None);
    put(&given, &team("a"), Expected::Absent, json!(1)).await;
}
