//! Cursors: a position in an order, opaque, bound to the tenant and the query. They carry no right: whoever goes
//! on from one still sees only what the query's scope shows.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Position, QueryError, TicketQuery};
use crate::party::TenantId;
use crate::ticket::TicketId;

/// Where to go on.
///
/// ```
/// use helpdesk_core::party::TenantId;
/// use helpdesk_core::query::{Cursor, Position, Sort, TicketFilter, TicketQuery};
/// use helpdesk_core::ticket::TicketId;
/// let (acme, other) = (TenantId::new("acme").unwrap(), TenantId::new("other").unwrap());
/// let query = TicketQuery::new(TicketFilter::all(), Sort::Priority, "2026-11-02T09:00:00Z".parse().unwrap());
/// let here = Position { major: 1, minor: 2, id: TicketId(uuid::Uuid::from_u128(3)) };
/// let cursor = Cursor::new(&acme, &query, here);
/// assert_eq!(cursor.open(&acme, &query).unwrap(), here);
/// assert!(cursor.open(&other, &query).is_err());
/// assert!(Cursor::from(cursor.as_str()[1..].to_owned()).open(&acme, &query).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor(String);

const POSITION_BYTES: usize = 32;
const SEAL_BYTES: usize = 12;

impl Cursor {
    /// The cursor of a position.
    pub fn new(tenant: &TenantId, query: &TicketQuery, position: Position) -> Self {
        let mut bytes = Vec::with_capacity(POSITION_BYTES + SEAL_BYTES);
        bytes.extend(position.major.to_be_bytes());
        bytes.extend(position.minor.to_be_bytes());
        bytes.extend(position.id.0.as_bytes());
        let seal = seal(tenant, query, &bytes);
        bytes.extend(seal);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// The position, if the cursor belongs to this tenant and this query.
    ///
    /// # Errors
    /// [`QueryError::Cursor`] if it does not, or is damaged.
    pub fn open(&self, tenant: &TenantId, query: &TicketQuery) -> Result<Position, QueryError> {
        self.read(tenant, query).ok_or(QueryError::Cursor)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn read(&self, tenant: &TenantId, query: &TicketQuery) -> Option<Position> {
        // A cursor has a fixed length; a longer text is no cursor and is not decoded.
        let bytes = (self.0.len() < 128).then(|| URL_SAFE_NO_PAD.decode(&self.0).ok()).flatten()?;
        let (position, given) = bytes.split_at_checked(POSITION_BYTES)?;
        if given != seal(tenant, query, position) {
            return None;
        }
        Some(Position {
            major: i64::from_be_bytes(position[..8].try_into().ok()?),
            minor: i64::from_be_bytes(position[8..16].try_into().ok()?),
            id: TicketId(Uuid::from_slice(&position[16..]).ok()?),
        })
    }
}

impl From<String> for Cursor {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// Binds a position to the tenant and the query; the query's instant does not count, since it differs from page to page.
fn seal(tenant: &TenantId, query: &TicketQuery, position: &[u8]) -> [u8; SEAL_BYTES] {
    let bound = (tenant, &query.filter, query.sort, &query.scope, &query.reader);
    let mut hash = Sha256::new();
    hash.update(b"helpdesk cursor 1");
    hash.update(serde_json::to_vec(&bound).unwrap_or_default());
    hash.update(position);
    let mut seal = [0; SEAL_BYTES];
    seal.copy_from_slice(&hash.finalize()[..SEAL_BYTES]);
    seal
}
