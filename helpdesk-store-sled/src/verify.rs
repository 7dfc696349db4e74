//! Looking for damage: how keys and counts belong to their tickets. Whether values can be read is looked at in
//! `readable`; what histories fold to is checked above the port.

use std::collections::{BTreeMap, BTreeSet};

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Damage, Finding, Shard};
use helpdesk_core::ticket::{Ticket, TicketId};

use super::documents::{UsedKey, external_key, key_time, lock, marks_key, number_key, tenants, ticket_key};
use super::engine::{Bytes, Direction};
use super::error::Fault;
use super::index::{Counted, Place, at_place, counted, counter, entries, is_live, lock_key, place};
use super::layout::{Key, Parts, Source, Space, Table};
use super::readable;
use super::view::{View, id, parse};

/// Looks at everything, at one moment. Damage is a finding and never a fault.
pub(crate) fn check(view: View<'_>) -> Result<Vec<Finding>, Fault> {
    let mut findings = Vec::new();
    match structure(view, &mut findings) {
        // Where it belongs to is not known when what it would be known by cannot be read.
        Err(Fault::Damaged(_)) if !findings.is_empty() => {}
        Err(Fault::Damaged(words)) => findings.push(finding("keys", Damage::Engine { words })),
        looked => looked?,
    }
    Ok(findings)
}

fn structure(view: View<'_>, findings: &mut Vec<Finding>) -> Result<(), Fault> {
    readable::of_store(view, findings)?;
    let tenants = tenants(view)?;
    for tenant in &tenants {
        readable::of_tenant(view, tenant, findings)?;
    }
    let mut timers = 0;
    for tenant in &tenants {
        let mut check = Check { view, tenant, findings, tickets: BTreeMap::new() };
        let (index, counts, due) = check.tickets()?;
        timers += due;
        check.strays(index)?;
        check.counters(&counts)?;
        check.references()?;
        check.keys()?;
    }
    let found = amount(view, &Key::space(Space::Timers))?;
    if found > timers {
        findings.push(finding("timers", Damage::Strays { rows: found - timers }));
    }
    let places = amount(view, &Key::space(Space::OutboxPlaces))?;
    let waiting = amount(view, &Key::space(Space::Outbox))?;
    if places != waiting {
        findings.push(finding("outbox", Damage::Strays { rows: places.abs_diff(waiting) }));
    }
    Ok(())
}

/// A tenant that is looked at.
struct Check<'a> {
    view: View<'a>,
    tenant: &'a TenantId,
    findings: &'a mut Vec<Finding>,
    /// Whether each ticket is live.
    tickets: BTreeMap<TicketId, bool>,
}

type Counts = BTreeMap<(Counted, Place), u64>;

impl Check<'_> {
    /// Holds every ticket against what it is found by. Gives how many keys of the index and how many timers there
    /// should be, and what should be counted.
    fn tickets(&mut self) -> Result<(u64, Counts, u64), Fault> {
        let (mut index, mut counts, mut timers) = (0, Counts::new(), 0);
        let table = Key::table(self.tenant, Table::Ticket);
        let own_timers = Key::bucket(Space::Timers, Shard::bucket(self.tenant));
        for key in self.view.keys(&table.range(), Direction::Rising) {
            let ticket_id = Parts::behind(&table, &key?)?.ticket()?;
            let Some(ticket) = self.ticket(ticket_id)? else { continue };
            self.tickets.insert(ticket_id, is_live(&ticket));
            let entries = entries(self.tenant, &ticket);
            let due = entries.iter().filter(|key| key.starts_with(own_timers.bytes())).count() as u64;
            timers += due;
            index += entries.len() as u64 - due;
            for key in &entries {
                if self.view.0.get(key)?.is_none() {
                    self.found(&format!("ticket {ticket_id}"), Damage::Missing { table: "index".to_owned() });
                }
            }
            if let Some(place) = place(&ticket) {
                for counted in counted(&ticket) {
                    *counts.entry((counted, place.clone())).or_default() += 1;
                }
            }
            self.beside(&ticket)?;
        }
        Ok((index, counts, timers))
    }

    /// Nothing if it cannot be read, which was found before.
    fn ticket(&self, ticket_id: TicketId) -> Result<Option<Ticket>, Fault> {
        let read = self
            .view
            .value(&ticket_key(self.tenant, ticket_id))
            .and_then(|value| value.map(|value| parse(&value, "a ticket")).transpose());
        match read {
            Err(Fault::Damaged(_)) => Ok(None),
            read => read,
        }
    }

    /// Number, references, messages and lock of a ticket.
    fn beside(&mut self, ticket: &Ticket) -> Result<(), Fault> {
        let place = format!("ticket {}", ticket.id);
        let numbered = self.view.ticket_id(&number_key(self.tenant, &ticket.number.key()))?;
        if numbered != Some(ticket.id) {
            self.found(&place, Damage::IndexDiffers);
        }
        for external in &ticket.external {
            if self.view.ticket_id(&external_key(self.tenant, external))? != Some(ticket.id) {
                self.found(&place, Damage::Missing { table: "external".to_owned() });
            }
        }
        let messages = amount(self.view, &Key::of_ticket(self.tenant, Table::Message, ticket.id))?;
        if messages != u64::from(ticket.messages) {
            self.found(&place, Damage::Messages { found: messages, expected: ticket.messages.into() });
        }
        let slot = lock(self.view, self.tenant, ticket.id)?;
        if let Some(key) = lock_key(self.tenant, ticket.id, &slot)
            && self.view.0.get(&key)?.is_none()
        {
            self.found(&place, Damage::Missing { table: "lock".to_owned() });
        }
        Ok(())
    }

    /// What belongs to nothing that is there.
    fn strays(&mut self, expected: u64) -> Result<(), Fault> {
        let belonging =
            readable::TABLES.into_iter().filter(|(table, _, of_ticket)| *of_ticket && *table != Table::Ticket);
        for (table, name, _) in belonging {
            let prefix = Key::table(self.tenant, table);
            let mut strays = 0;
            for key in self.view.keys(&prefix.range(), Direction::Rising) {
                let ticket = Parts::behind(&prefix, &key?)?.ticket()?;
                strays += u64::from(!self.tickets.contains_key(&ticket));
            }
            self.found_strays(name, strays);
        }
        let locked = amount(self.view, &Key::index(self.tenant, Source::Locked))?;
        let index = amount(self.view, &Key::table(self.tenant, Table::Index))? - locked;
        self.found_strays("index", index.saturating_sub(expected));
        let locks = amount(self.view, &Key::table(self.tenant, Table::Lock))?;
        self.found_strays("lock index", locked.saturating_sub(locks));
        let numbers = amount(self.view, &Key::table(self.tenant, Table::Number))?;
        self.found_strays("number", numbers.saturating_sub(self.tickets.len() as u64));
        self.marks()
    }

    /// Each mark stands under its agent too, among the live ones or the others.
    fn marks(&mut self) -> Result<(), Fault> {
        let prefix = Key::table(self.tenant, Table::Mark);
        let mut expected = BTreeSet::new();
        for key in self.view.keys(&prefix.range(), Direction::Rising) {
            let key = key?;
            let mut parts = Parts::behind(&prefix, &key)?;
            let (ticket, agent) = (parts.ticket()?, parts.text()?);
            let agent = agent.parse().map_err(|_| Fault::Damaged("the agent of a mark is malformed".to_owned()))?;
            if let Some(live) = self.tickets.get(&ticket) {
                expected.insert(marks_key(self.tenant, &agent, *live).id(ticket.0).into_bytes());
            }
        }
        let by_agent = Key::table(self.tenant, Table::MarkByAgent);
        let found: BTreeSet<Bytes> = self.view.keys(&by_agent.range(), Direction::Rising).collect::<Result<_, _>>()?;
        self.found_strays("mark by agent", found.symmetric_difference(&expected).count() as u64);
        Ok(())
    }

    fn counters(&mut self, expected: &Counts) -> Result<(), Fault> {
        let mut wrong = 0;
        for ((counted, place), count) in expected {
            let key = at_place(counter(self.tenant, counted), place);
            wrong += u64::from(self.view.count(&key)? != *count);
        }
        let found = amount(self.view, &Key::table(self.tenant, Table::Counter))?;
        wrong += found.saturating_sub(expected.len() as u64);
        if wrong > 0 {
            self.found("counter", Damage::CountsDiffer { rows: wrong });
        }
        Ok(())
    }

    /// References lead to tickets that are there.
    fn references(&mut self) -> Result<(), Fault> {
        let prefix = Key::table(self.tenant, Table::External);
        let mut strays = 0;
        for pair in self.view.values(&prefix, &prefix.range()) {
            strays += u64::from(!self.tickets.contains_key(&id(&pair?.1)?));
        }
        self.found_strays("external", strays);
        Ok(())
    }

    /// Used keys stand by their time too, and lead to tickets that are there.
    fn keys(&mut self) -> Result<(), Fault> {
        let prefix = Key::table(self.tenant, Table::Key);
        let mut wrong = 0;
        for pair in self.view.values(&prefix, &prefix.range()) {
            let (key, value) = pair?;
            let used: UsedKey = parse(&value, "a used key")?;
            let mut parts = Parts::behind(&prefix, &key)?;
            let by_time = key_time(self.tenant, used.at, &parts.text()?, &parts.text()?);
            let leads = used.ticket.is_none_or(|ticket| self.tickets.contains_key(&ticket));
            wrong += u64::from(!leads || self.view.0.get(by_time.bytes())?.is_none());
        }
        self.found_strays("key", wrong);
        Ok(())
    }

    fn found_strays(&mut self, what: &str, rows: u64) {
        if rows > 0 {
            self.found(what, Damage::Strays { rows });
        }
    }

    fn found(&mut self, what: &str, damage: Damage) {
        self.findings.push(finding(&format!("{}: {what}", self.tenant), damage));
    }
}

fn finding(place: &str, damage: Damage) -> Finding {
    Finding { place: place.to_owned(), damage }
}

/// How many keys begin so.
fn amount(view: View<'_>, prefix: &Key) -> Result<u64, Fault> {
    view.keys(&prefix.range(), Direction::Rising).try_fold(0, |count, key| key.map(|_| count + 1))
}
