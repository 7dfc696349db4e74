//! `sla`: the arguments of policies, calendars, explanations and the jobs that run by themselves.

use std::path::PathBuf;

use clap::Subcommand;

use super::write::RecordWrite;

/// What to do about service levels.
#[derive(Debug, Subcommand)]
pub(crate) enum SlaVerb {
    /// Policies: what is promised to whom
    #[command(subcommand)]
    Policy(PolicyVerb),
    /// Calendars, and arithmetic in their business time
    #[command(subcommand)]
    Calendar(CalendarVerb),
    /// How the due times of a ticket came about
    Explain {
        /// Number or id
        #[arg(allow_hyphen_values = true)]
        ticket: String,
    },
    /// Compute the running clocks of open tickets anew, under the levels as they stand now; goes on where it stopped
    Reapply {
        /// How many tickets a step, 1 to 500
        #[arg(long, value_name = "N", default_value = "200", allow_hyphen_values = true)]
        step: String,
        /// Only say how many tickets would change
        #[arg(long)]
        dry_run: bool,
    },
    /// Fire what is due in all tenants: levels are reached, tickets wake up and close by themselves
    Sweep {
        /// How many timers at most
        #[arg(long, value_name = "N", default_value = "1000", allow_hyphen_values = true)]
        limit: String,
        /// Only say what is due
        #[arg(long)]
        dry_run: bool,
    },
}

/// What to do with policies.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyVerb {
    /// In the order in which they are tried
    List,
    /// One of them, as it can be set
    Show {
        /// Its name
        name: String,
    },
    /// Put a policy from a file (TOML or JSON, - for standard input) in its place, or behind the others
    Set {
        /// The file
        file: PathBuf,
        /// Try it before this one
        #[arg(long, value_name = "NAME")]
        before: Option<String>,
        #[command(flatten)]
        write: RecordWrite,
    },
    /// Take one away; its clocks run on until the levels are applied anew
    Remove {
        /// Its name
        name: String,
        #[command(flatten)]
        write: RecordWrite,
    },
}

/// What to do with calendars.
#[derive(Debug, Subcommand)]
pub(crate) enum CalendarVerb {
    /// All of them
    List,
    /// One of them, as it can be set
    Show {
        /// Its name
        name: String,
    },
    /// Put a calendar from a file (TOML or JSON, - for standard input) in place of the one of this name
    Set {
        /// Its name
        name: String,
        /// The file
        file: PathBuf,
        #[command(flatten)]
        write: RecordWrite,
    },
    /// Take one away that no policy names
    Remove {
        /// Its name
        name: String,
        #[command(flatten)]
        write: RecordWrite,
    },
    /// When a span of business time is used up: sla calendar add office 2026-11-06T15:00:00Z 8h
    Add {
        /// Its name; 24x7 is always open
        name: String,
        /// From when
        from: String,
        /// How long: 30m, 8h, 2d; back from there with a sign before it: -4h
        #[arg(allow_hyphen_values = true)]
        span: String,
    },
    /// How much business time there is between two instants
    Elapsed {
        /// Its name; 24x7 is always open
        name: String,
        /// From when
        from: String,
        /// Until when
        to: String,
    },
    /// Whether it is open, and when that changes
    Open {
        /// Its name; 24x7 is always open
        name: String,
        /// When; now unless given
        at: Option<String>,
    },
}
