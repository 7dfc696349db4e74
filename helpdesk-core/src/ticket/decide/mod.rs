//! The decisions: a ticket, a command and the facts give events or a rejection. One file per sort of command.

mod assign;
mod classify;
mod draft;
mod guard;
mod lifecycle;
mod links;
mod message;
mod open;
mod status;
mod timer;

use super::{Command, Decision, Facts, Rejection, Ticket};
use crate::sla::Reach;
use draft::Draft;
pub use guard::honours_lock;

/// Decides a command on a ticket as it stands. A command that changes nothing gives an empty decision.
///
/// # Errors
/// A [`Rejection`] that says why it does not happen.
///
/// ```
/// use helpdesk_core::{Limits, Settings};
/// use helpdesk_core::party::Actor;
/// use helpdesk_core::ticket::{Command, Facts, LockSlot, NewTicket, Ticket, TicketId, decide::decide};
///
/// let (settings, limits, lock) = (Settings::default(), Limits::default(), LockSlot::default());
/// let actor = "agent:anna".parse::<Actor>().unwrap();
/// let facts = Facts {
///     now: "2026-11-02T09:00:00Z".parse().unwrap(),
///     actor: &actor, settings: &settings, limits: &limits, lock: &lock, token: None, may_reopen_closed: false, as_of: None,
/// };
/// let blank = Ticket::blank(TicketId(uuid::Uuid::from_u128(1)));
/// let decision = decide(&blank, &Command::Open(Box::new(NewTicket::new("Printer jams"))), &facts).unwrap();
/// assert_eq!(decision.events[0].1.name(), "opened");
/// assert!(decide(&blank, &Command::Claim, &facts).is_err(), "there is nothing to claim yet");
/// ```
pub fn decide(ticket: &Ticket, command: &Command, facts: &Facts<'_>) -> Result<Decision, Rejection> {
    let mut draft = Draft::new(ticket, facts);
    if let Command::Open(new) = command {
        open::open(&mut draft, new)?;
        return Ok(draft.finish());
    }
    if ticket.version == super::Version::NONE || ticket.deleted_at.is_some() {
        return Err(Rejection::NotOpen);
    }
    guard::lock(&mut draft, command)?;
    match command {
        Command::Open(_) => return Err(Rejection::AlreadyOpen),
        Command::AddMessage(new) => message::add(&mut draft, new)?,
        Command::SetStatus(change) => status::set(&mut draft, change)?,
        Command::Assign(agent) => assign::assign(&mut draft, agent.as_ref()),
        Command::SetTeam(team) => assign::team(&mut draft, team.as_ref()),
        Command::Claim => assign::claim(&mut draft)?,
        Command::SetPriority(change) => classify::priority(&mut draft, *change),
        Command::SetCategory(category) => classify::category(&mut draft, category.as_ref()),
        Command::SetKind(kind) => classify::kind(&mut draft, kind),
        Command::ChangeTags { add, remove } => classify::tags(&mut draft, add, remove)?,
        Command::SetFields(changes) => classify::fields(&mut draft, changes)?,
        Command::SetSubject(subject) => classify::subject(&mut draft, subject)?,
        Command::SetRequester { contact, card, organization } => {
            classify::requester(&mut draft, contact, card, organization.as_ref());
        }
        Command::SetDue(due_at) => classify::due(&mut draft, *due_at)?,
        Command::AddParticipant(participant) => links::add_participant(&mut draft, participant)?,
        Command::RemoveParticipant(participant) => links::remove_participant(&mut draft, participant),
        Command::AddLink(link) => links::add(&mut draft, *link)?,
        Command::RemoveLink(link) => links::remove(&mut draft, *link),
        Command::AddExternal(external) => links::external(&mut draft, external)?,
        Command::MergeInto(target) => lifecycle::merge_into(&mut draft, *target)?,
        Command::Unmerge => lifecycle::unmerge(&mut draft)?,
        Command::MarkSpam => lifecycle::mark_spam(&mut draft)?,
        Command::NotSpam => lifecycle::not_spam(&mut draft)?,
        Command::Confirm => lifecycle::confirm(&mut draft)?,
        Command::Erase => lifecycle::erase(&mut draft),
        Command::Delete => lifecycle::delete(&mut draft),
        Command::FireTimer(timer) => timer::fire(&mut draft, *timer)?,
        Command::ReapplyServiceLevels => draft.reach = Reach::Reapply,
    }
    Ok(draft.finish())
}
