//! Every bound on what the desk takes, in one value. Checked in the core, before anything is stored.

use serde::{Deserialize, Serialize};

use crate::text::{Invalid, Problem};

/// The bounds. All are inclusive; the defaults fit a helpdesk fed by mail.
///
/// ```
/// use helpdesk_core::Limits;
/// let small = Limits { tags: 3, ..Limits::default() };
/// assert!(small.count("tags", 4, small.tags).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Characters of a subject.
    pub subject_chars: usize,
    /// Characters of a person's name.
    pub name_chars: usize,
    /// Bytes of a message's body.
    pub body_bytes: usize,
    /// Tags on a ticket.
    pub tags: usize,
    /// Custom fields on a ticket, and definitions in a tenant.
    pub fields: usize,
    /// Bytes of one custom field's text.
    pub field_bytes: usize,
    /// Attachments on a message.
    pub attachments: usize,
    /// Bytes of one attachment, as its metadata says.
    pub attachment_bytes: u64,
    /// Characters of an attachment's name.
    pub file_name_chars: usize,
    /// Participants on a ticket.
    pub watchers: usize,
    /// Links on a ticket.
    pub links: usize,
    /// External references on a ticket or on a message.
    pub external_refs: usize,
    /// Messages on a ticket.
    pub messages: u32,
    /// Items on a page.
    pub page: usize,
    /// Values in one condition of a filter.
    pub filter_values: usize,
    /// Words in one text search.
    pub search_words: usize,
    /// Bytes of a text to search for.
    pub search_bytes: usize,
    /// Characters of an idempotency key.
    pub key_chars: usize,
    /// Calendars of a tenant.
    pub sla_calendars: usize,
    /// Service level policies of a tenant.
    pub sla_policies: usize,
    /// Values in one condition of a policy, statuses in which a clock pauses, people whom a level tells.
    pub sla_condition_values: usize,
    /// Levels of one clock.
    pub sla_levels: usize,
    /// Years that a time which comes from outside may lie ahead of the clock.
    pub years_ahead: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            subject_chars: 500,
            name_chars: 200,
            body_bytes: 2 * 1024 * 1024,
            tags: 50,
            fields: 100,
            field_bytes: 16 * 1024,
            attachments: 50,
            attachment_bytes: 50 * 1024 * 1024,
            file_name_chars: 255,
            watchers: 100,
            links: 200,
            external_refs: 20,
            messages: 100_000,
            page: 500,
            filter_values: 50,
            search_words: 16,
            search_bytes: 4096,
            key_chars: 200,
            sla_calendars: 200,
            sla_policies: 200,
            sla_condition_values: 200,
            sla_levels: 20,
            years_ahead: 10,
        }
    }
}

impl Limits {
    /// Says whether `count` entries of `field` are within `max`.
    ///
    /// # Errors
    /// If there are more.
    pub fn count(&self, field: &str, count: usize, max: usize) -> Result<(), Invalid> {
        if count > max { Err(Invalid::new(field.to_owned(), Problem::TooMany { max })) } else { Ok(()) }
    }
}
