//! Ticket numbers out of reserved blocks, so that no create waits for another one's sync. A block begins with one number
//! and doubles as long as it is used up, so that a short-lived process leaves no gap; what is left is given back at the
//! end. How numbers look is the core's.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use helpdesk_core::party::TenantId;

use super::link::{Link, Waiting};
use super::sql::Sql;
use super::value::Row;
use crate::fault::Fault;
use crate::rows::columns::{Columns, signed};

/// Most numbers of a block, unless more are wanted at once.
const BLOCK: u64 = 32;

/// The blocks of a process.
#[derive(Default)]
pub(crate) struct Numbers {
    blocks: Mutex<HashMap<(TenantId, String), Block>>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Block {
    next: u64,
    end: u64,
    /// How many were reserved last.
    size: u64,
}

impl Block {
    fn take(&mut self) -> Option<u64> {
        (self.next < self.end).then(|| {
            self.next += 1;
            self.next - 1
        })
    }
}

impl Numbers {
    /// The next sequence of a scope.
    pub(crate) async fn take(&self, link: &mut dyn Link, tenant: &TenantId, scope: &str) -> Result<u64, Fault> {
        let place = (tenant.clone(), scope.to_owned());
        loop {
            let size = {
                let mut blocks = self.blocks();
                let block = blocks.entry(place.clone()).or_default();
                if let Some(sequence) = block.take() {
                    return Ok(sequence);
                }
                (block.size * 2).clamp(1, BLOCK)
            };
            let end = reserve_alone(link, tenant, scope, size).await?;
            let fresh = Block { next: end.saturating_sub(size), end, size };
            let old = self.blocks().insert(place.clone(), fresh);
            // Two that reserved at once: the other's block is smaller and used first.
            if let Some(old) = old.filter(|old| old.next < old.end) {
                self.blocks().insert(place.clone(), old);
                give_back(link, tenant, scope, (fresh.next, fresh.end)).await?;
            }
        }
    }

    /// Forgets numbers that must not be drawn any more, since a sequence was raised.
    pub(crate) fn raised(&self, tenant: &TenantId, scope: &str, next: u64) {
        if let Some(block) = self.blocks().get_mut(&(tenant.clone(), scope.to_owned())) {
            block.next = block.next.max(next).min(block.end);
        }
    }

    /// Gives back what was not used, where nobody reserved behind it or holds it for long.
    pub(crate) async fn give_back(&self, link: &mut dyn Link) -> Result<(), Fault> {
        let blocks = std::mem::take(&mut *self.blocks());
        link.open(Waiting::Pass).await?;
        for ((tenant, scope), block) in blocks {
            give_back(link, &tenant, &scope, (block.next, block.end)).await?;
        }
        link.keep().await
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.blocks().values().all(|block| block.next == block.end)
    }

    fn blocks(&self) -> std::sync::MutexGuard<'_, HashMap<(TenantId, String), Block>> {
        self.blocks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes sequences out of a scope in an act of its own: what is drawn ahead must not be taken back with anything else, and
/// is waited for only briefly, since others wait behind it.
async fn reserve_alone(link: &mut dyn Link, tenant: &TenantId, scope: &str, size: u64) -> Result<u64, Fault> {
    let sql = reserving(link.dialect().reserve_alone, tenant, scope, size);
    next(&link.once(&sql, Waiting::Pass).await?.rows)
}

/// Takes sequences out of a scope; gives what comes next behind them.
pub(crate) async fn reserve(link: &mut dyn Link, tenant: &TenantId, scope: &str, size: u64) -> Result<u64, Fault> {
    let sql = reserving(link.dialect().reserve, tenant, scope, size);
    next(&link.once(&sql, Waiting::Wait).await?.rows)
}

fn reserving(text: &'static str, tenant: &TenantId, scope: &str, size: u64) -> Sql {
    let size = signed(size);
    Sql::of(text, [tenant.as_str().into(), scope.into(), size.into(), size.into()])
}

fn next(rows: &[Row]) -> Result<u64, Fault> {
    let row = rows.first().ok_or_else(|| Fault::Damaged("a sequence of numbers has no row".to_owned()))?;
    let next = row.count(0)?;
    if next > i64::MAX.unsigned_abs() - BLOCK {
        return Err(Fault::Limit("the sequence of ticket numbers is at its end"));
    }
    Ok(next)
}

/// Gives back the sequences from the first up to the second, unless somebody reserved behind them.
pub(crate) async fn give_back(
    link: &mut dyn Link,
    tenant: &TenantId,
    scope: &str,
    (next, end): (u64, u64),
) -> Result<(), Fault> {
    if next < end {
        let values = [signed(next).into(), tenant.as_str().into(), scope.into(), signed(end).into()];
        link.run(&Sql::of(link.dialect().give_back, values)).await?;
    }
    Ok(())
}
