//! A desk on the host's transaction in a SQLite file: what the host and the desk wrote is there together or not at all.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod shop;
mod support;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{ErrorKind, ListRequest, Options};
use helpdesk_core::party::{Team, TeamId};
use helpdesk_core::query::{GroupBy, TicketFilter};
use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sql::sqlite::SqliteStore;
use helpdesk_store_sql::{Join, Joinable};
use shop::*;
use sqlx::Connection;
use support::*;

#[tokio::test]
async fn an_order_its_ticket_and_their_outbox_are_committed_together() {
    let shop = Shop::new().await;
    let mut transaction = shop.begin().await;
    order(&mut transaction, 1).await;
    let joined = shop.desk.on(&mut transaction);
    let anna = joined.tenant("acme").unwrap().agent("anna").unwrap();
    let ticket = anna.open(damaged()).await.unwrap().ticket.id;
    anna.reply(ticket, "A new one is on its way.").await.unwrap();
    assert_eq!(anna.conversation(ticket).await.unwrap().len(), 2, "its own handles see it");
    assert_eq!(shop.anna().show(ticket).await.unwrap_err().kind(), ErrorKind::NotFound, "the desk outside does not");
    assert_eq!((shop.rows("helpdesk_ticket").await, shop.orders().await), (0, Vec::new()), "nor does anybody");
    drop((joined, anna));
    order(&mut transaction, 2).await;
    transaction.commit().await.unwrap();
    assert_eq!(shop.anna().conversation(ticket).await.unwrap().len(), 2);
    assert_eq!(shop.orders().await, [1, 2]);
    assert!(shop.rows("helpdesk_outbox").await > 1);
    shop.is_sound().await;
}

#[tokio::test]
async fn an_order_its_ticket_and_their_outbox_vanish_together() {
    let shop = Shop::new().await;
    for dropped in [false, true] {
        let mut transaction = shop.begin().await;
        order(&mut transaction, 1).await;
        let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
        let ticket = anna.open(damaged()).idempotent("order-1").unwrap().await.unwrap().ticket;
        assert_eq!(ticket.number.as_str().rsplit('-').next(), Some("000001"), "a number taken back is drawn again");
        drop(anna);
        if dropped {
            drop(transaction);
        } else {
            transaction.rollback().await.unwrap();
        }
        for table in ["helpdesk_ticket", "helpdesk_event", "helpdesk_outbox", "helpdesk_key", "helpdesk_number"] {
            assert_eq!(shop.rows(table).await, 0, "{table}");
        }
        assert!(shop.orders().await.is_empty());
    }
    let first = shop.anna().open(damaged()).idempotent("order-1").unwrap().await.unwrap().ticket;
    assert!(first.number.as_str().ends_with("000001"), "{}", first.number);
    shop.is_sound().await;
}

#[tokio::test]
async fn a_refused_act_leaves_the_transaction_usable() {
    let shop = Shop::new().await;
    let theirs = shop.anna().open(damaged()).await.unwrap().ticket;
    let mut transaction = shop.begin().await;
    order(&mut transaction, 1).await;
    let store = transaction.store(&**shop.desk.store());
    let ours = open(&*store, plain("Ours"), at(0)).await;

    let stale = write(&ours, &reply("Once."), &anna(), at(1));
    applied(store.commit(commit_of(vec![stale.clone()], at(1))).await.unwrap());
    let again = store.commit(commit_of(vec![opening(plain("Half"), &anna(), at(2)), stale], at(2))).await.unwrap();
    assert!(matches!(again, CommitOutcome::Conflict(Conflict::Ticket { found: Version(2), .. })), "{again:?}");

    let mut taken = opening(plain("Numbered"), &anna(), at(2));
    taken.number = NumberSource::Given { number: theirs.number.clone(), raise: None };
    taken.after.number = theirs.number.clone();
    let taken = store.commit(commit_of(vec![taken], at(2))).await.unwrap();
    assert!(matches!(taken, CommitOutcome::NumberTaken { .. }), "{taken:?}");

    let refer = |subject| {
        let external = [ExternalRef { source: "shop".into(), id: "17".into() }].into();
        commit_of(vec![opening(NewTicket { external, ..plain(subject) }, &anna(), at(3))], at(3))
    };
    applied(store.commit(refer("First")).await.unwrap());
    let taken = store.commit(refer("Second")).await.unwrap();
    assert!(matches!(taken, CommitOutcome::ExternalTaken { .. }), "{taken:?}");

    drop(store);
    order(&mut transaction, 2).await;
    transaction.commit().await.unwrap();
    assert_eq!((shop.orders().await, shop.rows("helpdesk_ticket").await), (vec![1, 2], 3));
    shop.is_sound().await;
}

#[tokio::test]
async fn an_act_that_fails_in_its_middle_leaves_nothing_of_itself() {
    let shop = Shop::new().await;
    let refuse = "CREATE TRIGGER no BEFORE INSERT ON helpdesk_outbox BEGIN SELECT RAISE(ABORT, 'no'); END";
    sqlx::query(refuse).execute(&shop.pool).await.unwrap();
    let mut transaction = shop.begin().await;
    order(&mut transaction, 1).await;
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    assert_eq!(anna.open(damaged()).await.unwrap_err().kind(), ErrorKind::Failed);
    assert_eq!(anna.total(&TicketFilter::all()).await.unwrap(), 0);
    drop(anna);
    sqlx::query("DROP TRIGGER no").execute(&mut *transaction).await.unwrap();
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    let ticket = anna.open(damaged()).await.unwrap().ticket;
    assert!(ticket.number.as_str().ends_with("000001"), "{}", ticket.number);
    drop(anna);
    transaction.commit().await.unwrap();
    assert_eq!((shop.orders().await, shop.rows("helpdesk_ticket").await), (vec![1], 1));
    shop.is_sound().await;
}

#[tokio::test]
async fn a_savepoint_of_the_hosts_takes_back_what_was_done_in_it_and_no_more() {
    let shop = Shop::new().await;
    let mut transaction = shop.begin().await;
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    let kept = anna.open(damaged()).await.unwrap().ticket.id;
    drop(anna);
    for keep in [false, true] {
        let mut inner = transaction.begin().await.unwrap();
        let anna = shop.desk.on(&mut inner).tenant("acme").unwrap().agent("anna").unwrap();
        let ticket = anna.open(damaged()).await.unwrap().ticket;
        assert!(ticket.number.as_str().ends_with("000002"), "{}", ticket.number);
        anna.reply(kept, "In the savepoint.").await.unwrap();
        drop(anna);
        order(&mut inner, i64::from(keep)).await;
        if keep { inner.commit().await.unwrap() } else { drop(inner) }
    }
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    assert_eq!(anna.conversation(kept).await.unwrap().len(), 2);
    drop(anna);
    transaction.commit().await.unwrap();
    assert_eq!((shop.orders().await, shop.rows("helpdesk_ticket").await), (vec![1], 2));
    shop.is_sound().await;
}

#[tokio::test]
async fn everything_of_a_desk_works_in_the_transaction() {
    let shop = Shop::new().await;
    let mut transaction = shop.begin().await;
    let joined = shop.desk.on(&mut transaction);
    let acme = joined.tenant("acme").unwrap();
    let (anna, max, root) =
        (acme.agent("anna").unwrap(), acme.requester("max@example.com").unwrap(), acme.admin("root").unwrap());
    let first = Team { id: TeamId::new("first").unwrap(), name: "First".to_owned() };
    root.add(&first).await.unwrap();
    let ticket = anna.open(damaged()).await.unwrap().ticket.id;
    max.reply(ticket, "The parcel, too.", &Options::default()).await.unwrap();
    anna.assign_team(ticket, Some(first.id)).await.unwrap();
    let held = anna.lock(ticket, None).await.unwrap();
    anna.mark_read(ticket).await.unwrap();
    anna.tag(ticket, &["wet"], &[]).under_lock(held.token).await.unwrap();
    anna.unlock(ticket, held.token).await.unwrap();
    let rows = anna.list(&ListRequest::of(TicketFilter::open())).await.unwrap();
    assert_eq!(rows.rows.len(), 1);
    assert_eq!(anna.count(&TicketFilter::open(), GroupBy::Team).await.unwrap()[0].group, "first");
    assert_eq!(anna.total(&TicketFilter::unread()).await.unwrap(), 0, "it is read");
    assert!(anna.history(ticket).await.unwrap().len() > 3);
    assert_eq!(anna.conversation(ticket).await.unwrap().len(), 2);
    assert_eq!((max.total().await.unwrap(), anna.entries::<Team>().await.unwrap().len()), (1, 1));
    drop((joined, acme, anna, max, root));
    let store = transaction.store(&**shop.desk.store());
    let until = at(9_000_000);
    let claimed = store.claim(Shard::ALL, ClaimToken(fresh()), until, until, 99).await.unwrap();
    assert!(!claimed.is_empty());
    assert_eq!(store.check().await.unwrap(), []);
    assert_eq!(store.tenants().await.unwrap(), [support::acme()]);
    let capabilities = store.capabilities();
    assert!(capabilities.durable && capabilities.gapless_numbers);
    store.close().await.unwrap();
    assert_eq!(store.marks(&support::acme(), ticket).await.unwrap().len(), 1, "closing does nothing here");
    drop(store);
    transaction.commit().await.unwrap();
    shop.is_sound().await;
}

#[tokio::test]
async fn settings_of_a_transaction_that_was_rolled_back_are_remembered_nowhere() {
    let shop = Shop::new().await;
    let root = shop.desk.tenant("acme").unwrap().admin("root").unwrap();
    let (settings, seen) = root.settings().await.unwrap();
    let titled = |number: &str| helpdesk_core::Settings {
        number_template: NumberTemplate::new(number).unwrap(),
        ..settings.clone()
    };
    let mut transaction = shop.begin().await;
    let joined = shop.desk.on(&mut transaction);
    let acme = joined.tenant("acme").unwrap();
    acme.admin("root").unwrap().set_settings(&titled("lost/{seq:3}"), seen).await.unwrap();
    let ticket = acme.agent("anna").unwrap().open(damaged()).await.unwrap().ticket;
    assert!(ticket.number.as_str().contains("lost"), "{}", ticket.number);
    drop((joined, acme));
    transaction.rollback().await.unwrap();
    // The same version, given to something else by somebody else, so that the desk has to look.
    let others = Helpdesk::builder(SqliteStore::from_pool(&shop.pool).await.unwrap()).build();
    let root = others.tenant("acme").unwrap().admin("root").unwrap();
    root.set_settings(&titled("kept/{seq:3}"), seen).await.unwrap();
    let ticket = shop.anna().open(damaged()).await.unwrap().ticket;
    assert!(ticket.number.as_str().contains("kept"), "{}", ticket.number);
}
