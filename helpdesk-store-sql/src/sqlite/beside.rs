//! The rows beside a ticket that a commit changes: values it is found by, timers, references. Only differences are
//! written.

use helpdesk_core::env::to_micros;
use helpdesk_core::store::{Commit, Shard, TicketWrite};
use helpdesk_core::ticket::Ticket;

use super::script::Script;
use crate::fault::Fault;
use crate::rows::columns::list;
use crate::rows::index::Values;
use crate::rows::index::added_externals;

/// A table of values.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Tag,
    Term,
    Participant,
}

impl Kind {
    fn delete(self) -> &'static str {
        match self {
            Self::Tag => {
                "DELETE FROM helpdesk_tag WHERE tenant = ? AND live = ? AND row = ? \
                 AND tag IN (SELECT value FROM json_each(?))"
            }
            Self::Term => {
                "DELETE FROM helpdesk_term WHERE tenant = ? AND live = ? AND row = ? \
                 AND term IN (SELECT value FROM json_each(?))"
            }
            Self::Participant => {
                "DELETE FROM helpdesk_participant WHERE tenant = ? AND live = ? AND row = ? \
                 AND party IN (SELECT value FROM json_each(?))"
            }
        }
    }

    fn insert(self) -> &'static str {
        match self {
            Self::Tag => "INSERT INTO helpdesk_tag (tenant, live, row, tag) SELECT ?, ?, ?, value FROM json_each(?)",
            Self::Term => "INSERT INTO helpdesk_term (tenant, live, row, term) SELECT ?, ?, ?, value FROM json_each(?)",
            Self::Participant => {
                "INSERT INTO helpdesk_participant (tenant, live, row, party) SELECT ?, ?, ?, value FROM json_each(?)"
            }
        }
    }
}

pub(super) async fn values(
    script: &mut Script<'_, '_>,
    row: i64,
    kind: Kind,
    was: Option<Values>,
    now: Values,
) -> Result<(), Fault> {
    let was = was.unwrap_or_default();
    let moved = was.live != now.live;
    let gone: Vec<&str> =
        was.texts.iter().filter(|text| moved || !now.texts.contains(*text)).map(String::as_str).collect();
    let new: Vec<&str> =
        now.texts.iter().filter(|text| moved || !was.texts.contains(*text)).map(String::as_str).collect();
    for (texts, live, text) in [(gone, was.live, kind.delete()), (new, now.live, kind.insert())] {
        if !texts.is_empty() {
            let sql = script.next().await?;
            let params = [sql.tenant, sql.value(live), sql.value(row), sql.value(list(texts))];
            sql.add(text, &params);
        }
    }
    Ok(())
}

pub(super) async fn timers(
    script: &mut Script<'_, '_>,
    commit: &Commit,
    before: Option<&Ticket>,
    after: &Ticket,
) -> Result<(), Fault> {
    let was = before.map(Ticket::timers).unwrap_or_default();
    let now = after.timers();
    let gone = was.iter().filter(|timer| !now.contains(timer));
    let new = now.iter().filter(|timer| !was.contains(timer));
    let delete = "DELETE FROM helpdesk_timer WHERE bucket = ? AND at = ? AND key = ? AND tenant = ? AND ticket = ?";
    let insert = "INSERT INTO helpdesk_timer (bucket, at, key, tenant, ticket) VALUES (?, ?, ?, ?, ?)";
    for (timer, text) in gone.map(|timer| (timer, delete)).chain(new.map(|timer| (timer, insert))) {
        let sql = script.next().await?;
        let params = [
            sql.value(i64::from(Shard::bucket(&commit.tenant))),
            sql.value(to_micros(timer.at)),
            sql.value(timer.key.as_str()),
            sql.tenant,
            sql.value(after.id.0.as_bytes().as_slice()),
        ];
        sql.add(text, &params);
    }
    Ok(())
}

/// References are kept for ever, those of erased messages and of tombstones too: the same thing, delivered again, must
/// not bring back what was erased.
pub(super) async fn externals(script: &mut Script<'_, '_>, write: &TicketWrite) -> Result<(), Fault> {
    let id = write.after.id.0;
    for external in added_externals(write) {
        let sql = script.next().await?;
        let params = [
            sql.tenant,
            sql.value(external.source.as_str()),
            sql.value(external.id.as_str()),
            sql.value(id.as_bytes().as_slice()),
        ];
        // The ticket itself may have it already, by a message.
        sql.add(
            "INSERT INTO helpdesk_external (tenant, source, id, ticket) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            &params,
        );
    }
    Ok(())
}
