//! Tickets that went through the core's decisions, and acts that write them: what the tests of every backend build on.
#![allow(dead_code, clippy::allow_attributes, reason = "each test binary uses a part of it")]

use std::sync::atomic::{AtomicU64, Ordering};

use helpdesk_core::env::{Timestamp, Zone};
use helpdesk_core::party::{Actor, AgentId, ContactId, TenantId};
use helpdesk_core::store::{
    Applied, Commit, CommitOutcome, Messages, NumberSource, TicketKey, TicketStore, TicketWrite, Wants,
};
use helpdesk_core::ticket::decide::decide;
use helpdesk_core::ticket::{
    Command, Decision, EventId, Facts, LockSlot, MessageId, NewMessage, NewTicket, NumberTemplate, Rejection, Ticket,
    TicketId,
};
use helpdesk_core::{Limits, Settings};
use uuid::Uuid;

static IDS: AtomicU64 = AtomicU64::new(1);

/// A fresh id; ids rise.
pub(crate) fn fresh() -> Uuid {
    let process = u128::from(std::process::id()) << 64;
    Uuid::from_u128(process | u128::from(IDS.fetch_add(1, Ordering::SeqCst)))
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(1_793_600_000 + seconds, 0).unwrap()
}

pub(crate) fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

pub(crate) fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

pub(crate) fn anna() -> Actor {
    Actor::Agent(agent("anna"))
}

pub(crate) fn customer(name: &str) -> Actor {
    Actor::Requester(ContactId::new(name).unwrap())
}

/// What the core decides under the default settings.
fn decided(ticket: &Ticket, command: &Command, actor: &Actor, now: Timestamp) -> Result<Decision, Rejection> {
    let (settings, limits, lock) = (Settings::default(), Limits::default(), LockSlot::default());
    let facts = Facts {
        now,
        actor,
        settings: &settings,
        limits: &limits,
        lock: &lock,
        token: None,
        may_reopen_closed: true,
        as_of: None,
    };
    decide(ticket, command, &facts)
}

/// A write that the core decides: `ticket` as it was loaded, or a blank one.
pub(crate) fn write(ticket: &Ticket, command: &Command, actor: &Actor, now: Timestamp) -> TicketWrite {
    let decision = decided(ticket, command, actor, now).expect("the test's command is allowed");
    let (events, after) = decision.apply(ticket, ticket.version.next(), actor, || EventId(fresh()));
    let mut events: Vec<_> = events.into_iter().map(|event| (event, None)).collect();
    for revision in &decision.revisions {
        events[revision.event].1 = Some(revision.data.clone());
    }
    TicketWrite {
        before: (ticket.version.0 > 0).then(|| ticket.clone()),
        after,
        number: NumberSource::Draw(NumberTemplate::default().plan(now, Zone::named("Europe/Berlin").unwrap(), None)),
        events,
        messages: Messages { erase: decision.erase_conversation, add: decision.messages.clone() },
    }
}

/// Whether the core would let it happen, and to what it leads.
pub(crate) fn try_write(ticket: &Ticket, command: &Command, actor: &Actor, now: Timestamp) -> Option<TicketWrite> {
    let decision = decided(ticket, command, actor, now).ok()?;
    (!decision.is_empty()).then(|| write(ticket, command, actor, now))
}

pub(crate) fn opening(new: NewTicket, actor: &Actor, now: Timestamp) -> TicketWrite {
    write(&Ticket::blank(TicketId(fresh())), &Command::Open(Box::new(new)), actor, now)
}

pub(crate) fn plain(subject: &str) -> NewTicket {
    NewTicket::new(subject).with_message(MessageId(fresh()), customer("max"), "It does not work.")
}

pub(crate) fn reply(body: &str) -> Command {
    Command::AddMessage(Box::new(NewMessage { author: anna(), ..NewMessage::public(MessageId(fresh()), body) }))
}

pub(crate) fn commit_of(writes: Vec<TicketWrite>, now: Timestamp) -> Commit {
    Commit { tickets: writes, ..Commit::new(acme(), anna(), now) }
}

pub(crate) fn applied(outcome: CommitOutcome) -> Applied {
    match outcome {
        CommitOutcome::Applied(applied) => applied,
        other => panic!("not applied: {other:?}"),
    }
}

/// Opens a ticket and gives it as it stands.
pub(crate) async fn open(store: &dyn TicketStore, new: NewTicket, now: Timestamp) -> Ticket {
    let write = opening(new, &anna(), now);
    let mut after = write.after.clone();
    let mut done = applied(store.commit(commit_of(vec![write], now)).await.unwrap());
    after.number = done.numbers.remove(0);
    after
}

/// Does a command and gives the ticket after it.
pub(crate) async fn act(store: &dyn TicketStore, ticket: &Ticket, command: &Command, now: Timestamp) -> Ticket {
    let write = write(ticket, command, &anna(), now);
    let after = write.after.clone();
    applied(store.commit(commit_of(vec![write], now)).await.unwrap());
    after
}

pub(crate) async fn load(store: &dyn TicketStore, id: TicketId) -> Option<Ticket> {
    let wants = Wants { ticket: Some(TicketKey::Id(id)), ..Wants::default() };
    store.load(&acme(), &wants).await.unwrap().ticket
}
