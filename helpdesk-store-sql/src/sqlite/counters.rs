//! What is kept so that counts need not count: how many tickets stand where, how many of them nobody works on, and how
//! many only one agent wrote in. Written with every commit, proved by `verify`, read in `kept`.

use helpdesk_core::ticket::Ticket;

use super::error::Fault;
use super::index::{Indexed, alone};
use super::script::Script;

/// Moves a ticket from where it was counted to where it is counted now.
pub(super) async fn moved(script: &mut Script<'_, '_>, before: Option<&Ticket>, after: &Ticket) -> Result<(), Fault> {
    let was = before.map(Indexed::of);
    let now = Indexed::of(after);
    places(script, was.as_ref(), &now).await?;
    let sole = before.and_then(alone).zip(was.as_ref().map(Indexed::place));
    let is_sole = alone(after).map(|author| (author, now.place()));
    if sole != is_sole {
        for (counted, n) in [(sole, -1), (is_sole, 1)] {
            if let Some((author, (shelf, status, rank))) = counted {
                let sql = script.next().await?;
                let params =
                    [sql.tenant, sql.value(author), sql.value(shelf), sql.value(status), sql.value(rank), sql.value(n)];
                sql.add(
                    "INSERT INTO helpdesk_alone VALUES (?, ?, ?, ?, ?, ?) \
                     ON CONFLICT (tenant, author, shelf, status, rank) DO UPDATE SET n = n + excluded.n",
                    &params,
                );
            }
        }
    }
    if was.is_some_and(|was| was.live != now.live) {
        let sql = script.next().await?;
        let params = [sql.value(now.live), sql.tenant, sql.value(after.id.0.as_bytes().as_slice())];
        sql.add("UPDATE helpdesk_mark SET live = ? WHERE tenant = ? AND ticket = ?", &params);
    }
    Ok(())
}

/// The counters of places; a step of `n`, and of those among them that nobody works on.
async fn places(script: &mut Script<'_, '_>, was: Option<&Indexed<'_>>, now: &Indexed<'_>) -> Result<(), Fault> {
    let free = |indexed: &Indexed<'_>| i64::from(indexed.assignee.is_none());
    let stays = was.is_some_and(|was| was.place() == now.place());
    let steps = match was {
        Some(was) if stays => [None, Some((now, 0, free(now) - free(was)))],
        _ => [was.map(|was| (was, -1, -free(was))), Some((now, 1, free(now)))],
    };
    for (indexed, n, free) in steps.into_iter().flatten() {
        if indexed.is_tombstone() || (n, free) == (0, 0) {
            continue;
        }
        let (shelf, status, rank) = indexed.place();
        let sql = script.next().await?;
        let params = [sql.tenant, sql.value(shelf), sql.value(status), sql.value(rank), sql.value(n), sql.value(free)];
        sql.add(
            "INSERT INTO helpdesk_counter VALUES (?, ?, ?, ?, ?, ?) \
             ON CONFLICT (tenant, shelf, status, rank) DO UPDATE SET n = n + excluded.n, free = free + excluded.free",
            &params,
        );
    }
    Ok(())
}
