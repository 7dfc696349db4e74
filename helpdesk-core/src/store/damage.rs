//! What can be wrong with what is stored: named, so that programs can tell it apart and people read it in their
//! language. Looking for it is the backends' and the desk's.

use serde::Serialize;

/// Something wrong that a check found. It tells nothing of what the data holds.
///
/// ```
/// use helpdesk_core::store::Damage;
/// let damage = Damage::Strays { rows: 2 };
/// assert_eq!((damage.code(), damage.to_string().as_str()), ("strays", "2 rows belong to nothing that is there"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Damage {
    /// The engine's own word.
    #[error("{words}")]
    Engine {
        /// As it said it.
        words: String,
    },
    /// A document cannot be read.
    #[error("its document cannot be read")]
    Unreadable,
    /// What it is found by differs from it.
    #[error("what it is found by differs from it")]
    IndexDiffers,
    /// Entries belong to nothing.
    #[error("{rows} rows belong to nothing that is there")]
    Strays {
        /// How many.
        rows: u64,
    },
    /// Entries of it are not there.
    #[error("rows of it are missing in {table}")]
    Missing {
        /// Where.
        table: String,
    },
    /// Counts that are kept are wrong.
    #[error("{rows} counts differ from what they count")]
    CountsDiffer {
        /// How many.
        rows: u64,
    },
    /// The places in a history have gaps.
    #[error("the places in its history are not 1, 2, 3 …")]
    HistoryGaps,
    /// Versions in a history do not follow each other.
    #[error("version {next} follows version {version}")]
    VersionJump {
        /// The one before.
        version: u64,
        /// The one behind it.
        next: u64,
    },
    /// A history and its ticket stand at different versions or places.
    #[error("its history ends at {history}, it stands at {ticket}")]
    HistoryEnd {
        /// Where the history ends.
        history: u64,
        /// Where the ticket stands.
        ticket: u64,
    },
    /// A history does not fold to its ticket.
    #[error("its history does not fold to it")]
    NotFolding,
    /// A conversation is not as long as its ticket says, or not in order.
    #[error("{found} messages stand there, it has {expected}")]
    Messages {
        /// How many there are.
        found: u64,
        /// How many the ticket has.
        expected: u64,
    },
}

impl Damage {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Engine { .. } => "engine",
            Self::Unreadable => "unreadable",
            Self::IndexDiffers => "index_differs",
            Self::Strays { .. } => "strays",
            Self::Missing { .. } => "missing",
            Self::CountsDiffer { .. } => "counts_differ",
            Self::HistoryGaps => "history_gaps",
            Self::VersionJump { .. } => "version_jump",
            Self::HistoryEnd { .. } => "history_end",
            Self::NotFolding => "not_folding",
            Self::Messages { .. } => "messages",
        }
    }
}
