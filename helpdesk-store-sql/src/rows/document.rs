//! Documents as they are kept: the core's JSON without the beginning that a row's columns say already. What does not
//! begin as expected is kept whole, so that no form of a newer writer is ever lost.

use helpdesk_core::ticket::{Event, Message, Ticket, TicketId};
use uuid::Uuid;

use crate::fault::Fault;
use crate::rows::columns::{parse, print};

/// Writes a ticket; its id is a column.
pub(crate) fn pack_ticket(ticket: &Ticket) -> Result<String, Fault> {
    Ok(pack(&ticket_head(ticket.id.0), print(ticket)?))
}

/// Reads a ticket.
pub(crate) fn unpack_ticket(id: Uuid, text: String) -> Result<Ticket, Fault> {
    parse(&unpack(&ticket_head(id), text), || format!("ticket {id}"))
}

/// Writes a message; its id, ticket and position are columns.
pub(crate) fn pack_message(message: &Message) -> Result<String, Fault> {
    Ok(pack(&message_head(message.id.0, message.ticket.0, message.seq), print(message)?))
}

/// Reads a message.
pub(crate) fn unpack_message(id: Uuid, ticket: TicketId, seq: u32, text: String) -> Result<Message, Fault> {
    parse(&unpack(&message_head(id, ticket.0, seq), text), || format!("message {seq} of ticket {ticket}"))
}

/// Writes an event: its name, and then what it carries.
pub(crate) fn pack_event(event: &Event) -> Result<String, Fault> {
    let whole = print(event)?;
    let parts = whole.strip_prefix(r#"{"kind":""#).and_then(|rest| rest.strip_suffix('}'));
    let packed = parts.and_then(|rest| rest.split_once(r#"","data":"#)).filter(|(name, data)| {
        data.starts_with('{') && !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
    });
    Ok(packed.map(|(name, data)| format!("{name}{data}")).unwrap_or(whole))
}

/// Reads an event.
pub(crate) fn unpack_event(text: &str) -> Result<Event, Fault> {
    match text.find('{') {
        Some(at) if at > 0 => {
            let (name, data) = text.split_at(at);
            parse(&format!(r#"{{"kind":"{name}","data":{data}}}"#), || "an event".to_owned())
        }
        _ => parse(text, || "an event".to_owned()),
    }
}

fn ticket_head(id: Uuid) -> String {
    format!(r#"{{"id":"{id}","#)
}

fn message_head(id: Uuid, ticket: Uuid, seq: u32) -> String {
    format!(r#"{{"id":"{id}","ticket":"{ticket}","seq":{seq},"#)
}

fn pack(head: &str, whole: String) -> String {
    match whole.strip_prefix(head) {
        Some(rest) => rest.to_owned(),
        None => whole,
    }
}

fn unpack(head: &str, text: String) -> String {
    if text.starts_with('{') { text } else { format!("{head}{text}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_beginning_is_left_out_and_comes_back() {
        let ticket = Ticket::blank(TicketId(Uuid::from_u128(7)));
        let text = pack_ticket(&ticket).unwrap();
        assert!(text.starts_with(r#""number""#), "{text}");
        assert_eq!(unpack_ticket(ticket.id.0, text).unwrap(), ticket);
        assert_eq!(unpack_ticket(ticket.id.0, print(&ticket).unwrap()).unwrap(), ticket, "a whole one is read too");
    }

    #[test]
    fn events_that_nobody_knows_are_kept_as_they_are() {
        for (whole, packed) in [
            (r#"{"kind":"deleted","data":{}}"#, "deleted{}"),
            (r#"{"kind":"sung","data":{"at":"dawn"}}"#, r#"sung{"at":"dawn"}"#),
            (r#"{"kind":"sung","data":[1],"more":2}"#, r#"{"data":[1],"kind":"sung","more":2}"#),
            (r#"{"data":{},"kind":"a\"b"}"#, r#"{"data":{},"kind":"a\"b"}"#),
        ] {
            let event: Event = serde_json::from_str(whole).unwrap();
            let text = pack_event(&event).unwrap();
            assert_eq!(unpack_event(&text).unwrap(), event);
            assert!(text == packed || text.starts_with('{'), "{text}");
        }
    }
}
