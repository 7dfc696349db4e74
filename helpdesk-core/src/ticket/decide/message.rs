//! Messages: what they are checked for, and how they move a ticket.

use super::{Draft, status};
use crate::party::Actor;
use crate::text::{Invalid, Problem, body, file_name, line};
use crate::ticket::workflow::Mover;
use crate::ticket::{Attachment, Event, ExternalRef, Message, NewMessage, Rejection, StatusCategory, Visibility};

/// Adds a message to a ticket that is there, and lets it wake, open or reopen the ticket.
pub(super) fn add(draft: &mut Draft<'_>, new: &NewMessage) -> Result<(), Rejection> {
    match &new.author {
        Actor::Requester(_) => from_requester(draft, new),
        Actor::Agent(_) => from_agent(draft, new),
        Actor::System => append(draft, new),
    }
}

/// A requester's message ends any waiting and reopens a resolved ticket; a closed one it never changes.
fn from_requester(draft: &mut Draft<'_>, new: &NewMessage) -> Result<(), Rejection> {
    let category = draft.ticket.status_category;
    let late = category == StatusCategory::Resolved && !within_reopen_window(draft);
    if category == StatusCategory::Closed || late {
        return Err(closed(draft));
    }
    append(draft, new)?;
    let wakes = category.is_waiting() || category == StatusCategory::Resolved;
    if wakes && !new.draft.automatic {
        let target = status::active_again(draft)?.clone();
        status::go(draft, &target, Mover::Reply, None)?;
    }
    Ok(())
}

/// An agent's public message opens a new ticket. Notes change nothing, and go onto closed tickets too.
fn from_agent(draft: &mut Draft<'_>, new: &NewMessage) -> Result<(), Rejection> {
    if new.visibility == Visibility::Public {
        match draft.ticket.status_category {
            StatusCategory::Closed => return Err(closed(draft)),
            StatusCategory::Spam => return Err(Rejection::TicketIsSpam),
            _ => {}
        }
    }
    append(draft, new)?;
    opens(draft, new)
}

/// An agent's public message makes a new ticket an open one.
pub(super) fn opens(draft: &mut Draft<'_>, new: &NewMessage) -> Result<(), Rejection> {
    let agents = matches!(new.author, Actor::Agent(_)) && new.visibility == Visibility::Public && !new.draft.automatic;
    if agents && draft.ticket.status_category == StatusCategory::New {
        let target = status::first(draft, StatusCategory::Active)?.clone();
        status::go(draft, &target, Mover::Reply, None)?;
    }
    Ok(())
}

fn within_reopen_window(draft: &Draft<'_>) -> bool {
    let Some(window) = draft.facts.settings.reopen_window else { return true };
    let end = draft.ticket.resolved_at.and_then(|at| at.checked_add_signed(window.as_delta()));
    end.is_none_or(|end| draft.at < end)
}

fn closed(draft: &Draft<'_>) -> Rejection {
    Rejection::TicketClosed {
        answer: draft.facts.settings.closed_reply,
        merged_into: draft.ticket.merged.as_ref().map(|merged| merged.into),
    }
}

/// Checks a message and puts it at the end of the conversation.
pub(super) fn append(draft: &mut Draft<'_>, new: &NewMessage) -> Result<(), Rejection> {
    let limits = draft.facts.limits;
    let seq = draft.ticket.messages.saturating_add(1);
    if seq > limits.messages {
        return Err(Invalid::new("messages", Problem::TooMany { max: limits.messages as usize }).into());
    }
    let text = body("body", &new.draft.body, limits.body_bytes)?;
    limits.count("attachments", new.draft.attachments.len(), limits.attachments)?;
    limits.count("external", new.draft.external.len(), limits.external_refs)?;
    let attachments = new.draft.attachments.iter().map(|raw| attachment(draft, raw)).collect::<Result<_, _>>()?;
    let external =
        new.draft.external.iter().map(|raw| ExternalRef::new(&raw.source, &raw.id)).collect::<Result<_, _>>()?;
    let visibility = if matches!(new.author, Actor::Requester(_)) { Visibility::Public } else { new.visibility };
    let at = written_at(draft, new, visibility)?;
    let message = Message {
        id: new.id,
        ticket: draft.ticket.id,
        seq,
        at,
        author: new.author.clone(),
        visibility,
        direction: new.direction(),
        channel: new.draft.channel.clone().unwrap_or_else(|| draft.ticket.channel.clone()),
        automatic: new.draft.automatic,
        body: text,
        attachments,
        external,
        redacted: false,
    };
    // The history goes on, also where a message is older than what it stands behind.
    draft.at = at.max(draft.ticket.updated_at);
    let written_at = Some(at).filter(|at| *at != draft.at);
    draft.push(Event::MessageAdded {
        message: message.id,
        seq,
        author: message.author.clone(),
        visibility,
        direction: message.direction,
        channel: message.channel.clone(),
        automatic: message.automatic,
        written_at,
    });
    draft.decision().messages.push(message);
    Ok(())
}

/// When it was written: now, or earlier if the caller takes it over from elsewhere. Where clocks step back, what is
/// public goes by what was public before, so that its time tells nothing of a note.
fn written_at(draft: &Draft<'_>, new: &NewMessage, visibility: Visibility) -> Result<crate::env::Timestamp, Rejection> {
    match new.at.map(crate::env::micros) {
        None if visibility == Visibility::Public => Ok(draft.facts.now.max(draft.ticket.public_at)),
        None => Ok(draft.at),
        Some(at) if at > draft.facts.now => {
            Err(Invalid::new("at", Problem::OutOfRange { expected: "not after now" }).into())
        }
        Some(at) if at < crate::env::Timestamp::UNIX_EPOCH => {
            Err(Invalid::new("at", Problem::OutOfRange { expected: "not before 1970" }).into())
        }
        Some(at) => Ok(at),
    }
}

fn attachment(draft: &Draft<'_>, raw: &Attachment) -> Result<Attachment, Rejection> {
    let limits = draft.facts.limits;
    if raw.bytes > limits.attachment_bytes {
        let max = usize::try_from(limits.attachment_bytes).unwrap_or(usize::MAX);
        return Err(Invalid::new("attachments.bytes", Problem::TooLong { max, unit: "bytes" }).into());
    }
    let blob = raw.blob.as_deref().map(|key| line("attachments.blob", key, ExternalRef::MAX_CHARS)).transpose()?;
    Ok(Attachment {
        name: file_name("attachments.name", &raw.name, limits.file_name_chars)?,
        media_type: line("attachments.media_type", &raw.media_type, limits.name_chars)?,
        bytes: raw.bytes,
        blob,
    })
}
