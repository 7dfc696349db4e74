//! The conditions that every write takes.

use std::path::PathBuf;

/// Under which conditions a ticket is written.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Conditions")]
pub(crate) struct Write {
    #[command(flatten)]
    pub(crate) record: RecordWrite,
    /// Show this lock token with the write
    #[arg(long, value_name = "TOKEN", allow_hyphen_values = true)]
    pub(crate) lock_token: Option<String>,
}

/// Under which conditions anything is written.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Conditions")]
pub(crate) struct RecordWrite {
    /// Only if nothing that matters has happened since this version (`version` in --json)
    #[arg(long, value_name = "VERSION", allow_hyphen_values = true)]
    pub(crate) if_version: Option<String>,
    /// Once only, however often it is sent with this key
    #[arg(long, value_name = "KEY", allow_hyphen_values = true)]
    pub(crate) idempotency_key: Option<String>,
    /// Only try it, and show what would happen
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Where a text is brought back from.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Recover {
    /// Take the text that a failed try has left in this file; once it is sent, what was left is removed
    #[arg(long, value_name = "FILE")]
    pub(crate) recover: Option<PathBuf>,
}
