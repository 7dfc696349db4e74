//! `import`: reads a file bit by bit, many requests in flight at once so that the store can write them together, keeps
//! what is rejected with the reason, and goes on.

mod ahead;
mod csv;
mod entry;
mod jsonl;
mod reason;
mod rejects;
mod split;

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use helpdesk_core::desk::AdminDesk;
use serde_json::json;
use tokio::task::JoinSet;

use super::progress::{Interrupt, Progress};
use crate::args::{Import, ImportVerb};
use crate::backend::Opening;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::Saying;
use crate::output::{Cell, Object, Sheet};
use ahead::Ahead;
use entry::{Answer, Entry, Job, Took};
use rejects::Rejects;

/// How many entries are in flight at most. Measured on two busy cores: 256 take half the time of 64, since more share a
/// sync and fewer threads are woken; bytes are bounded on their own.
const IN_FLIGHT: usize = 256;
/// How many bytes of entries are in flight at most, unless a single one has more.
const BYTES_IN_FLIGHT: usize = 32 * 1024 * 1024;
/// How many bodies' bytes a line may have: a request with a few long messages.
const BODIES_A_LINE: usize = 8;
/// How much of a line that is too long is kept for whoever mends it.
const KEPT: usize = 1000;
/// The mark that some editors put before UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Where entries come from.
pub(super) trait Feed: Send {
    /// The next entry; `None` at the end.
    ///
    /// # Errors
    /// If the file cannot be read on.
    fn next(&mut self) -> Result<Option<Entry>, Failure>;
}

/// What an import came to.
#[derive(Default)]
struct Tally {
    read: u64,
    created: u64,
    known: u64,
    rejected: u64,
}

/// Runs a verb.
///
/// # Errors
/// If the file cannot be read, the store fails, or something was rejected.
pub(super) async fn run(verb: ImportVerb, env: &Env) -> Result<(), Failure> {
    let (options, is_csv) = match verb {
        ImportVerb::Jsonl(options) => (options, false),
        ImportVerb::Csv(options) => (options, true),
    };
    let (source, length) = open(&options.file)?;
    let longest = helpdesk_core::Limits::default().body_bytes * BODIES_A_LINE;
    let mut interrupt = Interrupt::watch().await;
    let open = move || -> Result<Box<dyn Feed>, Failure> {
        if is_csv {
            Ok(Box::new(csv::Rows::new(source, longest)?))
        } else {
            Ok(Box::new(jsonl::Lines::new(source, longest)))
        }
    };
    let done = resumed(&options)?;
    let feed = tokio::select! {
        feed = Ahead::begin(open) => feed?,
        () = interrupt.wait() => {
            remember(&options, done)?;
            return Err(interrupted(done));
        }
    };
    let admin = admin(&options, env).await?;
    let job = Job { admin, source: options.source.clone(), dry_run: options.dry_run, language: env.output.language };
    let kept = beside(&options.file, "rejects.jsonl");
    let mut rejects = Rejects::new(kept, options.resume, options.dry_run, env.output.language)?;
    let mut tally = Tally::default();
    let mut progress = Progress::new("import", length, env);
    let all = take(feed, &job, done, &mut interrupt, &mut rejects, &mut tally, &mut progress).await;
    progress.finish();
    let kept = rejects.finish()?;
    match all {
        Ok(None) => forget(&options)?,
        Ok(Some(line)) => {
            remember(&options, line)?;
            return Err(interrupted(line));
        }
        Err(failure) => return Err(failure),
    }
    print(&tally, kept.as_deref(), &options, env)?;
    if tally.rejected > 0 {
        let kept = kept.map(|path| path.display().to_string());
        return Err(Failure::Partly { rejected: tally.rejected, read: tally.read, kept });
    }
    Ok(())
}

/// Takes every entry; gives the line up to which everything is done if it was interrupted.
async fn take(
    mut feed: Ahead,
    job: &Job,
    done: u64,
    interrupt: &mut Interrupt,
    rejects: &mut Rejects,
    tally: &mut Tally,
    progress: &mut Progress,
) -> Result<Option<u64>, Failure> {
    let mut flight = JoinSet::new();
    let mut sizes: VecDeque<usize> = VecDeque::new();
    let mut bytes = 0;
    let mut last = done;
    // An export brings its tenant's settings; other files come to a tenant with the usual ones.
    let (mut has_tenant, mut brings_its_own) = (job.dry_run, false);
    loop {
        let next = tokio::select! {
            biased;
            () = interrupt.wait() => {
                land(&mut flight, 0, tally, rejects).await?;
                return Ok(Some(last));
            }
            next = feed.next() => next?,
        };
        let Some(entry) = next else { break };
        if entry.number <= done {
            continue;
        }
        brings_its_own |= !has_tenant && entry.is_export();
        if !has_tenant && !brings_its_own && entry.is_request() {
            land(&mut flight, 0, tally, rejects).await?;
            job.make_tenant().await?;
            has_tenant = true;
        }
        last = entry.number;
        tally.read += 1;
        let (offset, size) = (entry.offset, entry.size());
        while flight.len() >= IN_FLIGHT || (bytes + size > BYTES_IN_FLIGHT && !flight.is_empty()) {
            let next = flight.len() - 1;
            land(&mut flight, next, tally, rejects).await?;
            bytes -= sizes.pop_front().unwrap_or_default();
        }
        if entry.is_record() {
            // What tickets rest on comes first and alone: settings say how numbers are read.
            land(&mut flight, 0, tally, rejects).await?;
            sizes.clear();
            bytes = 0;
            let answer = job.clone().take(entry).await;
            count(answer, tally, rejects)?;
        } else {
            sizes.push_back(size);
            bytes += size;
            flight.spawn(job.clone().take(entry));
        }
        progress.at(offset, tally.read);
    }
    land(&mut flight, 0, tally, rejects).await?;
    if !has_tenant && !brings_its_own {
        job.make_tenant().await?;
    }
    Ok(None)
}

/// Waits until no more than `left` are in flight.
async fn land(
    flight: &mut JoinSet<Answer>,
    left: usize,
    tally: &mut Tally,
    rejects: &mut Rejects,
) -> Result<(), Failure> {
    while flight.len() > left {
        match flight.join_next().await {
            Some(Ok(answer)) => count(answer, tally, rejects)?,
            Some(Err(error)) => return Err(Failure::io("import", io::Error::other(error))),
            None => break,
        }
    }
    Ok(())
}

fn count(answer: Answer, tally: &mut Tally, rejects: &mut Rejects) -> Result<(), Failure> {
    match answer.took? {
        Took::Created => tally.created += 1,
        Took::Known => tally.known += 1,
        Took::Rejected(reason) => {
            tally.rejected += 1;
            rejects.keep(answer.number, &reason, &answer.text)?;
        }
    }
    Ok(())
}

async fn admin(options: &Import, env: &Env) -> Result<AdminDesk<'static>, Failure> {
    if options.dry_run { env.rehearsal().await } else { env.admin(Opening::Create).await }
}

fn interrupted(line: u64) -> Failure {
    let hint = Saying::new(
        format!("everything up to line {line} is done; go on with the same command and --resume"),
        format!("bis Zeile {line} ist alles getan; weiter mit demselben Befehl und --resume"),
    );
    Failure::Interrupted { hint }
}

fn open(file: &Path) -> Result<(Box<dyn Read + Send>, Option<u64>), Failure> {
    if file == Path::new("-") {
        return Ok((Box::new(io::stdin()), None));
    }
    let failed = |error| Failure::io(file.display().to_string(), error);
    let opened = File::open(file).map_err(failed)?;
    let length = opened.metadata().map_err(failed)?.len();
    Ok((Box::new(opened), Some(length)))
}

/// The file beside the imported one: `FILE.rejects.jsonl`, `FILE.resume`.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let name = if file == Path::new("-") { Path::new("import") } else { file };
    let mut path = name.as_os_str().to_owned();
    path.push(".");
    path.push(ending);
    path.into()
}

fn resumed(options: &Import) -> Result<u64, Failure> {
    if !options.resume {
        return Ok(0);
    }
    let path = beside(&options.file, "resume");
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().parse().unwrap_or(0)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
        Err(error) => Err(Failure::io(path.display().to_string(), error)),
    }
}

fn remember(options: &Import, line: u64) -> Result<(), Failure> {
    let path = beside(&options.file, "resume");
    std::fs::write(&path, format!("{line}\n")).map_err(|error| Failure::io(path.display().to_string(), error))
}

fn forget(options: &Import) -> Result<(), Failure> {
    let path = beside(&options.file, "resume");
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::io(path.display().to_string(), error)),
        _ => Ok(()),
    }
}

fn print(tally: &Tally, kept: Option<&Path>, options: &Import, env: &Env) -> Result<(), Failure> {
    let kept = kept.map(|path| path.display().to_string());
    let item = Object::new()
        .with("read", tally.read)
        .with("created", tally.created)
        .with("known", tally.known)
        .with("rejected", tally.rejected)
        .with("rejects", json!(kept))
        .with("dry_run", options.dry_run);
    let mut sheet = Sheet { columns: vec!["key", "value"], rows: Vec::new() };
    for (name, count) in
        [("read", tally.read), ("created", tally.created), ("known", tally.known), ("rejected", tally.rejected)]
    {
        sheet.rows.push(vec![Cell::new(name), Cell::new(count.to_string())]);
    }
    env.output.item("helpdesk/import/1", item, &[], &sheet)
}
