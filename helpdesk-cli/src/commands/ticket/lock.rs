//! `ticket lock` and `unlock`. Locks change nothing of the ticket, so they take no conditions but to be tried.

use helpdesk_core::access::Action;
use helpdesk_core::desk::{AgentDesk, HeldLock, LockAsk};
use helpdesk_core::ticket::LockToken;
use serde_json::{Value, json};

use super::agent_on;
use crate::env::{Env, natural};
use crate::failure::Failure;
use crate::lang::{self, Saying};
use crate::output::{Beside, ticket_object, ticket_row, ticket_sheet, time};

/// Takes the lock, or renews one's own.
pub(super) async fn lock(
    ticket: &str,
    purpose: Option<String>,
    steal: Option<String>,
    dry_run: bool,
    env: &Env,
) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketLock, env).await?;
    let held = match (steal, dry_run) {
        (Some(reason), true) => agent.foresee_lock(ticket, LockAsk::Steal(reason)).await?,
        (Some(reason), false) => agent.steal_lock(ticket, &reason).await?,
        (None, true) => agent.foresee_lock(ticket, LockAsk::Take(purpose)).await?,
        (None, false) => agent.lock(ticket, purpose.as_deref()).await?,
    };
    let HeldLock { number, token, expires_at, .. } = &held;
    let (until, token) = (time(*expires_at), token.0);
    let words = Saying::new(
        format!("#{number} locked until {until}, token {token}"),
        format!("#{number} gesperrt bis {until}, Marke {token}"),
    );
    tell(&words, dry_run, env);
    print(&agent, ticket, json!({ "token": token, "expires_at": until }), dry_run, env).await?;
    if !dry_run {
        env.output.next(&format!("helpdesk ticket unlock {number}"));
    }
    Ok(())
}

/// Gives the lock back: one's own, or after stealing anybody's.
pub(super) async fn unlock(
    ticket: &str,
    token: Option<&str>,
    steal: Option<String>,
    dry_run: bool,
    env: &Env,
) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketLock, env).await?;
    let token = match (token, &steal) {
        (_, Some(reason)) if !dry_run => agent.steal_lock(ticket, reason).await?.token,
        (Some(token), None) => LockToken(natural("token", token)?),
        _ => agent.peek_lock(ticket).await?.token,
    };
    if dry_run {
        let ask = steal.map_or(LockAsk::Give(token), LockAsk::Steal);
        let number = agent.foresee_lock(ticket, ask).await?.number;
        let words = Saying::new(format!("#{number} free"), format!("#{number} frei"));
        tell(&words, dry_run, env);
    } else {
        agent.unlock(ticket, token).await?;
    }
    print(&agent, ticket, Value::Null, dry_run, env).await
}

fn tell(words: &Saying, dry_run: bool, env: &Env) {
    let words = words.get(env.output.language);
    if dry_run {
        env.output.say(&format!("{} {words}", lang::DRY_RUN.get(env.output.language)));
    } else {
        env.output.say(words);
    }
}

async fn print(agent: &AgentDesk<'_>, ticket: &str, lock: Value, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let view = agent.show(ticket).await?;
    let beside = Beside { lock: view.lock, mark: view.mark, reader: view.reader };
    let mut sheet = ticket_sheet();
    sheet.rows.push(ticket_row(&view.ticket, &beside, &env.output));
    let object = ticket_object(&view.ticket, &beside, &env.output);
    env.output.item("helpdesk/ticket/1", object, &[("lock", lock), ("dry_run", json!(dry_run))], &sheet)
}
