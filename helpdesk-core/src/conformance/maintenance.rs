//! Rules of looking after a store: schema, migration, checks and the end.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::expected::everything;
use super::given::Given;
use super::population::Population;
use crate::query::{GroupBy, PageRequest, TicketFilter};
use crate::store::{FaultKind, RecordKind, Shard, Wants};

pub async fn a_fresh_store_needs_no_migration(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let schema = given.store.schema().await.unwrap();
    assert_eq!(schema.found, schema.supported);
    assert!(schema.found > 0 && !given.store.name().is_empty());
}

pub async fn migrating_again_changes_nothing(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 14);
    population.grow(5).await;
    let before = everything(&population.given).await;
    let store = &population.given.store;
    let first = store.migrate().await.unwrap();
    assert_eq!((store.migrate().await.unwrap(), first.found), (first, first.supported));
    assert_eq!(everything(&population.given).await, before);
}

pub async fn a_check_finds_nothing_in_a_sound_store(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 15);
    population.grow(15).await;
    population.live(60).await;
    assert_eq!(population.given.store.check().await.unwrap(), []);
}

pub async fn closing_twice_is_fine(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    given.store.close().await.unwrap();
    given.store.close().await.unwrap();
}

pub async fn a_closed_store_is_unavailable(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let act = given.commit([given.opening(given.asked("2"))]);
    let (store, tenant, query) = (&given.store, &given.tenant, given.query(TicketFilter::default()));
    store.close().await.unwrap();
    let faults = [
        store.load(tenant, &Wants::default()).await.err(),
        store.commit(act).await.err(),
        store.tickets(tenant, &query, &PageRequest::default()).await.err(),
        store.tally(tenant, &query, GroupBy::Status).await.err(),
        store.conversation(tenant, ticket.id, 1..=9).await.err(),
        store.history(tenant, ticket.id, 0, 9).await.err(),
        store.scan(tenant, None, 9).await.err(),
        store.due(Shard::ALL, given.now(), 9).await.err(),
        store.lock_slot(tenant, ticket.id).await.err(),
        store.records(tenant, RecordKind::Team, None, 9).await.err(),
        store.tenants().await.err(),
    ];
    for (i, fault) in faults.into_iter().enumerate() {
        let fault = fault.unwrap_or_else(|| panic!("call {i} was answered by a closed store"));
        assert_eq!(fault.kind, FaultKind::Unavailable, "call {i}");
    }
}
