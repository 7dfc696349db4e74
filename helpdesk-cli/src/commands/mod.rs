//! One file per noun: options in, one call of the library, output. No rules.

mod board;
mod catalogue;
mod conditions;
mod config;
mod contact;
mod db;
mod demo;
mod events;
mod export;
mod form;
mod import;
mod init;
mod manual;
mod outbox;
mod progress;
mod queue;
mod recover;
mod rehearse;
mod sla;
mod ticket;
mod webhook;

use crate::args::{DbVerb, EventsVerb, Noun, OutboxVerb};
use crate::env::Env;
use crate::failure::Failure;

impl Noun {
    /// Whether it may run for long and gains from several threads.
    pub(crate) fn is_long(&self) -> bool {
        matches!(
            self,
            Self::Import(_)
                | Self::Export(_)
                | Self::Demo(_)
                | Self::Db(DbVerb::Copy { .. })
                | Self::Events(EventsVerb::Tail { follow: true, .. })
                | Self::Outbox(OutboxVerb::Relay { .. })
        )
    }
}

/// Runs a command.
///
/// # Errors
/// As the command says.
pub(crate) async fn run(noun: Noun, env: &Env) -> Result<(), Failure> {
    match noun {
        Noun::Init(options) => init::run(options, env).await,
        Noun::Demo(options) => demo::run(&options, env).await,
        Noun::Board(options) => board::run(&options, env).await,
        Noun::Ticket(verb) => ticket::run(verb, env).await,
        Noun::Queue(verb) => queue::run(verb, env).await,
        Noun::Agent(verb) => catalogue::agent(verb, env).await,
        Noun::Team(verb) => catalogue::team(verb, env).await,
        Noun::Org(verb) => catalogue::organization(verb, env).await,
        Noun::Category(verb) => catalogue::category(verb, env).await,
        Noun::Contact(verb) => contact::run(verb, env).await,
        Noun::Sla(verb) => sla::run(&verb, env).await,
        Noun::Import(verb) => import::run(verb, env).await,
        Noun::Export(verb) => export::run(verb, env).await,
        Noun::Events(verb) => events::run(&verb, env).await,
        Noun::Webhook(verb) => webhook::run(verb, env).await,
        Noun::Outbox(verb) => outbox::run(verb, env).await,
        Noun::Db(verb) => db::run(verb, env).await,
        Noun::Config(verb) => config::run(&verb, env),
        Noun::Completion(options) => manual::completion(&options, env),
        Noun::Man(options) => manual::man(options, env),
    }
}
