//! Where a ticket's promises stand, in one word and one clock: what a list has room for.

use super::clock::SlaClock;
use super::metric::ClockState;
use crate::env::Timestamp;
use crate::ticket::Ticket;

/// What matters most of a ticket's clocks at an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing<'a> {
    /// `Breached` as soon as any clock is or was too late, since nothing hides a breach; else that of `clock`.
    pub state: ClockState,
    /// The open clock that is due first; one that pauses only if none runs, and none if all have stopped.
    pub clock: Option<&'a SlaClock>,
}

impl Ticket {
    /// Where its promises stand at `now`. None if nothing is promised any more and nothing was missed.
    pub fn standing(&self, now: Timestamp) -> Option<Standing<'_>> {
        let open = self.sla.iter().filter(|clock| clock.is_open());
        let clock = open.min_by_key(|clock| (clock.running_due().is_none(), clock.running_due(), clock.metric));
        let state = if self.sla.iter().any(|clock| clock.is_breached(now)) {
            Some(ClockState::Breached)
        } else {
            clock.map(|clock| clock.state(now))
        };
        state.map(|state| Standing { state, clock })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sla::{Metric, Outcome};
    use crate::ticket::TicketId;

    const NINE: &str = "2026-11-02T09:00:00Z";

    fn at(minutes: i64) -> Timestamp {
        NINE.parse::<Timestamp>().unwrap() + chrono::TimeDelta::minutes(minutes)
    }

    /// A clock that is due so many minutes after nine, or pauses.
    fn clock(metric: Metric, due: Option<i64>) -> SlaClock {
        let start = serde_json::json!({
            "metric": metric, "instance": 1, "policy": "all", "started_at": NINE, "target": 60,
            "due": due.map(at), "paused_at": due.is_none().then(|| at(5)),
        });
        serde_json::from_value(start).unwrap()
    }

    fn ticket(sla: Vec<SlaClock>) -> Ticket {
        Ticket { sla, ..Ticket::blank(TicketId(uuid::Uuid::from_u128(1))) }
    }

    #[test]
    fn the_clock_that_is_due_first_matters_and_a_pause_last() {
        let ticket = ticket(vec![
            clock(Metric::FirstResponse, None),
            clock(Metric::Resolution, Some(60)),
            clock(Metric::NextResponse, Some(30)),
        ]);
        let standing = ticket.standing(at(10)).unwrap();
        assert_eq!((standing.state, standing.clock.unwrap().metric), (ClockState::Running, Metric::NextResponse));
        let paused = self::ticket(vec![clock(Metric::Resolution, None)]);
        assert_eq!(paused.standing(at(10)).unwrap().state, ClockState::Paused);
    }

    #[test]
    fn no_clock_that_runs_or_was_met_hides_a_breach() {
        let stopped = |outcome, breached_at| SlaClock {
            outcome: Some(outcome),
            breached_at,
            stopped_at: Some(at(45)),
            ..clock(Metric::FirstResponse, None)
        };
        let late = stopped(Outcome::Breached, Some(at(40)));
        let running = ticket(vec![late.clone(), clock(Metric::Resolution, Some(60))]);
        let standing = running.standing(at(50)).unwrap();
        assert_eq!((standing.state, standing.clock.unwrap().metric), (ClockState::Breached, Metric::Resolution));
        assert_eq!(ticket(vec![late]).standing(at(50)), Some(Standing { state: ClockState::Breached, clock: None }));
        assert_eq!(running.standing(at(61)).unwrap().state, ClockState::Breached);
        assert_eq!(ticket(vec![stopped(Outcome::Met, None)]).standing(at(50)), None);
    }
}
