//! One bench per question, each against the bare engine doing the same in the same run. `benches/run` repeats all.
//!
//! The harness knows stores only as `dyn Store`; `world` is the one place that opens a particular one. The questions
//! stand in `questions`, what they are compared with in `tape` (what the desk wrote, row by row) and `bare` (the same
//! rows by plain sqlx). What is asked of PostgreSQL and MariaDB stands in `servers`, with the same tape.

mod bare;
mod fill;
mod measure;
mod questions;
mod recorder;
mod rival;
mod servers;
mod tape;
mod world;

use std::path::PathBuf;

use questions::{backends, calendar, create, fold, life, lists, parts, size, sweep, ticket};

/// What anything here may fail with: a bench that fails says why and ends.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What is asked, and how much of it.
pub(crate) struct Asked {
    /// Where the files go.
    dir: PathBuf,
    /// Acts per round and writer.
    acts: usize,
    /// Rounds; the middle one counts.
    rounds: usize,
    /// Tickets of the large store.
    large: u64,
}

const USAGE: &str = "helpdesk-benches QUESTION [--dir DIR] [--acts N] [--rounds N] [--large N]
questions: calendar fold create life parts lists ticket sweep size; of every backend: write read bytes;
of servers: server-write server-read";

fn main() -> Result<(), Failure> {
    let mut asked = Asked { dir: std::env::temp_dir(), acts: 400, rounds: 9, large: 1_000_000 };
    let mut question = None;
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(USAGE);
        match word.as_str() {
            "--dir" => asked.dir = value()?.into(),
            "--acts" => asked.acts = value()?.parse()?,
            "--rounds" => asked.rounds = value()?.parse()?,
            "--large" => asked.large = value()?.parse()?,
            other => question = Some(other.to_owned()),
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async move {
        // In a task, as hosts call it: the thread that blocks on a future is woken more slowly.
        let task = tokio::spawn(async move { answer(question.as_deref().unwrap_or_default(), &asked).await });
        task.await?
    })
}

async fn answer(question: &str, asked: &Asked) -> Result<(), Failure> {
    match question {
        "write" => backends::write(asked).await,
        "read" => backends::read(asked).await,
        "bytes" => backends::size(asked).await,
        "server-write" => servers::write::ask(asked).await,
        "server-read" => servers::read::ask(asked).await,
        "calendar" => calendar::ask(asked),
        "create" => create::ask(asked).await,
        "fold" => fold::ask(asked),
        "life" => life::ask(asked).await,
        "lists" => lists::ask(asked).await,
        "parts" => parts::ask(asked).await,
        "ticket" => ticket::ask(asked).await,
        "sweep" => sweep::ask(asked).await,
        "size" => size::ask(asked).await,
        _ => Err(USAGE.into()),
    }
}
