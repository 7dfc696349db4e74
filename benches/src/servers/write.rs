//! How many durable creates a second, with 1, 8, 32 and 128 writers in one process? Against bare sqlx that writes the same
//! rows, an act a transaction, with one connection and with as many as there are writers.

use std::time::{Duration, Instant};

use super::place::{Bare, Place, Server};
use super::rival::{Ready, Sending, ready};
use super::tape::{Tape, record};
use crate::measure::{Rounds, head, line, rate, ratio};
use crate::questions::create::crowd;
use crate::world::{TENANT, World};
use crate::{Asked, Failure};

const WRITERS: [usize; 4] = [1, 8, 32, 128];

/// Who creates, with as many hands.
enum Who {
    Desk(World),
    Bare(Vec<Bare>, Sending),
}

struct Player {
    name: String,
    hands: usize,
    who: Who,
    place: Place,
    rounds: Rounds,
}

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    for server in Server::ALL {
        on(server, asked).await?;
    }
    Ok(())
}

async fn on(server: Server, asked: &Asked) -> Result<(), Failure> {
    // A round is as long for each: the more hands, the more creates, up to eight times as many.
    let share = |hands: usize| (asked.acts * hands.min(8)) / hands;
    let tape = record(server, asked.acts * (asked.rounds + 1)).await?;
    let mut players = Vec::new();
    for (name, hands, sending) in
        [("a statement a row", 1, Sending::Statements), ("one script an act", 1, Sending::Script)]
            .into_iter()
            .chain(WRITERS[1..].iter().map(|hands| ("one script an act", *hands, Sending::Script)))
    {
        let place = Place::settled(server, &format!("bare_{}", players.len())).await?;
        let mut connections = Vec::new();
        for _ in 0..hands {
            connections.push(place.bare().await?);
        }
        let who = Who::Bare(connections, sending);
        players.push(Player { name: format!("bare, {name}"), hands, who, place, rounds: Rounds::default() });
    }
    for hands in WRITERS {
        let place = Place::settled(server, &format!("desk_{hands}")).await?;
        let who = Who::Desk(place.world().await?);
        players.push(Player { name: "desk".to_owned(), hands, who, place, rounds: Rounds::default() });
    }
    for round in 0..=asked.rounds {
        for player in &mut players {
            let share = share(player.hands);
            let took = player.play(&tape, round * share, share).await?;
            if round > 0 {
                player.rounds.add(took);
            }
        }
    }
    let speed = |player: &Player| player.rounds.rate(share(player.hands) * player.hands);
    let one = speed(&players[1]);
    head(
        &format!("Durable creates on {}, ticket with one message", server.name()),
        &["who", "writers", "creates", "to bare, one script, 1 writer", "to bare, one script, as many writers"],
    );
    let bare: Vec<(usize, f64)> =
        players[1..=WRITERS.len()].iter().map(|player| (player.hands, speed(player))).collect();
    for player in players {
        let speed = speed(&player);
        let same = bare.iter().find(|(hands, _)| *hands == player.hands).map_or(f64::NAN, |(_, speed)| *speed);
        line(&[player.name, player.hands.to_string(), rate(speed), ratio(speed, one), ratio(speed, same)]);
        if let Who::Desk(world) = player.who {
            world.close().await?;
        }
        player.place.remove().await?;
    }
    println!(
        "\nA create changes {} rows. Bare writers have a tenant each, so that none waits for another's rows.",
        tape[1].len()
    );
    Ok(())
}

impl Player {
    /// Each hand does so many acts, from `first` of the tape on.
    async fn play(&mut self, tape: &Tape, first: usize, share: usize) -> Result<Duration, Failure> {
        let server = self.place.server;
        match &mut self.who {
            Who::Desk(world) => {
                let begun = Instant::now();
                crowd(world, self.hands, share * self.hands).await?;
                Ok(begun.elapsed())
            }
            Who::Bare(connections, sending) => {
                let mut work = Vec::new();
                for (hand, connection) in std::mem::take(connections).into_iter().enumerate() {
                    let tenant = if hand == 0 { TENANT.to_owned() } else { format!("{TENANT}-{hand}") };
                    let acts = tape[first..first + share].iter().map(|act| {
                        let act: Vec<_> = act.iter().map(|change| change.of_tenant(&tenant)).collect();
                        ready(server, &act, *sending)
                    });
                    work.push((connection, acts.collect::<Result<Vec<Ready>, _>>()?));
                }
                let begun = Instant::now();
                let tasks: Vec<_> = work
                    .into_iter()
                    .map(|(mut connection, acts)| {
                        tokio::spawn(async move {
                            for act in acts {
                                connection.write(act).await?;
                            }
                            Ok::<Bare, Failure>(connection)
                        })
                    })
                    .collect();
                for task in tasks {
                    connections.push(task.await??);
                }
                Ok(begun.elapsed())
            }
        }
    }
}
