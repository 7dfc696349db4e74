//! What became of a commit whose connection was lost before its answer came: read again by what only it can have
//! written.

use helpdesk_core::store::{Applied, Commit, CommitOutcome, Replay};
use helpdesk_core::ticket::{TicketId, TicketNumber};

use super::link::{Link, Source};
use super::sql::Sql;
use crate::fault::Fault;
use crate::rows::columns::{Columns, signed};
use crate::rows::document::unpack_ticket;

/// What came of each, where it is done; a fault that says so where it cannot be known.
pub(crate) async fn outcomes(source: &dyn Source, commits: &[&Commit]) -> Vec<Result<CommitOutcome, Fault>> {
    let mut link = source.clean_link().await.ok();
    let mut outcomes = Vec::with_capacity(commits.len());
    for commit in commits {
        let found = match &mut link {
            Some(link) => find(link.as_mut(), commit).await,
            None => Ok(None),
        };
        if found.is_err() {
            link = None;
        }
        // What is not there may still come: the server may not know yet that nobody listens.
        outcomes.push(found.ok().flatten().ok_or(Fault::Unknown));
    }
    outcomes
}

async fn find(link: &mut dyn Link, commit: &Commit) -> Result<Option<CommitOutcome>, Fault> {
    let mut applied = Applied { numbers: Vec::new(), first_seq: Vec::new() };
    for write in &commit.tickets {
        let Some((event, _)) = write.events.first() else { return Ok(None) };
        let sql = Sql::of(
            "SELECT e.seq, t.id, t.doc FROM helpdesk_event AS e \
             JOIN helpdesk_ticket AS t ON t.tenant = e.tenant AND t.id = e.ticket \
             WHERE e.tenant = ? AND e.ticket = ? AND e.version = ? AND e.id = ?",
            [commit.tenant.as_str().into(), write.after.id.into(), signed(event.version.0).into(), event.id.0.into()],
        );
        let rows = link.rows(&sql).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let number: TicketNumber = unpack_ticket(row.uuid(1)?, row.text(2)?)?.number;
        applied.numbers.push(number);
        applied.first_seq.push(row.count(0)?);
    }
    if !commit.tickets.is_empty() {
        return Ok(Some(CommitOutcome::Applied(applied)));
    }
    // An act that writes records alone is known by its key.
    let Some(key) = &commit.key else { return Ok(None) };
    let sql = Sql::of(
        "SELECT version, fingerprint, ticket FROM helpdesk_key WHERE tenant = ? AND source = ? AND name = ?",
        [commit.tenant.as_str().into(), key.source.as_str().into(), key.key.as_str().into()],
    );
    let rows = link.rows(&sql).await?;
    let Some(row) = rows.first() else { return Ok(None) };
    let replay =
        Replay { fingerprint: row.text(1)?, ticket: row.maybe_uuid(2)?.map(TicketId), version: row.version(0)? };
    let same = replay.fingerprint == key.fingerprint;
    Ok(Some(if same { CommitOutcome::Replayed(replay) } else { CommitOutcome::KeyReused }))
}
