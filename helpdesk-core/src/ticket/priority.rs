//! Priority, and the matrix that derives it from impact and urgency.

use serde::{Deserialize, Serialize};

use crate::text::{Invalid, Labels, Problem};

/// How soon a ticket is to be worked on. `Low < Medium < High < Critical`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// When there is time.
    Low,
    /// In its turn.
    #[default]
    Medium,
    /// Before others.
    High,
    /// Now.
    Critical,
}

impl Priority {
    /// Every priority, rising.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The name people read.
    pub fn labels(self) -> Labels {
        match self {
            Self::Low => Labels::new("Low", "Niedrig"),
            Self::Medium => Labels::new("Medium", "Mittel"),
            Self::High => Labels::new("High", "Hoch"),
            Self::Critical => Labels::new("Critical", "Kritisch"),
        }
    }
}

impl std::fmt::Display for Priority {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Priority {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|priority| priority.as_str() == text)
            .ok_or_else(|| Invalid::malformed("priority", "low, medium, high or critical"))
    }
}

/// A step of impact or urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// One person; can wait.
    Low,
    /// Several; soon.
    Medium,
    /// All; at once.
    High,
}

impl Level {
    /// Every level, rising.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl std::str::FromStr for Level {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str() == text)
            .ok_or_else(|| Invalid::malformed("level", "low, medium or high"))
    }
}

/// Priority from impact (rows) and urgency (columns), both rising. Total by its shape, monotone by its constructor.
///
/// ```
/// use helpdesk_core::ticket::{Level, Priority, PriorityMatrix};
/// let matrix = PriorityMatrix::default();
/// assert_eq!(matrix.priority(Level::High, Level::High), Priority::Critical);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "[[Priority; 3]; 3]", into = "[[Priority; 3]; 3]")]
pub struct PriorityMatrix([[Priority; 3]; 3]);

impl PriorityMatrix {
    /// Checks and takes a matrix.
    ///
    /// # Errors
    /// If more impact or more urgency anywhere gives less priority.
    pub fn new(rows: [[Priority; 3]; 3]) -> Result<Self, Invalid> {
        let rising = |cells: [Priority; 3]| cells.is_sorted();
        let columns = (0..3).all(|c| rising([rows[0][c], rows[1][c], rows[2][c]]));
        if columns && rows.into_iter().all(rising) {
            Ok(Self(rows))
        } else {
            let expected = "more impact or urgency must never give less priority";
            Err(Invalid::new("priority_matrix", Problem::OutOfRange { expected }))
        }
    }

    /// The priority of this impact and urgency.
    pub fn priority(&self, impact: Level, urgency: Level) -> Priority {
        self.0[impact as usize][urgency as usize]
    }
}

impl Default for PriorityMatrix {
    fn default() -> Self {
        use Priority::{Critical, High, Low, Medium};
        Self([[Low, Low, Medium], [Low, Medium, High], [Medium, High, Critical]])
    }
}

impl TryFrom<[[Priority; 3]; 3]> for PriorityMatrix {
    type Error = Invalid;
    fn try_from(rows: [[Priority; 3]; 3]) -> Result<Self, Invalid> {
        Self::new(rows)
    }
}

impl From<PriorityMatrix> for [[Priority; 3]; 3] {
    fn from(matrix: PriorityMatrix) -> Self {
        matrix.0
    }
}
