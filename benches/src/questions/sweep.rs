//! What does a sweep cost that finds ten timers due, of 10,000 and of a million tickets, 95 of 100 of them open?
//! Against plain sqlx that makes the same row changes, an act a transaction, and knows beforehand what is due.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use helpdesk_store_sql::sqlite::Synchronous;

use super::lists::filled;
use crate::bare::{Bare, Sending, ready};
use crate::measure::{Rounds, head, line, ratio, span};
use crate::recorder::Recorder;
use crate::world::{World, dawn, fresh};
use crate::{Asked, Failure, fill};

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    let few = at(asked, 10_000).await?;
    let many = at(asked, asked.large).await?;
    head("A sweep with ten due", &["what", "10,000", "many", "many : 10,000"]);
    for (name, few, many) in
        [("desk, ten due", few.0, many.0), ("desk, none due", few.1, many.1), ("bare, ten due", few.2, many.2)]
    {
        line(&[name.to_owned(), span(few), span(many), ratio(many.as_secs_f64(), few.as_secs_f64())]);
    }
    Ok(())
}

async fn at(asked: &Asked, count: u64) -> Result<(Duration, Duration, Duration), Failure> {
    let filled = filled(asked, count).await?;
    let name = |part: &str| fresh(&asked.dir, &format!("sweep-{part}"));
    let (path, plain, tape) = (name("desk")?, name("bare")?, name("tape")?);
    // One after the other: three copies of a large store at once may not fit.
    std::fs::copy(&filled, &tape)?;
    let acts = record(&tape, asked.rounds).await?;
    name("tape")?;
    for copy in [&path, &plain] {
        std::fs::copy(&filled, copy)?;
    }
    let world = World::open(&path, Synchronous::Full).await?;
    let mut bare = Bare::open(&plain).await?;
    let [mut ten, mut none, mut rows] = [Rounds::default(), Rounds::default(), Rounds::default()];
    let mut acts = acts.into_iter();
    for round in 0..=asked.rounds {
        let hour = i64::try_from(round)? + 1;
        world.clock.set(dawn() + TimeDelta::hours(hour) + TimeDelta::minutes(1));
        let begun = Instant::now();
        let report = world.desk.sweep(100).await?;
        let took = begun.elapsed();
        if u64::try_from(report.fired)? != fill::DUE_AN_HOUR {
            return Err(format!("{report:?}").into());
        }
        let begun = Instant::now();
        world.desk.sweep(100).await?;
        let idle = begun.elapsed();
        let ready = acts.by_ref().take(report.fired).map(|act| ready(&act)).collect::<Result<Vec<_>, _>>()?;
        let begun = Instant::now();
        for act in ready {
            bare.write(act, Sending::Script).await?;
        }
        if round > 0 {
            ten.add(took);
            none.add(idle);
            rows.add(begun.elapsed());
        }
    }
    world.close().await?;
    drop(bare);
    // The copies are as large as the store itself.
    for part in ["desk", "bare"] {
        name(part)?;
    }
    Ok((ten.middle(), none.middle(), rows.middle()))
}

/// What the sweeps of all rounds write: a list of changes a ticket.
async fn record(path: &std::path::Path, rounds: usize) -> Result<Vec<Vec<crate::tape::Change>>, Failure> {
    let mut recorder = Recorder::listen(path).await?;
    let world = World::open(path, Synchronous::Normal).await?;
    let mut acts = Vec::new();
    for round in 0..=rounds {
        world.clock.set(dawn() + TimeDelta::hours(i64::try_from(round)? + 1) + TimeDelta::minutes(1));
        for _ in 0..fill::DUE_AN_HOUR {
            world.desk.sweep(1).await?;
            acts.push(recorder.heard().await?);
        }
    }
    world.close().await?;
    Ok(acts)
}
