//! What an agent can do with tickets. Reading, lists and locks stand in files of their own.

use std::collections::BTreeMap;

use super::act::{Act, Options};
use super::step::{NewStep, Step, Target};
use super::who::Who;
use super::{Desk, Error, TicketRef};
use crate::env::Timestamp;
use crate::party::{Actor, AgentId, CategoryId, ContactId, Requester, Role, TeamId, TenantId};
use crate::ticket::{
    Command, FieldKey, FieldValue, MessageDraft, MessageId, NewMessage, NewTicket, Participant, ParticipantRole,
    ParticipantState, Priority, PriorityChange, StatusChange, StatusKey, TicketId, TicketKind, TicketNumber,
    Visibility,
};

/// An agent's handle.
#[derive(Debug, Clone)]
pub struct AgentDesk<'s> {
    pub(super) desk: Desk<'s>,
    pub(super) tenant: TenantId,
    pub(super) who: Who,
}

/// A ticket to be opened by an agent: the ticket, who asks, and the first message.
///
/// ```
/// use helpdesk_core::desk::OpenTicket;
/// use helpdesk_core::ticket::Priority;
/// let mut open = OpenTicket::new("Till is down").from_email("shop@example.com")?.saying("It does not start.");
/// open.ticket.priority = Some(Priority::Critical);
/// # Ok::<(), helpdesk_core::desk::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OpenTicket {
    /// The ticket. Requester and message are filled in from the fields below.
    pub ticket: NewTicket,
    /// Who asks.
    pub requester: Requester,
    /// The requester's words; the agent's own if nobody asks.
    pub message: Option<MessageDraft>,
    /// The number it has already; for tickets that are taken over from elsewhere.
    pub number: Option<TicketNumber>,
}

impl OpenTicket {
    /// A ticket about `subject`.
    pub fn new(subject: impl Into<String>) -> Self {
        Self { ticket: NewTicket::new(subject), ..Self::default() }
    }

    /// The same, asked by whoever has this address.
    ///
    /// # Errors
    /// If it is no address.
    pub fn from_email(mut self, address: &str) -> Result<Self, Error> {
        self.requester.email = Requester::email(address)?.email;
        Ok(self)
    }

    /// The same, asked by this one.
    pub fn from_requester(mut self, requester: Requester) -> Self {
        self.requester = requester;
        self
    }

    /// The same with the requester's words.
    pub fn saying(mut self, message: impl Into<MessageDraft>) -> Self {
        self.message = Some(message.into());
        self
    }
}

impl<'s> AgentDesk<'s> {
    pub(super) fn new(desk: Desk<'s>, tenant: TenantId, who: Who) -> Self {
        Self { desk, tenant, who }
    }

    /// The same with a role that the host vouches for, whatever the agent's record says.
    pub fn with_role(mut self, role: Role) -> Self {
        if let Who::Agent { role: asserted, .. } = &mut self.who {
            *asserted = Some(role);
        }
        self
    }

    /// The agent; `None` for the desk itself.
    pub fn id(&self) -> Option<&AgentId> {
        match &self.who {
            Who::Agent { id, .. } => Some(id),
            Who::Requester(_) | Who::Newcomer(_) | Who::OnBehalf(_) | Who::System => None,
        }
    }

    pub(super) fn actor(&self) -> Actor {
        self.id().map_or(Actor::System, |id| Actor::Agent(id.clone()))
    }

    /// Any command on a ticket; what the other methods are made of.
    pub fn command(&self, ticket: impl Into<TicketRef>, command: Command) -> Act<'s> {
        self.act(vec![Step::on(ticket, command)])
    }

    pub(super) fn act(&self, steps: Vec<Step>) -> Act<'s> {
        Act {
            desk: self.desk.clone(),
            tenant: self.tenant.clone(),
            who: self.who.clone(),
            steps,
            options: Options::default(),
        }
    }

    /// Opens a ticket.
    pub fn open(&self, open: OpenTicket) -> Act<'s> {
        let OpenTicket { mut ticket, requester, message, number } = open;
        let now = self.desk.now();
        ticket.message = message.map(|draft| NewMessage {
            author: if requester.is_empty() { self.actor() } else { unnamed_requester() },
            ..NewMessage::public(MessageId(self.desk.fresh_id(now)), draft)
        });
        let new = NewStep { id: TicketId(self.desk.fresh_id(now)), requester, number };
        self.act(vec![Step {
            target: Target::New(Box::new(new)),
            commands: vec![Command::Open(Box::new(ticket))],
            vouched: false,
        }])
    }

    /// Answers the requester in public.
    pub fn reply(&self, ticket: impl Into<TicketRef>, message: impl Into<MessageDraft>) -> Act<'s> {
        self.message(ticket, Visibility::Public, message.into())
    }

    /// Writes an internal note.
    pub fn note(&self, ticket: impl Into<TicketRef>, message: impl Into<MessageDraft>) -> Act<'s> {
        self.message(ticket, Visibility::Internal, message.into())
    }

    fn message(&self, ticket: impl Into<TicketRef>, visibility: Visibility, draft: MessageDraft) -> Act<'s> {
        let id = MessageId(self.desk.fresh_id(self.desk.now()));
        let message = NewMessage { id, author: self.actor(), visibility, draft, at: None };
        self.command(ticket, Command::AddMessage(Box::new(message)))
    }

    /// Changes the status.
    ///
    /// # Errors
    /// If the status is not well-formed.
    pub fn set_status(&self, ticket: impl Into<TicketRef>, status: &str) -> Result<Act<'s>, Error> {
        Ok(self.change_status(ticket, StatusChange::to(StatusKey::new(status)?)))
    }

    /// Changes the status, with a time until which the ticket waits.
    pub fn change_status(&self, ticket: impl Into<TicketRef>, change: StatusChange) -> Act<'s> {
        self.command(ticket, Command::SetStatus(change))
    }

    /// Gives the ticket to an agent, or with `None` to nobody.
    pub fn assign(&self, ticket: impl Into<TicketRef>, agent: Option<AgentId>) -> Act<'s> {
        self.command(ticket, Command::Assign(agent))
    }

    /// Gives the ticket to a team, or with `None` to none.
    pub fn assign_team(&self, ticket: impl Into<TicketRef>, team: Option<TeamId>) -> Act<'s> {
        self.command(ticket, Command::SetTeam(team))
    }

    /// Takes the ticket for oneself.
    pub fn claim(&self, ticket: impl Into<TicketRef>) -> Act<'s> {
        self.command(ticket, Command::Claim)
    }

    /// Sets the priority by one's own word.
    pub fn set_priority(&self, ticket: impl Into<TicketRef>, priority: Priority) -> Act<'s> {
        self.command(ticket, Command::SetPriority(PriorityChange::Override(priority)))
    }

    /// Sets the category, or with `None` takes it away.
    pub fn set_category(&self, ticket: impl Into<TicketRef>, category: Option<CategoryId>) -> Act<'s> {
        self.command(ticket, Command::SetCategory(category))
    }

    /// Sets the kind.
    pub fn set_kind(&self, ticket: impl Into<TicketRef>, kind: TicketKind) -> Act<'s> {
        self.command(ticket, Command::SetKind(kind))
    }

    /// Adds and removes tags.
    pub fn tag(&self, ticket: impl Into<TicketRef>, add: &[&str], remove: &[&str]) -> Act<'s> {
        let owned = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
        self.command(ticket, Command::ChangeTags { add: owned(add), remove: owned(remove) })
    }

    /// Sets custom fields, or with `None` clears them.
    pub fn set_fields(&self, ticket: impl Into<TicketRef>, fields: BTreeMap<FieldKey, Option<FieldValue>>) -> Act<'s> {
        self.command(ticket, Command::SetFields(fields))
    }

    /// Changes the subject.
    pub fn set_subject(&self, ticket: impl Into<TicketRef>, subject: impl Into<String>) -> Act<'s> {
        self.command(ticket, Command::SetSubject(subject.into()))
    }

    /// Sets the due time by hand, or with `None` clears it.
    pub fn set_due(&self, ticket: impl Into<TicketRef>, due_at: Option<Timestamp>) -> Act<'s> {
        self.command(ticket, Command::SetDue(due_at))
    }

    /// Lets somebody watch the ticket.
    pub fn watch(&self, ticket: impl Into<TicketRef>, who: Actor) -> Act<'s> {
        self.command(ticket, Command::AddParticipant(watcher(who)))
    }

    /// Lets somebody not watch the ticket any more.
    pub fn unwatch(&self, ticket: impl Into<TicketRef>, who: Actor) -> Act<'s> {
        self.command(ticket, Command::RemoveParticipant(watcher(who)))
    }

    /// Says that it is spam.
    pub fn mark_spam(&self, ticket: impl Into<TicketRef>) -> Act<'s> {
        self.command(ticket, Command::MarkSpam)
    }

    /// Says that it is not spam after all.
    pub fn not_spam(&self, ticket: impl Into<TicketRef>) -> Act<'s> {
        self.command(ticket, Command::NotSpam)
    }

    /// Erases the ticket. Its number stays taken; nobody sees it any more.
    pub fn delete(&self, ticket: impl Into<TicketRef>) -> Act<'s> {
        self.command(ticket, Command::Delete)
    }
}

fn watcher(party: Actor) -> Participant {
    Participant { party, role: ParticipantRole::Watcher, state: ParticipantState::Active }
}

/// Stands for the requester until the desk knows the contact's id.
pub(super) fn unnamed_requester() -> Actor {
    #[expect(clippy::expect_used, reason = "a literal that is a well-formed id; every opened ticket builds it")]
    Actor::Requester(ContactId::new("unnamed").expect("a literal contact id is well-formed"))
}
