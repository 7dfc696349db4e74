//! A ticket's life as a vector tells it: each event is folded into the ticket, and the clocks follow.

use std::collections::BTreeSet;

use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, ContactId};
use helpdesk_core::sla::{Metric, Reach, advance};
use helpdesk_core::ticket::decide::decide;
use helpdesk_core::ticket::workflow::Mover;
use helpdesk_core::ticket::{
    Channel, Command, Direction, Event, EventId, EventRecord, Facts, LockSlot, MessageId, Opened, Ticket, TicketId,
    TicketKind, TimerKey, Visibility,
};
use helpdesk_core::{Limits, Settings};
use serde_json::Value;
use uuid::Uuid;

use crate::given::word;
use crate::promise;
use crate::words::{self, Priorities};

/// What a ticket is created with that is no attribute, or one that we have a field for.
const OWN: [&str; 11] =
    ["at", "event", "by", "state", "message", "priority", "channel", "category", "team", "group", "queue"];

/// A ticket and what was noted about it.
pub(crate) struct Life {
    pub(crate) ticket: Ticket,
    pub(crate) settings: Settings,
    /// Every event, in order.
    pub(crate) history: Vec<Event>,
    /// The last instant.
    pub(crate) at: Timestamp,
    paused: Vec<String>,
    priorities: Priorities,
}

impl Life {
    /// Plays a vector's timeline.
    pub(crate) fn of(vector: &Value) -> Result<Self, String> {
        let mut calendar = vector["calendar"].clone();
        let mut sla = vector["sla"].clone();
        let states = sla["pause_states"].as_object().into_iter().flatten();
        let paused = states.flat_map(|(_, states)| states.as_array().cloned().unwrap_or_default());
        let mut life = Self {
            ticket: Ticket::blank(TicketId(Uuid::from_u128(1))),
            settings: promise::settings(vector, &calendar, &sla)?,
            history: Vec::new(),
            at: Timestamp::UNIX_EPOCH,
            paused: paused.map(|state| word(&state)).collect(),
            priorities: Priorities::of(vector),
        };
        for event in vector["timeline"].as_array().into_iter().flatten() {
            life.at = instant(&event["at"])?;
            match word(&event["event"]).as_str() {
                "create" => life.create(event)?,
                "customer_message" => life.says(&customer(), Visibility::Public),
                "agent_reply" => life.says(&agent(), Visibility::Public),
                "internal_note" => life.says(&agent(), Visibility::Internal),
                "status" => life.status(&word(&event["status"]))?,
                "priority" => {
                    let priority = life.priorities.get(&word(&event["priority"]));
                    let own = Some(priority);
                    life.happens(
                        Event::PriorityChanged { priority, r#override: own, raised: None, impact: None, urgency: None },
                        &agent(),
                    );
                }
                change @ ("sla" | "calendar") => {
                    if change == "sla" {
                        // What a new promise does not say about pauses stays as it was.
                        let mut new = event["sla"].clone();
                        if new["pause_states"].is_null() && !sla["pause_states"].is_null() {
                            new["pause_states"] = sla["pause_states"].clone();
                        }
                        sla = new;
                    } else {
                        // The new hours stand in the event itself, or in a calendar of its own.
                        let new = if event["calendar"].is_object() { &event["calendar"] } else { event };
                        let fields = new.as_object().into_iter().flatten();
                        for (name, value) in fields.filter(|(name, _)| !["at", "event"].contains(&name.as_str())) {
                            calendar[name] = value.clone();
                        }
                    }
                    life.settings = promise::settings(vector, &calendar, &sla)?;
                    let before = life.ticket.clone();
                    life.follow(&before, Reach::Reapply);
                }
                other => return Err(format!("an unknown event {other}")),
            }
        }
        if !vector["poll_at"].is_null() {
            life.at = instant(&vector["poll_at"])?;
        }
        life.sweep()?;
        Ok(life)
    }

    fn create(&mut self, event: &Value) -> Result<(), String> {
        let state = word(&event["state"]);
        let priority = self.priorities.get(&word(&event["priority"]));
        let by = if event["by"] == "agent" { agent() } else { customer() };
        let mut tags = BTreeSet::new();
        for (name, value) in event.as_object().into_iter().flatten().filter(|(name, _)| !OWN.contains(&name.as_str())) {
            tags.extend(promise::said(name, value)?);
        }
        let opened = Opened {
            kind: TicketKind::default(),
            status: words::status(&state)?,
            category: words::category(&state, &self.paused),
            priority,
            priority_override: None,
            impact: None,
            urgency: None,
            ticket_category: promise::field(event, &["category"])?,
            tags,
            requester: Some(ContactId::new("customer").map_err(|error| error.to_string())?),
            organization: promise::field(event, &["organization"])?,
            assignee: None,
            team: promise::field(event, &["team", "group", "queue"])?,
            channel: event["channel"].as_str().map_or(Ok(Channel::default()), str::parse).map_err(|_| "a channel")?,
            participants: BTreeSet::new(),
            links: BTreeSet::new(),
            external: BTreeSet::new(),
            created_at: self.at,
        };
        self.happens(Event::Opened(Box::new(opened)), &by);
        if !matches!(event["message"], Value::Null | Value::Bool(false)) {
            self.says(&by, Visibility::Public);
        }
        Ok(())
    }

    fn says(&mut self, author: &Actor, visibility: Visibility) {
        let seq = self.ticket.messages + 1;
        let by_agent = author.agent().is_some();
        let message = Event::MessageAdded {
            message: MessageId(Uuid::from_u128(u128::from(seq))),
            seq,
            author: author.clone(),
            visibility,
            direction: if by_agent { Direction::Outbound } else { Direction::Inbound },
            channel: Channel::default(),
            automatic: false,
            written_at: None,
        };
        self.happens(message, author);
    }

    fn status(&mut self, name: &str) -> Result<(), String> {
        let (from, to) = (self.ticket.status.clone(), words::status(name)?);
        let category = words::category(name, &self.paused);
        let (by, wake_up, auto_close_at) = (Mover::Agent, None, None);
        self.happens(Event::StatusChanged { from, to, category, by, wake_up, auto_close_at }, &agent());
        Ok(())
    }

    fn happens(&mut self, event: Event, actor: &Actor) {
        let before = self.ticket.clone();
        self.fold(event, actor);
        self.follow(&before, Reach::WhatHappened);
    }

    fn follow(&mut self, before: &Ticket, reach: Reach) {
        for event in advance(before, &self.ticket, &self.settings, self.at, reach) {
            self.fold(event, &Actor::System);
        }
    }

    fn fold(&mut self, event: Event, actor: &Actor) {
        let record = EventRecord {
            id: EventId(Uuid::from_u128(self.history.len() as u128)),
            seq: 0,
            version: self.ticket.version.next(),
            at: self.at,
            actor: actor.clone(),
            event,
        };
        self.ticket.evolve(&record);
        self.history.push(record.event);
    }

    /// Fires what is due on the clocks.
    fn sweep(&mut self) -> Result<(), String> {
        let (limits, lock) = (Limits::default(), LockSlot::default());
        for _ in 0..100 {
            let timers = self.ticket.timers().into_iter();
            let due = timers.filter(|timer| timer.at <= self.at && matches!(timer.key, TimerKey::Clock(_))).min();
            let Some(due) = due else { return Ok(()) };
            let settings = self.settings.clone();
            let facts = Facts {
                now: self.at,
                actor: &Actor::System,
                settings: &settings,
                limits: &limits,
                lock: &lock,
                token: None,
                may_reopen_closed: false,
                as_of: None,
            };
            let decision = decide(&self.ticket, &Command::FireTimer(due), &facts).map_err(|error| error.to_string())?;
            for (_, event) in decision.events {
                self.fold(event, &Actor::System);
            }
        }
        Err("timers without end".into())
    }

    /// How often a clock's breach was told.
    pub(crate) fn breaches(&self, metric: Metric) -> usize {
        let of = |event: &&Event| matches!(event, Event::ClockBreached { clock, .. } if clock.metric == metric);
        self.history.iter().filter(of).count()
    }
}

fn agent() -> Actor {
    Actor::Agent(AgentId::new("agent").expect("a literal"))
}

fn customer() -> Actor {
    Actor::Requester(ContactId::new("customer").expect("a literal"))
}

pub(crate) fn instant(value: &Value) -> Result<Timestamp, String> {
    word(value).parse().map_err(|_| format!("{value} is no instant"))
}
