//! Relays that end too early or answer too late: what was not noted is told again, with the same ids.

use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::Helpdesk;
use helpdesk_core::relay::{Answer, DeadLetter, EventSink, OutgoingEvent, RelayOptions};
use helpdesk_core::store::{ClaimToken, RecordKind, Shard};
use helpdesk_core::ticket::EventId;

use super::ear::{Ear, Given};

/// Hears an event, says so, and never answers.
struct Silent(tokio::sync::mpsc::UnboundedSender<EventId>);

#[async_trait::async_trait]
impl EventSink for Silent {
    async fn tell(&self, event: &OutgoingEvent) -> Answer {
        self.0.send(event.id()).unwrap();
        std::future::pending().await
    }
}

struct Panics;

#[async_trait::async_trait]
impl EventSink for Panics {
    async fn tell(&self, event: &OutgoingEvent) -> Answer {
        assert_eq!(event.attempt, 0, "a sink with a bug");
        Answer::Delivered
    }
}

#[tokio::test]
async fn a_relay_that_ends_between_telling_and_acknowledging_tells_again() {
    let given = Given::new().await;
    let ticket = given.ticket("acme", 2).await;
    let ids = given.ids("acme", ticket).await;
    let (say, mut said) = tokio::sync::mpsc::unbounded_channel();
    let silent = Silent(say);
    tokio::select! {
        _ = given.desk.relay(&silent, 1000) => panic!("it does not end"),
        heard = said.recv() => assert_eq!(heard, Some(ids[0])),
    }
    let ear = Ear::open();
    assert_eq!(given.desk.relay(&ear, 1000).await.unwrap().delivered, 0, "it is held");
    given.lease_runs_out();
    let desk = given.desk.clone();
    let panicked = tokio::spawn(async move { drop(desk.relay(&Panics, 1000).await) }).await;
    assert!(panicked.unwrap_err().is_panic());
    assert_eq!(given.desk.relay(&ear, 1000).await.unwrap().delivered, 0, "it is held");
    given.lease_runs_out();
    assert_eq!(given.desk.relay(&ear, 1000).await.unwrap().delivered, 3);
    assert_eq!(ear.by_ticket().into_values().next().unwrap(), ids, "with the same ids");
    given.nothing_waits().await;
}

#[tokio::test]
async fn a_relay_may_be_dropped_after_any_number_of_polls() {
    let given = Given::new().await;
    let told = Arc::new(Ear::new(|event| match event.record.seq % 3 {
        0 => Answer::reject("never"),
        2 if event.attempt == 1 => Answer::retry("not now"),
        _ => Answer::Delivered,
    }));
    let mut all = Vec::new();
    for polls in 0..40 {
        let ticket = given.ticket("acme", 4).await;
        all.extend(given.ids("acme", ticket).await);
        let (desk, ear) = (given.desk.clone(), Arc::clone(&told));
        let mut relay = Box::pin(async move { drop(desk.relay(ear.as_ref(), 1000).await) });
        for _ in 0..polls {
            let poll = std::future::poll_fn(|context| std::task::Poll::Ready(relay.as_mut().poll(context))).await;
            if poll.is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(relay);
        given.later(TimeDelta::hours(1));
    }
    for _ in 0..10 {
        given.desk.relay(told.as_ref(), 10_000).await.unwrap();
        given.later(TimeDelta::hours(9));
    }
    let heard: Vec<EventId> = told.heard().iter().map(OutgoingEvent::id).collect();
    assert!(all.iter().all(|id| heard.contains(id)), "nothing is lost");
    let dead = given.admin().count_dead_letters().await.unwrap();
    assert_eq!(dead, 40, "each poison event is kept, once");
    given.nothing_waits().await;
}

#[tokio::test]
async fn a_letter_that_was_written_before_the_end_of_a_process_is_not_told_again() {
    let given = Given::new().await;
    let ticket = given.ticket("acme", 1).await;
    let ear = Ear::new(|event| if event.record.seq == 1 { Answer::reject("x") } else { Answer::Delivered });
    // As a process leaves it that ends before it acknowledges: claimed, and the letter stands there.
    let (now, token) = (given.desk.now(), ClaimToken(uuid::Uuid::from_u128(1)));
    let held = given.store.claim(Shard::ALL, token, now, now, 10).await.unwrap();
    let first = &held[0].event;
    let letter = DeadLetter {
        event: first.id,
        ticket,
        seq: 1,
        kind: "opened".to_owned(),
        at: first.at,
        tries: 1,
        first_tried: now,
        last_tried: now,
        reason: "x".to_owned(),
    };
    let value = serde_json::to_value(&letter).unwrap();
    let dump = helpdesk_core::desk::RecordDump { kind: RecordKind::DeadLetter, key: first.id.to_string(), value };
    given.admin().restore_record(dump).await.unwrap();
    let report = given.desk.relay(&ear, 10).await.unwrap();
    assert_eq!((report.dead, report.delivered), (1, 1));
    assert_eq!(ear.heard().len(), 1);
    assert_eq!(given.admin().dead_letter(letter.event).await.unwrap(), letter);
    given.nothing_waits().await;
}

/// Moves the clock with every event, as a slow receiver does.
struct Slow {
    ear: Ear,
    clock: Arc<helpdesk_core::env::ManualClock>,
    takes: TimeDelta,
}

#[async_trait::async_trait]
impl EventSink for Slow {
    async fn tell(&self, event: &OutgoingEvent) -> Answer {
        self.clock.advance(self.takes);
        self.ear.tell(event).await
    }
}

#[tokio::test]
async fn nothing_is_begun_at_the_end_of_a_lease() {
    let given = Given::new().await;
    let ticket = given.ticket("acme", 9).await;
    let slow = |seconds| Slow { ear: Ear::open(), clock: given.clock.clone(), takes: TimeDelta::seconds(seconds) };
    let sink = slow(59);
    let report = given.desk.relay(&sink, 1000).await.unwrap();
    assert_eq!((report.delivered, report.held_back, report.late, report.more), (5, 5, 0, true));
    let rest = given.desk.relay(&sink, 1000).await.unwrap();
    assert_eq!((rest.delivered, rest.held_back), (5, 0), "they are free at once");
    assert_eq!(sink.ear.by_ticket().into_values().next().unwrap(), given.ids("acme", ticket).await);
}

/// While it takes its time, another relay takes over.
struct Overtaken(Helpdesk, Arc<Ear>, Slow);
#[async_trait::async_trait]
impl EventSink for Overtaken {
    async fn tell(&self, event: &OutgoingEvent) -> Answer {
        let answer = self.2.tell(event).await;
        assert_eq!(self.0.relay(self.1.as_ref(), 10).await.unwrap().delivered, 1);
        answer
    }
}

#[tokio::test]
async fn who_answers_after_the_lease_ran_out_has_it_told_again_and_nothing_lost() {
    let given = Given::new().await;
    given.ticket("acme", 0).await;
    let takes = RelayOptions::LEASE.as_delta() + TimeDelta::seconds(1);
    let other = Arc::new(Ear::open());
    let (desk, ear) = (given.desk.clone(), Arc::clone(&other));
    let sink = Overtaken(desk, ear, Slow { ear: Ear::open(), clock: given.clock.clone(), takes });
    let report = given.desk.relay(&sink, 10).await.unwrap();
    assert_eq!((report.delivered, report.late), (1, 1));
    assert_eq!(other.heard(), sink.2.ear.heard(), "twice, with the same id");
    given.nothing_waits().await;
}
