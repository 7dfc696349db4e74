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

/// The way to the writer.
pub(crate) struct Writer {
    queue: Mutex<Sender<Message>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Message {
    Job(Box<dyn Job>),
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
        let (reply, answer) = oneshot::channel();
        let job = Pending { act: Some(act), answer: None, reply };
        self.send(Message::Job(Box::new(job)))?;
        answer.await.map_err(|_| Fault::Closed)?
    }

    /// Lets the thread finish what was handed over, and waits for its end. That blocks for about one sync.
    pub(crate) fn close(&self) {
        // If it has ended already, nobody listens.
        drop(self.send(Message::Close));
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
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
    /// Applies it and keeps the answer; says whether it changed anything.
    fn run(&mut self, shared: &Shared) -> bool;
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
    fn run(&mut self, shared: &Shared) -> bool {
        let Some(act) = self.act.take() else { return false };
        let done = shared.write(act);
        let changed = matches!(done, Ok((_, true)));
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
        let mut batch = Vec::new();
        let mut next = Some(first);
        while let Some(message) = next {
            match message {
                Message::Job(job) => batch.push(job),
                Message::Close => {
                    closing = true;
                    break;
                }
            }
            next = if batch.len() < BATCH { waiting.try_recv().ok() } else { None };
        }
        serve(batch, shared);
    }
    shared.close();
}

/// Brings one batch to its end.
fn serve(mut batch: Vec<Box<dyn Job>>, shared: &Shared) {
    // An act that panics is a bug of this store; what it had not applied is gone with it, and the others go on.
    let ran = batch.iter_mut().map(|job| catch_unwind(AssertUnwindSafe(|| job.run(shared))).unwrap_or(false));
    let changed = ran.fold(false, |any, changed| any | changed);
    let group = if changed { shared.sync() } else { Ok(()) };
    for job in batch {
        job.settle(group.clone());
    }
}
