//! The grammar: nouns, verbs and flags, as clap reads them. Values are texts here; what they may be is decided in the
//! core, so that a bad one is told apart from bad grammar.

mod catalogue;
mod contact;
mod data;
mod db;
mod events;
mod global;
mod sla;
mod ticket;
mod write;

use clap::{Parser, Subcommand};

pub(crate) use catalogue::{AgentFields, AgentVerb, CategoryFields, CategoryVerb, Named, OrgVerb, Remove, TeamVerb};
pub(crate) use contact::{ContactEdit, ContactVerb};
pub(crate) use data::{ExportVerb, Import, ImportVerb};
pub(crate) use db::{DbVerb, Switch};
pub(crate) use events::{EventsVerb, OutboxVerb, WebhookAdd, WebhookEdit, WebhookFields, WebhookVerb};
pub(crate) use global::{ColorChoice, Global, Tongue};
pub(crate) use sla::*;
pub(crate) use ticket::{Create, Filter, List, Plain, Say, TicketVerb};
pub(crate) use write::{RecordWrite, Recover, Write};

/// What the exit codes mean; `exit.rs` gives them.
const EXIT_CODES: &str = "\
Exit codes:
    0  ok; a broken pipe too
    1  failed
    2  usage: the grammar is not right
    3  not found, or not to be seen
    4  not permitted
    5  conflict, locked, or idempotency key used for another request
    6  partly done; what was rejected is kept in a file
    7  backend unreachable or timed out: try again
    8  the store needs migration, or was written by a newer version
    9  data is damaged
   10  rejected by a rule, an invalid value or a limit
  130  interrupted";

/// A helpdesk on the command line: requests come in, are sorted, taken, answered and closed.
#[derive(Debug, Parser)]
#[command(name = "helpdesk", version, propagate_version = true, disable_help_subcommand = true)]
#[command(after_long_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) noun: Noun,
}

/// What it is about.
#[derive(Debug, Subcommand)]
pub(crate) enum Noun {
    /// Make the store and a tenant with sensible defaults; doing it again changes nothing
    Init(Init),
    /// Play a realistic week of work into the tenant, then show the board
    Demo(Demo),
    /// What there is to do, in numbers, critical first
    Board(Board),
    /// Work on tickets
    #[command(subcommand)]
    Ticket(TicketVerb),
    /// Work that nobody has taken yet
    #[command(subcommand)]
    Queue(QueueVerb),
    /// Agents: who works here
    #[command(subcommand)]
    Agent(AgentVerb),
    /// Teams of agents
    #[command(subcommand)]
    Team(TeamVerb),
    /// Organisations that contacts belong to
    #[command(subcommand)]
    Org(OrgVerb),
    /// Categories of tickets
    #[command(subcommand)]
    Category(CategoryVerb),
    /// Contacts: who asks
    #[command(subcommand)]
    Contact(ContactVerb),
    /// Service levels and what is due
    #[command(subcommand)]
    Sla(SlaVerb),
    /// Take requests over from a file; the same again changes nothing
    #[command(subcommand)]
    Import(ImportVerb),
    /// Write everything to standard output, ordered, the same bytes each time
    #[command(subcommand)]
    Export(ExportVerb),
    /// What happened
    #[command(subcommand)]
    Events(EventsVerb),
    /// Endpoints that events are posted to
    #[command(subcommand)]
    Webhook(WebhookVerb),
    /// Events that wait to be told, and those that could not be
    #[command(subcommand)]
    Outbox(OutboxVerb),
    /// Look after the store
    #[command(subcommand)]
    Db(DbVerb),
    /// What this command runs with
    #[command(subcommand)]
    Config(ConfigVerb),
    /// Print a completion script
    Completion(Completion),
    /// Print the manual, or write one page per command into a folder
    Man(Man),
}

/// Options of `init`.
#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The tenant's time zone, for the years in ticket numbers
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub(crate) time_zone: String,
    /// How ticket numbers look
    #[arg(long, value_name = "TEMPLATE")]
    pub(crate) numbers: Option<String>,
    /// Only check, and say what would be made
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Options of `demo`.
#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// Play it into memory and leave the store alone
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Options of `board`.
#[derive(Debug, clap::Args)]
pub(crate) struct Board {
    /// How many tickets to show
    #[arg(long, value_name = "N", default_value = "10", allow_hyphen_values = true)]
    pub(crate) limit: String,
}

/// What to do with the queue.
#[derive(Debug, Subcommand)]
pub(crate) enum QueueVerb {
    /// Unassigned tickets that wait for the desk, in the order of work
    List(QueueList),
    /// The next one
    Next(QueueNext),
}

/// Options of `queue list`.
#[derive(Debug, clap::Args)]
pub(crate) struct QueueList {
    /// Only this team's
    #[arg(long, value_name = "TEAM")]
    pub(crate) team: Option<String>,
    #[command(flatten)]
    pub(crate) page: Page,
}

/// Options of `queue next`.
#[derive(Debug, clap::Args)]
pub(crate) struct QueueNext {
    /// Only this team's
    #[arg(long, value_name = "TEAM")]
    pub(crate) team: Option<String>,
    /// Take it
    #[arg(long)]
    pub(crate) claim: bool,
    #[command(flatten)]
    pub(crate) write: Write,
}

/// Which page of a list.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Page {
    /// How many at most, 1 to 500
    #[arg(long, value_name = "N", default_value = "50", allow_hyphen_values = true)]
    pub(crate) limit: String,
    /// Where to go on: `next` of the page before
    #[arg(long, value_name = "CURSOR", allow_hyphen_values = true)]
    pub(crate) cursor: Option<String>,
    /// Leave the total out
    #[arg(long)]
    pub(crate) no_total: bool,
}

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigVerb {
    /// Show every value, with `--origin` where it came from
    Show {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
    },
}

/// Options of `completion`.
#[derive(Debug, clap::Args)]
pub(crate) struct Completion {
    /// For which shell
    pub(crate) shell: clap_complete::Shell,
}

/// Options of `man`.
#[derive(Debug, clap::Args)]
pub(crate) struct Man {
    /// Where to write the pages
    pub(crate) dir: Option<std::path::PathBuf>,
}
