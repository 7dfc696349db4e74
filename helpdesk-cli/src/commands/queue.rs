//! `queue`: work that nobody has taken yet.

use helpdesk_core::access::Action;
use helpdesk_core::desk::{Error, ListRequest, queue_filter};
use helpdesk_core::party::TeamId;

use super::conditions::conditions;
use super::ticket;
use crate::args::QueueVerb;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::Phrase;
use crate::output::{Beside, ticket_object, ticket_row, ticket_sheet};

/// Nothing is left.
const EMPTY: Phrase = Phrase("the queue is empty", "die Warteschlange ist leer");

/// Runs a verb.
///
/// # Errors
/// `NotFound` if the queue is empty and the next ticket is asked for.
pub(super) async fn run(verb: QueueVerb, env: &Env) -> Result<(), Failure> {
    let agent = env.agent(Action::TicketNote).await?;
    let empty = || Failure::from(Error::NotFound { what: "ticket in the queue" }).hinting(EMPTY);
    match verb {
        QueueVerb::List(options) => {
            let team = options.team.map(TeamId::new).transpose()?;
            let request = ListRequest { filter: queue_filter(team), ..ticket::page(&options.page)? };
            ticket::print_list(&agent, &request, options.page.no_total, env).await
        }
        QueueVerb::Next(options) if options.claim => {
            let team = options.team.map(TeamId::new).transpose()?;
            let outcome = agent.claim_next(team, &conditions(&options.write)?).await?.ok_or_else(empty)?;
            ticket::print_written(&agent, &outcome, &[], env).await
        }
        QueueVerb::Next(options) => {
            let team = options.team.map(TeamId::new).transpose()?;
            let row = agent.queue_next(team).await?.ok_or_else(empty)?;
            let beside = Beside { lock: row.lock, mark: row.mark, reader: agent.id().cloned() };
            let mut sheet = ticket_sheet();
            sheet.rows.push(ticket_row(&row.ticket, &beside, &env.output));
            env.output.item("helpdesk/ticket/1", ticket_object(&row.ticket, &beside, &env.output), &[], &sheet)?;
            env.output.next("helpdesk queue next --claim");
            Ok(())
        }
    }
}
