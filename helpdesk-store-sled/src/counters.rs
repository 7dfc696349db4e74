//! The counters as they stand. They are written in `write`, with every commit.

use helpdesk_core::party::TenantId;

use super::error::Fault;
use super::index::{Counted, Place, counter};
use super::layout::{Key, Parts};
use super::view::{View, number};

/// The places that have tickets.
pub(crate) fn places(view: View<'_>, tenant: &TenantId) -> Result<Vec<Place>, Fault> {
    Ok(standing(view, &counter(tenant, &Counted::All))?.into_iter().map(|(place, _)| place).collect())
}

/// What a counter counts at each place.
pub(crate) fn standing(view: View<'_>, counter: &Key) -> Result<Vec<(Place, u64)>, Fault> {
    let entry = |pair: Result<(Vec<u8>, Vec<u8>), Fault>| {
        let (key, value) = pair?;
        let mut parts = Parts::behind(counter, &key)?;
        Ok(((parts.byte()?, parts.text()?, parts.int()?), number(&value)?))
    };
    view.values(counter, &counter.range()).map(entry).collect()
}
