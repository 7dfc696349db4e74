//! The form of the tables, whatever engine keeps them: the steps that lead to it, and how far a database has come. How an
//! engine is asked, and how one process at a time applies what is missing, stands beside each engine.

mod migration;
mod status;

pub use migration::Migration;
pub(crate) use migration::Notes;
pub use status::{AppliedStep, SchemaStatus, StepForm};
