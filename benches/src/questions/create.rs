//! How many durable creates a second, with 1, 8 and 32 writers? Against one plain connection that writes the same
//! rows, an act a transaction: the engine has one writer at a time whatever one does.

use std::time::Instant;

use helpdesk_core::ticket::TicketId;
use helpdesk_store_sql::sqlite::Synchronous;

use super::life;
use crate::bare::{Bare, Sending, ready};
use crate::measure::{Rounds, head, line, rate, ratio};
use crate::world::{Base, World};
use crate::{Asked, Failure};

const WRITERS: [usize; 3] = [1, 8, 32];

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    let base = Base::make(&asked.dir).await?;
    let tape = life::record(&base, asked.acts * (asked.rounds + 1), 1).await?;
    let mut plain = [
        (Bare::open(&base.copy("statements")?).await?, Sending::Statements, Rounds::default()),
        (Bare::open(&base.copy("script")?).await?, Sending::Script, Rounds::default()),
    ];
    let mut desks = Vec::new();
    for writers in WRITERS {
        let world = World::open(&base.copy(&format!("desk-{writers}"))?, Synchronous::Full).await?;
        // Many writers do more in a round, or it would end before they have met.
        desks.push((writers, asked.acts * writers.min(8), world, Rounds::default()));
    }
    for (round, chunk) in tape.chunks(asked.acts).enumerate() {
        for (writers, creates, world, rounds) in &mut desks {
            let begun = Instant::now();
            crowd(world, *writers, *creates).await?;
            if round > 0 {
                rounds.add(begun.elapsed());
            }
        }
        for (plain, sending, rounds) in &mut plain {
            let acts = chunk.iter().map(|act| ready(act)).collect::<Result<Vec<_>, _>>()?;
            let begun = Instant::now();
            for act in acts {
                plain.write(act, *sending).await?;
            }
            if round > 0 {
                rounds.add(begun.elapsed());
            }
        }
    }
    let [statements, script] = plain.map(|(_, _, rounds)| rounds.rate(asked.acts));
    head(
        "Durable creates, ticket with one message",
        &["writers", "desk", "bare, a statement a row", "ratio", "bare, one script an act", "ratio"],
    );
    for (writers, creates, world, rounds) in desks {
        world.close().await?;
        let desk = rounds.rate(creates);
        let cells = [rate(desk), rate(statements), ratio(desk, statements), rate(script), ratio(desk, script)];
        line(&[vec![writers.to_string()], cells.to_vec()].concat());
    }
    println!("\nThe bare engine has one connection and one writer in every line; {} rows a create.", tape[1].len());
    Ok(())
}

/// So many writers at once make so many tickets in all.
async fn crowd(world: &World, writers: usize, creates: usize) -> Result<(), Failure> {
    let mut tasks = Vec::new();
    for writer in 0..writers {
        let world = world.clone();
        tasks.push(tokio::spawn(async move {
            for n in 0..creates / writers {
                life::act(&world, writer + n * writers, 0, TicketId(uuid::Uuid::nil())).await?;
            }
            Ok::<(), Failure>(())
        }));
    }
    for task in tasks {
        task.await??;
    }
    Ok(())
}
