//! The open engine, shared by the writer and everybody who reads: nobody reads while an act is applied, so that every
//! answer is of one moment. After a write that failed nothing is taken any more.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use helpdesk_core::store::StoreError;

use super::draft::Draft;
use super::engine::Engine;
use super::error::Fault;
use super::view::View;

/// The engine and its state.
pub(crate) struct Shared(RwLock<State>);

enum State {
    Open(Box<dyn Engine>),
    /// What is in memory and what is on the disk may differ; only another process that opens it can tell.
    Stopped(Arc<StoreError>),
    Closed,
}

impl Shared {
    pub(crate) fn new(engine: Box<dyn Engine>) -> Self {
        Self(RwLock::new(State::Open(engine)))
    }

    /// Reads from one moment.
    pub(crate) fn read<T>(&self, read: impl FnOnce(View<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        read(View(engine(&self.state())?))
    }

    /// Does an act: what it reads stands still, as only the writer changes it. Says how many bytes it changed.
    pub(crate) fn write<T>(&self, act: impl FnOnce(&mut Draft<'_>) -> Result<T, Fault>) -> Result<(T, usize), Fault> {
        let (answer, batch) = {
            let state = self.state();
            let mut draft = Draft::on(engine(&state)?);
            let answer = act(&mut draft)?;
            (answer, draft.into_batch())
        };
        if batch.is_empty() {
            return Ok((answer, 0));
        }
        let size = batch.iter().map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len)).sum();
        let applied = {
            let state = self.0.write().unwrap_or_else(PoisonError::into_inner);
            engine(&state)?.apply(&batch)
        };
        applied.map(|()| (answer, size)).map_err(|fault| Fault::Stopped(self.stop(fault)))
    }

    /// Makes durable what was written.
    pub(crate) fn sync(&self) -> Result<(), Arc<StoreError>> {
        let synced = match &*self.state() {
            State::Open(engine) => engine.sync(),
            State::Stopped(why) => return Err(Arc::clone(why)),
            State::Closed => Err(Fault::Closed),
        };
        // What failed to reach the disk may never reach it, and a second sync would not say so.
        synced.map_err(|fault| self.stop(fault))
    }

    /// Takes nothing any more. The engine is not let go, as that would write what is half there.
    fn stop(&self, fault: Fault) -> Arc<StoreError> {
        let why = Arc::new(fault.during("commit"));
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::forget(std::mem::replace(&mut *state, State::Stopped(Arc::clone(&why))));
        why
    }

    /// Lets the engine go.
    pub(crate) fn close(&self) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = State::Closed;
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        // A panic while it was held is told to whoever caused it; what stands is still whole.
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

fn engine(state: &State) -> Result<&dyn Engine, Fault> {
    match state {
        State::Open(engine) => Ok(engine.as_ref()),
        State::Stopped(why) => Err(Fault::Stopped(Arc::clone(why))),
        State::Closed => Err(Fault::Closed),
    }
}
