//! A store copied into another: everything comes along, again and again changes nothing, what differs is told and left.

use helpdesk_core::desk::{Copied, ListRequest, OpenTicket};
use helpdesk_core::party::{Team, TeamId};
use helpdesk_core::query::PageSize;
use helpdesk_core::{Helpdesk, MemoryStore, Settings};

/// A desk in memory with a bit of everything.
async fn worked_on() -> Helpdesk {
    let desk = Helpdesk::builder(MemoryStore::new()).build();
    for tenant in ["acme", "other"] {
        let tenant = desk.tenant(tenant).unwrap();
        let (anna, admin) = (tenant.agent("anna").unwrap(), tenant.admin("root").unwrap());
        admin.init(&Settings::usual()).await.unwrap();
        admin.put(&Team { id: TeamId::new("first").unwrap(), name: "First line".into() }).await.unwrap();
        for n in 0..40 {
            let new = OpenTicket::new(format!("Ticket {n}")).from_email(&format!("max{}@example.com", n % 7)).unwrap();
            let id = anna.open(new.saying("words")).await.unwrap().ticket.id;
            if n % 3 == 0 {
                anna.reply(id, "answer").then_status("pending").unwrap().await.unwrap();
            }
            if n % 5 == 0 {
                anna.lock(id, Some("writing")).await.unwrap();
                tenant.agent("ben").unwrap().mark_read(id).await.unwrap();
            }
        }
        let listed = anna.list(&ListRequest::default()).await.unwrap().rows;
        anna.merge(listed[0].ticket.id, listed[1].ticket.id).await.unwrap().await.unwrap();
        admin.agent().delete(listed[2].ticket.id).await.unwrap();
    }
    desk
}

async fn export(desk: &Helpdesk, tenant: &str) -> String {
    let admin = desk.tenant(tenant).unwrap().admin("root").unwrap();
    let dumps = admin.dump(None, 1000).await.unwrap();
    serde_json::to_string(&dumps).unwrap()
}

#[tokio::test]
async fn everything_comes_along_and_again_changes_nothing() {
    let source = worked_on().await;
    let (store, _guard) = super::store().await;
    let target = Helpdesk::over(store).build();
    let mut told = 0;
    let report = source.copy_to(&target, |report| told = report.tickets.all()).await.unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!((report.tenants, report.total, told), (2, 78, 80));
    assert_eq!(report.tickets, Copied { new: 80, ..Copied::default() });
    for tenant in ["acme", "other"] {
        assert_eq!(export(&source, tenant).await, export(&target, tenant).await);
    }
    assert!(target.check(|_| {}).await.unwrap().is_clean());
    let here = source.tenant("acme").unwrap().agent("ben").unwrap();
    let there = target.tenant("acme").unwrap().agent("ben").unwrap();
    let board = here.board(PageSize::default()).await.unwrap();
    assert_eq!(there.board(PageSize::default()).await.unwrap().unread, board.unread, "what was read stays read");
    for row in here.list(&ListRequest::default()).await.unwrap().rows {
        assert_eq!(there.peek_lock(row.ticket.id).await.unwrap(), row.lock);
    }
    // Numbers go on behind those that came.
    let next = there.open(OpenTicket::new("next")).await.unwrap().ticket.number;
    assert!(next.as_str().ends_with("000041"), "{next}");

    let again = source.copy_to(&target, |_| {}).await.unwrap();
    assert_eq!((again.tickets.new, again.tickets.known, again.records.new), (0, 80, 0), "{again:?}");
    assert!(again.is_whole());
}

#[tokio::test]
async fn a_copy_that_was_dropped_goes_on() {
    let source = worked_on().await;
    let (store, _guard) = super::store().await;
    let target = Helpdesk::over(store).build();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let mut stop = Some(stop);
    tokio::select! {
        _ = source.copy_to(&target, |_| drop(stop.take())) => {}
        _ = stopped => {}
    }
    let report = source.copy_to(&target, |_| {}).await.unwrap();
    assert!(report.is_whole() && report.tickets.all() == 80, "{report:?}");
    assert!(target.check(|_| {}).await.unwrap().is_clean());
}

#[tokio::test]
async fn what_stands_otherwise_is_told_and_left() {
    let source = worked_on().await;
    let (store, _guard) = super::store().await;
    let target = Helpdesk::over(store).build();
    source.copy_to(&target, |_| {}).await.unwrap();
    let there = target.tenant("acme").unwrap();
    let changed = there.agent("anna").unwrap().list(&ListRequest::default()).await.unwrap().rows[5].ticket.id;
    let messages = there.agent("anna").unwrap().note(changed, "only here").await.unwrap().ticket.messages;
    let renamed = Team { id: TeamId::new("first").unwrap(), name: "Renamed".into() };
    there.admin("root").unwrap().put(&renamed).await.unwrap();
    let report = source.copy_to(&target, |_| {}).await.unwrap();
    assert!(!report.is_whole());
    assert_eq!((report.tickets.differing, report.records.differing), (1, 1));
    let what: Vec<&str> = report.differing.iter().map(|difference| difference.what.as_str()).collect();
    assert_eq!(what, ["team first".to_owned(), changed.to_string()]);
    assert!(report.differing.iter().all(|difference| difference.refused.is_none()));
    assert_eq!(there.agent("anna").unwrap().show(changed).await.unwrap().ticket.messages, messages);
}

#[tokio::test]
async fn what_cannot_be_put_there_is_told_as_missing() {
    let source = worked_on().await;
    let (store, _guard) = super::store().await;
    let target = Helpdesk::over(store).build();
    // Somebody has the first number there already.
    target.tenant("acme").unwrap().agent("ben").unwrap().open(OpenTicket::new("first here")).await.unwrap();
    let report = source.copy_to(&target, |_| {}).await.unwrap();
    assert_eq!((report.tickets.refused, report.tickets.new, report.is_whole()), (1, 79, false));
    let codes: Vec<_> = report.differing.iter().filter_map(|difference| difference.refused).collect();
    assert_eq!(codes, [helpdesk_core::desk::Code::NumberTaken]);
}

#[tokio::test]
async fn locks_and_marks_that_moved_since_are_brought_along() {
    let source = worked_on().await;
    let (store, _guard) = super::store().await;
    let target = Helpdesk::over(store).build();
    source.copy_to(&target, |_| {}).await.unwrap();
    let [here, there] = [&source, &target].map(|desk| desk.tenant("acme").unwrap().agent("ben").unwrap());
    let tickets: Vec<_> = here.list(&ListRequest::default()).await.unwrap().rows;
    let read = tickets.iter().find(|row| row.mark > 0).unwrap().ticket.id;
    let unread = tickets.iter().find(|row| row.mark == 0).unwrap().ticket.id;
    here.mark_unread(read).await.unwrap();
    here.mark_read(unread).await.unwrap();
    here.lock(unread, None).await.unwrap();
    let report = source.copy_to(&target, |_| {}).await.unwrap();
    assert!(report.is_whole(), "{report:?}");
    assert_eq!(there.show(read).await.unwrap().mark, 0);
    assert!(there.show(unread).await.unwrap().mark > 0);
    assert_eq!(there.peek_lock(unread).await.unwrap(), here.peek_lock(unread).await.unwrap());
}
