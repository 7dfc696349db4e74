//! Counts. What can be had from the kept counters is read in `kept`; others are counted over the arms of their access
//! path here.

use std::collections::BTreeMap;

use helpdesk_core::party::TenantId;
use helpdesk_core::query::{GroupBy, Sort, Tally, TicketQuery};
use helpdesk_core::ticket::{Priority, StatusCategory};

use super::dialect::Dialect;
use super::page::over;
use super::sql::Sql;
use super::store::ServerStore;
use super::value::Row;
use super::{filter, kept};
use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::rows::index::shelf;
use crate::rows::plan::{AccessPath, Arm};

pub(crate) async fn tally(
    store: &ServerStore<'_>,
    tenant: &TenantId,
    query: &TicketQuery,
    by: GroupBy,
) -> Result<Vec<Tally>, Fault> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows(store, tenant, query, by).await? {
        let count = row.count(4)?;
        if count > 0 {
            *counts.entry(group(by, &row)?).or_default() += count;
        }
    }
    Ok(counts.into_iter().map(|(group, count)| Tally { group, count }).collect())
}

/// Columns: nothing, group as a text, nothing, group as a number, count.
async fn rows(store: &ServerStore<'_>, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Result<Vec<Row>, Fault> {
    if let Some(kept) = query.kept(by) {
        return store.listed(kept::sql(store.dialect(), kept, tenant, query, by)).await;
    }
    let path = AccessPath::choose(query);
    if path == AccessPath::Nothing {
        return Ok(Vec::new());
    }
    over(store, tenant, &path, |places| {
        let arms = path.arms(query, places, None);
        count(store.dialect(), tenant, query, &arms, by)
    })
    .await
}

/// Counts over arms.
pub(crate) fn count(dialect: &Dialect, tenant: &TenantId, query: &TicketQuery, arms: &[Arm], by: GroupBy) -> Sql {
    let mut sql = Sql::new();
    sql.push(dialect.listed);
    let tenant = sql.param(tenant.as_str());
    for arm in arms {
        sql.push(" UNION ALL SELECT NULL, NULL, NULL, NULL,").push(columns(by));
        filter::arm(&mut sql, dialect, tenant, query, arm);
        sql.push(match by {
            GroupBy::Nothing => "",
            GroupBy::StatusCategory => " GROUP BY t.shelf",
            GroupBy::Status => " GROUP BY t.status",
            GroupBy::Priority => " GROUP BY t.prio",
            GroupBy::Assignee => " GROUP BY t.assignee",
            GroupBy::Team => " GROUP BY t.team",
            GroupBy::Category => " GROUP BY t.category",
        });
    }
    sql
}

/// The group, as a text or a number, and the count.
fn columns(by: GroupBy) -> &'static str {
    match by {
        GroupBy::Nothing => " NULL, NULL, NULL, count(*)",
        GroupBy::StatusCategory => " NULL, NULL, t.shelf, count(*)",
        GroupBy::Priority => " NULL, NULL, t.prio, count(*)",
        GroupBy::Status => " t.status, NULL, NULL, count(*)",
        GroupBy::Assignee => " t.assignee, NULL, NULL, count(*)",
        GroupBy::Team => " t.team, NULL, NULL, count(*)",
        GroupBy::Category => " t.category, NULL, NULL, count(*)",
    }
}

/// The group as on the wire.
fn group(by: GroupBy, row: &Row) -> Result<String, Fault> {
    Ok(match by {
        GroupBy::Nothing => String::new(),
        GroupBy::StatusCategory => {
            let number = row.int(3)?;
            let category = StatusCategory::ALL.into_iter().find(|category| shelf(*category) == number);
            category.map_or_else(String::new, |category| category.as_str().to_owned())
        }
        GroupBy::Priority => {
            let rank = row.int(3)?;
            let priority = Priority::ALL.into_iter().find(|priority| Sort::rank(*priority) == rank);
            priority.map_or_else(String::new, |priority| priority.as_str().to_owned())
        }
        GroupBy::Status | GroupBy::Assignee | GroupBy::Team | GroupBy::Category => {
            row.maybe_text(1)?.unwrap_or_default()
        }
    })
}
