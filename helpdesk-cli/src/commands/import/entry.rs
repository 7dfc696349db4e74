//! One entry of an import: what it is, and how the desk takes it.

use helpdesk_core::Settings;
use helpdesk_core::desk::{AdminDesk, Error, ErrorKind, ImportRequest, Imported, RecordDump, TicketDump};
use helpdesk_core::text::Language;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::super::form::{RECORD, TICKET};
use super::reason::{self, Reason};
use crate::failure::Failure;

/// How far into a line its schema is looked for.
const SCHEMA_WITHIN: usize = 256;

/// A line or row, as it was read.
pub(crate) struct Entry {
    /// Its line.
    pub(crate) number: u64,
    /// How many bytes of the file are read.
    pub(crate) offset: u64,
    /// The bytes, for whoever mends it.
    pub(crate) text: Vec<u8>,
    /// What it is.
    pub(crate) work: Work,
}

/// What an entry is.
pub(crate) enum Work {
    /// A line of JSON.
    Line,
    /// A row that was understood.
    Row(Box<ImportRequest>),
    /// It cannot be understood.
    Bad(Reason),
}

/// What happened to an entry.
pub(crate) enum Took {
    /// It is there now.
    Created,
    /// It was there before.
    Known,
    /// It was not taken.
    Rejected(Reason),
}

/// What happened to which entry.
pub(crate) struct Answer {
    /// Its line.
    pub(crate) number: u64,
    /// Its bytes; empty unless it was rejected.
    pub(crate) text: Vec<u8>,
    /// What happened; an error ends the import.
    pub(crate) took: Result<Took, Failure>,
}

/// How entries are taken.
#[derive(Clone)]
pub(crate) struct Job {
    /// By whom.
    pub(crate) admin: AdminDesk<'static>,
    /// What the ids belong to.
    pub(crate) source: String,
    /// Only checking.
    pub(crate) dry_run: bool,
    /// The language of a tenant that it makes.
    pub(crate) language: Language,
}

#[derive(Deserialize)]
struct Marked {
    schema: String,
}

#[derive(Deserialize)]
struct Line<T> {
    item: T,
}

impl Entry {
    /// Roughly how much memory it takes.
    pub(crate) fn size(&self) -> usize {
        self.text.len()
    }

    /// Whether it is a record of an export.
    pub(crate) fn is_record(&self) -> bool {
        matches!(self.work, Work::Line) && self.schema().as_deref() == Some(RECORD)
    }

    /// Whether it is of an export.
    pub(crate) fn is_export(&self) -> bool {
        matches!(self.work, Work::Line) && matches!(self.schema().as_deref(), Some(RECORD | TICKET))
    }

    /// Whether it asks for something. What cannot be read says nothing of what the file is.
    pub(crate) fn is_request(&self) -> bool {
        match self.work {
            Work::Row(_) => true,
            Work::Line => !self.is_export() && serde_json::from_slice::<IgnoredAny>(&self.text).is_ok(),
            Work::Bad(_) => false,
        }
    }

    fn schema(&self) -> Option<String> {
        let head = &self.text[..self.text.len().min(SCHEMA_WITHIN)];
        let marked = head.windows(9).any(|window| window == b"\"schema\":" || window == b"\"schema\" ");
        if marked { serde_json::from_slice::<Marked>(&self.text).ok().map(|marked| marked.schema) } else { None }
    }
}

impl Job {
    /// Makes the tenant if it has no settings, as `init` would.
    pub(crate) async fn make_tenant(&self) -> Result<(), Failure> {
        self.admin.init(&Settings { language: self.language, ..Settings::usual() }).await?;
        Ok(())
    }

    /// Takes an entry.
    pub(crate) async fn take(self, mut entry: Entry) -> Answer {
        let work = std::mem::replace(&mut entry.work, Work::Line);
        let took = match work {
            Work::Bad(reason) => Ok(Took::Rejected(reason)),
            Work::Row(request) => self.request(*request).await,
            Work::Line => match entry.schema().as_deref() {
                Some(RECORD) => match reason::read::<Line<RecordDump>>(&entry.text) {
                    Ok(line) => self.record(line.item).await,
                    Err(reason) => Ok(Took::Rejected(reason)),
                },
                Some(TICKET) => match reason::read::<Line<TicketDump>>(&entry.text) {
                    Ok(line) => self.ticket(line.item).await,
                    Err(reason) => Ok(Took::Rejected(reason)),
                },
                _ => match reason::read::<ImportRequest>(&entry.text) {
                    Ok(request) => self.request(request).await,
                    Err(reason) => Ok(Took::Rejected(reason)),
                },
            },
        };
        let text = if matches!(took, Ok(Took::Rejected(_))) { entry.text } else { Vec::new() };
        Answer { number: entry.number, text, took }
    }

    async fn request(&self, request: ImportRequest) -> Result<Took, Failure> {
        let imported = if self.dry_run {
            self.admin.try_import(&self.source, request).await
        } else {
            self.admin.import(&self.source, request).await
        };
        answer(imported.map(|imported| matches!(imported, Imported::Created(_))))
    }

    async fn record(&self, record: RecordDump) -> Result<Took, Failure> {
        if self.dry_run {
            return Ok(Took::Known);
        }
        answer(self.admin.restore_record(record).await)
    }

    async fn ticket(&self, dump: TicketDump) -> Result<Took, Failure> {
        if self.dry_run {
            return answer(dump.check().map(|()| true).map_err(Error::from));
        }
        answer(self.admin.restore(dump).await)
    }
}

/// What is wrong with the entry rejects it; what is wrong with the store ends the import.
fn answer(result: Result<bool, Error>) -> Result<Took, Failure> {
    match result {
        Ok(true) => Ok(Took::Created),
        Ok(false) => Ok(Took::Known),
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::Conflict | ErrorKind::Rejected => Ok(Took::Rejected(Reason::from(&error))),
            _ => Err(error.into()),
        },
    }
}
