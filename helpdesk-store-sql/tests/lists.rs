//! Lists and counts against their meaning: random tickets, filters, scopes, orders and pages, held against
//! `TicketQuery::matches`, `Sort::compare` and `GroupBy::group_of`.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(all(feature = "postgres", feature = "mysql"))]
mod servers;
mod support;

use std::collections::BTreeMap;

use helpdesk_core::party::*;
use helpdesk_core::query::*;
use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use support::*;

/// A small generator of its own, so that a failure is repeated by its seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.roll(of.len())]
    }

    fn maybe<T: Clone>(&mut self, of: &[T]) -> Option<T> {
        (self.roll(2) == 0).then(|| self.one(of).clone())
    }
}

const WORDS: [&str; 6] = ["Drucker", "Rechnung", "printers", "login", "Kasse", "Größe"];
const TAGS: [&str; 3] = ["vip", "urgent", "lieferung"];
const PEOPLE: [&str; 3] = ["max", "eva", "tom"];
const AGENTS: [&str; 3] = ["anna", "ben", "cleo"];

fn people() -> Vec<ContactId> {
    PEOPLE.iter().map(|name| ContactId::new(*name).unwrap()).collect()
}

fn agents() -> Vec<AgentId> {
    AGENTS.iter().map(|name| agent(name)).collect()
}

fn teams() -> Vec<TeamId> {
    ["one", "two"].iter().map(|name| TeamId::new(*name).unwrap()).collect()
}

fn categories() -> Vec<CategoryId> {
    ["hardware", "billing"].iter().map(|name| CategoryId::new(*name).unwrap()).collect()
}

fn organizations() -> Vec<OrganizationId> {
    ["shop", "school"].iter().map(|name| OrganizationId::new(*name).unwrap()).collect()
}

fn parties() -> Vec<Actor> {
    agents().into_iter().map(Actor::Agent).chain(people().into_iter().map(Actor::Requester)).collect()
}

fn new_ticket(dice: &mut Dice) -> NewTicket {
    let subject = format!("{} {} {}", dice.one(&WORDS), dice.one(&WORDS), dice.roll(9));
    NewTicket {
        requester: dice.maybe(&people()),
        organization: dice.maybe(&organizations()),
        priority: dice.maybe(&Priority::ALL),
        category: dice.maybe(&categories()),
        tags: TAGS.iter().filter(|_| dice.roll(3) == 0).map(|tag| (*tag).to_owned()).collect(),
        assignee: dice.maybe(&agents()),
        team: dice.maybe(&teams()),
        kind: if dice.roll(4) == 0 { TicketKind::new("incident").unwrap() } else { TicketKind::default() },
        channel: if dice.roll(4) == 0 { Channel::new("mail").unwrap() } else { Channel::default() },
        watchers: parties().into_iter().filter(|_| dice.roll(5) == 0).collect(),
        ..plain(&subject)
    }
}

fn command(dice: &mut Dice, now: i64) -> Command {
    let statuses = ["new", "open", "pending", "on_hold", "resolved", "closed"];
    match dice.roll(14) {
        0..=3 => {
            let to = StatusKey::new(*dice.one(&statuses)).unwrap();
            Command::SetStatus(StatusChange { until: dice.maybe(&[at(now + 500)]), ..StatusChange::to(to) })
        }
        4 => Command::Assign(dice.maybe(&agents())),
        5 => Command::SetTeam(dice.maybe(&teams())),
        6 => Command::SetCategory(dice.maybe(&categories())),
        7 => Command::SetPriority(PriorityChange::Override(*dice.one(&Priority::ALL))),
        8 => Command::SetDue(dice.maybe(&[at(now + 30), at(now + 300)])),
        9 => Command::ChangeTags { add: vec![(*dice.one(&TAGS)).into()], remove: vec![(*dice.one(&TAGS)).into()] },
        10 => Command::SetSubject(format!("{} anew", dice.one(&WORDS))),
        11 => Command::MarkSpam,
        12 if dice.roll(4) == 0 => Command::Delete,
        _ => {
            let author = dice.one(&parties()).clone();
            let message = NewMessage { author, ..NewMessage::public(MessageId(fresh()), "text") };
            Command::AddMessage(Box::new(message))
        }
    }
}

/// What the test knows of each ticket.
struct Known {
    ticket: Ticket,
    lock: LockSlot,
    marks: BTreeMap<AgentId, u32>,
}

async fn fill(store: &dyn Store, dice: &mut Dice, count: usize) -> Vec<Known> {
    let mut all = Vec::new();
    for index in 0..count {
        // Some share their instants, so that ids have to break ties.
        let mut now = i64::try_from(index / 3).unwrap();
        let mut ticket = open(store, new_ticket(dice), at(now)).await;
        for _ in 0..dice.roll(6) {
            now += i64::try_from(dice.roll(40)).unwrap();
            let command = command(dice, now);
            if let Some(write) = try_write(&ticket, &command, &anna(), at(now)) {
                ticket = write.after.clone();
                applied(store.commit(commit_of(vec![write], at(now))).await.unwrap());
            }
        }
        let mut lock = LockSlot::default();
        if dice.roll(4) == 0 {
            let until = chrono::TimeDelta::seconds(i64::try_from(dice.roll(200)).unwrap());
            let next = lock.acquire(dice.one(&agents()), at(now), until, None).unwrap();
            assert!(store.swap_lock(&acme(), ticket.id, &lock, &next, None).await.unwrap());
            lock = next;
        }
        let mut marks = BTreeMap::new();
        for agent in agents() {
            let position = u32::try_from(dice.roll(4)).unwrap();
            store.mark_read(&acme(), &agent, ticket.id, position).await.unwrap();
            marks.insert(agent, position);
        }
        all.push(Known { ticket, lock, marks });
    }
    all
}

fn query(dice: &mut Dice) -> TicketQuery {
    let mut filter = TicketFilter::default();
    let range = |dice: &mut Dice| {
        let (a, b) = (i64::try_from(dice.roll(150)).unwrap(), i64::try_from(dice.roll(150)).unwrap());
        TimeRange { from: dice.maybe(&[at(a.min(b))]), to: dice.maybe(&[at(a.max(b))]) }
    };
    match dice.roll(4) {
        0 => filter.categories = TicketFilter::open().categories,
        1 => filter.categories = StatusCategory::ALL.into_iter().filter(|_| dice.roll(2) == 0).collect(),
        _ => {}
    }
    for _ in 0..dice.roll(4) {
        match dice.roll(17) {
            0 => filter.statuses = vec![StatusKey::new("open").unwrap(), StatusKey::new("closed").unwrap()],
            1 => filter.priorities = vec![*dice.one(&Priority::ALL), *dice.one(&Priority::ALL)],
            2 => filter.kind = Some(TicketKind::new("incident").unwrap()),
            3 => filter.channel = Some(Channel::new("mail").unwrap()),
            4 => filter.assignee = Some(Assignee::Nobody),
            5 => filter.assignee = Some(Assignee::Agent(dice.one(&agents()).clone())),
            6 => filter.team = Some(dice.one(&teams()).clone()),
            7 => filter.category = Some(dice.one(&categories()).clone()),
            8 => filter.tags = TAGS.iter().filter(|_| dice.roll(2) == 0).map(|tag| Tag::new(tag).unwrap()).collect(),
            9 => filter.requester = Some(dice.one(&people()).clone()),
            10 => filter.organization = Some(dice.one(&organizations()).clone()),
            11 => filter.participant = Some(dice.one(&parties()).clone()),
            12 => filter.unread = true,
            13 => filter.overdue = true,
            14 => filter.locked = true,
            15 => (filter.created, filter.updated) = (range(dice), range(dice)),
            _ => filter.words = format!("{} {}", dice.one(&WORDS), dice.one(&["", "Rechnungen", "anew"])),
        }
    }
    let scope = match dice.roll(6) {
        0 => Scope::Requester { contact: dice.one(&people()).clone(), organization: dice.maybe(&organizations()) },
        1 if dice.roll(5) == 0 => Scope::Nothing,
        _ => Scope::All,
    };
    let now = at(i64::try_from(dice.roll(300)).unwrap()) + chrono::TimeDelta::nanoseconds(*dice.one(&[0, 1]));
    TicketQuery { scope, reader: dice.maybe(&agents()), ..TicketQuery::new(filter, *dice.one(&Sort::ALL), now) }
}

fn expected<'a>(all: &'a [Known], query: &TicketQuery) -> Vec<&'a Known> {
    let mark = |known: &Known| query.reader.as_ref().map_or(0, |agent| known.marks[agent]);
    let mut found: Vec<_> = all
        .iter()
        .filter(|known| query.matches(Seen { ticket: &known.ticket, lock: &known.lock, mark: mark(known) }))
        .collect();
    let sort = query.sort;
    found.sort_by(|a, b| sort.compare(&sort.position(&a.ticket), &sort.position(&b.ticket)));
    found
}

const GROUPS: [GroupBy; 7] = [
    GroupBy::Nothing,
    GroupBy::StatusCategory,
    GroupBy::Status,
    GroupBy::Priority,
    GroupBy::Assignee,
    GroupBy::Team,
    GroupBy::Category,
];

/// Asks one random question; says how many tickets it found.
async fn compare(store: &dyn Store, all: &[Known], dice: &mut Dice) -> usize {
    let query = query(dice);
    let expected = expected(all, &query);
    let size = PageSize::new(i64::try_from(3 + dice.roll(60)).unwrap()).unwrap();
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = store.tickets(&acme(), &query, &PageRequest { size, after }).await.unwrap();
        assert!(page.rows.len() == size.get() || page.next.is_none(), "{query:?}");
        rows.extend(page.rows);
        after = page.next;
        if after.is_none() || rows.len() > all.len() {
            break;
        }
    }
    let ids = |rows: &mut dyn Iterator<Item = TicketId>| rows.collect::<Vec<_>>();
    let (got, wanted) =
        (ids(&mut rows.iter().map(|row| row.ticket.id)), ids(&mut expected.iter().map(|k| k.ticket.id)));
    assert_eq!(got, wanted, "{query:?} by pages of {}", size.get());
    for (row, known) in rows.iter().zip(&expected) {
        let mark = query.reader.as_ref().map_or(0, |agent| known.marks[agent]);
        assert_eq!((&row.ticket, &row.lock, row.mark), (&known.ticket, &known.lock, mark), "{query:?}");
    }
    let by = *dice.one(&GROUPS);
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for known in &expected {
        *counts.entry(by.group_of(&known.ticket)).or_default() += 1;
    }
    let counts: Vec<_> = counts.into_iter().map(|(group, count)| Tally { group, count }).collect();
    assert_eq!(store.tally(&acme(), &query, by).await.unwrap(), counts, "{query:?} by {by:?}");
    expected.len()
}

async fn every_list_and_count_means_what_the_core_says(store: &dyn Store) {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut stranger = commit_of(vec![opening(new_ticket(&mut dice), &anna(), at(0))], at(0));
    stranger.tenant = TenantId::new("other").unwrap();
    applied(store.commit(stranger).await.unwrap());
    let all = fill(store, &mut dice, 300).await;
    let mut found = 0;
    for _ in 0..800 {
        found += compare(store, &all, &mut dice).await;
    }
    assert!(found > 800, "the questions find too little to prove anything: {found}");
    assert_eq!(store.check().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_list_and_count_means_what_the_core_says_on_sqlite() {
    every_list_and_count_means_what_the_core_says(&Desk::new().await.store).await;
}

#[cfg(all(feature = "postgres", feature = "mysql"))]
mod on_servers {
    use super::servers::{Server, fresh};

    async fn on(server: Server) {
        if !server.is_lacking() {
            let (store, _database) = fresh(server).await;
            super::every_list_and_count_means_what_the_core_says(store.as_ref()).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_list_and_count_means_what_the_core_says_on_postgres() {
        on(Server::Postgres).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn every_list_and_count_means_what_the_core_says_on_mysql() {
        on(Server::MySql).await;
    }
}
