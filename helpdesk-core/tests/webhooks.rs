//! Webhooks on the memory store, with a receiver in place of HTTP that verifies what it gets.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

#[path = "webhooks/receiver.rs"]
mod receiver;

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use helpdesk_core::desk::{AdminDesk, ErrorKind, OpenTicket, Redelivered};
use helpdesk_core::env::ManualClock;
use helpdesk_core::store::RecordKind;
use helpdesk_core::ticket::TicketId;
use helpdesk_core::webhook::{
    Endpoint, EndpointChange, EndpointId, EndpointUrl, EventName, PING, PostFault, Transport, WebhookSecret,
    WebhookSink,
};
use helpdesk_core::{Helpdesk, MemoryStore, Settings};
use receiver::Receiver;

struct Given {
    desk: Helpdesk,
    clock: Arc<ManualClock>,
    receiver: Arc<Receiver>,
}

fn secret(byte: u8) -> WebhookSecret {
    WebhookSecret::new(&[byte; 32]).unwrap()
}

impl Given {
    async fn new() -> Self {
        Self::asking_for(None).await
    }

    async fn asking_for(retry_after: Option<&str>) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-02T09:00:00Z".parse().unwrap()));
        let desk = Helpdesk::builder(MemoryStore::new()).clock(clock.clone()).build();
        for tenant in ["acme", "other"] {
            let settings = Settings { outbox: true, ..Settings::default() };
            desk.tenant(tenant).unwrap().admin("root").unwrap().init(&settings).await.unwrap();
        }
        let receiver = Receiver {
            clock: clock.clone(),
            secrets: Mutex::new(vec![secret(1)]),
            answers: Mutex::default(),
            retry_after: retry_after.map(str::to_owned),
            got: Mutex::default(),
        };
        Self { desk, clock, receiver: Arc::new(receiver) }
    }

    fn admin(&self) -> AdminDesk<'static> {
        self.desk.tenant("acme").unwrap().admin("root").unwrap()
    }

    fn sink(&self) -> WebhookSink {
        WebhookSink::new(&self.desk, Arc::clone(&self.receiver) as Arc<dyn Transport>)
    }

    async fn endpoint(&self, id: &str) -> Endpoint {
        let endpoint = endpoint(id);
        self.admin().add(&endpoint).await.unwrap();
        endpoint
    }

    async fn ticket(&self) -> TicketId {
        self.admin().agent().open(OpenTicket::new("Printer jams")).await.unwrap().ticket.id
    }

    async fn stored(&self, id: &str) -> Endpoint {
        self.admin().agent().entry::<Endpoint>(id).await.unwrap().value
    }
}

fn endpoint(id: &str) -> Endpoint {
    let url = EndpointUrl::new(&format!("https://{id}.example/in")).unwrap();
    Endpoint::new(EndpointId::new(id).unwrap(), url, secret(1))
}

fn to(host: &str, seq: u64, kind: &str) -> (String, u64, String) {
    (format!("{host}.example"), seq, kind.to_owned())
}

#[tokio::test]
async fn endpoints_get_what_they_want_of_their_tenant() {
    let given = Given::new().await;
    given.endpoint("all").await;
    let picky = Endpoint { kinds: [EventName::new("tags_changed").unwrap()].into(), ..endpoint("picky") };
    given.admin().add(&picky).await.unwrap();
    given.admin().add(&Endpoint { active: false, ..endpoint("off") }).await.unwrap();
    given.desk.tenant("other").unwrap().admin("root").unwrap().add(&endpoint("others")).await.unwrap();
    let ticket = given.ticket().await;
    given.admin().agent().tag(ticket, &["x"], &[]).await.unwrap();
    assert_eq!(given.desk.relay(&given.sink(), 10).await.unwrap().delivered, 2);
    let expected = [to("all", 1, "opened"), to("all", 2, "tags_changed"), to("picky", 2, "tags_changed")];
    assert_eq!(given.receiver.got(), expected);
}

#[tokio::test]
async fn without_endpoints_events_are_told_to_nobody_and_are_gone() {
    let given = Given::new().await;
    given.ticket().await;
    assert_eq!(given.desk.relay(&given.sink(), 10).await.unwrap().delivered, 1);
    assert!(given.receiver.got().is_empty());
}

#[tokio::test]
async fn who_has_had_an_event_does_not_get_it_again_while_another_is_tried() {
    let given = Given::new().await;
    given.endpoint("good").await;
    given.endpoint("weak").await;
    given.receiver.answer("weak.example", &[503, 429]);
    given.ticket().await;
    let sink = given.sink();
    for (retried, expected) in [
        (1, vec![to("good", 1, "opened"), to("weak", 1, "opened")]),
        (1, vec![to("weak", 1, "opened")]),
        (0, vec![to("weak", 1, "opened")]),
    ] {
        let report = given.desk.relay(&sink, 10).await.unwrap();
        assert_eq!((report.retried, report.delivered), (retried, 1 - retried));
        assert_eq!(given.receiver.got(), expected);
        given.clock.advance(TimeDelta::minutes(10));
    }
    // In another process all of them are told.
    given.receiver.answer("weak.example", &[500]);
    given.ticket().await;
    given.desk.relay(&sink, 10).await.unwrap();
    given.clock.advance(TimeDelta::minutes(10));
    let first = given.receiver.ids();
    given.receiver.got();
    given.desk.relay(&given.sink(), 10).await.unwrap();
    assert_eq!(given.receiver.ids(), first, "with the same id");
}

#[tokio::test]
async fn who_refuses_stops_nobody_and_the_event_becomes_a_dead_letter() {
    let given = Given::new().await;
    given.endpoint("good").await;
    given.endpoint("picky").await;
    given.endpoint("weak").await;
    given.receiver.answer("picky.example", &[422]);
    given.receiver.answer("weak.example", &[503]);
    let ticket = given.ticket().await;
    given.admin().agent().tag(ticket, &["x"], &[]).await.unwrap();
    let sink = given.sink();
    let report = given.desk.relay(&sink, 10).await.unwrap();
    assert_eq!((report.retried, report.dead, report.held_back), (1, 0, 1), "first the one that may get it");
    given.receiver.got();
    given.clock.advance(TimeDelta::minutes(10));
    let report = given.desk.relay(&sink, 10).await.unwrap();
    assert_eq!((report.dead, report.delivered), (1, 1));
    assert_eq!(given.receiver.got()[0], to("weak", 1, "opened"), "who refused is not told again");
    let letters = given.admin().dead_letters(None, 9).await.unwrap();
    assert_eq!((letters.len(), letters[0].reason.as_str()), (1, "picky: status 422"));
    let only = given.sink().only(EndpointId::new("picky").unwrap());
    let again = given.admin().retry_dead_letter(letters[0].event, &only).await.unwrap();
    assert_eq!(again, Redelivered::Delivered);
    assert_eq!(given.receiver.got(), [to("picky", 1, "opened")]);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_is_switched_off() {
    let given = Given::new().await;
    given.endpoint("gone").await;
    given.endpoint("good").await;
    given.receiver.answer("gone.example", &[410]);
    let ticket = given.ticket().await;
    given.admin().agent().tag(ticket, &["x"], &[]).await.unwrap();
    let report = given.desk.relay(&given.sink(), 10).await.unwrap();
    assert_eq!((report.delivered, report.dead), (2, 0));
    let expected = [to("gone", 1, "opened"), to("good", 1, "opened"), to("good", 2, "tags_changed")];
    assert_eq!(given.receiver.got(), expected);
    assert_eq!(given.stored("gone").await, Endpoint { active: false, ..endpoint("gone") });
    assert!(given.stored("good").await.active);
}

#[tokio::test]
async fn redirects_are_refused_and_faults_tried_again() {
    let given = Given::new().await;
    given.endpoint("a").await;
    let fault = |fault: fn(String) -> PostFault| Err(fault("no route".to_owned()));
    let answers = vec![fault(PostFault::Unreachable), Ok(302)];
    given.receiver.answers.lock().unwrap().insert("a.example".to_owned(), answers);
    given.ticket().await;
    let sink = given.sink();
    assert_eq!(given.desk.relay(&sink, 10).await.unwrap().retried, 1);
    given.clock.advance(TimeDelta::minutes(10));
    assert_eq!(given.desk.relay(&sink, 10).await.unwrap().dead, 1);
    let letters = given.admin().dead_letters(None, 9).await.unwrap();
    assert_eq!(letters[0].reason, "a: status 302: redirects are not followed");
}

#[tokio::test]
async fn retry_after_is_heeded() {
    let given = Given::asking_for(Some("3600")).await;
    given.endpoint("busy").await;
    given.receiver.answer("busy.example", &[429]);
    given.ticket().await;
    let sink = given.sink();
    given.desk.relay(&sink, 10).await.unwrap();
    given.clock.advance(TimeDelta::seconds(3599));
    assert_eq!(given.desk.relay(&sink, 10).await.unwrap().delivered, 0);
    given.clock.advance(TimeDelta::seconds(1));
    assert_eq!(given.desk.relay(&sink, 10).await.unwrap().delivered, 1);
}

#[tokio::test]
async fn a_secret_is_changed_without_a_gap() {
    let given = Given::new().await;
    given.endpoint("a").await;
    let change = EndpointChange { secret: Some(secret(2)), ..EndpointChange::default() };
    given.admin().edit::<Endpoint>("a", change).await.unwrap();
    for known in [1, 2] {
        *given.receiver.secrets.lock().unwrap() = vec![secret(known)];
        given.ticket().await;
        assert_eq!(given.desk.relay(&given.sink(), 10).await.unwrap().delivered, 1, "{known}");
    }
    let change = EndpointChange { forget_previous: true, ..EndpointChange::default() };
    let changed = given.admin().edit::<Endpoint>("a", change).await.unwrap().value;
    assert_eq!((changed.secret, changed.previous_secret), (secret(2), None));
}

#[tokio::test]
async fn a_ping_is_signed_and_leaves_no_trace() {
    let given = Given::new().await;
    given.admin().add(&Endpoint { active: false, ..endpoint("a") }).await.unwrap();
    let tested = given.admin().test_webhook("a", given.receiver.as_ref()).await.unwrap();
    assert_eq!((tested.problem, given.receiver.ids()), (None, vec![tested.id]));
    assert_eq!(given.receiver.got(), [to("a", 0, PING)]);
    for (status, problem) in [(500, "status 500"), (410, "status 410"), (404, "status 404")] {
        given.receiver.answer("a.example", &[status]);
        let tested = given.admin().test_webhook("a", given.receiver.as_ref()).await.unwrap();
        assert_eq!(tested.problem.as_deref(), Some(problem));
    }
    assert!(given.desk.waiting(9).await.unwrap().is_empty());
    assert_eq!(given.admin().test_webhook("b", given.receiver.as_ref()).await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_replay_reaches_one_endpoint_alone() {
    let given = Given::new().await;
    given.endpoint("a").await;
    given.endpoint("b").await;
    let ticket = given.ticket().await;
    let only = |id: &str| given.sink().only(EndpointId::new(id).unwrap());
    assert_eq!(given.admin().replay(ticket, None, &only("b")).await.unwrap().delivered, 1);
    assert_eq!(given.receiver.got(), [to("b", 1, "opened")]);
    for id in ["c", "off"] {
        given.admin().put(&Endpoint { active: false, ..endpoint("off") }).await.unwrap();
        let report = given.admin().replay(ticket, None, &only(id)).await.unwrap();
        assert_eq!((report.delivered, report.failed.len()), (0, 1), "{id}");
    }
}

#[tokio::test]
async fn only_administrators_see_endpoints_and_nobody_their_secrets() {
    let given = Given::new().await;
    let stored = given.endpoint("a").await;
    let anna = given.desk.tenant("acme").unwrap().agent("anna").unwrap();
    assert_eq!(anna.entries::<Endpoint>().await.unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(anna.entry::<Endpoint>("a").await.unwrap_err().kind(), ErrorKind::Forbidden);
    assert!(anna.entries::<helpdesk_core::party::Team>().await.is_ok());
    let change = EndpointChange { secret: Some(secret(1)), ..EndpointChange::default() };
    let shown = format!("{stored:?} {change:?} {:?}", given.sink());
    let key = secret(1).reveal();
    assert!(!shown.contains(key.trim_start_matches("whsec_")), "{shown}");
}

#[tokio::test]
async fn endpoints_go_along_with_a_copy_and_not_with_an_export() {
    let given = Given::new().await;
    let stored = given.endpoint("a").await;
    let target = Helpdesk::builder(MemoryStore::new()).build();
    assert!(given.desk.copy_to(&target, |_| {}).await.unwrap().is_whole());
    let there = target.tenant("acme").unwrap().admin("root").unwrap();
    assert_eq!(there.agent().entry::<Endpoint>("a").await.unwrap().value, stored);
    let exported: Vec<RecordKind> = RecordKind::ALL.into_iter().filter(|kind| kind.is_exported()).collect();
    assert!(!exported.contains(&RecordKind::Webhook) && exported.contains(&RecordKind::DeadLetter));
    for value in [serde_json::json!({}), serde_json::to_value(endpoint("b")).unwrap()] {
        let dump = helpdesk_core::desk::RecordDump { kind: RecordKind::Webhook, key: "c".to_owned(), value };
        assert_eq!(there.restore_record(dump).await.unwrap_err().kind(), ErrorKind::Rejected);
    }
}
