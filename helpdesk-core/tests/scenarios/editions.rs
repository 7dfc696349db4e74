//! An edit of policies and calendars reaches clocks that run by being applied anew, and in no other way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use helpdesk_core::Settings;
use helpdesk_core::access::{AccessPolicy, Action, Principal, RolePolicy};
use helpdesk_core::desk::LevelsChange;
use helpdesk_core::query::Scope;
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
use helpdesk_core::sla::{CalendarName, ClockRule, ClockState, Seconds, ServiceLevels, SlaClock, SlaPolicy, Span};
use helpdesk_core::ticket::{Priority, Ticket, TicketId};

use super::promised::{Given, at, level};

fn office() -> CalendarName {
    CalendarName::new("office").unwrap()
}

fn hours(periods: &str) -> Calendar {
    Calendar::new(&CalendarDefinition::weekdays("UTC", periods)).unwrap()
}

/// Solved within two hours of the office, with a level after half of them.
fn policy() -> SlaPolicy {
    let rule = ClockRule { levels: vec![level("50%")], ..ClockRule::within(Seconds::hours(2).into()) };
    SlaPolicy { calendar: office(), resolution: Some(rule), ..SlaPolicy::new("all".parse().unwrap()) }
}

fn settings() -> Settings {
    let calendars = BTreeMap::from([(office(), hours("09:00-17:00"))]);
    let sla = ServiceLevels { calendars, policies: vec![policy()], ..ServiceLevels::default() };
    Settings { sla, ..Settings::default() }
}

impl Given {
    async fn edit(&self, change: LevelsChange) {
        let admin = self.desk.tenant("acme").unwrap().admin("root").unwrap();
        admin.change_service_levels(change).await.unwrap();
    }

    async fn reapply(&self) -> u64 {
        let admin = self.desk.tenant("acme").unwrap().admin("root").unwrap();
        admin.reapply_service_levels(500).await.unwrap().changed
    }

    async fn clock_of(&self, id: TicketId) -> SlaClock {
        self.ticket(id).await.sla[0].clone()
    }

    async fn settings(&self) -> Settings {
        self.desk.tenant("acme").unwrap().admin("root").unwrap().settings().await.unwrap().0
    }
}

#[tokio::test]
async fn an_edited_policy_pauses_and_warns_running_clocks_only_once_it_is_applied() {
    // Given a ticket under the policy, which is then edited: open pauses, and there is no level any more.
    let given = Given::new(&settings()).await;
    let id = given.asked().await;
    given.clock.advance(TimeDelta::minutes(10));
    let pauses = Some(vec!["active".parse().unwrap()]);
    let rule = ClockRule { pauses, ..ClockRule::within(Seconds::hours(2).into()) };
    let edited = SlaPolicy { resolution: Some(rule), ..policy() };
    given.edit(LevelsChange::SetPolicy { policy: Box::new(edited), before: None }).await;
    // When it goes on, then as it began.
    given.anna.set_status(id, "open").unwrap().await.unwrap();
    let clock = given.clock_of(id).await;
    assert_eq!((clock.paused_at, clock.due), (None, Some(at("2026-11-02T11:00:00Z"))));
    given.anna.set_status(id, "pending").unwrap().await.unwrap();
    given.clock.advance(TimeDelta::minutes(50));
    given.anna.set_status(id, "open").unwrap().await.unwrap();
    given.clock.set(at("2026-11-02T10:51:00Z"));
    assert_eq!(given.desk.sweep(10).await.unwrap().fired, 1);
    assert_eq!(given.events(id, "level_reached").await.len(), 1);
    let explained = given.settings().await.sla.explain(&given.ticket(id).await, given.clock_now());
    assert!(explained.clocks[0].outdated);
    // A ticket that comes now gets the policy as it is now.
    let new = given.asked().await;
    given.anna.set_status(new, "open").unwrap().await.unwrap();
    assert_eq!(given.clock_of(new).await.state(given.clock_now()), ClockState::Paused);
    // Applied, it holds for both.
    assert_eq!(given.reapply().await, 1);
    let clock = given.clock_of(id).await;
    assert_eq!((clock.paused_at, clock.pauses.len()), (Some(at("2026-11-02T10:51:00Z")), 1), "pauses are kept");
    let explained = given.settings().await.sla.explain(&given.ticket(id).await, given.clock_now());
    assert!(!explained.clocks[0].outdated);
}

#[tokio::test]
async fn an_edited_calendar_moves_no_due_time_until_it_is_applied() {
    let given = Given::new(&settings()).await;
    let (id, untouched) = (given.asked().await, given.asked().await);
    given.edit(LevelsChange::SetCalendar { name: office(), calendar: Box::new(hours("09:30-17:00")) }).await;
    // And once more: the clock still runs in the first one.
    given.edit(LevelsChange::SetCalendar { name: office(), calendar: Box::new(hours("12:00-17:00")) }).await;
    given.anna.set_status(id, "pending").unwrap().await.unwrap();
    given.clock.advance(TimeDelta::minutes(15));
    given.anna.set_status(id, "open").unwrap().await.unwrap();
    let clock = given.clock_of(id).await;
    assert_eq!((clock.pauses[0].seconds, clock.due), (15 * 60, Some(at("2026-11-02T11:15:00Z"))));
    let levels = given.settings().await.sla;
    assert_eq!(levels.left(&clock, at("2026-11-02T10:15:00Z")), Some(3600));
    assert_eq!(given.reapply().await, 2);
    let clock = given.clock_of(id).await;
    assert_eq!((clock.pauses[0].seconds, clock.due), (0, Some(at("2026-11-02T14:00:00Z"))));
    assert_eq!(given.clock_of(untouched).await.due, clock.due);
    assert_eq!(given.reapply().await, 2, "done is done");
}

#[tokio::test]
async fn a_clock_of_a_policy_that_is_gone_goes_on_until_that_is_applied() {
    let given = Given::new(&settings()).await;
    let id = given.asked().await;
    given.edit(LevelsChange::RemovePolicy("all".parse().unwrap())).await;
    given.clock.set(at("2026-11-02T10:00:00Z"));
    assert_eq!(given.desk.sweep(10).await.unwrap().fired, 1);
    given.anna.set_status(id, "pending").unwrap().await.unwrap();
    assert_eq!(given.clock_of(id).await.paused_at, Some(at("2026-11-02T10:00:00Z")));
    assert!(
        given.ticket(id).await.tags.iter().any(|tag| tag.as_str() == "late"),
        "a tag brings it under no other terms"
    );
    given.reapply().await;
    assert_eq!(given.clock_of(id).await.state(given.clock_now()), ClockState::Cancelled);
}

#[tokio::test]
async fn another_priority_takes_its_target_from_the_policy_that_the_ticket_came_under() {
    // Given a ticket under one hour for what is critical, and two for everything else.
    let hours = |critical, other| {
        let spans = [(Priority::Medium, other), (Priority::Critical, critical)];
        ClockRule::by_priority(spans.map(|(priority, hours)| (priority, Span::Time(Seconds::hours(hours)))))
    };
    let promised = |rule: ClockRule| SlaPolicy { resolution: Some(rule), ..policy() };
    let mut before = settings();
    before.sla.policies = vec![promised(hours(1, 2))];
    let given = Given::new(&before).await;
    let id = given.asked().await;
    // When the policy is edited, with a clock that it had not, and the priority changes.
    let edited = SlaPolicy { first_response: Some(hours(1, 1)), ..promised(hours(4, 8)) };
    given.edit(LevelsChange::SetPolicy { policy: Box::new(edited), before: None }).await;
    given.anna.set_priority(id, Priority::Critical).await.unwrap();
    // Then what it came under says what that means, until the edit is applied.
    let clocks = given.ticket(id).await.sla;
    assert_eq!(clocks.iter().map(|clock| clock.target).collect::<Vec<_>>(), [Seconds::hours(1)]);
    assert_eq!(clocks[0].due, Some(at("2026-11-02T10:00:00Z")));
    given.reapply().await;
    let mut targets: Vec<_> = given.ticket(id).await.sla.iter().map(|clock| clock.target).collect();
    targets.sort();
    assert_eq!(targets, [Seconds::hours(1), Seconds::hours(4)]);
}

/// The rules of roles, but the levels of one ticket may not be touched for a while.
#[derive(Default)]
struct Sealed(Mutex<Option<TicketId>>);

impl AccessPolicy for Sealed {
    fn allows(&self, who: &Principal, action: Action, ticket: Option<&Ticket>, settings: &Settings) -> bool {
        let sealed = action == Action::SettingsEdit && ticket.is_some_and(|it| Some(it.id) == *self.0.lock().unwrap());
        !sealed && RolePolicy.allows(who, action, ticket, settings)
    }

    fn scope(&self, who: &Principal, settings: &Settings) -> Scope {
        RolePolicy.scope(who, settings)
    }
}

#[tokio::test]
async fn a_ticket_that_could_not_be_changed_is_tried_again_by_the_next_run() {
    let sealed = Arc::new(Sealed::default());
    let given = Given::under(&settings(), sealed.clone()).await;
    let (id, other) = (given.asked().await, given.asked().await);
    given.edit(LevelsChange::SetCalendar { name: office(), calendar: Box::new(hours("12:00-17:00")) }).await;
    *sealed.0.lock().unwrap() = Some(id);
    let admin = given.desk.tenant("acme").unwrap().admin("root").unwrap();
    let run = async || admin.reapply_service_levels(500).await.unwrap();
    let first = run().await;
    assert_eq!((first.finished, first.changed), (true, 1));
    assert_eq!(first.failed, [(id, "permission_denied".to_owned())]);
    // What it still runs under is kept, whatever is edited meanwhile.
    given.edit(LevelsChange::SetCalendar { name: office(), calendar: Box::new(hours("13:00-17:00")) }).await;
    assert_eq!(given.settings().await.sla.left(&given.clock_of(id).await, at("2026-11-02T10:00:00Z")), Some(3600));
    run().await;
    *sealed.0.lock().unwrap() = None;
    let last = run().await;
    assert_eq!((last.changed, last.failed.len(), last.finished), (1, 0, true));
    assert_eq!(given.clock_of(id).await.due, given.clock_of(other).await.due);
    assert_eq!(run().await, last, "done is done");
}

#[tokio::test]
async fn what_stood_before_is_kept_as_long_as_clocks_may_run_under_it_and_never_without_end() {
    let given = Given::new(&settings()).await;
    given.asked().await;
    let sizes = async || serde_json::to_string(&given.settings().await.sla.editions).unwrap().len();
    let edit = async |n: u32| {
        let rule = ClockRule::within(Seconds::hours(2 + n).into());
        let edited = SlaPolicy { resolution: Some(rule), ..policy() };
        given.edit(LevelsChange::SetPolicy { policy: Box::new(edited), before: None }).await;
    };
    edit(1).await;
    let one = sizes().await;
    edit(2).await;
    assert!(sizes().await > one);
    given.reapply().await;
    edit(3).await;
    assert!(sizes().await <= one, "every clock has come under later ones");
    // What a caller gives of it is not looked at, and what changes nothing keeps nothing.
    let (before, mut same) = (given.settings().await, given.settings().await);
    same.sla.editions = ServiceLevels::default().editions;
    given.set(&same).await;
    assert_eq!(given.settings().await, before);
    for n in 4..200 {
        edit(n).await;
    }
    assert!(sizes().await < 60 * one);
}
