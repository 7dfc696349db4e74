//! Everything of one store into another, whatever backends they are: records, tickets with their conversations and
//! histories, locks and read marks. Compared piece by piece, and begun again at any time.

use sha2::{Digest, Sha256};

use super::together::{Part, together};
use super::{AdminDesk, Error, Helpdesk, TicketDump};
use crate::party::{AgentId, TenantId};
use crate::query::TicketFilter;
use crate::store::RecordKind;
use crate::ticket::{LockSlot, TicketId};

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
    /// What stands otherwise in the target: at most a hundred, the first ones.
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
}

/// Something that stands otherwise in the target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Whose.
    pub tenant: TenantId,
    /// A ticket's id, or sort and key of a record.
    pub what: String,
}

/// What came of one thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Came {
    New,
    Known,
    Differing,
}

impl CopyReport {
    /// Whether everything stands in the target as it stands in the source.
    pub fn is_whole(&self) -> bool {
        self.tickets.differing == 0 && self.records.differing == 0
    }
}

impl Copied {
    /// How many there are.
    pub fn all(&self) -> u64 {
        self.new + self.known + self.differing
    }

    fn count(&mut self, came: Came) {
        *match came {
            Came::New => &mut self.new,
            Came::Known => &mut self.known,
            Came::Differing => &mut self.differing,
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
    /// how far jobs are.
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

    fn mover(&self, tenant: &TenantId) -> Result<AdminDesk, Error> {
        Ok(AdminDesk::new(self.clone(), tenant.clone(), AgentId::new("copy")?))
    }
}

async fn copy_records(source: &AdminDesk, target: &AdminDesk, report: &mut CopyReport) -> Result<(), Error> {
    for kind in RecordKind::ALL.into_iter().filter(|kind| *kind != RecordKind::Job) {
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
                    Err(Error::Store(fault)) => return Err(fault.into()),
                    Ok(false) | Err(_) => Came::Differing,
                };
                report.records.count(came);
                note(came, source, || format!("{} {key}", kind.as_str()), report);
            }
        }
    }
    Ok(())
}

async fn copy_tickets(
    source: &AdminDesk,
    target: &AdminDesk,
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

async fn copy_ticket(source: &AdminDesk, target: &AdminDesk, dump: TicketDump) -> Result<Came, Error> {
    let (id, told) = (dump.ticket.id, digest(&dump));
    let new = match target.restore(dump).await {
        Ok(new) => new,
        Err(Error::Store(fault)) => return Err(fault.into()),
        Err(_) => return Ok(Came::Differing),
    };
    let there = target.dump_of(id).await?;
    if there.is_none_or(|there| digest(&there) != told) {
        return Ok(Came::Differing);
    }
    let (from, to) = (&source.desk.inner.store, &target.desk.inner.store);
    let slot = from.lock_slot(&source.tenant, id).await?;
    if slot != LockSlot::default() {
        // A token rises for ever, so what was locked there meanwhile is left alone.
        to.swap_lock(&target.tenant, id, &LockSlot::default(), &slot, None).await?;
    }
    for (agent, position) in from.marks(&source.tenant, id).await? {
        to.mark_read(&target.tenant, &agent, id, position).await?;
    }
    Ok(if new { Came::New } else { Came::Known })
}

fn note(came: Came, source: &AdminDesk, what: impl FnOnce() -> String, report: &mut CopyReport) {
    if came == Came::Differing && report.differing.len() < KEPT {
        report.differing.push(Difference { tenant: source.tenant.clone(), what: what() });
    }
}

/// Over state, conversation and history as they are written.
fn digest(dump: &TicketDump) -> Option<[u8; 32]> {
    serde_json::to_vec(dump).ok().map(|bytes| Sha256::digest(bytes).into())
}
