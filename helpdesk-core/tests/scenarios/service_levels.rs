//! Service levels through the shell: levels fire once, whoever sweeps and when; edited levels reach open tickets by a
//! job; what a level does goes through the same gate as everything else.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::access::{AccessPolicy, Action, Principal, RolePolicy};
use helpdesk_core::desk::{AgentDesk, OpenTicket};
use helpdesk_core::env::{ManualClock, SequentialIds};
use helpdesk_core::party::Role;
use helpdesk_core::query::{Scope, TicketFilter};
use helpdesk_core::sla::{
    ClockRule, ClockState, EscalationLevel, Metric, PolicyName, Seconds, ServiceLevels, SlaPolicy,
};
use helpdesk_core::store::{ClaimToken, Shard};
use helpdesk_core::ticket::{Command, Event, Priority, Tag, Ticket, TicketId, Version};
use helpdesk_core::{Helpdesk, Settings};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::task::JoinSet;

use super::commands::{self, Step};

fn at(text: &str) -> helpdesk_core::env::Timestamp {
    text.parse().unwrap()
}

fn level(offset: &str) -> EscalationLevel {
    EscalationLevel { tags: vec![Tag::new("late").unwrap()], ..EscalationLevel::at(offset.parse().unwrap()) }
}

/// An answer within an hour, with a level half an hour before and one an hour after.
fn within_an_hour() -> Settings {
    let rule = ClockRule { levels: vec![level("+1h"), level("-30m")], ..ClockRule::within(Seconds::hours(1).into()) };
    with_first_response(rule)
}

fn with_first_response(rule: ClockRule) -> Settings {
    let policy = SlaPolicy { first_response: Some(rule), ..SlaPolicy::new(PolicyName::new("all").unwrap()) };
    Settings { sla: ServiceLevels { policies: vec![policy], ..ServiceLevels::default() }, ..Settings::default() }
}

struct Given {
    desk: Helpdesk,
    clock: Arc<ManualClock>,
    anna: AgentDesk,
    _guard: super::Guard,
}

impl Given {
    async fn new(settings: &Settings) -> Self {
        Self::under(settings, Arc::new(RolePolicy)).await
    }

    async fn under(settings: &Settings, access: Arc<dyn AccessPolicy>) -> Self {
        let (store, guard) = super::store().await;
        let clock = Arc::new(ManualClock::at(commands::start()));
        let ids = Arc::new(SequentialIds::default());
        let desk = Helpdesk::on(store).clock(clock.clone()).ids(ids).access(access).build();
        let acme = desk.tenant("acme").unwrap();
        acme.admin("root").unwrap().init(settings).await.unwrap();
        let anna = acme.agent("anna").unwrap().with_role(Role::Admin);
        Self { desk, clock, anna, _guard: guard }
    }

    async fn asked(&self) -> TicketId {
        let open = OpenTicket::new("help").from_email("max@example.com").unwrap().saying("please");
        self.anna.open(open).await.unwrap().ticket.id
    }

    async fn ticket(&self, id: TicketId) -> Ticket {
        self.anna.show(id).await.unwrap().ticket
    }

    async fn events(&self, id: TicketId, name: &str) -> Vec<Event> {
        let history = self.anna.history(id).await.unwrap();
        history.into_iter().map(|entry| entry.record.event).filter(|event| event.name() == name).collect()
    }

    async fn set(&self, settings: &Settings) {
        let admin = self.desk.tenant("acme").unwrap().admin("root").unwrap();
        let (_, seen) = admin.settings().await.unwrap();
        admin.set_settings(settings, seen).await.unwrap();
    }
}

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

impl Given {
    fn clock_now(&self) -> helpdesk_core::env::Timestamp {
        helpdesk_core::env::Clock::now(&*self.clock)
    }
}

#[tokio::test]
async fn an_answer_in_the_second_it_is_due_is_in_time_and_one_later_is_not() {
    for (late, state) in [(0, ClockState::Met), (1, ClockState::Breached)] {
        let given = Given::new(&within_an_hour()).await;
        let id = given.asked().await;
        given.clock.advance(TimeDelta::hours(1) + TimeDelta::seconds(late) + TimeDelta::milliseconds(900));
        given.desk.sweep(100).await.unwrap();
        given.anna.reply(id, "here").await.unwrap();
        assert_eq!(given.ticket(id).await.sla[0].state(given.clock_now()), state, "{late} s late");
        assert_eq!(given.events(id, "clock_breached").await.len(), usize::from(late > 0));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_sweepers_reach_each_level_once() {
    escalate(400, 40).await;
}

/// The same at the size of a large desk; minutes long, so it is asked for by name.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes minutes: cargo test --release -p helpdesk-core --test desk_on_memory -- --ignored hundred_thousand"]
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
    let desk = Helpdesk::on(Arc::clone(&store)).clock(clock.clone()).build();
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

fn clock_now(clock: &ManualClock) -> helpdesk_core::env::Timestamp {
    helpdesk_core::env::Clock::now(clock)
}

#[tokio::test]
async fn edited_levels_reach_open_tickets_by_a_job_that_goes_on_where_it_stopped() {
    let given = Given::new(&within_an_hour()).await;
    let mut tickets = Vec::new();
    for _ in 0..25 {
        tickets.push(given.asked().await);
    }
    let answered = tickets.pop().unwrap();
    given.anna.reply(answered, "x").await.unwrap();
    given.set(&with_first_response(ClockRule::within(Seconds::hours(2).into()))).await;
    given.anna.note(tickets[0], "a note changes nothing").await.unwrap();
    assert_eq!(given.ticket(tickets[0]).await.sla[0].target, Seconds::hours(1), "until the job comes by");

    let admin = || given.desk.tenant("acme").unwrap().admin("root").unwrap();
    let first = admin().reapply_service_levels(10).await.unwrap();
    assert_eq!(
        (first.total, first.seen, first.changed, first.finished),
        (25, 10, 9, false),
        "the answered one is final"
    );
    // Another process goes on; the first one has died.
    let mut last = first;
    while !last.finished {
        last = admin().reapply_service_levels(10).await.unwrap();
    }
    assert_eq!((last.seen, last.changed), (25, 24));
    for id in &tickets {
        let clock = given.ticket(*id).await.sla[0].clone();
        assert_eq!((clock.target, clock.due), (Seconds::hours(2), Some(at("2026-11-02T11:00:00Z"))));
    }
    assert_eq!(given.ticket(answered).await.sla[0].target, Seconds::hours(1));
    assert_eq!(admin().reapply_service_levels(10).await.unwrap(), last, "done is done");

    given.set(&Settings::default()).await;
    assert_eq!(admin().reapply_service_levels(500).await.unwrap().changed, 24, "other settings, another run");
    let clock = given.ticket(tickets[0]).await.sla[0].clone();
    assert_eq!((clock.state(given.clock_now()), clock.metric), (ClockState::Cancelled, Metric::FirstResponse));
    assert!(given.desk.check(|_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn levels_that_cannot_be_kept_are_refused_naming_the_field() {
    let given = Given::new(&Settings::default()).await;
    let admin = given.desk.tenant("acme").unwrap().admin("root").unwrap();
    for (policies, field) in [
        (r#"[{"name":"a","calendar":"office"}]"#, "sla.policies.a.calendar"),
        (r#"[{"name":"a"},{"name":"a"}]"#, "sla.policies.a"),
        (r#"[{"name":"a","resolution":{}}]"#, "sla.policies.a.resolution.target"),
        (r#"[{"name":"a","resolution":{"target":"0m"}}]"#, "sla.policies.a.resolution.target"),
        (r#"[{"name":"a","resolution":{"targets":{"high":"0d"}}}]"#, "sla.policies.a.resolution.targets.high"),
        (
            r#"[{"name":"a","resolution":{"target":{"span":"1h","calendar":"x"}}}]"#,
            "sla.policies.a.resolution.target.calendar",
        ),
        (
            r#"[{"name":"a","resolution":{"target":"1h","pauses":["pending","nowhere"]}}]"#,
            "sla.policies.a.resolution.pauses[1]",
        ),
        (r#"[{"name":"a","resolution":{"target":"1h","starts":"reply"}}]"#, "sla.policies.a.resolution.starts"),
        (
            r#"[{"name":"a","next_response":{"target":"1h","opening_answers":true}}]"#,
            "sla.policies.a.next_response.opening_answers",
        ),
        (
            r#"[{"name":"a","resolution":{"target":"1h","levels":[{"at":"-5m"},{"at":"- 5m"}]}}]"#,
            "sla.policies.a.resolution.levels[1].at",
        ),
    ] {
        let policies: Vec<SlaPolicy> = serde_json::from_str(policies).unwrap();
        let sla = ServiceLevels { policies, ..ServiceLevels::default() };
        let refused = admin.set_settings(&Settings { sla, ..Settings::default() }, Version(1)).await.unwrap_err();
        let text = refused.to_string();
        assert!(text.starts_with(&format!("{field} ")) || text.starts_with(&format!("{field}:")), "{text}");
    }
    for broken in [
        r#"{"name":"a","resolution":{"target":"-1h"}}"#,
        r#"{"name":"a","resolution":{"target":"4h","pause":["pending"]}}"#,
        r#"{"name":"a","resolution":{"target":"4h","levels":[{"at":"30m"}]}}"#,
        r#"{"name":"a","when":{"priorities":["urgent"]}}"#,
    ] {
        assert!(serde_json::from_str::<SlaPolicy>(broken).is_err(), "{broken}");
    }
    assert_eq!(admin.settings().await.unwrap(), (Settings::default(), Version(1)), "nothing is half stored");
}

#[tokio::test]
async fn a_breach_stays_when_the_priority_is_lowered_or_the_ticket_closed() {
    use helpdesk_core::ticket::PriorityChange;
    let hours = |priority, hours| (priority, Seconds::hours(hours).into());
    let rule = ClockRule::by_priority([hours(Priority::Critical, 1), hours(Priority::Low, 100)]);
    let policy = SlaPolicy { resolution: Some(rule), ..SlaPolicy::new(PolicyName::new("all").unwrap()) };
    let sla = ServiceLevels { policies: vec![policy], ..ServiceLevels::default() };
    let given = Given::new(&Settings { sla, ..Settings::default() }).await;
    let id = given.asked().await;
    let to = |priority| Command::SetPriority(PriorityChange::Override(priority));
    assert!(given.ticket(id).await.sla.is_empty(), "medium is promised nothing");
    given.anna.command(id, to(Priority::Critical)).await.unwrap();
    given.clock.advance(TimeDelta::hours(2));
    // Nobody has swept; lowering the priority finds what was missed.
    given.anna.command(id, to(Priority::Low)).await.unwrap();
    let clock = given.ticket(id).await.sla[0].clone();
    assert_eq!((clock.breached_at, clock.target), (Some(at("2026-11-02T10:00:00Z")), Seconds::hours(100)));
    given.anna.set_status(id, "resolved").unwrap().await.unwrap();
    given.anna.set_status(id, "closed").unwrap().await.unwrap();
    assert_eq!(given.ticket(id).await.sla[0].state(given.clock_now()), ClockState::Breached);
    let breached = TicketFilter { breached: true, ..TicketFilter::all() };
    assert_eq!(given.anna.total(&breached).await.unwrap(), 1);
    assert_eq!(given.events(id, "clock_breached").await.len(), 1);
}

/// A solution within an hour, around the clock.
fn solved_within_an_hour() -> Settings {
    let rule = ClockRule::within(Seconds::hours(1).into());
    let policy = SlaPolicy { resolution: Some(rule), ..SlaPolicy::new(PolicyName::new("all").unwrap()) };
    Settings { sla: ServiceLevels { policies: vec![policy], ..ServiceLevels::default() }, ..Settings::default() }
}

#[tokio::test]
async fn a_pause_moves_the_due_time_if_it_began_in_time_and_not_after() {
    // Pauses from so many minutes after nine until noon; when it is due after that.
    for (paused_after, due, late) in [(59, "12:01:00", false), (60, "12:00:00", false), (61, "10:00:00", true)] {
        let given = Given::new(&solved_within_an_hour()).await;
        let id = given.asked().await;
        given.clock.advance(TimeDelta::minutes(paused_after));
        given.anna.set_status(id, "on_hold").unwrap().await.unwrap();
        given.clock.set(at("2026-11-02T12:00:00Z"));
        given.anna.set_status(id, "open").unwrap().await.unwrap();
        let clock = given.ticket(id).await.sla[0].clone();
        assert_eq!(clock.due, Some(at(&format!("2026-11-02T{due}Z"))), "paused after {paused_after} minutes");
        assert_eq!(clock.is_breached(given.clock_now()), late, "paused after {paused_after} minutes");
    }
}

#[tokio::test]
async fn a_wake_up_found_late_ends_the_pause_when_it_was_due() {
    use helpdesk_core::ticket::{StatusChange, StatusKey};
    let given = Given::new(&solved_within_an_hour()).await;
    let id = given.asked().await;
    given.clock.advance(TimeDelta::minutes(30));
    let to = StatusChange::to(StatusKey::new("pending").unwrap());
    let change = StatusChange { until: Some(at("2026-11-02T10:00:00Z")), ..to };
    given.anna.command(id, Command::SetStatus(change)).await.unwrap();
    given.clock.set(at("2026-11-02T15:00:00Z"));
    let outcome = given.anna.note(id, "nobody has swept").await.unwrap();
    let clock = outcome.ticket.sla[0].clone();
    assert_eq!(clock.pauses.iter().map(|pause| pause.to).collect::<Vec<_>>(), [at("2026-11-02T10:00:00Z")]);
    assert_eq!((clock.due, clock.breached_at), (Some(at("2026-11-02T10:30:00Z")), Some(at("2026-11-02T10:30:00Z"))));
    assert_eq!(outcome.ticket.updated_at, given.clock_now(), "whoever asks what changed since noon finds it");
}

#[tokio::test]
async fn a_ticket_without_a_policy_for_a_while_was_worked_on_all_along() {
    use helpdesk_core::sla::Conditions;
    use helpdesk_core::ticket::PriorityChange;
    let mut settings = solved_within_an_hour();
    settings.sla.policies[0].when = Conditions { priorities: vec![Priority::High], ..Conditions::default() };
    let given = Given::new(&settings).await;
    let id = given.asked().await;
    let to = |priority| Command::SetPriority(PriorityChange::Override(priority));
    for priority in [Priority::High, Priority::Low, Priority::High] {
        given.anna.command(id, to(priority)).await.unwrap();
        given.clock.advance(TimeDelta::minutes(10));
    }
    let ticket = given.ticket(id).await;
    assert_eq!(ticket.sla[0].state(given.clock_now()), ClockState::Cancelled, "its history is kept");
    let again = &ticket.sla[1];
    assert_eq!((again.instance, again.pauses.len(), again.due), (2, 0, Some(at("2026-11-02T10:00:00Z"))));
    // Spam is another matter: nobody was to work on it.
    given.anna.mark_spam(id).await.unwrap();
    given.clock.advance(TimeDelta::minutes(10));
    let again = given.anna.not_spam(id).await.unwrap().ticket.sla[2].clone();
    assert_eq!((again.pauses.len(), again.due), (1, Some(at("2026-11-02T10:10:00Z"))));
}
