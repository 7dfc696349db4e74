//! What was once wrong, each with the scenario that showed it.

use chrono::TimeDelta;
use helpdesk_core::Settings;
use helpdesk_core::desk::{Error, OpenTicket, Options, Replied};
use helpdesk_core::party::Role;
use helpdesk_core::query::TicketFilter;
use helpdesk_core::ticket::Version;

use super::life::{desk, request};

#[tokio::test]
async fn what_was_deleted_does_not_come_back_with_the_next_import() {
    use helpdesk_core::desk::{ImportMessage, ImportRequest, Imported};
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (admin, boss) = (acme.admin("root").unwrap(), acme.agent("anna").unwrap().with_role(Role::Supervisor));
    let message = ImportMessage {
        at: None,
        author: "requester".into(),
        body: "again".into(),
        visibility: None,
        channel: None,
        external_id: Some("m1".into()),
    };
    let request = |id: &str, messages| ImportRequest {
        external_id: id.into(),
        subject: "s".into(),
        requester: helpdesk_core::party::Requester::email("a@b.de").unwrap(),
        messages,
        ..ImportRequest::default()
    };
    let first = request("1", vec![message.clone()]);
    let Imported::Created(outcome) = admin.import("t", first.clone()).await.unwrap() else { panic!("new") };
    boss.delete(outcome.ticket.id).await.unwrap();
    assert_eq!(admin.import("t", first).await.unwrap(), Imported::Known(outcome.ticket.id));
    assert_eq!(admin.import("t", request("2", vec![message])).await.unwrap(), Imported::Known(outcome.ticket.id));
    assert!(matches!(boss.show(outcome.ticket.id).await, Err(Error::NotFound { .. })));
    assert_eq!(boss.total(&TicketFilter::default()).await.unwrap(), 0);
    assert!(desk.check(|_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn two_merges_prepared_before_either_is_done_make_no_circle() {
    let (desk, _, _guard) = desk().await;
    let anna = desk.tenant("acme").unwrap().agent("anna").unwrap();
    let a = anna.open(OpenTicket::new("a")).await.unwrap().ticket.id;
    let b = anna.open(OpenTicket::new("b")).await.unwrap().ticket.id;
    let (first, second) = (anna.merge(a, b).await.unwrap(), anna.merge(b, a).await.unwrap());
    first.await.unwrap();
    assert_eq!(second.await.unwrap_err().code(), "already_merged");
}

#[tokio::test]
async fn a_message_to_a_request_merged_into_a_deleted_one_is_not_lost() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (boss, max) =
        (acme.agent("anna").unwrap().with_role(Role::Supervisor), acme.requester("max@example.com").unwrap());
    let asked = max.open(request("a", "b"), &Options::default()).await.unwrap();
    let other = boss.open(OpenTicket::new("other")).await.unwrap().ticket.id;
    boss.merge(asked.id, other).await.unwrap().await.unwrap();
    boss.delete(other).await.unwrap();
    assert!(matches!(max.reply(asked.id, "hello?", &Options::default()).await.unwrap(), Replied::NewTicket(_)));
}

#[tokio::test]
async fn requesters_errors_tell_nothing_of_the_inside() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (anna, max) = (acme.agent("anna").unwrap(), acme.requester("max@example.com").unwrap());
    let asked = max.open(request("a", "b"), &Options::default()).await.unwrap();
    anna.set_status(asked.id, "on_hold").unwrap().await.unwrap();
    let error = max.confirm(asked.id, &Options::default()).await.unwrap_err();
    assert_eq!((error.code().as_str(), error.to_string().contains("hold")), ("not_resolved", false));
    let versioned = Options { expecting: Some(Version(1)), ..Options::default() };
    assert_eq!(max.reply(asked.id, "c", &versioned).await.unwrap_err().code(), "invalid_value");
}

#[tokio::test]
async fn a_guessed_token_is_nobodys() {
    let (desk, clock, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (anna, ben) = (acme.agent("anna").unwrap(), acme.agent("ben").unwrap());
    let id = anna.open(OpenTicket::new("a")).await.unwrap().ticket.id;
    let lock = anna.lock(id, None).await.unwrap();
    clock.advance(TimeDelta::minutes(5));
    assert_eq!(ben.reply(id, "x").under_lock(lock.token).await.unwrap_err().code(), "lock_lost");
    anna.reply(id, "x").under_lock(lock.token).await.unwrap();
}

#[tokio::test]
async fn requests_are_taken_over_in_any_status_with_the_times_of_their_messages() {
    use helpdesk_core::desk::{ImportRequest, Imported};
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (admin, anna) = (acme.admin("root").unwrap(), acme.agent("anna").unwrap());
    for status in ["new", "open", "in_progress", "pending", "on_hold", "resolved", "closed", "spam", "cancelled"] {
        let json = serde_json::json!({
            "external_id": status, "created_at": "2026-10-01T08:00:00Z", "subject": "s", "status": status,
            "requester": { "email": "a@b.de" }, "body": "help",
            "messages": [
                { "author": "requester", "body": "thanks", "at": "2026-10-03T08:00:00Z" },
                { "author": "agent:anna", "body": "done", "visibility": "public", "at": "2026-10-02T08:00:00Z" },
            ],
        });
        let request: ImportRequest = serde_json::from_value(json).unwrap();
        let Imported::Created(outcome) = admin.import("t", request).await.unwrap() else { panic!("new") };
        let ticket = anna.show(outcome.ticket.id).await.unwrap().ticket;
        assert_eq!((ticket.status.as_str(), ticket.reopened), (status, 0));
        assert_eq!(ticket.first_responded_at, Some("2026-10-02T08:00:00Z".parse().unwrap()));
        let talk = anna.conversation(ticket.id).await.unwrap();
        let days: Vec<String> = talk.iter().map(|message| message.at.format("%d").to_string()).collect();
        assert_eq!(days, ["01", "02", "03"], "{status}");
    }
    assert!(desk.check(|_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn what_was_no_spam_after_all_still_waits_for_its_first_answer() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (admin, anna) = (acme.admin("root").unwrap(), acme.agent("anna").unwrap());
    let usual = helpdesk_core::sla::ServiceLevels::usual();
    admin.init(&Settings { sla: usual, ..Settings::default() }).await.unwrap();
    let open = OpenTicket::new("a").from_email("a@b.de").unwrap().saying("b");
    let id = anna.open(open).await.unwrap().ticket.id;
    anna.mark_spam(id).await.unwrap();
    let ticket = anna.not_spam(id).await.unwrap().ticket;
    let running: Vec<_> =
        ticket.sla.iter().filter(|clock| clock.is_open()).map(|clock| clock.metric.as_str()).collect();
    assert_eq!(running, ["first_response", "resolution"]);
}

#[tokio::test]
async fn what_an_agent_opens_with_is_public_work_and_no_answer() {
    let (desk, _, _guard) = desk().await;
    let anna = desk.tenant("acme").unwrap().agent("anna").unwrap();
    let ticket = anna.open(OpenTicket::new("a").saying("we called them")).await.unwrap().ticket;
    assert_eq!((ticket.status.as_str(), ticket.first_responded_at), ("open", None));
}

#[tokio::test]
async fn a_workflow_that_would_strand_tickets_is_refused() {
    use helpdesk_core::ticket::{StatusCategory, workflow::Workflow};
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (admin, anna) = (acme.admin("root").unwrap(), acme.agent("anna").unwrap());
    let id = anna.open(OpenTicket::new("a")).await.unwrap().ticket.id;
    anna.set_status(id, "on_hold").unwrap().await.unwrap();
    let old = Workflow::default();
    let statuses = old.statuses().iter().filter(|status| status.category != StatusCategory::WaitingOnOther).cloned();
    let statuses: Vec<_> = statuses.collect();
    let kept = |key: &helpdesk_core::ticket::StatusKey| statuses.iter().any(|status| status.key == *key);
    let moves = statuses.iter().flat_map(|from| statuses.iter().map(move |to| (from, to)));
    let transitions = moves.map(|(from, to)| helpdesk_core::ticket::workflow::Transition {
        from: from.key.clone(),
        to: to.key.clone(),
        by: old.movers(&from.key, &to.key),
    });
    let transitions = transitions.filter(|step| !step.by.is_empty() && kept(&step.from) && kept(&step.to)).collect();
    let workflow = Workflow::new(statuses.clone(), old.initial().key.clone(), transitions).unwrap();
    let settings = Settings { workflow, ..Settings::default() };
    let error = admin.set_settings(&settings, Version::NONE).await.unwrap_err();
    assert!(error.to_string().starts_with("workflow.on_hold"), "{error}");
    anna.set_status(id, "open").unwrap().await.unwrap();
    admin.set_settings(&settings, Version::NONE).await.unwrap();
}

#[tokio::test]
async fn a_clock_at_the_end_of_time_gives_instants_that_can_be_written() {
    let (desk, clock, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let usual = helpdesk_core::sla::ServiceLevels::usual();
    acme.admin("root").unwrap().init(&Settings { sla: usual, ..Settings::default() }).await.unwrap();
    for now in [chrono::DateTime::<chrono::Utc>::MIN_UTC, "9999-12-31T23:59:59Z".parse().unwrap()] {
        clock.set(now);
        let open = OpenTicket::new("a").from_email("a@b.de").unwrap().saying("b");
        let ticket = acme.agent("anna").unwrap().open(open).await.unwrap().ticket;
        let due = ticket.due_at().unwrap().to_rfc3339();
        assert!(due.starts_with("1970-") || due.starts_with("9000-"), "{due}");
    }
}

#[tokio::test]
async fn a_conflict_behind_a_page_of_harmless_events_is_one() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (anna, ben) = (acme.agent("anna").unwrap(), acme.agent("ben").unwrap());
    let id = anna.open(OpenTicket::new("a")).await.unwrap().ticket.id;
    for n in 0..510 {
        ben.note(id, format!("note {n}")).await.unwrap();
    }
    ben.set_status(id, "on_hold").unwrap().await.unwrap();
    assert_eq!(anna.reply(id, "x").expecting(Version(1)).await.unwrap_err().code(), "conflict");
}

#[tokio::test]
async fn a_clock_that_steps_back_tells_a_requester_nothing_of_a_note() {
    let (desk, clock, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (anna, max) = (acme.agent("anna").unwrap(), acme.requester("max@example.com").unwrap());
    let asked = max.open(request("Parcel lost", "Where is it?"), &Options::default()).await.unwrap().id;
    clock.advance(TimeDelta::minutes(5));
    anna.reply(asked, "We look for it.").then_status("pending").unwrap().await.unwrap();
    clock.advance(TimeDelta::minutes(25));
    let noted = anna.note(asked, "Third time this month.").await.unwrap().ticket.updated_at;
    clock.advance(TimeDelta::minutes(-20));
    max.reply(asked, "Any news?", &Options::default()).await.unwrap();

    let ticket = anna.show(asked).await.unwrap().ticket;
    assert_eq!((ticket.status.as_str(), ticket.updated_at), ("open", noted), "the history does not step back");
    let seen = max.show(asked).await.unwrap();
    assert_eq!(seen.changed_at, desk.now());
    let said = max.conversation(asked).await.unwrap();
    assert_eq!(said.last().unwrap().at, desk.now());
    assert!(said.is_sorted_by_key(|message| message.at));
}
