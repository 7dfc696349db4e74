//! `export`: everything of a tenant, by pages, in an order that does not change.

use std::io::Write;

use helpdesk_core::desk::{AdminDesk, TicketDump};
use helpdesk_core::env::Timestamp;
use helpdesk_core::store::RecordKind;
use helpdesk_core::ticket::Message;
use serde::Serialize;

use super::form::{KNOWN, RECORD, TICKET, TOLD};
use super::progress::{Interrupt, Progress};
use crate::args::ExportVerb;
use crate::backend::Opening;
use crate::env::{Env, instant};
use crate::failure::Failure;
use crate::lang::{CSV_IS_A_TABLE, Phrase};
use crate::output::{neutral, stdout, time};

/// How many things are fetched at a time.
const PAGE: usize = 100;

#[derive(Serialize)]
struct Line<'a, T> {
    schema: &'static str,
    item: &'a T,
}

/// Runs a verb.
///
/// # Errors
/// If the store or standard output fails.
pub(super) async fn run(verb: ExportVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        ExportVerb::Jsonl { since } => jsonl(since.as_deref(), env).await,
        ExportVerb::Csv { since, raw } => csv(since.as_deref(), raw, env).await,
    }
}

/// A thing as one line.
///
/// # Errors
/// If it cannot be written as JSON, which would be a bug.
pub(super) fn line<T: Serialize>(schema: &'static str, item: &T) -> Result<String, Failure> {
    serde_json::to_string(&Line { schema, item }).map_err(|error| Failure::output(error.into()))
}

async fn jsonl(since: Option<&str>, env: &Env) -> Result<(), Failure> {
    let since = since.map(|since| instant("since", since)).transpose()?;
    let admin = env.admin(Opening::Existing).await?;
    let mut out = stdout();
    for kind in RecordKind::ALL.into_iter().filter(|kind| kind.is_exported()) {
        let mut after: Option<String> = None;
        loop {
            let page = admin.dump_records(kind, after.as_deref(), PAGE).await?;
            for record in &page {
                writeln!(out, "{}", line(RECORD, record)?).map_err(Failure::output)?;
            }
            match page.into_iter().next_back() {
                Some(last) => after = Some(last.key),
                None => break,
            }
        }
    }
    tickets(&admin, since, env, |dump| writeln!(out, "{}", line(TICKET, dump)?).map_err(Failure::output)).await?;
    out.flush().map_err(Failure::output)
}

async fn csv(since: Option<&str>, raw: bool, env: &Env) -> Result<(), Failure> {
    let since = since.map(|since| instant("since", since)).transpose()?;
    let admin = env.admin(Opening::Existing).await?;
    env.output.say(CSV_IS_A_TABLE.get(env.output.language));
    let mut writer = csv::Writer::from_writer(stdout());
    let broken = |error: csv::Error| Failure::output(error.into());
    // Those of `import csv`, then what is only told.
    writer.write_record(KNOWN.iter().chain(&TOLD)).map_err(broken)?;
    tickets(&admin, since, env, |dump| {
        if dump.ticket.deleted_at.is_some() {
            return Ok(());
        }
        let cells = cells(dump);
        let cells = cells.iter().map(|cell| if raw { cell.clone() } else { neutral(cell) });
        writer.write_record(cells.collect::<Vec<_>>()).map_err(broken)
    })
    .await?;
    writer.flush().map_err(Failure::output)
}

/// Gives every ticket that changed at `since` or later to `write`, by rising id.
async fn tickets(
    admin: &AdminDesk<'_>,
    since: Option<Timestamp>,
    env: &Env,
    mut write: impl FnMut(&TicketDump) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut progress = Progress::new("export", None, env);
    let interrupt = Interrupt::watch().await;
    let (mut after, mut done) = (None, 0);
    loop {
        let dumps = admin.dump(after, PAGE).await?;
        let Some(last) = dumps.last() else { break };
        after = Some(last.ticket.id);
        for dump in dumps.iter().filter(|dump| since.is_none_or(|since| dump.ticket.updated_at >= since)) {
            write(dump)?;
            done += 1;
        }
        progress.at(done, done);
        if interrupt.happened() {
            let again = "the output is not complete; export again";
            let hint = Phrase(again, "die Ausgabe ist nicht vollständig; noch einmal exportieren").into();
            return Err(Failure::Interrupted { hint });
        }
    }
    progress.finish();
    Ok(())
}

fn cells(dump: &TicketDump) -> Vec<String> {
    fn or_empty(value: Option<impl ToString>) -> String {
        value.map(|value| value.to_string()).unwrap_or_default()
    }
    let TicketDump { ticket, messages, .. } = dump;
    let card = &ticket.content.requester;
    let first: Option<&Message> = messages.first();
    let tags: Vec<&str> = ticket.tags.iter().map(helpdesk_core::ticket::Tag::as_str).collect();
    vec![
        ticket.id.to_string(),
        ticket.number.to_string(),
        time(ticket.created_at),
        or_empty(ticket.requester.as_ref()),
        or_empty(card.name.as_ref()),
        or_empty(card.email.as_ref()),
        ticket.content.subject.clone(),
        first.map(|message| message.body.clone()).unwrap_or_default(),
        ticket.channel.to_string(),
        ticket.kind.to_string(),
        ticket.priority.to_string(),
        or_empty(ticket.category.as_ref()),
        tags.join(","),
        ticket.status.to_string(),
        or_empty(ticket.assignee.as_ref()),
        or_empty(ticket.team.as_ref()),
        time(ticket.updated_at),
        or_empty(ticket.resolved_at.map(time)),
        or_empty(ticket.closed_at.map(time)),
    ]
}
