//! The queue: work that nobody has taken yet, and taking the next piece of it.

use super::list::ListRequest;
use super::step::{Step, digest};
use super::{AgentDesk, Error, Options, Outcome};
use crate::party::TeamId;
use crate::query::{Assignee, Sort, TicketFilter};
use crate::store::{IdempotencyKey, TicketRow};
use crate::ticket::{Command, Rejection};

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

impl AgentDesk<'_> {
    /// What is next in the queue, without taking it.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn queue_next(&self, team: Option<TeamId>) -> Result<Option<TicketRow>, Error> {
        let request = ListRequest { sort: Sort::Priority, ..ListRequest::of(queue_filter(team)) };
        Ok(self.list(&request).await?.rows.into_iter().next())
    }

    /// Takes the next ticket of the queue for oneself. What others take, lock or end meanwhile is passed over.
    /// `None` if nothing is left. The same idempotency key again gives the ticket that was taken under it; a version
    /// that is expected is that of the ticket that is next.
    ///
    /// # Errors
    /// If the agent may not take tickets; `Conflict` if the next ticket is not at the version expected.
    pub async fn claim_next(&self, team: Option<TeamId>, options: &Options) -> Result<Option<Outcome>, Error> {
        let key = options.idempotency_key.clone().map(|key| IdempotencyKey {
            source: "api".to_owned(),
            key,
            fingerprint: digest(&self.who, &("claim_next", &team)),
        });
        if let Some(key) = &key
            && let Some(outcome) = self.desk.answered(&self.tenant, &self.who, key).await?
        {
            return Ok(Some(outcome));
        }
        let mut request = ListRequest { sort: Sort::Priority, ..ListRequest::of(queue_filter(team)) };
        loop {
            let page = self.list(&request).await?;
            for row in page.rows {
                let step = Step::on(row.ticket.id, Command::Claim);
                match self.desk.execute_under(&self.tenant, &self.who, &[step], options, key.clone()).await {
                    Ok(outcome) => return Ok(Some(outcome)),
                    Err(
                        Error::Rejected(
                            Rejection::AlreadyAssigned { .. }
                            | Rejection::Locked(_)
                            | Rejection::IllegalTransition { .. }
                            | Rejection::TicketClosed { .. }
                            | Rejection::TicketIsSpam,
                        )
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
