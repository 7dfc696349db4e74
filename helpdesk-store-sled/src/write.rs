//! Writing a commit that nothing stands against: documents, and the difference of what tickets are found by and counted
//! as.

use std::collections::{BTreeMap, BTreeSet};

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Applied, Commit, IdempotencyKey, NumberSource, RecordWrite, TicketWrite};
use helpdesk_core::ticket::{EventRecord, ExternalRef, Message, NumberPlan, Ticket, TicketId, TicketNumber, Version};
use serde_json::Value;

use super::documents::{
    UsedKey, external_key, key_time, number_key, print_record, record_key, record_version, ticket_key, used_key,
};
use super::draft::Draft;
use super::engine::Direction;
use super::error::Fault;
use super::index::{Counted, Place, at_place, counted, counter, entries, is_live, place};
use super::layout::{Key, Parts, Table};
use super::view::parse;
use super::{marks, outbox};

/// Writes everything. `stored` are the tickets as they stand, in the commit's order.
pub(crate) fn commit(commit: Commit, stored: Vec<Option<Ticket>>, draft: &mut Draft<'_>) -> Result<Applied, Fault> {
    let tenant = &commit.tenant;
    take_given_numbers(&commit, draft)?;
    if let Some(key) = &commit.key {
        remember(key, &commit, draft)?;
    }
    for write in &commit.records {
        put_record(tenant, write, draft)?;
    }
    let mut applied = Applied::default();
    for (write, before) in commit.tickets.into_iter().zip(stored) {
        let id = write.after.id;
        let (number, events) = put_ticket(tenant, write, before.as_ref(), draft)?;
        applied.first_seq.push(events.first().map_or(0, |record| record.seq));
        applied.numbers.push(number);
        if commit.outbox {
            outbox::push(tenant, id, events.iter().map(|record| record.seq), draft)?;
        }
    }
    Ok(applied)
}

/// Puts events at the end of a ticket's history and gives them their places there.
pub(crate) fn append(
    tenant: &TenantId,
    ticket: TicketId,
    events: Vec<(EventRecord, Option<Value>)>,
    draft: &mut Draft<'_>,
) -> Result<Vec<EventRecord>, Fault> {
    let history = Key::of_ticket(tenant, Table::Event, ticket);
    let last = draft.view.keys(&history.range(), Direction::Falling).next().transpose()?;
    let last = last.map_or(Ok(0), |key| Parts::behind(&history, &key)?.count())?;
    let mut records = Vec::with_capacity(events.len());
    for (seq, (mut record, revision)) in (last + 1..).zip(events) {
        record.seq = seq;
        draft.add_doc(&history.clone().count(seq), &record)?;
        if let Some(revision) = revision {
            draft.add_doc(&Key::of_ticket(tenant, Table::Revision, ticket).count(seq), &revision)?;
        }
        records.push(record);
    }
    Ok(records)
}

/// Given numbers are taken before any is drawn, so that drawing goes round them whatever the order.
fn take_given_numbers(commit: &Commit, draft: &mut Draft<'_>) -> Result<(), Fault> {
    for write in commit.tickets.iter().filter(|write| write.before.is_none()) {
        if let NumberSource::Given { number, raise } = &write.number {
            draft.add(&number_key(&commit.tenant, &number.key()), write.after.id.0.as_bytes())?;
            if let Some((scope, seq)) = raise {
                let drawn = drawn_key(&commit.tenant, scope);
                if draft.count(&drawn)? < *seq {
                    draft.set(&drawn, *seq)?;
                }
            }
        }
    }
    Ok(())
}

/// The next number of a scope that nobody has.
fn draw(tenant: &TenantId, plan: &NumberPlan, ticket: TicketId, draft: &mut Draft<'_>) -> Result<TicketNumber, Fault> {
    let drawn = drawn_key(tenant, plan.scope());
    let mut seq = draft.count(&drawn)?;
    loop {
        seq = seq.checked_add(1).ok_or(Fault::Limit("the sequence of ticket numbers is at its end"))?;
        let number = plan.print(seq);
        let key = number_key(tenant, &number.key());
        if draft.value(&key)?.is_none() {
            draft.add(&key, ticket.0.as_bytes())?;
            draft.set(&drawn, seq)?;
            return Ok(number);
        }
    }
}

fn drawn_key(tenant: &TenantId, scope: &str) -> Key {
    Key::table(tenant, Table::Drawn).text(scope)
}

fn remember(key: &IdempotencyKey, commit: &Commit, draft: &mut Draft<'_>) -> Result<(), Fault> {
    let first = commit.tickets.first().map(|write| &write.after);
    let used = UsedKey {
        at: commit.at,
        fingerprint: key.fingerprint.clone(),
        ticket: first.map(|first| first.id),
        version: first.map_or(Version::NONE, |first| first.version),
    };
    draft.mark(key_time(&commit.tenant, commit.at, &key.source, &key.key).into_bytes());
    draft.put_doc(&used_key(&commit.tenant, &key.source, &key.key), &used)
}

fn put_record(tenant: &TenantId, write: &RecordWrite, draft: &mut Draft<'_>) -> Result<(), Fault> {
    let key = record_key(tenant, &write.key);
    match &write.value {
        Some(value) => {
            let version = record_version(draft.view, tenant, &write.key)?.next();
            draft.put(&key, &print_record(version, value)?)
        }
        None => draft.remove(&key),
    }
}

/// Writes one ticket with all that belongs to it; gives its number and its new events.
fn put_ticket(
    tenant: &TenantId,
    write: TicketWrite,
    before: Option<&Ticket>,
    draft: &mut Draft<'_>,
) -> Result<(TicketNumber, Vec<EventRecord>), Fault> {
    for external in write.references() {
        draft.put(&external_key(tenant, external), write.after.id.0.as_bytes())?;
    }
    let TicketWrite { mut after, number, events, messages, .. } = write;
    let id = after.id;
    after.number = match (before, number) {
        (Some(before), _) => before.number.clone(),
        (None, NumberSource::Given { number, .. }) => number,
        (None, NumberSource::Draw(plan)) => draw(tenant, &plan, id, draft)?,
    };
    if messages.erase {
        erase(tenant, before, &after, &messages.add, draft)?;
    }
    let conversation = Key::of_ticket(tenant, Table::Message, id);
    for message in &messages.add {
        draft.put_doc(&conversation.clone().count(message.seq.into()), message)?;
    }
    let records = append(tenant, id, events, draft)?;
    find(tenant, before, &after, draft);
    count(tenant, before, &after, draft)?;
    let (was_live, is_live) = (before.map(is_live), is_live(&after));
    if was_live.is_some_and(|was| was != is_live) {
        marks::turn(tenant, id, is_live, draft)?;
    }
    draft.put_doc(&ticket_key(tenant, id), &after)?;
    Ok((after.number, records))
}

/// Moves a ticket from where it was found to where it is found now.
fn find(tenant: &TenantId, before: Option<&Ticket>, after: &Ticket, draft: &mut Draft<'_>) {
    let was = before.map(|before| entries(tenant, before)).unwrap_or_default();
    let is = entries(tenant, after);
    for gone in was.difference(&is) {
        draft.unmark(gone.clone());
    }
    for new in is.difference(&was) {
        draft.mark(new.clone());
    }
}

/// Moves a ticket from where it was counted to where it is counted now.
fn count(tenant: &TenantId, before: Option<&Ticket>, after: &Ticket, draft: &mut Draft<'_>) -> Result<(), Fault> {
    let mut steps: BTreeMap<(Counted, Place), i64> = BTreeMap::new();
    for (ticket, step) in before.map(|before| (before, -1)).into_iter().chain([(after, 1)]) {
        let Some(place) = place(ticket) else { continue };
        for counted in counted(ticket) {
            *steps.entry((counted, place.clone())).or_default() += step;
        }
    }
    for ((counted, place), step) in steps.into_iter().filter(|(_, step)| *step != 0) {
        draft.step(&at_place(counter(tenant, &counted), &place), step)?;
    }
    Ok(())
}

/// Takes every text away: of messages, and what stands beside events. References that nothing has any more go too.
fn erase(
    tenant: &TenantId,
    before: Option<&Ticket>,
    after: &Ticket,
    added: &[Message],
    draft: &mut Draft<'_>,
) -> Result<(), Fault> {
    let conversation = Key::of_ticket(tenant, Table::Message, after.id);
    let mut still: BTreeSet<ExternalRef> = after.external.clone();
    still.extend(added.iter().flat_map(|message| message.external.iter().cloned()));
    let stored: Vec<_> = draft.view.values(&conversation, &conversation.range()).collect::<Result<_, _>>()?;
    for (key, value) in stored {
        let mut message: Message = parse(&value, "a message")?;
        message.redact();
        still.extend(message.external.iter().cloned());
        draft.put_doc(&conversation.like(key), &message)?;
    }
    let revisions = Key::of_ticket(tenant, Table::Revision, after.id);
    let stored: Vec<_> = draft.view.keys(&revisions.range(), Direction::Rising).collect::<Result<_, _>>()?;
    for key in stored {
        draft.remove(&revisions.like(key))?;
    }
    let had = before.into_iter().flat_map(|before| &before.external);
    for external in had.filter(|external| !still.contains(external)) {
        draft.remove(&external_key(tenant, external))?;
    }
    Ok(())
}
