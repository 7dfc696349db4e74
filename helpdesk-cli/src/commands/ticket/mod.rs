//! The verbs of `ticket`. Reading, opening, writing and locking stand in files of their own.

mod change;
mod create;
mod list;
mod lock;
mod page;
mod pair;
mod say;
mod show;
mod written;

use helpdesk_core::access::Action;

use crate::args::TicketVerb;
use crate::env::Env;
use crate::failure::Failure;

pub(super) use list::{page, print as print_list};
pub(super) use written::print as print_written;

/// Runs a verb.
///
/// # Errors
/// As the desk says.
pub(super) async fn run(verb: TicketVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        TicketVerb::Create(options) => create::run(&options, env).await,
        TicketVerb::List(options) => list::run(&options, env).await,
        TicketVerb::Show { ticket, mark_read, mark_unread } => show::run(&ticket, mark_read, mark_unread, env).await,
        TicketVerb::Reply(options) => say::reply(&options, env).await,
        TicketVerb::Note(options) => say::note(&options, env).await,
        TicketVerb::Confirm(options) => say::confirm(&options, env).await,
        TicketVerb::Assign { ticket, agent, team, none, write } => {
            change::assign(&ticket, agent.as_deref(), team.as_deref(), none, &write, env).await
        }
        TicketVerb::Claim(options) => change::claim(&options, env).await,
        TicketVerb::Status { ticket, status, until, then, write } => {
            change::status(&ticket, &status, until.as_deref(), then.as_deref(), &write, env).await
        }
        TicketVerb::Priority { ticket, priority, clear: _, impact, urgency, write } => {
            change::priority(&ticket, priority.as_deref(), impact.as_deref(), urgency.as_deref(), &write, env).await
        }
        TicketVerb::Category { ticket, category, none: _, write } => {
            change::category(&ticket, category.as_deref(), &write, env).await
        }
        TicketVerb::Tag { ticket, mut tags, add, remove, write } => {
            tags.extend(add);
            change::tag(&ticket, &tags, &remove, &write, env).await
        }
        TicketVerb::Field { ticket, fields, write } => change::field(&ticket, &fields, &write, env).await,
        TicketVerb::Watch { ticket, who, not, write } => change::watch(&ticket, who.as_deref(), not, &write, env).await,
        TicketVerb::Spam { ticket, not, write } => change::spam(&ticket, not, &write, env).await,
        TicketVerb::Delete(options) => change::delete(&options, env).await,
        TicketVerb::Merge { ticket, into, undo: _, write } => pair::merge(&ticket, into.as_deref(), &write, env).await,
        TicketVerb::Split { ticket, messages, subject, write } => {
            pair::split(&ticket, &messages, &subject, &write, env).await
        }
        TicketVerb::Link { ticket, kind, other, remove, write } => {
            pair::link(&ticket, &kind, &other, remove, &write, env).await
        }
        TicketVerb::Lock { ticket, purpose, steal, dry_run } => lock::lock(&ticket, purpose, steal, dry_run, env).await,
        TicketVerb::Unlock { ticket, token, steal, dry_run } => {
            lock::unlock(&ticket, token.as_deref(), steal, dry_run, env).await
        }
        TicketVerb::History { ticket } => show::history(&ticket, env).await,
        TicketVerb::Export { ticket } => show::export(&ticket, env).await,
    }
}

/// The agent who acts on `ticket`.
async fn agent_on(ticket: &str, action: Action, env: &Env) -> Result<helpdesk_core::desk::AgentDesk<'static>, Failure> {
    env.acting(&env.tenant().await?)?.on(ticket, action).await
}
