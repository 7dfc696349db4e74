//! Large stores: tickets decided by the pure core and written through the storage port, eight to a commit, many
//! commits at once. So they are real tickets with history and conversation, on any backend.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono::TimeDelta;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, ContactId, TeamId};
use helpdesk_core::store::{Commit, CommitOutcome, Messages, NumberSource, Store, TicketWrite};
use helpdesk_core::ticket::decide::decide;
use helpdesk_core::ticket::{
    Command, EventId, Facts, LockSlot, MessageId, NewMessage, NewTicket, Priority, StatusChange, StatusKey, Ticket,
    TicketId, Version,
};
use helpdesk_core::{Limits, Settings};
use uuid::Uuid;

use crate::Failure;
use crate::questions::life::BODY;
use crate::world::{TENANT, contact, dawn};

/// Commits under way at once: the writer takes them into few transactions.
const CLIENTS: u64 = 128;
/// How many tickets wake up in each of the hours after `dawn`.
pub(crate) const DUE_AN_HOUR: u64 = 10;
/// In how many hours after `dawn` tickets wake up.
pub(crate) const HOURS: u64 = 100;

/// Fills an empty store with `count` tickets, 95 of 100 of them open: new, active, waiting for the customer, and on
/// hold with a wake-up time. One of 100 is overdue.
pub(crate) async fn fill(store: &Arc<dyn Store>, count: u64) -> Result<(), Failure> {
    let next = Arc::new(AtomicU64::new(0));
    let mut tasks = Vec::new();
    for _ in 0..CLIENTS {
        let (store, next) = (Arc::clone(store), Arc::clone(&next));
        tasks.push(tokio::spawn(async move {
            let step = Commit::MAX_TICKETS as u64;
            loop {
                let first = next.fetch_add(step, Ordering::Relaxed);
                if first >= count {
                    return Ok::<(), Failure>(());
                }
                let writes = (first..count.min(first + step)).map(|n| write(n, count)).collect::<Result<_, _>>()?;
                let tenant = helpdesk_core::party::TenantId::new(TENANT)?;
                let commit = Commit { tickets: writes, ..Commit::new(tenant, Actor::System, born(first, count)) };
                match store.commit(commit).await? {
                    CommitOutcome::Applied(_) => {}
                    other => return Err(format!("{other:?}").into()),
                }
            }
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(())
}

/// Tickets come in evenly over the year before `dawn`.
fn born(n: u64, count: u64) -> Timestamp {
    let year = 365 * 24 * 3_600_000;
    dawn() - TimeDelta::milliseconds(i64::try_from((count - n) * (year / count)).unwrap_or_default())
}

fn id(n: u64, kind: u8) -> Uuid {
    let mut tail = [kind; 10];
    tail[2..].copy_from_slice(&n.to_be_bytes());
    uuid::Builder::from_unix_timestamp_millis(1_700_000_000_000 + n, &tail).into_uuid()
}

/// The `n`th ticket, with all that it has been through in one commit.
fn write(n: u64, count: u64) -> Result<TicketWrite, Failure> {
    let settings = Settings::default();
    let limits = Limits::default();
    let now = born(n, count);
    let asker = ContactId::new(contact(usize::try_from(n)?))?;
    let message =
        NewMessage { author: Actor::Requester(asker.clone()), ..NewMessage::public(MessageId(id(n, 1)), BODY) };
    let priority = [Priority::Medium, Priority::Low, Priority::High, Priority::Medium][usize::try_from(n % 4)?];
    let new = NewTicket {
        requester: Some(asker),
        priority: Some(if n.is_multiple_of(100) { Priority::Critical } else { priority }),
        team: Some(TeamId::new(["support", "it"][usize::try_from(n % 2)?])?),
        message: Some(message),
        ..NewTicket::new(format!("Parcel {n} did not arrive"))
    };
    let mut commands = vec![Command::Open(Box::new(new))];
    commands.extend(after(n)?);
    let actor = Actor::Agent(AgentId::new("anna")?);
    let mut ticket = Ticket::blank(TicketId(id(n, 0)));
    let (mut events, mut messages) = (Vec::new(), Vec::new());
    for command in &commands {
        let facts = Facts {
            now,
            actor: &actor,
            settings: &settings,
            limits: &limits,
            lock: &LockSlot::default(),
            token: None,
            may_reopen_closed: true,
            as_of: None,
        };
        let decision = decide(&ticket, command, &facts)?;
        let mut drawn = 0;
        let (records, next) = decision.apply(&ticket, Version(1), &actor, || {
            drawn += 1;
            EventId(id(n * 16 + u64::try_from(events.len()).unwrap_or_default() + drawn, 2))
        });
        events.extend(records.into_iter().map(|record| (record, None)));
        messages.extend(decision.messages);
        ticket = next;
    }
    let plan = settings.number_template.plan(now, settings.zone(), None);
    let messages = Messages { erase: false, add: messages };
    Ok(TicketWrite { before: None, after: ticket, number: NumberSource::Draw(plan), events, messages })
}

/// What happened to the `n`th ticket after it came in.
fn after(n: u64) -> Result<Vec<Command>, Failure> {
    let to = |status: &str| Ok::<_, Failure>(Command::SetStatus(StatusChange::to(StatusKey::new(status)?)));
    let wait = |at| {
        let change = StatusChange { to: StatusKey::new("on_hold")?, until: Some(at), then: None };
        Ok::<_, Failure>(Command::SetStatus(change))
    };
    if n < DUE_AN_HOUR * HOURS {
        let hour = i64::try_from(n / DUE_AN_HOUR)?;
        return Ok(vec![Command::Claim, wait(dawn() + TimeDelta::hours(hour + 1))?]);
    }
    Ok(match n % 100 {
        0 => vec![Command::SetDue(Some(dawn() - TimeDelta::days(1)))],
        1..25 => vec![],
        25..65 => vec![Command::Claim],
        65..75 => vec![Command::Claim, to("pending")?],
        75..95 => {
            let days = i64::try_from(n % 700)?;
            vec![Command::Claim, wait(dawn() + TimeDelta::days(100 + days))?]
        }
        95..99 => vec![Command::Claim, to("resolved")?, to("closed")?],
        _ => vec![Command::MarkSpam],
    })
}
