//! What a tenant decides for itself: one value, validated as a whole, a record in the store.

mod tenant;

pub use tenant::{ClosedReply, LockSettings, Settings};
