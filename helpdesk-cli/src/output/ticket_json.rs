//! A ticket as an agent's programs and eyes get it. What a requester gets stands in a file of its own.

use helpdesk_core::party::{Actor, AgentId};
use helpdesk_core::sla::{ClockState, Seconds};
use helpdesk_core::store::HistoryEntry;
use helpdesk_core::ticket::{LockSlot, Message, Ticket};
use serde_json::{Value, json};

use super::{Cell, Object, Output, Sheet, Tone, names, optional, relative, time};

/// What is kept beside a ticket: its lock, and how far the reader has read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beside {
    /// The lock.
    pub(crate) lock: LockSlot,
    /// Up to where the reader has read.
    pub(crate) mark: u32,
    /// Who reads.
    pub(crate) reader: Option<AgentId>,
}

impl Beside {
    fn unread(&self, ticket: &Ticket) -> bool {
        self.reader.clone().is_some_and(|reader| ticket.is_unread(&Actor::Agent(reader), self.mark))
    }
}

/// The ticket as an object, by the contract's list of fields.
pub(crate) fn ticket_object(ticket: &Ticket, beside: &Beside, output: &Output) -> Object {
    let now = output.now;
    let at = |instant: Option<_>| optional(instant.map(time));
    let requester = json!({
        "id": ticket.requester, "name": ticket.content.requester.name, "email": ticket.content.requester.email,
    });
    let levels = output.levels();
    let sla: Vec<Value> = ticket
        .sla
        .iter()
        .map(|clock| {
            json!({
                "metric": clock.metric.as_str(), "instance": clock.instance, "state": clock.state(now).as_str(),
                "policy": clock.policy, "due": clock.due.map(time), "target_seconds": clock.target,
                "used_seconds": levels.used(clock, now), "left_seconds": levels.left(clock, now),
                "breached": clock.is_breached(now),
            })
        })
        .collect();
    let watchers = ticket.participants.iter().map(|participant| &participant.party);
    Object::new()
        .with("id", ticket.id.to_string())
        .with("number", ticket.number.as_str())
        .with("version", ticket.version.0)
        .with("subject", ticket.content.subject.as_str())
        .with("kind", ticket.kind.as_str())
        .with("status", ticket.status.as_str())
        .with("category_of_status", ticket.status_category.as_str())
        .with("priority", ticket.priority.as_str())
        .with("category", optional(ticket.category.as_ref()))
        .with("tags", names(&ticket.tags))
        .with("requester", requester)
        .with("organization", optional(ticket.organization.as_ref()))
        .with("submitter", ticket.submitter.to_string())
        .with("assignee", optional(ticket.assignee.as_ref()))
        .with("team", optional(ticket.team.as_ref()))
        .with("watchers", names(watchers))
        .with("channel", ticket.channel.as_str())
        .with("created_at", time(ticket.created_at))
        .with("updated_at", time(ticket.updated_at))
        .with("resolved_at", at(ticket.resolved_at))
        .with("closed_at", at(ticket.closed_at))
        .with("first_responded_at", at(ticket.first_responded_at))
        .with("due_at", at(ticket.due_at()))
        .with("overdue", ticket.is_overdue(now))
        .with("reopened", ticket.reopened)
        .with("message_count", ticket.messages)
        .with("unread", beside.unread(ticket))
        .with("locked_by", optional(beside.lock.running(now).map(|lease| &lease.holder)))
        .with("next_timer_at", at(ticket.next_timer().map(|timer| timer.at)))
        .with("merged_into", optional(ticket.merged.as_ref().map(|merged| merged.into)))
        .with("sla", sla)
        .with("fields", json!(ticket.content.fields))
}

/// A message as an object.
pub(crate) fn message_json(message: &Message) -> Value {
    json!({
        "id": message.id, "seq": message.seq, "at": time(message.at), "author": message.author,
        "visibility": message.visibility.as_str(), "direction": message.direction, "channel": message.channel,
        "body": message.body, "attachments": message.attachments, "redacted": message.redacted,
    })
}

/// An event as an object.
pub(crate) fn event_json(entry: &HistoryEntry) -> Value {
    let record = &entry.record;
    let event = serde_json::to_value(&record.event).unwrap_or_default();
    let mut object = json!({
        "seq": record.seq, "version": record.version, "at": time(record.at), "actor": record.actor,
        "kind": record.event.name(), "data": event.get("data").cloned().unwrap_or(Value::Null),
    });
    if let (Some(revision), Some(map)) = (&entry.revision, object.as_object_mut()) {
        map.insert("revision".to_owned(), revision.clone());
    }
    object
}

/// The columns of a list of tickets.
pub(crate) fn ticket_sheet() -> Sheet {
    let columns = vec!["number", "status", "priority", "subject", "requester", "assignee", "due", "sla", "updated_at"];
    Sheet { columns, rows: Vec::new() }
}

/// Where its promises stand: the state as word and colour, and the business time that is left.
fn sla_cell(ticket: &Ticket, output: &Output) -> Cell {
    let (now, levels) = (output.now, output.levels());
    let standing = ticket.standing(now);
    let state = standing.map(|standing| standing.state);
    let word = state.map_or_else(String::new, |state| state.labels().get(output.language).to_owned());
    let tone = match state {
        Some(ClockState::Breached) => Tone::Alarm,
        Some(ClockState::Warning) => Tone::Warning,
        Some(ClockState::Paused) => Tone::Faint,
        _ => Tone::Plain,
    };
    let left = standing.and_then(|standing| levels.left(standing.clock?, now));
    let both = |word: &str, left: Option<String>| left.map_or_else(|| word.to_owned(), |left| format!("{word} {left}"));
    let full = both(state.map_or("", ClockState::as_str), left.map(|left| left.to_string()));
    // As long as all is well the time says it all.
    let shown = match (state, left) {
        (Some(ClockState::Running), Some(left)) => span(left),
        (_, left) => both(&word, left.map(span)),
    };
    Cell::new(full).shown(shown).tone(tone)
}

/// Business time as people read it: to the minute, and to the second below one.
fn span(seconds: i64) -> String {
    let sign = if seconds < 0 { "-" } else { "" };
    let whole = u32::try_from(seconds.unsigned_abs()).unwrap_or(u32::MAX);
    let shown = if whole < 60 { whole } else { whole - whole % 60 };
    format!("{sign}{}", Seconds(shown))
}

/// A ticket as a row.
pub(crate) fn ticket_row(ticket: &Ticket, beside: &Beside, output: &Output) -> Vec<Cell> {
    let (now, language) = (output.now, output.language);
    let card = &ticket.content.requester;
    let id = ticket.requester.as_ref().map(ToString::to_string);
    let address = card.email.as_ref().map(ToString::to_string);
    let requester = Cell::new(address.clone().or_else(|| id.clone()).unwrap_or_default());
    let due = ticket.due_at();
    let late = ticket.is_overdue(now);
    let words = due.map(|due| relative(due, now, language)).unwrap_or_default();
    let subject = if beside.unread(ticket) {
        Cell::new(&*ticket.content.subject).shown(format!("• {}", ticket.content.subject))
    } else {
        Cell::new(&*ticket.content.subject)
    };
    vec![
        Cell::new(ticket.number.as_str()).shown(format!("#{}", ticket.number)),
        Cell::new(ticket.status.as_str()).shown(output.status(&ticket.status)).tone(ticket.status_category.into()),
        Cell::new(ticket.priority.as_str()).shown(ticket.priority.labels().get(language)).tone(ticket.priority.into()),
        subject,
        requester.shown(card.name.clone().or(address).or(id).unwrap_or_default()),
        Cell::new(ticket.assignee.as_ref().map(ToString::to_string).unwrap_or_default()),
        Cell::new(due.map(time).unwrap_or_default())
            .shown(if late { format!("! {words}") } else { words })
            .tone(if late { Tone::Alarm } else { Tone::Plain }),
        sla_cell(ticket, output),
        Cell::new(time(ticket.updated_at)).shown(relative(ticket.updated_at, now, language)).tone(Tone::Faint),
    ]
}
