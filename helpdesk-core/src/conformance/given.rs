//! What rules are given: an empty store and a desk on it that drives the core, so that every ticket in a test is one
//! that the core would make. No assertion about a backend stands here but that what must work works.
#![expect(clippy::unwrap_used, reason = "what is built here is well-formed; a fault of the store fails the rule")]

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;

use super::{Keep, Subject};
use crate::Settings;
use crate::env::{Clock, IdSource, ManualClock, SequentialIds, Timestamp};
use crate::limits::Limits;
use crate::party::{Actor, AgentId, ContactId, TenantId};
use crate::query::{PageRequest, PageSize, Sort, TicketFilter, TicketQuery};
use crate::sla::{ClockRule, PolicyName, Seconds, ServiceLevels, SlaPolicy};
use crate::store::{
    Applied, ClaimToken, Commit, CommitOutcome, Delivery, Expected, HistoryEntry, IdempotencyKey, Loaded, Messages,
    NumberSource, RecordKey, RecordWrite, Shard, Store, TicketKey, TicketWrite, Wants,
};
use crate::ticket::decide::decide;
use crate::ticket::{
    Command, EventId, ExternalRef, Facts, LockSlot, Message, MessageId, NewMessage, NewTicket, Priority, StatusChange,
    StatusKey, Ticket, TicketId,
};

/// A desk on a store under test. Clones share the store, the clock and the ids.
#[derive(Clone)]
pub(super) struct Given {
    pub(super) store: Arc<dyn Store>,
    pub(super) tenant: TenantId,
    world: Arc<World>,
}

struct World {
    clock: ManualClock,
    ids: SequentialIds,
    settings: Settings,
    keep: Keep,
}

pub(super) const ANNA: &str = "anna";
pub(super) const BEN: &str = "ben";

impl Given {
    /// A desk on a new store, on a Monday morning.
    pub(super) async fn an_empty_store(subject: &dyn Subject) -> Self {
        let fresh = subject.fresh().await;
        let within = |minutes| Some(ClockRule::by_priority([(Priority::High, Seconds::minutes(minutes).into())]));
        let policy = SlaPolicy {
            first_response: within(60),
            resolution: within(480),
            ..SlaPolicy::new(PolicyName::new("high").unwrap())
        };
        let sla = ServiceLevels { policies: vec![policy], ..ServiceLevels::default() };
        let world = World {
            clock: ManualClock::at(at("2026-11-02T09:00:00.123457Z")),
            ids: SequentialIds::default(),
            settings: Settings { sla, ..Settings::default() },
            keep: fresh.keep,
        };
        Self { store: fresh.store, tenant: TenantId::new("acme").unwrap(), world: Arc::new(world) }
    }

    /// The desk of another tenant on the same store.
    pub(super) fn of(&self, tenant: &str) -> Self {
        Self { tenant: TenantId::new(tenant).unwrap(), ..self.clone() }
    }

    /// The same desk on its store closed and opened again.
    pub(super) async fn reopened(self, subject: &dyn Subject) -> Self {
        self.store.close().await.unwrap();
        let Self { store, tenant, world } = self;
        drop(store);
        let store = subject.reopen(&world.keep).await;
        Self { store: store.expect("a persistent backend's subject has reopen()"), tenant, world }
    }

    pub(super) fn now(&self) -> Timestamp {
        self.world.clock.now()
    }

    /// An instant so many minutes from now.
    pub(super) fn in_minutes(&self, minutes: i64) -> Timestamp {
        self.now() + TimeDelta::minutes(minutes)
    }

    pub(super) fn minutes_pass(&self, minutes: i64) {
        self.world.clock.advance(TimeDelta::minutes(minutes));
    }

    /// A fresh id.
    pub(super) fn id(&self) -> uuid::Uuid {
        self.world.ids.next(self.now())
    }

    /// A ticket that is about to be opened; its number is drawn.
    pub(super) fn opening(&self, new: NewTicket) -> TicketWrite {
        self.write(&Ticket::blank(TicketId(self.id())), Command::Open(Box::new(new)))
    }

    /// What agent anna's command comes to on a ticket.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "so that rules read without signs: `given.write(&ticket, assign(ANNA))`"
    )]
    pub(super) fn write(&self, ticket: &Ticket, command: Command) -> TicketWrite {
        self.try_write(ticket, &command).unwrap_or_else(|rejected| panic!("the kit's own command: {rejected}"))
    }

    pub(super) fn try_write(
        &self,
        ticket: &Ticket,
        command: &Command,
    ) -> Result<TicketWrite, crate::ticket::Rejection> {
        let (actor, limits, lock) = (agent(ANNA), Limits::default(), LockSlot::default());
        let settings = &self.world.settings;
        let facts = Facts {
            now: self.now(),
            actor: &actor,
            settings,
            limits: &limits,
            lock: &lock,
            token: None,
            may_reopen_closed: true,
            as_of: None,
        };
        let decision = decide(ticket, command, &facts)?;
        let (records, after) = decision.apply(ticket, ticket.version.next(), &actor, || EventId(self.id()));
        let mut revisions: BTreeMap<usize, _> =
            decision.revisions.into_iter().map(|revision| (revision.event, revision.data)).collect();
        let events = records.into_iter().enumerate().map(|(i, record)| (record, revisions.remove(&i))).collect();
        Ok(TicketWrite {
            before: (ticket.version.0 > 0).then(|| ticket.clone()),
            number: NumberSource::Draw(settings.number_template.plan(after.created_at, settings.zone(), None)),
            after,
            events,
            messages: Messages { erase: decision.erase_conversation, add: decision.messages },
        })
    }

    /// An act of agent anna that writes these tickets.
    pub(super) fn commit(&self, tickets: impl IntoIterator<Item = TicketWrite>) -> Commit {
        let mut commit = Commit::new(self.tenant.clone(), agent(ANNA), self.now());
        commit.tickets.extend(tickets);
        commit
    }

    /// An act that writes one record.
    pub(super) fn record_commit(
        &self,
        key: &RecordKey,
        expected: Expected,
        value: Option<serde_json::Value>,
    ) -> Commit {
        let mut commit = self.commit([]);
        commit.records.push(RecordWrite { key: key.clone(), expected, value });
        commit
    }

    pub(super) async fn send(&self, commit: Commit) -> CommitOutcome {
        self.store.commit(commit).await.unwrap()
    }

    /// Sends an act that nothing stands against.
    pub(super) async fn apply(&self, commit: Commit) -> Applied {
        match self.send(commit).await {
            CommitOutcome::Applied(applied) => applied,
            other => panic!("nothing stands against this act, yet: {other:?}"),
        }
    }

    /// Applies one write; gives the ticket as it must stand in the store then.
    pub(super) async fn applied(&self, write: TicketWrite) -> Ticket {
        let mut after = write.after.clone();
        after.number = self.apply(self.commit([write])).await.numbers.remove(0);
        after
    }

    pub(super) async fn opened(&self, new: NewTicket) -> Ticket {
        self.applied(self.opening(new)).await
    }

    /// A ticket with a first message.
    pub(super) async fn a_ticket(&self, subject: &str) -> Ticket {
        self.opened(self.asked(subject)).await
    }

    /// A ticket that max asks.
    pub(super) fn asked(&self, subject: &str) -> NewTicket {
        let max = ContactId::new("max").unwrap();
        let message = MessageId(self.id());
        NewTicket { requester: Some(max.clone()), ..NewTicket::new(subject) }.with_message(
            message,
            Actor::Requester(max),
            format!("{subject}, please help"),
        )
    }

    /// Does something to a ticket; gives the ticket as it must stand in the store then.
    pub(super) async fn does(&self, ticket: &Ticket, command: Command) -> Ticket {
        self.applied(self.write(ticket, command)).await
    }

    pub(super) fn note(&self, text: &str) -> Command {
        let id = MessageId(self.id());
        Command::AddMessage(Box::new(NewMessage { author: agent(ANNA), ..NewMessage::internal(id, text) }))
    }

    pub(super) fn reply(&self, text: &str) -> Command {
        let id = MessageId(self.id());
        Command::AddMessage(Box::new(NewMessage { author: agent(ANNA), ..NewMessage::public(id, text) }))
    }

    /// An idempotency key.
    #[expect(clippy::unused_self, reason = "it is one of the things that are given")]
    pub(super) fn key(&self, source: &str, key: &str, fingerprint: &str) -> IdempotencyKey {
        IdempotencyKey { source: source.into(), key: key.into(), fingerprint: fingerprint.into() }
    }

    pub(super) async fn load(&self, wants: Wants) -> Loaded {
        self.store.load(&self.tenant, &wants).await.unwrap()
    }

    pub(super) async fn find(&self, key: TicketKey) -> Option<Ticket> {
        self.load(Wants { ticket: Some(key), ..Wants::default() }).await.ticket
    }

    pub(super) async fn get(&self, id: TicketId) -> Option<Ticket> {
        self.find(TicketKey::Id(id)).await
    }

    pub(super) async fn history(&self, id: TicketId) -> Vec<HistoryEntry> {
        self.store.history(&self.tenant, id, 0, usize::MAX >> 1).await.unwrap()
    }

    pub(super) async fn talk(&self, id: TicketId) -> Vec<Message> {
        self.store.conversation(&self.tenant, id, 1..=u32::MAX).await.unwrap()
    }

    /// The ids of the first 500 tickets of a list.
    pub(super) async fn list(&self, query: &TicketQuery) -> Vec<TicketId> {
        let page = PageRequest { size: PageSize::new(500).unwrap(), after: None };
        let page = self.store.tickets(&self.tenant, query, &page).await.unwrap();
        page.rows.into_iter().map(|row| row.ticket.id).collect()
    }

    pub(super) fn query(&self, filter: TicketFilter) -> TicketQuery {
        TicketQuery::new(filter, Sort::Created, self.now())
    }

    /// Claims everything that can be, for five minutes.
    pub(super) async fn claim(&self) -> (ClaimToken, Vec<Delivery>) {
        let token = ClaimToken(self.id());
        let until = self.in_minutes(5);
        (token, self.store.claim(Shard::ALL, token, self.now(), until, 100).await.unwrap())
    }

    /// A lock that `agent` takes now, for three minutes.
    pub(super) fn lock_by(&self, slot: &LockSlot, agent: &str) -> LockSlot {
        slot.steal(&AgentId::new(agent).unwrap(), self.now(), TimeDelta::minutes(3), None)
    }

    pub(super) async fn swap(&self, id: TicketId, seen: &LockSlot, next: &LockSlot) -> bool {
        self.store.swap_lock(&self.tenant, id, seen, next, None).await.unwrap()
    }

    pub(super) async fn slot(&self, id: TicketId) -> LockSlot {
        self.store.lock_slot(&self.tenant, id).await.unwrap()
    }
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn agent(id: &str) -> Actor {
    Actor::Agent(AgentId::new(id).unwrap())
}

pub(super) fn assign(id: &str) -> Command {
    Command::Assign(Some(AgentId::new(id).unwrap()))
}

pub(super) fn status(key: &str) -> Command {
    Command::SetStatus(StatusChange::to(StatusKey::new(key).unwrap()))
}

pub(super) fn pending_until(until: Timestamp) -> Command {
    Command::SetStatus(StatusChange { until: Some(until), ..StatusChange::to(StatusKey::new("pending").unwrap()) })
}

pub(super) fn tag(tag: &str) -> Command {
    Command::ChangeTags { add: vec![tag.to_owned()], remove: Vec::new() }
}

pub(super) fn reference(source: &str, id: &str) -> ExternalRef {
    ExternalRef::new(source, id).unwrap()
}
