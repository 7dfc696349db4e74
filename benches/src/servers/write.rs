//! How many durable creates a second, with 1, 8, 32 and 128 writers in one process? Against bare sqlx that writes the same
//! rows, an act a transaction, with one connection and with as many as there are writers.

use std::time::{Duration, Instant};

use super::place::{Bare, Place, Server};
use super::recorder::record;
use super::rival::{Ready, ready};
use crate::bare::Sending;
use crate::measure::{Rounds, head, line, rate, ratio};
use crate::questions::create::crowd;
use crate::tape::{Change, Value};
use crate::world::{TENANT, World};
use crate::{Asked, Failure};

const WRITERS: [usize; 4] = [1, 8, 32, 128];

/// Who creates, with as many hands.
enum Who {
    Desk(World),
    Bare(Vec<Bare>, Sending),
}

struct Player {
    name: &'static str,
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
    players.push(Player::bare(server, "bare, a statement a row", 1, Sending::Statements).await?);
    for hands in WRITERS {
        players.push(Player::bare(server, "bare, one script an act", hands, Sending::Script).await?);
    }
    for hands in WRITERS {
        players.push(Player::desk(server, hands).await?);
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
        let (hands, speed) = (player.hands, speed(&player));
        let same = bare.iter().find(|(as_many, _)| *as_many == hands).map_or(f64::NAN, |(_, speed)| *speed);
        line(&[player.name.to_owned(), hands.to_string(), rate(speed), ratio(speed, one), ratio(speed, same)]);
        player.end((asked.rounds + 1) * share(hands) * hands).await?;
    }
    println!(
        "\nA create changes {} rows. Bare writers have a tenant each, so that none waits for another's rows.",
        tape[1].len()
    );
    Ok(())
}

impl Player {
    async fn bare(server: Server, name: &'static str, hands: usize, sending: Sending) -> Result<Self, Failure> {
        let place = Place::settled(server, &format!("bare_{hands}_{sending:?}").to_lowercase()).await?;
        let mut connections = Vec::new();
        for _ in 0..hands {
            connections.push(place.bare().await?);
        }
        Ok(Self { name, hands, who: Who::Bare(connections, sending), place, rounds: Rounds::default() })
    }

    async fn desk(server: Server, hands: usize) -> Result<Self, Failure> {
        let place = Place::settled(server, &format!("desk_{hands}")).await?;
        let who = Who::Desk(place.world().await?);
        Ok(Self { name: "desk", hands, who, place, rounds: Rounds::default() })
    }

    /// Ends it, if it wrote what it was to write.
    async fn end(self, creates: usize) -> Result<(), Failure> {
        if let Who::Desk(world) = self.who {
            world.close().await?;
        }
        // What a desk counts, and so what its rival had to count: each ticket once.
        let written = "SELECT CAST(COUNT(*) AS CHAR(20)), CAST((SELECT SUM(n) FROM helpdesk_counter \
                       WHERE counted = 'all') AS CHAR(20)) FROM helpdesk_ticket";
        let found = self.place.bare().await?.texts(written).await?;
        let all = Some(creates.to_string());
        if !found.iter().flatten().all(|count| count.as_deref().map(str::trim_end) == all.as_deref()) {
            return Err(format!("{} of {} wrote {found:?} and not {creates}", self.name, self.hands).into());
        }
        self.place.remove().await
    }

    /// Each hand does so many acts, from `first` of the tape on.
    async fn play(&mut self, tape: &[Vec<Change>], first: usize, share: usize) -> Result<Duration, Failure> {
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
                        let act: Vec<_> = act.iter().map(|change| of_tenant(change, &tenant)).collect();
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

/// The same row of another tenant.
fn of_tenant(change: &Change, tenant: &str) -> Change {
    let mut change = change.clone();
    for value in &mut change.values {
        match value {
            Value::Text(text) if text == TENANT => tenant.clone_into(text),
            Value::Blob(blob) if blob == TENANT.as_bytes() => *blob = tenant.as_bytes().to_vec(),
            _ => {}
        }
    }
    change
}
