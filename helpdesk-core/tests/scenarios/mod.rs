//! The scenarios of the shell, alike on every store. The test file that runs them says what `store()` gives and what
//! `Guard` keeps.

mod bad_input;
mod cancel;
mod commands;
mod conditions;
mod copying;
mod ear;
mod editions;
mod escalation;
mod findings;
mod letters;
mod life;
mod model;
mod promised;
mod races;
mod relay;
mod relay_ends;
mod service_levels;
mod stale;
mod tail;

use crate::{Guard, store};
