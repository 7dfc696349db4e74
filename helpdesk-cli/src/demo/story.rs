//! One story: what happens to one ticket, told in the words of those who work on it.

use chrono::TimeDelta;
use helpdesk_core::ticket::{LinkKind, Priority};

use super::company::Person;
use super::scene::{Moment, Move, Scene, Script, StoryId, before_end};

/// A story in the making.
pub(super) struct Story<'script> {
    script: &'script mut Script,
    id: StoryId,
    person: &'static Person,
}

impl<'script> Story<'script> {
    pub(super) fn begin(script: &'script mut Script, id: StoryId, person: &'static Person) -> Self {
        Self { script, id, person }
    }

    /// What other stories name it by.
    pub(super) fn id(&self) -> StoryId {
        self.id
    }

    /// Something happens in it.
    pub(super) fn scene(self, at: Moment, what: Move) -> Self {
        // Nobody works on the full minute: each story has seconds of its own, which leaves the order within it.
        let seconds = TimeDelta::seconds(i64::try_from(self.id.0 * 37 % 60).unwrap_or(0));
        let before_end = before_end(at) - seconds;
        self.script.scenes.push(Scene { before_end, story: self.id, person: self.person, what });
        self
    }

    pub(super) fn says(self, at: Moment, body: &'static str) -> Self {
        self.scene(at, Move::Says(body))
    }

    pub(super) fn confirms(self, at: Moment) -> Self {
        self.scene(at, Move::Confirms)
    }

    pub(super) fn reply(self, at: Moment, agent: &'static str, body: &'static str) -> Self {
        self.scene(at, Move::Reply { agent, body, then: None })
    }

    /// Answers with a question: the requester is to move.
    pub(super) fn ask_back(self, at: Moment, agent: &'static str, body: &'static str) -> Self {
        self.scene(at, Move::Reply { agent, body, then: Some("pending") })
    }

    /// Answers, and that is that.
    pub(super) fn solve(self, at: Moment, agent: &'static str, body: &'static str) -> Self {
        self.scene(at, Move::Reply { agent, body, then: Some("resolved") })
    }

    pub(super) fn note(self, at: Moment, agent: &'static str, body: &'static str) -> Self {
        self.scene(at, Move::Note { agent, body })
    }

    pub(super) fn sort(self, at: Moment, agent: &'static str, category: &'static str, team: &'static str) -> Self {
        self.scene(at, Move::Sort { agent, category, team })
    }

    pub(super) fn claim(self, at: Moment, agent: &'static str) -> Self {
        self.scene(at, Move::Claim(agent))
    }

    pub(super) fn assign(self, at: Moment, agent: &'static str, to: &'static str) -> Self {
        self.scene(at, Move::Assign { agent, to })
    }

    pub(super) fn team(self, at: Moment, agent: &'static str, team: &'static str) -> Self {
        self.scene(at, Move::Team { agent, team })
    }

    pub(super) fn priority(self, at: Moment, agent: &'static str, priority: Priority) -> Self {
        self.scene(at, Move::Priority { agent, priority })
    }

    pub(super) fn kind(self, at: Moment, agent: &'static str, kind: &'static str) -> Self {
        self.scene(at, Move::Kind { agent, kind })
    }

    pub(super) fn tag(self, at: Moment, agent: &'static str, tags: &'static [&'static str]) -> Self {
        self.scene(at, Move::Tag { agent, tags })
    }

    pub(super) fn order(self, at: Moment, agent: &'static str, value: &'static str) -> Self {
        self.scene(at, Move::Text { agent, field: "order_number", value })
    }

    pub(super) fn branch(self, at: Moment, agent: &'static str, value: &'static str) -> Self {
        self.scene(at, Move::Text { agent, field: "branch", value })
    }

    pub(super) fn refund(self, at: Moment, agent: &'static str, euros: f64) -> Self {
        self.scene(at, Move::Refund { agent, euros })
    }

    pub(super) fn status(self, at: Moment, agent: &'static str, status: &'static str) -> Self {
        self.scene(at, Move::Status { agent, status })
    }

    /// Waits for somebody else, at most until then.
    pub(super) fn hold(self, at: Moment, agent: &'static str, until: Moment) -> Self {
        self.scene(at, Move::Wait { agent, status: "on_hold", until })
    }

    /// Waits for the requester, at most until then.
    pub(super) fn pend(self, at: Moment, agent: &'static str, until: Moment) -> Self {
        self.scene(at, Move::Wait { agent, status: "pending", until })
    }

    pub(super) fn due(self, at: Moment, agent: &'static str, due: Moment) -> Self {
        self.scene(at, Move::Due { agent, at: due })
    }

    pub(super) fn watch(self, at: Moment, agent: &'static str, who: &'static str) -> Self {
        self.scene(at, Move::Watch { agent, who })
    }

    pub(super) fn link(self, at: Moment, agent: &'static str, kind: LinkKind, other: StoryId) -> Self {
        self.scene(at, Move::Link { agent, kind, other })
    }

    pub(super) fn merge(self, at: Moment, agent: &'static str, into: StoryId) -> Self {
        self.scene(at, Move::Merge { agent, into })
    }

    pub(super) fn spam(self, at: Moment, agent: &'static str) -> Self {
        self.script.spam += 1;
        self.scene(at, Move::Spam(agent))
    }

    pub(super) fn lock(self, at: Moment, agent: &'static str, purpose: &'static str) -> Self {
        self.scene(at, Move::Lock { agent, purpose })
    }

    pub(super) fn unlock(self, at: Moment, agent: &'static str) -> Self {
        self.scene(at, Move::Unlock(agent))
    }

    pub(super) fn steal(self, at: Moment, agent: &'static str, reason: &'static str) -> Self {
        self.scene(at, Move::Steal { agent, reason })
    }

    pub(super) fn read(self, at: Moment, agent: &'static str) -> Self {
        self.scene(at, Move::Read(agent))
    }
}
