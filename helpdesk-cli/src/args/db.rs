//! The verbs of `db`.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

/// What to do with the store.
#[derive(Debug, Subcommand)]
pub(crate) enum DbVerb {
    /// Bring the store to the version of this program; a copy of an older file is made first
    Migrate {
        /// Make no copy first
        #[arg(long)]
        no_backup: bool,
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Which store, of which version, with what in it
    Status,
    /// Let commits wake a relay that follows, or no longer; on PostgreSQL, for all programs on the database
    Notify {
        /// Which of them
        switch: Switch,
        /// Only say what would be done
        #[arg(long)]
        dry_run: bool,
    },
    /// Prove every history and look for damage; it only reads
    Check,
    /// Look at the store and say what can be done
    Doctor,
    /// Copy everything of a store into another, of whatever backend; begun again, it goes on where it stopped. Events that
    /// still wait in the outbox stay behind
    Copy {
        /// The URL of the store to copy
        source: String,
        /// The URL of the store to copy into; it is made if it is not there
        target: String,
        /// Only say how much there is to copy
        #[arg(long)]
        dry_run: bool,
    },
    /// Copy the store into a file while others go on working
    Backup {
        /// Where to
        file: PathBuf,
        /// Only say what would be copied
        #[arg(long)]
        dry_run: bool,
    },
}

/// Whether something is to be so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    /// From now on
    On,
    /// No longer
    Off,
}
