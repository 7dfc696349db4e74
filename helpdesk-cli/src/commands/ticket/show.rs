//! `ticket show`, `history` and `export`: everything about one ticket.

use helpdesk_core::access::{Action, PublicMessage, Request};
use helpdesk_core::desk::{AgentDesk, TicketView};
use helpdesk_core::party::Actor;
use helpdesk_core::ticket::{Message, Ticket, Visibility};
use serde_json::{Value, json};

use super::agent_on;
use super::page::{Said, page, plain};
use crate::env::{Acting, Env};
use crate::failure::Failure;
use crate::lang::Phrase;
use crate::output::{
    Beside, Cell, Form, Listed, Object, Output, Sheet, Tone, event_json, message_json, relative, request_object,
    ticket_object, time,
};

/// Who speaks where nobody in particular does.
const DESK: Phrase = Phrase("the desk", "der Helpdesk");

/// Shows a ticket with its conversation.
///
/// # Errors
/// As the desk says.
pub(super) async fn run(ticket: &str, mark_read: bool, mark_unread: bool, env: &Env) -> Result<(), Failure> {
    match env.acting(&env.tenant().await?)? {
        Acting::Agent(agent) => {
            if mark_read {
                agent.mark_read(ticket).await?;
            }
            if mark_unread {
                agent.mark_unread(ticket).await?;
            }
            let view = agent.show(ticket).await?;
            let messages = agent.conversation(view.ticket.id).await?;
            print(&agent, view, &messages, env).await
        }
        Acting::Requester(requester) => {
            let request = requester.show(ticket).await?;
            let messages = requester.conversation(request.id).await?;
            print_own(&request, &messages, &env.output)
        }
    }
}

/// Shows everything that happened to it.
///
/// # Errors
/// As the desk says.
pub(super) async fn history(ticket: &str, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketNote, env).await?;
    let history = agent.history(ticket).await?;
    let output = &env.output;
    let mut sheet = Sheet { columns: vec!["seq", "at", "actor", "kind", "data"], rows: Vec::new() };
    let mut items = Vec::new();
    for entry in &history {
        let event = event_json(entry);
        let at = entry.record.at;
        sheet.rows.push(vec![
            Cell::new(entry.record.seq.to_string()),
            Cell::new(time(at)).shown(relative(at, output.now, output.language)).tone(Tone::Faint),
            Cell::new(entry.record.actor.to_string()),
            Cell::new(entry.record.event.name()),
            Cell::new(event["data"].to_string()),
        ]);
        items.push(history_object(&event));
    }
    let total = Some(history.len() as u64);
    output.list(Listed { schema: "helpdesk/ticket.history/1", sheet, items, total, next: None })
}

/// Prints everything of it, as `export jsonl` does.
///
/// # Errors
/// As the desk says.
pub(super) async fn export(ticket: &str, env: &Env) -> Result<(), Failure> {
    let agent = agent_on(ticket, Action::TicketNote, env).await?;
    let view = agent.show(ticket).await?;
    let messages = agent.conversation(view.ticket.id).await?;
    let history = agent.history(view.ticket.id).await?.into_iter().map(Into::into).collect();
    let dump = helpdesk_core::desk::TicketDump { ticket: view.ticket, messages, history };
    env.output.raw(&(super::super::export::line(super::super::form::TICKET, &dump)? + "\n"))
}

async fn print(agent: &AgentDesk<'_>, view: TicketView, messages: &[Message], env: &Env) -> Result<(), Failure> {
    let output = &env.output;
    let ticket = view.ticket;
    let beside = Beside { lock: view.lock, mark: view.mark, reader: view.reader };
    let mut links: Vec<Value> = Vec::new();
    for link in &ticket.links {
        let number = agent.show(link.ticket).await.ok().map(|other| other.ticket.number);
        links.push(json!({ "kind": link.kind.as_str(), "ticket": link.ticket, "number": number }));
    }
    let object = ticket_object(&ticket, &beside, output)
        .with("messages", messages.iter().map(message_json).collect::<Vec<_>>())
        .with("links", links);
    let said = messages.iter().map(|message| Said {
        position: message.seq,
        at: message.at,
        who: message.author.to_string(),
        name: name(&message.author, &ticket, output),
        sort: message.visibility.as_str(),
        internal: message.visibility == Visibility::Internal,
        body: &message.body,
    });
    if output.is_terminal() {
        let title = format!("#{}  {}", ticket.number, ticket.content.subject);
        return output.raw(&page(
            &title,
            &object,
            &["messages", "id", "category_of_status", "message_count", "merged_into"],
            said,
            output,
        ));
    }
    output.item("helpdesk/ticket/1", object.clone(), &[], &pairs(&object, said, output))
}

fn print_own(request: &Request, messages: &[PublicMessage], output: &Output) -> Result<(), Failure> {
    let object = request_object(request, Some(messages));
    let card = &request.requester;
    let own = card.name.clone().or_else(|| card.email.as_ref().map(ToString::to_string)).unwrap_or_default();
    let said = messages.iter().map(|message| Said {
        position: message.position,
        at: message.at,
        who: if message.from_requester { "requester" } else { "desk" }.to_owned(),
        name: if message.from_requester { own.clone() } else { DESK.get(output.language).to_owned() },
        sort: "public",
        internal: false,
        body: &message.body,
    });
    if output.is_terminal() {
        let title = format!("#{}  {}", request.number, request.subject);
        return output.raw(&page(&title, &object, &["messages", "id", "tag", "message_count"], said, output));
    }
    output.item("helpdesk/request/1", object.clone(), &[], &pairs(&object, said, output))
}

/// Who wrote a message, as people call them.
fn name(author: &Actor, ticket: &Ticket, output: &Output) -> String {
    let card = &ticket.content.requester;
    match author {
        Actor::Agent(agent) => agent.to_string(),
        Actor::Requester(contact) if ticket.requester.as_ref() == Some(contact) => {
            let known = card.name.clone().or_else(|| card.email.as_ref().map(ToString::to_string));
            known.unwrap_or_else(|| contact.to_string())
        }
        Actor::System => DESK.get(output.language).to_owned(),
        Actor::Requester(other) => other.to_string(),
    }
}

/// The rows that programs read: name and value, then the messages.
fn pairs<'a>(object: &Object, said: impl Iterator<Item = Said<'a>>, output: &Output) -> Sheet {
    let mut sheet = Sheet { columns: vec!["key", "value"], rows: Vec::new() };
    let scalars = object.fields().iter().filter(|(name, _)| *name != "messages");
    sheet.rows.extend(scalars.map(|(name, value)| vec![Cell::new(&**name), Cell::new(plain(value))]));
    for Said { position, at, who, sort, body, .. } in said {
        let name = format!("message {position} {} {who} {sort}", time(at));
        sheet.rows.push(vec![Cell::new(name), Cell::new(body)]);
    }
    debug_assert!(output.form != Form::JsonLines || !sheet.rows.is_empty());
    sheet
}

fn history_object(event: &Value) -> Object {
    let field = |object: Object, name: &'static str| match event.get(name) {
        Some(value) => object.with(name, value.clone()),
        None => object,
    };
    ["seq", "version", "at", "actor", "kind", "data", "revision"].into_iter().fold(Object::new(), field)
}
