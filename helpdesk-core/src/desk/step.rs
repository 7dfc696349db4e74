//! What is asked, ticket by ticket, and how the same request is known again.

use sha2::{Digest, Sha256};

use super::TicketRef;
use super::who::Who;
use crate::party::Requester;
use crate::ticket::{Command, TicketId, TicketNumber};

/// What is asked of one ticket: commands that are decided one after the other and committed together.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) target: Target,
    pub(super) commands: Vec<Command>,
    /// Whether the desk itself vouches for it: the handle's method has authorised the whole act already.
    pub(super) vouched: bool,
}

/// Which ticket.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Existing(TicketRef),
    New(Box<NewStep>),
}

/// A ticket to be opened.
#[derive(Debug, Clone)]
pub(super) struct NewStep {
    pub(super) id: TicketId,
    pub(super) requester: Requester,
    pub(super) number: Option<TicketNumber>,
}

impl Step {
    /// One command on one ticket.
    pub(super) fn on(target: impl Into<TicketRef>, command: Command) -> Self {
        Self { target: Target::Existing(target.into()), commands: vec![command], vouched: false }
    }
}

/// A digest of who asks for what: the same for the same request, whatever ids the calls drew.
pub(super) fn fingerprint(who: &Who, steps: &[Step]) -> String {
    let mut hash = Sha256::new();
    hash.update(who.as_named());
    let drawn = steps.iter().filter_map(|step| match &step.target {
        Target::New(new) => Some(new.id.to_string()),
        Target::Existing(_) => None,
    });
    let drawn: Vec<String> = drawn.collect();
    for step in steps {
        match &step.target {
            Target::Existing(reference) => hash.update(format!("on {reference:?}")),
            Target::New(new) => hash.update(format!("new {:?} {:?}", new.requester, new.number)),
        }
        let commands = serde_json::to_string(&step.commands).unwrap_or_default();
        // A link to a ticket that this act opens.
        hash.update(drawn.iter().fold(commands, |commands, id| commands.replace(id, "new")));
    }
    crate::text::hex(&hash.finalize()[..16])
}

/// A digest of who asks for what, where that is a value as it stands.
pub(super) fn digest(who: &Who, asked: &impl serde::Serialize) -> String {
    let mut hash = Sha256::new();
    hash.update(who.as_named());
    hash.update("\0");
    hash.update(serde_json::to_string(asked).unwrap_or_default());
    crate::text::hex(&hash.finalize()[..16])
}
