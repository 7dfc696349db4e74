//! What does a ticket with 1,000 events cost: folding its history, and deciding the next pause of its clocks? Against
//! `serde_json` reading the same history, which every store has to do first.

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use helpdesk_core::party::{Actor, AgentId};
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
use helpdesk_core::sla::{CalendarName, ClockRule, PolicyName, Seconds, ServiceLevels, SlaPolicy};
use helpdesk_core::ticket::decide::decide;
use helpdesk_core::ticket::{
    Command, EventId, EventRecord, Facts, LockSlot, NewTicket, StatusChange, StatusKey, Ticket, TicketId,
};
use helpdesk_core::{Limits, Settings};
use uuid::Uuid;

use crate::measure::{Rounds, head, line, ratio};
use crate::{Asked, Failure};

/// Events of the long history.
const EVENTS: usize = 1_000;
/// How often each thing is done in a round.
const TURNS: u32 = 50;

pub(crate) fn ask(asked: &Asked) -> Result<(), Failure> {
    let mut life = Life::new()?;
    while life.history.len() < EVENTS {
        life.turn()?;
    }
    life.history.truncate(EVENTS);
    let text = serde_json::to_string(&life.history)?;
    let folded = Ticket::fold(life.ticket.id, &life.history);
    let [mut fold, mut read, mut next] = [Rounds::default(), Rounds::default(), Rounds::default()];
    for round in 0..=asked.rounds {
        let took = [
            timed(|| Ok(Ticket::fold(folded.id, black_box(&life.history))))?,
            timed(|| Ok(serde_json::from_str::<Vec<EventRecord>>(black_box(&text))?))?,
            timed(|| life.decide(&folded))?,
        ];
        if round > 0 {
            for (rounds, took) in [&mut fold, &mut read, &mut next].into_iter().zip(took) {
                rounds.add(took);
            }
        }
    }
    head("A ticket with 1,000 events, 4 clocks that pause", &["what", "time", "of reading it as JSON"]);
    let whole = read.middle().as_secs_f64();
    for (name, rounds) in [("fold the history", fold), ("read it as JSON", read), ("decide the next pause", next)] {
        let middle = rounds.middle();
        line(&[name.to_owned(), format!("{:.1} µs", middle.as_secs_f64() * 1e6), ratio(middle.as_secs_f64(), whole)]);
    }
    Ok(())
}

fn timed<T>(mut what: impl FnMut() -> Result<T, Failure>) -> Result<Duration, Failure> {
    let begun = Instant::now();
    for _ in 0..TURNS {
        black_box(what()?);
    }
    Ok(begun.elapsed() / TURNS)
}

struct Life {
    settings: Settings,
    anna: Actor,
    now: DateTime<Utc>,
    ticket: Ticket,
    history: Vec<EventRecord>,
}

impl Life {
    fn new() -> Result<Self, Failure> {
        let office = CalendarName::new("office")?;
        let hours = Calendar::new(&CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00"))?;
        let within = |hours| Some(ClockRule::within(Seconds::hours(hours).into()));
        let policy = SlaPolicy {
            calendar: office.clone(),
            first_response: within(4),
            next_response: within(8),
            periodic_update: within(24),
            resolution: within(2_000),
            ..SlaPolicy::new(PolicyName::new("all")?)
        };
        let sla =
            ServiceLevels { calendars: [(office, hours)].into(), policies: vec![policy], ..ServiceLevels::default() };
        let mut life = Self {
            settings: Settings { sla, ..Settings::default() },
            anna: Actor::Agent(AgentId::new("anna")?),
            now: "2026-01-05T09:00:00Z".parse()?,
            ticket: Ticket::blank(TicketId(Uuid::from_u128(1))),
            history: Vec::new(),
        };
        life.does(&Command::Open(Box::new(NewTicket::new("long"))))?;
        Ok(life)
    }

    /// A pause and its end.
    fn turn(&mut self) -> Result<(), Failure> {
        for status in ["pending", "open"] {
            self.now += TimeDelta::minutes(37);
            self.does(&Command::SetStatus(StatusChange::to(StatusKey::new(status)?)))?;
        }
        Ok(())
    }

    fn facts<'a>(&'a self, limits: &'a Limits, lock: &'a LockSlot) -> Facts<'a> {
        let (now, actor, settings) = (self.now, &self.anna, &self.settings);
        Facts { now, actor, settings, limits, lock, token: None, may_reopen_closed: false, as_of: None }
    }

    fn does(&mut self, command: &Command) -> Result<(), Failure> {
        let (limits, lock) = (Limits::default(), LockSlot::default());
        let decision = decide(&self.ticket, command, &self.facts(&limits, &lock))?;
        let version = self.ticket.version.next();
        let (records, after) =
            decision.apply(&self.ticket, version, &self.anna, || EventId(Uuid::from_u128(u128::from(version.0))));
        self.history.extend(records);
        self.ticket = after;
        Ok(())
    }

    fn decide(&self, ticket: &Ticket) -> Result<usize, Failure> {
        let (limits, lock) = (Limits::default(), LockSlot::default());
        let to = if ticket.status.as_str() == "pending" { "open" } else { "pending" };
        let command = Command::SetStatus(StatusChange::to(StatusKey::new(to)?));
        Ok(decide(ticket, &command, &self.facts(&limits, &lock))?.events.len())
    }
}
