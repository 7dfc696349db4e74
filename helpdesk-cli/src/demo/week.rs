//! The scheduler: stories are told one after the other, and played in the order of time.
//!
//! A moment is a day of the week from 0 to 6 with hour and minute; the week ends on day 6 at 17:00, whatever the real
//! end is, so the stories read like office hours and shift as a whole.

use chrono::TimeDelta;
use helpdesk_core::ticket::{Channel, LinkKind, Priority};

use super::company::Person;
use super::story::Story;

/// Day, hour, minute.
pub(super) type Moment = (i64, i64, i64);

/// The moment at which the week ends.
const END: Moment = (6, 17, 0);
/// How long before its first scene the company is founded.
const RUN_UP: TimeDelta = TimeDelta::hours(1);

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

/// The week in the making.
#[derive(Debug, Default)]
pub(super) struct Week {
    pub(super) scenes: Vec<Scene>,
    stories: usize,
    pub(super) spam: usize,
}

impl Week {
    /// The week that `tell` tells.
    pub(super) fn of(tell: impl Fn(&mut Self)) -> Self {
        let mut week = Self::default();
        tell(&mut week);
        week
    }

    /// How many stories there are, spam included.
    pub(super) fn stories(&self) -> usize {
        self.stories
    }

    /// How many tickets besides spam there are at the end.
    pub(super) fn tickets(&self) -> usize {
        self.stories - self.spam
    }

    /// How long before its end the week begins.
    pub(super) fn begin(&self) -> TimeDelta {
        self.scenes.iter().map(|scene| scene.before_end).max().unwrap_or_default() + RUN_UP
    }

    /// The scenes as they follow each other.
    pub(super) fn into_scenes(mut self) -> Vec<Scene> {
        self.scenes.sort_by_key(|scene| std::cmp::Reverse(scene.before_end));
        self.scenes
    }

    /// Somebody writes a mail.
    pub(super) fn mail(
        &mut self,
        at: Moment,
        who: &'static Person,
        subject: &'static str,
        body: &'static str,
    ) -> Story<'_> {
        self.begin_with(at, who, Move::Asks { channel: Channel::MAIL, subject, body })
    }

    /// Somebody fills in the form on the page.
    pub(super) fn form(
        &mut self,
        at: Moment,
        who: &'static Person,
        subject: &'static str,
        body: &'static str,
    ) -> Story<'_> {
        self.begin_with(at, who, Move::Asks { channel: Channel::FORM, subject, body })
    }

    /// Somebody begins a chat.
    pub(super) fn chat(
        &mut self,
        at: Moment,
        who: &'static Person,
        subject: &'static str,
        body: &'static str,
    ) -> Story<'_> {
        self.begin_with(at, who, Move::Asks { channel: Channel::CHAT, subject, body })
    }

    /// Somebody calls; the agent writes it down.
    pub(super) fn phone(
        &mut self,
        at: Moment,
        who: &'static Person,
        agent: &'static str,
        priority: Priority,
        subject: &'static str,
        body: &'static str,
    ) -> Story<'_> {
        self.begin_with(at, who, Move::Calls { agent, subject, body, priority })
    }

    /// Somebody answers to a closed ticket, which becomes a new one.
    pub(super) fn goes_on(&mut self, at: Moment, who: &'static Person, from: StoryId, body: &'static str) -> Story<'_> {
        self.begin_with(at, who, Move::GoesOn { from, body })
    }

    /// An agent makes a ticket of its own from messages of another.
    pub(super) fn split(
        &mut self,
        at: Moment,
        who: &'static Person,
        agent: &'static str,
        from: StoryId,
        subject: &'static str,
        positions: &'static [u32],
    ) -> Story<'_> {
        self.begin_with(at, who, Move::Split { agent, from, subject, positions })
    }

    fn begin_with(&mut self, at: Moment, person: &'static Person, what: Move) -> Story<'_> {
        let id = StoryId(self.stories);
        self.stories += 1;
        Story::begin(self, id, person).scene(at, what)
    }
}
