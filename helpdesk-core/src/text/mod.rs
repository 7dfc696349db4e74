//! Text as the desk keeps it: cleaned once at the edge, so that every backend stores the same. No meaning here.

mod clean;
mod hex;
mod invalid;
pub(crate) mod key;
mod language;

pub(crate) use clean::invisible;
pub use clean::{body, file_name, line};
pub(crate) use hex::hex;
pub use invalid::{Invalid, Problem};
pub(crate) use key::{host_id, slug};
pub use language::{Labels, Language};
