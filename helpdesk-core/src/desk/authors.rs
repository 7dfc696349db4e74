//! Authors of messages who are known only once the contact is.

use crate::party::{Actor, ContactId};
use crate::ticket::{Command, NewMessage};

/// A placeholder author becomes the contact: the caller did not know its id yet.
pub(super) fn name_authors(commands: &mut [Command], contact: &ContactId) {
    let name = |message: &mut NewMessage| {
        if message.author.requester().is_some() {
            message.author = Actor::Requester(contact.clone());
        }
    };
    for command in commands {
        match command {
            Command::Open(open) => open.message.iter_mut().chain(&mut open.more).for_each(name),
            Command::AddMessage(message) => name(message),
            _ => {}
        }
    }
}
