//! The form of what `export` writes and `import` reads: schemas of lines and columns of CSV. Neither is done here.

/// The schema of a ticket's line.
pub(super) const TICKET: &str = "helpdesk/export.ticket/1";
/// The schema of a record's line.
pub(super) const RECORD: &str = "helpdesk/export.record/1";

/// The columns that are read.
pub(super) const KNOWN: [&str; 16] = [
    "external_id",
    "number",
    "created_at",
    "requester_id",
    "requester_name",
    "requester_email",
    "subject",
    "body",
    "channel",
    "kind",
    "priority",
    "category",
    "tags",
    "status",
    "assignee",
    "team",
];

/// The columns that an export has and an import cannot set.
pub(super) const TOLD: [&str; 3] = ["updated_at", "resolved_at", "closed_at"];
