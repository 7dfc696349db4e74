//! Rules of numbers: drawn in the same act, unique for ever, and never changed.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::given::{Given, tag};
use super::{Subject, Verdict};
use crate::env::Zone;
use crate::store::{CommitOutcome, NumberSource, TicketKey, TicketWrite};
use crate::ticket::{Command, NumberTemplate, Ticket, TicketNumber};

fn number(text: &str) -> TicketNumber {
    TicketNumber::new(text).unwrap()
}

fn given_number(given: &Given, text: &str, raise: Option<(&str, u64)>) -> TicketWrite {
    let raise = raise.map(|(scope, seq)| (scope.to_owned(), seq));
    TicketWrite { number: NumberSource::Given { number: number(text), raise }, ..given.opening(given.asked("Import")) }
}

fn drawn(given: &Given, template: &str) -> TicketWrite {
    let plan = NumberTemplate::new(template).unwrap().plan(given.now(), Zone::utc(), None);
    TicketWrite { number: NumberSource::Draw(plan), ..given.opening(given.asked("New")) }
}

fn sequence(ticket: &Ticket) -> u64 {
    ticket.number.as_str().rsplit('-').next().unwrap().parse().unwrap()
}

pub async fn the_first_number_is_one(subject: &dyn Subject) -> Verdict {
    let given = Given::an_empty_store(subject).await;
    if !given.store.capabilities().gapless_numbers {
        return Verdict::Skipped("gapless_numbers");
    }
    assert_eq!(given.a_ticket("1").await.number, number("2026-000001"));
    assert_eq!(given.a_ticket("2").await.number, number("2026-000002"));
    Verdict::Kept
}

pub async fn drawn_numbers_rise(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut last = 0;
    for _ in 0..5 {
        let ticket = given.a_ticket("next").await;
        assert_eq!(given.get(ticket.id).await.unwrap().number, ticket.number, "the answer is what is stored");
        let next = sequence(&ticket);
        assert!(next > last, "{next} after {last}");
        last = next;
    }
}

pub async fn every_scope_counts_for_itself(subject: &dyn Subject) -> Verdict {
    let given = Given::an_empty_store(subject).await;
    if !given.store.capabilities().gapless_numbers {
        return Verdict::Skipped("gapless_numbers");
    }
    given.a_ticket("a").await;
    assert_eq!(given.applied(drawn(&given, "T-{seq:3}")).await.number, number("T-001"));
    given.minutes_pass(60 * 24 * 90);
    assert_eq!(given.a_ticket("next year").await.number, number("2027-000001"));
    assert_eq!(given.applied(drawn(&given, "T-{seq:3}")).await.number, number("T-002"));
    Verdict::Kept
}

pub async fn two_tickets_of_one_act_get_two_numbers(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let writes = [given.opening(given.asked("1")), given.opening(given.asked("2"))];
    let ids = writes.each_ref().map(|write| write.after.id);
    let numbers = given.apply(given.commit(writes)).await.numbers;
    assert_ne!(numbers[0], numbers[1]);
    for (id, number) in ids.into_iter().zip(numbers) {
        assert_eq!(given.get(id).await.unwrap().number, number);
        assert_eq!(given.find(TicketKey::Number(number.key())).await.unwrap().id, id);
    }
}

pub async fn a_given_number_is_kept_as_it_is_written(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.applied(given_number(&given, "OLD/0007-é", None)).await;
    assert_eq!(ticket.number.as_str(), "OLD/0007-é");
    assert_eq!(given.get(ticket.id).await.unwrap().number, ticket.number);
    assert_eq!(given.find(TicketKey::Number(number("old 7 É").key())).await, Some(ticket));
}

pub async fn a_taken_number_is_refused_in_every_spelling(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    given.applied(given_number(&given, "2026-000042", None)).await;
    for spelling in ["2026-000042", "2026-42", "2026/042"] {
        let outcome = given.send(given.commit([given_number(&given, spelling, None)])).await;
        assert_eq!(outcome, CommitOutcome::NumberTaken { number: number(spelling) });
    }
    given.applied(given_number(&given, "2026-000043", None)).await;
}

pub async fn a_drawn_number_cannot_be_given_again(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let drawn = given.a_ticket("1").await.number;
    let outcome = given.send(given.commit([given_number(&given, drawn.as_str(), None)])).await;
    assert_eq!(outcome, CommitOutcome::NumberTaken { number: drawn });
}

pub async fn two_tickets_of_one_act_cannot_be_given_one_number(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let writes = [given_number(&given, "A-1", None), given_number(&given, "A-01", None)];
    let outcome = given.send(given.commit(writes)).await;
    assert!(matches!(outcome, CommitOutcome::NumberTaken { .. }), "{outcome:?}");
    assert!(given.store.scan(&given.tenant, None, 10).await.unwrap().is_empty());
}

pub async fn drawing_skips_a_number_that_is_taken(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let first = sequence(&given.a_ticket("1").await);
    for taken in [first + 1, first + 2] {
        given.applied(given_number(&given, &format!("2026-{taken}"), None)).await;
    }
    assert!(sequence(&given.a_ticket("2").await) > first + 2);
}

pub async fn drawing_goes_on_behind_a_raised_sequence(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    given.a_ticket("1").await;
    given.applied(given_number(&given, "2026-000500", Some(("ticket/2026", 500)))).await;
    let next = sequence(&given.a_ticket("2").await);
    assert!(next > 500, "{next} was drawn");
    given.applied(given_number(&given, "2026-000100", Some(("ticket/2026", 100)))).await;
    let last = sequence(&given.a_ticket("3").await);
    assert!(last > next, "a smaller number does not lower the sequence: {last} was drawn");
}

pub async fn the_number_of_a_ticket_never_changes(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let mut write = given.write(&ticket, tag("vip"));
    write.number = NumberSource::Given { number: number("2026-000777"), raise: Some(("ticket/2026".into(), 777)) };
    let applied = given.apply(given.commit([write])).await;
    assert_eq!(applied.numbers, std::slice::from_ref(&ticket.number));
    assert_eq!(given.get(ticket.id).await.unwrap().number, ticket.number);
    assert_eq!(given.find(TicketKey::Number(number("2026-777").key())).await, None);
    assert!(sequence(&given.a_ticket("2").await) < 777, "what is ignored raises nothing");
}

pub async fn the_number_of_a_deleted_ticket_stays_taken(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    given.does(&ticket, Command::Delete).await;
    let outcome = given.send(given.commit([given_number(&given, ticket.number.as_str(), None)])).await;
    assert_eq!(outcome, CommitOutcome::NumberTaken { number: ticket.number.clone() });
    assert_ne!(given.a_ticket("2").await.number, ticket.number);
}

pub async fn a_number_wider_than_its_template_widens(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    given.applied(given_number(&given, "2026-999999", Some(("ticket/2026", 999_999)))).await;
    let ticket = given.a_ticket("one more").await;
    assert!(sequence(&ticket) >= 1_000_000);
    assert_eq!(given.find(TicketKey::Number(ticket.number.key())).await, Some(ticket));
}
