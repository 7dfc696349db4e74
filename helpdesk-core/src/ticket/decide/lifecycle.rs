//! The acts that end a ticket or bring it back: merge, unmerge, spam, confirmation, deletion.

use super::{Draft, status};
use crate::ticket::workflow::{Mover, Special};
use crate::ticket::{Event, Link, LinkKind, Rejection, StatusCategory, TicketId};

/// This end of a merge: the ticket ends, its clocks stop, its number still leads somewhere.
pub(super) fn merge_into(draft: &mut Draft<'_>, target: TicketId) -> Result<(), Rejection> {
    if target == draft.ticket.id {
        return Err(Rejection::SameTicket);
    }
    if draft.ticket.merged.is_some() {
        return Err(Rejection::MergeState { merged: true });
    }
    let prior = draft.ticket.status.clone();
    let status = status::special(draft, Special::Merged, "merged")?.clone();
    status::go(draft, &status, Mover::Merge, None)?;
    draft.push(Event::Merged { into: target, prior });
    draft.push(Event::LinkAdded(Link { kind: LinkKind::MergedInto, ticket: target }));
    Ok(())
}

/// Back to what it was before the merge. The desk takes the other end of the link away.
pub(super) fn unmerge(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let Some(merged) = draft.ticket.merged.clone() else { return Err(Rejection::MergeState { merged: false }) };
    let prior = status::lookup(draft, &merged.prior)?.clone();
    status::go(draft, &prior, Mover::Merge, None)?;
    draft.push(Event::Unmerged { from: merged.into });
    super::links::remove(draft, Link { kind: LinkKind::MergedInto, ticket: merged.into });
    Ok(())
}

pub(super) fn mark_spam(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let spam = status::first(draft, StatusCategory::Spam)?.clone();
    status::go(draft, &spam, Mover::Agent, None)
}

pub(super) fn not_spam(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    if draft.ticket.status_category != StatusCategory::Spam {
        return Ok(());
    }
    let active = status::first(draft, StatusCategory::Active)?.clone();
    status::go(draft, &active, Mover::NotSpam, None)
}

/// The requester is content: Resolved becomes Closed.
pub(super) fn confirm(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    if draft.ticket.status_category == StatusCategory::Closed && draft.ticket.merged.is_none() {
        return Ok(());
    }
    let closed = status::first(draft, StatusCategory::Closed)?.clone();
    status::go(draft, &closed, Mover::Confirmation, None)
}

/// Erases subject, names, fields, texts and revisions; status, times and measures stay.
pub(super) fn erase(draft: &mut Draft<'_>) {
    draft.push(Event::Erased {});
    erase_content(draft);
}

/// Erases what is personal and leaves the tombstone; the number stays taken.
pub(super) fn delete(draft: &mut Draft<'_>) {
    draft.push(Event::Deleted {});
    erase_content(draft);
}

fn erase_content(draft: &mut Draft<'_>) {
    let decision = draft.decision();
    decision.content.erase = true;
    decision.erase_conversation = true;
}
