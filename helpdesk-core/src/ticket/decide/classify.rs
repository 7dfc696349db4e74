//! What the ticket is about: priority, category, kind, tags, fields, subject, requester, due time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Draft, status};
use crate::env::Timestamp;
use crate::party::{CategoryId, ContactId, OrganizationId};
use crate::text::{Invalid, Problem, line};
use crate::ticket::{Event, FieldKey, FieldValue, PriorityChange, Rejection, RequesterCard, Tag, TicketKind};

/// The priority is an agent's own word, else what impact and urgency say, but at least what a service level raised it
/// to. An agent who says hers, or takes it back, has seen that.
pub(super) fn priority(draft: &mut Draft<'_>, change: PriorityChange) {
    let ticket = &draft.ticket;
    let before = (ticket.priority, ticket.priority_override, ticket.priority_raised, ticket.impact, ticket.urgency);
    let (_, mut own, mut raised, mut impact, mut urgency) = before;
    match change {
        PriorityChange::Override(priority) => (own, raised) = (Some(priority), None),
        PriorityChange::ClearOverride => (own, raised) = (None, None),
        PriorityChange::Raise(priority) => raised = raised.max(Some(priority)),
        PriorityChange::Assess { impact: new_impact, urgency: new_urgency } => {
            impact = new_impact.or(impact);
            urgency = new_urgency.or(urgency);
        }
    }
    let matrix = &draft.facts.settings.priority_matrix;
    let assessed = impact.zip(urgency).map(|(impact, urgency)| matrix.priority(impact, urgency));
    let said = own.or(assessed).unwrap_or_default();
    let priority = raised.map_or(said, |raised| said.max(raised));
    if (priority, own, raised, impact, urgency) != before {
        draft.push(Event::PriorityChanged { priority, r#override: own, raised, impact, urgency });
    }
}

pub(super) fn category(draft: &mut Draft<'_>, category: Option<&CategoryId>) {
    if draft.ticket.category.as_ref() != category {
        draft.push(Event::CategoryChanged { category: category.cloned() });
    }
}

pub(super) fn kind(draft: &mut Draft<'_>, kind: &TicketKind) {
    if draft.ticket.kind != *kind {
        draft.push(Event::KindChanged { ticket_kind: kind.clone() });
    }
}

/// Cleans tags; the same tag twice counts once.
pub(super) fn checked_tags(raw: &[String]) -> Result<BTreeSet<Tag>, Invalid> {
    raw.iter().map(|tag| Tag::new(tag)).collect()
}

pub(super) fn tags(draft: &mut Draft<'_>, add: &[String], remove: &[String]) -> Result<(), Rejection> {
    let limits = draft.facts.limits;
    limits.count("tags", add.len().max(remove.len()), limits.tags)?;
    let removed: BTreeSet<Tag> = checked_tags(remove)?.intersection(&draft.ticket.tags).cloned().collect();
    let added: BTreeSet<Tag> = checked_tags(add)?.difference(&draft.ticket.tags).cloned().collect();
    let added: BTreeSet<Tag> = added.difference(&removed).cloned().collect();
    limits.count("tags", draft.ticket.tags.len() + added.len() - removed.len(), limits.tags)?;
    if !added.is_empty() || !removed.is_empty() {
        draft.push(Event::TagsChanged { added, removed });
    }
    Ok(())
}

/// Checks changes of custom fields against their definitions and leaves out what stays the same.
pub(super) fn checked_fields(
    draft: &Draft<'_>,
    changes: &BTreeMap<FieldKey, Option<FieldValue>>,
    present: &BTreeMap<FieldKey, FieldValue>,
) -> Result<BTreeMap<FieldKey, Option<FieldValue>>, Rejection> {
    let limits = draft.facts.limits;
    limits.count("fields", changes.len(), limits.fields)?;
    let mut checked = BTreeMap::new();
    for (key, value) in changes {
        let named = |problem| Invalid::new(format!("fields.{key}"), problem);
        let def =
            draft.facts.settings.fields.iter().find(|def| def.key == *key).ok_or_else(|| named(Problem::Unknown))?;
        let value = value.as_ref().map(|value| def.check(value.clone(), limits)).transpose()?;
        if value.is_none() && def.required {
            return Err(named(Problem::Empty).into());
        }
        if value.as_ref() != present.get(key) {
            checked.insert(key.clone(), value);
        }
    }
    Ok(checked)
}

pub(super) fn fields(draft: &mut Draft<'_>, changes: &BTreeMap<FieldKey, Option<FieldValue>>) -> Result<(), Rejection> {
    let checked = checked_fields(draft, changes, &draft.ticket.content.fields)?;
    if checked.is_empty() {
        return Ok(());
    }
    let before: BTreeMap<&FieldKey, _> =
        checked.keys().map(|key| (key, draft.ticket.content.fields.get(key))).collect();
    let revision = json!({ "fields": { "from": before, "to": checked } });
    draft.push(Event::FieldsChanged { keys: checked.keys().cloned().collect() });
    draft.revise(revision);
    draft.decision().content.fields = checked;
    Ok(())
}

pub(super) fn subject(draft: &mut Draft<'_>, subject: &str) -> Result<(), Rejection> {
    let subject = line("subject", subject, draft.facts.limits.subject_chars)?;
    if draft.ticket.content.subject == subject {
        return Ok(());
    }
    let revision = json!({ "subject": { "from": draft.ticket.content.subject, "to": subject } });
    draft.push(Event::SubjectChanged {});
    draft.revise(revision);
    draft.decision().content.subject = Some(subject);
    Ok(())
}

pub(super) fn requester(
    draft: &mut Draft<'_>,
    contact: &ContactId,
    card: &RequesterCard,
    organization: Option<&OrganizationId>,
) {
    let ticket = &draft.ticket;
    let same_facts = ticket.requester.as_ref() == Some(contact) && ticket.organization.as_ref() == organization;
    if same_facts && ticket.content.requester == *card {
        return;
    }
    let revision = json!({ "requester": { "from": ticket.content.requester, "to": card } });
    draft.push(Event::RequesterChanged { contact: contact.clone(), organization: organization.cloned() });
    draft.revise(revision);
    draft.decision().content.requester = Some(card.clone());
}

pub(super) fn due(draft: &mut Draft<'_>, due_at: Option<Timestamp>) -> Result<(), Rejection> {
    let due_at = due_at.map(crate::env::micros);
    if let Some(at) = due_at {
        status::not_too_far(draft, "due_at", at)?;
    }
    if draft.ticket.manual_due_at != due_at {
        draft.push(Event::DueChanged { due_at });
    }
    Ok(())
}
