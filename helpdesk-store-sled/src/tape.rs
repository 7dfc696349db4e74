//! What acts change, noted batch by batch: for benches, which let the bare engine do the same.

use std::sync::mpsc::Sender;

use super::engine::{Batch, Bytes, Direction, Engine, Pairs};
use super::error::Fault;

/// Changed keys with their values, `None` for those that went: one batch an act.
pub type Noted = Vec<(Vec<u8>, Option<Vec<u8>>)>;

/// An engine whose batches are noted.
pub(crate) struct Recorded<E> {
    pub(crate) engine: E,
    pub(crate) notes: Sender<Noted>,
}

impl<E: Engine> Engine for Recorded<E> {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Fault> {
        self.engine.get(key)
    }

    fn range(&self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'_> {
        self.engine.range(from, to, direction)
    }

    fn apply(&self, batch: &Batch) -> Result<(), Fault> {
        self.engine.apply(batch)?;
        // Whoever does not listen any more needs no notes.
        drop(self.notes.send(batch.iter().map(|(key, value)| (key.clone(), value.clone())).collect()));
        Ok(())
    }

    fn sync(&self) -> Result<(), Fault> {
        self.engine.sync()
    }

    fn size(&self) -> Result<u64, Fault> {
        self.engine.size()
    }
}
