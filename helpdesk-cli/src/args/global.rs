//! The flags that stand anywhere.

use clap::ValueEnum;

/// What every command takes.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Everywhere")]
#[expect(clippy::struct_excessive_bools, reason = "independent switches of a command line")]
pub(crate) struct Global {
    /// The store: `sqlite:PATH`, `sled:DIR`, `postgres://…`, `mysql://…` or `memory:`
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) url: Option<String>,
    /// The tenant
    #[arg(long, global = true, value_name = "TENANT")]
    pub(crate) tenant: Option<String>,
    /// Who acts: `agent:ID`, `requester:ADDRESS-OR-ID` or `system`; else you, with all rights
    #[arg(long = "as", global = true, value_name = "ACTOR")]
    pub(crate) actor: Option<String>,
    /// Print JSON, with only these fields if they are named
    #[arg(long, global = true, value_name = "FIELDS", num_args = 0..=1, require_equals = true, default_missing_value = "")]
    pub(crate) json: Option<String>,
    /// Print one JSON object a line
    #[arg(long, global = true, conflicts_with = "json")]
    pub(crate) jsonl: bool,
    /// Print CSV
    #[arg(long = "csv", global = true, conflicts_with_all = ["json", "jsonl"])]
    pub(crate) as_csv: bool,
    /// The language of words for people
    #[arg(long, global = true, value_enum, value_name = "LANG")]
    pub(crate) lang: Option<Tongue>,
    /// Take this instant (RFC 3339) for the present
    #[arg(long, global = true, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) now: Option<String>,
    /// Never ask
    #[arg(long, global = true)]
    pub(crate) no_input: bool,
    /// Yes to what would be asked
    #[arg(long, global = true)]
    pub(crate) yes: bool,
    /// When to colour
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub(crate) color: Option<ColorChoice>,
    /// Say less
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// A language on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Tongue {
    /// English.
    En,
    /// German.
    De,
}

/// When to colour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
