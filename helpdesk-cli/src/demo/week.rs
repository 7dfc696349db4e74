//! The scheduler: stories are told one after the other, and played in the order of time.

use chrono::TimeDelta;
use helpdesk_core::ticket::{Channel, Priority};

use super::company::Person;
use super::scene::{Moment, Move, Scene, Script, StoryId};
use super::story::Story;

/// How long before its first scene the company is founded.
const RUN_UP: TimeDelta = TimeDelta::hours(1);

/// The week in the making.
#[derive(Debug, Default)]
pub(super) struct Week {
    script: Script,
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
        self.script.stories
    }

    /// How many tickets besides spam there are at the end.
    pub(super) fn tickets(&self) -> usize {
        self.script.stories - self.script.spam
    }

    /// How long before its end the week begins.
    pub(super) fn begin(&self) -> TimeDelta {
        self.script.scenes.iter().map(|scene| scene.before_end).max().unwrap_or_default() + RUN_UP
    }

    /// The scenes as they follow each other.
    pub(super) fn into_scenes(mut self) -> Vec<Scene> {
        self.script.scenes.sort_by_key(|scene| std::cmp::Reverse(scene.before_end));
        self.script.scenes
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
        let id = StoryId(self.script.stories);
        self.script.stories += 1;
        Story::begin(&mut self.script, id, person).scene(at, what)
    }
}
