//! What the host's sinks are given of the outbox, and the rules of telling: events as they go out, answers, waits between
//! tries, dead letters. The loop that claims and tells stands in `desk::relay`; nothing here does I/O.

mod backoff;
mod dead_letter;
mod event;
mod options;
mod sink;

pub use backoff::backoff;
pub use dead_letter::{DeadLetter, DroppedLetter};
pub use event::OutgoingEvent;
pub use options::RelayOptions;
pub use sink::{Answer, EventSink};
