//! The queue: work that nobody has taken yet, and taking the next piece of it.

use super::list::ListRequest;
use super::{AgentDesk, Error, Options, Outcome};
use crate::party::TeamId;
use crate::query::{Assignee, Sort, TicketFilter};
use crate::store::TicketRow;
use crate::ticket::Rejection;

/// What is in the queue: the desk's turn and nobody's work, of one team if it is named.
///
/// ```
/// use helpdesk_core::desk::queue_filter;
/// use helpdesk_core::query::Assignee;
/// assert_eq!(queue_filter(None).assignee, Some(Assignee::Nobody));
/// ```
pub fn queue_filter(team: Option<TeamId>) -> TicketFilter {
    TicketFilter { assignee: Some(Assignee::Nobody), team, ..TicketFilter::open() }
}

impl AgentDesk {
    /// What is next in the queue, without taking it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn queue_next(&self, team: Option<TeamId>) -> Result<Option<TicketRow>, Error> {
        let request = ListRequest { sort: Sort::Priority, ..ListRequest::of(queue_filter(team)) };
        Ok(self.list(&request).await?.rows.into_iter().next())
    }

    /// Takes the next ticket of the queue for oneself. What others take, lock or end meanwhile is passed over.
    /// `None` if nothing is left.
    ///
    /// # Errors
    /// If the agent may not take tickets.
    pub async fn claim_next(&self, team: Option<TeamId>, options: &Options) -> Result<Option<Outcome>, Error> {
        let mut request = ListRequest { sort: Sort::Priority, ..ListRequest::of(queue_filter(team)) };
        loop {
            let page = self.list(&request).await?;
            for row in page.rows {
                match self.claim(row.ticket.id).with(options.clone()).await {
                    Ok(outcome) => return Ok(Some(outcome)),
                    Err(
                        Error::Rejected(
                            Rejection::AlreadyAssigned { .. }
                            | Rejection::Locked(_)
                            | Rejection::IllegalTransition { .. }
                            | Rejection::TicketClosed { .. }
                            | Rejection::TicketIsSpam,
                        )
                        | Error::Conflict { .. }
                        | Error::NotFound { .. },
                    ) => {}
                    Err(other) => return Err(other),
                }
            }
            request.after = page.next;
            if request.after.is_none() {
                return Ok(None);
            }
        }
    }
}
