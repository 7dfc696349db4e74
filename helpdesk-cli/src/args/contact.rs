//! The verbs of `contact`.

use clap::{Args, Subcommand};

use super::Page;
use super::write::RecordWrite;

/// What to do with contacts. `CONTACT` is an address or an id.
#[derive(Debug, Subcommand)]
pub(crate) enum ContactVerb {
    /// List them
    List(Page),
    /// Show one
    Show {
        /// Who
        contact: String,
    },
    /// Change one; what is not said stays
    Edit(ContactEdit),
    /// Merge one into another: whoever is named by the first is the second from now on
    Merge {
        /// Who
        contact: String,
        /// Into whom
        into: String,
        #[command(flatten)]
        write: RecordWrite,
    },
    /// Erase a contact and what is personal of its tickets; status, times and figures stay
    Erase {
        /// Who
        contact: String,
        #[command(flatten)]
        write: RecordWrite,
    },
    /// Print what the desk holds of a contact, and what the contact may see
    Export {
        /// Who
        contact: String,
    },
}

/// Options of `contact edit`.
#[derive(Debug, Args)]
pub(crate) struct ContactEdit {
    /// Who
    pub(crate) contact: String,
    /// A new name
    #[arg(long)]
    pub(crate) name: Option<String>,
    /// A new address
    #[arg(long)]
    pub(crate) email: Option<String>,
    /// A new organisation
    #[arg(long)]
    pub(crate) org: Option<String>,
    #[command(flatten)]
    pub(crate) write: RecordWrite,
}
