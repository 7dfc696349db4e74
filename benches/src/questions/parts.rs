//! Where does the time of an act go? Its parts one by one, on one client: what the core does in memory, what a round
//! trip to the engine costs by itself, and what the port adds to it.

use std::time::{Duration, Instant};

use helpdesk_core::party::{Actor, AgentId, TenantId};
use helpdesk_core::query::terms;
use helpdesk_core::store::{TicketKey, Wants};
use helpdesk_core::ticket::decide::decide;
use helpdesk_core::ticket::{
    Command, EventId, Facts, LockSlot, Message, MessageId, NewMessage, Ticket, TicketId, Version,
};
use helpdesk_core::{Limits, Settings};
use helpdesk_store_sql::sqlite::Synchronous;
use uuid::Uuid;

use super::life::{self, BODY};
use crate::bare::Bare;
use crate::measure::{Rounds, head, line};
use crate::world::{Base, TENANT, World};
use crate::{Asked, Failure};

/// Calls of a round.
const CALLS: u32 = 500;

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    let base = Base::make(&asked.dir).await?;
    let path = base.copy("parts")?;
    let world = World::open(&path, Synchronous::Full).await?;
    let mut id = TicketId(Uuid::nil());
    for act in 0..4 {
        id = life::act(&world, 0, act, id).await?;
    }
    let tenant = TenantId::new(TENANT)?;
    let wants = Wants { ticket: Some(TicketKey::Id(id)), ..Wants::default() };
    let ticket = world.store.load(&tenant, &wants).await?.ticket.ok_or("the ticket is not there")?;
    let message: Message = world.anna.conversation(id).await?.remove(0);
    head("The parts of an act", &["part", "µs"]);
    in_memory(asked, &ticket, &message)?;
    let mut plain = Bare::open(&path).await?;
    let mut rounds = [Rounds::default(), Rounds::default(), Rounds::default(), Rounds::default(), Rounds::default()];
    for _ in 0..asked.rounds {
        let begun = Instant::now();
        for _ in 0..CALLS {
            plain.nothing().await?;
        }
        rounds[0].add(begun.elapsed() / CALLS);
        let begun = Instant::now();
        for _ in 0..CALLS {
            tokio::spawn(async {}).await?;
        }
        rounds[1].add(begun.elapsed() / CALLS);
        let begun = Instant::now();
        for _ in 0..CALLS {
            world.store.load(&tenant, &wants).await?;
        }
        rounds[2].add(begun.elapsed() / CALLS);
        let begun = Instant::now();
        for _ in 0..CALLS {
            world.anna.show(id).await?;
        }
        rounds[3].add(begun.elapsed() / CALLS);
        let begun = Instant::now();
        for _ in 0..CALLS {
            world.anna.note(id, BODY).dry_run().await?;
        }
        rounds[4].add(begun.elapsed() / CALLS);
    }
    for (name, rounds) in [
        "a round trip to the engine: SELECT 1 on a held connection",
        "a hop to another task and back",
        "port: load a ticket",
        "desk: show a ticket",
        "desk: a note, dry run (load, authorise, decide)",
    ]
    .into_iter()
    .zip(rounds)
    {
        print(name, rounds.middle());
    }
    world.close().await
}

fn in_memory(asked: &Asked, ticket: &Ticket, message: &Message) -> Result<(), Failure> {
    let (ticket_json, message_json) = (serde_json::to_string(ticket)?, serde_json::to_string(message)?);
    let (settings, limits) = (Settings::default(), Limits::default());
    let actor = Actor::Agent(AgentId::new("anna")?);
    let command = Command::AddMessage(Box::new(NewMessage {
        author: actor.clone(),
        ..NewMessage::internal(MessageId(Uuid::nil()), BODY)
    }));
    let facts = Facts {
        now: ticket.updated_at,
        actor: &actor,
        settings: &settings,
        limits: &limits,
        lock: &LockSlot::default(),
        token: None,
        may_reopen_closed: false,
        as_of: None,
    };
    let time = |name: &str, part: &dyn Fn() -> Result<usize, Failure>| -> Result<(), Failure> {
        let mut rounds = Rounds::default();
        for _ in 0..asked.rounds {
            let begun = Instant::now();
            for _ in 0..CALLS {
                std::hint::black_box(part()?);
            }
            rounds.add(begun.elapsed() / CALLS);
        }
        print(name, rounds.middle());
        Ok(())
    };
    time(&format!("read a ticket's document, {} B", ticket_json.len()), &|| {
        Ok(serde_json::from_str::<Ticket>(&ticket_json)?.messages as usize)
    })?;
    time("write a ticket's document", &|| Ok(serde_json::to_string(ticket)?.len()))?;
    time(&format!("read a message's document, {} B", message_json.len()), &|| {
        Ok(serde_json::from_str::<Message>(&message_json)?.body.len())
    })?;
    time("clone a ticket", &|| Ok(ticket.clone().messages as usize))?;
    time("decide and fold a note", &|| {
        let decision = decide(ticket, &command, &facts)?;
        Ok(decision.apply(ticket, Version(9), &actor, || EventId(Uuid::nil())).0.len())
    })?;
    time("cut a subject into terms", &|| Ok(terms(&ticket.content.subject).len()))
}

fn print(name: &str, took: Duration) {
    line(&[name.to_owned(), format!("{:.2}", took.as_secs_f64() * 1e6)]);
}
