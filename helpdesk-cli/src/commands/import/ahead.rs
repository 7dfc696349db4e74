//! A file read ahead, on a thread of its own: whoever waits for a silent pipe still hears Ctrl-C.

use tokio::sync::{mpsc, oneshot};

use super::Feed;
use super::entry::Entry;
use crate::failure::Failure;

/// How many entries are read ahead. Few, since each may be large.
const AHEAD: usize = 4;

/// An entry, or the end of the file. What ends without it was not read to its end.
type Read = Result<Option<Entry>, Failure>;

/// Entries as they come.
pub(super) struct Ahead(mpsc::Receiver<Read>);

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
        is_open.await.map_err(|_| broken_off())??;
        Ok(Self(waiting))
    }

    /// The next entry; `None` at the end.
    ///
    /// # Errors
    /// If the file cannot be read on.
    pub(super) async fn next(&mut self) -> Read {
        self.0.recv().await.unwrap_or_else(|| Err(broken_off()))
    }
}

fn read(mut feed: Box<dyn Feed>, entries: &mpsc::Sender<Read>) {
    loop {
        let entry = feed.next();
        let goes_on = matches!(entry, Ok(Some(_)));
        if entries.blocking_send(entry).is_err() || !goes_on {
            return;
        }
    }
}

fn broken_off() -> Failure {
    Failure::io("import", std::io::Error::from(std::io::ErrorKind::UnexpectedEof))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fails;

    impl Feed for Fails {
        fn next(&mut self) -> Result<Option<Entry>, Failure> {
            panic!("the test's reader ends here")
        }
    }

    #[tokio::test]
    async fn a_reader_that_ends_early_is_no_end_of_the_file() {
        let mut ahead = Ahead::begin(|| Ok(Box::new(Fails) as Box<dyn Feed>)).await.unwrap();
        assert!(matches!(ahead.next().await, Err(Failure::Io { .. })));
    }
}
