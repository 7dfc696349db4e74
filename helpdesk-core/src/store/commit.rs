//! The one value that changes anything: applied whole, or not at all.

use crate::env::Timestamp;
use crate::party::{Actor, TenantId};
use crate::store::{Expected, RecordKey, RecordWrite};
use crate::ticket::{EventRecord, LockSlot, Message, NumberPlan, Ticket, TicketId, TicketNumber, Version};

/// Everything one act changes. Build it with [`Commit::new`] and fill in what there is.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// Whose data.
    pub tenant: TenantId,
    /// Who acts.
    pub actor: Actor,
    /// The instant of the act.
    pub at: Timestamp,
    /// The tickets it writes; at most [`Commit::MAX_TICKETS`], each id once.
    pub tickets: Vec<TicketWrite>,
    /// The records it writes, each key once.
    pub records: Vec<RecordWrite>,
    /// What it rests on without writing it.
    pub guards: Vec<Guard>,
    /// The locks it was decided on.
    pub fences: Vec<Fence>,
    /// The caller's key.
    pub key: Option<IdempotencyKey>,
    /// Whether the events go to the outbox.
    pub outbox: bool,
}

/// One ticket in a commit.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketWrite {
    /// The ticket as it was loaded: what must still stand in the store. `None` if it must not be there.
    /// A backend compares its version only, and may use the rest to find what changed.
    pub before: Option<Ticket>,
    /// The ticket after the act, whole; one version further, or for a ticket taken over with its whole history at any.
    /// Its number is empty where it is to be drawn.
    pub after: Ticket,
    /// Where a new ticket's number comes from; ignored for one that is there.
    pub number: NumberSource,
    /// What happened, in order; the store gives the places in the history. With what the personal values were.
    pub events: Vec<(EventRecord, Option<serde_json::Value>)>,
    /// What is done to the conversation.
    pub messages: Messages,
}

/// What is done to a conversation.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Messages {
    /// Whether every text that stands there, and every revision in the history, is erased first.
    pub erase: bool,
    /// What is added. The core has set their positions, which go on without a gap.
    pub add: Vec<Message>,
}

/// Where a new ticket's number comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberSource {
    /// The store draws the next sequence of the plan's scope, in the same act. It skips a number that is taken: one whose
    /// [`TicketNumber::key`] another ticket has.
    Draw(NumberPlan),
    /// It is given, and is what the stored ticket has for a number, whatever `after` says. `raise` is the scope and
    /// sequence it stands for, so that drawing goes on behind it.
    Given {
        /// The number.
        number: TicketNumber,
        /// What drawing must not give any more.
        raise: Option<(String, u64)>,
    },
}

/// A record that must still be as it was when the act was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guard {
    /// Which.
    pub key: RecordKey,
    /// How it was.
    pub expected: Expected,
}

/// A ticket's lock that must still be as it was when the act was decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// Whose lock.
    pub ticket: TicketId,
    /// How it was.
    pub seen: LockSlot,
}

/// A caller's key: the same key and the same request give the first answer again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey {
    /// Whose keys (`api`, `import`, …).
    pub source: String,
    /// The key.
    pub key: String,
    /// A digest of actor and request. The same key with another digest is refused.
    pub fingerprint: String,
}

impl Commit {
    /// Most tickets of one act.
    pub const MAX_TICKETS: usize = 8;

    /// An act that changes nothing yet.
    pub fn new(tenant: TenantId, actor: Actor, at: Timestamp) -> Self {
        Self {
            tenant,
            actor,
            at,
            tickets: Vec::new(),
            records: Vec::new(),
            guards: Vec::new(),
            fences: Vec::new(),
            key: None,
            outbox: false,
        }
    }
}

impl TicketWrite {
    /// The version that must stand in the store; [`Version::NONE`] if the ticket must not be there.
    pub fn expected(&self) -> Version {
        self.before.as_ref().map_or(Version::NONE, |before| before.version)
    }
}
