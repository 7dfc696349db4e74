//! `outbox`: what waits is posted to endpoints; dead letters are listed, posted again, dropped.

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{Redelivered, RedeliveryReport, RelayReport, Written};
use helpdesk_core::query::PageSize;
use helpdesk_core::relay::{DeadLetter, DroppedLetter, EventSink};
use helpdesk_core::settings::Settings;
use helpdesk_core::text::Invalid;
use helpdesk_core::ticket::EventId;
use helpdesk_core::webhook::{EndpointId, WebhookSink};
use serde_json::{Value, json};

use super::conditions::record_conditions;
use super::events::EVERY;
use super::progress::Interrupt;
use super::rehearse::named;
use super::webhook::{print_report, transport};
use crate::args::{OutboxVerb, Page, RecordWrite};
use crate::backend::Opening;
use crate::env::{Env, integer, natural};
use crate::failure::Failure;
use crate::lang::{self, Phrase, Saying};
use crate::output::{Cell, Listed, Object, Sheet, Tone, relative, time};

/// Most events of one call.
const MOST: u64 = 100_000;
/// Events that are claimed at once: few enough to be through within a lease.
const BATCH: usize = 200;
/// Dead letters that are told again at once.
const LETTERS: usize = 100;

/// Runs a verb.
///
/// # Errors
/// As the desk says; `Partly` if dead letters were posted again in vain.
pub(super) async fn run(verb: OutboxVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        OutboxVerb::Relay { follow, limit, dry_run } => relay(follow, &limit, dry_run, env).await,
        OutboxVerb::List { dropped: false, page } => list(&page, env).await,
        OutboxVerb::List { dropped: true, page } => list_dropped(&page, env).await,
        OutboxVerb::Retry { event, endpoint, dry_run, .. } => {
            let event = event.as_deref().map(str::parse).transpose()?;
            retry(event, endpoint.as_deref(), dry_run, env).await
        }
        OutboxVerb::Drop { event, reason, write } => drop_letter(event.parse()?, &reason, &write, env).await,
        OutboxVerb::On(write) => switch(true, &write, env).await,
        OutboxVerb::Off(write) => switch(false, &write, env).await,
    }
}

async fn relay(follow: bool, limit: &str, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let limit = natural("limit", limit)?;
    let in_range = usize::try_from(limit).ok().filter(|_| (1..=MOST).contains(&limit));
    let limit = in_range.ok_or_else(|| Invalid::malformed("limit", "1 to 100000"))?;
    env.admin(Opening::Existing).await?.settings().await?;
    let desk = env.desk(Opening::Existing).await?;
    if dry_run {
        return print_waiting(&desk, limit, env).await;
    }
    let sink = WebhookSink::new(&desk, transport()?);
    let mut interrupt = Interrupt::watch().await;
    loop {
        let report = batches(&desk, &sink, limit, &interrupt).await?;
        let did = report.delivered + report.retried + report.dead + report.failed.len();
        if !follow {
            print_relayed(&report, env)?;
        } else if did > 0 {
            let (sheet, item) = relayed(&report);
            env.output.more(RELAY, &sheet, vec![item])?;
        }
        if interrupt.happened() {
            let hint = Phrase("nothing is lost; begin it again", "nichts ist verloren; es noch einmal beginnen").into();
            return Err(Failure::Interrupted { hint });
        }
        if !follow {
            return Ok(());
        }
        if !report.more {
            tokio::select! {
                () = interrupt.wait() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }
}

/// Relays in batches until the limit is reached, nothing more waits, or somebody wants it to end.
async fn batches(
    desk: &Helpdesk,
    sink: &dyn EventSink,
    limit: usize,
    interrupt: &Interrupt,
) -> Result<RelayReport, Failure> {
    let mut all = RelayReport::default();
    let mut left = limit;
    while left > 0 && !interrupt.happened() {
        let report = desk.relay(sink, left.min(BATCH)).await?;
        let taken = report.delivered + report.retried + report.dead + report.held_back + report.late;
        left = left.saturating_sub(taken.max(1));
        all.delivered += report.delivered;
        all.retried += report.retried;
        all.dead += report.dead;
        all.held_back += report.held_back;
        all.late += report.late;
        all.failed.extend(report.failed);
        all.more = report.more;
        if !report.more {
            break;
        }
    }
    Ok(all)
}

/// What a relay did.
const RELAY: &str = "helpdesk/outbox.relay/1";

fn relayed(report: &RelayReport) -> (Sheet, Object) {
    let failed = report
        .failed
        .iter()
        .map(|(tenant, ticket, error)| json!({ "tenant": tenant, "ticket": ticket, "code": error.code().as_str() }));
    let failed: Vec<Value> = failed.collect();
    let counts = [
        ("delivered", report.delivered),
        ("retried", report.retried),
        ("dead", report.dead),
        ("held_back", report.held_back),
        ("late", report.late),
        ("failed", failed.len()),
    ];
    let rows = counts.map(|(name, count)| vec![Cell::new(name), Cell::new(count.to_string())]).into();
    let item = Object::new()
        .with("delivered", report.delivered)
        .with("retried", report.retried)
        .with("dead", report.dead)
        .with("held_back", report.held_back)
        .with("late", report.late)
        .with("failed", failed)
        .with("more", report.more);
    (Sheet { columns: vec!["key", "value"], rows }, item)
}

fn print_relayed(report: &RelayReport, env: &Env) -> Result<(), Failure> {
    let (sheet, item) = relayed(report);
    env.output.item(RELAY, item, &[("dry_run", json!(false))], &sheet)?;
    if report.dead > 0 {
        env.output.next("helpdesk outbox list");
    }
    Ok(())
}

async fn print_waiting(desk: &Helpdesk, limit: usize, env: &Env) -> Result<(), Failure> {
    env.output.say(lang::DRY_RUN.get(env.output.language));
    let waiting: Vec<Value> = desk.waiting(limit).await?.iter().map(named).collect();
    let rows = vec![vec![Cell::new("events"), Cell::new(waiting.len().to_string())]];
    let sheet = Sheet { columns: vec!["key", "value"], rows };
    env.output.item(RELAY, Object::new().with("events", waiting), &[("dry_run", json!(true))], &sheet)
}

/// Where a page begins, and how many it has.
fn asked(page: &Page) -> Result<(Option<EventId>, usize), Failure> {
    let after = page.cursor.as_deref().map(str::parse).transpose()?;
    Ok((after, PageSize::new(integer("limit", &page.limit)?)?.get()))
}

async fn list(page: &Page, env: &Env) -> Result<(), Failure> {
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

async fn list_dropped(page: &Page, env: &Env) -> Result<(), Failure> {
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

async fn retry(event: Option<EventId>, endpoint: Option<&str>, dry_run: bool, env: &Env) -> Result<(), Failure> {
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

async fn drop_letter(event: EventId, reason: &str, write: &RecordWrite, env: &Env) -> Result<(), Failure> {
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

async fn switch(on: bool, write: &RecordWrite, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    let written: Written<Settings> = admin.set_outbox(on).with(record_conditions(write)?).await?;
    let Written { value, version, replayed, dry_run } = written;
    if dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    }
    let sheet = Sheet {
        columns: vec!["key", "value"],
        rows: vec![["outbox", if on { "true" } else { "false" }].map(Cell::new).into()],
    };
    let item = Object::new().with("outbox", value.outbox).with("settings_version", version.0);
    let extra = [("dry_run", json!(dry_run)), ("replayed", json!(replayed))];
    env.output.item("helpdesk/outbox.switch/1", item, &extra, &sheet)
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
