//! The board: what there is to do, in numbers, and what comes first.

use super::list::ListRequest;
use super::{AgentDesk, Error};
use crate::query::{Assignee, GroupBy, PageSize, Sort, Tally, TicketFilter};
use crate::store::TicketRow;

/// The state of a desk at a glance.
#[derive(Debug, Clone, PartialEq)]
pub struct Board {
    /// Tickets by status category, those without tickets left out.
    pub by_category: Vec<Tally>,
    /// Live tickets that the agent has something to read in.
    pub unread: u64,
    /// Tickets past their due time.
    pub overdue: u64,
    /// Unsolved tickets that nobody works on.
    pub unassigned: u64,
    /// Unsolved tickets that the agent works on.
    pub mine: u64,
    /// What comes first: unsolved tickets, critical first, among equals the oldest.
    pub first: Vec<TicketRow>,
}

/// The filters behind the board's numbers: unread, overdue, unassigned.
pub fn board_filters() -> [TicketFilter; 3] {
    [
        TicketFilter::unread(),
        TicketFilter { overdue: true, ..TicketFilter::unsolved() },
        TicketFilter { assignee: Some(Assignee::Nobody), ..TicketFilter::unsolved() },
    ]
}

impl AgentDesk<'_> {
    /// The board as this agent sees it, with the first `rows` tickets.
    ///
    /// # Errors
    /// If `rows` is not the size of a page.
    pub async fn board(&self, rows: PageSize) -> Result<Board, Error> {
        let [unread, overdue, unassigned] = board_filters();
        let mine = match self.id() {
            Some(id) => {
                let assignee = Some(Assignee::Agent(id.clone()));
                self.total(&TicketFilter { assignee, ..TicketFilter::unsolved() }).await?
            }
            None => 0,
        };
        let first = ListRequest { sort: Sort::Priority, size: rows, ..ListRequest::of(TicketFilter::unsolved()) };
        Ok(Board {
            by_category: self.count(&TicketFilter::default(), GroupBy::StatusCategory).await?,
            unread: self.total(&unread).await?,
            overdue: self.total(&overdue).await?,
            unassigned: self.total(&unassigned).await?,
            mine,
            first: self.list(&first).await?.rows,
        })
    }
}
