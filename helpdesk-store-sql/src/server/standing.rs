//! What stands where commits want to write, looked up for several of them at once while their tickets are held. What
//! follows from it is decided in the core.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Commit, IdempotencyKey, NumberSource, RecordKey, Replay, Standing};
use helpdesk_core::ticket::{ExternalRef, LockSlot, NumberKey, TicketId, Version};

use super::bulk::Bulk;
use super::link::{Link, Waiting};
use super::value::Value;
use crate::fault::Fault;
use crate::rows::columns::{Columns, parse};
use crate::rows::index::added_externals;

/// What was found, of every tenant that was asked for.
#[derive(Default)]
pub(crate) struct Found {
    heads: HashMap<(String, TicketId), Head>,
    /// Those that were wanted, in the order in which they were asked for.
    probes: Probes,
    records: HashMap<i64, Version>,
    keys: HashMap<i64, Replay>,
    externals: HashMap<i64, TicketId>,
    numbers: BTreeSet<i64>,
}

/// A ticket's row as it stands.
pub(crate) struct Head {
    version: Version,
    lock: LockSlot,
}

/// Where each thing that is looked up stands among those of its sort.
#[derive(Default)]
struct Probes {
    records: BTreeMap<(TenantId, RecordKey), i64>,
    keys: HashMap<(TenantId, String, String), i64>,
    externals: BTreeMap<(TenantId, ExternalRef), i64>,
    numbers: BTreeMap<(TenantId, NumberKey), i64>,
}

/// One tenant's part of it.
pub(crate) struct Of<'f> {
    found: &'f Found,
    tenant: &'f TenantId,
}

impl Found {
    /// Holds the tickets of the commits and looks up the rest. Tickets that somebody else holds are passed if they are
    /// not waited for, and then not found.
    pub(crate) async fn hold(link: &mut dyn Link, commits: &[&Commit], waiting: Waiting) -> Result<Self, Fault> {
        let mut found = Self::default();
        let mut wanted = BTreeSet::new();
        for commit in commits {
            let written = commit.tickets.iter().map(|write| write.after.id);
            let fenced = commit.fences.iter().map(|fence| fence.ticket);
            wanted.extend(written.chain(fenced).map(|id| (&commit.tenant, id)));
            found.probes.of(commit);
        }
        if !wanted.is_empty() {
            let mut bulk = Bulk::default();
            for (tenant, id) in wanted {
                bulk.push([tenant.as_str().into(), id.into()]);
            }
            let dialect = link.dialect();
            let text = if waiting == Waiting::Pass { dialect.lock_free } else { dialect.lock };
            for row in link.rows(&dialect.over(text, [&bulk])).await? {
                let id = row.ticket_id(1)?;
                let lock = row.maybe_text(4)?;
                let lock = lock.map(|text| parse(&text, || format!("the lock of ticket {id}"))).transpose()?;
                let head = Head { version: row.version(2)?, lock: lock.unwrap_or_default() };
                found.heads.insert((row.text(0)?, id), head);
            }
        }
        // A statement of its own, after the locks: what it finds is not older than they are.
        found.look(link).await?;
        Ok(found)
    }

    /// Whether the transaction keeps to a view in which other records stand than those that commits write or rest on, once
    /// nobody else can write any.
    pub(crate) async fn is_outdated(link: &mut dyn Link, commits: &[&Commit]) -> Result<bool, Fault> {
        let dialect = link.dialect();
        let mut probes = Probes::default();
        for commit in commits {
            probes.of(commit);
        }
        let (Some([seen, newest]), Some([records, ..])) = (dialect.seen_and_newest, probes.bulks()) else {
            return Ok(false);
        };
        let mut found = [seen, newest].map(|_| BTreeMap::new());
        for (text, found) in [seen, newest].into_iter().zip(&mut found) {
            for row in link.rows(&dialect.over(text, [&records])).await? {
                found.insert(row.int(0)?, row.version(1)?);
            }
        }
        Ok(found[0] != found[1])
    }

    /// Whether numbers are taken.
    pub(crate) async fn numbers(
        link: &mut dyn Link,
        tenant: &TenantId,
        numbers: impl IntoIterator<Item = NumberKey>,
    ) -> Result<Self, Fault> {
        let mut found = Self::default();
        for number in numbers {
            next(&mut found.probes.numbers, (tenant.clone(), number));
        }
        found.look(link).await?;
        Ok(found)
    }

    async fn look(&mut self, link: &mut dyn Link) -> Result<(), Fault> {
        let Some(bulks) = self.probes.bulks() else { return Ok(()) };
        let dialect = link.dialect();
        let [records, keys, externals, numbers] = &bulks;
        for row in link.rows(&dialect.over(dialect.standing, [records, keys, externals, numbers])).await? {
            let place = row.int(1)?;
            match row.int(0)? {
                1 => drop(self.records.insert(place, row.version(2)?)),
                2 => {
                    let ticket = row.maybe_uuid(4)?.map(TicketId);
                    let replay = Replay { fingerprint: row.text(3)?, ticket, version: row.version(2)? };
                    self.keys.insert(place, replay);
                }
                3 => drop(self.externals.insert(place, row.ticket_id(4)?)),
                _ => drop(self.numbers.insert(place)),
            }
        }
        Ok(())
    }

    pub(crate) fn of<'f>(&'f self, tenant: &'f TenantId) -> Of<'f> {
        Of { found: self, tenant }
    }

    /// Whether somebody else holds a ticket that this commit writes, going by what could not be held.
    pub(crate) fn is_held_up(&self, commit: &Commit) -> bool {
        let missing = |id| !self.heads.contains_key(&(commit.tenant.as_str().to_owned(), id));
        commit.tickets.iter().any(|write| write.before.is_some() && missing(write.after.id))
            || commit.fences.iter().any(|fence| missing(fence.ticket))
    }

    pub(crate) fn is_taken(&self, tenant: &TenantId, number: &NumberKey) -> bool {
        let place = self.probes.numbers.get(&(tenant.clone(), number.clone()));
        place.is_some_and(|place| self.numbers.contains(place))
    }
}

/// The place of something among those of its sort, a new one if it has none.
fn next<K: Ord>(places: &mut BTreeMap<K, i64>, key: K) {
    let place = i64::try_from(places.len()).unwrap_or(i64::MAX);
    places.entry(key).or_insert(place);
}

impl Probes {
    fn of(&mut self, commit: &Commit) {
        let tenant = &commit.tenant;
        let written = commit.records.iter().map(|write| &write.key);
        for key in written.chain(commit.guards.iter().map(|guard| &guard.key)) {
            next(&mut self.records, (tenant.clone(), key.clone()));
        }
        if let Some(key) = &commit.key {
            let place = i64::try_from(self.keys.len()).unwrap_or(i64::MAX);
            self.keys.entry((tenant.clone(), key.source.clone(), key.key.clone())).or_insert(place);
        }
        for write in &commit.tickets {
            for external in added_externals(write) {
                next(&mut self.externals, (tenant.clone(), external));
            }
            if let (NumberSource::Given { number, .. }, None) = (&write.number, &write.before) {
                next(&mut self.numbers, (tenant.clone(), number.key()));
            }
        }
    }

    /// What is asked, by sort; `None` if it is nothing.
    fn bulks(&self) -> Option<[Bulk; 4]> {
        let named = || Bulk::like(&[Value::Int(None), Value::Text(None), Value::Text(None), Value::Text(None)]);
        let numbers = Bulk::like(&[Value::Int(None), Value::Text(None), Value::Text(None)]);
        let mut bulks = [named(), named(), named(), numbers];
        for ((tenant, key), place) in &self.records {
            let row = [(*place).into(), tenant.as_str().into(), key.kind.as_str().into(), key.key.as_str().into()];
            bulks[0].push(row);
        }
        for ((tenant, source, name), place) in &self.keys {
            bulks[1].push([(*place).into(), tenant.as_str().into(), source.as_str().into(), name.as_str().into()]);
        }
        for ((tenant, external), place) in &self.externals {
            let (source, name) = (external.source.as_str(), external.id.as_str());
            bulks[2].push([(*place).into(), tenant.as_str().into(), source.into(), name.into()]);
        }
        for ((tenant, number), place) in &self.numbers {
            bulks[3].push([(*place).into(), tenant.as_str().into(), number.as_str().into()]);
        }
        bulks.iter().any(|bulk| !bulk.is_empty()).then_some(bulks)
    }
}

impl Standing for Of<'_> {
    type Fault = Fault;

    fn replay(&self, key: &IdempotencyKey) -> Result<Option<Replay>, Fault> {
        let place = self.found.probes.keys.get(&(self.tenant.clone(), key.source.clone(), key.key.clone()));
        Ok(place.and_then(|place| self.found.keys.get(place)).cloned())
    }

    fn version(&self, ticket: TicketId) -> Result<Version, Fault> {
        Ok(self.head(ticket).map_or(Version::NONE, |head| head.version))
    }

    fn record_version(&self, key: &RecordKey) -> Result<Version, Fault> {
        let place = self.found.probes.records.get(&(self.tenant.clone(), key.clone()));
        Ok(place.and_then(|place| self.found.records.get(place)).copied().unwrap_or(Version::NONE))
    }

    fn lock(&self, ticket: TicketId) -> Result<LockSlot, Fault> {
        Ok(self.head(ticket).map(|head| head.lock.clone()).unwrap_or_default())
    }

    fn holder(&self, external: &ExternalRef) -> Result<Option<TicketId>, Fault> {
        let place = self.found.probes.externals.get(&(self.tenant.clone(), external.clone()));
        Ok(place.and_then(|place| self.found.externals.get(place)).copied())
    }

    fn is_numbered(&self, number: &NumberKey) -> Result<bool, Fault> {
        Ok(self.found.is_taken(self.tenant, number))
    }
}

impl Of<'_> {
    fn head(&self, ticket: TicketId) -> Option<&Head> {
        self.found.heads.get(&(self.tenant.as_str().to_owned(), ticket))
    }
}
