//! What do lists, a ticket and a sweep cost at ten thousand and at a million tickets, and how much room do these take?

use std::time::{Duration, Instant};

use super::place::{Place, Server};
use crate::measure::{head, line, ratio, span};
use crate::questions::growth::{QUESTIONS, asked_of};
use crate::{Asked, Failure, fill};

const FEW: u64 = 10_000;

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    for server in Server::ALL {
        let few = at(server, FEW, asked.rounds).await?;
        let many = at(server, asked.large, asked.rounds).await?;
        head(&format!("Reading and sweeping on {}", server.name()), &["what", "10,000", "many", "many : 10,000"]);
        for ((what, few), many) in QUESTIONS.into_iter().zip(few.times).zip(many.times) {
            line(&[what.to_owned(), span(few), span(many), ratio(many.as_secs_f64(), few.as_secs_f64())]);
        }
        println!("\nMany: {} tickets, 95 of 100 open.", asked.large);
        head(
            &format!("Room for many tickets on {}", server.name()),
            &["table", "rows", "bytes a ticket", "of it indexes"],
        );
        for row in many.room {
            line(&row);
        }
    }
    Ok(())
}

struct Answers {
    times: [Duration; 5],
    room: Vec<[String; 4]>,
}

async fn at(server: Server, count: u64, rounds: usize) -> Result<Answers, Failure> {
    let place = Place::settled(server, "filled").await?;
    let world = place.world().await?;
    let begun = Instant::now();
    fill::fill(&world.store, count).await?;
    eprintln!("{}: filled with {count} tickets in {:.0} s", server.name(), begun.elapsed().as_secs_f64());
    let room = room(&place, count).await?;
    let times = asked_of(&world, rounds).await?;
    world.close().await?;
    place.remove().await?;
    Ok(Answers { times, room })
}

/// How much room each table takes, the largest first, after what a server does by itself sooner or later.
async fn room(place: &Place, count: u64) -> Result<Vec<[String; 4]>, Failure> {
    let mut bare = place.bare().await?;
    let sizes = match place.server {
        Server::Postgres => {
            bare.run("VACUUM ANALYZE".to_owned()).await?;
            "SELECT relname, reltuples::bigint::text, pg_total_relation_size(oid)::text, pg_indexes_size(oid)::text \
             FROM pg_class WHERE relkind = 'r' AND relname LIKE 'helpdesk%'"
        }
        Server::MariaDb => {
            let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = database()";
            for table in bare.texts(tables).await?.into_iter().flatten().flatten() {
                bare.run(format!("ANALYZE TABLE {table}")).await?;
            }
            "SELECT table_name, CAST(table_rows AS CHAR), CAST(data_length + index_length AS CHAR), \
             CAST(index_length AS CHAR) FROM information_schema.tables WHERE table_schema = database()"
        }
    };
    let mut tables = Vec::new();
    for row in bare.texts(sizes).await? {
        let [Some(name), rows, Some(all), Some(indexes)] =
            <[_; 4]>::try_from(row).map_err(|_| "a table has four facts")?
        else {
            return Err("a table without a size".into());
        };
        tables.push((name, rows.unwrap_or_default(), all.parse::<u64>()?, indexes.parse::<u64>()?));
    }
    tables.sort_by_key(|(_, _, all, _)| std::cmp::Reverse(*all));
    let (whole, indexed) = tables.iter().fold((0, 0), |sum, table| (sum.0 + table.2, sum.1 + table.3));
    tables.insert(0, ("all".to_owned(), String::new(), whole, indexed));
    let told = tables.into_iter().filter(|(_, _, all, _)| all / count > 0);
    let told =
        told.map(|(name, rows, all, indexes)| [name, rows, (all / count).to_string(), (indexes / count).to_string()]);
    Ok(told.collect())
}
