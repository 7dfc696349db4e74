//! Counts that need no counting: read from the counters that `counters` keeps. Unread ones are what stands there, less
//! what the agent has read; they cost what she has read of what is live, not what is open.

use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{GroupBy, Kept, TicketQuery};

use super::filter;
use super::sql::{Param, Sql};
use crate::rows::counted::{ASSIGNED, ASSIGNED_END, Counted};
use crate::rows::index::reader;

/// The statement that reads what answers the query: group and number.
pub(super) fn sql(kept: Kept<'_>, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Sql {
    let mut sql = Sql::new();
    let tenant = sql.param(tenant.as_str());
    let group = match by {
        GroupBy::StatusCategory => "SELECT t.shelf AS g",
        GroupBy::Status => "SELECT t.status AS g",
        GroupBy::Priority => "SELECT t.rank AS g",
        // What nobody works on has no agent behind a prefix.
        GroupBy::Assignee => "SELECT CASE WHEN t.counted <> 'none' THEN substr(t.counted, 4) END AS g",
        _ => "SELECT NULL AS g",
    };
    let add = |sql: &mut Sql, n: &'static str, counted: &Counted<'_>| {
        let counted = sql.param(counted.to_string());
        sql.push(group).push(n);
        sql.add(" FROM helpdesk_counter AS t WHERE t.tenant = ? AND t.counted = ?", &[tenant, counted]);
        filter::place(sql, query, false);
    };
    sql.push("SELECT g, sum(n) FROM (");
    match kept {
        Kept::All => add(&mut sql, ", t.n AS n", &Counted::All),
        Kept::Unassigned => add(&mut sql, ", t.n AS n", &Counted::Unassigned),
        Kept::Agent(agent) => add(&mut sql, ", t.n AS n", &Counted::AssignedTo(agent.as_str())),
        Kept::ByAssignee => {
            add(&mut sql, ", t.n AS n", &Counted::Unassigned);
            let range = [tenant, sql.param(ASSIGNED), sql.param(ASSIGNED_END)];
            sql.push(" UNION ALL ").push(group);
            let text = ", t.n FROM helpdesk_counter AS t WHERE t.tenant = ? AND t.counted >= ? AND t.counted < ?";
            sql.add(text, &range);
            filter::place(&mut sql, query, false);
        }
        Kept::Unread(agent) => {
            let author = reader(agent);
            add(&mut sql, ", t.n AS n", &Counted::All);
            for author in [String::new(), author.clone()] {
                sql.push(" UNION ALL ");
                add(&mut sql, ", -t.n", &Counted::WrittenBy(author));
            }
            sql.push(" UNION ALL ").push(group);
            read(&mut sql, tenant, agent, author);
            filter::place(&mut sql, query, false);
        }
    }
    sql.push(") GROUP BY g");
    sql
}

/// What the agent has read of what somebody else wrote in; the rest was taken away already.
fn read(sql: &mut Sql, tenant: Param, agent: &AgentId, author: String) {
    let (author, agent) = (sql.param(author), sql.param(agent.as_str()));
    sql.add(
        ", -1 FROM helpdesk_mark AS m INDEXED BY helpdesk_mark_live \
         CROSS JOIN helpdesk_ticket AS t INDEXED BY helpdesk_ticket_id ON t.tenant = m.tenant AND t.id = m.ticket \
         WHERE m.tenant = ? AND m.agent = ? AND m.live = 1 \
         AND (CASE WHEN t.last_author = ? THEN t.other_seq ELSE t.last_seq END) BETWEEN 1 AND m.position",
        &[tenant, agent, author],
    );
}
