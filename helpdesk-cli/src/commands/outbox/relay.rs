//! `outbox relay`: what waits is posted to endpoints, in batches, once or until Ctrl-C.

use std::time::Duration;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::RelayReport;
use helpdesk_core::relay::EventSink;
use helpdesk_core::text::Invalid;
use helpdesk_core::webhook::WebhookSink;
use helpdesk_store_sql::OutboxListener;
use serde_json::{Value, json};

use super::super::events::EVERY;
use super::super::progress::Interrupt;
use super::super::rehearse::named;
use super::super::webhook::transport;
use crate::backend::Opening;
use crate::env::{Env, natural};
use crate::failure::Failure;
use crate::lang::{self, Phrase};
use crate::output::{Cell, Object, Sheet};

/// Most events of one call.
const MOST: u64 = 100_000;
/// Events that are claimed at once: few enough to be through within a lease.
const BATCH: usize = 200;
/// How often it is looked where commits wake it: for events that wait for another try.
const LISTENING: Duration = Duration::from_secs(10);

/// Posts what waits.
///
/// # Errors
/// If the store fails; `Interrupted` is how following ends.
pub(super) async fn run(follow: bool, limit: &str, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let limit = natural("limit", limit)?;
    let in_range = usize::try_from(limit).ok().filter(|_| (1..=MOST).contains(&limit));
    let limit = in_range.ok_or_else(|| Invalid::malformed("limit", "1 to 100000"))?;
    env.admin(Opening::Existing).await?.settings().await?;
    let desk = env.desk(Opening::Existing).await?;
    if dry_run {
        return print_waiting(&desk, limit, env).await;
    }
    let sink = WebhookSink::new(&desk, transport()?);
    let backend = env.backend(Opening::Existing).await?;
    let mut listener = match backend.waking().filter(|_| follow) {
        Some(store) if store.notifies_outbox().await? => Some(store.listen_outbox().await?),
        _ => None,
    };
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
                () = next(&mut listener) => {}
            }
        }
    }
}

/// Waits until it is worth looking again.
async fn next(listener: &mut Option<OutboxListener>) {
    match listener {
        Some(listener) => drop(listener.wait(LISTENING).await),
        None => tokio::time::sleep(EVERY).await,
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
