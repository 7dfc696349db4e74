//! What a decision needs, in one statement and so from one view.

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Loaded, Record, RecordKey, Wants};
use helpdesk_core::ticket::Version;
use sqlx::sqlite::SqliteRow;

use super::gather::{Gather, Gathered};
use super::store::FileStore;
use super::view::view;
use crate::fault::Fault;
use crate::rows::columns::{Columns, parse};
use crate::rows::decode::{lock, mark, replay};
use crate::rows::document::unpack_ticket;

pub(super) async fn load(store: &FileStore<'_>, tenant: &TenantId, wants: &Wants) -> Result<Loaded, Fault> {
    let mut gather = Gather::new(tenant);
    let ticket = wants.ticket.as_ref().map(|key| gather.ticket(key, wants.mark.as_ref()));
    let records: Vec<_> = wants.records.iter().map(|key| gather.record(key)).collect();
    let versions: Vec<_> = wants.versions.iter().map(|key| gather.record_version(key)).collect();
    let key = wants.replay.as_ref().map(|key| gather.key(key));
    let found = ask(store, gather).await?;

    let mut loaded = Loaded::default();
    if let Some(row) = ticket.and_then(|sought| found.get(sought)) {
        let ticket = unpack_ticket(row.uuid(2)?, row.text(4)?)?;
        loaded.lock = lock(Some(row), 5, ticket.id)?;
        loaded.mark = mark(row, 1)?;
        loaded.ticket = Some(ticket);
    }
    for (key, sought) in wants.records.iter().zip(records) {
        loaded.records.push(found.get(sought).map(|row| record(key, row)).transpose()?);
    }
    for sought in versions {
        loaded.versions.push(found.get(sought).map_or(Ok(Version::NONE), |row| row.version(1))?);
    }
    loaded.replay = key.and_then(|sought| found.get(sought)).map(replay).transpose()?;
    Ok(loaded)
}

/// Asks all of it in one view.
async fn ask(store: &FileStore<'_>, gather: Gather) -> Result<Gathered, Fault> {
    let mut found = Gathered::default();
    // Nothing wanted is asked of a closed store too, and refused like everything else.
    let mut reader = store.checkout().await?;
    let statements = gather.statements();
    if !statements.is_empty() {
        found.take(view(statements, false, &mut reader).await?)?;
    }
    reader.give_back();
    Ok(found)
}

fn record(key: &RecordKey, row: &SqliteRow) -> Result<Record, Fault> {
    let value = parse(&row.text(4)?, || format!("a record of kind {}", key.kind.as_str()))?;
    Ok(Record { key: key.clone(), version: row.version(1)?, value })
}
