//! `demo`: plays a week that ends now, then shows the board.

use std::sync::Arc;

use helpdesk_core::Helpdesk;
use helpdesk_core::env::ManualClock;

use super::board;
use super::progress::{Interrupt, Progress};
use crate::args::Demo;
use crate::backend::Opening;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{self, Saying};

/// How many tickets the board shows.
const ROWS: i64 = 10;

/// Plays the week.
///
/// # Errors
/// If the store fails.
pub(super) async fn run(options: &Demo, env: &Env) -> Result<(), Failure> {
    let mut interrupt = Interrupt::watch().await;
    let backend = if options.dry_run { env.rehearse()? } else { env.backend(Opening::Create).await? };
    let clock = Arc::new(ManualClock::at(env.output.now));
    let desk = Helpdesk::over(backend.store).clock(clock.clone()).build();
    let mut progress = Progress::new("demo", None, env);
    let mut told = |done: usize, all: usize| {
        progress.of(all as u64);
        progress.at(done as u64, done as u64);
    };
    let url = crate::config::masked(env.config.url());
    // Where the desk is left alone, what was begun is done whole or not at all.
    let tickets = tokio::select! {
        tickets = crate::demo::play(&desk, &clock, env.config.tenant(), env.output.now, &mut told) => tickets?,
        () = interrupt.wait() => {
            let tenant = env.config.tenant();
            let hint = Saying::new(
                format!("the week of tenant {tenant} is not whole; begin again with --tenant and another name"),
                format!("die Woche des Mandanten {tenant} ist nicht vollständig; neu beginnen mit --tenant und anderem Namen"),
            );
            return Err(Failure::Interrupted { hint });
        }
    };
    progress.finish();
    clock.set(env.output.now);
    let said = if options.dry_run {
        Saying::from(lang::DRY_RUN)
    } else {
        Saying::new(format!("{tickets} tickets in {url}"), format!("{tickets} Tickets in {url}"))
    };
    env.output.say(said.get(env.output.language));
    board::print(ROWS, env).await?;
    if !options.dry_run {
        env.output.next("helpdesk ticket list");
    }
    Ok(())
}
