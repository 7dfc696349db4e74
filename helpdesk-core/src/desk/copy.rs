//! Everything of one store into another, whatever backends they are: records, tickets with their conversations and
//! histories, locks and read marks. Compared piece by piece, and begun again at any time.

use sha2::{Digest, Sha256};

use super::together::{Part, together};
use super::{AdminDesk, Code, Error, Helpdesk, TicketDump};
use crate::party::{AgentId, TenantId};
use crate::query::TicketFilter;
use crate::store::{FaultKind, RecordKind, StoreError};
use crate::ticket::TicketId;

/// Tickets that are under way at once.
const AT_ONCE: usize = 32;
/// Records that are read at once.
const RECORDS: usize = 100;
/// Most differences that are kept.
const KEPT: usize = 100;

/// What a copy came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CopyReport {
    /// How many tenants there are.
    pub tenants: u64,
    /// How many tickets there are to copy, tombstones not counted. Known before the first is copied.
    pub total: u64,
    /// What came of tickets.
    pub tickets: Copied,
    /// What came of records.
    pub records: Copied,
    /// What stands otherwise in the target, or could not be put there: at most a hundred, the first ones.
    pub differing: Vec<Difference>,
}

/// What came of the things of one sort.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// They were not there.
    pub new: u64,
    /// They were there, the same.
    pub known: u64,
    /// They stand otherwise in the target, and were left so.
    pub differing: u64,
    /// They could not be put there.
    pub refused: u64,
}

/// Something that stands otherwise in the target, or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Whose.
    pub tenant: TenantId,
    /// A ticket's id, or sort and key of a record.
    pub what: String,
    /// Why it could not be put there: the stable code. None if it is there and stands otherwise.
    pub refused: Option<Code>,
}

/// What came of one thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    New,
    Known,
    Differing,
    Refused(Code),
}

impl CopyReport {
    /// Whether everything stands in the target as it stands in the source.
    pub fn is_whole(&self) -> bool {
        [self.tickets, self.records].iter().all(|copied| copied.differing + copied.refused == 0)
    }
}

impl Copied {
    /// How many there are.
    pub fn all(&self) -> u64 {
        self.new + self.known + self.differing + self.refused
    }

    fn count(&mut self, came: Came) {
        *match came {
            Came::New => &mut self.new,
            Came::Known => &mut self.known,
            Came::Differing => &mut self.differing,
            Came::Refused(_) => &mut self.refused,
        } += 1;
    }
}

impl Helpdesk {
    /// Copies everything of this desk's store into another desk's store. Each ticket is read back from there and its
    /// digest compared; memory does not grow with the store. `progress` is told how far it is.
    ///
    /// What is there already and the same is left alone, so that a copy that was interrupted is begun again and goes on
    /// where it stopped. What stands otherwise there is left so, and told. Let nobody write into either meanwhile.
    ///
    /// Not copied: what waits in the outbox, which is to be delivered before; idempotency keys, which live for a week;
    /// how far jobs are. Dead letters and endpoints come along.
    ///
    /// ```
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// use helpdesk_core::desk::OpenTicket;
    /// use helpdesk_core::{Helpdesk, MemoryStore};
    ///
    /// let [source, target] = [(); 2].map(|()| Helpdesk::builder(MemoryStore::new()).build());
    /// source.tenant("acme")?.agent("anna")?.open(OpenTicket::new("Move me")).await?;
    /// let report = source.copy_to(&target, |_| {}).await?;
    /// assert!(report.is_whole() && report.tickets.new == 1);
    /// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// If a store fails.
    pub async fn copy_to(
        &self,
        target: &Self,
        mut progress: impl FnMut(&CopyReport) + Send,
    ) -> Result<CopyReport, Error> {
        let mut report = CopyReport::default();
        let tenants = self.inner.store.tenants().await?;
        for tenant in &tenants {
            report.total += self.mover(tenant)?.agent().total(&TicketFilter::default()).await?;
        }
        for tenant in tenants {
            let (source, target) = (self.mover(&tenant)?, target.mover(&tenant)?);
            report.tenants += 1;
            copy_records(&source, &target, &mut report).await?;
            copy_tickets(&source, &target, &mut report, &mut progress).await?;
        }
        Ok(report)
    }

    fn mover(&self, tenant: &TenantId) -> Result<AdminDesk<'static>, Error> {
        Ok(AdminDesk::new(self.clone(), tenant.clone(), AgentId::new("copy")?))
    }
}

async fn copy_records(source: &AdminDesk<'_>, target: &AdminDesk<'_>, report: &mut CopyReport) -> Result<(), Error> {
    for kind in RecordKind::ALL.into_iter().filter(|kind| kind.is_copied()) {
        let mut after: Option<String> = None;
        loop {
            let page = source.dump_records(kind, after.as_deref(), RECORDS).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            for dump in page {
                let (key, value) = (dump.key.clone(), dump.value.clone());
                let came = match target.restore_record(dump).await {
                    Ok(true) => Came::New,
                    Ok(false) if target.record_value(kind, &key).await? == Some(value) => Came::Known,
                    Ok(false) => Came::Differing,
                    Err(Error::Store(fault)) => return Err(fault.into()),
                    Err(error) => Came::Refused(error.code()),
                };
                report.records.count(came);
                note(came, source, || format!("{} {key}", kind.as_str()), report);
            }
        }
    }
    Ok(())
}

async fn copy_tickets(
    source: &AdminDesk<'_>,
    target: &AdminDesk<'_>,
    report: &mut CopyReport,
    progress: &mut (impl FnMut(&CopyReport) + Send),
) -> Result<(), Error> {
    let mut after = None;
    loop {
        let dumps = source.dump(after, AT_ONCE).await?;
        let Some(last) = dumps.last() else { return Ok(()) };
        after = Some(last.ticket.id);
        let ids: Vec<TicketId> = dumps.iter().map(|dump| dump.ticket.id).collect();
        let parts = dumps.into_iter().map(|dump| -> Part<'_, _> { Box::pin(copy_ticket(source, target, dump)) });
        for (id, came) in ids.into_iter().zip(together(parts.collect()).await) {
            let came = came?;
            report.tickets.count(came);
            note(came, source, || id.to_string(), report);
        }
        progress(report);
    }
}

async fn copy_ticket(source: &AdminDesk<'_>, target: &AdminDesk<'_>, dump: TicketDump) -> Result<Came, Error> {
    let (id, told) = (dump.ticket.id, digest(&dump)?);
    let new = match target.restore(dump).await {
        Ok(new) => new,
        Err(Error::Store(fault)) => return Err(fault.into()),
        Err(error) => return Ok(Came::Refused(error.code())),
    };
    let there = target.dump_of(id).await?.map(|there| digest(&there)).transpose()?;
    if there != Some(told) || !beside(source, target, id).await? {
        return Ok(Came::Differing);
    }
    Ok(if new { Came::New } else { Came::Known })
}

/// Brings lock and read marks of a ticket to the target; says whether they stand there as they do in the source.
async fn beside(source: &AdminDesk<'_>, target: &AdminDesk<'_>, id: TicketId) -> Result<bool, Error> {
    let (from, to) = (&source.desk.inner.store, &target.desk.inner.store);
    let (slot, there) = (from.lock_slot(&source.tenant, id).await?, to.lock_slot(&target.tenant, id).await?);
    // A token rises for ever: a newer one in the target stays.
    if slot != there && (slot.token < there.token || !to.swap_lock(&target.tenant, id, &there, &slot, None).await?) {
        return Ok(false);
    }
    let (marks, there) = (from.marks(&source.tenant, id).await?, to.marks(&target.tenant, id).await?);
    for (agent, _) in there.iter().filter(|mark| !marks.contains(mark)) {
        // Marks never go back but to nothing.
        to.mark_read(&target.tenant, agent, id, 0).await?;
    }
    for (agent, position) in marks.iter().filter(|mark| !there.contains(mark)) {
        to.mark_read(&target.tenant, agent, id, *position).await?;
    }
    Ok(marks == there || to.marks(&target.tenant, id).await? == marks)
}

fn note(came: Came, source: &AdminDesk<'_>, what: impl FnOnce() -> String, report: &mut CopyReport) {
    let refused = match came {
        Came::New | Came::Known => return,
        Came::Differing => None,
        Came::Refused(code) => Some(code),
    };
    if report.differing.len() < KEPT {
        report.differing.push(Difference { tenant: source.tenant.clone(), what: what(), refused });
    }
}

/// Over state, conversation and history as they are written.
fn digest(dump: &TicketDump) -> Result<[u8; 32], Error> {
    let bytes = serde_json::to_vec(dump);
    let bytes = bytes.map_err(|error| StoreError::new(FaultKind::Unexpected, "copy").caused_by(error))?;
    Ok(Sha256::digest(bytes).into())
}
