//! Acts on an open transaction or savepoint: held, decided by the core, written. The same for the committer, for an act
//! that waits on a connection of its own, and for one on the host's transaction.

use std::collections::BTreeSet;
use std::time::Duration;

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Applied, Commit, CommitOutcome, NumberSource, TicketWrite};
use helpdesk_core::ticket::{NumberKey, NumberPlan, TicketNumber};

use super::deltas::{Deltas, Ready, raised};
use super::link::{Link, Source, Waiting, Written};
use super::numbers::{Numbers, give_back, reserve};
use super::sql::Sql;
use super::standing::Found;
use crate::fault::Fault;
use crate::rows::decode::message;

/// Sequences that are looked up at once when the first one is taken.
const STRIDE: u64 = 32;

/// How acts are done here.
#[derive(Clone, Copy)]
pub(crate) struct Manner<'a> {
    /// Where numbers are reserved; drawn in the act itself without.
    pub(crate) numbers: Option<&'a Numbers>,
    /// Where this writer counts.
    pub(crate) stripe: i64,
    pub(crate) waiting: Waiting,
}

/// How long numbers are waited for on a connection beside the host's transaction; whoever holds them may wait for it.
const BESIDE: Duration = Duration::from_secs(2);

/// A commit, with the numbers that were drawn ahead for its new tickets.
pub(crate) struct Act<'c> {
    pub(crate) commit: &'c Commit,
    ahead: Vec<Option<TicketNumber>>,
}

/// What came of a commit.
#[derive(Debug)]
pub(crate) enum Verdict {
    Outcome(CommitOutcome),
    /// Somebody else holds what it writes, and it was not waited for.
    HeldUp,
}

impl Verdict {
    pub(crate) fn is_applied(&self) -> bool {
        matches!(self, Self::Outcome(CommitOutcome::Applied(_)))
    }
}

impl Manner<'_> {
    /// Draws numbers out of the blocks, before anything is open: a block that is reserved must stay so.
    pub(crate) async fn draw_ahead<'c>(
        self,
        link: &mut dyn Link,
        commits: &[&'c Commit],
    ) -> Result<Vec<Act<'c>>, Fault> {
        let mut acts = Vec::with_capacity(commits.len());
        for commit in commits {
            let mut ahead = Vec::with_capacity(commit.tickets.len());
            for write in &commit.tickets {
                ahead.push(match (&write.number, &write.before, self.numbers) {
                    (NumberSource::Draw(plan), None, Some(numbers)) => {
                        Some(plan.print(numbers.take(link, &commit.tenant, plan.scope()).await?))
                    }
                    _ => None,
                });
            }
            acts.push(Act { commit, ahead });
        }
        Ok(acts)
    }

    /// The same for a commit on the host's transaction, on a connection beside it if one is to be had; what is not drawn
    /// here is drawn in the act itself.
    pub(crate) async fn draw_beside<'c>(self, source: Option<&dyn Source>, commit: &'c Commit) -> Act<'c> {
        let wanted =
            commit.tickets.iter().any(|write| matches!(write.number, NumberSource::Draw(_)) && write.before.is_none());
        if let (true, Some(source), Some(_)) = (wanted, source, self.numbers) {
            let drawing = async {
                let mut link = source.spare_link().await?;
                self.draw_ahead(link.as_mut(), &[commit]).await.ok()?.pop()
            };
            if let Ok(Some(act)) = tokio::time::timeout(BESIDE, drawing).await {
                return act;
            }
        }
        Act { commit, ahead: commit.tickets.iter().map(|_| None).collect() }
    }

    /// Writes commits in one statement, going by their own expectations; `None` if any of them did not hold or somebody
    /// else holds what it writes, and then nothing was written.
    pub(crate) async fn at_once(self, link: &mut dyn Link, acts: &[Act<'_>]) -> Result<Option<Vec<Verdict>>, Fault> {
        let ready: Option<Vec<_>> = acts.iter().map(Act::ready).collect();
        let Some(ready) = ready else { return Ok(None) };
        let written = link.write(&Deltas::of(&ready, self.stripe)?).await?;
        Ok(written.done.then(|| ready.iter().map(|ready| self.applied(ready, &written)).collect()))
    }

    /// Decides commits one by one on what stands, and writes those that hold. The act is open, and is to be kept or
    /// undone after it.
    pub(crate) async fn step_by_step(self, link: &mut dyn Link, acts: &[Act<'_>]) -> Result<Vec<Verdict>, Fault> {
        let writers = acts.iter().map(|act| act.commit).filter(|commit| !commit.records.is_empty());
        let writers: Vec<_> = writers.collect();
        for tenant in writers.iter().map(|commit| &commit.tenant).collect::<BTreeSet<_>>() {
            link.run(&Sql::of(link.dialect().raise_tenant, [tenant.as_str().into()])).await?;
        }
        if self.waiting == Waiting::Wait && Found::is_outdated(link, &writers).await? {
            return Err(Fault::Stale);
        }
        let commits: Vec<_> = acts.iter().map(|act| act.commit).collect();
        let found = Found::hold(link, &commits, self.waiting).await?;
        let mut verdicts = Vec::with_capacity(acts.len());
        let mut ready = Vec::new();
        for act in acts {
            let objection = act.commit.objection(&found.of(&act.commit.tenant))?;
            verdicts.push(match objection {
                _ if self.waiting == Waiting::Pass && found.is_held_up(act.commit) => Some(Verdict::HeldUp),
                Some(outcome) => Some(Verdict::Outcome(outcome)),
                None => {
                    let part = prepare(link, act).await?;
                    ready.push(part);
                    None
                }
            });
        }
        let mut written = Written::default();
        if !ready.is_empty() {
            let mut deltas = Deltas::of(&ready, self.stripe)?;
            deltas.forget_checks();
            written = link.write(&deltas).await?;
            if !written.done {
                // What has no row yet cannot be held, and somebody put it there meanwhile.
                return Err(Fault::Overtaken);
            }
        }
        let mut applied = ready.iter().map(|ready| self.applied(ready, &written));
        let outcome = |verdict: Option<Verdict>| verdict.or_else(|| applied.next()).unwrap_or(Verdict::HeldUp);
        Ok(verdicts.into_iter().map(outcome).collect())
    }

    fn applied(self, ready: &Ready<'_>, written: &Written) -> Verdict {
        let commit = ready.commit;
        if let Some(numbers) = self.numbers {
            raised(commit).for_each(|(scope, next)| numbers.raised(&commit.tenant, scope, next));
        }
        let first = |id| written.first_seq(&commit.tenant, id);
        let first_seq = commit.tickets.iter().map(|write| first(write.after.id)).collect();
        Verdict::Outcome(CommitOutcome::Applied(Applied { numbers: ready.numbers.clone(), first_seq }))
    }
}

impl<'c> Act<'c> {
    /// Whether it draws numbers when it is done.
    pub(crate) fn draws(&self) -> bool {
        let drawn = |write: &TicketWrite| matches!(write.number, NumberSource::Draw(_)) && write.before.is_none();
        self.commit.tickets.iter().zip(&self.ahead).any(|(write, ahead)| ahead.is_none() && drawn(write))
    }

    /// The commit as it can be written without looking; `None` if it must be looked first.
    fn ready(&self) -> Option<Ready<'c>> {
        let commit = self.commit;
        let written = |id| commit.tickets.iter().any(|write| write.after.id == id);
        let plain = commit.records.is_empty()
            && commit.fences.iter().all(|fence| written(fence.ticket))
            && !commit.tickets.iter().any(|write| write.messages.erase);
        let number = |(write, ahead): (&TicketWrite, &Option<TicketNumber>)| match &write.number {
            _ if write.before.is_some() => Some(write.after.number.clone()),
            NumberSource::Given { number, .. } => Some(number.clone()),
            NumberSource::Draw(_) => ahead.clone(),
        };
        let numbers: Option<_> = commit.tickets.iter().zip(&self.ahead).map(number).collect();
        Some(Ready { commit, numbers: numbers.filter(|_| plain)?, redacted: Vec::new() })
    }
}

/// Draws the numbers of a commit that holds, and reads what it erases.
async fn prepare<'c>(link: &mut dyn Link, act: &Act<'c>) -> Result<Ready<'c>, Fault> {
    let commit = act.commit;
    let mut ready = Ready { commit, numbers: Vec::new(), redacted: Vec::new() };
    let mut used: BTreeSet<_> = commit.tickets.iter().filter_map(given).map(TicketNumber::key).collect();
    for (write, ahead) in commit.tickets.iter().zip(&act.ahead) {
        let number = match &write.number {
            _ if write.before.is_some() => write.after.number.clone(),
            NumberSource::Given { number, .. } => number.clone(),
            NumberSource::Draw(plan) => {
                let number = draw(link, &commit.tenant, plan, ahead.as_ref(), &used).await?;
                used.insert(number.key());
                number
            }
        };
        ready.numbers.push(number);
        if write.messages.erase {
            let text = "SELECT id, seq, doc FROM helpdesk_message WHERE tenant = ? AND ticket = ?";
            let sql = Sql::of(text, [commit.tenant.as_str().into(), write.after.id.into()]);
            for row in link.rows(&sql).await? {
                let mut stored = message(write.after.id, &row)?;
                stored.redact();
                ready.redacted.push(stored);
            }
        }
    }
    Ok(ready)
}

/// The number that was drawn ahead if nobody has it, and else the next one of the plan that nobody has.
async fn draw(
    link: &mut dyn Link,
    tenant: &TenantId,
    plan: &NumberPlan,
    ahead: Option<&TicketNumber>,
    used: &BTreeSet<NumberKey>,
) -> Result<TicketNumber, Fault> {
    if let Some(number) = ahead
        && !used.contains(&number.key())
        && !Found::numbers(link, tenant, [number.key()]).await?.is_taken(tenant, &number.key())
    {
        return Ok(number.clone());
    }
    let mut width = 1;
    loop {
        let end = reserve(link, tenant, plan.scope(), width).await?;
        let printed = || (end.saturating_sub(width)..end).map(|sequence| (sequence, plan.print(sequence)));
        let found = Found::numbers(link, tenant, printed().map(|(_, number)| number.key())).await?;
        let mut free = printed().filter(|(_, number)| !used.contains(&number.key()));
        if let Some((sequence, number)) = free.find(|(_, number)| !found.is_taken(tenant, &number.key())) {
            give_back(link, tenant, plan.scope(), (sequence.saturating_add(1), end)).await?;
            return Ok(number);
        }
        width = STRIDE;
    }
}

fn given(write: &TicketWrite) -> Option<&TicketNumber> {
    match &write.number {
        NumberSource::Given { number, .. } if write.before.is_none() => Some(number),
        _ => None,
    }
}
