//! How many acts of a ticket's life a second? Create, assign, reply, note, wait, customer's reply, resolve, close: one
//! after the other by one client, against the same row changes by plain sqlx.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use helpdesk_core::desk::{OpenTicket, Options};
use helpdesk_core::party::AgentId;
use helpdesk_core::ticket::{StatusChange, StatusKey, TicketId};
use helpdesk_store_sql::sqlite::Synchronous;

use crate::bare::{Bare, Sending, ready};
use crate::measure::{Rounds, head, line, rate, ratio, span};
use crate::tape::{Change, Recorder};
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

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    let base = Base::make(&asked.dir).await?;
    let lives = (asked.acts / ACTS.len()).max(1);
    // One round more: the first warms up and is not counted.
    let tape = record(&base, lives * (asked.rounds + 1), ACTS.len()).await?;
    let world = World::open(&base.copy("desk")?, Synchronous::Full).await?;
    let mut plain = [
        (Bare::open(&base.copy("statements")?).await?, Sending::Statements, Rounds::default(), [Duration::ZERO; 8]),
        (Bare::open(&base.copy("script")?).await?, Sending::Script, Rounds::default(), [Duration::ZERO; 8]),
    ];
    let (mut desk, mut each) = (Rounds::default(), [Duration::ZERO; 8]);
    for (round, chunk) in tape.chunks(lives * ACTS.len()).enumerate() {
        let begun = Instant::now();
        for n in 0..lives {
            let mut ticket = TicketId(uuid::Uuid::nil());
            for (number, sum) in each.iter_mut().enumerate() {
                let begun = Instant::now();
                ticket = act(&world, round * lives + n, number, ticket).await?;
                *sum += if round > 0 { begun.elapsed() } else { Duration::ZERO };
            }
        }
        if round > 0 {
            desk.add(begun.elapsed());
        }
        for (plain, sending, rounds, each) in &mut plain {
            let acts = chunk.iter().map(|act| ready(act)).collect::<Result<Vec<_>, _>>()?;
            let mut total = Duration::ZERO;
            for (n, act) in acts.into_iter().enumerate() {
                let begun = Instant::now();
                plain.write(act, *sending).await?;
                total += begun.elapsed();
                each[n % ACTS.len()] += if round > 0 { begun.elapsed() } else { Duration::ZERO };
            }
            if round > 0 {
                rounds.add(total);
            }
        }
    }
    world.close().await?;
    report(asked, lives, &tape, (&desk, &each), &plain.map(|(_, _, rounds, each)| (rounds, each)));
    Ok(())
}

fn report(
    asked: &Asked,
    lives: usize,
    tape: &[Vec<Change>],
    (desk, each): (&Rounds, &[Duration; 8]),
    [statements, script]: &[(Rounds, [Duration; 8]); 2],
) {
    head(
        "The eight acts of a ticket's life, one client",
        &["act", "rows", "desk", "bare, a statement a row", "ratio", "bare, one script an act", "ratio"],
    );
    let acts = lives * ACTS.len();
    let [desk, one, other] = [desk.rate(acts), statements.0.rate(acts), script.0.rate(acts)];
    let cells = [rate(desk), rate(one), ratio(desk, one), rate(other), ratio(desk, other)];
    line(&[vec!["all".to_owned(), String::new()], cells.to_vec()].concat());
    let times = u32::try_from(lives * asked.rounds).unwrap_or(u32::MAX);
    for (number, name) in ACTS.into_iter().enumerate() {
        let [desk, one, other] = [each[number], statements.1[number], script.1[number]].map(|sum| sum / times);
        let rows = tape.get(number).map_or(0, Vec::len).to_string();
        let against = |plain: Duration| ratio(plain.as_secs_f64(), desk.as_secs_f64());
        line(&[name.to_owned(), rows, span(desk), span(one), against(one), span(other), against(other)]);
    }
}
