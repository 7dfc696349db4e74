//! The conditions of writes, as the desk takes them.

use helpdesk_core::desk::Options;
use helpdesk_core::text::line;
use helpdesk_core::ticket::{LockToken, Version};

use crate::args::{RecordWrite, Write};
use crate::env::natural;
use crate::failure::Failure;

/// Reads the conditions of a write of a ticket.
///
/// # Errors
/// If a value is not well-formed.
pub(super) fn conditions(write: &Write) -> Result<Options, Failure> {
    let lock = write.lock_token.as_deref().map(|text| natural("lock_token", text)).transpose()?;
    Ok(Options { lock: lock.map(LockToken), ..record_conditions(&write.record)? })
}

/// Reads the conditions of any other write.
///
/// # Errors
/// If a value is not well-formed.
pub(super) fn record_conditions(write: &RecordWrite) -> Result<Options, Failure> {
    let version = write.if_version.as_deref().map(|text| natural("if_version", text)).transpose()?;
    let key = write.idempotency_key.as_deref();
    let most = helpdesk_core::Limits::default().key_chars;
    Ok(Options {
        expecting: version.map(Version),
        idempotency_key: key.map(|key| line("idempotency_key", key, most)).transpose()?,
        lock: None,
        dry_run: write.dry_run,
    })
}
