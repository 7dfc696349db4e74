//! The main job through the shell: a ticket's whole life, as agents and requesters live it. Which store, the file
//! that includes this one says.

use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::desk::{Error, ErrorKind, ListRequest, NewRequest, OpenTicket, Options, Replied};
use helpdesk_core::env::{ManualClock, SequentialIds};
use helpdesk_core::party::{AgentId, Role};
use helpdesk_core::query::{GroupBy, PageSize, TicketFilter};
use helpdesk_core::settings::ClosedReply;
use helpdesk_core::ticket::{MessageDraft, Rejection, StatusCategory, StatusChange, StatusKey, Version};
use helpdesk_core::{Helpdesk, Settings};

pub(crate) async fn desk() -> (Helpdesk, Arc<ManualClock>, super::Guard) {
    let clock = Arc::new(ManualClock::at("2026-11-02T09:00:00Z".parse().unwrap()));
    let ids = Arc::new(SequentialIds::default());
    let (store, guard) = super::store().await;
    (Helpdesk::over(store).clock(clock.clone()).ids(ids).build(), clock, guard)
}

pub(crate) fn request(subject: &str, body: &str) -> NewRequest {
    NewRequest { subject: subject.into(), message: MessageDraft::from(body), ..NewRequest::default() }
}

#[tokio::test]
async fn a_ticket_lives_from_request_to_reopening() {
    let (desk, clock, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (anna, max) = (acme.agent("anna").unwrap(), acme.requester("max@example.com").unwrap().named("Max"));

    let asked = max.open(request("Parcel lost", "Where is it?"), &Options::default()).await.unwrap();
    assert_eq!(asked.number.as_str(), "2026-000001");
    assert_eq!(asked.status_category, StatusCategory::New);

    let view = anna.show("#2026-1").await.unwrap();
    assert!(view.is_unread());
    assert_eq!(view.ticket.content.requester.name.as_deref(), Some("Max"));
    anna.mark_read(view.ticket.id).await.unwrap();
    assert!(!anna.show("1").await.unwrap().is_unread(), "a bare sequence is one of this year");

    clock.advance(TimeDelta::minutes(10));
    let claimed = anna.claim(view.ticket.id).await.unwrap();
    assert_eq!(claimed.ticket.status.as_str(), "open");
    anna.note(view.ticket.id, "carrier says Tuesday").await.unwrap();
    let answered = anna.reply(view.ticket.id, "It comes on Tuesday.").then_status("pending").unwrap().await.unwrap();
    assert_eq!(answered.ticket.status_category, StatusCategory::WaitingOnRequester);
    assert_eq!(answered.ticket.version, Version(4));

    clock.advance(TimeDelta::days(1));
    let back = max.reply(asked.id, "It did not.", &Options::default()).await.unwrap();
    assert!(matches!(back, Replied::Added(_)));
    assert_eq!(anna.show(asked.id).await.unwrap().ticket.status.as_str(), "open", "it was open before it waited");

    anna.reply(asked.id, "Found it.").then_status("resolved").unwrap().await.unwrap();
    clock.advance(TimeDelta::hours(1));
    assert!(matches!(max.reply(asked.id, "Wrong one!", &Options::default()).await.unwrap(), Replied::Reopened(_)));
    anna.set_status(asked.id, "resolved").unwrap().await.unwrap();
    assert_eq!(max.confirm(asked.id, &Options::default()).await.unwrap().status_category, StatusCategory::Closed);

    let follow_up = max.reply(asked.id, "One more thing", &Options::default()).await.unwrap();
    let Replied::NewTicket(next) = follow_up else { panic!("a closed request becomes a new one") };
    assert_eq!(anna.show(next.id).await.unwrap().ticket.links.len(), 1);
    assert_eq!(anna.show(asked.id).await.unwrap().ticket.links.len(), 1, "both ends");

    let seen = max.conversation(asked.id).await.unwrap();
    assert_eq!(seen.len(), 5, "the note is not among them");
    assert!(!format!("{seen:?}").contains("carrier"));
    assert!(desk.check(|_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn timers_wake_and_close_once_also_when_found_late() {
    let (desk, clock, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap();
    let ticket = anna.open(OpenTicket::new("Order laptop")).await.unwrap().ticket.id;
    anna.claim(ticket).await.unwrap();
    let until = Some("2026-11-03T09:00:00Z".parse().unwrap());
    let wait = StatusChange { to: StatusKey::new("on_hold").unwrap(), until, then: None };
    anna.change_status(ticket, wait).await.unwrap();
    assert_eq!(desk.sweep(10).await.unwrap().fired, 0);
    clock.advance(TimeDelta::days(3));
    assert_eq!(desk.sweep(10).await.unwrap().fired, 1);
    assert_eq!(anna.show(ticket).await.unwrap().ticket.status.as_str(), "open");
    anna.set_status(ticket, "resolved").unwrap().await.unwrap();
    clock.advance(TimeDelta::days(8));
    assert_eq!(desk.sweep(10).await.unwrap().fired, 1);
    assert_eq!(desk.sweep(10).await.unwrap().fired, 0);
    assert_eq!(anna.show(ticket).await.unwrap().ticket.status.as_str(), "closed");
    assert_eq!(anna.set_status(ticket, "open").unwrap().await.unwrap_err().kind(), ErrorKind::Forbidden);
    let boss = anna.clone().with_role(Role::Supervisor);
    assert_eq!(boss.set_status(ticket, "open").unwrap().await.unwrap().ticket.reopened, 1);
}

#[tokio::test]
async fn conflicts_tell_what_happened_and_only_when_it_matters() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (anna, ben) = (acme.agent("anna").unwrap(), acme.agent("ben").unwrap());
    let opened = anna.open(OpenTicket::new("Till down").from_email("a@b.de").unwrap().saying("Help")).await.unwrap();
    let (id, seen) = (opened.ticket.id, opened.ticket.version);
    ben.tag(id, &["vip"], &[]).await.unwrap();
    anna.reply(id, "On it").expecting(seen).await.expect("a tag disturbs nobody who answers");
    let error = ben.reply(id, "Me too").expecting(seen).await.unwrap_err();
    let Error::Conflict { expected, found, between } = error else { panic!("{error}") };
    assert_eq!((expected, found), (Version(1), Version(3)));
    assert!(between.iter().any(|entry| entry.record.event.name() == "message_added"));
    assert!(matches!(anna.reply(id, "x").expecting(Version(99)).await, Err(Error::Conflict { .. })));
}

#[tokio::test]
async fn a_key_gives_the_first_answer_again() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap();
    let open = || anna.open(OpenTicket::new("Once").from_email("a@b.de").unwrap().saying("x"));
    let first = open().idempotent("k1").unwrap().await.unwrap();
    let again = open().idempotent("k1").unwrap().await.unwrap();
    assert!(again.replayed && !first.replayed);
    assert_eq!(first.ticket.id, again.ticket.id);
    let other = anna.open(OpenTicket::new("Other")).idempotent("k1").unwrap().await;
    assert!(matches!(other, Err(Error::KeyReused)));
    assert_eq!(anna.total(&TicketFilter::all()).await.unwrap(), 1);
    assert!(anna.reply(first.ticket.id, "a").idempotent("").is_err());
}

#[tokio::test]
async fn locks_are_honoured_by_replies_and_not_by_notes() {
    let (desk, clock, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (anna, ben) = (acme.agent("anna").unwrap(), acme.agent("ben").unwrap());
    let id = anna.open(OpenTicket::new("Till down")).await.unwrap().ticket.id;
    let lock = anna.lock(id, Some("writing")).await.unwrap();
    assert_eq!(ben.reply(id, "x").await.unwrap_err().code(), "locked");
    ben.note(id, "just a note").await.unwrap();
    anna.reply(id, "mine").under_lock(lock.token).await.unwrap();
    assert!(ben.steal_lock(id, "urgent").await.is_err(), "needs the permission");
    let boss = ben.clone().with_role(Role::Supervisor);
    let stolen = boss.steal_lock(id, "urgent").await.unwrap();
    assert_eq!(anna.reply(id, "late").under_lock(lock.token).await.unwrap_err().code(), "locked");
    ben.unlock(id, stolen.token).await.unwrap();
    assert_eq!(anna.reply(id, "late").under_lock(lock.token).await.unwrap_err().code(), "lock_lost");
    let history = anna.history(id).await.unwrap();
    assert!(history.iter().any(|entry| entry.record.event.name() == "lock_stolen"));
    let expired = anna.lock(id, None).await.unwrap();
    clock.advance(TimeDelta::minutes(4));
    anna.reply(id, "an expired lock loses no text").under_lock(expired.token).await.unwrap();
    assert!(desk.check(|_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn merge_unmerge_link_and_split_write_both_ends() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap();
    let open = |subject: &str, who: &str| anna.open(OpenTicket::new(subject).from_email(who).unwrap().saying("words"));
    let (a, b) = (open("a", "a@x.de").await.unwrap().ticket.id, open("b", "b@x.de").await.unwrap().ticket.id);
    anna.merge(a, b).await.unwrap().await.unwrap();
    let merged = anna.show(a).await.unwrap().ticket;
    assert_eq!((merged.status.as_str(), merged.merged.as_ref().map(|m| m.into)), ("merged", Some(b)));
    assert_eq!(anna.show(b).await.unwrap().ticket.links.len(), 1);
    assert!(matches!(anna.merge(a, b).await, Err(Error::Rejected(Rejection::MergeState { merged: true }))));
    assert!(matches!(anna.merge(b, a).await, Err(Error::Rejected(Rejection::MergeCycle))));
    assert!(matches!(anna.merge(b, b).await, Err(Error::Rejected(Rejection::SameTicket))));

    let other = acme.requester("b@x.de").unwrap();
    assert_eq!(other.conversation(b).await.unwrap().len(), 1);
    assert!(matches!(other.show(a).await, Err(Error::NotFound { .. })), "merging shows nobody the other's");
    let stranger = acme.requester("a@x.de").unwrap();
    let Replied::NewTicket(_) = stranger.reply(a, "hello?", &Options::default()).await.unwrap() else {
        panic!("what a says must not surface in b's request")
    };
    anna.unmerge(a).await.unwrap().await.unwrap();
    assert_eq!(anna.show(a).await.unwrap().ticket.status.as_str(), "new");
    assert!(anna.show(b).await.unwrap().ticket.links.is_empty());

    let split = anna.split(b, "a second matter", &[1]).await.unwrap().await.unwrap();
    assert_eq!((split.ticket.messages, split.ticket.links.len()), (1, 1));
    assert_eq!(anna.show(b).await.unwrap().ticket.links.len(), 1);
    assert!(desk.check(|_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn requesters_see_their_own_and_nothing_inside() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (anna, max) = (acme.agent("anna").unwrap(), acme.requester("max@example.com").unwrap());
    assert!(max.list(PageSize::default(), None).await.unwrap().0.is_empty());
    let mine = max.open(request("Mine", "words"), &Options::default()).await.unwrap();
    let foreign = OpenTicket::new("Foreign").from_email("eva@example.com").unwrap().saying("x");
    let foreign = anna.open(foreign).await.unwrap();
    assert!(matches!(max.show(foreign.ticket.id).await, Err(Error::NotFound { .. })));
    let prying = max.reply(foreign.ticket.id, "hi", &Options::default()).await;
    assert!(matches!(prying, Err(Error::NotFound { .. })));
    let before = max.show(mine.id).await.unwrap();
    anna.note(mine.id, "canary").await.unwrap();
    anna.tag(mine.id, &["canary"], &[]).await.unwrap();
    anna.assign(mine.id, Some(AgentId::new("ben").unwrap())).await.unwrap();
    assert_eq!(max.show(mine.id).await.unwrap(), before, "internal acts leave no trace");
    assert_eq!(max.list(PageSize::default(), None).await.unwrap().0, vec![before]);
}

#[tokio::test]
async fn closed_requests_follow_the_tenants_policy() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (admin, max) = (acme.admin("root").unwrap(), acme.requester("max@example.com").unwrap());
    let asked = max.open(request("x", "y"), &Options::default()).await.unwrap();
    let anna = acme.agent("anna").unwrap();
    anna.set_status(asked.id, "resolved").unwrap().await.unwrap();
    anna.set_status(asked.id, "closed").unwrap().await.unwrap();
    let with = |closed_reply| Settings { closed_reply, ..Settings::default() };
    let version = admin.set_settings(&with(ClosedReply::Rejected), Version::NONE).await.unwrap();
    assert_eq!(max.reply(asked.id, "z", &Options::default()).await.unwrap_err().code(), "ticket_closed");
    assert!(matches!(admin.set_settings(&with(ClosedReply::Reopened), Version(7)).await, Err(Error::Conflict { .. })));
    admin.set_settings(&with(ClosedReply::Reopened), version.version).await.unwrap();
    assert!(matches!(max.reply(asked.id, "z", &Options::default()).await.unwrap(), Replied::Reopened(_)));
}

#[tokio::test]
async fn a_revoked_agent_can_do_nothing_from_then_on() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (admin, anna) = (acme.admin("root").unwrap(), acme.agent("anna").unwrap());
    let id = anna.open(OpenTicket::new("x")).await.unwrap().ticket.id;
    let mut record = helpdesk_core::party::Agent::new(AgentId::new("anna").unwrap());
    record.disabled = true;
    admin.put(&record).await.unwrap();
    assert!(matches!(anna.show(id).await, Err(Error::NotFound { .. })));
    assert!(matches!(anna.note(id, "x").await, Err(Error::NotFound { .. })));
    assert_eq!(anna.total(&TicketFilter::all()).await.unwrap(), 0);
    assert!(matches!(anna.open(OpenTicket::new("y")).await, Err(Error::Forbidden { .. })));
}

#[tokio::test]
async fn lists_page_and_cursors_belong_to_their_list() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap();
    for n in 0..7 {
        anna.open(OpenTicket::new(format!("Rechnung {n}"))).await.unwrap();
    }
    let mut request = ListRequest { size: PageSize::new(3).unwrap(), ..ListRequest::of(TicketFilter::all()) };
    let mut seen = Vec::new();
    loop {
        let page = anna.list(&request).await.unwrap();
        seen.extend(page.rows.iter().map(|row| row.ticket.number.as_str().to_owned()));
        match page.next {
            Some(next) => request.after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen.len(), 7);
    assert!(seen.is_sorted());
    request.filter = TicketFilter::open();
    assert_eq!(anna.list(&request).await.unwrap_err().code(), "bad_cursor");
    let words = TicketFilter { words: "RECHNUNGEN".into(), ..TicketFilter::all() };
    assert_eq!(anna.count(&words, GroupBy::Status).await.unwrap()[0].count, 7);
}

#[tokio::test]
async fn nobody_writes_in_anothers_name_or_at_another_time() {
    use helpdesk_core::party::Actor;
    use helpdesk_core::ticket::{Command, MessageId, NewMessage};
    let (desk, clock, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap();
    let id = anna.open(OpenTicket::new("x").from_email("a@b.de").unwrap().saying("y")).await.unwrap().ticket.id;
    clock.advance(TimeDelta::hours(1));
    let words = |author: &str| NewMessage {
        author: author.parse::<Actor>().unwrap(),
        ..NewMessage::public(MessageId(uuid::Uuid::from_u128(7)), "words")
    };
    let say = |message: NewMessage| anna.command(id, Command::AddMessage(Box::new(message)));
    assert!(matches!(say(words("agent:ben")).await, Err(Error::Forbidden { .. })));
    let backdated = NewMessage { at: Some("2026-11-02T09:00:00Z".parse().unwrap()), ..words("agent:anna") };
    assert!(matches!(say(backdated).await, Err(Error::Forbidden { .. })));
    say(words("requester:whoever")).await.expect("an agent writes down what a requester said");
}

#[tokio::test]
async fn erasing_a_contact_takes_what_is_personal_and_keeps_the_history_whole() {
    let (desk, _, _guard) = desk().await;
    let acme = desk.tenant("acme").unwrap();
    let (anna, max) = (acme.agent("anna").unwrap(), acme.requester("max@example.com").unwrap().named("Maxcanary"));
    let asked = max.open(request("subjectcanary", "bodycanary"), &Options::default()).await.unwrap();
    anna.set_subject(asked.id, "othercanary").await.unwrap();
    let contact = anna.show(asked.id).await.unwrap().ticket.requester.unwrap();
    assert_eq!(acme.admin("root").unwrap().erase_contact(&contact).await.unwrap().value, 1);
    let dump = acme.admin("root").unwrap().dump(None, 10).await.unwrap();
    let stored = serde_json::to_string(&dump).unwrap();
    assert!(!stored.contains("canary") && !stored.contains("max@"), "{stored}");
    assert!(matches!(max.show(asked.id).await, Err(Error::NotFound { .. })), "the address leads to nobody now");
    assert!(desk.check(|_| {}).await.unwrap().is_clean());
}
