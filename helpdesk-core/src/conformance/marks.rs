//! Rules of read marks: they never go back, and stand outside of version and history.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{ANNA, BEN, Given};
use crate::party::AgentId;
use crate::store::{TicketKey, Wants};
use crate::ticket::TicketId;

async fn mark(given: &Given, agent: &str, ticket: TicketId) -> u32 {
    let mark = Some(AgentId::new(agent).unwrap());
    given.load(Wants { ticket: Some(TicketKey::Id(ticket)), mark, ..Wants::default() }).await.mark
}

async fn read(given: &Given, agent: &str, ticket: TicketId, position: u32) {
    given.store.mark_read(&given.tenant, &AgentId::new(agent).unwrap(), ticket, position).await.unwrap();
}

pub async fn a_mark_never_goes_back(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await.id;
    for (position, stands) in [(3, 3), (1, 3), (3, 3), (5, 5), (4, 5)] {
        read(&given, ANNA, ticket, position).await;
        assert_eq!(mark(&given, ANNA, ticket).await, stands);
    }
}

pub async fn zero_takes_a_mark_away(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await.id;
    read(&given, ANNA, ticket, 0).await;
    read(&given, ANNA, ticket, 7).await;
    read(&given, ANNA, ticket, 0).await;
    assert_eq!(mark(&given, ANNA, ticket).await, 0);
    read(&given, ANNA, ticket, 2).await;
    assert_eq!(mark(&given, ANNA, ticket).await, 2, "it begins anew");
}

pub async fn marks_are_each_agents_own_on_each_ticket(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (one, two) = (given.a_ticket("1").await.id, given.a_ticket("2").await.id);
    read(&given, ANNA, one, 3).await;
    read(&given, "Anna", one, 2).await;
    read(&given, BEN, two, 4).await;
    let marks = [mark(&given, ANNA, one).await, mark(&given, "Anna", one).await, mark(&given, BEN, two).await];
    assert_eq!(marks, [3, 2, 4]);
    assert_eq!((mark(&given, ANNA, two).await, mark(&given, BEN, one).await), (0, 0));
}

pub async fn a_mark_on_a_ticket_that_is_not_there_is_passed_over(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let write = given.opening(given.asked("later"));
    read(&given, ANNA, write.after.id, 3).await;
    let ticket = given.applied(write).await;
    assert_eq!(mark(&given, ANNA, ticket.id).await, 0);
}

pub async fn reading_leaves_the_ticket_alone(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let history = given.history(ticket.id).await;
    read(&given, ANNA, ticket.id, 1).await;
    assert_eq!(given.get(ticket.id).await.as_ref(), Some(&ticket));
    assert_eq!(given.history(ticket.id).await, history);
}

pub async fn a_mark_stays_while_the_ticket_changes(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    read(&given, BEN, ticket.id, 1).await;
    let note = given.note("news");
    given.does(&ticket, note).await;
    assert_eq!(mark(&given, BEN, ticket.id).await, 1);
}

pub async fn all_marks_of_a_ticket_are_told_in_bytewise_order(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (one, other) = (given.a_ticket("1").await.id, given.a_ticket("2").await.id);
    let told = async |ticket| {
        let marks = given.store.marks(&given.tenant, ticket).await.unwrap();
        marks.into_iter().map(|(agent, position)| (agent.to_string(), position)).collect::<Vec<_>>()
    };
    assert_eq!(told(one).await, []);
    for (agent, position) in [("b", 3), ("ä", 1), ("a", 2), ("B", 4), ("gone", 5), ("gone", 0)] {
        read(&given, agent, one, position).await;
    }
    read(&given, "a", other, 9).await;
    let expected = [("B", 4), ("a", 2), ("b", 3), ("ä", 1)].map(|(agent, position)| (agent.to_owned(), position));
    assert_eq!(told(one).await, expected);
    assert_eq!(given.of("other").store.marks(&given.of("other").tenant, one).await.unwrap(), []);
}
