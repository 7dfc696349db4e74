//! A ticket as its requester gets it: built from the core's own view, which has no field for anything inside.

use helpdesk_core::access::{PublicMessage, Request};
use serde_json::{Value, json};

use super::{Cell, Object, Output, Sheet, Tone, relative, time};

/// The request as an object; with the conversation if it is given.
pub(crate) fn request_object(request: &Request, conversation: Option<&[PublicMessage]>) -> Object {
    let object = Object::new()
        .with("id", request.id.to_string())
        .with("number", request.number.as_str())
        .with("subject", request.subject.as_str())
        .with("status", request.status_category.as_str())
        .with("requester", json!({ "name": request.requester.name, "email": request.requester.email }))
        .with("created_at", time(request.created_at))
        .with("changed_at", time(request.changed_at))
        .with("message_count", request.messages)
        .with("fields", json!(request.fields))
        .with("tag", request.tag.as_str());
    match conversation {
        Some(messages) => object.with("messages", messages.iter().map(message).collect::<Vec<_>>()),
        None => object,
    }
}

fn message(message: &PublicMessage) -> Value {
    json!({
        "position": message.position, "at": time(message.at), "from_requester": message.from_requester,
        "body": message.body, "attachments": message.attachments,
    })
}

/// The columns of a list of requests.
pub(crate) fn request_sheet() -> Sheet {
    Sheet { columns: vec!["number", "status", "subject", "created_at", "updated_at"], rows: Vec::new() }
}

/// A request as a row.
pub(crate) fn request_row(request: &Request, output: &Output) -> Vec<Cell> {
    let (now, language) = (output.now, output.language);
    let ago = |at| Cell::new(time(at)).shown(relative(at, now, language)).tone(Tone::Faint);
    vec![
        Cell::new(request.number.as_str()).shown(format!("#{}", request.number)),
        Cell::new(request.status_category.as_str())
            .shown(request.status.get(language))
            .tone(request.status_category.into()),
        Cell::new(&*request.subject),
        ago(request.created_at),
        ago(request.changed_at),
    ]
}
