//! The verbs of `agent`, `team`, `org` and `category`.

use clap::{Args, Subcommand};

use super::write::RecordWrite;

/// What to do with agents.
#[derive(Debug, Subcommand)]
pub(crate) enum AgentVerb {
    /// List them
    List,
    /// Add one
    Add(AgentFields),
    /// Change one; what is not said stays
    Edit(AgentFields),
    /// Remove one; tickets keep the id
    Remove(Remove),
}

/// An agent's values.
#[derive(Debug, Args)]
pub(crate) struct AgentFields {
    /// The id
    pub(crate) id: String,
    /// The name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// The address
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// observer, agent, supervisor or admin
    #[arg(long)]
    pub(crate) role: Option<String>,
    /// A team she belongs to; named once, they replace those before
    #[arg(long)]
    pub(crate) team: Vec<String>,
    /// She may not act any more
    #[arg(long, conflicts_with = "enable")]
    pub(crate) disable: bool,
    /// She may act again
    #[arg(long)]
    pub(crate) enable: bool,
    #[command(flatten)]
    pub(crate) write: RecordWrite,
}

/// What to do with teams.
#[derive(Debug, Subcommand)]
pub(crate) enum TeamVerb {
    /// List them
    List,
    /// Add one
    Add(Named),
    /// Change one
    Edit(Named),
    /// Remove one; tickets keep the id
    Remove(Remove),
}

/// What to do with organisations.
#[derive(Debug, Subcommand)]
pub(crate) enum OrgVerb {
    /// List them
    List,
    /// Add one
    Add(Named),
    /// Change one
    Edit(Named),
    /// Remove one; tickets keep the id
    Remove(Remove),
}

/// An id with a name.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The id
    pub(crate) id: String,
    /// The name; the id unless said
    #[arg(long)]
    pub(crate) name: Option<String>,
    #[command(flatten)]
    pub(crate) write: RecordWrite,
}

/// What to do with categories.
#[derive(Debug, Subcommand)]
pub(crate) enum CategoryVerb {
    /// List them
    List,
    /// Add one
    Add(CategoryFields),
    /// Change one; what is not said stays
    Edit(CategoryFields),
    /// Remove one; tickets keep the id
    Remove(Remove),
}

/// A category's values.
#[derive(Debug, Args)]
pub(crate) struct CategoryFields {
    /// The id
    pub(crate) id: String,
    /// The English name; the id unless said
    #[arg(long, value_name = "NAME")]
    pub(crate) en: Option<String>,
    /// The German name; the English one unless said
    #[arg(long, value_name = "NAME")]
    pub(crate) de: Option<String>,
    /// The colour, as `#rrggbb`
    #[arg(long = "colour", value_name = "#RRGGBB")]
    pub(crate) rgb: Option<String>,
    #[command(flatten)]
    pub(crate) write: RecordWrite,
}

/// Which entry to remove.
#[derive(Debug, Args)]
pub(crate) struct Remove {
    /// The id
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) write: RecordWrite,
}
