//! `ticket show`, `history` and `export`: everything about one ticket.

use helpdesk_core::access::{Action, PublicMessage, Request};
use helpdesk_core::desk::{AgentDesk, TicketView};
use helpdesk_core::ticket::Message;
use serde_json::{Value, json};

use super::agent_on;
use crate::env::{Acting, Env};
use crate::failure::Failure;
use crate::output::{
    Beside, Cell, Form, Listed, Object, Output, Sheet, Tone, event_json, message_json, printable, relative,
    request_object, ticket_object, time,
};

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

async fn print(agent: &AgentDesk, view: TicketView, messages: &[Message], env: &Env) -> Result<(), Failure> {
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
        sort: message.visibility.as_str(),
        body: &message.body,
    });
    if output.is_terminal() {
        let title = format!("#{}  {}", ticket.number, ticket.content.subject);
        return output.raw(&page(
            &title,
            &object,
            &["messages", "id", "category_of_status", "message_count"],
            said,
            output,
        ));
    }
    output.item("helpdesk/ticket/1", object.clone(), &[], &pairs(&object, said, output))
}

fn print_own(request: &Request, messages: &[PublicMessage], output: &Output) -> Result<(), Failure> {
    let object = request_object(request, Some(messages));
    let said = messages.iter().map(|message| Said {
        position: message.position,
        at: message.at,
        who: if message.from_requester { "requester" } else { "desk" }.to_owned(),
        sort: "public",
        body: &message.body,
    });
    if output.is_terminal() {
        let title = format!("#{}  {}", request.number, request.subject);
        return output.raw(&page(&title, &object, &["messages", "id", "tag", "message_count"], said, output));
    }
    output.item("helpdesk/request/1", object.clone(), &[], &pairs(&object, said, output))
}

/// A message as it is shown.
struct Said<'a> {
    position: u32,
    at: helpdesk_core::env::Timestamp,
    who: String,
    sort: &'static str,
    body: &'a str,
}

/// The page that people read: what is known, then the conversation.
fn page<'a>(
    title: &str,
    object: &Object,
    left_out: &[&str],
    said: impl Iterator<Item = Said<'a>>,
    output: &Output,
) -> String {
    let (bold, faint) = if output.color {
        (anstyle::Style::new().bold(), anstyle::Style::new().dimmed())
    } else {
        (anstyle::Style::new(), anstyle::Style::new())
    };
    let mut text = format!("{bold}{}{bold:#}\n", printable(title));
    for (name, value) in object.fields() {
        let empty = matches!(value, Value::Null | Value::Bool(false))
            || value == ""
            || value == 0
            || *value == json!([])
            || *value == json!({});
        if !empty && !left_out.contains(&&**name) && *name != "subject" && *name != "number" {
            text.extend([format!("{faint}{name:>20}{faint:#}  {}\n", printable(&spoken(name, value, output)))]);
        }
    }
    for Said { position, at, who, sort, body } in said {
        let ago = relative(at, output.now, output.language);
        let head = format!("\n{bold}{position}. {}{bold:#} {faint}{ago}, {sort}{faint:#}\n", printable(&who));
        text.extend([head.as_str(), &printable(body), "\n"]);
    }
    text
}

/// The rows that programs read: name and value, then the messages.
fn pairs<'a>(object: &Object, said: impl Iterator<Item = Said<'a>>, output: &Output) -> Sheet {
    let mut sheet = Sheet { columns: vec!["key", "value"], rows: Vec::new() };
    let scalars = object.fields().iter().filter(|(name, _)| *name != "messages");
    sheet.rows.extend(scalars.map(|(name, value)| vec![Cell::new(&**name), Cell::new(plain(value))]));
    for Said { position, at, who, sort, body } in said {
        let name = format!("message {position} {} {who} {sort}", time(at));
        sheet.rows.push(vec![Cell::new(name), Cell::new(body)]);
    }
    debug_assert!(output.form != Form::JsonLines || !sheet.rows.is_empty());
    sheet
}

/// A value as people read it.
fn spoken(name: &str, value: &Value, output: &Output) -> String {
    let field = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    match (name, value) {
        ("requester", person) => match (field(person, "name"), field(person, "email")) {
            (name, email) if name.is_empty() && email.is_empty() => field(person, "id"),
            (name, email) if name.is_empty() || email.is_empty() => name + &email,
            (name, email) => format!("{name} <{email}>"),
        },
        ("sla", Value::Array(clocks)) => {
            let clock = |clock: &Value| {
                let due = clock["due"].as_str().and_then(|due| due.parse().ok());
                let due = due.map(|due| format!(", {}", relative(due, output.now, output.language)));
                format!("{} {}{}", field(clock, "metric"), field(clock, "state"), due.unwrap_or_default())
            };
            clocks.iter().map(clock).collect::<Vec<_>>().join("; ")
        }
        ("links", Value::Array(links)) => {
            let link = |link: &Value| format!("{} #{}", field(link, "kind"), field(link, "number"));
            links.iter().map(link).collect::<Vec<_>>().join(", ")
        }
        ("status", Value::String(status)) => match status.parse() {
            Ok(key) => output.status(&key).to_owned(),
            Err(_) => status.clone(),
        },
        (name, Value::String(at)) if name.ends_with("_at") => match at.parse() {
            Ok(instant) => format!("{} ({at})", relative(instant, output.now, output.language)),
            Err(_) => at.clone(),
        },
        (_, other) => plain(other),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

fn history_object(event: &Value) -> Object {
    let field = |object: Object, name: &'static str| match event.get(name) {
        Some(value) => object.with(name, value.clone()),
        None => object,
    };
    ["seq", "version", "at", "actor", "kind", "data", "revision"].into_iter().fold(Object::new(), field)
}
