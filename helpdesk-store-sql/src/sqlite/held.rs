//! Who holds the file by a transaction of the host's: an act past the join, from where it was written through the join,
//! would wait for itself. Others just wait; how long is the engine's busy timeout to say.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

use tokio::task;

/// Those who wrote through a join that still lives.
#[derive(Default)]
pub(super) struct Held {
    /// How many, so that nothing is locked where nobody joins.
    count: AtomicUsize,
    by: Mutex<Vec<Caller>>,
}

/// Where a call comes from: whatever runs there waits when one call of it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Caller {
    Task(task::Id),
    /// What a thread runs that is no task.
    Thread(ThreadId),
}

impl Caller {
    fn current() -> Self {
        task::try_id().map_or_else(|| Self::Thread(thread::current().id()), Self::Task)
    }
}

/// A hold of a caller on the file; it ends when this is dropped.
pub(super) struct Hold {
    held: Arc<Held>,
    caller: Caller,
}

impl Held {
    /// The caller holds the file from now on.
    pub(super) fn hold(self: &Arc<Self>) -> Hold {
        let caller = Caller::current();
        self.by.lock().unwrap_or_else(PoisonError::into_inner).push(caller);
        self.count.fetch_add(1, Ordering::Release);
        Hold { held: Arc::clone(self), caller }
    }

    /// Whether the caller itself holds the file.
    pub(super) fn is_by_caller(&self) -> bool {
        self.count.load(Ordering::Acquire) > 0
            && self.by.lock().unwrap_or_else(PoisonError::into_inner).contains(&Caller::current())
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut by = self.held.by.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = by.iter().position(|caller| *caller == self.caller) {
            by.swap_remove(place);
            self.held.count.fetch_sub(1, Ordering::Release);
        }
    }
}
