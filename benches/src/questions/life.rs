//! How many acts of a ticket's life a second? Create, assign, reply, note, wait, customer's reply, resolve, close: one
//! after the other by one client, against the same row changes by plain sqlx.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use helpdesk_core::desk::{OpenTicket, Options};
use helpdesk_core::party::AgentId;
use helpdesk_core::ticket::{StatusChange, StatusKey, TicketId};
use helpdesk_store_sql::sqlite::Synchronous;

use crate::bare::{Bare, Sending, ready};
use crate::measure::{Rounds, cpu, head, line, micros, middle, rate, ratio};
use crate::recorder::Recorder;
use crate::tape::Change;
use crate::world::{Base, World, requester};
use crate::{Asked, Failure};

/// The acts of a life, in order.
pub(crate) const ACTS: [&str; 8] =
    ["create", "assign", "reply", "note", "wait", "customer's reply", "resolve", "close"];

/// About 300 characters, as people write.
pub(crate) const BODY: &str = "Hello, the parcel that was announced for yesterday has not arrived. The tracking page \
    says that it was handed to a neighbour, but nobody in the house has it. Could you please find out where it went, \
    and tell me when I can expect it? I need it before the weekend. Many thanks and kind regards, Max Petersen";

/// Does act number `act` of a life on `ticket`; the first one makes it.
pub(crate) async fn act(world: &World, n: usize, act: usize, ticket: TicketId) -> Result<TicketId, Failure> {
    world.tick();
    let anna = &world.anna;
    let outcome = match act {
        0 => {
            let open = OpenTicket::new(format!("Parcel {n} did not arrive")).from_requester(requester(n)?).saying(BODY);
            anna.open(open).await?
        }
        1 => anna.assign(ticket, Some(AgentId::new("anna")?)).await?,
        2 => anna.reply(ticket, BODY).await?,
        3 => anna.note(ticket, "The carrier will call back.").await?,
        4 => {
            let until = Some(world.desk.now() + TimeDelta::days(3));
            anna.change_status(ticket, StatusChange { to: StatusKey::new("pending")?, until, then: None }).await?
        }
        5 => {
            world.asks(n)?.reply(ticket, "It came this morning, thank you!", &Options::default()).await?;
            return Ok(ticket);
        }
        6 => anna.set_status(ticket, "resolved")?.await?,
        _ => anna.set_status(ticket, "closed")?.await?,
    };
    Ok(outcome.ticket.id)
}

/// The first `acts` acts of `lives` lives as the rows they change.
pub(crate) async fn record(base: &Base, lives: usize, acts: usize) -> Result<Vec<Vec<Change>>, Failure> {
    let path = base.copy("tape")?;
    let mut recorder = Recorder::listen(&path).await?;
    let world = World::open(&path, Synchronous::Full).await?;
    let mut tape = Vec::new();
    for n in 0..lives {
        let mut ticket = TicketId(uuid::Uuid::nil());
        for number in 0..acts {
            ticket = act(&world, n, number, ticket).await?;
            tape.push(recorder.heard().await?);
        }
    }
    world.close().await?;
    Ok(tape)
}

/// One who plays the lives.
#[derive(Default)]
struct Player {
    rounds: Rounds,
    cpu: Duration,
    each: [Vec<Duration>; 8],
}

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    let base = Base::make(&asked.dir).await?;
    let lives = (asked.acts / ACTS.len()).max(1);
    // One round more: the first warms up and is not counted.
    let tape = record(&base, lives * (asked.rounds + 1), ACTS.len()).await?;
    let world = World::open(&base.copy("desk")?, Synchronous::Full).await?;
    let mut rivals = [
        (Bare::open(&base.copy("statements")?).await?, Sending::Statements, Player::default()),
        (Bare::open(&base.copy("script")?).await?, Sending::Script, Player::default()),
    ];
    let mut desk = Player::default();
    for (round, chunk) in tape.chunks(lives * ACTS.len()).enumerate() {
        if round == 1 {
            desk = Player::default();
            for (_, _, player) in &mut rivals {
                *player = Player::default();
            }
        }
        let (begun, used) = (Instant::now(), cpu());
        for n in 0..lives {
            let mut ticket = TicketId(uuid::Uuid::nil());
            for (number, times) in desk.each.iter_mut().enumerate() {
                let begun = Instant::now();
                ticket = act(&world, round * lives + n, number, ticket).await?;
                times.push(begun.elapsed());
            }
        }
        desk.rounds.add(begun.elapsed());
        desk.cpu += cpu().saturating_sub(used);
        for (engine, sending, player) in &mut rivals {
            let acts = chunk.iter().map(|act| ready(act)).collect::<Result<Vec<_>, _>>()?;
            let (begun, used) = (Instant::now(), cpu());
            for (n, act) in acts.into_iter().enumerate() {
                let begun = Instant::now();
                engine.write(act, *sending).await?;
                player.each[n % ACTS.len()].push(begun.elapsed());
            }
            player.rounds.add(begun.elapsed());
            player.cpu += cpu().saturating_sub(used);
        }
    }
    world.close().await?;
    report(asked, lives, &tape, desk, rivals.map(|(_, _, player)| player));
    Ok(())
}

fn report(asked: &Asked, lives: usize, tape: &[Vec<Change>], desk: Player, rivals: [Player; 2]) {
    let columns = ["act", "rows", "desk", "bare, a statement a row", "ratio", "bare, one script an act", "ratio"];
    head("The eight acts of a ticket's life, one client", &columns);
    let acts = lives * ACTS.len();
    let [statements, script] = rivals;
    let players = [desk, statements, script];
    let rates = players.each_ref().map(|player| player.rounds.rate(acts));
    line(&cells("all", "", rates.map(rate), rates.map(|rate| 1.0 / rate)));
    let times = u32::try_from(acts * asked.rounds).unwrap_or(u32::MAX);
    let used = players.each_ref().map(|player| player.cpu / times);
    line(&cells("processor time an act", "", used.map(micros), used.map(|used| used.as_secs_f64())));
    for (number, name) in ACTS.into_iter().enumerate() {
        let rows = tape.get(number).map_or(0, Vec::len).to_string();
        let took = players.each_ref().map(|player| middle(player.each[number].clone()));
        line(&cells(name, &rows, took.map(micros), took.map(|took| took.as_secs_f64())));
    }
}

/// A line: the three figures, and the ratio of each rival's time to the desk's.
fn cells(name: &str, rows: &str, [desk, one, other]: [String; 3], times: [f64; 3]) -> [String; 7] {
    let [first, second] = [ratio(times[1], times[0]), ratio(times[2], times[0])];
    [name.to_owned(), rows.to_owned(), desk, one, first, other, second]
}
