//! What takes how long in a store that is filled: asked of few tickets and of many, on whatever backend.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use helpdesk_core::desk::OpenTicket;
use helpdesk_core::query::{PageSize, TicketFilter};

use super::life::BODY;
use super::lists::page_of;
use crate::Failure;
use crate::measure::{Rounds, middle};
use crate::world::{World, requester};

/// Calls of a round.
const CALLS: u32 = 50;
const MESSAGES: usize = 20;

/// What [`asked_of`] gives the times of, in this order.
pub(crate) const QUESTIONS: [&str; 5] = [
    "list page of 50, first",
    "list page of 50, twentieth",
    "board",
    "a ticket with 20 messages",
    "a sweep with ten due",
];

/// The middle of several rounds of calls.
macro_rules! timed {
    ($rounds:expr, $calls:expr, $call:expr) => {{
        let mut times = Rounds::default();
        for _ in 0..=$rounds {
            let begun = Instant::now();
            for _ in 0..$calls {
                $call;
            }
            times.add(begun.elapsed() / $calls);
        }
        times.middle()
    }};
}

/// Asks a store that [`crate::fill`] filled. It is used up: the sweeps change it.
pub(crate) async fn asked_of(world: &World, rounds: usize) -> Result<[Duration; 5], Failure> {
    let mut pages = Vec::new();
    for page in [1, 20] {
        let request = page_of(&world.anna, TicketFilter::all(), page).await?;
        pages.push(timed!(rounds, CALLS, world.anna.list(&request).await?));
    }
    let board = timed!(rounds.min(5), 1, world.anna.board(PageSize::default()).await?);
    let open = OpenTicket::new("A long story").from_requester(requester(0)?).saying(BODY);
    let long = world.anna.open(open).await?.ticket.id;
    for _ in 1..MESSAGES {
        world.anna.reply(long, BODY).await?;
    }
    let ticket = timed!(rounds, CALLS, {
        world.anna.show(long).await?;
        world.anna.conversation(long).await?
    });
    let mut sweeps = Vec::new();
    for _ in 0..rounds.min(20) {
        world.clock.advance(TimeDelta::hours(1));
        let begun = Instant::now();
        let report = world.desk.sweep(100).await?;
        sweeps.push(begun.elapsed());
        if report.fired == 0 {
            return Err("nothing was due".into());
        }
    }
    Ok([pages[0], pages[1], board, ticket, middle(sweeps)])
}
