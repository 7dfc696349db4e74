//! Levels fire once, whoever sweeps and when; what a level does goes through the same gate as everything else, and
//! whoever listens is told.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::access::{AccessPolicy, Action, Principal, RolePolicy};
use helpdesk_core::desk::OpenTicket;
use helpdesk_core::env::ManualClock;
use helpdesk_core::party::{Requester, Role};
use helpdesk_core::query::{Scope, TicketFilter};
use helpdesk_core::sla::ClockState;
use helpdesk_core::store::{ClaimToken, Shard};
use helpdesk_core::text::Language;
use helpdesk_core::ticket::{Command, Event, Ticket, TicketId};
use helpdesk_core::{Helpdesk, Settings};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::task::JoinSet;

use super::commands::{self, Step};
use super::promised::{Given, at, clock_now, within_an_hour};

#[tokio::test]
async fn levels_and_the_breach_come_once_and_in_order_also_when_found_late() {
    let given = Given::new(&within_an_hour()).await;
    let id = given.asked().await;
    given.clock.advance(TimeDelta::days(3));
    let report = given.desk.sweep(100).await.unwrap();
    assert_eq!((report.fired, report.failed.len()), (1, 0));
    let names: Vec<String> = given
        .anna
        .history(id)
        .await
        .unwrap()
        .into_iter()
        .skip(3)
        .map(|entry| entry.record.event.name().to_owned())
        .collect();
    let told: Vec<&str> = names.iter().map(String::as_str).filter(|name| *name != "clock_started").collect();
    assert_eq!(told, ["level_reached", "tags_changed", "clock_breached", "level_reached"], "{names:?}");
    let due: Vec<_> = given
        .events(id, "level_reached")
        .await
        .into_iter()
        .map(|event| match event {
            Event::LevelReached { level, due, .. } => (level.to_string(), due),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(due, [("-30m".into(), at("2026-11-02T09:30:00Z")), ("+1h".into(), at("2026-11-02T11:00:00Z"))]);
    assert_eq!(given.ticket(id).await.sla[0].breached_at, Some(at("2026-11-02T10:00:00Z")), "when it was due");
    assert_eq!(given.desk.sweep(100).await.unwrap().fired, 0, "once");
    given.anna.reply(id, "late, sorry").await.unwrap();
    let clock = given.ticket(id).await.sla[0].clone();
    assert_eq!((clock.state(given.clock_now()), clock.used_seconds), (ClockState::Breached, Some(3 * 86_400)));
}

#[tokio::test]
async fn an_answer_in_the_second_it_is_due_is_in_time_and_one_later_is_not() {
    for (late, state) in [(0, ClockState::Met), (1, ClockState::Breached)] {
        let given = Given::new(&within_an_hour()).await;
        let id = given.asked().await;
        given.clock.advance(TimeDelta::hours(1) + TimeDelta::seconds(late) + TimeDelta::milliseconds(900));
        given.desk.sweep(100).await.unwrap();
        let told = within_an_hour().sla.explain(&given.ticket(id).await, given.clock_now()).story(Language::En);
        let left = if late == 0 { "left 0s" } else { "over by 1s" };
        assert!(told.iter().any(|line| line.trim() == left), "{told:?}");
        given.anna.reply(id, "here").await.unwrap();
        assert_eq!(given.ticket(id).await.sla[0].state(given.clock_now()), state, "{late} s late");
        assert_eq!(given.events(id, "clock_breached").await.len(), usize::from(late > 0));
    }
}

#[tokio::test]
async fn a_raised_priority_is_a_floor_until_an_agent_has_her_say() {
    use helpdesk_core::ticket::{Level, Priority, PriorityChange};
    let mut settings = within_an_hour();
    for level in &mut settings.sla.policies[0].first_response.as_mut().unwrap().levels {
        level.raise_priority = Some(Priority::High);
    }
    let given = Given::new(&settings).await;
    let (id, own) = (given.asked().await, given.asked().await);
    let say = async |id, change| given.anna.command(id, Command::SetPriority(change)).await.unwrap().ticket;
    say(own, PriorityChange::Override(Priority::Low)).await;
    given.clock.advance(TimeDelta::minutes(31));
    given.desk.sweep(10).await.unwrap();
    for ticket in [given.ticket(id).await, given.ticket(own).await] {
        assert_eq!((ticket.priority, ticket.priority_raised), (Priority::High, Some(Priority::High)));
    }
    assert_eq!(given.ticket(own).await.priority_override, Some(Priority::Low), "what she said is not forgotten");
    // It is no cap: what is assessed as worse is worse, and what is assessed as better stays raised.
    let assess = |level| PriorityChange::Assess { impact: Some(level), urgency: Some(level) };
    assert_eq!(say(id, assess(Level::High)).await.priority, Priority::Critical);
    assert_eq!(say(id, assess(Level::Low)).await.priority, Priority::High);
    // Her own word, or taking it back, ends it.
    assert_eq!(say(id, PriorityChange::Override(Priority::Medium)).await.priority, Priority::Medium);
    let cleared = say(own, PriorityChange::ClearOverride).await;
    assert_eq!((cleared.priority, cleared.priority_raised), (Priority::Medium, None));
    // The next level raises again, and one that is no higher than what stands is nothing new.
    given.clock.advance(TimeDelta::hours(2));
    say(own, PriorityChange::Override(Priority::Critical)).await;
    given.desk.sweep(10).await.unwrap();
    assert_eq!(given.ticket(id).await.priority, Priority::High);
    assert_eq!(given.ticket(own).await.priority, Priority::Critical);
}

#[tokio::test]
async fn what_a_request_that_is_taken_over_has_behind_it_is_noted_and_nobody_is_told() {
    use helpdesk_core::desk::{ImportRequest, Imported};
    // Given an answer within an hour, and levels at half of it, an hour after it and a day after it.
    let mut settings = within_an_hour();
    let rule = settings.sla.policies[0].first_response.as_mut().unwrap();
    rule.levels.push(super::promised::level("+24h"));
    for level in &mut rule.levels {
        level.notify = vec!["admins".parse().unwrap()];
    }
    let given = Given::new(&settings).await;
    let admin = given.desk.tenant("acme").unwrap().admin("root").unwrap();
    let created_at = Some(given.clock_now() - TimeDelta::hours(20));
    // When a request of twenty hours ago is taken over.
    let request = ImportRequest {
        external_id: "1".into(),
        subject: "old".into(),
        body: Some("still nothing?".into()),
        created_at,
        requester: Requester { email: Some("max@example.com".parse().unwrap()), ..Requester::default() },
        ..ImportRequest::default()
    };
    let Imported::Created(outcome) = admin.import("elsewhere", request).await.unwrap() else { panic!("new") };
    let id = outcome.ticket.id;
    // Then what it has behind it stands there with its times, and nothing was done about it.
    let noted = async || {
        let mut all = Vec::new();
        for event in given.events(id, "level_reached").await {
            let Event::LevelReached { level, due, notify, .. } = event else { panic!("{event:?}") };
            all.push((level.to_string(), due, notify.len()));
        }
        all
    };
    let past = [("-30m".into(), at("2026-11-01T13:30:00Z"), 0), ("+1h".into(), at("2026-11-01T15:00:00Z"), 0)];
    assert_eq!(noted().await, past);
    let ticket = given.ticket(id).await;
    assert_eq!((ticket.sla[0].breached_at, ticket.tags.len()), (Some(at("2026-11-01T14:00:00Z")), 0));
    assert_eq!(ticket.updated_at, at("2026-11-01T15:00:00Z"));
    assert_eq!(given.desk.sweep(10).await.unwrap().fired, 0);
    // And what is yet to come does what it should.
    given.clock.advance(TimeDelta::hours(6));
    assert_eq!(given.desk.sweep(10).await.unwrap().fired, 1);
    assert_eq!(noted().await[2], ("+24h".into(), at("2026-11-02T14:00:00Z"), 1));
    assert_eq!(given.ticket(id).await.tags.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_sweepers_reach_each_level_once() {
    escalate(400, 40).await;
}

/// The same at the size of a large desk; asked for by name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a large store, long without optimisation: cargo test --release -p helpdesk-core --test desk_on_memory -- --ignored hundred_thousand"]
async fn eight_sweepers_over_a_hundred_thousand_open_tickets() {
    escalate(100_000, 1_000).await;
}

/// `open` tickets, of which the first `due` have a level and a breach behind them.
async fn escalate(open: usize, due: usize) {
    let given = Given::new(&within_an_hour()).await;
    let mut tickets = Vec::new();
    for n in 0..open {
        if n == due {
            given.clock.advance(TimeDelta::minutes(70));
        }
        tickets.push(given.asked().await);
    }
    given.clock.advance(TimeDelta::seconds(1));
    let mut sweepers = JoinSet::new();
    for _ in 0..8 {
        let desk = given.desk.clone();
        sweepers.spawn(async move { desk.sweep(open).await.unwrap() });
    }
    let reports = sweepers.join_all().await;
    assert_eq!(reports.iter().map(|report| report.fired).sum::<usize>(), due);
    assert!(reports.iter().all(|report| report.failed.is_empty()));
    for id in &tickets[..due] {
        assert_eq!(given.events(*id, "level_reached").await.len(), 1, "only the first is due");
        assert_eq!(given.events(*id, "clock_breached").await.len(), 1);
        assert_eq!(given.events(*id, "tags_changed").await.len(), 1);
    }
    assert_eq!(given.anna.total(&TicketFilter { breached: true, ..TicketFilter::all() }).await.unwrap(), due as u64);
    assert_eq!(given.events(tickets[due], "level_reached").await.len(), 0);
}

#[test]
fn missing_every_sweep_changes_no_outcome() {
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runner.run(&commands::steps(14), |steps| runtime.block_on(with_and_without_sweeps(steps))).unwrap();
}

async fn with_and_without_sweeps(steps: Vec<Step>) -> Result<(), TestCaseError> {
    let settings = Settings { auto_close_after: None, ..commands::settings() };
    let (swept, missed) = (Given::new(&settings).await, Given::new(&settings).await);
    let (one, other) = (swept.asked().await, missed.asked().await);
    for Step { after, command } in steps.into_iter().filter(|step| !matches!(step.command, Command::FireTimer(_))) {
        let part = TimeDelta::seconds(after.num_seconds().abs() / 10);
        for _ in 0..10 {
            swept.clock.advance(part);
            swept.desk.sweep(100).await.unwrap();
            missed.clock.advance(part);
        }
        let outcomes =
            (swept.anna.command(one, command.clone()).await, missed.anna.command(other, command.clone()).await);
        prop_assert_eq!(outcomes.0.is_ok(), outcomes.1.is_ok(), "{:?}", command);
    }
    for given in [&swept, &missed] {
        while given.desk.sweep(100).await.unwrap().fired > 0 {}
    }
    let (swept, missed) = (swept.anna.show(one).await, missed.anna.show(other).await);
    if let (Ok(swept), Ok(missed)) = (swept, missed) {
        prop_assert_eq!(&swept.ticket.sla, &missed.ticket.sla);
        prop_assert_eq!(swept.ticket.status, missed.ticket.status);
        prop_assert_eq!((swept.ticket.priority, swept.ticket.tags), (missed.ticket.priority, missed.ticket.tags));
    }
    Ok(())
}

/// The rules of roles, but the system may not edit.
struct HandsOff;

impl AccessPolicy for HandsOff {
    fn allows(&self, who: &Principal, action: Action, ticket: Option<&Ticket>, settings: &Settings) -> bool {
        let refused = matches!(who, Principal::System) && action == Action::TicketEdit;
        !refused && RolePolicy.allows(who, action, ticket, settings)
    }

    fn scope(&self, who: &Principal, settings: &Settings) -> Scope {
        RolePolicy.scope(who, settings)
    }
}

#[tokio::test]
async fn what_the_host_forbids_the_system_a_level_does_not_do() {
    let given = Given::under(&within_an_hour(), Arc::new(HandsOff)).await;
    let id = given.asked().await;
    given.clock.advance(TimeDelta::minutes(31));
    assert_eq!(given.desk.sweep(100).await.unwrap().fired, 1);
    assert!(given.ticket(id).await.tags.is_empty());
    assert_eq!(given.events(id, "level_reached").await.len(), 1, "it is reached all the same");
    let refused = given.events(id, "action_refused").await;
    let [Event::ActionRefused { action, code, .. }] = refused.as_slice() else { panic!("{refused:?}") };
    assert_eq!((action.as_str(), code.as_str()), ("ticket.edit", "permission_denied"));
    assert!(given.desk.check(|_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn warnings_breaches_and_ends_go_to_the_outbox() {
    let (store, _guard) = super::store().await;
    let clock = Arc::new(ManualClock::at(commands::start()));
    let desk = Helpdesk::over(Arc::clone(&store)).clock(clock.clone()).build();
    let acme = desk.tenant("acme").unwrap();
    let settings = Settings { outbox: true, ..within_an_hour() };
    acme.admin("root").unwrap().init(&settings).await.unwrap();
    let anna = acme.agent("anna").unwrap().with_role(Role::Admin);
    let asked = |subject: &str| OpenTicket::new(subject).from_email("max@example.com").unwrap().saying("x");
    let (met, late, spam) = (
        anna.open(asked("a")).await.unwrap().ticket.id,
        anna.open(asked("b")).await.unwrap().ticket.id,
        anna.open(asked("c")).await.unwrap().ticket.id,
    );
    anna.reply(met, "x").await.unwrap();
    anna.mark_spam(spam).await.unwrap();
    clock.advance(TimeDelta::minutes(61));
    desk.sweep(100).await.unwrap();
    let token = ClaimToken(uuid::Uuid::from_u128(1));
    let told = store.claim(Shard::ALL, token, clock_now(&clock), clock_now(&clock) + TimeDelta::minutes(1), 500).await;
    let mut kinds: BTreeMap<(TicketId, String), usize> = BTreeMap::new();
    for delivery in told.unwrap() {
        let outcome = match &delivery.event.event {
            Event::ClockStopped { outcome, .. } => format!(" {outcome:?}"),
            _ => String::new(),
        };
        *kinds.entry((delivery.ticket, delivery.event.event.name().to_owned() + &outcome)).or_default() += 1;
    }
    for (ticket, name) in [
        (met, "clock_stopped Met"),
        (spam, "clock_stopped Cancelled"),
        (late, "level_reached"),
        (late, "clock_breached"),
    ] {
        assert_eq!(kinds.get(&(ticket, name.to_owned())), Some(&1), "{name}: {kinds:?}");
    }
}
