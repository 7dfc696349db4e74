//! Following the events of a tenant: each once, none of them lost to a late commit or a clock that is behind.

use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{AgentDesk, EventTail, OpenTicket, TicketEvent};
use helpdesk_core::env::ManualClock;
use helpdesk_core::ticket::EventId;

use super::ear::Given;

fn ids(events: &[TicketEvent]) -> Vec<EventId> {
    events.iter().map(|event| event.record.id).collect()
}

/// An agent in another process, whose clock is behind by so much.
fn behind(given: &Given, by: TimeDelta) -> AgentDesk<'static> {
    let clock = Arc::new(ManualClock::at(given.desk.now() - by));
    let desk = Helpdesk::over(Arc::clone(&given.store)).clock(clock).build();
    desk.tenant("acme").unwrap().agent("ben").unwrap()
}

#[tokio::test]
async fn the_newest_come_first_of_all_the_oldest_of_them_first() {
    let given = Given::new().await;
    let mut all = Vec::new();
    let mut tickets = Vec::new();
    for _ in 0..70 {
        given.later(TimeDelta::minutes(1));
        let ticket = given.ticket("acme", 1).await;
        all.extend(given.ids("acme", ticket).await);
        tickets.push(ticket);
    }
    given.ticket("other", 3).await;
    // An old one changes last.
    given.later(TimeDelta::minutes(1));
    let anna = given.anna("acme");
    for tag in ["a", "b", "c"] {
        anna.tag(tickets[0], &[tag], &[]).await.unwrap();
    }
    all.extend(&given.ids("acme", tickets[0]).await[2..]);
    for limit in [0, 1, 2, 5, 100, 1000] {
        let newest = ids(&anna.tail().newest(limit).await.unwrap());
        assert_eq!(newest, all[all.len().saturating_sub(limit)..], "{limit}");
    }
    let event = &anna.tail().newest(1).await.unwrap()[0];
    let ticket = anna.show(tickets[0]).await.unwrap().ticket;
    assert_eq!((event.ticket, &event.number, event.record.seq), (ticket.id, &ticket.number, 5));
}

#[tokio::test]
async fn what_comes_is_told_once_in_the_order_of_its_ticket() {
    let given = Given::new().await;
    let old = given.ticket("acme", 3).await;
    let anna = given.anna("acme");
    let mut tail = anna.tail();
    assert!(tail.next().await.unwrap().is_empty(), "it begins here");
    let mut told = Vec::new();
    let mut expected = Vec::new();
    for n in 0..60 {
        given.later(TimeDelta::seconds(if n % 10 == 0 { 700 } else { 20 }));
        let new = given.ticket("acme", n % 3).await;
        anna.note(old, "words").await.unwrap();
        anna.tag(new, &["x"], &[]).await.unwrap();
        expected.extend(given.ids("acme", new).await);
        if n % 2 == 0 {
            told.extend(tail.next().await.unwrap());
        }
    }
    told.extend(tail.next().await.unwrap());
    assert!(tail.next().await.unwrap().is_empty());
    expected.extend(&given.ids("acme", old).await[4..]);
    let (mut told_ids, mut expected_ids) = (ids(&told), expected);
    told_ids.sort();
    expected_ids.sort();
    assert_eq!(told_ids, expected_ids);
    let of_old: Vec<u64> = told.iter().filter(|event| event.ticket == old).map(|event| event.record.seq).collect();
    assert!(of_old.is_sorted() && of_old.len() == 60, "{of_old:?}");
}

#[tokio::test]
async fn a_late_commit_and_a_clock_that_is_behind_hide_nothing() {
    let given = Given::new().await;
    let known = given.ticket("acme", 0).await;
    let anna = given.anna("acme");
    let mut tail = anna.tail();
    tail.newest(10).await.unwrap();
    given.later(TimeDelta::minutes(30));
    given.ticket("acme", 0).await;
    assert_eq!(tail.next().await.unwrap().len(), 1);
    let ben = behind(&given, EventTail::OVERLAP.as_delta() - TimeDelta::seconds(1));
    let late = ben.open(OpenTicket::new("late")).await.unwrap().ticket.id;
    let told = tail.next().await.unwrap();
    assert_eq!((told.len(), told[0].ticket), (1, late));
    ben.tag(late, &["x"], &[]).await.unwrap();
    ben.tag(known, &["x"], &[]).await.unwrap();
    assert_eq!(tail.next().await.unwrap().len(), 2);
    assert!(tail.next().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_clock_that_is_ahead_hides_nothing() {
    let given = Given::new().await;
    let anna = given.anna("acme");
    let mut tail = anna.tail();
    tail.newest(10).await.unwrap();
    let ben = behind(&given, TimeDelta::days(-30));
    let ahead = ben.open(OpenTicket::new("from the future")).await.unwrap().ticket.id;
    assert_eq!(tail.next().await.unwrap().len(), 1);
    let now = given.ticket("acme", 0).await;
    let told = tail.next().await.unwrap();
    assert_eq!((told.len(), told[0].ticket), (1, now));
    ben.tag(ahead, &["x"], &[]).await.unwrap();
    assert_eq!(tail.next().await.unwrap().len(), 1);
    assert!(tail.next().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_look_that_was_dropped_is_taken_again() {
    let given = Given::new().await;
    let anna = given.anna("acme");
    let mut tail = anna.tail();
    tail.newest(10).await.unwrap();
    for _ in 0..3 {
        given.ticket("acme", 1).await;
    }
    for polls in 0..30 {
        let mut look = Box::pin(tail.next());
        let mut done = false;
        for _ in 0..polls {
            let poll = std::future::poll_fn(|context| std::task::Poll::Ready(look.as_mut().poll(context))).await;
            if let std::task::Poll::Ready(told) = poll {
                assert_eq!(told.unwrap().len(), 6);
                done = true;
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(look);
        if done {
            return;
        }
    }
    assert_eq!(tail.next().await.unwrap().len(), 6);
}
