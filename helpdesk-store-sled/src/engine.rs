//! What the store asks of an engine: ordered keys, a batch that is applied whole, a sync. Nothing of the desk is known
//! here, and nothing of sled: that is in `sled_engine`.

use std::collections::BTreeMap;

use super::error::Fault;

/// Keys and values, as an engine takes and gives them.
pub(crate) type Bytes = Vec<u8>;

/// Keys with their values, in order.
pub(crate) type Pairs<'a> = Box<dyn Iterator<Item = Result<(Bytes, Bytes), Fault>> + 'a>;

/// What is to be written under a key, or `None` to take it away.
pub(crate) type Batch = BTreeMap<Bytes, Option<Bytes>>;

/// Which way a range is walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From the smallest key on.
    Rising,
    /// From the largest key on.
    Falling,
}

/// An engine of ordered keys. One thread writes, any number read; the store sees to it that nobody reads while a batch
/// is applied.
pub(crate) trait Engine: Send + Sync {
    /// What stands under a key.
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Fault>;

    /// What stands from `from` on and before `to`.
    fn range(&self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'_>;

    /// Changes everything, or after a crash nothing. It need not survive the end of the process before `sync`.
    fn apply(&self, batch: &Batch) -> Result<(), Fault>;

    /// Makes everything applied survive a power cut.
    fn sync(&self) -> Result<(), Fault>;

    /// How large it is on the disk, in bytes.
    fn size(&self) -> Result<u64, Fault>;
}
