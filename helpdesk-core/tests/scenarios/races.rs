//! Many at once, through the shell: one winner, nobody lost, nothing twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use chrono::TimeDelta;
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{AgentDesk, Error, NewRequest, OpenTicket, Options, Outcome};
use helpdesk_core::env::ManualClock;
use helpdesk_core::party::Contact;
use helpdesk_core::query::TicketFilter;
use helpdesk_core::ticket::{LockToken, Rejection, StatusChange, StatusKey, TicketId, Version};
use tokio::task::JoinSet;

struct Given {
    desk: Helpdesk,
    clock: Arc<ManualClock>,
    _guard: super::Guard,
}

impl Given {
    async fn new() -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-02T09:00:00Z".parse().unwrap()));
        let (store, guard) = super::store().await;
        Self { desk: Helpdesk::over(store).clock(clock.clone()).build(), clock, _guard: guard }
    }

    fn agent(&self, n: usize) -> AgentDesk<'static> {
        self.desk.tenant("acme").unwrap().agent(&format!("agent-{n}")).unwrap()
    }

    async fn ticket(&self) -> TicketId {
        self.agent(0).open(OpenTicket::new("contended")).await.unwrap().ticket.id
    }

    async fn is_clean(&self) {
        let report = self.desk.check(|_| {}).await.unwrap();
        assert!(report.is_clean(), "{report:?}");
    }
}

async fn outcomes(tasks: JoinSet<Result<Outcome, Error>>) -> (Vec<Outcome>, Vec<Error>) {
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for result in tasks.join_all().await {
        match result {
            Ok(outcome) => done.push(outcome),
            Err(error) => failed.push(error),
        }
    }
    (done, failed)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_four_tasks_never_hold_one_lock_together() {
    let given = Given::new().await;
    let ticket = given.ticket().await;
    let (inside, held, newest) =
        (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)), Arc::new(AtomicU64::new(0)));
    let mut tasks = JoinSet::new();
    for n in 0..64 {
        let me = given.agent(n);
        let (inside, held, newest) = (Arc::clone(&inside), Arc::clone(&held), Arc::clone(&newest));
        tasks.spawn(async move {
            for _ in 0..200 {
                let lock = match me.lock(ticket, None).await {
                    Ok(lock) => lock,
                    Err(Error::Rejected(Rejection::Locked(_)) | Error::Contended) => {
                        tokio::task::yield_now().await;
                        continue;
                    }
                    Err(other) => panic!("{other}"),
                };
                assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two holders at once");
                assert!(newest.swap(lock.token.0, Ordering::SeqCst) < lock.token.0, "tokens rise for ever");
                let stale = LockToken(lock.token.0 - 1);
                assert!(me.renew(ticket, stale).await.is_err(), "a stale token is refused");
                assert!(me.note(ticket, "held").await.is_ok());
                assert!(me.reply(ticket, "x").under_lock(stale).await.is_err(), "a stale token is refused");
                held.fetch_add(1, Ordering::SeqCst);
                inside.fetch_sub(1, Ordering::SeqCst);
                me.unlock(ticket, lock.token).await.unwrap();
                return;
            }
        });
    }
    tasks.join_all().await;
    assert!(held.load(Ordering::SeqCst) > 0);
    given.is_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_writers_on_one_version_have_one_winner() {
    let given = Given::new().await;
    let ticket = given.ticket().await;
    let mut tasks = JoinSet::new();
    for n in 0..200 {
        let act = given.agent(n).reply(ticket, format!("answer {n}")).expecting(Version(1));
        tasks.spawn(async move { act.await });
    }
    let (done, failed) = outcomes(tasks).await;
    assert_eq!(done.len(), 1);
    for error in failed {
        let Error::Conflict { expected, found, between } = error else { panic!("{error}") };
        assert_eq!((expected, found), (Version(1), Version(2)));
        assert!(!between.is_empty());
    }
    assert_eq!(given.agent(0).conversation(ticket).await.unwrap().len(), 1);
    given.is_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn notes_without_an_expectation_all_go_through() {
    let given = Given::new().await;
    let ticket = given.ticket().await;
    let mut tasks = JoinSet::new();
    for n in 0..24 {
        let act = given.agent(n).note(ticket, format!("note {n}"));
        tasks.spawn(async move { act.await });
    }
    let (done, failed) = outcomes(tasks).await;
    assert!(failed.is_empty(), "{failed:?}");
    let mut versions: Vec<u64> = done.iter().map(|outcome| outcome.ticket.version.0).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..26).collect::<Vec<_>>());
    given.is_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tickets_created_at_once_have_numbers_of_their_own() {
    let given = Given::new().await;
    let mut tasks = JoinSet::new();
    for n in 0..200 {
        let act = given.agent(n).open(OpenTicket::new(format!("subject {n}")));
        tasks.spawn(async move { act.await });
    }
    let (done, failed) = outcomes(tasks).await;
    assert!(failed.is_empty(), "{failed:?}");
    let mut numbers: Vec<String> = done.iter().map(|outcome| outcome.ticket.number.as_str().to_owned()).collect();
    numbers.sort_unstable();
    let all: Vec<String> = (1..=200).map(|n| format!("2026-{n:06}")).collect();
    assert_eq!(numbers, all);
    assert_eq!(given.agent(0).total(&TicketFilter::all()).await.unwrap(), 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_fifty_claims_the_ticket() {
    let given = Given::new().await;
    let ticket = given.ticket().await;
    let mut tasks = JoinSet::new();
    for n in 0..50 {
        let act = given.agent(n).claim(ticket);
        tasks.spawn(async move { act.await });
    }
    let (done, failed) = outcomes(tasks).await;
    assert_eq!(done.len(), 1);
    assert!(failed.iter().all(|error| error.code() == "already_assigned"), "{failed:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn eight_sweepers_fire_each_timer_once() {
    let given = Given::new().await;
    let until = Some("2026-11-03T09:00:00Z".parse().unwrap());
    for _ in 0..60 {
        let ticket = given.ticket().await;
        let wait = StatusChange { to: StatusKey::new("on_hold").unwrap(), until, then: None };
        given.agent(1).change_status(ticket, wait).await.unwrap();
    }
    given.clock.advance(TimeDelta::days(2));
    let mut tasks = JoinSet::new();
    for _ in 0..8 {
        let desk = given.desk.clone();
        tasks.spawn(async move { desk.sweep(1000).await.unwrap() });
    }
    let reports = tasks.join_all().await;
    assert_eq!(reports.iter().map(|report| report.fired).sum::<usize>(), 60);
    assert!(reports.iter().all(|report| report.failed.is_empty()), "{reports:?}");
    assert_eq!(given.agent(0).total(&TicketFilter::waiting()).await.unwrap(), 0);
    given.is_clean().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_opens_one_ticket_however_many_try() {
    let given = Given::new().await;
    let mut tasks = JoinSet::new();
    for _ in 0..50 {
        let open = OpenTicket::new("once").from_email("max@example.com").unwrap().saying("x");
        let act = given.agent(1).open(open).idempotent("key").unwrap();
        tasks.spawn(async move { act.await });
    }
    let (done, failed) = outcomes(tasks).await;
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(done.iter().filter(|outcome| !outcome.replayed).count(), 1);
    assert!(done.iter().all(|outcome| outcome.ticket.id == done[0].ticket.id));
    assert_eq!(given.agent(0).total(&TicketFilter::all()).await.unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn first_requests_from_one_address_make_one_contact() {
    let given = Given::new().await;
    let mut tasks = JoinSet::new();
    for n in 0..30 {
        let max = given.desk.tenant("acme").unwrap().requester("max@example.com").unwrap();
        let request = NewRequest { subject: format!("s {n}"), message: "m".into(), ..NewRequest::default() };
        tasks.spawn(async move { max.open(request, &Options::default()).await.unwrap() });
        let open = OpenTicket::new(format!("t {n}")).from_email("eva@example.com").unwrap().saying("m");
        let act = given.agent(n).open(open);
        tasks.spawn(async move {
            let ticket = act.await.unwrap().ticket;
            helpdesk_core::access::Request::of(&ticket, &helpdesk_core::Settings::default())
        });
    }
    tasks.join_all().await;
    let contacts = given.agent(0).entries::<Contact>().await.unwrap();
    assert_eq!(contacts.len(), 2, "{contacts:?}");
    assert_eq!(given.agent(0).total(&TicketFilter::all()).await.unwrap(), 60);
}
