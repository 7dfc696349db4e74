//! The steps to the present form of a file's tables, and how SQLite notes them.

use crate::schema::{Migration, Notes};

static NOTES: Notes = Notes {
    table: "CREATE TABLE IF NOT EXISTS helpdesk_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, \
            checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
    instead: "ON CONFLICT (one) DO UPDATE SET version = excluded.version, min_reader = excluded.min_reader, \
              min_writer = excluded.min_writer, terms = excluded.terms",
    now: "unixepoch()",
};

pub(super) static STEPS: [Migration; 1] = [Migration {
    version: 1,
    name: "base",
    sql: include_str!("migrations/0001_base.sql"),
    min_reader: 1,
    min_writer: 1,
    terms: 1,
    notes: &NOTES,
}];
