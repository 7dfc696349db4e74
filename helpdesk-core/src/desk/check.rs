//! The proof of the history: every ticket's events fold to what stands there, versions and messages without a gap.

use super::{AdminDesk, Error, Helpdesk};
use crate::party::TenantId;
use crate::store::{Damage, FaultKind, Finding};
use crate::ticket::{EventRecord, Message, Ticket, TicketId, Version};

/// How many tickets are checked at a time.
const BATCH: usize = 100;

/// What a check of the whole store came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// How many tickets were checked.
    pub tickets: u64,
    /// How many events.
    pub events: u64,
    /// How many messages.
    pub messages: u64,
    /// What the backend found wrong with its own structures.
    pub store: Vec<Finding>,
    /// What is wrong with tickets.
    pub findings: Vec<TicketFinding>,
}

/// What is wrong with a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketFinding {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub ticket: TicketId,
    /// What.
    pub damage: Damage,
}

impl CheckReport {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.store.is_empty() && self.findings.is_empty()
    }
}

impl Helpdesk {
    /// Checks everything that is stored, of all tenants. It only reads. `progress` is told how many tickets are done.
    ///
    /// # Errors
    /// If the store fails while it is read; damage it can read past stands in the report.
    pub async fn check(&self, mut progress: impl FnMut(u64) + Send) -> Result<CheckReport, Error> {
        let mut report = CheckReport { store: self.inner.store.check().await?, ..CheckReport::default() };
        for tenant in self.inner.store.tenants().await? {
            let admin = AdminDesk::new(self.clone(), tenant.clone(), crate::party::AgentId::new("check")?);
            let mut after = None;
            loop {
                let dumps = match admin.dump(after, BATCH).await {
                    // The backend has found it and says where; what stands behind it cannot be looked at.
                    Err(Error::Store(fault)) if fault.kind == FaultKind::Corrupt && !report.store.is_empty() => break,
                    dumps => dumps?,
                };
                let Some(last) = dumps.last() else { break };
                after = Some(last.ticket.id);
                for dump in dumps {
                    let history: Vec<EventRecord> = dump.history.into_iter().map(|event| event.record).collect();
                    report.tickets += 1;
                    report.events += history.len() as u64;
                    report.messages += dump.messages.len() as u64;
                    let finding = |damage| TicketFinding { tenant: tenant.clone(), ticket: dump.ticket.id, damage };
                    report.findings.extend(problems(&dump.ticket, &history, &dump.messages).into_iter().map(finding));
                }
                progress(report.tickets);
            }
        }
        Ok(report)
    }
}

/// What does not fit together in a ticket, its history and its conversation.
pub(super) fn problems(ticket: &Ticket, history: &[EventRecord], messages: &[Message]) -> Vec<Damage> {
    let mut problems = Vec::new();
    if !(1_u64..).zip(history).all(|(place, record)| record.seq == place) {
        problems.push(Damage::HistoryGaps);
    }
    let mut version = Version::NONE;
    for record in history.iter().filter(|record| !record.event.is_audit_only()) {
        if record.version != version && record.version != version.next() {
            problems.push(Damage::VersionJump { version: version.0, next: record.version.0 });
        }
        version = record.version;
    }
    if version != ticket.version {
        problems.push(Damage::HistoryEnd { history: version.0, ticket: ticket.version.0 });
    }
    if Ticket::fold(ticket.id, history) != ticket.facts_only() {
        problems.push(Damage::NotFolding);
    }
    let in_order = (1_u32..).zip(messages).all(|(seq, message)| message.seq == seq && message.ticket == ticket.id);
    if !in_order || messages.len() != ticket.messages as usize {
        problems.push(Damage::Messages { found: messages.len() as u64, expected: ticket.messages.into() });
    }
    problems
}
