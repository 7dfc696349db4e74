//! Faults of a backend: what kind, whether trying again helps, what was being done.

use std::error::Error;

use crate::desk::Code;

/// A fault. It says nothing of what the data holds.
#[derive(Debug, thiserror::Error)]
#[error("{kind} (at {operation}){}", .context.as_deref().map(|context| format!(": {context}")).unwrap_or_default())]
pub struct StoreError {
    /// What kind.
    pub kind: FaultKind,
    /// Whether trying again helps.
    pub retry: Retry,
    /// What was being done: the method's name.
    pub operation: &'static str,
    /// More about it, for people.
    pub context: Option<String>,
    /// What the engine said.
    #[source]
    pub source: Option<Box<dyn Error + Send + Sync>>,
}

/// The kinds of fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum FaultKind {
    /// It cannot be reached, is busy, or timed out.
    #[error("the store is unavailable")]
    Unavailable,
    /// The backend cannot do this.
    #[error("the store cannot do this")]
    Unsupported,
    /// Data is damaged.
    #[error("stored data is damaged")]
    Corrupt,
    /// More than the engine takes.
    #[error("a limit of the store was passed")]
    LimitExceeded,
    /// The data is of a newer version than this code knows.
    #[error("the store was written by a newer version")]
    SchemaTooNew,
    /// The data is of an older version, or there is none.
    #[error("the store is missing or needs migration")]
    NeedsMigration,
    /// The host's transaction sees an older state than others have written since; deciding anew within it cannot help.
    /// Only of a store that borrows a host's transaction.
    #[error("the transaction sees an older state than others have written since")]
    Conflict,
    /// Something else.
    #[error("the store failed")]
    Unexpected,
}

/// Whether trying again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// No.
    Never,
    /// At once, from the beginning.
    Now,
    /// After a while.
    Later,
}

impl StoreError {
    /// A fault of this kind in this operation, not worth a retry unless the kind says so.
    pub fn new(kind: FaultKind, operation: &'static str) -> Self {
        let retry = if kind == FaultKind::Unavailable { Retry::Later } else { Retry::Never };
        Self { kind, retry, operation, context: None, source: None }
    }

    /// The same with more about it.
    pub fn because(mut self, context: impl Into<String>) -> Self {
        self.context = Some(context.into());
        self
    }

    /// The same with what the engine said.
    pub fn caused_by(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl FaultKind {
    /// The stable code.
    pub fn code(self) -> Code {
        match self {
            Self::Unavailable => Code::StoreUnavailable,
            Self::Unsupported => Code::StoreUnsupported,
            Self::Corrupt => Code::StoreCorrupt,
            Self::LimitExceeded => Code::StoreLimitExceeded,
            Self::SchemaTooNew => Code::SchemaTooNew,
            Self::NeedsMigration => Code::NeedsMigration,
            Self::Conflict => Code::TransactionConflict,
            Self::Unexpected => Code::StoreFailed,
        }
    }
}
