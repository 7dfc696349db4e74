//! Everything that can be permitted, each with a stable name.

use crate::party::Actor;
use crate::ticket::{Command, NewMessage, Visibility};

/// An act that needs permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Action {
    /// See a ticket.
    TicketRead,
    /// Open a ticket.
    TicketOpen,
    /// Write a public message.
    TicketReply,
    /// Write an internal note.
    TicketNote,
    /// Change the status.
    TicketStatus,
    /// Assign to an agent or a team, claim.
    TicketAssign,
    /// Change priority, category, tags, fields, subject, requester, links, watchers.
    TicketEdit,
    /// Take and give back the lock.
    TicketLock,
    /// Take the lock from another.
    TicketStealLock,
    /// Reopen a closed ticket.
    TicketReopenClosed,
    /// Merge and unmerge.
    TicketMerge,
    /// Erase a ticket.
    TicketDelete,
    /// Confirm the solution of one's own ticket.
    TicketConfirm,
    /// Take tickets over from elsewhere with their times and authors.
    TicketImport,
    /// See contacts.
    ContactRead,
    /// Change contacts.
    ContactEdit,
    /// Erase a contact and what is personal of its tickets.
    ContactErase,
    /// See teams, categories, agents, settings.
    SettingsRead,
    /// Change them.
    SettingsEdit,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 19] = [
        Self::TicketRead,
        Self::TicketOpen,
        Self::TicketReply,
        Self::TicketNote,
        Self::TicketStatus,
        Self::TicketAssign,
        Self::TicketEdit,
        Self::TicketLock,
        Self::TicketStealLock,
        Self::TicketReopenClosed,
        Self::TicketMerge,
        Self::TicketDelete,
        Self::TicketConfirm,
        Self::TicketImport,
        Self::ContactRead,
        Self::ContactEdit,
        Self::ContactErase,
        Self::SettingsRead,
        Self::SettingsEdit,
    ];

    /// What a command by `actor` needs. Writing in somebody else's name, or as of another time, is taking over from
    /// elsewhere; only a requester's words may be written down by others.
    pub fn of(command: &Command, actor: &Actor) -> Self {
        match command {
            Command::Open(new) if new.created_at.is_some() || new.status.is_some() || !new.more.is_empty() => {
                Self::TicketImport
            }
            Command::Open(new) if new.message.as_ref().is_some_and(|message| !may_author(message, actor)) => {
                Self::TicketImport
            }
            Command::AddMessage(new) if !may_author(new, actor) => Self::TicketImport,
            Command::Open(_) => Self::TicketOpen,
            Command::AddMessage(new) if new.visibility == Visibility::Public => Self::TicketReply,
            Command::AddMessage(_) => Self::TicketNote,
            Command::SetStatus(_) | Command::MarkSpam | Command::NotSpam | Command::FireTimer(_) => Self::TicketStatus,
            Command::Assign(_) | Command::SetTeam(_) | Command::Claim => Self::TicketAssign,
            Command::MergeInto(_) | Command::Unmerge => Self::TicketMerge,
            Command::Confirm => Self::TicketConfirm,
            Command::Delete => Self::TicketDelete,
            Command::Erase => Self::ContactErase,
            Command::ReapplyServiceLevels => Self::SettingsEdit,
            Command::SetPriority(_)
            | Command::SetCategory(_)
            | Command::SetKind(_)
            | Command::ChangeTags { .. }
            | Command::SetFields(_)
            | Command::SetSubject(_)
            | Command::SetRequester { .. }
            | Command::SetDue(_)
            | Command::AddParticipant(_)
            | Command::RemoveParticipant(_)
            | Command::AddLink(_)
            | Command::RemoveLink(_)
            | Command::AddExternal(_) => Self::TicketEdit,
        }
    }

    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TicketRead => "ticket.read",
            Self::TicketOpen => "ticket.open",
            Self::TicketReply => "ticket.reply",
            Self::TicketNote => "ticket.note",
            Self::TicketStatus => "ticket.status",
            Self::TicketAssign => "ticket.assign",
            Self::TicketEdit => "ticket.edit",
            Self::TicketLock => "ticket.lock",
            Self::TicketStealLock => "ticket.steal_lock",
            Self::TicketReopenClosed => "ticket.reopen_closed",
            Self::TicketMerge => "ticket.merge",
            Self::TicketDelete => "ticket.delete",
            Self::TicketConfirm => "ticket.confirm",
            Self::TicketImport => "ticket.import",
            Self::ContactRead => "contact.read",
            Self::ContactEdit => "contact.edit",
            Self::ContactErase => "contact.erase",
            Self::SettingsRead => "settings.read",
            Self::SettingsEdit => "settings.edit",
        }
    }
}

impl std::fmt::Display for Action {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether `actor` may write this message now: as herself, or what a requester said if she is not one.
fn may_author(message: &NewMessage, actor: &Actor) -> bool {
    let on_behalf = message.author.requester().is_some() && actor.requester().is_none();
    message.at.is_none() && (message.author == *actor || on_behalf)
}
