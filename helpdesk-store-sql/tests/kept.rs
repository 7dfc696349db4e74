//! Counts that are kept instead of counted: after every change and every mark they are what the core says.

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

const AGENTS: [&str; 2] = ["anna", "ben"];
const STATUSES: [&str; 5] = ["new", "open", "pending", "resolved", "closed"];

/// A ticket and how far each agent has read.
type Known = (Ticket, BTreeMap<&'static str, u32>);

fn questions() -> Vec<TicketFilter> {
    let nobody = Some(Assignee::Nobody);
    let priorities = vec![Priority::Medium];
    vec![
        TicketFilter::unread(),
        TicketFilter { unread: true, ..TicketFilter::open() },
        TicketFilter { statuses: vec![StatusKey::new("resolved").unwrap()], ..TicketFilter::unread() },
        TicketFilter { priorities: priorities.clone(), ..TicketFilter::unread() },
        TicketFilter { unread: true, ..TicketFilter::done() },
        TicketFilter { assignee: nobody.clone(), ..TicketFilter::unread() },
        TicketFilter { assignee: nobody.clone(), ..TicketFilter::unsolved() },
        TicketFilter { assignee: nobody, priorities, ..TicketFilter::default() },
    ]
}

async fn compare(store: &dyn Store, known: &[Known], found: &mut u64) {
    for (filter, name) in questions().into_iter().flat_map(|filter| AGENTS.map(|name| (filter.clone(), name))) {
        for by in [GroupBy::Nothing, GroupBy::StatusCategory, GroupBy::Status, GroupBy::Priority] {
            let reader = Some(agent(name));
            let query = TicketQuery { reader, ..TicketQuery::new(filter.clone(), Sort::Priority, at(0)) };
            let mut expected: BTreeMap<String, u64> = BTreeMap::new();
            for (ticket, marks) in known {
                let mark = marks.get(name).copied().unwrap_or_default();
                if query.matches(Seen { ticket, lock: &LockSlot::default(), mark }) {
                    *expected.entry(by.group_of(ticket)).or_default() += 1;
                }
            }
            let counted = store.tally(&acme(), &query, by).await.unwrap();
            let counted: BTreeMap<_, _> = counted.into_iter().map(|tally| (tally.group, tally.count)).collect();
            assert_eq!(counted, expected, "{name}: {query:?} by {by:?}");
            *found += expected.values().sum::<u64>();
        }
    }
}

/// A step of somebody's day, by dice.
fn command(n: usize) -> Command {
    match n % 7 {
        0 | 1 => Command::SetStatus(StatusChange::to(StatusKey::new(STATUSES[n / 7 % STATUSES.len()]).unwrap())),
        2 => Command::Assign((n / 7).is_multiple_of(2).then(|| agent(AGENTS[n / 14 % 2]))),
        3 => Command::SetPriority(PriorityChange::Override(Priority::ALL[n / 7 % Priority::ALL.len()])),
        4 if (n / 7).is_multiple_of(8) => Command::Delete,
        4 if n / 7 % 8 == 1 => Command::MarkSpam,
        _ => {
            let max = Actor::Requester(ContactId::new("max").unwrap());
            let author = [Actor::Agent(agent("anna")), Actor::Agent(agent("ben")), max][n / 7 % 3].clone();
            Command::AddMessage(Box::new(NewMessage { author, ..NewMessage::public(MessageId(fresh()), "text") }))
        }
    }
}

async fn kept_counts_follow_every_change_and_every_mark(store: &dyn Store) {
    let mut known: Vec<Known> = Vec::new();
    let (mut dice, mut found) = (0x9e37_79b9_7f4a_7c15_u64, 0);
    for step in 0..400_i64 {
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        let n = usize::try_from(dice % 1_000_003).unwrap();
        if step % 20 == 0 || step < 12 {
            let new = match n % 3 {
                0 => plain("Drucker"),
                1 => NewTicket::new("Drucker").with_message(MessageId(fresh()), Actor::Agent(agent("ben")), "text"),
                _ => NewTicket::new("Drucker"),
            };
            known.push((open(store, new, at(step)).await, BTreeMap::new()));
        }
        let which = n % known.len();
        let (ticket, marks) = &mut known[which];
        if (n / 50).is_multiple_of(3) {
            let (name, position) = (AGENTS[n / 150 % 2], u32::try_from(n / 300 % 5).unwrap());
            store.mark_read(&acme(), &agent(name), ticket.id, position).await.unwrap();
            let mark = marks.entry(name).or_default();
            *mark = if position == 0 { 0 } else { position.max(*mark) };
        } else if let Some(write) = try_write(ticket, &command(n / 50), &anna(), at(step)) {
            *ticket = write.after.clone();
            applied(store.commit(commit_of(vec![write], at(step))).await.unwrap());
        }
        if step % 5 == 0 {
            compare(store, &known, &mut found).await;
        }
    }
    assert!(found > 1000, "the questions find too little to prove anything: {found}");
    assert_eq!(store.check().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kept_counts_follow_every_change_and_every_mark_on_sqlite() {
    kept_counts_follow_every_change_and_every_mark(&Desk::new().await.store).await;
}

#[cfg(all(feature = "postgres", feature = "mysql"))]
mod on_servers {
    use super::servers::{Server, fresh};

    async fn on(server: Server) {
        if !server.is_lacking() {
            let (store, _database) = fresh(server).await;
            super::kept_counts_follow_every_change_and_every_mark(store.as_ref()).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn kept_counts_follow_every_change_and_every_mark_on_postgres() {
        on(Server::Postgres).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn kept_counts_follow_every_change_and_every_mark_on_mysql() {
        on(Server::MySql).await;
    }
}
