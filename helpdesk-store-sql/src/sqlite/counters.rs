//! The counts that are kept ready, written with every commit, proved by `verify`, read in `kept`. What is counted is
//! `rows::counted`'s to say.

use helpdesk_core::ticket::Ticket;
use serde_json::Value;

use super::script::Script;
use crate::fault::Fault;
use crate::rows::counted;
use crate::rows::index::Indexed;

/// Moves a ticket from where it was counted to where it is counted now.
pub(super) async fn moved(script: &mut Script<'_, '_>, before: Option<&Ticket>, after: &Ticket) -> Result<(), Fault> {
    let steps = counted::steps(before, after);
    let rows: Vec<Value> = steps
        .into_iter()
        .map(|((counted, (shelf, status, rank)), step)| {
            let mut row = vec![Value::from(counted), shelf.into(), status.into()];
            row.extend([Value::from(rank), step.into()]);
            row.into()
        })
        .collect();
    if !rows.is_empty() {
        let sql = script.next().await?;
        let params = [sql.tenant, sql.value(Value::from(rows).to_string())];
        sql.add(
            "INSERT INTO helpdesk_counter (tenant, counted, shelf, status, rank, n) \
             SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 \
             FROM json_each(?) WHERE 1 \
             ON CONFLICT (tenant, counted, shelf, status, rank) DO UPDATE SET n = n + excluded.n",
            &params,
        );
    }
    let now = Indexed::of(after).live;
    if before.is_some_and(|before| Indexed::of(before).live != now) {
        let sql = script.next().await?;
        let params = [sql.value(now), sql.tenant, sql.value(after.id.0.as_bytes().as_slice())];
        sql.add("UPDATE helpdesk_mark SET live = ? WHERE tenant = ? AND ticket = ?", &params);
    }
    Ok(())
}
