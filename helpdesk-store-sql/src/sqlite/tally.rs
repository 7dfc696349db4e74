//! Counts. What can be had from the kept counters is read in `kept`; others are counted over the arms of their access
//! path here.

use std::collections::BTreeMap;

use helpdesk_core::party::TenantId;
use helpdesk_core::query::{GroupBy, Sort, Tally, TicketQuery};
use helpdesk_core::ticket::{Priority, StatusCategory};
use sqlx::sqlite::SqliteRow;

use super::filter;
use super::kept;
use super::sql::Sql;
use super::store::FileStore;
use super::view::{ARMS, places, view};
use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::rows::index::shelf;
use crate::rows::plan::{AccessPath, Arm};

pub(super) async fn tally(
    store: &FileStore<'_>,
    tenant: &TenantId,
    query: &TicketQuery,
    by: GroupBy,
) -> Result<Vec<Tally>, Fault> {
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for row in rows(store, tenant, query, by).await? {
        let count = row.count(1)?;
        if count > 0 {
            *counts.entry(group(by, &row)?).or_default() += count;
        }
    }
    Ok(counts.into_iter().map(|(group, count)| Tally { group, count }).collect())
}

async fn rows(
    store: &FileStore<'_>,
    tenant: &TenantId,
    query: &TicketQuery,
    by: GroupBy,
) -> Result<Vec<SqliteRow>, Fault> {
    if let Some(kept) = query.kept(by) {
        return store.rows(kept::sql(kept, tenant, query, by)).await;
    }
    let path = AccessPath::choose(query);
    if path == AccessPath::Nothing {
        return Ok(Vec::new());
    }
    let mut reader = store.checkout().await?;
    let (places, open) = places(&path, tenant, &mut reader).await?;
    let arms = path.arms(query, &places, None);
    let statements = arms.chunks(ARMS).map(|arms| count(tenant, query, arms, by)).collect();
    let rows = view(statements, open, &mut reader).await?;
    reader.give_back();
    Ok(rows)
}

/// Counts over arms.
pub(super) fn count(tenant: &TenantId, query: &TicketQuery, arms: &[Arm], by: GroupBy) -> Sql {
    let mut sql = Sql::new();
    let tenant = sql.param(tenant.as_str());
    sql.push("SELECT g, sum(n) FROM (");
    for (index, arm) in arms.iter().enumerate() {
        sql.push(if index == 0 { "" } else { " UNION ALL " }).push(match by {
            GroupBy::Nothing => "SELECT NULL AS g, count(*) AS n",
            GroupBy::StatusCategory => "SELECT t.shelf AS g, count(*) AS n",
            GroupBy::Status => "SELECT t.status AS g, count(*) AS n",
            GroupBy::Priority => "SELECT t.rank AS g, count(*) AS n",
            GroupBy::Assignee => "SELECT t.assignee AS g, count(*) AS n",
            GroupBy::Team => "SELECT t.team AS g, count(*) AS n",
            GroupBy::Category => "SELECT t.category AS g, count(*) AS n",
        });
        filter::arm(&mut sql, tenant, query, arm);
        sql.push(match by {
            GroupBy::Nothing => "",
            GroupBy::StatusCategory => " GROUP BY t.shelf",
            GroupBy::Status => " GROUP BY t.status",
            GroupBy::Priority => " GROUP BY t.rank",
            GroupBy::Assignee => " GROUP BY t.assignee",
            GroupBy::Team => " GROUP BY t.team",
            GroupBy::Category => " GROUP BY t.category",
        });
    }
    sql.push(") GROUP BY g");
    sql
}

/// The group as on the wire.
fn group(by: GroupBy, row: &SqliteRow) -> Result<String, Fault> {
    Ok(match by {
        GroupBy::Nothing => String::new(),
        GroupBy::StatusCategory => {
            let number = row.int(0)?;
            let category = StatusCategory::ALL.into_iter().find(|category| shelf(*category) == number);
            category.map_or_else(String::new, |category| category.as_str().to_owned())
        }
        GroupBy::Priority => {
            let rank = row.int(0)?;
            let priority = Priority::ALL.into_iter().find(|priority| Sort::rank(*priority) == rank);
            priority.map_or_else(String::new, |priority| priority.as_str().to_owned())
        }
        GroupBy::Status | GroupBy::Assignee | GroupBy::Team | GroupBy::Category => {
            row.maybe_text(0)?.unwrap_or_default()
        }
    })
}
