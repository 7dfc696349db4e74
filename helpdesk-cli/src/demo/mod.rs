//! The week that `helpdesk demo` plays. A placeholder: the stories come with the branch that tells them.

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{Error, OpenTicket};
use helpdesk_core::env::{ManualClock, Timestamp};

/// Plays into `tenant` a week that ends at `end`, and says how many tickets it has.
///
/// # Errors
/// If the store fails.
pub(crate) async fn play(
    desk: &Helpdesk,
    clock: &ManualClock,
    tenant: &str,
    end: Timestamp,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<usize, Error> {
    clock.set(end);
    desk.tenant(tenant)?.agent("demo")?.open(OpenTicket::new("The demo's stories come with its own branch")).await?;
    progress(1, 1);
    Ok(1)
}
