//! Where everything stands: the keys, engine-neutral. Their order is the order of their bytes.
//!
//! | space | key behind it | value |
//! |---|---|---|
//! | `0` of the store | name | a number: the version of this layout, the last place in the outbox |
//! | `1` of a tenant | tenant, table, … | see below |
//! | `2` timers | bucket, at, timer, tenant, ticket | – |
//! | `3` outbox | bucket, place | what is delivered, and who holds it |
//! | `4` outbox by place | place | the bucket |
//! | `5` used keys by time | at, tenant, source, key | – |
//!
//! Everything of a tenant is one range. The other spaces are those of schedulers, led by the bucket of the tenant, so
//! that workers share them.
//!
//! | table of a tenant | key behind it | value |
//! |---|---|---|
//! | ticket | id | the ticket |
//! | lock | ticket | its slot |
//! | message | ticket, position | the message |
//! | event | ticket, place | the event |
//! | revision | ticket, place | what personal values were |
//! | number | normalised number | the ticket's id |
//! | drawn | scope | the last sequence that was drawn |
//! | external | source, id | the ticket's id |
//! | record | kind, key | version and value |
//! | key | source, key | what an idempotency key gave, and when |
//! | mark | ticket, agent | how far she has read |
//! | mark by agent | agent, live, ticket | – |
//! | index | source, …, id | – |
//! | counter | counted, shelf, status, rank | how many |
//!
//! The further pieces of a value that is too long for one row stand behind `7f` in its tenant's range or its space, under
//! its key and their number. The engine masks keys, and counts acts under a key that none of these can be.
//!
//! Parts of a key: a byte; a count of 8 bytes, largest first; an instant or rank of 8 bytes, shifted so that negative
//! ones come first; an id of 16 bytes; a text with every zero byte doubled to `00 ff`, ended by `00 00`, so that texts
//! sort by their bytes and none is the beginning of another. Numbers in this file stand in stores and never change.

use std::ops::Range;

use helpdesk_core::party::TenantId;
use helpdesk_core::store::Shard;
use helpdesk_core::ticket::{StatusCategory, TicketId};
use uuid::Uuid;

use super::engine::Bytes;
use super::error::Fault;

/// The version of this layout.
pub(crate) const VERSION: u32 = 1;

/// What does not belong to one tenant's range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    Store = 0,
    Tenant = 1,
    Timers = 2,
    Outbox = 3,
    OutboxPlaces = 4,
    KeyTimes = 5,
}

/// The tables of a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    Ticket = b't' as isize,
    Lock = b'l' as isize,
    Message = b'm' as isize,
    Event = b'e' as isize,
    Revision = b'v' as isize,
    Number = b'n' as isize,
    Drawn = b'd' as isize,
    External = b'x' as isize,
    Record = b'r' as isize,
    Key = b'k' as isize,
    Mark = b'a' as isize,
    MarkByAgent = b'b' as isize,
    Index = b'i' as isize,
    Counter = b'c' as isize,
}

/// What a ticket is found by. Behind `Created`, `Updated` and `Due` stand shelf, status, rank, that time, id; behind
/// `Breach` and `Locked` an instant and id; behind the others the value, live, rank, creation, id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Created = 1,
    Updated = 2,
    Due = 3,
    Assignee = 4,
    Team = 5,
    Category = 6,
    Requester = 7,
    Organization = 8,
    Tag = 9,
    Term = 10,
    Participant = 11,
    Breach = 12,
    Locked = 13,
}

/// A status category as it is kept.
pub(crate) fn shelf(category: StatusCategory) -> u8 {
    match category {
        StatusCategory::New => 0,
        StatusCategory::Active => 1,
        StatusCategory::WaitingOnRequester => 2,
        StatusCategory::WaitingOnOther => 3,
        StatusCategory::Resolved => 4,
        StatusCategory::Closed => 5,
        StatusCategory::Spam => 6,
    }
}

/// Where the pieces of values stand that are too long for one: between the tenant and the table of their key.
const PIECES: u8 = 0x7f;

/// A key, or the beginning of several.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    bytes: Bytes,
    /// How far the part goes that says whose it is.
    owner: usize,
}

impl Key {
    /// The beginning of a space.
    pub(crate) fn space(space: Space) -> Self {
        Self { bytes: vec![space as u8], owner: 1 }
    }

    /// The beginning of a tenant's range.
    pub(crate) fn tenant(tenant: &TenantId) -> Self {
        let mut key = Self::space(Space::Tenant).text(tenant.as_str());
        key.owner = key.bytes.len();
        key
    }

    /// The beginning of a tenant's table.
    pub(crate) fn table(tenant: &TenantId, table: Table) -> Self {
        Self::tenant(tenant).byte(table as u8)
    }

    /// The beginning of an index.
    pub(crate) fn index(tenant: &TenantId, source: Source) -> Self {
        Self::table(tenant, Table::Index).byte(source as u8)
    }

    /// What stands under a ticket's id in a table.
    pub(crate) fn of_ticket(tenant: &TenantId, table: Table, ticket: TicketId) -> Self {
        Self::table(tenant, table).id(ticket.0)
    }

    /// The beginning of a bucket in a scheduler's space.
    pub(crate) fn bucket(space: Space, bucket: u8) -> Self {
        Self::space(space).byte(bucket)
    }

    /// The bucket of a tenant in a scheduler's space.
    pub(crate) fn bucket_of(space: Space, tenant: &TenantId) -> Self {
        Self::bucket(space, Shard::bucket(tenant))
    }

    pub(crate) fn byte(mut self, byte: u8) -> Self {
        self.bytes.push(byte);
        self
    }

    pub(crate) fn count(mut self, count: u64) -> Self {
        self.bytes.extend(count.to_be_bytes());
        self
    }

    pub(crate) fn int(self, int: i64) -> Self {
        self.count(shifted(int))
    }

    pub(crate) fn id(mut self, id: Uuid) -> Self {
        self.bytes.extend(id.as_bytes());
        self
    }

    pub(crate) fn text(mut self, text: &str) -> Self {
        for byte in text.bytes() {
            self.bytes.push(byte);
            if byte == 0 {
                self.bytes.push(0xff);
            }
        }
        self.bytes.extend([0, 0]);
        self
    }

    /// A key that was found behind this one.
    pub(crate) fn like(&self, bytes: Bytes) -> Self {
        Self { bytes, owner: self.owner }
    }

    /// Where piece number `piece`, from 1, of the value under this key stands.
    pub(crate) fn piece(&self, piece: u16) -> Bytes {
        let (owner, rest) = self.bytes.split_at(self.owner);
        [owner, &[PIECES], rest, &piece.to_be_bytes()].concat()
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        self.bytes
    }

    /// Everything that begins so.
    pub(crate) fn range(&self) -> Range<Bytes> {
        self.bytes.clone()..self.end()
    }

    /// The first key behind everything that begins so.
    pub(crate) fn end(&self) -> Bytes {
        let mut end = self.bytes.clone();
        while end.last() == Some(&0xff) {
            end.pop();
        }
        if let Some(last) = end.last_mut() {
            *last += 1;
        }
        end
    }

    /// The first key behind this very one.
    pub(crate) fn next(&self) -> Bytes {
        [self.bytes(), &[0]].concat()
    }
}

fn shifted(int: i64) -> u64 {
    int.cast_unsigned() ^ (1 << 63)
}

/// A key taken apart from the front.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Parts<'a>(&'a [u8]);

impl<'a> Parts<'a> {
    /// The last `length` bytes of `key`.
    pub(crate) fn tail(key: &'a [u8], length: usize) -> Result<Self, Fault> {
        key.len().checked_sub(length).map(|start| Self(&key[start..])).ok_or_else(bad_key)
    }

    /// What stands behind `prefix` in `key`.
    pub(crate) fn behind(prefix: &Key, key: &'a [u8]) -> Result<Self, Fault> {
        key.strip_prefix(prefix.bytes()).map(Self).ok_or_else(bad_key)
    }

    pub(crate) fn byte(&mut self) -> Result<u8, Fault> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(crate) fn count(&mut self) -> Result<u64, Fault> {
        self.take().map(u64::from_be_bytes)
    }

    pub(crate) fn int(&mut self) -> Result<i64, Fault> {
        Ok((self.count()? ^ (1 << 63)).cast_signed())
    }

    pub(crate) fn ticket(&mut self) -> Result<TicketId, Fault> {
        self.take().map(|bytes| TicketId(Uuid::from_bytes(bytes)))
    }

    pub(crate) fn text(&mut self) -> Result<String, Fault> {
        let mut text = Vec::new();
        loop {
            match (self.byte()?, self.0.first()) {
                (0, Some(0)) => break,
                (0, Some(0xff)) => text.push(0),
                (0, _) => return Err(bad_key()),
                (byte, _) => {
                    text.push(byte);
                    continue;
                }
            }
            self.byte()?;
        }
        self.byte()?;
        String::from_utf8(text).map_err(|_| bad_key())
    }

    pub(crate) fn tenant(&mut self) -> Result<TenantId, Fault> {
        TenantId::new(self.text()?).map_err(|_| bad_key())
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or_else(bad_key)?;
        self.0 = rest;
        Ok(*taken)
    }
}

fn bad_key() -> Fault {
    Fault::Damaged("a key is malformed".to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(text: &str, int: i64, count: u64) -> Key {
        Key::space(Space::Store).text(text).int(int).count(count)
    }

    proptest! {
        #[test]
        fn keys_sort_as_what_they_are_made_of(a: (String, i64, u64), b: (String, i64, u64)) {
            prop_assert_eq!(a.cmp(&b), key(&a.0, a.1, a.2).cmp(&key(&b.0, b.1, b.2)));
        }

        #[test]
        fn keys_are_taken_apart_as_they_were_put_together(text in ".*\\PC*\0?.*", int: i64, count: u64) {
            let key = key(&text, int, count);
            let mut parts = Parts::behind(&Key::space(Space::Store), key.bytes()).unwrap();
            prop_assert_eq!((parts.text().unwrap(), parts.int().unwrap(), parts.count().unwrap()), (text, int, count));
            prop_assert!(parts.byte().is_err());
        }

        #[test]
        fn a_range_has_what_begins_so_and_nothing_else(text: String, other: String, int: i64) {
            let range = Key::space(Space::Tenant).text(&text).range();
            let inside = Key::space(Space::Tenant).text(&text).int(int);
            prop_assert!(range.contains(&inside.into_bytes()));
            prop_assert_eq!(range.contains(&Key::space(Space::Tenant).text(&other).into_bytes()), text == other);
        }
    }

    #[test]
    fn nothing_malformed_is_taken_for_a_key() {
        for bytes in [&[][..], &[0], &[1, 0, 0], &[0, 1, 2], &[0, b'a', 0, 7]] {
            let parts = Parts::behind(&Key::space(Space::Store), bytes);
            assert!(parts.is_err() || parts.unwrap().text().is_err(), "{bytes:?}");
        }
    }
}
