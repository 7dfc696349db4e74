//! Who or what moves a ticket from one status to another.

use serde::{Deserialize, Serialize};

/// One who moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mover {
    /// An agent, or a rule that acts like one.
    Agent,
    /// A public message.
    Reply,
    /// A wake-up time.
    WakeUp,
    /// The end of the time after resolving.
    AutoClose,
    /// The requester's confirmation.
    Confirmation,
    /// An agent with the permission `ticket.reopen_closed`.
    ReopenClosed,
    /// The act *not spam*.
    NotSpam,
    /// The acts *merge* and *unmerge*.
    Merge,
}

impl Mover {
    /// Every mover.
    pub const ALL: [Self; 8] = [
        Self::Agent,
        Self::Reply,
        Self::WakeUp,
        Self::AutoClose,
        Self::Confirmation,
        Self::ReopenClosed,
        Self::NotSpam,
        Self::Merge,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Reply => "reply",
            Self::WakeUp => "wake_up",
            Self::AutoClose => "auto_close",
            Self::Confirmation => "confirmation",
            Self::ReopenClosed => "reopen_closed",
            Self::NotSpam => "not_spam",
            Self::Merge => "merge",
        }
    }
}

/// A set of movers.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Mover>", into = "Vec<Mover>")]
pub struct Movers(u8);

impl Movers {
    /// Nobody.
    pub const NONE: Self = Self(0);

    /// These.
    pub const fn of(movers: &[Mover]) -> Self {
        let (mut bits, mut i) = (0, 0);
        while i < movers.len() {
            bits |= 1 << movers[i] as u8;
            i += 1;
        }
        Self(bits)
    }

    /// Whether `mover` is one of them.
    pub fn contains(self, mover: Mover) -> bool {
        self.0 & (1 << mover as u8) != 0
    }

    /// Whether all of `others` are among them.
    pub fn includes(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Mover> {
        Mover::ALL.into_iter().filter(move |mover| self.contains(*mover))
    }
}

impl std::fmt::Debug for Movers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl std::fmt::Display for Movers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.iter().map(Mover::as_str).collect();
        f.write_str(&names.join(", "))
    }
}

impl From<Vec<Mover>> for Movers {
    fn from(movers: Vec<Mover>) -> Self {
        Self::of(&movers)
    }
}

impl From<Movers> for Vec<Mover> {
    fn from(movers: Movers) -> Self {
        movers.iter().collect()
    }
}
