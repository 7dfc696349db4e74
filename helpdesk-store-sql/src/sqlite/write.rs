//! The rows of a commit, after everything was checked. What did not change is not written: an index entry costs more
//! than comparing. The rows beside a ticket are in `beside`.

use helpdesk_core::env::to_micros;
use helpdesk_core::store::{Commit, Shard, TicketWrite};
use helpdesk_core::ticket::{Ticket, TicketId};

use super::beside::{Kind, externals, timers, values};
use super::counters;
use super::place::{Counters, Place};
use super::presume::Presumed;
use super::script::Script;
use super::sql::Sql;
use super::turn::Turn;
use crate::fault::Fault;
use crate::rows::columns::{print, signed};
use crate::rows::decode::message;
use crate::rows::document::{pack_event, pack_message, pack_ticket};
use crate::rows::index::{self, Indexed, Values};

/// Writes everything; the turn is finished after it. What was not looked up yet is compared first: if something else
/// stands there, nothing is written.
pub(super) async fn commit(
    commit: &Commit,
    places: &[Place],
    counters: &Counters,
    presumed: Option<&Presumed>,
    turn: &mut Turn<'_>,
) -> Result<(), Fault> {
    let mut script = Script::new(commit.tenant.as_str(), turn);
    if let Some(presumed) = presumed {
        presumed.compare(commit, script.next().await?)?;
    }
    for (write, place) in commit.tickets.iter().zip(places) {
        ticket(&mut script, commit, write, place).await?;
    }
    for (scope, next) in counters {
        let sql = script.next().await?;
        let params = [sql.tenant, sql.value(scope.as_str()), sql.value(signed(*next))];
        sql.add(
            "INSERT INTO helpdesk_number (tenant, scope, next) VALUES (?, ?, ?) \
             ON CONFLICT (tenant, scope) DO UPDATE SET next = excluded.next",
            &params,
        );
    }
    for write in &commit.records {
        let sql = script.next().await?;
        let (tenant, kind, key) = (sql.tenant, sql.value(write.key.kind.as_str()), sql.value(write.key.key.as_str()));
        if let Some(value) = &write.value {
            let version = sql.value(signed(write.expected.version().next().0));
            let value = sql.value(print(value)?);
            sql.add(
                "INSERT INTO helpdesk_record (tenant, kind, key, version, value) VALUES (?, ?, ?, ?, ?) \
                 ON CONFLICT (tenant, kind, key) DO UPDATE SET version = excluded.version, value = excluded.value",
                &[tenant, kind, key, version, value],
            );
        } else {
            sql.add("DELETE FROM helpdesk_record WHERE tenant = ? AND kind = ? AND key = ?", &[tenant, kind, key]);
        }
    }
    if let Some(key) = &commit.key {
        // An act that writes no ticket is remembered too, under no ticket.
        let first = commit.tickets.first().map(|write| &write.after);
        let sql = script.next().await?;
        let params = [
            sql.tenant,
            sql.value(key.source.as_str()),
            sql.value(key.key.as_str()),
            sql.value(key.fingerprint.as_str()),
            sql.value(first.map(|first| first.id.0.as_bytes().as_slice())),
            sql.value(first.map_or(0, index::version)),
            sql.value(to_micros(commit.at)),
        ];
        sql.add(
            "INSERT INTO helpdesk_key (tenant, source, key, fingerprint, ticket, version, used_at) \
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            &params,
        );
    }
    script.finish().await
}

async fn ticket(script: &mut Script<'_, '_>, commit: &Commit, write: &TicketWrite, place: &Place) -> Result<(), Fault> {
    let after = Ticket { number: place.number.clone(), ..write.after.clone() };
    let id = after.id.0;
    if write.messages.erase {
        erase(script, after.id).await?;
    }
    row(script, write, &after, place).await?;
    counters::moved(script, write.before.as_ref(), &after).await?;
    let row = place.row;
    values(script, row, Kind::Tag, write.before.as_ref().map(Values::tags), Values::tags(&after)).await?;
    if write.before.as_ref().is_none_or(|before| terms_differ(before, &after)) {
        values(script, row, Kind::Term, write.before.as_ref().map(Values::terms), Values::terms(&after)).await?;
    }
    let parties = Values::participants(&after);
    values(script, row, Kind::Participant, write.before.as_ref().map(Values::participants), parties).await?;
    timers(script, commit, write.before.as_ref(), &after).await?;
    externals(script, write).await?;
    for (offset, (record, revision)) in (0_u64..).zip(&write.events) {
        let revision = revision.as_ref().map(print).transpose()?;
        let sql = script.next().await?;
        let params = [
            sql.tenant,
            sql.value(id.as_bytes().as_slice()),
            sql.value(signed(place.first_seq.saturating_add(offset))),
            sql.value(signed(record.version.0)),
            sql.value(to_micros(record.at)),
            sql.value(record.actor.to_string()),
            sql.value(record.id.0.as_bytes().as_slice()),
            sql.value(pack_event(&record.event)?),
            sql.value(revision),
        ];
        sql.add(
            "INSERT INTO helpdesk_event (tenant, ticket, seq, version, at, actor, id, doc, revision) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &params,
        );
    }
    for message in &write.messages.add {
        let sql = script.next().await?;
        let params = [
            sql.tenant,
            sql.value(id.as_bytes().as_slice()),
            sql.value(i64::from(message.seq)),
            sql.value(message.id.0.as_bytes().as_slice()),
            sql.value(pack_message(message)?),
        ];
        sql.add("INSERT INTO helpdesk_message (tenant, ticket, seq, id, doc) VALUES (?, ?, ?, ?, ?)", &params);
    }
    if commit.outbox && !write.events.is_empty() {
        let sql = script.next().await?;
        let params = [
            sql.value(i64::from(Shard::bucket(&commit.tenant))),
            sql.tenant,
            sql.value(id.as_bytes().as_slice()),
            sql.value(signed(place.first_seq)),
        ];
        sql.add(
            "INSERT INTO helpdesk_outbox (bucket, tenant, ticket, seq, free_at, attempts) \
             SELECT ?, tenant, ticket, seq, -9223372036854775808, 0 FROM helpdesk_event \
             WHERE tenant = ? AND ticket = ? AND seq >= ? ORDER BY seq",
            &params,
        );
    }
    Ok(())
}

/// The ticket's own row. An update names only the columns that changed, since SQLite writes every index that a named
/// column stands in.
async fn row(script: &mut Script<'_, '_>, write: &TicketWrite, after: &Ticket, place: &Place) -> Result<(), Fault> {
    let now = Indexed::of(after);
    let was = write.before.as_ref().map(Indexed::of);
    let doc = pack_ticket(after)?;
    let event_seq = signed(place.last_seq(write));
    let (last_seq, last_author, other_seq) = index::newest(after);
    let sql = script.next().await?;
    let [doc, version, event_seq] = [sql.value(doc), sql.value(index::version(after)), sql.value(event_seq)];
    let row = sql.value(place.row);
    if let Some(was) = &was {
        sql.add("UPDATE helpdesk_ticket SET doc = ?, version = ?, event_seq = ?", &[doc, version, event_seq]);
        sql.set(", shelf = ?", &was.shelf, now.shelf);
        sql.set(", live = ?", &was.live, now.live);
        sql.set(", status = ?", &was.status, now.status);
        sql.set(", rank = ?", &was.rank, now.rank);
        sql.set(", created_at = ?", &was.created_at, now.created_at);
        sql.set(", updated_at = ?", &was.updated_at, now.updated_at);
        sql.set(", due_at = ?", &was.due_at, now.due_at);
        sql.set(", breach_at = ?", &was.breach_at, now.breach_at);
        sql.set(", assignee = ?", &was.assignee, now.assignee);
        sql.set(", team = ?", &was.team, now.team);
        sql.set(", category = ?", &was.category, now.category);
        sql.set(", requester = ?", &was.requester, now.requester);
        sql.set(", organization = ?", &was.organization, now.organization);
        sql.set(", kind = ?", &was.kind, now.kind);
        sql.set(", channel = ?", &was.channel, now.channel);
        if write.before.as_ref().map(index::newest) != Some((last_seq, last_author.clone(), other_seq)) {
            let params = [sql.value(last_seq), sql.value(last_author), sql.value(other_seq)];
            sql.add(", last_seq = ?, last_author = ?, other_seq = ?", &params);
        }
        sql.add(" WHERE row = ?", &[row]);
    } else {
        let params = [
            row,
            sql.tenant,
            sql.value(after.id.0.as_bytes().as_slice()),
            version,
            event_seq,
            sql.value(after.number.key().as_str()),
            sql.value(now.shelf),
            sql.value(now.live),
            sql.value(now.status),
            sql.value(now.rank),
            sql.value(now.created_at),
            sql.value(now.updated_at),
            sql.value(now.due_at),
            sql.value(now.breach_at),
            sql.value(now.assignee),
            sql.value(now.team),
            sql.value(now.category),
            sql.value(now.requester),
            sql.value(now.organization),
            sql.value(now.kind),
            sql.value(now.channel),
            sql.value(last_seq),
            sql.value(last_author),
            sql.value(other_seq),
            doc,
        ];
        sql.add(
            "INSERT INTO helpdesk_ticket \
             (row, tenant, id, version, event_seq, number_key, shelf, live, status, rank, created_at, \
             updated_at, due_at, breach_at, assignee, team, category, requester, organization, kind, \
             channel, last_seq, last_author, other_seq, doc) VALUES \
             (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &params,
        );
    }
    Ok(())
}

/// Whether the rows of terms may differ: cutting words is dear, comparing is not.
fn terms_differ(before: &Ticket, after: &Ticket) -> bool {
    before.content.subject != after.content.subject || Indexed::of(before).live != Indexed::of(after).live
}

/// Takes the texts out of every stored message, and the values out of every revision.
async fn erase(script: &mut Script<'_, '_>, ticket: TicketId) -> Result<(), Fault> {
    let mut sql = Sql::new();
    let params = [sql.param(script.tenant), sql.param(ticket.0.as_bytes().as_slice())];
    sql.add("SELECT id, seq, doc FROM helpdesk_message WHERE tenant = ? AND ticket = ?", &params);
    for stored in script.read(sql).await? {
        let mut message = message(ticket, &stored)?;
        message.redact();
        let sql = script.next().await?;
        let params = [
            sql.value(pack_message(&message)?),
            sql.tenant,
            sql.value(ticket.0.as_bytes().as_slice()),
            sql.value(i64::from(message.seq)),
        ];
        sql.add("UPDATE helpdesk_message SET doc = ? WHERE tenant = ? AND ticket = ? AND seq = ?", &params);
    }
    let sql = script.next().await?;
    let params = [sql.tenant, sql.value(ticket.0.as_bytes().as_slice())];
    sql.add(
        "UPDATE helpdesk_event SET revision = NULL WHERE tenant = ? AND ticket = ? AND revision IS NOT NULL",
        &params,
    );
    Ok(())
}
