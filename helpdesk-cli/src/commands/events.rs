//! `events`: what happened in the tenant, and what happens.

use std::time::Duration;

use helpdesk_core::access::Action;
use helpdesk_core::desk::TicketEvent;
use helpdesk_core::text::Invalid;
use serde_json::Value;

use super::progress::Interrupt;
use crate::args::EventsVerb;
use crate::env::{Env, natural};
use crate::failure::Failure;
use crate::lang::Phrase;
use crate::output::{Cell, Listed, Object, Output, Sheet, Tone, relative, time};

/// Most events to begin with.
const MOST: u64 = 10_000;
/// How often it is looked.
pub(super) const EVERY: Duration = Duration::from_secs(1);
/// What one event is.
const EVENT: &str = "helpdesk/event/1";

/// Runs a verb.
///
/// # Errors
/// If the store or standard output fails; `Interrupted` is how following ends.
pub(super) async fn run(verb: &EventsVerb, env: &Env) -> Result<(), Failure> {
    let EventsVerb::Tail { follow, limit } = verb;
    let limit = natural("limit", limit)?;
    let limit = usize::try_from(limit).ok().filter(|_| limit <= MOST);
    let limit = limit.ok_or_else(|| Invalid::malformed("limit", "0 to 10000"))?;
    let mut tail = env.agent(Action::TicketRead).await?.tail();
    let newest = tail.newest(limit).await?;
    if !follow {
        let total = Some(newest.len() as u64);
        let (sheet, items) = told(&newest, env);
        return env.output.list(Listed { schema: "helpdesk/event.list/1", sheet, items, total, next: None });
    }
    let mut interrupt = Interrupt::watch().await;
    print(&newest, env)?;
    loop {
        tokio::select! {
            () = interrupt.wait() => {
                let hint = Phrase("nothing was changed", "nichts wurde geändert").into();
                return Err(Failure::Interrupted { hint });
            }
            () = tokio::time::sleep(EVERY) => {}
        }
        print(&tail.next().await?, env)?;
    }
}

fn print(events: &[TicketEvent], env: &Env) -> Result<(), Failure> {
    let (sheet, items) = told(events, env);
    env.output.more(EVENT, &sheet, items)
}

fn told(events: &[TicketEvent], env: &Env) -> (Sheet, Vec<Object>) {
    let mut sheet = Sheet { columns: vec!["at", "number", "seq", "actor", "kind", "data"], rows: Vec::new() };
    let mut items = Vec::new();
    for event in events {
        let data = serde_json::to_value(&event.record.event).ok().and_then(|value| value.get("data").cloned());
        let data = data.unwrap_or_default();
        sheet.rows.push(row(event, &data, &env.output));
        let record = &event.record;
        let item = Object::new()
            .with("id", record.id.to_string())
            .with("tenant", env.config.tenant())
            .with("ticket", event.ticket.to_string())
            .with("number", event.number.as_str())
            .with("seq", record.seq)
            .with("version", record.version.0)
            .with("at", time(record.at))
            .with("actor", record.actor.to_string())
            .with("kind", record.event.name())
            .with("data", data);
        items.push(item);
    }
    (sheet, items)
}

fn row(event: &TicketEvent, data: &Value, output: &Output) -> Vec<Cell> {
    let at = event.record.at;
    vec![
        Cell::new(time(at)).shown(relative(at, output.now, output.language)).tone(Tone::Faint),
        Cell::new(event.number.as_str()).shown(format!("#{}", event.number)),
        Cell::new(event.record.seq.to_string()),
        Cell::new(event.record.actor.to_string()),
        Cell::new(event.record.event.name()),
        Cell::new(data.to_string()),
    ]
}
