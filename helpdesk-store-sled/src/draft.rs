//! An act in the making: what it changes, on what stands. Nothing of it is seen by others before the writer applies it.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::cell;
use super::engine::{Batch, Bytes, Engine};
use super::error::Fault;
use super::layout::Key;
use super::view::{View, number, parse, print};

/// What an act changes.
pub(crate) struct Draft<'a> {
    /// What stood before it. Ranges are read here, and do not have what the act has changed.
    pub(crate) view: View<'a>,
    batch: Batch,
}

impl<'a> Draft<'a> {
    /// An act that changes nothing yet.
    pub(crate) fn on(engine: &'a dyn Engine) -> Self {
        Self { view: View(engine), batch: Batch::new() }
    }

    /// Everything it changes.
    pub(crate) fn into_batch(self) -> Batch {
        self.batch
    }

    /// The value under a key, as the act has left it.
    pub(crate) fn value(&self, key: &Key) -> Result<Option<Bytes>, Fault> {
        match self.head(key)? {
            Some(head) => cell::open(key, &head, |piece| self.part(piece)).map(Some),
            None => Ok(None),
        }
    }

    /// The document under a key, as the act has left it.
    pub(crate) fn doc<T: DeserializeOwned>(&self, key: &Key, place: &str) -> Result<Option<T>, Fault> {
        self.value(key)?.map(|value| parse(&value, place)).transpose()
    }

    /// The number under a key; 0 if nothing stands there.
    pub(crate) fn count(&self, key: &Key) -> Result<u64, Fault> {
        self.value(key)?.map_or(Ok(0), |value| number(&value))
    }

    /// Puts a value there, whatever stood there.
    pub(crate) fn put(&mut self, key: &Key, value: &[u8]) -> Result<(), Fault> {
        let before = self.head(key)?.map_or(Ok(0), |head| cell::pieces(&head))?;
        cell::seal(key, value, before, &mut self.batch)
    }

    /// Puts a value where nothing stands.
    pub(crate) fn add(&mut self, key: &Key, value: &[u8]) -> Result<(), Fault> {
        cell::seal(key, value, 0, &mut self.batch)
    }

    /// Puts a document there, whatever stood there.
    pub(crate) fn put_doc<T: Serialize>(&mut self, key: &Key, doc: &T) -> Result<(), Fault> {
        self.put(key, &print(doc)?)
    }

    /// Puts a document where nothing stands.
    pub(crate) fn add_doc<T: Serialize>(&mut self, key: &Key, doc: &T) -> Result<(), Fault> {
        self.add(key, &print(doc)?)
    }

    /// Takes a value away, if there is one.
    pub(crate) fn remove(&mut self, key: &Key) -> Result<(), Fault> {
        if let Some(head) = self.head(key)? {
            cell::remove(key, cell::pieces(&head)?, &mut self.batch);
        }
        Ok(())
    }

    /// Puts a key there that says all by itself.
    pub(crate) fn mark(&mut self, key: Bytes) {
        self.batch.insert(key, Some(Bytes::new()));
    }

    /// Takes such a key away.
    pub(crate) fn unmark(&mut self, key: Bytes) {
        self.batch.insert(key, None);
    }

    /// Puts a number there, whatever number stood there.
    pub(crate) fn set(&mut self, key: &Key, count: u64) -> Result<(), Fault> {
        // It never has further pieces, so what stood there need not be looked at.
        cell::seal(key, &count.to_be_bytes(), 0, &mut self.batch)
    }

    /// Moves the number under a key by a step; at 0 it goes.
    pub(crate) fn step(&mut self, key: &Key, step: i64) -> Result<(), Fault> {
        match self.count(key)?.checked_add_signed(step) {
            Some(0) => {
                cell::remove(key, 0, &mut self.batch);
                Ok(())
            }
            Some(count) => self.set(key, count),
            None => Err(Fault::Damaged("a count is below nothing".to_owned())),
        }
    }

    fn head(&self, key: &Key) -> Result<Option<Bytes>, Fault> {
        self.part(key.bytes())
    }

    fn part(&self, key: &[u8]) -> Result<Option<Bytes>, Fault> {
        match self.batch.get(key) {
            Some(changed) => Ok(changed.clone()),
            None => self.view.0.get(key),
        }
    }
}
