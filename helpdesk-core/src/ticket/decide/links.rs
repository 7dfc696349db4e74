//! Who takes part, how tickets hang together, and where they are known outside.

use super::Draft;
use crate::party::Actor;
use crate::text::Invalid;
use crate::ticket::{Event, ExternalRef, Link, LinkKind, Participant, Rejection};

pub(super) fn add_participant(draft: &mut Draft<'_>, participant: &Participant) -> Result<(), Rejection> {
    if participant.party == Actor::System {
        return Err(Invalid::malformed("watchers", "an agent or a requester").into());
    }
    if draft.ticket.participants.contains(participant) {
        return Ok(());
    }
    let limits = draft.facts.limits;
    limits.count("watchers", draft.ticket.participants.len() + 1, limits.watchers)?;
    draft.push(Event::ParticipantAdded(participant.clone()));
    Ok(())
}

pub(super) fn remove_participant(draft: &mut Draft<'_>, participant: &Participant) {
    if draft.ticket.participants.contains(participant) {
        draft.push(Event::ParticipantRemoved(participant.clone()));
    }
}

pub(super) fn add(draft: &mut Draft<'_>, link: Link) -> Result<(), Rejection> {
    if link.ticket == draft.ticket.id {
        return Err(Rejection::SameTicket);
    }
    // Judged on the state that the commit is checked against: two merges at once can make no circle.
    if link.kind == LinkKind::MergedFrom && draft.ticket.merged.is_some() {
        return Err(Rejection::MergeState { merged: true });
    }
    if draft.ticket.links.contains(&link) {
        return Ok(());
    }
    let limits = draft.facts.limits;
    limits.count("links", draft.ticket.links.len() + 1, limits.links)?;
    draft.push(Event::LinkAdded(link));
    Ok(())
}

pub(super) fn remove(draft: &mut Draft<'_>, link: Link) {
    if draft.ticket.links.contains(&link) {
        draft.push(Event::LinkRemoved(link));
    }
}

pub(super) fn external(draft: &mut Draft<'_>, external: &ExternalRef) -> Result<(), Rejection> {
    let external = ExternalRef::new(&external.source, &external.id)?;
    if draft.ticket.external.contains(&external) {
        return Ok(());
    }
    let limits = draft.facts.limits;
    limits.count("external", draft.ticket.external.len() + 1, limits.external_refs)?;
    draft.push(Event::ExternalAdded(external));
    Ok(())
}
