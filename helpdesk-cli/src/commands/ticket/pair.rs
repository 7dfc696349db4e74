//! The verbs about two tickets: merge, split, link.

use helpdesk_core::access::Action;
use helpdesk_core::text::Invalid;

use super::{agent_on, written};
use crate::args::Write;
use crate::env::{Env, natural};
use crate::failure::Failure;

/// Merges it into another, or without one undoes the merge.
pub(super) async fn merge(ticket: &str, into: Option<&str>, write: &Write, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketMerge, env).await?;
    let act = match into {
        Some(into) => agent.merge(ticket, into).await?,
        None => agent.unmerge(ticket).await?,
    };
    written::finish(&agent, act, write, env).await
}

/// Makes a new ticket from some of its messages.
pub(super) async fn split(
    ticket: &str,
    messages: &[String],
    subject: &str,
    write: &Write,
    env: &Env,
) -> Result<(), Failure> {
    let position = |text: &String| {
        let position = natural("messages", text)?;
        u32::try_from(position).map_err(|_| Invalid::malformed("messages", "positions of messages").into())
    };
    let positions = messages.iter().map(position).collect::<Result<Vec<u32>, Failure>>()?;
    let agent = agent_on(ticket, Action::TicketEdit, env).await?;
    let act = agent.split(ticket, subject, &positions).await?;
    written::finish(&agent, act, write, env).await
}

/// Links it to another, or takes the link away.
pub(super) async fn link(
    ticket: &str,
    kind: &str,
    other: &str,
    remove: bool,
    write: &Write,
    env: &Env,
) -> Result<(), Failure> {
    let kind = kind.parse()?;
    let agent = agent_on(ticket, Action::TicketEdit, env).await?;
    let act = if remove { agent.unlink(ticket, kind, other).await? } else { agent.link(ticket, kind, other).await? };
    written::finish(&agent, act, write, env).await
}
