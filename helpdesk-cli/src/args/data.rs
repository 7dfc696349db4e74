//! The verbs of `import` and `export`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// What to take over.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportVerb {
    /// One request a line, or lines of `export jsonl`
    Jsonl(Import),
    /// One request a row, with the names of the fields in the first
    Csv(Import),
}

/// Options of `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file; `-` for standard input
    pub(crate) file: PathBuf,
    /// What the ids in the file belong to; the same id of the same source is the same request
    #[arg(long, value_name = "NAME", default_value = "import")]
    pub(crate) source: String,
    /// Only read and check
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Go on where an interrupted import stopped
    #[arg(long)]
    pub(crate) resume: bool,
}

/// What to write out.
#[derive(Debug, Subcommand)]
pub(crate) enum ExportVerb {
    /// Everything of the tenant, one thing a line; `import jsonl` takes it back
    Jsonl {
        /// Only tickets that changed at this time or later
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
    },
    /// One ticket a row; a cell that a spreadsheet would run gets a leading `'`
    Csv {
        /// Only tickets that changed at this time or later
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
        /// Leave such cells as they are
        #[arg(long)]
        raw: bool,
    },
}
