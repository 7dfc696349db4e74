//! Times and tables. A figure is the middle of several rounds; rivals take turns within each round, so that whatever
//! else the machine does meets all of them.

use std::time::Duration;

/// The times of one rival, one a round.
#[derive(Debug, Default)]
pub(crate) struct Rounds(Vec<Duration>);

impl Rounds {
    /// Adds a round.
    pub(crate) fn add(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// The middle round.
    pub(crate) fn middle(&self) -> Duration {
        middle(self.0.clone())
    }

    /// How many a second, if each round did `count`.
    pub(crate) fn rate(&self, count: usize) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "counts of a bench are small")]
        let count = count as f64;
        count / self.middle().as_secs_f64()
    }
}

/// Processor time that the process has used so far, all threads together: what waiting for a busy machine does not
/// change. Zero where the system does not tell.
pub(crate) fn cpu() -> Duration {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let used = threads.filter_map(|thread| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(used.sum())
}

/// The middle of single times.
pub(crate) fn middle(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Microseconds for people.
pub(crate) fn micros(span: Duration) -> String {
    format!("{:.0} µs", span.as_secs_f64() * 1e6)
}

/// Prints the head of a table.
pub(crate) fn head(title: &str, columns: &[&str]) {
    println!("\n### {title}\n");
    println!("| {} |", columns.join(" | "));
    println!("|{}", "---|".repeat(columns.len()));
}

/// Prints a line of it.
pub(crate) fn line(cells: &[String]) {
    println!("| {} |", cells.join(" | "));
}

/// A rate for people.
pub(crate) fn rate(per_second: f64) -> String {
    format!("{per_second:.0}/s")
}

/// A span for people.
pub(crate) fn span(span: Duration) -> String {
    format!("{:.3} ms", span.as_secs_f64() * 1000.0)
}

/// A ratio for people.
pub(crate) fn ratio(one: f64, other: f64) -> String {
    format!("{:.2}", one / other)
}
