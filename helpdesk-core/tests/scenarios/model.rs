//! A store against the pure core: the same commands give the same tickets, the same conversation and the same errors.

use std::sync::Arc;

use helpdesk_core::desk::{Error, OpenTicket};
use helpdesk_core::env::{ManualClock, SequentialIds};
use helpdesk_core::party::{Actor, Role};
use helpdesk_core::ticket::decide::decide;
use helpdesk_core::ticket::{Command, EventId, EventRecord, Facts, LockSlot, Message, Ticket, TicketNumber, TimerKey};
use helpdesk_core::{Helpdesk, Limits};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::commands::{self, Step};

/// How many sequences are played; each is a store of its own.
const CASES: u32 = 32;

#[test]
fn a_store_gives_what_the_core_decides() {
    let mut runner = TestRunner::new(Config { cases: CASES, failure_persistence: None, ..Config::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let plays = commands::steps(30);
    runner.run(&plays, |steps| runtime.block_on(play(steps))).unwrap();
}

/// What is due happens first, as the system, and what the levels ask for with it.
fn caught_up(ticket: &Ticket, facts: &Facts<'_>) -> (Vec<EventRecord>, Ticket) {
    let facts = Facts { actor: &Actor::System, ..*facts };
    let (version, mut after, mut records) = (ticket.version.next(), ticket.clone(), Vec::new());
    loop {
        let timers = after.timers().into_iter();
        let due = timers.filter(|timer| timer.at <= facts.now && timer.key != TimerKey::AutoClose).min();
        let Some(due) = due else { return (records, after) };
        let mut commands = vec![(Command::FireTimer(due), None)];
        while let Some((command, as_of)) = commands.pop() {
            let decision = decide(&after, &command, &Facts { as_of, ..facts }).unwrap();
            let follow_ups = decision.follow_ups.iter().rev();
            commands.extend(follow_ups.map(|follow_up| (follow_up.command.clone(), Some(follow_up.at))));
            let (own, next) = decision.apply(&after, version, facts.actor, || EventId(uuid::Uuid::nil()));
            records.extend(own);
            after = next;
        }
    }
}

async fn play(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let (store, _guard) = super::store().await;
    let clock = Arc::new(ManualClock::at(commands::start()));
    let desk = Helpdesk::over(store).clock(clock.clone()).ids(Arc::new(SequentialIds::default())).build();
    let acme = desk.tenant("acme").unwrap();
    let (settings, limits, lock, actor) =
        (commands::settings(), Limits::default(), LockSlot::default(), commands::me());
    acme.admin("root").unwrap().init(&settings).await.unwrap();
    let anna = acme.agent("anna").unwrap().with_role(Role::Admin);

    let mut model = anna.open(OpenTicket::new("subject")).await.unwrap().ticket;
    let id = model.id;
    let mut conversation: Vec<Message> = Vec::new();
    let mut now = commands::start();
    for Step { after, command } in steps {
        now += after;
        clock.set(now);
        let facts = Facts {
            now,
            actor: &actor,
            settings: &settings,
            limits: &limits,
            lock: &lock,
            token: None,
            may_reopen_closed: true,
            as_of: None,
        };
        let version = model.version.next();
        let (mut records, caught_up) = caught_up(&model, &facts);
        let expected = decide(&caught_up, &command, &facts);
        let found = anna.command(id, command.clone()).await;
        match (expected, found) {
            (Ok(decision), Ok(outcome)) => {
                let (own, next) = decision.apply(&caught_up, version, &actor, || EventId(uuid::Uuid::nil()));
                records.extend(own);
                if !records.is_empty() {
                    model = next;
                }
                conversation.extend(decision.messages);
                prop_assert_eq!(outcome.events.len(), records.len());
                prop_assert_eq!(&outcome.ticket, &model);
            }
            (Err(rejection), Err(Error::Rejected(found))) => prop_assert_eq!(rejection, found),
            // What the two differ in on purpose: another's name, and a reference of another ticket.
            (_, Err(Error::Forbidden { .. })) => {
                prop_assert!(matches!(&command, Command::AddMessage(message) if message.author != actor));
            }
            (expected, found) => prop_assert!(false, "{command:?}: {expected:?} against {found:?}"),
        }
    }
    let stored = anna.show(id).await.unwrap().ticket;
    prop_assert_eq!(&stored, &model);
    prop_assert_eq!(anna.conversation(id).await.unwrap(), conversation);
    let history: Vec<_> = anna.history(id).await.unwrap().into_iter().map(|entry| entry.record).collect();
    prop_assert_eq!(Ticket::fold(id, &history), Ticket { number: TicketNumber::default(), ..stored.facts_only() });
    let report = desk.check(|_| {}).await.unwrap();
    prop_assert!(report.is_clean(), "{report:?}");
    Ok(())
}
