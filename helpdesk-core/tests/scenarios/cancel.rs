//! Futures dropped anywhere: whatever was asked for is done whole or not at all, and the desk goes on.

use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{
    AdminDesk, AgentDesk, ImportRequest, ListRequest, NewRequest, OpenTicket, Options, RequesterDesk,
};
use helpdesk_core::party::{Team, TeamId};
use helpdesk_core::query::{GroupBy, PageSize, TicketFilter};
use helpdesk_core::ticket::{Command, LinkKind, LockToken, TicketId};

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
    anna: AgentDesk,
    max: RequesterDesk,
    admin: AdminDesk,
    ticket: TicketId,
    other: TicketId,
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

#[tokio::test]
async fn any_call_may_be_dropped_after_any_number_of_polls() {
    let (store, _guard) = super::store().await;
    let desk = Helpdesk::on(store).build();
    let acme = desk.tenant("acme").unwrap();
    let (anna, admin) = (acme.agent("anna").unwrap(), acme.admin("root").unwrap());
    let max = acme.requester("max@example.com").unwrap();
    let asked = OpenTicket::new("asked").from_email("max@example.com").unwrap().saying("words");
    let ticket = anna.open(asked).await.unwrap().ticket.id;
    let other = anna.open(OpenTicket::new("other")).await.unwrap().ticket.id;
    let handles = Handles { desk: desk.clone(), anna: anna.clone(), max, admin, ticket, other };
    for polls in 0..POLLS {
        for (name, call) in calls(&handles, polls) {
            drop_after(polls, call).await;
            let limit = std::time::Duration::from_mins(2);
            let alive = tokio::time::timeout(limit, anna.note(other, "alive")).await;
            alive.unwrap_or_else(|_| panic!("{name} dropped after {polls} polls blocks the desk")).unwrap();
        }
    }
    let report = desk.check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    assert_eq!(anna.show(other).await.unwrap().ticket.messages as usize, POLLS * calls(&handles, 0).len());
}
