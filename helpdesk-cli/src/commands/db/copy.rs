//! `db copy`: everything of one store into another.

use helpdesk_core::Helpdesk;
use helpdesk_core::access::Action;
use helpdesk_core::desk::{Code, Copied, Error};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::text::Invalid;
use serde_json::{Value, json};

use crate::backend::{Backend, Opening};
use crate::commands::progress::{Interrupt, Progress};
use crate::config::masked;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{self, Phrase, Saying};
use crate::output::{Cell, Object, Sheet};
use crate::place::Place;

/// What stays behind.
const WITHOUT: Phrase = Phrase(
    "events that wait in the outbox are not copied: deliver them before",
    "Ereignisse, die noch zuzustellen sind, werden nicht kopiert: vorher zustellen",
);

/// Copies.
///
/// # Errors
/// If a store fails, something stands otherwise in the target, or it was interrupted.
pub(super) async fn run(source: &str, target: &str, dry_run: bool, env: &Env) -> Result<(), Failure> {
    if !env.is_console() {
        // Whose role it is to look after stores stands in a store that is not named here.
        return Err(Error::Forbidden { action: Action::SettingsEdit }.into());
    }
    let (from, to) = (Place::parse(source)?, Place::parse(target)?);
    if from.is(&to) {
        return Err(Invalid::malformed("target", "another store than the source").into());
    }
    let mut interrupt = Interrupt::watch().await;
    let source_store = Backend::open(&from, Opening::Existing).await?;
    let source = Helpdesk::over(source_store.store.clone()).clock(env.clock.clone()).build();
    if dry_run {
        let said = say_how_much(&source, env).await;
        source_store.store.close().await?;
        return said;
    }
    let target_store = Backend::open(&to, Opening::Create).await?;
    let desk = Helpdesk::over(target_store.store.clone()).clock(env.clock.clone()).build();
    env.output.say(WITHOUT.get(env.output.language));
    let mut progress = Progress::new("copy", None, env);
    let copied = tokio::select! {
        copied = source.copy_to(&desk, |report| {
            progress.of(report.total);
            // Tombstones are copied too, and not in the total.
            progress.at(report.tickets.all().min(report.total), report.tickets.all());
        }) => Some(copied),
        () = interrupt.wait() => None,
    };
    progress.finish();
    target_store.store.close().await?;
    source_store.store.close().await?;
    let Some(report) = copied.transpose()? else {
        let hint = Saying::new(
            "what is copied stays; the same command goes on",
            "was kopiert ist, bleibt; derselbe Befehl macht weiter",
        );
        return Err(Failure::Interrupted { hint });
    };
    let differing = report
        .differing
        .iter()
        .map(|one| json!({ "tenant": one.tenant, "what": one.what, "refused": one.refused.map(Code::as_str) }));
    let item = Object::new()
        .with("target", masked(target))
        .with("tenants", report.tenants)
        .with("tickets", counts(report.tickets))
        .with("records", counts(report.records))
        .with("differing", differing.collect::<Vec<Value>>());
    let rows = [("tickets", report.tickets), ("records", report.records)].map(|(what, counts)| {
        let counts = [counts.new, counts.known, counts.differing, counts.refused];
        [Cell::new(what)].into_iter().chain(counts.map(|count| Cell::new(count.to_string()))).collect()
    });
    let sheet = Sheet { columns: vec!["what", "new", "known", "differing", "refused"], rows: rows.into() };
    env.output.item("helpdesk/db.copy/1", item, &[("dry_run", json!(false))], &sheet)?;
    for one in report.differing.iter().filter(|_| !env.output.is_json()) {
        let (tenant, what) = (&one.tenant, &one.what);
        let said = match one.refused {
            None => Saying::new(
                format!("differs in the target, and was left: {what} of {tenant}"),
                format!("steht im Ziel anders und blieb so: {what} von {tenant}"),
            ),
            Some(code) => Saying::new(
                format!("is not in the target ({code}): {what} of {tenant}"),
                format!("steht nicht im Ziel ({code}): {what} von {tenant}"),
            ),
        };
        env.output.say(said.get(env.output.language));
    }
    if report.is_whole() {
        return Ok(());
    }
    let missing = |copied: Copied| copied.differing + copied.refused;
    let rejected = missing(report.tickets) + missing(report.records);
    Err(Failure::Partly { rejected, read: report.tickets.all() + report.records.all(), kept: None })
}

fn counts(counts: Copied) -> Value {
    json!({ "new": counts.new, "known": counts.known, "differing": counts.differing, "refused": counts.refused })
}

async fn say_how_much(source: &Helpdesk, env: &Env) -> Result<(), Failure> {
    env.output.say(lang::DRY_RUN.get(env.output.language));
    let tenants = source.store().tenants().await?;
    let mut tickets = 0;
    for tenant in &tenants {
        tickets += source.tenant(tenant.as_str())?.system().total(&TicketFilter::default()).await?;
    }
    let item = Object::new().with("tenants", tenants.len()).with("tickets", tickets);
    let rows = vec![vec![Cell::new(tenants.len().to_string()), Cell::new(tickets.to_string())]];
    let sheet = Sheet { columns: vec!["tenants", "tickets"], rows };
    env.output.item("helpdesk/db.copy/1", item, &[("dry_run", json!(true))], &sheet)
}
