//! How many bytes on disk has a ticket with two messages and its whole history?

use helpdesk_core::ticket::TicketId;
use helpdesk_store_sql::sqlite::Synchronous;

use super::life;
use crate::measure::{head, line};
use crate::world::{Base, World};
use crate::{Asked, Failure};

/// How many tickets are made.
const TICKETS: usize = 10_000;

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    let base = Base::make(&asked.dir).await?;
    head("Bytes on disk per ticket, 10,000 tickets, log folded in", &["what", "bytes"]);
    for (what, acts) in [
        ("one message of 300 characters: create", &[0][..]),
        ("two messages of 300 characters: create, assign, reply", &[0, 1, 2]),
        ("two messages, whole life: create, assign, reply, wait, resolve, close", &[0, 1, 2, 4, 6, 7]),
        ("four messages, all eight acts", &[0, 1, 2, 3, 4, 5, 6, 7]),
    ] {
        let path = base.copy("size")?;
        let before = std::fs::metadata(&path)?.len();
        let world = World::open(&path, Synchronous::Normal).await?;
        for n in 0..TICKETS {
            let mut ticket = TicketId(uuid::Uuid::nil());
            for act in acts {
                ticket = life::act(&world, n, *act, ticket).await?;
            }
        }
        world.close().await?;
        let bytes = (std::fs::metadata(&path)?.len() - before) / TICKETS as u64;
        line(&[what.to_owned(), bytes.to_string()]);
    }
    Ok(())
}
