//! What does loading a ticket with 20 messages cost, at 10,000 and at a million tickets? Ticket with lock and mark,
//! and the whole conversation; against fetching the same documents by plain sqlx in two statements.

use std::time::{Duration, Instant};

use helpdesk_core::desk::OpenTicket;
use helpdesk_core::ticket::TicketId;
use helpdesk_store_sql::sqlite::Synchronous;

use super::life::BODY;
use super::lists::filled;
use crate::bare::Bare;
use crate::measure::{Rounds, head, line, ratio, span};
use crate::world::{TENANT, World, requester};
use crate::{Asked, Failure};

/// Calls of a round.
const CALLS: u32 = 200;
const MESSAGES: usize = 20;

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    let few = at(asked, 10_000).await?;
    let many = at(asked, asked.large).await?;
    head("A ticket with 20 messages of 300 characters", &["what", "10,000", "many", "many : 10,000"]);
    let names = ["desk: show, then conversation", "port: load and conversation", "bare: the same documents"];
    for ((name, few), many) in names.into_iter().zip(few).zip(many) {
        line(&[name.to_owned(), span(few), span(many), ratio(many.as_secs_f64(), few.as_secs_f64())]);
    }
    Ok(())
}

async fn at(asked: &Asked, count: u64) -> Result<[Duration; 3], Failure> {
    let path = filled(asked, count).await?;
    let world = World::open(&path, Synchronous::Full).await?;
    let id = long(&world).await?;
    let mut bare = Bare::open(&path).await?;
    let [mut desk, mut port, mut plain] = [Rounds::default(), Rounds::default(), Rounds::default()];
    let tenant = helpdesk_core::party::TenantId::new(TENANT)?;
    for _ in 0..asked.rounds {
        let begun = Instant::now();
        for _ in 0..CALLS {
            world.anna.show(id).await?;
            world.anna.conversation(id).await?;
        }
        desk.add(begun.elapsed() / CALLS);
        let begun = Instant::now();
        for _ in 0..CALLS {
            let wants = helpdesk_core::store::Wants {
                ticket: Some(helpdesk_core::store::TicketKey::Id(id)),
                ..helpdesk_core::store::Wants::default()
            };
            world.store.load(&tenant, &wants).await?;
            world.store.conversation(&tenant, id, 1..=u32::MAX).await?;
        }
        port.add(begun.elapsed() / CALLS);
        let begun = Instant::now();
        for _ in 0..CALLS {
            bare.ticket(id.0.as_bytes()).await?;
        }
        plain.add(begun.elapsed() / CALLS);
    }
    world.close().await?;
    Ok([desk.middle(), port.middle(), plain.middle()])
}

/// A ticket with many messages.
async fn long(world: &World) -> Result<TicketId, Failure> {
    let open = OpenTicket::new("A long story").from_requester(requester(0)?).saying(BODY);
    let id = world.anna.open(open).await?.ticket.id;
    for _ in 1..MESSAGES {
        world.anna.reply(id, BODY).await?;
    }
    Ok(id)
}
