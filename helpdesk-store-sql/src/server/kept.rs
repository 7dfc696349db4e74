//! Counts that need no counting: read from the counters that every commit moves. Unread ones are what stands there, less
//! what the agent has read; they cost what she has read of what is live, not what is open.

use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{GroupBy, Kept, TicketQuery};

use super::dialect::Dialect;
use super::filter;
use super::sql::{Param, Sql};
use crate::rows::counted::{ASSIGNED, ASSIGNED_END, Counted};
use crate::rows::index::reader;

/// The statement that reads what answers the query. Columns: nothing, group as a text, nothing, group as a number, count.
pub(crate) fn sql(dialect: &Dialect, kept: Kept<'_>, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Sql {
    let mut sql = Sql::new();
    let tenant = sql.param(tenant.as_str());
    sql.push(dialect.summed);
    let add = |sql: &mut Sql, n: &'static str, counted: &Counted<'_>| {
        let counted = sql.param(counted.to_string());
        sql.push(" UNION ALL SELECT").push(columns(by)).push(n);
        sql.add(" FROM helpdesk_counter AS t WHERE t.tenant = ? AND t.counted = ?", &[tenant, counted]);
        filter::place(sql, dialect, query, false);
    };
    match kept {
        Kept::All => add(&mut sql, " t.n", &Counted::All),
        Kept::Unassigned => add(&mut sql, " t.n", &Counted::Unassigned),
        Kept::Agent(agent) => add(&mut sql, " t.n", &Counted::AssignedTo(agent.as_str())),
        Kept::ByAssignee => {
            add(&mut sql, " t.n", &Counted::Unassigned);
            let range = [tenant, sql.param(ASSIGNED), sql.param(ASSIGNED_END)];
            sql.push(" UNION ALL SELECT").push(columns(by));
            let text = " t.n FROM helpdesk_counter AS t WHERE t.tenant = ? AND t.counted >= ? AND t.counted < ?";
            sql.add(text, &range);
            filter::place(&mut sql, dialect, query, false);
        }
        Kept::Unread(agent) => {
            let author = reader(agent);
            add(&mut sql, " t.n", &Counted::All);
            for author in [String::new(), author.clone()] {
                add(&mut sql, " -t.n", &Counted::WrittenBy(author));
            }
            sql.push(" UNION ALL SELECT").push(columns(by));
            read(&mut sql, tenant, agent, author);
            filter::place(&mut sql, dialect, query, false);
        }
    }
    sql.push(") AS c GROUP BY g, h");
    sql
}

/// The group as a text and as a number.
fn columns(by: GroupBy) -> &'static str {
    match by {
        GroupBy::StatusCategory => " NULL, t.shelf,",
        GroupBy::Status => " t.status, NULL,",
        GroupBy::Priority => " NULL, t.prio,",
        // What nobody works on has no agent behind a prefix.
        GroupBy::Assignee => " CASE WHEN t.counted <> 'none' THEN substr(t.counted, 4) END, NULL,",
        _ => " NULL, NULL,",
    }
}

/// What the agent has read of what somebody else wrote in; the rest was taken away already.
fn read(sql: &mut Sql, tenant: Param, agent: &AgentId, author: String) {
    let (author, agent) = (sql.param(author), sql.param(agent.as_str()));
    sql.add(
        " -1 FROM helpdesk_mark AS m JOIN helpdesk_ticket AS t ON t.tenant = m.tenant AND t.id = m.ticket \
         WHERE m.tenant = ? AND m.agent = ? AND m.live = 1 \
         AND (CASE WHEN t.last_author = ? THEN t.other_seq ELSE t.last_seq END) BETWEEN 1 AND m.position",
        &[tenant, agent, author],
    );
}
