//! What an engine's own codes can mean to everything else here. Which code means what stands beside each engine.

use helpdesk_core::store::FaultKind;

/// What an engine's code means.
pub(crate) type Meaning = (FaultKind, &'static str);

/// How others were in the way: doing the same again from its beginning may help.
#[cfg(feature = "server")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clash {
    /// They put something there that was not there before.
    Duplicate,
    /// They changed what the transaction had seen, or the engine ended it for one of them.
    Stale,
    /// They held something for as long as was waited for it.
    Waited,
}
