//! Random lives of a ticket: what always holds of the pure core, and that a store which keeps the contract gives the
//! same tickets, the same histories and the same refusals as the core alone.
#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "life/commands.rs"]
mod commands;

use std::collections::BTreeMap;

use chrono::TimeDelta;
use commands::{Act, life};
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, TenantId};
use helpdesk_core::sla::{Seconds, SlaTargets};
use helpdesk_core::store::{
    Commit, CommitOutcome, Maintenance, Messages, NumberSource, Shard, TicketKey, TicketStore, TicketWrite, Wants,
};
use helpdesk_core::ticket::decide::decide;
use helpdesk_core::ticket::{
    Command, Decision, Event, EventId, EventRecord, Facts, LockSlot, Message, NewTicket, Priority, Rejection, Ticket,
    TicketId,
};
use helpdesk_core::{Limits, MemoryStore, Settings};
use proptest::prelude::*;

/// The desk of a life: what decisions rest on, and ids that count up.
struct World {
    now: Timestamp,
    settings: Settings,
    limits: Limits,
    lock: LockSlot,
    ids: u128,
}

impl World {
    fn new() -> Self {
        let minutes = |minutes| BTreeMap::from([(Priority::Medium, Seconds::minutes(minutes))]);
        let sla = SlaTargets { first_response: minutes(60), resolution: minutes(480) };
        Self {
            now: "2026-11-02T09:00:00.000001Z".parse().unwrap(),
            settings: Settings { sla, ..Settings::default() },
            limits: Limits::default(),
            lock: LockSlot::default(),
            ids: 1000,
        }
    }

    fn id(&mut self) -> uuid::Uuid {
        self.ids += 1;
        uuid::Uuid::from_u128(self.ids)
    }

    fn decide(&self, ticket: &Ticket, command: &Command, actor: &Actor, reopen: bool) -> Result<Decision, Rejection> {
        decide(
            ticket,
            command,
            &Facts {
                now: self.now,
                actor,
                settings: &self.settings,
                limits: &self.limits,
                lock: &self.lock,
                token: None,
                may_reopen_closed: reopen,
            },
        )
    }

    /// The acts as the core decides them, on a ticket of its own.
    fn play(&mut self, acts: &[Act], mut each: impl FnMut(&Step<'_>)) {
        let anna = Actor::Agent(AgentId::new("anna").unwrap());
        let mut ticket = Ticket::blank(TicketId(uuid::Uuid::from_u128(0)));
        let open = Command::Open(Box::new(NewTicket::new("Drucker druckt nicht")));
        ticket = self.step(&ticket, &open, &anna, false, &mut each);
        for (actor, seconds, reopen, wish) in acts {
            self.now += TimeDelta::seconds(*seconds);
            let id = self.id();
            let command = wish.command(actor, self.now, &ticket.timers(), id);
            ticket = self.step(&ticket, &command, actor, *reopen, &mut each);
        }
    }

    fn step(
        &mut self,
        before: &Ticket,
        command: &Command,
        actor: &Actor,
        reopen: bool,
        each: &mut impl FnMut(&Step<'_>),
    ) -> Ticket {
        let decided = self.decide(before, command, actor, reopen);
        let (records, after) = match &decided {
            Ok(decision) if !decision.is_empty() => decision.apply(before, actor, || EventId(self.id())),
            _ => (Vec::new(), before.clone()),
        };
        each(&Step { world: self, before, command, actor, reopen, decided, records, after: &after });
        after
    }
}

/// One act and what came of it.
struct Step<'a> {
    world: &'a World,
    before: &'a Ticket,
    command: &'a Command,
    actor: &'a Actor,
    reopen: bool,
    decided: Result<Decision, Rejection>,
    records: Vec<EventRecord>,
    after: &'a Ticket,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_history_folds_to_the_ticket(acts in life()) {
        let mut history = Vec::new();
        World::new().play(&acts, |step| {
            history.extend(step.records.iter().cloned());
            assert_eq!(Ticket::fold(step.after.id, &history), step.after.facts_only(), "after {:?}", step.command);
        });
    }

    #[test]
    fn versions_are_contiguous_and_time_never_goes_back(acts in life()) {
        World::new().play(&acts, |step| {
            let steps = u64::from(!step.records.is_empty());
            assert_eq!(step.after.version.0, step.before.version.0 + steps);
            assert!(step.after.updated_at >= step.before.updated_at);
            let instants: Vec<_> = step.records.iter().map(|record| record.at).collect();
            assert!(instants.is_sorted() && instants.iter().all(|at| *at >= step.before.updated_at));
        });
    }

    #[test]
    fn only_moves_of_the_workflow_are_stored(acts in life()) {
        World::new().play(&acts, |step| {
            let mut status = step.before.status.clone();
            for record in &step.records {
                if let Event::StatusChanged { from, to, category, by, .. } = &record.event {
                    let workflow = &step.world.settings.workflow;
                    assert_eq!(*from, status, "a change begins where the ticket stands");
                    assert!(workflow.movers(from, to).contains(*by), "{from} to {to} by {by:?}");
                    assert_eq!(workflow.status(to).unwrap().category, *category);
                    status = to.clone();
                }
            }
            assert_eq!(status, step.after.status.clone());
        });
    }

    #[test]
    fn what_is_refused_or_empty_changes_nothing_and_says_so_again(acts in life()) {
        World::new().play(&acts, |step| {
            let again = step.world.decide(step.before, step.command, step.actor, step.reopen);
            assert_eq!(again.clone().ok(), step.decided.clone().ok(), "a decision depends on its facts alone");
            assert_eq!(again.err(), step.decided.clone().err());
            if step.records.is_empty() {
                assert_eq!(step.before, step.after);
            }
        });
    }

    #[test]
    fn timers_run_only_where_they_may(acts in life()) {
        World::new().play(&acts, |step| {
            let ticket = step.after;
            assert!(ticket.wake_up.is_none() || ticket.status_category.is_waiting(), "{}", ticket.status);
            let resolved = ticket.status_category == helpdesk_core::ticket::StatusCategory::Resolved;
            assert!(ticket.auto_close_at.is_none() || resolved, "{}", ticket.status);
        });
    }

    #[test]
    fn the_wire_form_of_a_ticket_and_its_events_is_whole(acts in life()) {
        World::new().play(&acts, |step| {
            let json = serde_json::to_string(step.after).unwrap();
            assert_eq!(&serde_json::from_str::<Ticket>(&json).unwrap(), step.after);
            for record in &step.records {
                let json = serde_json::to_string(record).unwrap();
                assert_eq!(&serde_json::from_str::<EventRecord>(&json).unwrap(), record);
            }
        });
    }
}

/// What an act comes to, as a store's desk would do it: load, decide, commit.
async fn on_store(store: &MemoryStore, tenant: &TenantId, step: &Step<'_>) -> Result<(), Rejection> {
    let wants = Wants { ticket: Some(TicketKey::Id(step.before.id)), ..Wants::default() };
    let loaded = store.load(tenant, &wants).await.unwrap().ticket;
    let stored = loaded.clone().unwrap_or_else(|| Ticket::blank(step.before.id));
    let decision = step.world.decide(&stored, step.command, step.actor, step.reopen)?;
    if decision.is_empty() {
        return Ok(());
    }
    let mut ids = step.records.iter().map(|record| record.id);
    let (records, after) = decision.apply(&stored, step.actor, || ids.next().unwrap());
    let mut commit = Commit::new(tenant.clone(), step.actor.clone(), step.world.now);
    commit.tickets.push(TicketWrite {
        before: loaded,
        number: NumberSource::Draw(step.world.settings.number_template.plan(step.world.now, chrono_tz::Tz::UTC, None)),
        after,
        events: records.into_iter().map(|record| (record, None)).collect(),
        messages: Messages { erase: decision.erase_conversation, add: decision.messages },
    });
    let outcome = store.commit(commit).await.unwrap();
    assert!(matches!(outcome, CommitOutcome::Applied(_)), "{outcome:?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_life_on_a_store_is_the_life_on_the_core(acts in life()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let (store, tenant) = (MemoryStore::new(), TenantId::new("acme").unwrap());
        let (mut history, mut talk): (Vec<EventRecord>, Vec<Message>) = Default::default();
        World::new().play(&acts, |step| runtime.block_on(async {
            let outcome = on_store(&store, &tenant, step).await;
            assert_eq!(outcome.err(), step.decided.as_ref().err().cloned(), "the same refusals");
            for record in &step.records {
                history.push(EventRecord { seq: history.len() as u64 + 1, ..record.clone() });
            }
            if let Ok(decision) = &step.decided {
                if decision.erase_conversation {
                    talk.iter_mut().for_each(Message::redact);
                }
                talk.extend(decision.messages.clone());
            }
            let id = step.after.id;
            let wants = Wants { ticket: Some(TicketKey::Id(id)), ..Wants::default() };
            let stored = store.load(&tenant, &wants).await.unwrap().ticket.unwrap();
            let number = stored.number.clone();
            assert_eq!(stored, Ticket { number, ..step.after.clone() });
            let entries = store.history(&tenant, id, 0, usize::MAX).await.unwrap();
            assert_eq!(entries.into_iter().map(|entry| entry.record).collect::<Vec<_>>(), history);
            assert_eq!(store.conversation(&tenant, id, 1..=u32::MAX).await.unwrap(), talk);
            let due = store.due(Shard::ALL, Timestamp::MAX_UTC, 9).await.unwrap();
            assert_eq!(due.iter().map(|due| due.timer).collect::<Vec<_>>(), step.after.timers());
        }));
        assert!(runtime.block_on(store.check()).unwrap().is_empty());
    }
}

#[test]
fn an_event_of_a_newer_writer_survives_its_wire_form() {
    let unknown = serde_json::json!({ "kind": "from_the_future", "data": { "x": [1, "é"] } });
    let record = EventRecord {
        id: EventId(uuid::Uuid::from_u128(1)),
        seq: 3,
        version: helpdesk_core::ticket::Version(2),
        at: World::new().now,
        actor: Actor::System,
        event: Event::Unknown(unknown),
    };
    let json = serde_json::to_string(&record).unwrap();
    assert_eq!(serde_json::from_str::<EventRecord>(&json).unwrap(), record);
}
