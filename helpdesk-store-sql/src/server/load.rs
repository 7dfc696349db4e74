//! What a decision needs, in one statement and so from one view.

use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::{Loaded, Record, RecordKey, Replay, TicketKey, Wants};
use helpdesk_core::ticket::{TicketId, Version};

use super::dialect::Dialect;
use super::sql::{Param, Sql};
use super::value::{Row, Value};
use crate::fault::Fault;
use crate::rows::columns::{Columns, parse};
use crate::rows::decode::{lock, mark};
use crate::rows::document::unpack_ticket;

/// Columns: branch, number, text, lock, ticket. `None` if nothing is wanted.
pub(crate) fn statement(dialect: &Dialect, tenant: &TenantId, wants: &Wants) -> Option<Sql> {
    let mut sql = Sql::new();
    let tenant = sql.param(tenant.as_str());
    sql.push(dialect.load);
    let mut branches = 0;
    let mut branch = |sql: &mut Sql, text: &'static str, params: &[Param]| {
        branches += 1;
        let number = sql.param(branches);
        sql.add(" UNION ALL SELECT ?", &[number]).add(text, params);
    };
    if let Some(key) = &wants.ticket {
        ticket(&mut sql, tenant, key, wants.mark.as_ref(), &mut branch);
    }
    let record = ", version, value, NULL, NULL FROM helpdesk_record WHERE tenant = ? AND kind = ? AND name = ?";
    let version = ", version, NULL, NULL, NULL FROM helpdesk_record WHERE tenant = ? AND kind = ? AND name = ?";
    let records = wants.records.iter().map(|key| (key, record));
    for (key, text) in records.chain(wants.versions.iter().map(|key| (key, version))) {
        let params = [tenant, sql.param(key.kind.as_str()), sql.param(key.key.as_str())];
        branch(&mut sql, text, &params);
    }
    if let Some(key) = &wants.replay {
        let params = [tenant, sql.param(key.source.as_str()), sql.param(key.key.as_str())];
        let text =
            ", version, fingerprint, NULL, ticket FROM helpdesk_key WHERE tenant = ? AND source = ? AND name = ?";
        branch(&mut sql, text, &params);
    }
    (branches > 0).then_some(sql)
}

fn ticket(
    sql: &mut Sql,
    tenant: Param,
    key: &TicketKey,
    reader: Option<&AgentId>,
    branch: &mut impl FnMut(&mut Sql, &'static str, &[Param]),
) {
    let agent = sql.param(Value::from(reader.map(AgentId::as_str)));
    let text = ", (SELECT m.position FROM helpdesk_mark AS m WHERE m.tenant = ? AND m.ticket = t.id AND m.agent = ?), \
        t.doc, t.lock_doc, t.id FROM helpdesk_ticket AS t WHERE t.tenant = ?";
    branch(sql, text, &[tenant, agent, tenant]);
    match key {
        TicketKey::Id(id) => {
            let id = sql.param(*id);
            sql.add(" AND t.id = ?", &[id]);
        }
        TicketKey::Number(number) => {
            let number = sql.param(number.as_str());
            sql.add(" AND t.number_key = ?", &[number]);
        }
        TicketKey::External(external) => {
            let params = [tenant, sql.param(external.source.as_str()), sql.param(external.id.as_str())];
            let text = " AND t.id = (SELECT e.ticket FROM helpdesk_external AS e \
                WHERE e.tenant = ? AND e.source = ? AND e.name = ?)";
            sql.add(text, &params);
        }
    }
}

/// Puts the answers where they were wanted.
pub(crate) fn read(wants: &Wants, rows: &[Row]) -> Result<Loaded, Fault> {
    let mut loaded = Loaded::default();
    let mut branch = 0;
    let mut next = || -> Result<Option<&Row>, Fault> {
        branch += 1;
        for row in rows {
            if row.int(0)? == branch {
                return Ok(Some(row));
            }
        }
        Ok(None)
    };
    if wants.ticket.is_some()
        && let Some(row) = next()?
    {
        let ticket = unpack_ticket(row.uuid(4)?, row.text(2)?)?;
        loaded.lock = lock(Some(row), 3, ticket.id)?;
        loaded.mark = mark(row, 1)?;
        loaded.ticket = Some(ticket);
    }
    for key in &wants.records {
        loaded.records.push(next()?.map(|row| record(key, row)).transpose()?);
    }
    for _ in &wants.versions {
        loaded.versions.push(next()?.map_or(Ok(Version::NONE), |row| row.version(1))?);
    }
    if wants.replay.is_some() {
        loaded.replay = next()?.map(replay).transpose()?;
    }
    Ok(loaded)
}

fn record(key: &RecordKey, row: &Row) -> Result<Record, Fault> {
    let value = parse(&row.text(2)?, || format!("a record of kind {}", key.kind.as_str()))?;
    Ok(Record { key: key.clone(), version: row.version(1)?, value })
}

fn replay(row: &Row) -> Result<Replay, Fault> {
    Ok(Replay { fingerprint: row.text(2)?, ticket: row.maybe_uuid(4)?.map(TicketId), version: row.version(1)? })
}
