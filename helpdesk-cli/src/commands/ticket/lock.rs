//! `ticket lock` and `unlock`. Locks change nothing of the ticket, so they take no conditions.

use helpdesk_core::access::Action;
use helpdesk_core::desk::{AgentDesk, HeldLock};
use helpdesk_core::ticket::LockToken;
use serde_json::{Value, json};

use super::agent_on;
use crate::env::{Env, natural};
use crate::failure::Failure;
use crate::lang::Saying;
use crate::output::{Beside, ticket_object, ticket_row, ticket_sheet, time};

/// Takes the lock, or renews one's own.
pub(super) async fn lock(ticket: &str, purpose: Option<&str>, steal: Option<&str>, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketLock, env).await?;
    let held = match steal {
        Some(reason) => agent.steal_lock(ticket, reason).await?,
        None => agent.lock(ticket, purpose).await?,
    };
    let HeldLock { number, token, expires_at, .. } = &held;
    let (until, token) = (time(*expires_at), token.0);
    let words = Saying::new(
        format!("#{number} locked until {until}, token {token}"),
        format!("#{number} gesperrt bis {until}, Marke {token}"),
    );
    env.output.say(words.get(env.output.language));
    print(&agent, ticket, json!({ "token": token, "expires_at": until }), env).await?;
    env.output.next(&format!("helpdesk ticket unlock {number}"));
    Ok(())
}

/// Gives the lock back: one's own, or after stealing anybody's.
pub(super) async fn unlock(ticket: &str, token: Option<&str>, steal: Option<&str>, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketLock, env).await?;
    let token = match (token, steal) {
        (_, Some(reason)) => agent.steal_lock(ticket, reason).await?.token,
        (Some(token), None) => LockToken(natural("token", token)?),
        (None, None) => agent.peek_lock(ticket).await?.token,
    };
    agent.unlock(ticket, token).await?;
    print(&agent, ticket, Value::Null, env).await
}

async fn print(agent: &AgentDesk, ticket: &str, lock: Value, env: &Env) -> Result<(), Failure> {
    let view = agent.show(ticket).await?;
    let beside = Beside { lock: view.lock, mark: view.mark, reader: view.reader };
    let mut sheet = ticket_sheet();
    sheet.rows.push(ticket_row(&view.ticket, &beside, &env.output));
    let object = ticket_object(&view.ticket, &beside, &env.output);
    env.output.item("helpdesk/ticket/1", object, &[("lock", lock)], &sheet)
}
