//! What a story is made of: moments, and what happens at them.
//!
//! A moment is a day of the week from 0 to 6 with hour and minute; the week ends on day 6 at 17:00, whatever the real
//! end is, so the stories read like office hours and shift as a whole.

use chrono::TimeDelta;
use helpdesk_core::ticket::{LinkKind, Priority};

use super::company::Person;

/// Day, hour, minute.
pub(super) type Moment = (i64, i64, i64);

/// The moment at which the week ends.
const END: Moment = (6, 17, 0);
/// How long before the end of the week a moment lies; negative after it.
pub(super) fn before_end(moment: Moment) -> TimeDelta {
    let minutes = |(day, hour, minute): Moment| (day * 24 + hour) * 60 + minute;
    TimeDelta::minutes(minutes(END) - minutes(moment))
}

/// Which story: the ticket it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StoryId(pub(super) usize);

/// One thing that happens at one instant.
#[derive(Debug)]
pub(super) struct Scene {
    pub(super) before_end: TimeDelta,
    pub(super) story: StoryId,
    /// Who asks in this story.
    pub(super) person: &'static Person,
    pub(super) what: Move,
}

/// What happens. Agents are named by id.
#[derive(Debug, Clone, Copy)]
pub(super) enum Move {
    Asks { channel: &'static str, subject: &'static str, body: &'static str },
    Calls { agent: &'static str, subject: &'static str, body: &'static str, priority: Priority },
    GoesOn { from: StoryId, body: &'static str },
    Split { agent: &'static str, from: StoryId, subject: &'static str, positions: &'static [u32] },
    Says(&'static str),
    Confirms,
    Reply { agent: &'static str, body: &'static str, then: Option<&'static str> },
    Note { agent: &'static str, body: &'static str },
    Sort { agent: &'static str, category: &'static str, team: &'static str },
    Claim(&'static str),
    Assign { agent: &'static str, to: &'static str },
    Team { agent: &'static str, team: &'static str },
    Priority { agent: &'static str, priority: Priority },
    Kind { agent: &'static str, kind: &'static str },
    Tag { agent: &'static str, tags: &'static [&'static str] },
    Text { agent: &'static str, field: &'static str, value: &'static str },
    Refund { agent: &'static str, euros: f64 },
    Status { agent: &'static str, status: &'static str },
    Wait { agent: &'static str, status: &'static str, until: Moment },
    Due { agent: &'static str, at: Moment },
    Watch { agent: &'static str, who: &'static str },
    Link { agent: &'static str, kind: LinkKind, other: StoryId },
    Merge { agent: &'static str, into: StoryId },
    Spam(&'static str),
    Lock { agent: &'static str, purpose: &'static str },
    Unlock(&'static str),
    Steal { agent: &'static str, reason: &'static str },
    Read(&'static str),
}

/// All that happens, as it is told.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) scenes: Vec<Scene>,
    pub(super) stories: usize,
    pub(super) spam: usize,
}
