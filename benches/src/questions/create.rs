//! How many durable creates a second, with 1, 8 and 32 writers? Against one plain connection that writes the same
//! rows, an act a transaction: the engine has one writer at a time whatever one does.

use std::time::{Duration, Instant};

use helpdesk_core::ticket::TicketId;
use helpdesk_store_sql::sqlite::Synchronous;

use super::life;
use crate::bare::{Bare, Sending, ready};
use crate::measure::{Rounds, cpu, head, line, micros, rate, ratio};
use crate::world::{Base, World};
use crate::{Asked, Failure};

const WRITERS: [usize; 3] = [1, 8, 32];

/// One who creates, with rounds and processor time.
#[derive(Default)]
struct Player {
    rounds: Rounds,
    cpu: Duration,
}

impl Player {
    fn add(&mut self, begun: Instant, used: Duration) {
        self.rounds.add(begun.elapsed());
        self.cpu += cpu().saturating_sub(used);
    }

    /// Creates a second, and processor time a create.
    fn figures(&self, creates: usize, rounds: usize) -> (f64, Duration) {
        let times = u32::try_from(creates * rounds).unwrap_or(u32::MAX);
        (self.rounds.rate(creates), self.cpu / times)
    }
}

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    let base = Base::make(&asked.dir).await?;
    let tape = life::record(&base, asked.acts * (asked.rounds + 1), 1).await?;
    let mut rivals = [
        (Bare::open(&base.copy("statements")?).await?, Sending::Statements, Player::default()),
        (Bare::open(&base.copy("script")?).await?, Sending::Script, Player::default()),
    ];
    let mut desks = Vec::new();
    for writers in WRITERS {
        let world = World::open(&base.copy(&format!("desk-{writers}"))?, Synchronous::Full).await?;
        // Many writers do more in a round, or it would end before they have met.
        desks.push((writers, asked.acts * writers.min(8), world, Player::default()));
    }
    for (round, chunk) in tape.chunks(asked.acts).enumerate() {
        for (writers, creates, world, player) in &mut desks {
            let (begun, used) = (Instant::now(), cpu());
            crowd(world, *writers, *creates).await?;
            if round > 0 {
                player.add(begun, used);
            }
        }
        for (engine, sending, player) in &mut rivals {
            let acts = chunk.iter().map(|act| ready(act)).collect::<Result<Vec<_>, _>>()?;
            let (begun, used) = (Instant::now(), cpu());
            for act in acts {
                engine.write(act, *sending).await?;
            }
            if round > 0 {
                player.add(begun, used);
            }
        }
    }
    let [one, other] = rivals.map(|(_, _, player)| player.figures(asked.acts, asked.rounds));
    head(
        "Durable creates, ticket with one message",
        &["who", "creates", "to bare, statements", "to bare, script", "processor time a create"],
    );
    for (writers, creates, world, player) in desks {
        world.close().await?;
        let (desk, used) = player.figures(creates, asked.rounds);
        let name = format!("desk, {writers} writers");
        line(&[name, rate(desk), ratio(desk, one.0), ratio(desk, other.0), micros(used)]);
    }
    for (name, (created, used)) in [("bare, a statement a row", one), ("bare, one script an act", other)] {
        line(&[name.to_owned(), rate(created), ratio(created, one.0), ratio(created, other.0), micros(used)]);
    }
    println!("\nThe bare engine has one connection and one writer; {} rows a create.", tape[1].len());
    Ok(())
}

/// So many writers at once make so many tickets in all.
pub(crate) async fn crowd(world: &World, writers: usize, creates: usize) -> Result<(), Failure> {
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
