//! What is printed after a write: the new state, and what can usefully be done next.

use helpdesk_core::access::Request;
use helpdesk_core::desk::{Act, AgentDesk, Error, Outcome};
use helpdesk_core::store::HistoryEntry;
use helpdesk_core::ticket::workflow::Mover;
use helpdesk_core::ticket::{IllegalMove, Rejection, StatusCategory, Ticket, Warning};
use serde_json::{Value, json};

use super::super::conditions::conditions;
use crate::args::Write;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{self, Saying};
use crate::output::{
    Beside, event_json, request_object, request_row, request_sheet, ticket_object, ticket_row, ticket_sheet, time,
};

/// Does what was asked under its conditions and prints what it came to.
///
/// # Errors
/// As the desk says.
pub(super) async fn finish(agent: &AgentDesk<'_>, act: Act<'_>, write: &Write, env: &Env) -> Result<(), Failure> {
    match act.with(conditions(write)?).await {
        Ok(outcome) => print(agent, &outcome, &[], env).await,
        Err(error) => Err(with_ways(agent, error).await),
    }
}

/// A refused status with those that the tenant's workflow has, or has from there.
async fn with_ways(agent: &AgentDesk<'_>, error: Error) -> Failure {
    let from = match &error {
        // Where only the permission is missing, the way is there.
        Error::Rejected(Rejection::IllegalTransition { from, reason, .. })
            if *reason != IllegalMove::NeedsReopenPermission =>
        {
            Some(from.clone())
        }
        Error::Rejected(Rejection::UnknownStatus(_)) => None,
        _ => return error.into(),
    };
    // Whoever may not read the settings is told what is wrong all the same.
    let Ok(settings) = agent.tenant_settings().await else { return error.into() };
    let workflow = &settings.workflow;
    let ways: Vec<&str> = match &from {
        Some(from) => workflow.targets(from, Mover::Agent).map(|status| status.key.as_str()).collect(),
        None => workflow.statuses().iter().map(|status| status.key.as_str()).collect(),
    };
    let ways = ways.join(", ");
    Failure::from(error).hinting(match from {
        Some(from) if ways.is_empty() => {
            Saying::new(format!("nothing leads out of {from} by hand"), format!("aus {from} führt von Hand kein Weg"))
        }
        Some(from) => {
            Saying::new(format!("from {from} it can go to {ways}"), format!("von {from} aus geht es nach {ways}"))
        }
        None => Saying::new(format!("there are {ways}"), format!("es gibt {ways}")),
    })
}

/// Prints what a write came to. `more` stands beside it in JSON.
///
/// # Errors
/// If standard output or the store fails.
pub(crate) async fn print(
    agent: &AgentDesk<'_>,
    outcome: &Outcome,
    more: &[(&'static str, Value)],
    env: &Env,
) -> Result<(), Failure> {
    let output = &env.output;
    let beside = beside(agent, &outcome.ticket).await?;
    let mut sheet = ticket_sheet();
    sheet.rows.push(ticket_row(&outcome.ticket, &beside, output));
    let events: Vec<Value> = outcome
        .events
        .iter()
        .map(|record| event_json(&HistoryEntry { record: record.clone(), revision: None }))
        .collect();
    let warnings: Vec<Value> = outcome.warnings.iter().map(warning).collect();
    let mut extra = vec![
        ("dry_run", json!(outcome.dry_run)),
        ("replayed", json!(outcome.replayed)),
        ("events", json!(events)),
        ("warnings", json!(warnings)),
    ];
    extra.extend_from_slice(more);
    if outcome.dry_run {
        let names: Vec<&str> = outcome.events.iter().map(|record| record.event.name()).collect();
        let names = if names.is_empty() { lang::NO_CHANGE.get(output.language).to_owned() } else { names.join(", ") };
        output.say(&format!("{} {names}", lang::DRY_RUN.get(output.language)));
    }
    for warned in &outcome.warnings {
        if let Warning::LockedByOther { by, until } = warned {
            let until = time(*until);
            let words = Saying::new(format!("locked by {by} until {until}"), format!("gesperrt von {by} bis {until}"));
            output.say(words.get(output.language));
        }
    }
    output.item("helpdesk/ticket/1", ticket_object(&outcome.ticket, &beside, output), &extra, &sheet)?;
    if !outcome.dry_run
        && let Some(next) = next_command(&outcome.ticket)
    {
        output.next(&next);
    }
    Ok(())
}

/// Prints what a requester's write came to.
///
/// # Errors
/// If standard output fails.
pub(super) fn print_request(request: &Request, came_to: &str, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let output = &env.output;
    let mut sheet = request_sheet();
    sheet.rows.push(request_row(request, output));
    if dry_run {
        output.say(&format!("{} {came_to}", lang::DRY_RUN.get(output.language)));
    }
    let extra = [("dry_run", json!(dry_run)), ("came_to", json!(came_to))];
    output.item("helpdesk/request/1", request_object(request, None), &extra, &sheet)?;
    if !dry_run {
        output.next(&format!("helpdesk ticket show {}", request.number));
    }
    Ok(())
}

/// What is kept beside the ticket now. A ticket that is not there (a dry run's, a deleted one) has nothing beside.
async fn beside(agent: &AgentDesk<'_>, ticket: &Ticket) -> Result<Beside, Failure> {
    match agent.show(ticket.id).await {
        Ok(view) => Ok(Beside { lock: view.lock, mark: view.mark, reader: view.reader }),
        Err(Error::NotFound { .. }) => Ok(Beside::default()),
        Err(error) => Err(error.into()),
    }
}

fn warning(warning: &Warning) -> Value {
    match warning {
        Warning::LockedByOther { by, until } => json!({ "code": "locked_by_other", "by": by, "until": time(*until) }),
        _ => json!({ "code": "other" }),
    }
}

fn next_command(ticket: &Ticket) -> Option<String> {
    let number = &ticket.number;
    if ticket.deleted_at.is_some() {
        return None;
    }
    Some(match ticket.status_category {
        StatusCategory::New if ticket.assignee.is_none() => format!("helpdesk ticket claim {number}"),
        StatusCategory::New | StatusCategory::Active => format!("helpdesk ticket reply {number} TEXT"),
        StatusCategory::Spam => format!("helpdesk ticket spam {number} --not"),
        _ => format!("helpdesk ticket show {number}"),
    })
}
