//! What sort of ticket it is, in the four trades that ticketing serves.

use crate::text::slug;

slug!(
    /// A kind of ticket. The known ones are constants; a tenant may name others.
    ///
    /// ```
    /// use helpdesk_core::ticket::TicketKind;
    /// assert_eq!(TicketKind::default().as_str(), TicketKind::TICKET);
    /// assert!(TicketKind::new("incident").is_ok());
    /// ```
    TicketKind, "kind"
);

impl TicketKind {
    /// A request of no particular kind: the default.
    pub const TICKET: &'static str = "ticket";
    /// Something is broken (ITIL incident).
    pub const INCIDENT: &'static str = "incident";
    /// The cause of incidents (ITIL problem).
    pub const PROBLEM: &'static str = "problem";
    /// A change to be made (ITIL change).
    pub const CHANGE: &'static str = "change";
    /// Something ordered (ITIL service request).
    pub const SERVICE_REQUEST: &'static str = "service_request";
    /// A fault in a product (issue tracking).
    pub const BUG: &'static str = "bug";
    /// Work to be done (issue tracking).
    pub const TASK: &'static str = "task";
}

impl Default for TicketKind {
    fn default() -> Self {
        #[expect(clippy::expect_used, reason = "the literal is a slug; the doc test of the type builds it")]
        Self::new(Self::TICKET).expect("a literal kind is a slug")
    }
}
