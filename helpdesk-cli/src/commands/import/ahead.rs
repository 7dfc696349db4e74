//! A file read ahead, on a thread of its own: whoever waits for a silent pipe still hears Ctrl-C.

use tokio::sync::{mpsc, oneshot};

use super::Feed;
use super::entry::Entry;
use crate::failure::Failure;

/// How many entries are read ahead. Few, since each may be large.
const AHEAD: usize = 4;

/// Entries as they come.
pub(super) struct Ahead(mpsc::Receiver<Result<Entry, Failure>>);

impl Ahead {
    /// Begins to read what `feed` opens.
    ///
    /// # Errors
    /// If it cannot be opened.
    pub(super) async fn begin<F>(feed: F) -> Result<Self, Failure>
    where
        F: FnOnce() -> Result<Box<dyn Feed>, Failure> + Send + 'static,
    {
        let (opened, is_open) = oneshot::channel();
        let (entries, waiting) = mpsc::channel(AHEAD);
        std::thread::spawn(move || match feed() {
            Ok(feed) => {
                // Where nobody listens any more, nothing is read.
                if opened.send(Ok(())).is_ok() {
                    read(feed, &entries);
                }
            }
            Err(failure) => drop(opened.send(Err(failure))),
        });
        is_open.await.map_err(|error| Failure::io("import", std::io::Error::other(error)))??;
        Ok(Self(waiting))
    }

    /// The next entry; `None` at the end.
    ///
    /// # Errors
    /// If the file cannot be read on.
    pub(super) async fn next(&mut self) -> Result<Option<Entry>, Failure> {
        self.0.recv().await.transpose()
    }
}

fn read(mut feed: Box<dyn Feed>, entries: &mpsc::Sender<Result<Entry, Failure>>) {
    while let Some(entry) = feed.next().transpose() {
        let ends = entry.is_err();
        if entries.blocking_send(entry).is_err() || ends {
            return;
        }
    }
}
