//! The one task of a process that commits: what waits goes together into one statement, so that it shares a round trip
//! and a sync. What is in somebody else's way goes on a connection of its own, so that nobody waits behind it.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::store::{Commit, CommitOutcome, StoreError};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tokio::task::JoinSet;

use super::act::{Manner, Verdict};
use super::apart::Touched;
use super::link::{Link, Source, Waiting};
use super::lost;
use super::numbers::Numbers;
use super::retry::retrying;
use crate::fault::Fault;
use crate::meaning::Clash;

/// Most commits of one statement.
const BATCH: usize = 128;
/// Commits that may wait before callers wait for a place.
const QUEUE: usize = 1024;
/// Commits on connections of their own at once.
const LANES: usize = 4;
/// How long a connection of the host's pool is kept when nothing waits: the next act of the same caller finds it.
pub(crate) const LINGER: Duration = Duration::from_millis(20);

/// The way to the committer.
pub(crate) struct Committer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Commit(Box<Job>),
    Close(oneshot::Sender<()>),
}

struct Job {
    commit: Commit,
    reply: oneshot::Sender<Result<CommitOutcome, Fault>>,
}

/// What the committer works with.
#[derive(Clone)]
pub(crate) struct Workshop {
    pub(crate) source: Arc<dyn Source>,
    /// Blocks of numbers; without, every act draws its own.
    pub(crate) numbers: Option<Arc<Numbers>>,
    pub(crate) stripe: i64,
    /// How long a connection is kept when nothing waits.
    pub(crate) linger: Duration,
}

impl Committer {
    /// Starts the task on the ambient runtime. It ends at `close`, or when the last way to it is dropped.
    pub(crate) fn start(workshop: Workshop) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(work(waiting, workshop));
        Self { queue }
    }

    /// Hands a commit over and waits for what comes of it. Dropped before it is handed over, it changes nothing; after
    /// that it is applied whole or not at all.
    pub(crate) async fn submit(&self, commit: Commit) -> Result<CommitOutcome, Fault> {
        let (reply, answer) = oneshot::channel();
        self.queue.send(Message::Commit(Box::new(Job { commit, reply }))).await.map_err(|_| Fault::Closed)?;
        answer.await.map_err(|_| Fault::Closed)?
    }

    /// Lets the committer finish what was handed over, and ends it.
    pub(crate) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Message::Close(done)).await.is_ok() {
            // If the task ended without an answer, it is closed as well.
            let _ = closed.await;
        }
    }
}

async fn work(mut waiting: mpsc::Receiver<Message>, workshop: Workshop) {
    let mut lanes = Lanes::new();
    let mut link: Option<Box<dyn Link>> = None;
    let mut jobs = VecDeque::new();
    let mut closing = Vec::new();
    while closing.is_empty() || !jobs.is_empty() {
        if jobs.is_empty() {
            let message = if link.is_some() {
                let Ok(message) = tokio::time::timeout(workshop.linger, waiting.recv()).await else {
                    link = None;
                    continue;
                };
                message
            } else {
                waiting.recv().await
            };
            match message {
                Some(Message::Commit(job)) => jobs.push_back(*job),
                Some(Message::Close(done)) => closing.push(done),
                None => break,
            }
        }
        while let Ok(message) = waiting.try_recv() {
            match message {
                Message::Commit(job) => jobs.push_back(*job),
                Message::Close(done) => closing.push(done),
            }
        }
        let batch = batch(&mut jobs);
        if !batch.is_empty() {
            serve(&workshop, &mut link, &mut lanes, batch).await;
        }
    }
    waiting.close();
    // It may be the only one of the pool.
    drop(link);
    lanes.end().await;
    if let Some(numbers) = workshop.numbers.as_ref().filter(|numbers| !numbers.is_empty())
        && let Ok(mut link) = workshop.source.clean_link().await
    {
        // Numbers that are not given back are a gap, no more.
        let _ = numbers.give_back(link.as_mut()).await;
    }
    for done in closing {
        // Whoever closed may have gone away.
        let _ = done.send(());
    }
}

/// The first of those that wait and can go together, in their order.
fn batch(jobs: &mut VecDeque<Job>) -> Vec<Job> {
    let mut touched = Touched::default();
    let mut batch = Vec::new();
    let mut later = VecDeque::new();
    while let Some(job) = jobs.pop_front() {
        if batch.len() < BATCH && touched.add(&job.commit) {
            batch.push(job);
        } else {
            later.push_back(job);
        }
    }
    *jobs = later;
    batch
}

/// Brings one batch to its end.
async fn serve(workshop: &Workshop, slot: &mut Option<Box<dyn Link>>, lanes: &mut Lanes, batch: Vec<Job>) {
    let verdicts = {
        let commits: Vec<_> = batch.iter().map(|job| &job.commit).collect();
        workshop.together(slot, &commits).await
    };
    match verdicts {
        Ok(verdicts) => {
            if workshop.linger.is_zero() {
                // Whoever is answered finds it.
                *slot = None;
            }
            for (job, verdict) in batch.into_iter().zip(verdicts) {
                match verdict {
                    // A caller who went away needs no answer.
                    Verdict::Outcome(outcome) => drop(job.reply.send(Ok(outcome))),
                    Verdict::HeldUp => lanes.take(workshop, job),
                }
            }
        }
        Err(fault) => {
            *slot = None;
            if fault.is_lost() {
                let commits: Vec<_> = batch.iter().map(|job| &job.commit).collect();
                let known = lost::outcomes(workshop.source.as_ref(), &commits).await;
                for (job, known) in batch.into_iter().zip(known) {
                    drop(job.reply.send(known));
                }
            } else if (batch.len() == 1 && fault.clash().is_none()) || fault.is_unreachable() {
                let why: Arc<StoreError> = Arc::new(fault.during("commit"));
                for job in batch {
                    drop(job.reply.send(Err(Fault::Group(Arc::clone(&why)))));
                }
            } else {
                // One of them was refused by the engine, or somebody holds what it writes: each by itself, so that the
                // others are not in question.
                for job in batch {
                    lanes.take(workshop, job);
                }
            }
        }
    }
}

/// Commits on connections of their own.
struct Lanes {
    places: Arc<Semaphore>,
    tasks: JoinSet<()>,
}

impl Lanes {
    fn new() -> Self {
        Self { places: Arc::new(Semaphore::new(LANES)), tasks: JoinSet::new() }
    }

    /// Does a commit, waiting for whoever is in its way.
    fn take(&mut self, workshop: &Workshop, job: Job) {
        // Those that came to their end are let go of.
        while self.tasks.try_join_next().is_some() {}
        let (workshop, places) = (workshop.clone(), Arc::clone(&self.places));
        self.tasks.spawn(async move {
            let Ok(_place) = places.acquire_owned().await else { return };
            let answer = workshop.alone(&job.commit).await;
            drop(job.reply.send(answer));
        });
    }

    /// Waits until all of them came to their end.
    async fn end(mut self) {
        while self.tasks.join_next().await.is_some() {}
    }
}

impl Workshop {
    fn manner(&self, waiting: Waiting) -> Manner<'_> {
        Manner { numbers: self.numbers.as_deref(), stripe: self.stripe, waiting }
    }

    /// Commits that do not touch each other: in one statement if they hold, and else decided in one transaction.
    async fn together(&self, slot: &mut Option<Box<dyn Link>>, commits: &[&Commit]) -> Result<Vec<Verdict>, Fault> {
        let manner = self.manner(Waiting::Pass);
        let link = match slot {
            Some(link) => link,
            None => slot.insert(self.source.clean_link().await.map_err(Fault::before)?),
        };
        let link = link.as_mut();
        let acts = manner.draw_ahead(link, commits).await.map_err(Fault::before)?;
        match manner.at_once(link, &acts).await {
            Ok(Some(verdicts)) => return Ok(verdicts),
            Ok(None) => {}
            Err(fault) if fault.clash().is_some_and(|clash| clash != Clash::Waited) => {}
            Err(fault) => return Err(fault),
        }
        transact(link, manner, &acts).await
    }

    /// One commit, tried again while others are in its way.
    async fn alone(&self, commit: &Commit) -> Result<CommitOutcome, Fault> {
        let done = retrying(|| async {
            let manner = self.manner(Waiting::Wait);
            let mut link = self.source.clean_link().await.map_err(Fault::before)?;
            let acts = manner.draw_ahead(link.as_mut(), &[commit]).await.map_err(Fault::before)?;
            transact(link.as_mut(), manner, &acts).await
        });
        match done.await {
            Ok(verdicts) => match verdicts.into_iter().next() {
                Some(Verdict::Outcome(outcome)) => Ok(outcome),
                _ => Err(Fault::Overtaken),
            },
            Err(fault) if fault.is_lost() => {
                let known = lost::outcomes(self.source.as_ref(), &[commit]).await;
                known.into_iter().next().unwrap_or(Err(Fault::Unknown))
            }
            Err(fault) => Err(fault),
        }
    }
}

/// Acts in a transaction of their own.
async fn transact(
    link: &mut dyn Link,
    manner: Manner<'_>,
    acts: &[super::act::Act<'_>],
) -> Result<Vec<Verdict>, Fault> {
    link.open(manner.waiting).await.map_err(Fault::before)?;
    match manner.step_by_step(link, acts).await {
        Ok(verdicts) => {
            if verdicts.iter().any(Verdict::is_applied) {
                link.keep().await?;
            } else {
                // Nothing but a tenant's row was written, which must not stand in others' way.
                link.undo().await?;
            }
            Ok(verdicts)
        }
        Err(fault) => {
            // The fault says more than what may go wrong while it is taken back; then the connection is closed.
            let _ = link.undo().await;
            Err(fault)
        }
    }
}
