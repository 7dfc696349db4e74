//! Rules of references outside: unique in a tenant, across tickets and messages, and never forgotten.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::expected::everything;
use super::given::{Given, reference};
use crate::store::{CommitOutcome, TicketKey};
use crate::ticket::{Command, ExternalRef, NewTicket, Ticket};

fn taken(external: &ExternalRef, by: &Ticket) -> CommitOutcome {
    CommitOutcome::ExternalTaken { external: external.clone(), ticket: by.id }
}

fn on_the_ticket(given: &Given, external: &ExternalRef) -> NewTicket {
    NewTicket { external: [external.clone()].into(), ..given.asked("From the shop") }
}

fn on_the_message(given: &Given, external: &ExternalRef) -> NewTicket {
    let mut new = given.asked("From the mail");
    new.message.as_mut().unwrap().draft.external = vec![external.clone()];
    new
}

pub async fn a_reference_belongs_to_one_ticket_only(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let order = reference("shop", "4711");
    let first = given.opened(on_the_ticket(&given, &order)).await;
    let before = everything(&given).await;
    assert_eq!(given.send(given.commit([given.opening(on_the_ticket(&given, &order))])).await, taken(&order, &first));
    assert_eq!(everything(&given).await, before);
    let other = given.a_ticket("Another").await;
    let add = given.write(&other, Command::AddExternal(order.clone()));
    assert_eq!(given.send(given.commit([add])).await, taken(&order, &first));
}

pub async fn references_of_messages_and_tickets_are_of_one_kind(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (mail, order) = (reference("mail", "<1@example.com>"), reference("shop", "1"));
    let with_mail = given.opened(on_the_message(&given, &mail)).await;
    let with_order = given.opened(on_the_ticket(&given, &order)).await;
    let again = given.opening(on_the_message(&given, &mail));
    assert_eq!(given.send(given.commit([again])).await, taken(&mail, &with_mail));
    let on_ticket = given.opening(on_the_ticket(&given, &mail));
    assert_eq!(given.send(given.commit([on_ticket])).await, taken(&mail, &with_mail));
    let on_message = given.opening(on_the_message(&given, &order));
    assert_eq!(given.send(given.commit([on_message])).await, taken(&order, &with_order));
}

pub async fn a_ticket_may_repeat_its_own_reference(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mail = reference("mail", "<1@example.com>");
    let mut new = on_the_message(&given, &mail);
    new.external.insert(mail.clone());
    let ticket = given.opened(new).await;
    assert_eq!(given.find(TicketKey::External(mail)).await, Some(ticket));
}

pub async fn references_outlive_the_erasing_of_what_they_name(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (mail, order) = (reference("mail", "<1@example.com>"), reference("shop", "1"));
    let mut new = on_the_message(&given, &mail);
    new.external.insert(order.clone());
    let ticket = given.opened(new).await;
    given.does(&ticket, Command::Delete).await;
    let by_ticket = given.opening(on_the_ticket(&given, &order));
    assert_eq!(given.send(given.commit([by_ticket])).await, taken(&order, &ticket));
    let by_message = given.opening(on_the_message(&given, &mail));
    assert_eq!(given.send(given.commit([by_message])).await, taken(&mail, &ticket));
}

pub async fn two_tickets_of_one_act_cannot_share_a_reference(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let order = reference("shop", "1");
    let writes = [given.opening(on_the_ticket(&given, &order)), given.opening(on_the_message(&given, &order))];
    let outcome = given.send(given.commit(writes)).await;
    assert!(matches!(outcome, CommitOutcome::ExternalTaken { .. }), "{outcome:?}");
    assert!(everything(&given).await.tickets.is_empty());
}

pub async fn references_that_differ_at_all_are_different(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut stored = Vec::new();
    for (source, id) in
        [("shop", "ab"), ("shop", "AB"), ("Shop", "ab"), ("shop", "äb"), ("shopa", "b"), ("shop", "a b"), ("shop", "a")]
    {
        let external = reference(source, id);
        stored.push((given.opened(on_the_ticket(&given, &external)).await, external));
    }
    for (ticket, external) in stored {
        assert_eq!(given.find(TicketKey::External(external)).await, Some(ticket));
    }
}

pub async fn references_are_not_forgotten_with_keys(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let order = reference("shop", "1");
    let mut act = given.commit([given.opening(on_the_ticket(&given, &order))]);
    act.key = Some(given.key("import", "1", "f"));
    given.apply(act.clone()).await;
    given.minutes_pass(60 * 24 * 365);
    given.store.forget_keys(given.now(), 100).await.unwrap();
    let outcome = given.send(given.commit([given.opening(on_the_ticket(&given, &order))])).await;
    assert_eq!(outcome, taken(&order, &act.tickets[0].after));
}
