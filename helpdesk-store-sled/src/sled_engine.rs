//! sled as an engine: one tree, one batch an act, and a sync that reaches the disk.
//!
//! Five of its ways are met here. `flush` hands everything to the operating system and asks it to begin writing, which
//! no power cut waits for; so the data file is synced through a handle of our own after it. It panics on damage, also
//! while opening; so every call is caught and told as a fault. Walking back, it takes four bytes `ff` for the end of
//! what begins with the bytes before them, and loses its way; so no key has two of them in a row. Damage in the middle
//! of its log it takes for the torn end of a crash, and forgets without a word what comes after; so acts are counted,
//! the count is noted in a file beside it once they are durable, and a store that has fewer than were noted is refused.
//! Left alone it would flush by itself at times; it is told not to, as acts decide when.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use super::engine::{Batch, Bytes, Direction, Engine, Pairs};
use super::error::Fault;

/// The file that has all of sled's data as long as no value is long.
const DATA: &str = "db";
/// The file with the form of the others.
const CONFIG: &str = "conf";

/// The file with the number of acts that are known to be durable.
const ACTS: &str = "helpdesk.acts";
/// Where the number of acts stands. No key of the store is like this.
const ACTS_KEY: [u8; 2] = [0xff, 0xff];

/// How long a flush may take before the engine is given up: a thread of sled that failed may never answer.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often a folder is tried that is open still: a thread of sled may hold it for a moment after its store was closed.
const TRIES: u32 = 10;
/// How long between them.
const BETWEEN: Duration = Duration::from_millis(30);

/// An open folder.
pub(crate) struct SledEngine {
    tree: sled::Db,
    folder: PathBuf,
    data: File,
    acts: AtomicU64,
    flusher: Flusher,
}

/// A thread that flushes, so that it can be waited for with an end.
struct Flusher {
    asked: Sender<()>,
    done: Mutex<Receiver<sled::Result<()>>>,
    thread: Option<JoinHandle<()>>,
}

impl SledEngine {
    /// Whether a folder has a store in it, or what is left of one.
    pub(crate) fn is_there(folder: &Path) -> bool {
        folder.join(DATA).exists() || folder.join(CONFIG).exists()
    }

    /// Opens a folder, and makes it if it is not there. At most about `cache` bytes of it are kept in memory.
    pub(crate) fn open(folder: &Path, cache: u64) -> Result<Self, Fault> {
        let config = sled::Config::new()
            .path(folder)
            .cache_capacity(cache)
            .flush_every_ms(None)
            .mode(sled::Mode::HighThroughput)
            .print_profile_on_drop(false);
        let tree = opened(&config)?;
        let data = File::options().read(true).write(true).open(folder.join(DATA)).map_err(Fault::Io)?;
        let acts = caught(|| tree.get(ACTS_KEY))?;
        let acts = acts.and_then(|acts| acts.as_ref().try_into().ok()).map_or(0, u64::from_be_bytes);
        if acts < noted(folder)? {
            return Err(Fault::Broken("acts are missing that were durable".to_owned()));
        }
        let flusher = Flusher::start(tree.clone())?;
        Ok(Self { tree, folder: folder.to_owned(), data, acts: AtomicU64::new(acts), flusher })
    }

    /// Whether nothing stands there, also not in trees that are not ours.
    pub(crate) fn is_empty(&self) -> Result<bool, Fault> {
        let first = caught(|| self.tree.iter().next().transpose())?;
        Ok(first.is_none() && caught(|| Ok(self.tree.tree_names()))?.len() == 1)
    }

    /// Makes everything of a new folder durable, the names of its files too: they survive a power cut only when their
    /// folders are synced.
    pub(crate) fn settle(&self) -> Result<(), Fault> {
        self.sync()?;
        let sync = |path: &Path| File::open(path).and_then(|file| file.sync_all()).map_err(Fault::Io);
        sync(&self.folder.join(CONFIG))?;
        sync(&self.folder.join(ACTS))?;
        sync(&self.folder)?;
        let around = self.folder.parent().filter(|around| !around.as_os_str().is_empty());
        sync(around.unwrap_or(Path::new(".")))
    }

    /// Notes how many acts are durable. Always as many bytes are written over the last ones, in one sector.
    fn note(&self) -> std::io::Result<()> {
        let mut note = File::options().write(true).create(true).truncate(false).open(self.folder.join(ACTS))?;
        note.write_all(format!("{:020}\n", self.acts.load(Ordering::Relaxed)).as_bytes())
    }
}

impl Flusher {
    fn start(tree: sled::Db) -> Result<Self, Fault> {
        let ((asked, asks), (answers, done)) = (channel(), channel());
        let flush = move || {
            while asks.recv().is_ok() {
                // What it panics on is told by the channel that ends.
                if answers.send(tree.flush().map(drop)).is_err() {
                    break;
                }
            }
        };
        let thread = std::thread::Builder::new().name("helpdesk-flush".to_owned()).spawn(flush).map_err(Fault::Io)?;
        Ok(Self { asked, done: Mutex::new(done), thread: Some(thread) })
    }

    /// Hands everything to the operating system.
    fn flush(&self) -> Result<(), Fault> {
        let gone = || Fault::Broken("the engine gave up".to_owned());
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        self.asked.send(()).map_err(|_| gone())?;
        match done.recv_timeout(PATIENCE) {
            Ok(flushed) => caught(|| flushed),
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
            Err(RecvTimeoutError::Timeout) => Err(Fault::Io(ErrorKind::TimedOut.into())),
        }
    }
}

impl Drop for SledEngine {
    fn drop(&mut self) {
        // While it was open the note was left to the operating system, as it may be old. It is not worth a failure.
        drop(File::open(self.folder.join(ACTS)).and_then(|note| note.sync_data()));
        // The thread has the folder open too: it ends when nobody asks any more.
        drop(std::mem::replace(&mut self.flusher.asked, channel().0));
        if let Some(thread) = self.flusher.thread.take() {
            drop(thread.join());
        }
    }
}

/// The number of acts that a folder's note says; none if it says nothing that can be read.
fn noted(folder: &Path) -> Result<u64, Fault> {
    match std::fs::read(folder.join(ACTS)) {
        Ok(bytes) => Ok(std::str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse().ok()).unwrap_or(0)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Fault::Io(error)),
    }
}

/// Opens it, or waits for a moment if it is open still.
#[expect(clippy::disallowed_methods, reason = "opening blocks, as it says")]
fn opened(config: &sled::Config) -> Result<sled::Db, Fault> {
    for _ in 1..TRIES {
        match caught(|| config.open()).map_err(held) {
            Err(Fault::Io(error)) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(BETWEEN),
            opened => return opened,
        }
    }
    caught(|| config.open()).map_err(held)
}

/// sled has no error of its own for a folder that is open already.
fn held(fault: Fault) -> Fault {
    match fault {
        Fault::Io(error) if error.to_string().contains("could not acquire lock") => {
            Fault::Io(std::io::Error::new(std::io::ErrorKind::WouldBlock, error))
        }
        fault => fault,
    }
}

impl Engine for SledEngine {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Fault> {
        Ok(caught(|| self.tree.get(masked(key)))?.map(|value| value.to_vec()))
    }

    fn range(&self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'_> {
        if from >= to {
            return Box::new(std::iter::empty());
        }
        let mut range = self.tree.range(masked(from)..masked(to));
        Box::new(std::iter::from_fn(move || {
            let pair = caught(|| {
                let pair = if direction == Direction::Rising { range.next() } else { range.next_back() };
                pair.transpose()
            });
            pair.map(|pair| pair.map(|(key, value)| (unmasked(&key), value.to_vec()))).transpose()
        }))
    }

    fn apply(&self, batch: &Batch) -> Result<(), Fault> {
        let mut whole = sled::Batch::default();
        for (key, value) in batch {
            match value {
                Some(value) => whole.insert(masked(key), value.as_slice()),
                None => whole.remove(masked(key)),
            }
        }
        // A batch is put in key by key. What cannot be read fails here, before the first of them stands.
        for key in batch.keys() {
            caught(|| self.tree.get(masked(key)))?;
        }
        let acts = self.acts.load(Ordering::Relaxed) + 1;
        whole.insert(&ACTS_KEY, &acts.to_be_bytes());
        caught(|| self.tree.apply_batch(whole))?;
        self.acts.store(acts, Ordering::Relaxed);
        Ok(())
    }

    fn sync(&self) -> Result<(), Fault> {
        self.flusher.flush()?;
        self.data.sync_data().map_err(Fault::Io)?;
        // Only what is durable is noted, so that no note is larger than the truth.
        self.note().map_err(Fault::Io)
    }

    fn size(&self) -> Result<u64, Fault> {
        caught(|| self.tree.size_on_disk())
    }
}

/// A key with a zero behind every `ff`. The order of keys stays as it is.
fn masked(key: &[u8]) -> Bytes {
    let mut masked = Vec::with_capacity(key.len() + 4);
    for byte in key {
        masked.push(*byte);
        if *byte == 0xff {
            masked.push(0);
        }
    }
    masked
}

fn unmasked(masked: &[u8]) -> Bytes {
    let mut key = Vec::with_capacity(masked.len());
    let mut bytes = masked.iter();
    while let Some(byte) = bytes.next() {
        key.push(*byte);
        if *byte == 0xff {
            bytes.next();
        }
    }
    key
}

/// Calls sled. What it panics on is damage.
fn caught<T>(call: impl FnOnce() -> sled::Result<T>) -> Result<T, Fault> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(error))) => Err(Fault::Io(error)),
        Ok(Err(error)) => Err(Fault::Broken(error.to_string())),
        Err(_) => Err(Fault::Broken("the engine gave up".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn opened(folder: &Path) -> SledEngine {
        SledEngine::open(folder, 1024 * 1024).unwrap()
    }

    fn keys(engine: &SledEngine, from: &[u8], to: &[u8], direction: Direction) -> Vec<Bytes> {
        engine.range(from, to, direction).map(|pair| pair.unwrap().0).collect()
    }

    #[test]
    fn walking_back_finds_what_walking_on_finds() {
        let folder = tempfile::tempdir().unwrap();
        let engine = opened(folder.path());
        let mut batch = Batch::new();
        for group in 0..6_u8 {
            for n in 0..800_u64 {
                let middle = if n % 2 == 0 { u64::MAX } else { n };
                let key = [&[group][..], &middle.to_be_bytes(), &n.to_be_bytes()].concat();
                batch.insert(key, Some(vec![0; 40]));
            }
        }
        engine.apply(&batch).unwrap();
        for group in 0..6_u8 {
            let (from, to) = ([group], [group + 1]);
            let mut back = keys(&engine, &from, &to, Direction::Falling);
            back.reverse();
            let on = keys(&engine, &from, &to, Direction::Rising);
            assert_eq!(on.len(), 800);
            assert_eq!(on, back, "{group}");
            let last = engine.range(&from, &to, Direction::Falling).next().unwrap().unwrap();
            assert_eq!(Some(&last.0), on.last());
        }
    }

    proptest! {
        #[test]
        fn masking_keeps_keys_and_their_order(mut keys: Vec<Vec<u8>>, ends in prop::collection::vec(0xfc_u8.., 0..6)) {
            keys.push(ends);
            for key in &keys {
                prop_assert_eq!(&unmasked(&masked(key)), key);
                prop_assert!(!masked(key).windows(2).any(|pair| pair == [0xff, 0xff]));
            }
            let mut by_mask = keys.clone();
            by_mask.sort_by_key(|key| masked(key));
            keys.sort();
            prop_assert_eq!(by_mask, keys);
        }
    }
}
