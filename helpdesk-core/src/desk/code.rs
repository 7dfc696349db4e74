//! The stable codes of errors: all of them, once. Which error has which stands with the error; what people read does not
//! stand here, since programs that embed the desk have words of their own.

/// Defines the codes with their names on the wire.
macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $wire:literal,)*) => {
        /// A stable code. Its name on the wire never changes; new ones may come.
        ///
        /// ```
        /// use helpdesk_core::desk::Code;
        /// assert_eq!(Code::NotFound, "not_found");
        /// assert!(Code::ALL.contains(&Code::Locked));
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The name on the wire.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $wire,)*
                }
            }
        }
    };
}

codes! {
    /// Not there, or not to be seen.
    NotFound = "not_found",
    /// It could mean several tickets.
    Ambiguous = "ambiguous",
    /// The actor may not do it.
    PermissionDenied = "permission_denied",
    /// A value is not acceptable.
    InvalidValue = "invalid_value",
    /// A limit on values was passed.
    LimitExceeded = "limit_exceeded",
    /// A page of no allowed size.
    PageSize = "page_size",
    /// A cursor of another query.
    BadCursor = "bad_cursor",
    /// It was changed meanwhile.
    Conflict = "conflict",
    /// Others kept changing it.
    Contended = "contended",
    /// The idempotency key belongs to another request.
    KeyReused = "key_reused",
    /// The reference belongs to another ticket.
    ExternalTaken = "external_taken",
    /// The number belongs to another ticket.
    NumberTaken = "number_taken",
    /// The workflow has no such move.
    IllegalTransition = "illegal_transition",
    /// The workflow has no such status.
    UnknownStatus = "unknown_status",
    /// The workflow has no status of the sort that the act needs.
    NoStatusFor = "no_status_for",
    /// The ticket is closed.
    TicketClosed = "ticket_closed",
    /// The ticket is spam.
    TicketIsSpam = "ticket_is_spam",
    /// Somebody else has the lock.
    Locked = "locked",
    /// The caller's lock was lost.
    LockLost = "lock_lost",
    /// The act needs the caller's own lock.
    LockRequired = "lock_required",
    /// The request is not resolved.
    NotResolved = "not_resolved",
    /// Somebody else has the ticket.
    AlreadyAssigned = "already_assigned",
    /// The same ticket twice.
    SameTicket = "same_ticket",
    /// It was merged already.
    AlreadyMerged = "already_merged",
    /// It is not merged.
    NotMerged = "not_merged",
    /// Merges would go round in a circle.
    MergeCycle = "merge_cycle",
    /// The desk alone makes such links.
    StructuralLink = "structural_link",
    /// Only an agent can do it.
    AgentOnly = "agent_only",
    /// The instant has passed.
    NotInFuture = "not_in_future",
    /// The ticket is there already.
    AlreadyOpen = "already_open",
    /// The store cannot be reached.
    StoreUnavailable = "store_unavailable",
    /// The store cannot do this.
    StoreUnsupported = "store_unsupported",
    /// Stored data is damaged.
    StoreCorrupt = "store_corrupt",
    /// A limit of the store was passed.
    StoreLimitExceeded = "store_limit_exceeded",
    /// A newer version wrote the store.
    SchemaTooNew = "schema_too_new",
    /// The store is of an older version, or there is none.
    NeedsMigration = "needs_migration",
    /// The host's transaction sees an older state than others have written since: roll it back and begin it anew.
    TransactionConflict = "transaction_conflict",
    /// The store failed in another way.
    StoreFailed = "store_failed",
}

impl std::fmt::Display for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl PartialEq<&str> for Code {
    fn eq(&self, name: &&str) -> bool {
        self.as_str() == *name
    }
}
