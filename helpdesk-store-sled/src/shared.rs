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
    /// What is in memory and what is on the disk may differ; only opening it again tells.
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

    /// Does an act: what it reads stands still, as only the writer changes it. Says whether it changed anything.
    pub(crate) fn write<T>(&self, act: impl FnOnce(&mut Draft<'_>) -> Result<T, Fault>) -> Result<(T, bool), Fault> {
        let (answer, batch) = {
            let state = self.state();
            let mut draft = Draft::on(engine(&state)?);
            let answer = act(&mut draft)?;
            (answer, draft.into_batch())
        };
        if batch.is_empty() {
            return Ok((answer, false));
        }
        let mut state = self.0.write().unwrap_or_else(PoisonError::into_inner);
        match engine(&state)?.apply(&batch) {
            Ok(()) => Ok((answer, true)),
            Err(fault) => {
                let why = Arc::new(fault.during("commit"));
                *state = State::Stopped(Arc::clone(&why));
                Err(Fault::Stopped(why))
            }
        }
    }

    /// Makes durable what was written.
    pub(crate) fn sync(&self) -> Result<(), Arc<StoreError>> {
        let synced = match &*self.state() {
            State::Open(engine) => engine.sync(),
            State::Stopped(why) => return Err(Arc::clone(why)),
            State::Closed => Err(Fault::Closed),
        };
        // What failed to reach the disk may never reach it, and a second sync would not say so.
        synced.map_err(|fault| {
            let why = Arc::new(fault.during("commit"));
            *self.0.write().unwrap_or_else(PoisonError::into_inner) = State::Stopped(Arc::clone(&why));
            why
        })
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
