//! Rules of reading: what is found, how exactly, and what is not there.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{ANNA, Given, reference, tag};
use crate::party::AgentId;
use crate::store::{Expected, Loaded, RecordKey, RecordKind, TicketKey, Wants};
use crate::ticket::{Command, NumberKey, TicketId, Version};

pub async fn what_is_not_there_is_nothing_and_no_fault(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (id, key) = (TicketId(given.id()), RecordKey::settings());
    let wants = Wants {
        ticket: Some(TicketKey::Id(id)),
        records: vec![key.clone()],
        versions: vec![key.clone()],
        replay: Some(given.key("api", "1", "f")),
        mark: Some(AgentId::new(ANNA).unwrap()),
    };
    let nothing = Loaded { records: vec![None], versions: vec![Version::NONE], ..Loaded::default() };
    assert_eq!(given.load(wants).await, nothing);
    assert_eq!(given.find(TicketKey::Number(NumberKey::parse("1").unwrap())).await, None);
    assert_eq!(given.find(TicketKey::External(reference("shop", "1"))).await, None);
    assert!(given.talk(id).await.is_empty() && given.history(id).await.is_empty());
    assert_eq!(given.store.record(&given.tenant, &key).await.unwrap(), None);
    assert!(given.store.scan(&given.tenant, None, 10).await.unwrap().is_empty());
}

pub async fn a_ticket_is_found_by_its_id(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (first, second) = (given.a_ticket("Printer").await, given.a_ticket("Till").await);
    assert_eq!(given.get(first.id).await, Some(first));
    assert_eq!(given.get(second.id).await, Some(second));
}

pub async fn a_ticket_is_found_by_every_spelling_of_its_number(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    given.a_ticket("Printer").await;
    let ticket = given.a_ticket("Till").await;
    for spelling in ["#2026-000002", "2026-2", "2026/0002", "２０２６-２"] {
        let found = given.find(TicketKey::Number(NumberKey::parse(spelling).unwrap())).await;
        assert_eq!(found.as_ref(), Some(&ticket), "{spelling}");
    }
}

pub async fn a_ticket_is_found_by_its_reference_outside(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut new = given.asked("Printer");
    new.external = [reference("shop", "4711"), reference("mail", "<1@example.com>")].into();
    let ticket = given.opened(new).await;
    let later = given.does(&given.a_ticket("Till").await, Command::AddExternal(reference("shop", "4712"))).await;
    assert_eq!(given.find(TicketKey::External(reference("mail", "<1@example.com>"))).await, Some(ticket));
    assert_eq!(given.find(TicketKey::External(reference("shop", "4712"))).await, Some(later));
    assert_eq!(given.find(TicketKey::External(reference("mail", "4711"))).await, None);
}

pub async fn a_ticket_is_found_by_the_reference_of_one_of_its_messages(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut new = given.asked("Printer");
    new.message.as_mut().unwrap().draft.external = vec![reference("mail", "<1@example.com>")];
    let ticket = given.opened(new).await;
    assert_eq!(given.find(TicketKey::External(reference("mail", "<1@example.com>"))).await, Some(ticket));
}

pub async fn a_ticket_comes_back_exactly_as_it_was_written(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut population = super::population::Population::new(given.clone(), 7);
    population.grow(12).await;
    for ticket in population.tickets() {
        assert_eq!(given.get(ticket.id).await.as_ref(), Some(ticket));
    }
}

pub async fn fields_that_a_newer_writer_added_survive(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut write = given.opening(given.asked("Printer"));
    write.after.extra.insert("mood".into(), serde_json::json!({ "value": ["😀", 1, null] }));
    let ticket = given.applied(write).await;
    assert_eq!(given.get(ticket.id).await.as_ref(), Some(&ticket));
    let tagged = given.does(&ticket, tag("vip")).await;
    assert_eq!(given.get(ticket.id).await.unwrap().extra, tagged.extra);
}

pub async fn a_load_answers_in_the_order_of_what_was_wanted(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let key = |name: &str| RecordKey::new(RecordKind::Team, name);
    for name in ["a", "b"] {
        given.apply(given.record_commit(&key(name), Expected::Absent, Some(name.into()))).await;
    }
    given.apply(given.record_commit(&key("b"), Expected::At(Version(1)), Some("B".into()))).await;
    let wants = Wants {
        records: vec![key("b"), key("x"), key("a"), key("b")],
        versions: vec![key("x"), key("b"), key("a")],
        ..Wants::default()
    };
    let loaded = given.load(wants).await;
    let values: Vec<_> = loaded.records.into_iter().map(|record| record.map(|record| record.value)).collect();
    assert_eq!(values, [Some("B".into()), None, Some("a".into()), Some("B".into())]);
    assert_eq!(loaded.versions, [Version::NONE, Version(2), Version(1)]);
}

pub async fn a_load_brings_the_lock_and_the_mark(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let slot = given.slot(ticket.id).await;
    let next = given.lock_by(&slot, ANNA);
    assert!(given.swap(ticket.id, &slot, &next).await);
    let anna = AgentId::new(ANNA).unwrap();
    given.store.mark_read(&given.tenant, &anna, ticket.id, 1).await.unwrap();
    let loaded =
        given.load(Wants { ticket: Some(TicketKey::Id(ticket.id)), mark: Some(anna), ..Wants::default() }).await;
    assert_eq!((loaded.ticket, loaded.lock, loaded.mark), (Some(ticket), next, 1));
}

pub async fn tombstones_are_loaded(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let gone = given.does(&ticket, Command::Delete).await;
    assert!(gone.deleted_at.is_some() && gone.content.subject.is_empty());
    assert_eq!(given.get(ticket.id).await.as_ref(), Some(&gone));
    assert_eq!(given.find(TicketKey::Number(ticket.number.key())).await, Some(gone));
}

pub async fn a_scan_goes_by_rising_id_with_tombstones(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut writes: Vec<_> = (0..6).map(|i| given.opening(given.asked(&format!("Ticket {i}")))).collect();
    writes.reverse();
    let mut all = Vec::new();
    for write in writes {
        all.push(given.applied(write).await);
    }
    all[2] = given.does(&all[2], Command::Delete).await;
    all.sort_by_key(|ticket| ticket.id);
    assert_eq!(given.store.scan(&given.tenant, None, 100).await.unwrap(), all);
    assert_eq!(given.store.scan(&given.tenant, None, 2).await.unwrap(), all[..2]);
    assert_eq!(given.store.scan(&given.tenant, Some(all[1].id), 3).await.unwrap(), all[2..5]);
    assert_eq!(given.store.scan(&given.tenant, Some(all[5].id), 3).await.unwrap(), []);
}
