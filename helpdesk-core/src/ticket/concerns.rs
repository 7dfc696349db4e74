//! Which events in between matter to a command: only those make a conflict out of a moved version.

use super::{Command, Event, Visibility};

impl Command {
    /// Whether `event`, which the caller had not seen, touches what this command depends on.
    ///
    /// Notes, watchers, tags and clocks disturb nobody; a public message disturbs who answers or ends the
    /// ticket; a change of the very thing disturbs who changes it.
    pub fn concerns(&self, event: &Event) -> bool {
        match event {
            Event::LockStolen { .. }
            | Event::ClockStarted(_)
            | Event::ClockRetargeted(_)
            | Event::ClockPaused { .. }
            | Event::ClockResumed { .. }
            | Event::ClockBreached { .. }
            | Event::ClockStopped { .. }
            | Event::LevelReached { .. }
            | Event::ActionRefused { .. }
            | Event::ParticipantAdded(_)
            | Event::ParticipantRemoved(_)
            | Event::ExternalAdded(_)
            | Event::LinkAdded(_)
            | Event::LinkRemoved(_) => false,
            Event::Unknown(_)
            | Event::Opened(_)
            | Event::Erased {}
            | Event::Deleted {}
            | Event::Merged { .. }
            | Event::Unmerged { .. } => true,
            Event::MessageAdded { visibility, .. } => *visibility == Visibility::Public && self.rests_on_the_talk(),
            Event::StatusChanged { .. } | Event::WakeUpChanged { .. } | Event::AutoCloseChanged { .. } => {
                self.rests_on_the_talk()
            }
            Event::Assigned { .. } => matches!(self, Self::Assign(_) | Self::Claim),
            Event::TeamChanged { .. } => matches!(self, Self::SetTeam(_)),
            Event::PriorityChanged { .. } => matches!(self, Self::SetPriority(_)),
            Event::CategoryChanged { .. } => matches!(self, Self::SetCategory(_)),
            Event::KindChanged { .. } => matches!(self, Self::SetKind(_)),
            Event::TagsChanged { .. } => matches!(self, Self::ChangeTags { .. }),
            Event::FieldsChanged { .. } => matches!(self, Self::SetFields(_)),
            Event::SubjectChanged {} => matches!(self, Self::SetSubject(_)),
            Event::RequesterChanged { .. } => matches!(self, Self::SetRequester { .. }) || self.rests_on_the_talk(),
            Event::DueChanged { .. } => matches!(self, Self::SetDue(_)),
        }
    }

    /// Whether it answers, moves or ends the ticket.
    fn rests_on_the_talk(&self) -> bool {
        match self {
            Self::AddMessage(new) => new.visibility == Visibility::Public,
            Self::SetStatus(_)
            | Self::Claim
            | Self::MergeInto(_)
            | Self::Unmerge
            | Self::MarkSpam
            | Self::NotSpam
            | Self::Confirm
            | Self::Delete
            | Self::FireTimer(_) => true,
            _ => false,
        }
    }
}
