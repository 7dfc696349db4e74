//! What may be asked of all tickets: filters, order, pages. `matches` and the comparator are the meaning of every
//! query; a backend may be faster, never different.

mod cursor;
mod filter;
mod kept;
mod lead;
mod matches;
mod page;
mod scope;
mod sort;
mod status_words;
mod tally;
mod terms;

pub use cursor::Cursor;
pub use filter::{Assignee, TicketFilter, TicketQuery, TimeRange};
pub use kept::Kept;
pub use lead::{Lead, Walk};
pub use matches::Seen;
pub use page::{PageRequest, PageSize, QueryError};
pub use scope::Scope;
pub use sort::{Position, Sort};
pub use tally::{GroupBy, Tally};
pub use terms::{TERMS_VERSION, terms};
