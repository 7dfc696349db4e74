//! One statement for everything that stands under known keys: what a commit checks, what a decision loads. Each thing
//! sought is a branch that finds at most one row; the answers carry the branch they belong to.

use std::collections::HashMap;

use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::{IdempotencyKey, RecordKey, TicketKey};
use helpdesk_core::ticket::{ExternalRef, TicketId};
use sqlx::sqlite::SqliteRow;

use super::sql::{Param, Sql};
use crate::fault::Fault;
use crate::rows::columns::Columns;

/// Most branches of one statement, well below SQLite's 500.
const BRANCHES: usize = 64;

/// What is sought, before it is asked.
pub(super) struct Gather {
    tenant: TenantId,
    parts: Vec<Sql>,
    current: Option<(Sql, Param)>,
    branches: usize,
    in_current: usize,
}

/// The place of one answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Sought(i64);

/// The rows that were found.
#[derive(Default)]
pub(super) struct Gathered(HashMap<i64, SqliteRow>);

impl Gather {
    pub(super) fn new(tenant: &TenantId) -> Self {
        Self { tenant: tenant.clone(), parts: Vec::new(), current: None, branches: 0, in_current: 0 }
    }

    /// Columns: version, row, place of the last event.
    pub(super) fn head(&mut self, ticket: TicketId) -> Sought {
        self.branch(", version, row, event_seq, NULL, NULL FROM helpdesk_ticket WHERE tenant = ? AND id = ?", |sql| {
            vec![sql.param(ticket.0.as_bytes().as_slice())]
        })
    }

    /// Columns: the largest row of all tickets.
    pub(super) fn last_row(&mut self) -> Sought {
        // The tenant stands there to be bound, as in every branch; rows are counted over all of them.
        self.branch(", (SELECT max(row) FROM helpdesk_ticket), NULL, NULL, NULL, ?", |_| Vec::new())
    }

    /// Columns: version, nothing, nothing, value.
    pub(super) fn record(&mut self, key: &RecordKey) -> Sought {
        self.branch(
            ", version, NULL, NULL, value, NULL FROM helpdesk_record WHERE tenant = ? AND kind = ? AND key = ?",
            |sql| vec![sql.param(key.kind.as_str()), sql.param(key.key.as_str())],
        )
    }

    /// Columns: version.
    pub(super) fn record_version(&mut self, key: &RecordKey) -> Sought {
        self.branch(
            ", version, NULL, NULL, NULL, NULL FROM helpdesk_record WHERE tenant = ? AND kind = ? AND key = ?",
            |sql| vec![sql.param(key.kind.as_str()), sql.param(key.key.as_str())],
        )
    }

    /// Columns: version, nothing, nothing, fingerprint, ticket.
    pub(super) fn key(&mut self, key: &IdempotencyKey) -> Sought {
        self.branch(
            ", version, NULL, NULL, fingerprint, ticket FROM helpdesk_key \
             WHERE tenant = ? AND source = ? AND key = ?",
            |sql| vec![sql.param(key.source.as_str()), sql.param(key.key.as_str())],
        )
    }

    /// Columns: nothing, nothing, nothing, document.
    pub(super) fn lock(&mut self, ticket: TicketId) -> Sought {
        self.branch(", NULL, NULL, NULL, doc, NULL FROM helpdesk_lock WHERE tenant = ? AND ticket = ?", |sql| {
            vec![sql.param(ticket.0.as_bytes().as_slice())]
        })
    }

    /// Columns: nothing, nothing, nothing, nothing, ticket.
    pub(super) fn external(&mut self, external: &ExternalRef) -> Sought {
        self.branch(
            ", NULL, NULL, NULL, NULL, ticket FROM helpdesk_external WHERE tenant = ? AND source = ? AND id = ?",
            |sql| vec![sql.param(external.source.as_str()), sql.param(external.id.as_str())],
        )
    }

    /// Columns: nothing, nothing, nothing, nothing, ticket.
    pub(super) fn number(&mut self, key: &str) -> Sought {
        self.branch(", NULL, NULL, NULL, NULL, id FROM helpdesk_ticket WHERE tenant = ? AND number_key = ?", |sql| {
            vec![sql.param(key)]
        })
    }

    /// Columns: the next sequence.
    pub(super) fn counter(&mut self, scope: &str) -> Sought {
        self.branch(", next, NULL, NULL, NULL, NULL FROM helpdesk_number WHERE tenant = ? AND scope = ?", |sql| {
            vec![sql.param(scope)]
        })
    }

    /// A whole ticket with what stands beside it. Columns: mark, id, nothing, document, lock.
    pub(super) fn ticket(&mut self, key: &TicketKey, reader: Option<&AgentId>) -> Sought {
        let (sql, tenant) = self.next_branch();
        // Named twice in each branch, so that a lock or a mark is never looked for under another tenant.
        let agent = sql.param(reader.map(AgentId::as_str));
        sql.add(
            ", (SELECT position FROM helpdesk_mark AS m WHERE m.tenant = ? AND m.ticket = t.id AND m.agent = ?), \
             t.id, NULL, t.doc, (SELECT l.doc FROM helpdesk_lock AS l WHERE l.tenant = ? AND l.ticket = t.id) \
             FROM helpdesk_ticket AS t WHERE t.tenant = ? AND ",
            &[tenant, agent, tenant, tenant],
        );
        match key {
            TicketKey::Id(id) => {
                let id = sql.param(id.0.as_bytes().as_slice());
                sql.add("t.id = ?", &[id]);
            }
            TicketKey::Number(number) => {
                let number = sql.param(number.as_str());
                sql.add("t.number_key = ?", &[number]);
            }
            TicketKey::External(external) => {
                let params = [tenant, sql.param(external.source.as_str()), sql.param(external.id.as_str())];
                sql.add(
                    "t.id = (SELECT ticket FROM helpdesk_external WHERE tenant = ? AND source = ? AND id = ?)",
                    &params,
                );
            }
        }
        self.last()
    }

    /// The statements to ask; usually one, none if nothing is sought.
    pub(super) fn statements(mut self) -> Vec<Sql> {
        self.parts.extend(self.current.take().map(|(sql, _)| sql));
        self.parts
    }

    /// Begins a branch with its number, and adds `text`, whose first `?` is the tenant.
    fn branch(&mut self, text: &'static str, values: impl FnOnce(&mut Sql) -> Vec<Param>) -> Sought {
        let (sql, tenant) = self.next_branch();
        let mut params = vec![tenant];
        params.extend(values(sql));
        sql.add(text, &params);
        self.last()
    }

    fn next_branch(&mut self) -> (&mut Sql, Param) {
        if self.in_current == BRANCHES {
            self.parts.extend(self.current.take().map(|(sql, _)| sql));
            self.in_current = 0;
        }
        self.branches += 1;
        self.in_current += 1;
        let number = i64::try_from(self.branches).unwrap_or(i64::MAX);
        let tenant = self.tenant.as_str();
        let first = self.current.is_none();
        let (sql, param) = self.current.get_or_insert_with(|| {
            let mut sql = Sql::new();
            let param = sql.param(tenant);
            (sql, param)
        });
        let number = sql.param(number);
        sql.add(if first { "SELECT ?" } else { " UNION ALL SELECT ?" }, &[number]);
        (sql, *param)
    }

    fn last(&self) -> Sought {
        Sought(i64::try_from(self.branches).unwrap_or(i64::MAX))
    }
}

impl Gathered {
    /// Takes rows in as they were answered.
    pub(super) fn take(&mut self, rows: Vec<SqliteRow>) -> Result<(), Fault> {
        for row in rows {
            self.0.insert(row.int(0)?, row);
        }
        Ok(())
    }

    /// What was found for this; `None` if nothing stands there.
    pub(super) fn get(&self, sought: Sought) -> Option<&SqliteRow> {
        self.0.get(&sought.0)
    }
}
