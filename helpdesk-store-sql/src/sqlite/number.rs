//! Drawing ticket numbers in the act that stores the tickets: no gaps, none twice. How numbers look is the core's.

use std::collections::BTreeSet;

use helpdesk_core::store::{Commit, NumberSource, TicketWrite};
use helpdesk_core::ticket::{NumberKey, NumberPlan, TicketNumber};

use super::gather::{Gather, Gathered};
use super::place::{Counters, Place};
use super::turn::Turn;
use crate::fault::Fault;

/// Sequences that are looked up at once when the first one is taken.
const STRIDE: u64 = 32;

/// Gives every new ticket its number, and says where the counters stand after it.
pub(super) async fn draw(
    commit: &Commit,
    mut counters: Counters,
    places: &mut [Place],
    turn: &mut Turn<'_>,
) -> Result<Counters, Fault> {
    let mut used: BTreeSet<NumberKey> = commit.tickets.iter().filter_map(given).map(TicketNumber::key).collect();
    for (write, place) in commit.tickets.iter().zip(places) {
        if write.before.is_some() {
            continue;
        }
        place.number = match &write.number {
            NumberSource::Given { number, raise } => {
                if let Some((scope, seq)) = raise {
                    let next = counters.entry(scope.clone()).or_insert(1);
                    *next = (*next).max(seq.saturating_add(1));
                }
                number.clone()
            }
            NumberSource::Draw(plan) => {
                let next = counters.entry(plan.scope().to_owned()).or_insert(1);
                let (seq, number) = free(commit, plan, *next, &used, turn).await?;
                *next = seq.saturating_add(1);
                used.insert(number.key());
                number
            }
        };
    }
    Ok(counters)
}

fn given(write: &TicketWrite) -> Option<&TicketNumber> {
    match &write.number {
        NumberSource::Given { number, .. } if write.before.is_none() => Some(number),
        _ => None,
    }
}

/// The first sequence from `next` on whose number nobody has.
async fn free(
    commit: &Commit,
    plan: &NumberPlan,
    mut next: u64,
    used: &BTreeSet<NumberKey>,
    turn: &mut Turn<'_>,
) -> Result<(u64, TicketNumber), Fault> {
    let mut width = 1;
    loop {
        if next > i64::MAX.unsigned_abs() - STRIDE {
            return Err(Fault::Limit("the sequence of ticket numbers is at its end"));
        }
        let mut gather = Gather::new(&commit.tenant);
        let candidates: Vec<_> = (next..next + width)
            .map(|seq| (seq, plan.print(seq)))
            .filter(|(_, number)| !used.contains(&number.key()))
            .map(|(seq, number)| (seq, gather.number(number.key().as_str()), number))
            .collect();
        let mut found = Gathered::default();
        for statement in gather.statements() {
            found.take(turn.rows(statement).await?)?;
        }
        let free = candidates.into_iter().find(|(_, sought, _)| found.get(*sought).is_none());
        if let Some((seq, _, number)) = free {
            return Ok((seq, number));
        }
        next += width;
        width = STRIDE;
    }
}
