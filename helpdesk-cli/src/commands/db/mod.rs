//! `db`: looking after the store.

mod copy;
mod doctor;

use std::path::Path;

use helpdesk_core::Helpdesk;
use helpdesk_core::access::Action;
use helpdesk_core::desk::{CheckReport, Error};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::store::{Damage, SchemaState};
use helpdesk_core::text::Language;
use serde_json::{Value, json};

use crate::args::DbVerb;
use crate::backend::{About, Backend, Opening};
use crate::commands::progress::Progress;
use crate::config::masked;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{self, Phrase};
use crate::output::{Cell, Object, Sheet};
use crate::place::Place;

/// Runs a verb.
///
/// # Errors
/// If the store is missing, of another version, or damaged.
pub(super) async fn run(verb: DbVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        DbVerb::Migrate { no_backup, dry_run } => migrate(dry_run, no_backup, env).await,
        DbVerb::Status => status(env).await,
        DbVerb::Check => check(env).await,
        DbVerb::Doctor => doctor::run(env).await,
        DbVerb::Copy { source, target, dry_run } => copy::run(&source, &target, dry_run, env).await,
        DbVerb::Backup { file, dry_run } => backup(&file, dry_run, env).await,
    }
}

async fn backup(file: &Path, dry_run: bool, env: &Env) -> Result<(), Failure> {
    allowed(env).await?;
    let backend = env.backend(Opening::Existing).await?;
    if dry_run {
        backend.may_back_up(file)?;
        env.output.say(lang::DRY_RUN.get(env.output.language));
    } else {
        backend.backup(file).await?;
    }
    let file = file.display().to_string();
    let sheet = Sheet { columns: vec!["file"], rows: vec![vec![Cell::new(file.as_str())]] };
    let extra = [("dry_run", json!(dry_run))];
    env.output.item("helpdesk/backup/1", Object::new().with("file", file), &extra, &sheet)
}

/// Only who may edit settings looks after the store.
async fn allowed(env: &Env) -> Result<(), Failure> {
    env.admin(Opening::Existing).await.map(drop)
}

/// Whose role stands in the store cannot be known before it is of this version: then only the console may migrate it.
async fn migrate(dry_run: bool, no_backup: bool, env: &Env) -> Result<(), Failure> {
    let place = Place::parse(env.config.url())?;
    let before = place.schema().await?;
    let outdated = before.found < before.supported;
    if outdated && !env.is_console() {
        return Err(Error::Forbidden { action: Action::SettingsEdit }.into());
    }
    let mut kept = None;
    let schema = if outdated && dry_run {
        before
    } else {
        if outdated && !no_backup {
            kept = Backend::set_aside(&place, before.found).await?;
        }
        env.admin(Opening::Migrate).await?;
        let store = env.backend(Opening::Migrate).await?.store;
        if dry_run { store.schema().await? } else { store.migrate().await? }
    };
    if dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    }
    let kept = kept.map(|kept| kept.display().to_string());
    let SchemaState { found, supported } = schema;
    let item = Object::new()
        .with("found", found)
        .with("supported", supported)
        .with("backup", json!(kept))
        .with("dry_run", dry_run);
    let backup = Cell::new(kept.unwrap_or_default());
    let sheet = Sheet {
        columns: vec!["found", "supported", "backup"],
        rows: vec![vec![Cell::new(found.to_string()), Cell::new(supported.to_string()), backup]],
    };
    env.output.item("helpdesk/schema/1", item, &[], &sheet)
}

async fn status(env: &Env) -> Result<(), Failure> {
    allowed(env).await?;
    let desk = env.desk(Opening::Existing).await?;
    let store = desk.store();
    let schema = store.schema().await?;
    let About { engine, bytes } = env.backend(Opening::Existing).await?.about().await?;
    let capabilities = store.capabilities();
    let say = |phrase: Phrase| phrase.get(env.output.language);
    let mut tenants: Vec<Value> = Vec::new();
    let mut rows = Vec::new();
    for tenant in store.tenants().await? {
        let count = desk.tenant(tenant.as_str())?.system().total(&TicketFilter::default()).await?;
        rows.push(vec![
            Cell::new(format!("tenant {tenant}")).shown(format!("{} {tenant}", say(Phrase("Tenant", "Mandant")))),
            Cell::new(format!("{count} tickets")).shown(format!("{count} Tickets")),
        ]);
        tenants.push(json!({ "tenant": tenant, "tickets": count }));
    }
    let url = masked(env.config.url());
    let item = Object::new()
        .with("url", url.as_str())
        .with("backend", store.name())
        .with("engine", json!(engine))
        .with("schema", json!(schema))
        .with("bytes", json!(bytes))
        .with("capabilities", json!(capabilities))
        .with("tenants", tenants);
    let SchemaState { found, supported } = schema;
    let version =
        Cell::new(format!("{found} of {supported}")).shown(format!("{found} {} {supported}", say(Phrase("of", "von"))));
    let mut all = vec![
        vec![Cell::new("url"), Cell::new(url)],
        vec![Cell::new("backend"), Cell::new(store.name())],
        vec![Cell::new("engine"), Cell::new(engine.unwrap_or_default())],
        vec![Cell::new("schema"), version],
        vec![Cell::new("bytes"), Cell::new(bytes.map(|bytes| bytes.to_string()).unwrap_or_default())],
        vec![Cell::new("durable"), Cell::new(capabilities.durable.to_string())],
        vec![Cell::new("shared"), Cell::new(capabilities.shared.to_string())],
    ];
    all.extend(rows);
    env.output.item("helpdesk/db.status/1", item, &[], &Sheet { columns: vec!["key", "value"], rows: all })
}

async fn check(env: &Env) -> Result<(), Failure> {
    allowed(env).await?;
    let report = examined(&env.desk(Opening::Existing).await?, env).await?;
    let findings = findings(&report);
    let words = |damage: &Damage| lang::damage(damage, env.output.language);
    let item = Object::new()
        .with("clean", report.is_clean())
        .with("tickets", report.tickets)
        .with("events", report.events)
        .with("messages", report.messages)
        .with(
            "findings",
            findings
                .iter()
                .map(|(place, damage)| json!({ "place": place, "code": damage.code(), "problem": words(damage) }))
                .collect::<Vec<_>>(),
        );
    let mut sheet = Sheet { columns: vec!["place", "problem"], rows: Vec::new() };
    if report.is_clean() {
        let (tickets, events, messages) = (report.tickets, report.events, report.messages);
        let (state, counts) = match env.output.language {
            Language::De => ("in Ordnung", format!("{tickets} Tickets, {events} Ereignisse, {messages} Nachrichten")),
            _ => ("clean", format!("{tickets} tickets, {events} events, {messages} messages")),
        };
        sheet = Sheet { columns: vec!["state", "count"], rows: vec![vec![Cell::new(state), Cell::new(counts)]] };
    }
    sheet.rows.extend(findings.iter().map(|(place, damage)| vec![Cell::new(&**place), Cell::new(words(damage))]));
    env.output.item("helpdesk/check/1", item, &[], &sheet)?;
    if report.is_clean() { Ok(()) } else { Err(Failure::Damaged(findings.len())) }
}

async fn examined(desk: &Helpdesk, env: &Env) -> Result<CheckReport, Failure> {
    let mut progress = Progress::new("check", None, env);
    let report = desk.check(|done| progress.at(done, done)).await?;
    progress.finish();
    Ok(report)
}

fn findings(report: &CheckReport) -> Vec<(String, &Damage)> {
    let store = report.store.iter().map(|finding| (finding.place.clone(), &finding.damage));
    let tickets =
        report.findings.iter().map(|finding| (format!("{} {}", finding.tenant, finding.ticket), &finding.damage));
    store.chain(tickets).collect()
}
