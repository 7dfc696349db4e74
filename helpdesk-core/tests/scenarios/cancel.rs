//! Futures dropped anywhere: whatever was asked for is done whole or not at all, and the desk goes on.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use helpdesk_core::desk::{
    AdminDesk, AgentDesk, ContactChange, ImportRequest, ListRequest, LockAsk, NewRequest, OpenTicket, Options,
    RequesterDesk,
};
use helpdesk_core::party::{Requester, Team, TeamId};
use helpdesk_core::query::{GroupBy, PageSize, TicketFilter};
use helpdesk_core::store::RecordKind;
use helpdesk_core::ticket::{Command, LinkKind, LockToken, TicketId};
use helpdesk_core::{Helpdesk, Settings};

/// Most polls before the drop; none of these futures needs more to its end.
const POLLS: usize = 24;

type Call = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Polls a future so often, letting others run in between, and drops it.
async fn drop_after(polls: usize, mut call: Call) {
    for _ in 0..polls {
        let done = std::future::poll_fn(|context| Poll::Ready(call.as_mut().poll(context).is_ready())).await;
        if done {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// A future whose outcome does not matter.
fn call<F: IntoFuture<IntoFuture: Send + 'static> + Send + 'static>(future: F) -> Call {
    let future = future.into_future();
    Box::pin(async move { drop(future.await) })
}

#[derive(Clone)]
struct Handles {
    desk: Helpdesk,
    anna: AgentDesk<'static>,
    max: RequesterDesk<'static>,
    admin: AdminDesk<'static>,
    ticket: TicketId,
    other: TicketId,
    left: TicketId,
    right: TicketId,
}

/// One of every kind of call; `turn` makes what must be new new.
fn calls(h: &Handles, turn: usize) -> Vec<(&'static str, Call)> {
    let open = OpenTicket::new("new").from_email(&format!("new{turn}@example.com")).unwrap().saying("words");
    let request = NewRequest { subject: "s".into(), message: "m".into(), ..NewRequest::default() };
    let import = ImportRequest { external_id: turn.to_string(), subject: "s".into(), ..ImportRequest::default() };
    let team = Team { id: TeamId::new(format!("team-{turn}")).unwrap(), name: "Team".into() };
    let (ticket, other) = (h.ticket, h.other);
    macro_rules! with {
        ($handle:ident, $body:expr) => {{
            let $handle = h.$handle.clone();
            call(async move { $body })
        }};
    }
    vec![
        ("open", call(h.anna.open(open))),
        ("reply", call(h.anna.reply(ticket, "answer").idempotent(&format!("k{turn}")).unwrap())),
        ("note", call(h.anna.note(ticket, "note"))),
        ("tag", call(h.anna.tag(ticket, &[&format!("tag-{turn}")], &[]))),
        ("delete", call(h.anna.command(TicketId(uuid::Uuid::nil()), Command::Delete))),
        ("show", with!(anna, drop(anna.show(ticket).await))),
        ("conversation", with!(anna, drop(anna.conversation(ticket).await))),
        ("history", with!(anna, drop(anna.history(ticket).await))),
        ("list", with!(anna, drop(anna.list(&ListRequest::of(TicketFilter::all())).await))),
        ("count", with!(anna, drop(anna.count(&TicketFilter::all(), GroupBy::Team).await))),
        ("board", with!(anna, drop(anna.board(PageSize::default()).await))),
        ("mark_read", with!(anna, drop(anna.mark_read(ticket).await))),
        ("lock", with!(anna, drop(anna.lock(ticket, Some("writing")).await))),
        ("renew", with!(anna, drop(anna.renew(ticket, LockToken(1)).await))),
        ("unlock", with!(anna, drop(anna.unlock(ticket, LockToken(1)).await))),
        (
            "link",
            with!(
                anna,
                if let Ok(act) = anna.link(ticket, LinkKind::RelatesTo, other).await {
                    drop(act.await);
                }
            ),
        ),
        (
            "split",
            with!(
                anna,
                if let Ok(act) = anna.split(ticket, "part", &[1]).await {
                    drop(act.await);
                }
            ),
        ),
        ("ask", with!(max, drop(max.open(request, &Options::default()).await))),
        ("answer", with!(max, drop(max.reply(ticket, "yes", &Options::default()).await))),
        ("look", with!(max, drop(max.conversation(ticket).await))),
        ("put", with!(admin, drop(admin.put(&team).await))),
        ("import", with!(admin, drop(admin.import("t", import).await))),
        ("dump", with!(admin, drop(admin.dump(None, 10).await))),
        ("sweep", with!(desk, drop(desk.sweep(10).await))),
        ("check", with!(desk, drop(desk.check(|_| {}).await))),
    ]
}

/// The rest: what is asked for less often, on tickets and a contact of its own.
fn rarer_calls(h: &Handles, turn: usize, gone: &str) -> Vec<(&'static str, Call)> {
    let (left, right) = (h.left, h.right);
    let contact = Requester::parse(gone).unwrap();
    let renamed = ContactChange { name: Some(format!("Name {turn}")), ..ContactChange::default() };
    let max = Requester::parse("max@example.com").unwrap();
    let request = ImportRequest { external_id: format!("try {turn}"), subject: "s".into(), ..ImportRequest::default() };
    macro_rules! with {
        ($handle:ident, $body:expr) => {{
            let $handle = h.$handle.clone();
            call(async move { drop($body.await) })
        }};
    }
    macro_rules! acting {
        ($handle:ident, $act:expr) => {{
            let $handle = h.$handle.clone();
            call(async move {
                if let Ok(act) = $act.await {
                    drop(act.await);
                }
            })
        }};
    }
    vec![
        ("merge", acting!(anna, anna.merge(left, right))),
        ("unmerge", acting!(anna, anna.unmerge(left))),
        ("unlink", acting!(anna, anna.unlink(left, LinkKind::RelatesTo, right))),
        ("messages", with!(anna, anna.messages(left, 1..=9))),
        ("mark_unread", with!(anna, anna.mark_unread(left))),
        ("queue_next", with!(anna, anna.queue_next(None))),
        ("claim_next", with!(anna, anna.claim_next(None, &Options::default()))),
        ("steal_lock", with!(admin, admin.agent().steal_lock(left, "urgent"))),
        ("foresee_lock", with!(anna, anna.foresee_lock(left, LockAsk::Take(None)))),
        ("peek_lock", with!(anna, anna.peek_lock(left))),
        ("total", with!(anna, anna.total(&TicketFilter::all()))),
        ("entries", with!(anna, anna.entries::<Team>())),
        ("entries_after", with!(anna, anna.entries_after::<Team>(None, 3))),
        ("entry", with!(anna, anna.entry::<Team>("team-0"))),
        ("count_entries", with!(anna, anna.count_entries::<Team>())),
        ("contact", {
            let (anna, max) = (h.anna.clone(), max.clone());
            call(async move { drop(anna.contact(&max).await) })
        }),
        ("tenant_settings", with!(anna, anna.tenant_settings())),
        ("own requests", with!(max, max.list(PageSize::default(), None))),
        ("own total", with!(max, max.total())),
        ("own ticket", with!(max, max.show(left))),
        ("confirm", with!(max, max.confirm(left, &Options::default()))),
        ("edit_contact", call(h.admin.edit_contact(contact.clone(), renamed))),
        ("merge_contact", call(h.admin.merge_contact(contact.clone(), max))),
        ("erase_contact", call(h.admin.erase_contact(contact))),
        ("settings", with!(admin, admin.settings())),
        ("set_settings", {
            let admin = h.admin.clone();
            call(async move {
                if let Ok((settings, version)) = admin.settings().await {
                    drop(admin.set_settings(&settings, version).await);
                }
            })
        }),
        ("init", with!(admin, admin.init(&Settings::usual()))),
        ("try_import", with!(admin, admin.try_import("t", request))),
        ("dump_records", with!(admin, admin.dump_records(RecordKind::Contact, None, 3))),
        ("restore", {
            let admin = h.admin.clone();
            call(async move {
                if let Ok(dumps) = admin.dump(None, 1).await {
                    for dump in dumps {
                        drop(admin.restore(dump).await);
                    }
                }
            })
        }),
        ("restore_record", {
            let admin = h.admin.clone();
            call(async move {
                if let Ok(dumps) = admin.dump_records(RecordKind::Team, None, 1).await {
                    for dump in dumps {
                        drop(admin.restore_record(dump).await);
                    }
                }
            })
        }),
        ("reapply", with!(admin, admin.reapply_service_levels(5))),
        ("foresee_reapply", with!(admin, admin.foresee_reapply(5))),
        ("due", with!(desk, desk.due(5))),
    ]
}

#[tokio::test]
async fn any_call_may_be_dropped_after_any_number_of_polls() {
    let (store, _guard) = super::store().await;
    let desk = Helpdesk::over(store).build();
    let acme = desk.tenant("acme").unwrap();
    let (anna, admin) = (acme.agent("anna").unwrap(), acme.admin("root").unwrap());
    let max = acme.requester("max@example.com").unwrap();
    let asked = OpenTicket::new("asked").from_email("max@example.com").unwrap().saying("words");
    let ticket = anna.open(asked).await.unwrap().ticket.id;
    let other = anna.open(OpenTicket::new("other")).await.unwrap().ticket.id;
    let mut pair = Vec::new();
    for subject in ["left", "right"] {
        let asked = OpenTicket::new(subject).from_email("max@example.com").unwrap().saying("words");
        pair.push(anna.open(asked).await.unwrap().ticket.id);
    }
    let handles =
        Handles { desk: desk.clone(), anna: anna.clone(), max, admin, ticket, other, left: pair[0], right: pair[1] };
    let mut dropped = 0;
    for polls in 0..POLLS {
        let gone = format!("gone{polls}@example.com");
        anna.open(OpenTicket::new("gone").from_email(&gone).unwrap().saying("personal")).await.unwrap();
        for (name, call) in calls(&handles, polls).into_iter().chain(rarer_calls(&handles, polls, &gone)) {
            drop_after(polls, call).await;
            let limit = std::time::Duration::from_mins(2);
            let alive = tokio::time::timeout(limit, anna.note(other, "alive")).await;
            alive.unwrap_or_else(|_| panic!("{name} dropped after {polls} polls blocks the desk")).unwrap();
            dropped += 1;
        }
    }
    let report = desk.check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(anna.show(other).await.unwrap().ticket.messages, dropped);
}
