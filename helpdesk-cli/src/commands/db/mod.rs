//! `db`: looking after the store.

mod copy;
mod doctor;
mod migrate;
mod notify;
mod status;

use std::path::Path;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::CheckReport;
use helpdesk_core::store::Damage;
use helpdesk_core::text::Language;
use serde_json::json;

use crate::args::DbVerb;
use crate::backend::Opening;
use crate::commands::progress::Progress;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang;
use crate::output::{Cell, Object, Sheet};

/// Runs a verb.
///
/// # Errors
/// If the store is missing, of another version, or damaged.
pub(super) async fn run(verb: DbVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        DbVerb::Migrate { no_backup, dry_run } => migrate::run(dry_run, no_backup, env).await,
        DbVerb::Status => status::run(env).await,
        DbVerb::Notify { switch, dry_run } => notify::run(switch, dry_run, env).await,
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
