//! Many who open tickets and answer them under keys while something goes wrong, and what must hold of it afterwards.
//! What goes wrong is not known here.

#![allow(dead_code, reason = "each test uses its part of this")]

use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{AgentDesk, Error, ErrorKind, ListRequest, OpenTicket, Outcome};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::ticket::{Ticket, TicketId};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// How many work at once.
const WORKERS: usize = 12;

/// A ticket that somebody wanted to open and to answer, and what was acknowledged of it.
pub(crate) struct Deed {
    key: String,
    opened: Option<Ticket>,
    answered: bool,
}

/// The workers.
pub(crate) struct Load {
    workers: JoinSet<Vec<Deed>>,
    said: Arc<Said>,
}

type Call = Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send>>;

#[derive(Default)]
struct Said {
    /// How long a call may take.
    bound: Duration,
    acknowledged: AtomicUsize,
    refused: AtomicUsize,
    heard: Notify,
    over: AtomicBool,
}

impl Said {
    /// Waits for a call no longer than it may take; what fails must be worth another try.
    async fn call(&self, call: Call) -> Option<Outcome> {
        let answer = tokio::time::timeout(self.bound, call).await.expect("a call ends in time");
        let (count, outcome) = match answer {
            Ok(outcome) => (&self.acknowledged, Some(outcome)),
            Err(error) => {
                let right = error.kind() == ErrorKind::Unavailable && error.is_retryable();
                assert!(right, "of another kind: {error:?}");
                (&self.refused, None)
            }
        };
        count.fetch_add(1, Ordering::SeqCst);
        self.heard.notify_one();
        outcome
    }
}

fn agent(desk: &Helpdesk) -> AgentDesk<'static> {
    desk.tenant("acme").unwrap().agent("anna").unwrap()
}

fn open(desk: &Helpdesk, key: &str) -> Call {
    Box::pin(agent(desk).open(OpenTicket::new(key)).idempotent(&format!("open {key}")).unwrap().into_future())
}

fn answer(desk: &Helpdesk, id: TicketId, key: &str) -> Call {
    Box::pin(agent(desk).reply(id, "Done.").idempotent(&format!("answer {key}")).unwrap().into_future())
}

impl Load {
    /// Begins; no call may take longer than `bound`.
    pub(crate) fn on(desk: &Helpdesk, bound: Duration) -> Self {
        let said = Arc::new(Said { bound, ..Said::default() });
        let mut workers = JoinSet::new();
        for worker in 0..WORKERS {
            let (desk, said) = (desk.clone(), Arc::clone(&said));
            workers.spawn(async move {
                let mut deeds = Vec::new();
                while !said.over.load(Ordering::SeqCst) {
                    let key = format!("{worker}-{}", deeds.len());
                    let opened = said.call(open(&desk, &key)).await.map(|outcome| outcome.ticket);
                    let answered = match &opened {
                        Some(ticket) => said.call(answer(&desk, ticket.id, &key)).await.is_some(),
                        None => false,
                    };
                    if !answered {
                        // Nobody asks a server that is away without a pause.
                        tokio::time::sleep(said.bound / 200).await;
                    }
                    deeds.push(Deed { key, opened, answered });
                }
                deeds
            });
        }
        Self { workers, said }
    }

    pub(crate) fn refused(&self) -> usize {
        self.said.refused.load(Ordering::SeqCst)
    }

    /// Waits until so many more acts were acknowledged.
    pub(crate) async fn acknowledged(&mut self, more: usize) {
        let said = Arc::clone(&self.said);
        self.until(&said.acknowledged, more).await;
    }

    /// Waits until so many more acts were refused.
    pub(crate) async fn refuses(&mut self, more: usize) {
        let said = Arc::clone(&self.said);
        self.until(&said.refused, more).await;
    }

    async fn until(&mut self, count: &AtomicUsize, more: usize) {
        let enough = count.load(Ordering::SeqCst) + more;
        while count.load(Ordering::SeqCst) < enough {
            tokio::select! {
                () = self.said.heard.notified() => {}
                ended = self.workers.join_next() => panic!("a worker ended: {:?}", ended.map(Result::err)),
            }
        }
    }

    /// Ends it; gives what was wanted.
    pub(crate) async fn end(self) -> Vec<Deed> {
        self.said.over.store(true, Ordering::SeqCst);
        self.workers.join_all().await.into_iter().flatten().collect()
    }
}

/// Everything acknowledged is there once, the rest whole or not at all; and doing all of it again under the same keys on
/// the same store does each once.
pub(crate) async fn is_whole(desk: &Helpdesk, beside: &Helpdesk, deeds: Vec<Deed>) {
    let stored = all(beside).await;
    for Deed { key, opened, answered } in &deeds {
        let found = stored.get(key);
        if let Some(opened) = opened {
            let found = found.unwrap_or_else(|| panic!("{key} was acknowledged and is gone"));
            assert_eq!((found.id, &found.number), (opened.id, &opened.number), "{key}");
        }
        assert!(!answered || found.is_some_and(|found| found.messages == 1), "the answer to {key} is gone");
    }
    is_clean(beside).await;

    let mut wanted: BTreeSet<_> = deeds.iter().map(|deed| deed.key.clone()).collect();
    let (known, stored) = (deeds.len(), Arc::new(stored));
    let mut again = JoinSet::new();
    for deeds in deeds.chunks(known.div_ceil(WORKERS)) {
        let keys: Vec<_> = deeds.iter().map(|deed| deed.key.clone()).collect();
        let (desk, stored) = (desk.clone(), Arc::clone(&stored));
        again.spawn(async move {
            for key in keys {
                let opened = open(&desk, &key).await.unwrap();
                let before = stored.get(&key).map(|ticket| ticket.id);
                assert_eq!(before.is_some(), opened.replayed, "{key}");
                assert!(before.is_none_or(|before| before == opened.ticket.id), "{key} has another ticket now");
                answer(&desk, opened.ticket.id, &key).await.unwrap();
            }
        });
    }
    again.join_all().await;

    let after = all(beside).await;
    assert!(after.values().all(|ticket| ticket.messages == 1), "an answer is there twice");
    let numbers: BTreeSet<_> = after.values().map(|ticket| ticket.number.clone()).collect();
    assert_eq!((after.len(), numbers.len()), (known, known));
    wanted.retain(|key| !after.contains_key(key));
    assert_eq!(wanted, BTreeSet::new());
    is_clean(beside).await;
}

/// Every ticket by its subject, which no two have.
pub(crate) async fn all(desk: &Helpdesk) -> BTreeMap<String, Ticket> {
    let mut found = BTreeMap::new();
    let mut request = ListRequest::of(TicketFilter::all());
    loop {
        let page = agent(desk).list(&request).await.unwrap();
        for row in page.rows {
            let subject = row.ticket.content.subject.clone();
            assert!(found.insert(subject.clone(), row.ticket).is_none(), "{subject} is there twice");
        }
        request.after = page.next;
        if request.after.is_none() {
            return found;
        }
    }
}

pub(crate) async fn is_clean(desk: &Helpdesk) {
    let report = desk.check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}
