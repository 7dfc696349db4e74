//! What servers say differently: whole statements where they differ as a whole, pieces where they differ in one. Each is
//! a literal; each server has one table of them.

use super::bulk::Bulk;
use super::sql::Sql;
use super::value::Value;
use crate::rows::plan::Source;
use crate::schema::Migration;

/// How a server is spoken to.
pub(crate) struct Dialect {
    /// The backend's name, as in its URL.
    pub(crate) name: &'static str,

    /// The steps to the present form of the tables.
    pub(crate) migrations: &'static [Migration],
    /// Counts our tables in a schema, or where the connection looks: 0 or 1.
    pub(crate) has_schema: fn(schema: Option<&str>) -> Sql,
    /// The rows of [`SchemaStatus::read`](crate::schema::SchemaStatus::read).
    pub(crate) look: &'static str,
    /// The engine with its version, and the bytes of our tables in a schema, or where the connection looks.
    pub(crate) about: fn(schema: Option<&str>) -> Sql,

    /// Rows as the values that its statements take apart.
    pub(crate) bulk: fn(&Bulk) -> Vec<Value>,

    /// Locks tickets in the order of their keys: tenant, id, version, end of history, lock. Takes a bulk of tenant and id.
    pub(crate) lock: &'static str,
    /// The same without those that somebody else holds.
    pub(crate) lock_free: &'static str,
    /// What stands beside tickets: sort, place, version, text, ticket. Takes four bulks that begin with a place and a
    /// tenant: records (kind, name), keys and references (source, name), numbers (key).
    pub(crate) standing: &'static str,
    /// Records as the transaction sees them and as they stand, each with a place and a version, for an engine that lets
    /// what it does not see be written over. Takes a bulk of places, tenants, kinds and names.
    pub(crate) seen_and_newest: Option<[&'static str; 2]>,
    /// Raises a tenant's row, and so waits for whoever else did.
    pub(crate) raise_tenant: &'static str,
    /// Takes sequences out of a scope: tenant, scope, how many twice over. Gives what comes next after them.
    pub(crate) reserve: &'static str,
    /// The same as an act by itself.
    pub(crate) reserve_alone: &'static str,
    /// Gives sequences back that were not used: what comes next, tenant, scope, what came next before.
    pub(crate) give_back: &'static str,

    /// The first branch of what a decision needs; it finds nothing, and says the types of the columns.
    pub(crate) load: &'static str,
    /// Swaps a lock.
    pub(crate) swap: SwapText,
    /// Moves a mark, never back, and holds its ticket meanwhile, so that the mark stays on the ticket's shelf: agent,
    /// position, tenant, ticket.
    pub(crate) mark: &'static str,
    /// Forgets keys: before when, how many.
    pub(crate) forget: &'static str,
    /// Every tenant that has anything.
    pub(crate) tenants: &'static str,

    /// The due timers of buckets: at, name, tenant, ticket.
    pub(crate) due: fn(buckets: &[i64], now: i64, limit: i64) -> Sql,
    /// Holds buckets that nobody holds.
    pub(crate) hold_free: &'static str,
    /// Holds buckets, waiting for them.
    pub(crate) hold: &'static str,
    /// The free rows of buckets, oldest first.
    pub(crate) waiting: fn(buckets: &[i64], now: i64, limit: i64) -> Sql,
    /// Gives rows of the outbox to a token.
    pub(crate) claim: fn(token: Value, until: Value, positions: Value) -> Sql,
    /// Takes rows out.
    pub(crate) acknowledge: fn(positions: Value, token: Value) -> Sql,
    /// Gives rows back.
    pub(crate) release: fn(free_at: Value, positions: Value, token: Value) -> Sql,

    /// Rows that should be there and are not, by their ticket: of values, timers, references.
    pub(crate) values_missing: &'static str,
    pub(crate) timers_missing: &'static str,
    pub(crate) externals_missing: &'static str,

    /// What stands behind a table's name so that a source's index is used.
    pub(crate) hint: fn(Source) -> &'static str,
    /// What stands behind a table's name so that its primary key is used.
    pub(crate) by_key: &'static str,
    /// Status is one of a list.
    pub(crate) status_in: &'static str,
    /// A value is another one, or missing.
    pub(crate) requester_not: &'static str,
    pub(crate) organization_not: &'static str,
    /// The first branch of lists and counts; it finds nothing, and says the types of the columns: three of a place, then
    /// id, document or group, lock, mark or group, count.
    pub(crate) listed: &'static str,
    /// The beginning of a sum over kept counts, in the same columns less the place; its first branch finds nothing.
    pub(crate) summed: &'static str,
}

/// Swaps a lock and tells of it, in one round trip.
pub(crate) struct SwapText {
    /// Slot, until, events, tenant, ticket, seen slot.
    pub(crate) swap: &'static str,
    /// Adds the event: its version, instant, actor, id and document.
    pub(crate) event: &'static str,
    /// Adds it to the outbox: its bucket.
    pub(crate) delivery: &'static str,
    /// What both follow, if it was swapped: tenant, ticket.
    pub(crate) swapped: &'static str,
    pub(crate) end: &'static str,
}

impl Dialect {
    /// A statement whose placeholders are the columns of bulks, one after the other.
    pub(crate) fn over<const N: usize>(&self, text: &'static str, bulks: [&Bulk; N]) -> Sql {
        let mut sql = Sql::new();
        let mut params = Vec::new();
        for bulk in bulks {
            for value in (self.bulk)(bulk) {
                params.push(sql.param(value));
            }
        }
        sql.add(text, &params);
        sql
    }
}
