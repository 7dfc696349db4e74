//! How far long work is: a bar on a terminal, a line every five seconds elsewhere. And whether it is to stop.

use std::future::{Future, poll_fn};
use std::io::IsTerminal;
use std::task::Poll;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use tokio::sync::watch;

use crate::env::Env;
use crate::exit::INTERRUPTED;
use crate::lang::Saying;
use crate::output::Output;

/// How often a line is said where there is no terminal.
const EVERY: Duration = Duration::from_secs(5);

/// How far it is.
pub(super) struct Progress {
    what: &'static str,
    total: Option<u64>,
    bar: Option<ProgressBar>,
    started: Instant,
    said: Instant,
    output: Output,
}

impl Progress {
    /// Begins. `total` is how far it goes in all, if that is known.
    pub(super) fn new(what: &'static str, total: Option<u64>, env: &Env) -> Self {
        let bar = (std::io::stderr().is_terminal() && !env.output.quiet).then(|| match total {
            Some(total) => ProgressBar::new(total).with_prefix(what).with_style(style()),
            None => ProgressBar::new_spinner().with_prefix(what),
        });
        let now = Instant::now();
        Self { what, total, bar, started: now, said: now, output: env.output.clone() }
    }

    /// Says how far it goes in all, now that it is known.
    pub(super) fn of(&mut self, total: u64) {
        if self.total != Some(total) {
            self.total = Some(total);
            if let Some(bar) = &self.bar {
                bar.set_length(total);
                bar.set_style(style());
            }
        }
    }

    /// Says that it is at `position` of the total, and that `items` things are done.
    pub(super) fn at(&mut self, position: u64, items: u64) {
        if let Some(bar) = &self.bar {
            bar.set_position(position);
            bar.set_message(self.rate(items));
        } else if self.said.elapsed() >= EVERY {
            self.said = Instant::now();
            let (what, rate) = (self.what, self.rate(items));
            let left = self.left(position);
            let (more, noch) =
                left.map(|left| (format!(", {left} s left"), format!(", noch {left} s"))).unwrap_or_default();
            let words = Saying::new(
                format!("{what}: {items} done, {rate}{more}"),
                format!("{what}: {items} fertig, {rate}{noch}"),
            );
            self.output.say(words.get(self.output.language));
        }
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn rate(&self, items: u64) -> String {
        let millis = self.started.elapsed().as_millis().max(1);
        format!("{}/s", u128::from(items) * 1000 / millis)
    }

    /// Seconds that are left if it goes on like this.
    fn left(&self, position: u64) -> Option<u64> {
        let elapsed = self.started.elapsed().as_secs();
        let total = self.total.filter(|_| position > 0)?;
        Some(elapsed.saturating_mul(total.saturating_sub(position)) / position)
    }
}

fn style() -> ProgressStyle {
    let style = "{prefix} {wide_bar} {percent}% {msg} {eta}";
    ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Whether somebody pressed Ctrl-C. Long work looks at it between batches.
pub(super) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Watches from now on.
    pub(super) async fn watch() -> Self {
        let (pressed, is_pressed) = watch::channel(false);
        let mut heard = Box::pin(tokio::signal::ctrl_c());
        // It is listened for from the first look on.
        let first = poll_fn(|context| Poll::Ready(heard.as_mut().poll(context))).await;
        tokio::spawn(async move {
            let heard = match first {
                Poll::Ready(heard) => heard,
                Poll::Pending => heard.await,
            };
            if heard.is_ok() {
                pressed.send_replace(true);
                // Who presses it again does not want to wait for the batch; the store takes a killed process.
                if tokio::signal::ctrl_c().await.is_ok() {
                    std::process::exit(INTERRUPTED.into());
                }
            }
        });
        Self(is_pressed)
    }

    /// Whether it happened.
    pub(super) fn happened(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it happens.
    pub(super) async fn wait(&mut self) {
        if self.0.wait_for(|pressed| *pressed).await.is_err() {
            // Signals cannot be heard here: it never happens.
            std::future::pending::<()>().await;
        }
    }
}
