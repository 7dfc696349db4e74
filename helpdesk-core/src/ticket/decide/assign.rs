//! Who works on the ticket. Assigning alone does not open it; claiming does.

use super::{Draft, status};
use crate::party::{Actor, AgentId, TeamId};
use crate::ticket::workflow::Mover;
use crate::ticket::{Event, Rejection, StatusCategory};

pub(super) fn assign(draft: &mut Draft<'_>, agent: Option<&AgentId>) {
    if draft.ticket.assignee.as_ref() != agent {
        draft.push(Event::Assigned { agent: agent.cloned() });
    }
}

pub(super) fn team(draft: &mut Draft<'_>, team: Option<&TeamId>) {
    if draft.ticket.team.as_ref() != team {
        draft.push(Event::TeamChanged { team: team.cloned() });
    }
}

/// The actor takes it for herself, unless somebody else has it, and it is open then.
pub(super) fn claim(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let Actor::Agent(me) = draft.facts.actor else { return Err(Rejection::AgentOnly) };
    if let Some(other) = draft.ticket.assignee.as_ref().filter(|other| *other != me) {
        return Err(Rejection::AlreadyAssigned { to: other.clone() });
    }
    if !draft.ticket.status_category.is_live() {
        return Err(Rejection::TicketClosed {
            answer: draft.facts.settings.closed_reply,
            merged_into: draft.ticket.merged.as_ref().map(|merged| merged.into),
        });
    }
    assign(draft, Some(me));
    if draft.ticket.status_category == StatusCategory::New {
        let target = status::first(draft, StatusCategory::Active)?.clone();
        status::go(draft, &target, Mover::Agent, None)?;
    }
    Ok(())
}
