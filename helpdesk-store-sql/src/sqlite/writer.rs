//! The one connection that writes, in a task of its own. It takes everything that waits into one transaction, so that
//! they share a sync, and answers only after that is durable. What an act does is not known here.

use std::sync::Arc;

use async_trait::async_trait;
use helpdesk_core::store::StoreError;
use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};

use super::memory::Memory;
use super::turn::Turn;
use super::{SqliteOptions, open};
use crate::fault::Fault;

/// Most acts of one transaction.
const BATCH: usize = 256;
/// Acts that may wait for the writer before callers wait for a place.
const QUEUE: usize = 1024;
/// How often a transaction is begun while other processes write; each try waits up to the busy timeout of 5 s.
const BEGIN_TRIES: usize = 4;

/// Something that changes the file. It may be applied again if a transaction failed.
#[async_trait]
pub(super) trait Act: Send + Sync + 'static {
    type Answer: Send + 'static;

    /// Checks, then writes.
    async fn apply(&self, turn: &mut Turn<'_>) -> Result<Self::Answer, Fault>;
}

/// The way to the writer.
pub(super) struct Writer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Job(Box<dyn Job>),
    Close(oneshot::Sender<()>),
}

impl Writer {
    /// Starts the task on the ambient runtime. It ends at `close`, or when the last way to it is dropped.
    pub(super) fn start(connection: SqliteConnection, options: SqliteOptions) -> Self {
        let (queue, waiting) = mpsc::channel(QUEUE);
        tokio::spawn(work(waiting, connection, options));
        Self { queue }
    }

    /// Hands an act over and waits for its answer. Dropped before it is handed over, it changes nothing; after that
    /// it is applied whole or not at all.
    pub(super) async fn submit<A: Act>(&self, act: A) -> Result<A::Answer, Fault> {
        let (reply, answer) = oneshot::channel();
        let job = Pending { act, answer: None, reply };
        self.queue.send(Message::Job(Box::new(job))).await.map_err(|_| Fault::Closed)?;
        answer.await.map_err(|_| Fault::Closed)?
    }

    /// Lets the writer finish what was handed over, and ends it.
    pub(super) async fn close(&self) {
        let (done, closed) = oneshot::channel();
        if self.queue.send(Message::Close(done)).await.is_ok() {
            // If the task ended without an answer, it is closed as well.
            let _ = closed.await;
        }
    }
}

/// An act with the place where its answer goes, whatever its type.
#[async_trait]
trait Job: Send {
    /// Applies it and keeps the answer; says whether it was a fault that another try may mend.
    async fn run(&mut self, turn: &mut Turn<'_>) -> Verdict;
    /// Answers, after the transaction came to its end.
    fn settle(self: Box<Self>, group: Result<(), Arc<StoreError>>);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Fine,
    Failed,
    Busy,
}

struct Pending<A: Act> {
    act: A,
    answer: Option<Result<A::Answer, Fault>>,
    reply: oneshot::Sender<Result<A::Answer, Fault>>,
}

#[async_trait]
impl<A: Act> Job for Pending<A> {
    async fn run(&mut self, turn: &mut Turn<'_>) -> Verdict {
        let answer = self.act.apply(turn).await;
        let verdict = match &answer {
            Ok(_) => Verdict::Fine,
            Err(fault) if fault.is_busy() => Verdict::Busy,
            Err(_) => Verdict::Failed,
        };
        self.answer = Some(answer);
        verdict
    }

    fn settle(self: Box<Self>, group: Result<(), Arc<StoreError>>) {
        let answer = match (group, self.answer) {
            (Ok(()), Some(answer)) => answer,
            (Ok(()), None) => Err(Fault::Closed),
            // A fault of its own says more than the group's.
            (Err(_), Some(Err(fault))) => Err(fault),
            (Err(why), _) => Err(Fault::Group(why)),
        };
        // A caller who went away needs no answer.
        let _ = self.reply.send(answer);
    }
}

async fn work(mut waiting: mpsc::Receiver<Message>, connection: SqliteConnection, options: SqliteOptions) {
    let mut connection = Some(connection);
    let mut closing = None;
    let mut memory = Memory::default();
    while closing.is_none() {
        let Some(first) = waiting.recv().await else { break };
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Job(job) => batch.push(job),
                Message::Close(done) => {
                    closing = Some(done);
                    break;
                }
            }
            next = if batch.len() < BATCH { waiting.try_recv().ok() } else { None };
        }
        if !batch.is_empty() {
            serve(&mut connection, &mut memory, &options, batch).await;
        }
    }
    waiting.close();
    if let Some(connection) = connection {
        // Everything was committed; a failure to fold the log in loses nothing.
        let _ = connection.close().await;
    }
    if let Some(done) = closing {
        // Whoever closed may have gone away.
        let _ = done.send(());
    }
}

/// Brings one batch to its end. After a fault of the transaction itself the connection is not trusted any more.
async fn serve(
    slot: &mut Option<SqliteConnection>,
    memory: &mut Memory,
    options: &SqliteOptions,
    mut batch: Vec<Box<dyn Job>>,
) {
    let group = match reopened(slot, options).await {
        Ok(connection) => apply(connection, memory, &mut batch).await,
        Err(fault) => Err(fault),
    };
    if group.is_err() {
        // Closing it takes back what it had not committed, and nothing of that is worth remembering.
        *slot = None;
        *memory = Memory::default();
    }
    let group = group.map_err(|fault| Arc::new(fault.during("commit")));
    for job in batch {
        job.settle(group.clone());
    }
}

async fn reopened<'a>(
    slot: &'a mut Option<SqliteConnection>,
    options: &SqliteOptions,
) -> Result<&'a mut SqliteConnection, Fault> {
    let connection = match slot.take() {
        Some(connection) => connection,
        None => open::writer(options).await?,
    };
    Ok(slot.insert(connection))
}

async fn apply(
    connection: &mut SqliteConnection,
    memory: &mut Memory,
    batch: &mut [Box<dyn Job>],
) -> Result<(), Fault> {
    if let [job] = batch {
        return alone(connection, memory, job.as_mut()).await;
    }
    Turn::begin(connection, BEGIN_TRIES).await?;
    for job in batch.iter_mut() {
        let mut turn = Turn::grouped(connection, memory);
        let verdict = job.run(&mut turn).await;
        turn.end(verdict == Verdict::Fine).await?;
    }
    Turn::commit(connection).await
}

/// An act that has the transaction for itself: begin and commit travel with its own statements.
async fn alone(connection: &mut SqliteConnection, memory: &mut Memory, job: &mut dyn Job) -> Result<(), Fault> {
    for last in (0..BEGIN_TRIES).rev() {
        let mut turn = Turn::alone(connection, memory);
        let verdict = job.run(&mut turn).await;
        turn.end(verdict == Verdict::Fine).await?;
        if verdict != Verdict::Busy || last == 0 {
            break;
        }
    }
    Ok(())
}
