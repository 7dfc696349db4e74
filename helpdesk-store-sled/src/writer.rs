//! The one thread that writes. It takes everything that waits, applies act by act, and answers only after one sync has
//! made all of them durable. What an act does is not known here.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use helpdesk_core::store::StoreError;
use tokio::sync::oneshot;

use super::draft::Draft;
use super::error::Fault;
use super::shared::Shared;

/// Most acts that share a sync.
const BATCH: usize = 256;
/// About how many bytes share a sync: less than sled writes before it begins to use its room again.
const BYTES: usize = 256 * 1024;

/// The way to the writer.
pub(crate) struct Writer {
    queue: Mutex<Sender<Message>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Message {
    Job(Box<dyn Job>),
    /// One before which everything else is durable.
    Last(Box<dyn Job>),
    Close,
}

impl Writer {
    /// Starts the thread. It ends at `close`, and at the latest when this is dropped.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub(crate) fn start(shared: Arc<Shared>) -> Result<Self, Fault> {
        let (queue, waiting) = channel();
        let thread = std::thread::Builder::new().name("helpdesk-sled".to_owned());
        let thread = thread.spawn(move || work(&waiting, &shared)).map_err(Fault::Io)?;
        Ok(Self { queue: Mutex::new(queue), thread: Mutex::new(Some(thread)) })
    }

    /// Hands an act over and waits for its answer. Dropped while it waits, the act is applied whole or not at all.
    pub(crate) async fn submit<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Draft<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.ask(act, Message::Job).await
    }

    /// The same once everything that was handed over before is durable.
    pub(crate) async fn submit_last<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Draft<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.ask(act, Message::Last).await
    }

    async fn ask<T: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Draft<'_>) -> Result<T, Fault> + Send + 'static,
        message: impl FnOnce(Box<dyn Job>) -> Message,
    ) -> Result<T, Fault> {
        let (reply, answer) = oneshot::channel();
        self.send(message(Box::new(Pending { act: Some(act), answer: None, reply })))?;
        answer.await.map_err(|_| Fault::Closed)?
    }

    /// Lets the thread finish what was handed over, and waits for its end. That blocks as long.
    pub(crate) fn close(&self) {
        // Whoever closes beside another waits for the same end.
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        // If it has ended already, nobody listens.
        drop(self.send(Message::Close));
        if let Some(thread) = thread.take() {
            // It catches what acts panic on; were it to panic itself, it is over as well.
            drop(thread.join());
        }
    }

    fn send(&self, message: Message) -> Result<(), Fault> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        queue.send(message).map_err(|_| Fault::Closed)
    }
}

impl Drop for Writer {
    /// So that the folder is free when the store is gone.
    fn drop(&mut self) {
        self.close();
    }
}

/// An act with the place where its answer goes, whatever its type.
trait Job: Send {
    /// Applies it and keeps the answer; says how many bytes it changed.
    fn run(&mut self, shared: &Shared) -> usize;
    /// Answers, after the sync.
    fn settle(self: Box<Self>, group: Result<(), Arc<StoreError>>);
}

struct Pending<A, T> {
    act: Option<A>,
    answer: Option<Result<T, Fault>>,
    reply: oneshot::Sender<Result<T, Fault>>,
}

impl<A, T> Job for Pending<A, T>
where
    A: FnOnce(&mut Draft<'_>) -> Result<T, Fault> + Send,
    T: Send,
{
    fn run(&mut self, shared: &Shared) -> usize {
        let Some(act) = self.act.take() else { return 0 };
        let done = shared.write(act);
        let changed = done.as_ref().map_or(0, |(_, changed)| *changed);
        self.answer = Some(done.map(|(answer, _)| answer));
        changed
    }

    fn settle(self: Box<Self>, group: Result<(), Arc<StoreError>>) {
        let answer = match (group, self.answer) {
            (Ok(()), Some(answer)) => answer,
            (Ok(()), None) => Err(Fault::Closed),
            // A fault of its own says more than the group's.
            (Err(_), Some(Err(fault))) => Err(fault),
            (Err(why), _) => Err(Fault::Stopped(why)),
        };
        // A caller who went away needs no answer.
        drop(self.reply.send(answer));
    }
}

fn work(waiting: &Receiver<Message>, shared: &Shared) {
    let mut closing = false;
    while !closing {
        let Ok(first) = waiting.recv() else { break };
        let mut group = Group::default();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Job(job) => group.run(job, shared),
                Message::Last(job) => {
                    group.settle(shared);
                    group.run(job, shared);
                    break;
                }
                Message::Close => {
                    closing = true;
                    break;
                }
            }
            next = if group.is_full() { None } else { waiting.try_recv().ok() };
        }
        group.settle(shared);
    }
    shared.close();
}

/// Acts that were applied and wait for the same sync.
#[derive(Default)]
struct Group {
    jobs: Vec<Box<dyn Job>>,
    changed: usize,
}

impl Group {
    fn run(&mut self, mut job: Box<dyn Job>, shared: &Shared) {
        // An act that panics is a bug of this store; what it had not applied is gone with it, and the others go on.
        self.changed += catch_unwind(AssertUnwindSafe(|| job.run(shared))).unwrap_or(0);
        self.jobs.push(job);
    }

    fn is_full(&self) -> bool {
        self.jobs.len() >= BATCH || self.changed >= BYTES
    }

    /// Makes them durable and answers.
    fn settle(&mut self, shared: &Shared) {
        let synced = if self.changed > 0 { shared.sync() } else { Ok(()) };
        self.changed = 0;
        for job in self.jobs.drain(..) {
            job.settle(synced.clone());
        }
    }
}
