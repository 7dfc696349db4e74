//! Opening a ticket: everything is checked here, before anything is stored.

use std::collections::{BTreeMap, BTreeSet};

use super::{Draft, classify, message, status, timer};
use crate::text::{Invalid, Problem, line};
use crate::ticket::workflow::{Special, Status};
use crate::ticket::{
    Event, ExternalRef, FieldDef, NewTicket, Opened, Participant, ParticipantRole, ParticipantState, Priority,
    Rejection, Version,
};

pub(super) fn open(draft: &mut Draft<'_>, new: &NewTicket) -> Result<(), Rejection> {
    if draft.ticket.version != Version::NONE {
        return Err(Rejection::AlreadyOpen);
    }
    let (limits, settings) = (draft.facts.limits, draft.facts.settings);
    let subject = line("subject", &new.subject, limits.subject_chars)?;
    let name = new.card.name.as_deref().map(|name| line("requester.name", name, limits.name_chars)).transpose()?;
    let first = settings.workflow.initial();
    let target = target_status(draft, new)?;
    let tags = classify::checked_tags(&new.tags)?;
    limits.count("tags", tags.len(), limits.tags)?;
    limits.count("watchers", new.watchers.len(), limits.watchers)?;
    limits.count("links", new.links.len(), limits.links)?;
    limits.count("external", new.external.len(), limits.external_refs)?;
    let external = new.external.iter().map(|raw| ExternalRef::new(&raw.source, &raw.id)).collect::<Result<_, _>>()?;
    let fields = new.fields.iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
    let fields = classify::checked_fields(draft, &fields, &BTreeMap::new())?;
    require_fields(draft, new)?;
    let created_at = created_at(draft, new)?;
    draft.at = created_at;

    draft.push(Event::Opened(Box::new(Opened {
        kind: new.kind.clone(),
        status: first.key.clone(),
        category: first.category,
        priority: effective(draft, new),
        priority_override: new.priority,
        impact: new.impact,
        urgency: new.urgency,
        ticket_category: new.category.clone(),
        tags,
        requester: new.requester.clone(),
        organization: new.organization.clone(),
        assignee: new.assignee.clone(),
        team: new.team.clone(),
        channel: new.channel.clone(),
        participants: watchers(new),
        links: new.links.clone(),
        external,
        created_at,
    })));
    let content = &mut draft.decision().content;
    content.subject = Some(subject);
    content.fields = fields;
    content.requester = Some(crate::ticket::RequesterCard { name, email: new.card.email.clone() });
    if let Some(first_message) = &new.message {
        message::append(draft, first_message)?;
        if new.status.is_none() && new.more.is_empty() {
            message::opens(draft, first_message)?;
        }
    }
    for later in &new.more {
        // Each exchange is measured as it was.
        draft.clocks();
        message::append(draft, later)?;
    }
    if let Some(target) = target {
        draft.clocks();
        status::walk_to(draft, &target)?;
    }
    if new.created_at.is_some() {
        draft.clocks();
        timer::pass_by(draft);
    }
    Ok(())
}

fn target_status(draft: &Draft<'_>, new: &NewTicket) -> Result<Option<Status>, Rejection> {
    let Some(key) = &new.status else { return Ok(None) };
    let status = status::lookup(draft, key)?;
    if status.special == Some(Special::Merged) {
        return Err(Invalid::malformed("status", "a status that a ticket can be taken over in").into());
    }
    Ok(Some(status.clone()))
}

fn effective(draft: &Draft<'_>, new: &NewTicket) -> Priority {
    let matrix = &draft.facts.settings.priority_matrix;
    let assessed = new.impact.zip(new.urgency).map(|(impact, urgency)| matrix.priority(impact, urgency));
    new.priority.or(assessed).unwrap_or_default()
}

fn require_fields(draft: &Draft<'_>, new: &NewTicket) -> Result<(), Rejection> {
    // A requester cannot fill in what requesters do not see.
    let asked = |def: &FieldDef| def.required && (def.visible_to_requester || draft.facts.actor.requester().is_none());
    let missing = draft.facts.settings.fields.iter().find(|def| asked(def) && !new.fields.contains_key(&def.key));
    match missing {
        Some(def) => Err(Invalid::new(format!("fields.{}", def.key), Problem::Empty).into()),
        None => Ok(()),
    }
}

/// When it came in: not after now, and not before 1970.
fn created_at(draft: &Draft<'_>, new: &NewTicket) -> Result<crate::env::Timestamp, Rejection> {
    let Some(at) = new.created_at.map(crate::env::micros) else { return Ok(draft.at) };
    let floor = crate::env::Timestamp::UNIX_EPOCH;
    if at < floor || at > draft.facts.now {
        let expected = "between 1970 and now";
        return Err(Invalid::new("created_at", Problem::OutOfRange { expected }).into());
    }
    Ok(at)
}

fn watchers(new: &NewTicket) -> BTreeSet<Participant> {
    let watcher = |party: &crate::party::Actor| Participant {
        party: party.clone(),
        role: ParticipantRole::Watcher,
        state: ParticipantState::Active,
    };
    new.watchers.iter().map(watcher).collect()
}
