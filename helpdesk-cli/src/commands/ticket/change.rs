//! The verbs that change one thing about one ticket.

use helpdesk_core::access::Action;
use helpdesk_core::party::{Actor, AgentId, CategoryId, TeamId};
use helpdesk_core::ticket::{Command, PriorityChange, StatusChange, StatusKey};

use super::{agent_on, create, written};
use crate::args::{Plain, Write};
use crate::env::{Env, instant, own_id};
use crate::failure::Failure;
use crate::lang::{Phrase, Saying};

/// Gives it to an agent, a team, both, or nobody.
pub(super) async fn assign(
    ticket: &str,
    agent_id: Option<&str>,
    team: Option<&str>,
    none: bool,
    write: &Write,
    env: &Env,
) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketAssign, env).await?;
    let assignee = agent_id.map(AgentId::new).transpose()?;
    let team = team.map(TeamId::new).transpose()?;
    let act = match (assignee, team) {
        (Some(assignee), None) => agent.assign(ticket, Some(assignee)),
        (None, Some(team)) => agent.assign_team(ticket, Some(team)),
        (Some(assignee), team) => agent.assign_team(ticket, team).then(Command::Assign(Some(assignee))),
        (None, None) => {
            debug_assert!(none, "the grammar asks for one of the three");
            agent.assign(ticket, None)
        }
    };
    written::finish(&agent, act, write, env).await
}

/// Takes it for oneself.
pub(super) async fn claim(options: &Plain, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(&options.ticket, Action::TicketAssign, env).await?;
    written::finish(&agent, agent.claim(options.ticket.as_str()), &options.write, env).await
}

/// Changes the status.
pub(super) async fn status(
    ticket: &str,
    status: &str,
    until: Option<&str>,
    then: Option<&str>,
    write: &Write,
    env: &Env,
) -> Result<(), Failure> {
    let change = StatusChange {
        to: StatusKey::new(status)?,
        until: until.map(|until| instant("until", until)).transpose()?,
        then: then.map(StatusKey::new).transpose()?,
    };
    let agent = agent_on(ticket, Action::TicketStatus, env).await?;
    written::finish(&agent, agent.change_status(ticket, change), write, env).await
}

/// Changes the priority, or what it is derived from; without either goes back to what it is derived from.
pub(super) async fn priority(
    ticket: &str,
    priority: Option<&str>,
    impact: Option<&str>,
    urgency: Option<&str>,
    write: &Write,
    env: &Env,
) -> Result<(), Failure> {
    let impact = impact.map(str::parse).transpose()?;
    let urgency = urgency.map(str::parse).transpose()?;
    let change = match priority {
        Some(priority) => PriorityChange::Override(priority.parse()?),
        None if impact.is_none() && urgency.is_none() => PriorityChange::ClearOverride,
        None => PriorityChange::Assess { impact, urgency },
    };
    let agent = agent_on(ticket, Action::TicketEdit, env).await?;
    written::finish(&agent, agent.command(ticket, Command::SetPriority(change)), write, env).await
}

/// Changes the category.
pub(super) async fn category(ticket: &str, category: Option<&str>, write: &Write, env: &Env) -> Result<(), Failure> {
    let category = category.map(CategoryId::new).transpose()?;
    let agent = agent_on(ticket, Action::TicketEdit, env).await?;
    written::finish(&agent, agent.set_category(ticket, category), write, env).await
}

/// Adds and removes tags.
pub(super) async fn tag(
    ticket: &str,
    add: &[String],
    remove: &[String],
    write: &Write,
    env: &Env,
) -> Result<(), Failure> {
    if add.is_empty() && remove.is_empty() {
        let message = Phrase("no tag to add or to remove", "kein Schlagwort zum Hinzufügen oder Entfernen").into();
        let hint = Saying::command("helpdesk ticket tag TICKET TAG… [--remove TAG]");
        return Err(Failure::Usage { message, hint });
    }
    let agent = agent_on(ticket, Action::TicketEdit, env).await?;
    let command = Command::ChangeTags { add: add.to_vec(), remove: remove.to_vec() };
    written::finish(&agent, agent.command(ticket, command), write, env).await
}

/// Sets custom fields.
pub(super) async fn field(ticket: &str, fields: &[String], write: &Write, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketEdit, env).await?;
    let settings = agent.tenant_settings().await?;
    let fields = fields.iter().map(|text| create::field(text, &settings)).collect::<Result<_, _>>()?;
    written::finish(&agent, agent.set_fields(ticket, fields), write, env).await
}

/// Lets somebody watch it, or not any more.
pub(super) async fn watch(ticket: &str, who: Option<&str>, not: bool, write: &Write, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketEdit, env).await?;
    let who = match who {
        Some(who) => who.parse()?,
        None => Actor::Agent(own_id(&agent)?),
    };
    let act = if not { agent.unwatch(ticket, who) } else { agent.watch(ticket, who) };
    written::finish(&agent, act, write, env).await
}

/// Says that it is spam, or is not.
pub(super) async fn spam(ticket: &str, not: bool, write: &Write, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketStatus, env).await?;
    let act = if not { agent.not_spam(ticket) } else { agent.mark_spam(ticket) };
    written::finish(&agent, act, write, env).await
}

/// Erases it, once that is confirmed.
pub(super) async fn delete(options: &Plain, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(&options.ticket, Action::TicketDelete, env).await?;
    if !options.write.record.dry_run {
        let number = agent.show(options.ticket.as_str()).await?.ticket.number;
        env.confirm(&Saying::new(format!("deleting #{number}"), format!("das Löschen von #{number}"))).await?;
    }
    written::finish(&agent, agent.delete(options.ticket.as_str()), &options.write, env).await
}
