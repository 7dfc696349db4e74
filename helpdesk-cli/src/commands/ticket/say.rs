//! `ticket reply`, `note` and `confirm`: what people say on a ticket.

use helpdesk_core::Limits;
use helpdesk_core::access::Action;
use helpdesk_core::desk::{Error, Replied};

use super::super::conditions::conditions;
use super::super::recover::Written;
use super::{agent_on, written};
use crate::args::{Plain, Say};
use crate::env::{Acting, Env};
use crate::failure::Failure;
use crate::lang::Saying;

/// Answers in public: the requester, or as the requester the desk.
///
/// # Errors
/// As the desk says; the text is kept then.
pub(super) async fn reply(options: &Say, env: &Env) -> Result<(), Failure> {
    let body = Written::take(options.text.as_deref(), &options.recover, Limits::default().body_bytes).await?;
    let result = send_reply(options, body.text.as_deref().unwrap_or_default(), env).await;
    body.settle(result, options.write.record.dry_run, env)
}

async fn send_reply(options: &Say, text: &str, env: &Env) -> Result<(), Failure> {
    match env.acting(&env.tenant().await?)? {
        Acting::Agent(agent) => {
            let act = agent.reply(options.ticket.as_str(), text);
            let act = match &options.status {
                Some(status) => act.then_status(status)?,
                None => act,
            };
            written::finish(&agent, act, &options.write, env).await
        }
        Acting::Requester(requester) => {
            if options.status.is_some() {
                requester.show(options.ticket.as_str()).await?;
                return Err(Error::Forbidden { action: Action::TicketStatus }.into());
            }
            let conditions = conditions(&options.write)?;
            let replied = requester.reply(options.ticket.as_str(), text, &conditions).await?;
            let came_to = match replied {
                Replied::Added(_) => "added",
                Replied::Reopened(_) => "reopened",
                Replied::NewTicket(_) => "new_ticket",
                Replied::Redirected(_) => "redirected",
            };
            written::print_request(replied.request(), came_to, conditions.dry_run, env)
        }
    }
}

/// Writes an internal note.
///
/// # Errors
/// As the desk says; the text is kept then.
pub(super) async fn note(options: &Say, env: &Env) -> Result<(), Failure> {
    let body = Written::take(options.text.as_deref(), &options.recover, Limits::default().body_bytes).await?;
    let result = async {
        let agent = agent_on(&options.ticket, Action::TicketNote, env).await?;
        let act = agent.note(options.ticket.as_str(), body.text.as_deref().unwrap_or_default());
        let act = match &options.status {
            Some(status) => act.then_status(status)?,
            None => act,
        };
        written::finish(&agent, act, &options.write, env).await
    };
    let result = result.await;
    body.settle(result, options.write.record.dry_run, env)
}

/// Confirms the solution, as the requester.
///
/// # Errors
/// As the desk says; an agent closes a ticket with `ticket status` instead.
pub(super) async fn confirm(options: &Plain, env: &Env) -> Result<(), Failure> {
    match env.acting(&env.tenant().await?)? {
        Acting::Agent(_) => Err(Failure::from(Error::Forbidden { action: Action::TicketConfirm })
            .hinting(Saying::command(format!("helpdesk ticket status {} closed", options.ticket)))),
        Acting::Requester(requester) => {
            let conditions = conditions(&options.write)?;
            let request = requester.confirm(options.ticket.as_str(), &conditions).await?;
            written::print_request(&request, "confirmed", conditions.dry_run, env)
        }
    }
}
