//! The same questions to every backend, from one harness that knows them as `dyn Store`: durable creates with 1, 8 and
//! 32 writers, the eight acts of a life, a list page, a ticket with 20 messages, a sweep, the size on the disk, opening.
//! Writes are compared with the bare engine doing the same changes, an act a transaction or batch.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use helpdesk_core::ticket::TicketId;

use super::growth::{QUESTIONS, asked_of};
use super::life::{self, ACTS};
use crate::measure::{Rounds, head, line, rate, ratio, span};
use crate::rival::{Rival, Tape};
use crate::world::{Base, Engine, World, fresh};
use crate::{Asked, Failure, fill};

const ENGINES: [(&str, Engine); 2] = [("sqlite", Engine::Sqlite), ("sled", Engine::Sled)];
const WRITERS: [usize; 3] = [1, 8, 32];
const TICKETS: usize = 5_000;

/// Writing: in whichever regime it is run.
pub(crate) async fn write(asked: &Asked) -> Result<(), Failure> {
    head("Writing, every backend; each against its own bare engine", &["what", "sqlite", "to bare", "sled", "to bare"]);
    let mut columns = Vec::new();
    for (name, engine) in ENGINES {
        columns.push(written(&asked.dir.join(name), engine, asked).await?);
    }
    let [sqlite, sled] = [columns.remove(0), columns.remove(0)];
    for ((what, one), (_, other)) in sqlite.into_iter().zip(sled) {
        let [(one, bare_one), (other, bare_other)] = [one, other];
        line(&[what, rate(one), ratio(one, bare_one), rate(other), ratio(other, bare_other)]);
    }
    Ok(())
}

type Rates = Vec<(String, (f64, f64))>;

/// What the desk does a second, and what the bare engine does with one writer.
async fn written(dir: &Path, engine: Engine, asked: &Asked) -> Result<Rates, Failure> {
    let base = Base::make_on(engine, dir).await?;
    let mut lines = Vec::new();
    let creates = Tape::record(engine, &base, asked.acts * (asked.rounds + 1), 1).await?;
    let mut rival = (Rival::open(engine, &base.copy("bare")?).await?, Rounds::default());
    let mut desks = Vec::new();
    for writers in WRITERS {
        let world = World::open_on(engine, &base.copy(&format!("desk-{writers}"))?).await?;
        // Many writers do more in a round, or it would end before they have met.
        desks.push((writers, asked.acts * writers.min(8), world, Rounds::default()));
    }
    for round in 0..=asked.rounds {
        for (writers, acts, world, rounds) in &mut desks {
            let begun = Instant::now();
            super::create::crowd(world, *writers, *acts).await?;
            if round > 0 {
                rounds.add(begun.elapsed());
            }
        }
        let took = rival.0.play(&creates, round * asked.acts, asked.acts).await?;
        if round > 0 {
            rival.1.add(took);
        }
    }
    let plain = rival.1.rate(asked.acts);
    for (writers, acts, world, rounds) in desks {
        world.close().await?;
        lines.push((format!("durable creates, {writers} writers"), (rounds.rate(acts), plain)));
    }
    drop(rival);
    eprintln!("{engine:?}: {} rows or keys a create", creates.width(1));
    lines.push(lives(engine, &base, asked).await?);
    Ok(lines)
}

async fn lives(engine: Engine, base: &Base, asked: &Asked) -> Result<(String, (f64, f64)), Failure> {
    let lives = (asked.acts / ACTS.len()).max(1);
    let acts = lives * ACTS.len();
    let tape = Tape::record(engine, base, lives * (asked.rounds + 1), ACTS.len()).await?;
    let world = World::open_on(engine, &base.copy("desk")?).await?;
    let mut rival = Rival::open(engine, &base.copy("bare-life")?).await?;
    let (mut desk, mut rivals) = (Rounds::default(), Rounds::default());
    for round in 0..=asked.rounds {
        let begun = Instant::now();
        for n in 0..lives {
            let mut ticket = TicketId(uuid::Uuid::nil());
            for number in 0..ACTS.len() {
                ticket = life::act(&world, round * lives + n, number, ticket).await?;
            }
        }
        let (took, plain) = (begun.elapsed(), rival.play(&tape, round * acts, acts).await?);
        if round > 0 {
            desk.add(took);
            rivals.add(plain);
        }
    }
    world.close().await?;
    Ok(("the eight acts of a life, one client".to_owned(), (desk.rate(acts), rivals.rate(acts))))
}

/// Reading, sweeping, opening: at ten thousand and at many tickets.
pub(crate) async fn read(asked: &Asked) -> Result<(), Failure> {
    head(
        "Reading and sweeping, every backend",
        &["what", "sqlite, 10,000", "many", "many : 10,000", "sled, 10,000", "many", "many : 10,000"],
    );
    let mut columns = Vec::new();
    for (name, engine) in ENGINES {
        for count in [10_000, asked.large] {
            columns.push(at(&asked.dir.join(name), engine, count, asked.rounds).await?);
        }
    }
    for (row, what) in QUESTIONS.into_iter().chain(["opening"]).enumerate() {
        let times: Vec<Duration> = columns.iter().map(|column| column[row]).collect();
        let grown = |few: usize| ratio(times[few + 1].as_secs_f64(), times[few].as_secs_f64());
        let [a, b, c, d] = [0, 1, 2, 3].map(|column| span(times[column]));
        line(&[what.to_owned(), a, b, grown(0), c, d, grown(2)]);
    }
    println!("\nMany: {} tickets, 95 of 100 open.", asked.large);
    Ok(())
}

async fn at(dir: &Path, engine: Engine, count: u64, rounds: usize) -> Result<[Duration; 6], Failure> {
    let path = filled(dir, engine, count).await?;
    let begun = Instant::now();
    let world = World::open_on(engine, &path).await?;
    let opening = begun.elapsed();
    let [first, far, board, ticket, sweep] = asked_of(&world, rounds).await?;
    world.close().await?;
    // A store of a million tickets is several gigabytes; the next one needs the room.
    fresh(dir, &format!("filled-{count}"))?;
    Ok([first, far, board, ticket, sweep, opening])
}

/// A store with so many tickets. It is used up: the sweeps change it.
async fn filled(dir: &Path, engine: Engine, count: u64) -> Result<PathBuf, Failure> {
    let path = fresh(dir, &format!("filled-{count}"))?;
    let begun = Instant::now();
    let world = World::open_on(engine, &path).await?;
    world.settle().await?;
    fill::fill(&world.store, count).await?;
    world.close().await?;
    eprintln!("{engine:?}: filled with {count} tickets in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(path)
}

/// Bytes on the disk for a ticket.
pub(crate) async fn size(asked: &Asked) -> Result<(), Failure> {
    head("Bytes on the disk per ticket, every backend", &["what", "sqlite", "sled"]);
    for (what, acts) in [
        ("create", &[0][..]),
        ("create, assign, reply", &[0, 1, 2]),
        ("all eight acts, four messages", &[0, 1, 2, 3, 4, 5, 6, 7]),
    ] {
        let mut cells = vec![what.to_owned()];
        for (name, engine) in ENGINES {
            let base = Base::make_on(engine, &asked.dir.join(name)).await?;
            let path = base.copy("size")?;
            let before = on_disk(&path)?;
            let world = World::open_on(engine, &path).await?;
            for n in 0..TICKETS {
                let mut ticket = TicketId(uuid::Uuid::nil());
                for act in acts {
                    ticket = life::act(&world, n, *act, ticket).await?;
                }
            }
            world.close().await?;
            cells.push(((on_disk(&path)? - before) / TICKETS as u64).to_string());
        }
        line(&cells);
    }
    Ok(())
}

fn on_disk(path: &Path) -> Result<u64, Failure> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_file() {
        return Ok(metadata.len());
    }
    let mut bytes = 0;
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        bytes += if entry.file_type()?.is_dir() { on_disk(&entry.path())? } else { entry.metadata()?.len() };
    }
    Ok(bytes)
}
