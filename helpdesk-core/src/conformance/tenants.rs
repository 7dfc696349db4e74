//! Rules of tenants: one's data never meets another's, whatever the ids.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::expected::everything;
use super::given::{ANNA, BEN, Given, assign, pending_until, reference, tag};
use crate::party::AgentId;
use crate::query::{GroupBy, TicketFilter, TicketQuery};
use crate::store::{CommitOutcome, Expected, RecordKey, TicketKey, Wants};
use crate::ticket::{Command, LockSlot, Ticket};

/// The same act in two tenants: same ids, numbers, keys and references.
async fn twins(subject: &dyn Subject) -> (Given, Given, Ticket) {
    let acme = Given::an_empty_store(subject).await;
    let other = acme.of("other");
    let mut new = acme.asked("Printer");
    new.external = [reference("shop", "1")].into();
    let write = acme.opening(new);
    for desk in [&acme, &other] {
        let mut act = desk.commit([write.clone()]);
        act.key = Some(desk.key("api", "1", "f"));
        assert!(matches!(desk.send(act).await, CommitOutcome::Applied(_)), "the tenants have met");
    }
    let ticket = acme.get(write.after.id).await.unwrap();
    assert_eq!(other.get(write.after.id).await.as_ref(), Some(&ticket));
    (acme, other, ticket)
}

pub async fn the_same_id_in_two_tenants_is_two_tickets(subject: &dyn Subject) {
    let (acme, other, ticket) = twins(subject).await;
    let reply = acme.reply("only for acme");
    let changed = acme.does(&ticket, reply).await;
    assert_eq!(acme.get(ticket.id).await, Some(changed));
    assert_eq!(other.get(ticket.id).await, Some(ticket.clone()));
    assert_eq!((acme.talk(ticket.id).await.len(), other.talk(ticket.id).await.len()), (2, 1));
    assert!(acme.history(ticket.id).await.len() > other.history(ticket.id).await.len());
}

pub async fn nothing_of_a_tenant_is_seen_from_another(subject: &dyn Subject) {
    let acme = Given::an_empty_store(subject).await;
    let stranger = acme.of("stranger");
    let mut new = acme.asked("Printer");
    new.external = [reference("shop", "1")].into();
    let ticket = acme.opened(new).await;
    acme.apply(acme.record_commit(&RecordKey::settings(), Expected::Absent, Some(1.into()))).await;
    for key in
        [TicketKey::Id(ticket.id), TicketKey::Number(ticket.number.key()), TicketKey::External(reference("shop", "1"))]
    {
        assert_eq!(stranger.find(key).await, None);
    }
    let mine = everything(&stranger).await;
    assert!(mine.tickets.is_empty() && mine.records.is_empty() && mine.counts.is_empty());
    assert!(stranger.talk(ticket.id).await.is_empty() && stranger.history(ticket.id).await.is_empty());
    assert!(stranger.list(&stranger.query(TicketFilter::default())).await.is_empty());
}

pub async fn lists_and_counts_have_ones_own_only(subject: &dyn Subject) {
    let (acme, other, ticket) = twins(subject).await;
    acme.does(&ticket, assign(BEN)).await;
    acme.a_ticket("another").await;
    let everyone = acme.query(TicketFilter::default());
    assert_eq!((acme.list(&everyone).await.len(), other.list(&everyone).await), (2, vec![ticket.id]));
    let counts = other.store.tally(&other.tenant, &everyone, GroupBy::Assignee).await.unwrap();
    assert_eq!(counts.iter().map(|tally| (tally.group.as_str(), tally.count)).collect::<Vec<_>>(), [("", 1)]);
}

pub async fn numbers_are_each_tenants_own(subject: &dyn Subject) {
    let (acme, other, ticket) = twins(subject).await;
    assert_eq!(other.get(ticket.id).await.unwrap().number, ticket.number);
    acme.does(&ticket, tag("acme")).await;
    let found = other.find(TicketKey::Number(ticket.number.key())).await.unwrap();
    assert!(found.tags.is_empty());
    let next = (acme.a_ticket("2").await, other.a_ticket("2").await);
    assert_eq!(next.0.number, next.1.number, "one tenant's drawing does not move another's");
}

pub async fn keys_and_references_are_each_tenants_own(subject: &dyn Subject) {
    let (acme, other, ticket) = twins(subject).await;
    let third = acme.of("third");
    let wants = |desk: &Given| Wants { replay: Some(desk.key("api", "1", "f")), ..Wants::default() };
    assert!(acme.load(wants(&acme)).await.replay.is_some());
    assert!(third.load(wants(&third)).await.replay.is_none());
    let acmes = acme.does(&ticket, Command::AddExternal(reference("mail", "2"))).await;
    let others = other.a_ticket("2").await;
    let others = other.does(&others, Command::AddExternal(reference("mail", "2"))).await;
    let mail = TicketKey::External(reference("mail", "2"));
    assert_eq!((acme.find(mail.clone()).await, other.find(mail).await), (Some(acmes), Some(others)));
}

pub async fn locks_and_marks_are_each_tenants_own(subject: &dyn Subject) {
    let (acme, other, ticket) = twins(subject).await;
    assert!(acme.swap(ticket.id, &LockSlot::default(), &acme.lock_by(&LockSlot::default(), ANNA)).await);
    assert_eq!(other.slot(ticket.id).await, LockSlot::default());
    let anna = AgentId::new(ANNA).unwrap();
    acme.store.mark_read(&acme.tenant, &anna, ticket.id, 1).await.unwrap();
    let unread = TicketQuery { reader: Some(anna), ..acme.query(TicketFilter::unread()) };
    assert_eq!((acme.list(&unread).await.len(), other.list(&unread).await.len()), (0, 1));
}

pub async fn records_are_each_tenants_own(subject: &dyn Subject) {
    let acme = Given::an_empty_store(subject).await;
    let other = acme.of("other");
    let key = RecordKey::settings();
    acme.apply(acme.record_commit(&key, Expected::Absent, Some("a".into()))).await;
    other.apply(other.record_commit(&key, Expected::Absent, Some("o".into()))).await;
    other.apply(other.record_commit(&key, Expected::now(crate::ticket::Version(1)), None)).await;
    assert_eq!(acme.store.record(&acme.tenant, &key).await.unwrap().unwrap().value, "a");
    assert_eq!(other.store.record(&other.tenant, &key).await.unwrap(), None);
}

pub async fn timers_and_deliveries_say_whose_they_are(subject: &dyn Subject) {
    let (acme, other, ticket) = twins(subject).await;
    let until = acme.in_minutes(10);
    for desk in [&acme, &other] {
        let mut act = desk.commit([desk.write(&ticket, pending_until(until))]);
        act.outbox = true;
        desk.apply(act).await;
    }
    let due = acme.store.due(crate::store::Shard::ALL, until, 9).await.unwrap();
    let mut tenants: Vec<&str> = due.iter().map(|due| due.tenant.as_str()).collect();
    tenants.sort_unstable();
    assert_eq!(tenants, ["acme", "other"]);
    let (_, deliveries) = acme.claim().await;
    for desk in [&acme, &other] {
        assert_eq!(deliveries.iter().filter(|delivery| delivery.tenant == desk.tenant).count(), 1);
    }
    acme.does(&acme.get(ticket.id).await.unwrap(), Command::Delete).await;
    let due = acme.store.due(crate::store::Shard::ALL, until, 9).await.unwrap();
    assert_eq!(due.iter().map(|due| due.tenant.as_str()).collect::<Vec<_>>(), ["other"]);
}

pub async fn erasing_in_one_tenant_erases_nothing_in_another(subject: &dyn Subject) {
    let (acme, other, ticket) = twins(subject).await;
    let before = everything(&other).await;
    acme.does(&ticket, Command::Delete).await;
    assert_eq!(everything(&other).await.tickets, before.tickets);
}

pub async fn tenants_whose_names_differ_at_all_are_different(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let names = ["Acme", "acmé", "acm", "acme2", "a cme", "acme/x", "%", "acme'"];
    for name in names {
        given.of(name).a_ticket(name).await;
    }
    for name in names {
        let desk = given.of(name);
        let tickets = desk.store.scan(&desk.tenant, None, 9).await.unwrap();
        assert_eq!(tickets.iter().map(|ticket| ticket.content.subject.as_str()).collect::<Vec<_>>(), [name]);
    }
    assert!(given.store.scan(&given.tenant, None, 9).await.unwrap().is_empty());
}

pub async fn tenants_with_anything_stored_are_listed_rising(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    assert!(given.store.tenants().await.unwrap().is_empty());
    for name in ["b", "é", "B", "a b", "a"] {
        given.of(name).a_ticket("1").await;
    }
    let key = RecordKey::settings();
    let records_only = given.of("records only");
    records_only.apply(records_only.record_commit(&key, Expected::Absent, Some(1.into()))).await;
    given.of("asked only").get(crate::ticket::TicketId(given.id())).await;
    let tenants = given.store.tenants().await.unwrap();
    let names: Vec<&str> = tenants.iter().map(crate::party::TenantId::as_str).collect();
    assert_eq!(names, ["B", "a", "a b", "b", "records only", "é"]);
}
