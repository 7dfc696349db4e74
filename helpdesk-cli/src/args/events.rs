//! The verbs of `events`, `webhook` and `outbox`: what happened, and who is told of it.

use clap::{Args, Subcommand};

use super::Page;
use super::write::RecordWrite;

/// What to do with events.
#[derive(Debug, Subcommand)]
pub(crate) enum EventsVerb {
    /// The newest events of the tenant, the oldest of them first
    Tail {
        /// Go on with what happens, until Ctrl-C
        #[arg(long)]
        follow: bool,
        /// How many to begin with, 0 to 10000
        #[arg(long, value_name = "N", default_value = "20", allow_hyphen_values = true)]
        limit: String,
    },
}

/// What to do with endpoints that events are posted to.
#[derive(Debug, Subcommand)]
pub(crate) enum WebhookVerb {
    /// List them; their secrets are not shown
    List,
    /// Add one, and put the tenant's events into the outbox from now on
    Add(WebhookAdd),
    /// Change one; what is not said stays
    Edit(WebhookEdit),
    /// Remove one
    Remove {
        /// The endpoint
        id: String,
        #[command(flatten)]
        write: RecordWrite,
    },
    /// Post a signed ping to one
    Test {
        /// The endpoint
        id: String,
        /// Only check that it is there
        #[arg(long)]
        dry_run: bool,
    },
    /// Post events that happened to one again: those of a ticket, those since an instant, or both
    #[command(group = clap::ArgGroup::new("which").required(true).multiple(true).args(["ticket", "since"]))]
    Replay {
        /// The endpoint
        id: String,
        /// The ticket
        #[arg(long, value_name = "TICKET", allow_hyphen_values = true)]
        ticket: Option<String>,
        /// Only what happened at this instant or later
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Only say which would be posted
        #[arg(long)]
        dry_run: bool,
    },
}

/// Options of `webhook add`.
#[derive(Debug, Args)]
pub(crate) struct WebhookAdd {
    /// The endpoint's name
    pub(crate) id: String,
    /// Where it is; https, or http on this machine
    #[arg(value_name = "URL")]
    pub(crate) address: String,
    #[command(flatten)]
    pub(crate) fields: WebhookFields,
    #[command(flatten)]
    pub(crate) write: RecordWrite,
}

/// Options of `webhook edit`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a command line")]
pub(crate) struct WebhookEdit {
    /// The endpoint
    pub(crate) id: String,
    /// Where it is from now on
    #[arg(long, value_name = "URL")]
    pub(crate) to: Option<String>,
    /// Draw a new secret; posts are signed with the one before too
    #[arg(long, conflicts_with = "secret")]
    pub(crate) new_secret: bool,
    /// Sign with the secret before no more: the receiver has changed over
    #[arg(long)]
    pub(crate) forget_previous: bool,
    /// Every kind of event from now on
    #[arg(long, conflicts_with = "event")]
    pub(crate) all_events: bool,
    /// Only at public addresses again
    #[arg(long, conflicts_with = "allow_private")]
    pub(crate) public_only: bool,
    /// Post to it again
    #[arg(long, conflicts_with = "disable")]
    pub(crate) enable: bool,
    #[command(flatten)]
    pub(crate) fields: WebhookFields,
    #[command(flatten)]
    pub(crate) write: RecordWrite,
}

/// What can be said of an endpoint.
#[derive(Debug, Args)]
pub(crate) struct WebhookFields {
    /// The secret, whsec_ and base64 (- for standard input, @FILE); unless said one is drawn and shown once
    #[arg(long, value_name = "SECRET")]
    pub(crate) secret: Option<String>,
    /// A kind of event that it wants (`opened`, `status_changed`, …); all unless said
    #[arg(long, value_name = "KIND")]
    pub(crate) event: Vec<String>,
    /// It may be at an address of a private network, or of this machine
    #[arg(long)]
    pub(crate) allow_private: bool,
    /// It may be spoken to without encryption on other machines too
    #[arg(long)]
    pub(crate) allow_http: bool,
    /// Post nothing to it
    #[arg(long)]
    pub(crate) disable: bool,
}

/// What to do with events that wait to be told.
#[derive(Debug, Subcommand)]
pub(crate) enum OutboxVerb {
    /// Post what waits, of all tenants, to their endpoints
    Relay {
        /// Go on with what comes, until Ctrl-C
        #[arg(long)]
        follow: bool,
        /// How many events at most; with --follow how many at a time
        #[arg(long, value_name = "N", default_value = "1000", allow_hyphen_values = true)]
        limit: String,
        /// Only say what waits
        #[arg(long, conflicts_with = "follow")]
        dry_run: bool,
    },
    /// List dead letters: events that could not be told and were given up
    List {
        /// Those that were dropped
        #[arg(long)]
        dropped: bool,
        #[command(flatten)]
        page: Page,
    },
    /// Post dead letters again: one, or all
    #[command(group = clap::ArgGroup::new("which").required(true).args(["event", "all"]))]
    Retry {
        /// The event of the dead letter
        event: Option<String>,
        /// All of them
        #[arg(long)]
        all: bool,
        /// Only to this endpoint
        #[arg(long, value_name = "ENDPOINT")]
        endpoint: Option<String>,
        /// Only say which would be posted
        #[arg(long)]
        dry_run: bool,
    },
    /// Drop a dead letter: the event is not told any more. Who did it and why is kept
    Drop {
        /// The event of the dead letter
        event: String,
        /// Why
        reason: String,
        #[command(flatten)]
        write: RecordWrite,
    },
    /// Put the tenant's events into the outbox from now on
    On(RecordWrite),
    /// Put nothing into the outbox any more; what waits there is told all the same
    Off(RecordWrite),
}
