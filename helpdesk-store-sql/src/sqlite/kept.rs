//! Counts that need no counting: read from the counters that `counters` keeps. Unread ones are what stands there, less
//! what the agent has read; they cost what she has read of what is live, not what is open.

use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{Assignee, GroupBy, Scope, TicketFilter, TicketQuery};
use helpdesk_core::ticket::StatusCategory;

use super::filter;
use super::index::reader;
use super::sql::Sql;

/// Which of the kept numbers answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept<'a> {
    /// How many there are.
    All,
    /// How many of them nobody works on.
    Unassigned,
    /// In how many of them this agent has something to read; of live tickets only.
    Unread(&'a AgentId),
}

impl<'a> Kept<'a> {
    /// The number for a question; `None` if it asks for more than status and priority beside.
    pub(super) fn of(query: &'a TicketQuery, by: GroupBy) -> Option<Self> {
        let TicketFilter { categories, statuses, priorities, assignee, unread, .. } = query.filter.clone();
        let bare = TicketFilter {
            categories,
            statuses,
            priorities,
            assignee: assignee.filter(|assignee| *assignee == Assignee::Nobody),
            unread,
            ..TicketFilter::default()
        };
        let grouped = matches!(by, GroupBy::Nothing | GroupBy::StatusCategory | GroupBy::Status | GroupBy::Priority);
        if query.scope != Scope::All || query.filter != bare || !grouped {
            return None;
        }
        let live =
            !bare.categories.is_empty() && bare.categories.iter().all(|category| StatusCategory::is_live(*category));
        match (bare.assignee, bare.unread, &query.reader) {
            (None, false, _) => Some(Self::All),
            (Some(_), false, _) => Some(Self::Unassigned),
            (None, true, Some(agent)) if live => Some(Self::Unread(agent)),
            _ => None,
        }
    }

    /// The statement: group and number.
    pub(super) fn sql(self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Sql {
        let mut sql = Sql::new();
        let tenant = sql.param(tenant.as_str());
        let group = match by {
            GroupBy::StatusCategory => "SELECT t.shelf AS g",
            GroupBy::Status => "SELECT t.status AS g",
            GroupBy::Priority => "SELECT t.rank AS g",
            _ => "SELECT NULL AS g",
        };
        sql.push("SELECT g, sum(n) FROM (").push(group);
        sql.push(if self == Self::Unassigned { ", t.free AS n" } else { ", t.n AS n" });
        sql.add(" FROM helpdesk_counter AS t WHERE t.tenant = ?", &[tenant]);
        filter::place(&mut sql, query, false);
        if let Self::Unread(agent) = self {
            let (author, agent) = (sql.param(reader(agent)), sql.param(agent.as_str()));
            sql.push(" UNION ALL ").push(group);
            sql.add(", -t.n FROM helpdesk_alone AS t WHERE t.tenant = ? AND t.author IN ('', ?)", &[tenant, author]);
            filter::place(&mut sql, query, false);
            sql.push(" UNION ALL ").push(group);
            // What nobody else wrote in was taken away already.
            sql.add(
                ", -1 FROM helpdesk_mark AS m INDEXED BY helpdesk_mark_live \
                 CROSS JOIN helpdesk_ticket AS t INDEXED BY helpdesk_ticket_id ON t.tenant = m.tenant AND t.id = m.ticket \
                 WHERE m.tenant = ? AND m.agent = ? AND m.live = 1 \
                 AND (CASE WHEN t.last_author = ? THEN t.other_seq ELSE t.last_seq END) BETWEEN 1 AND m.position",
                &[tenant, agent, author],
            );
            filter::place(&mut sql, query, false);
        }
        sql.push(") GROUP BY g");
        sql
    }
}
