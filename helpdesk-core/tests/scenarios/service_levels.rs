//! What is promised holds: pauses and wake-ups count as they were, nothing takes a breach back, and edited levels reach
//! open tickets by a job.

use chrono::TimeDelta;
use helpdesk_core::Settings;
use helpdesk_core::query::TicketFilter;
use helpdesk_core::sla::{ClockRule, ClockState, Metric, PolicyName, Seconds, ServiceLevels, SlaPolicy};
use helpdesk_core::ticket::{Command, Priority, Version};

use super::promised::{Given, at, solved_within_an_hour, with_first_response, within_an_hour};

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
async fn a_policy_that_comes_later_knows_how_long_the_ticket_had_waited() {
    let given = Given::new(&Settings::default()).await;
    let (by_job, by_priority) = (given.asked().await, given.asked().await);
    // Half an hour of work, two hours of waiting, resolved for an hour, ten minutes of work, and waiting again.
    for (minutes, status) in [(30, "on_hold"), (120, "open"), (0, "resolved"), (60, "open"), (10, "pending")] {
        given.clock.advance(TimeDelta::minutes(minutes));
        for id in [by_job, by_priority] {
            given.anna.set_status(id, status).unwrap().await.unwrap();
        }
    }
    let mut settings = solved_within_an_hour();
    given.clock.advance(TimeDelta::minutes(5));
    given.set(&settings).await;
    given.desk.tenant("acme").unwrap().admin("root").unwrap().reapply_service_levels(500).await.unwrap();
    settings.sla.policies[0].when.priorities = vec![Priority::High];
    given.set(&settings).await;
    let raise = helpdesk_core::ticket::PriorityChange::Override(Priority::High);
    given.anna.command(by_priority, Command::SetPriority(raise)).await.unwrap();
    for id in [by_job, by_priority] {
        let clock = given.ticket(id).await.sla[0].clone();
        let seconds: Vec<u64> = clock.pauses.iter().map(|pause| pause.seconds / 60).collect();
        assert_eq!((seconds, clock.breached_at), (vec![180], None), "waiting and resolved touch");
        assert_eq!(clock.paused_at, Some(at("2026-11-02T12:40:00Z")));
        given.anna.set_status(id, "open").unwrap().await.unwrap();
        let clock = given.ticket(id).await.sla[0].clone();
        assert_eq!(clock.due, Some(at("2026-11-02T13:05:00Z")), "twenty minutes of the hour are left");
    }
    assert!(given.desk.check(|_| {}).await.unwrap().is_clean());
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

#[tokio::test]
async fn what_ends_without_an_answer_has_its_clock_cancelled_from_then_on() {
    let given = Given::new(&solved_within_an_hour()).await;
    let (merged, target) = (given.asked().await, given.asked().await);
    let [called_off, spam, deleted] = [given.asked().await, given.asked().await, given.asked().await];
    given.clock.advance(TimeDelta::minutes(5));
    given.anna.merge(merged, target).await.unwrap().await.unwrap();
    given.anna.set_status(called_off, "cancelled").unwrap().await.unwrap();
    given.anna.mark_spam(spam).await.unwrap();
    let deleted = given.anna.delete(deleted).await.unwrap().ticket;
    let ended = given.clock_now();
    given.clock.advance(TimeDelta::hours(2));
    let mut tickets = vec![("deleted", deleted)];
    for (how, id) in [("merged", merged), ("called off", called_off), ("spam", spam)] {
        tickets.push((how, given.ticket(id).await));
    }
    for (how, ticket) in tickets {
        let told: Vec<_> = ticket.sla.iter().map(|clock| (clock.state(ended), clock.stopped_at)).collect();
        assert_eq!(told, [(ClockState::Cancelled, Some(ended))], "{how}");
    }
    assert_eq!(given.ticket(target).await.sla[0].state(given.clock_now()), ClockState::Breached);
}

#[tokio::test]
async fn a_pause_that_takes_no_time_is_none() {
    let given = Given::new(&solved_within_an_hour()).await;
    let id = given.asked().await;
    given.anna.set_status(id, "pending").unwrap().await.unwrap();
    assert_eq!(given.ticket(id).await.sla[0].state(given.clock_now()), ClockState::Paused);
    given.anna.set_status(id, "open").unwrap().await.unwrap();
    let clock = given.ticket(id).await.sla[0].clone();
    assert_eq!((clock.pauses.len(), clock.state(given.clock_now())), (0, ClockState::Running));
}
