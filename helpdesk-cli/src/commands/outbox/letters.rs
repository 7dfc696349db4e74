//! Dead letters: listed, posted again, dropped.

use helpdesk_core::desk::{Redelivered, RedeliveryReport, Written};
use helpdesk_core::query::PageSize;
use helpdesk_core::relay::{DeadLetter, DroppedLetter};
use helpdesk_core::ticket::EventId;
use helpdesk_core::webhook::{EndpointId, WebhookSink};
use serde_json::json;

use super::super::conditions::record_conditions;
use super::super::webhook::{print_report, transport};
use crate::args::{Page, RecordWrite};
use crate::backend::Opening;
use crate::env::{Env, integer};
use crate::failure::Failure;
use crate::lang::{self, Saying};
use crate::output::{Cell, Listed, Object, Sheet, Tone, relative, time};

/// Dead letters that are told again at once.
const LETTERS: usize = 100;

/// Where a page begins, and how many it has.
fn asked(page: &Page) -> Result<(Option<EventId>, usize), Failure> {
    let after = page.cursor.as_deref().map(str::parse).transpose()?;
    Ok((after, PageSize::new(integer("limit", &page.limit)?)?.get()))
}

/// Lists dead letters.
///
/// # Errors
/// As the desk says.
pub(super) async fn list(page: &Page, env: &Env) -> Result<(), Failure> {
    let (after, size) = asked(page)?;
    let admin = env.admin(Opening::Existing).await?;
    // One more than asked tells whether more follow.
    let mut letters = admin.dead_letters(after, size + 1).await?;
    let more = letters.len() > size;
    letters.truncate(size);
    let total = if page.no_total { None } else { Some(admin.count_dead_letters().await?) };
    env.output.list(Listed {
        schema: "helpdesk/outbox.list/1",
        sheet: Sheet { columns: columns(), rows: letters.iter().map(|letter| row(letter, env)).collect() },
        items: letters.iter().map(object).collect(),
        total,
        next: letters.last().filter(|_| more).map(|letter| letter.event.to_string()),
    })
}

/// Lists those that were dropped.
///
/// # Errors
/// As the desk says.
pub(super) async fn list_dropped(page: &Page, env: &Env) -> Result<(), Failure> {
    let (after, size) = asked(page)?;
    let mut letters = env.admin(Opening::Existing).await?.dropped_letters(after, size + 1).await?;
    let more = letters.len() > size;
    letters.truncate(size);
    env.output.list(Listed {
        schema: "helpdesk/outbox.list/1",
        sheet: Sheet { columns: columns(), rows: letters.iter().map(|dropped| row(&dropped.letter, env)).collect() },
        items: letters.iter().map(dropped_object).collect(),
        total: None,
        next: letters.last().filter(|_| more).map(|dropped| dropped.letter.event.to_string()),
    })
}

/// Posts dead letters again.
///
/// # Errors
/// As the desk says; `Partly` if some failed.
pub(super) async fn retry(
    event: Option<EventId>,
    endpoint: Option<&str>,
    dry_run: bool,
    env: &Env,
) -> Result<(), Failure> {
    const RETRY: &str = "helpdesk/outbox.retry/1";
    let endpoint = endpoint.map(EndpointId::new).transpose()?;
    let admin = env.admin(Opening::Existing).await?;
    if dry_run {
        let letters = match event {
            Some(event) => vec![admin.dead_letter(event).await?],
            None => admin.dead_letters(None, usize::from(PageSize::MAX)).await?,
        };
        env.output.say(lang::DRY_RUN.get(env.output.language));
        let would = letters.iter().map(|letter| object(letter).into()).collect();
        return print_report(RETRY, &RedeliveryReport::default(), Some(would), env);
    }
    let mut sink = WebhookSink::new(&env.desk(Opening::Existing).await?, transport()?);
    if let Some(endpoint) = endpoint {
        sink = sink.only(endpoint);
    }
    let mut report = RedeliveryReport::default();
    if let Some(event) = event {
        match admin.retry_dead_letter(event, &sink).await? {
            Redelivered::Delivered => report.delivered = 1,
            Redelivered::Failed(letter) => report.failed.push((event, letter.reason)),
            Redelivered::Gone(_) => report.gone = 1,
        }
        return print_report(RETRY, &report, None, env);
    }
    loop {
        let page = admin.retry_dead_letters(report.next, LETTERS, &sink).await?;
        report.delivered += page.delivered;
        report.failed.extend(page.failed);
        report.gone += page.gone;
        report.next = page.next;
        if report.next.is_none() {
            return print_report(RETRY, &report, None, env);
        }
    }
}

/// Drops one.
///
/// # Errors
/// As the desk says.
pub(super) async fn drop_letter(event: EventId, reason: &str, write: &RecordWrite, env: &Env) -> Result<(), Failure> {
    let conditions = record_conditions(write)?;
    let admin = env.admin(Opening::Existing).await?;
    if conditions.dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    } else {
        let what = Saying::new(format!("dropping the dead letter {event}"), format!("das Verwerfen: Ereignis {event}"));
        env.confirm(&what).await?;
    }
    let Written { value, replayed, dry_run, .. } = admin.drop_dead_letter(event, reason).with(conditions).await?;
    let sheet = Sheet { columns: columns(), rows: vec![row(&value.letter, env)] };
    let extra = [("dry_run", json!(dry_run)), ("replayed", json!(replayed))];
    env.output.item("helpdesk/outbox.dropped/1", dropped_object(&value), &extra, &sheet)
}

fn columns() -> Vec<&'static str> {
    vec!["id", "kind", "tries", "last_tried", "reason"]
}

fn row(letter: &DeadLetter, env: &Env) -> Vec<Cell> {
    let tried = letter.last_tried;
    vec![
        Cell::new(letter.event.to_string()),
        Cell::new(&*letter.kind),
        Cell::new(letter.tries.to_string()),
        Cell::new(time(tried)).shown(relative(tried, env.output.now, env.output.language)).tone(Tone::Faint),
        Cell::new(&*letter.reason),
    ]
}

fn object(letter: &DeadLetter) -> Object {
    Object::new()
        .with("event", letter.event.to_string())
        .with("ticket", letter.ticket.to_string())
        .with("seq", letter.seq)
        .with("kind", letter.kind.as_str())
        .with("at", time(letter.at))
        .with("tries", letter.tries)
        .with("first_tried", time(letter.first_tried))
        .with("last_tried", time(letter.last_tried))
        .with("reason", letter.reason.as_str())
}

fn dropped_object(dropped: &DroppedLetter) -> Object {
    object(&dropped.letter)
        .with("dropped_by", dropped.dropped_by.as_str())
        .with("dropped_at", time(dropped.dropped_at))
        .with("why", dropped.why.as_str())
}
