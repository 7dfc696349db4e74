//! Rules of counts: the number of the tickets that match, by group.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{ANNA, BEN, Given, assign, status, tag};
use super::population::Population;
use crate::party::AgentId;
use crate::query::{Assignee, GroupBy, Sort, Tally, TicketFilter, TicketQuery};
use crate::ticket::{Command, Priority, StatusKey};

const GROUPS: [GroupBy; 7] = [
    GroupBy::Nothing,
    GroupBy::StatusCategory,
    GroupBy::Status,
    GroupBy::Priority,
    GroupBy::Assignee,
    GroupBy::Team,
    GroupBy::Category,
];

async fn tally(given: &Given, query: &TicketQuery, by: GroupBy) -> Vec<(String, u64)> {
    let tally = given.store.tally(&given.tenant, query, by).await.unwrap();
    tally.into_iter().map(|Tally { group, count }| (group, count)).collect()
}

async fn assert_counts_agree(population: &Population, query: &TicketQuery) {
    let given = &population.given;
    for by in GROUPS {
        let counted = given.store.tally(&given.tenant, query, by).await.unwrap();
        assert_eq!(counted, population.counts(query, by), "{by:?} of {query:?}");
    }
}

pub async fn counts_of_random_tickets_agree_with_the_core(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 9);
    population.grow(60).await;
    for _ in 0..60 {
        let query = population.question();
        assert_counts_agree(&population, &query).await;
    }
}

pub async fn counts_follow_every_change(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 10);
    population.grow(25).await;
    for _ in 0..40 {
        population.live(6).await;
        let all = population.given.query(TicketFilter::default());
        assert_counts_agree(&population, &all).await;
        let query = population.question();
        assert_counts_agree(&population, &query).await;
    }
}

/// Where a backend may keep numbers instead of counting: status, priority, assignee and what an agent has to read, with
/// nothing else asked for.
pub async fn counts_of_unread_tickets_follow_every_message_and_every_mark(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 21);
    population.grow(20).await;
    let priorities = vec![Priority::Medium];
    let mut questions = vec![
        TicketFilter::unread(),
        TicketFilter { unread: true, ..TicketFilter::open() },
        TicketFilter { unread: true, ..TicketFilter::done() },
        TicketFilter { statuses: vec![StatusKey::new("pending").unwrap()], ..TicketFilter::unread() },
        TicketFilter { priorities: priorities.clone(), ..TicketFilter::unread() },
        TicketFilter { priorities, ..TicketFilter::default() },
    ];
    for assignee in [Assignee::Nobody, Assignee::Agent(AgentId::new(BEN).unwrap())] {
        questions.push(TicketFilter { assignee: Some(assignee.clone()), ..TicketFilter::unread() });
        questions.push(TicketFilter { assignee: Some(assignee), ..TicketFilter::unsolved() });
    }
    for _ in 0..30 {
        population.talk(4).await;
        for (filter, name) in questions.iter().flat_map(|filter| [(filter, ANNA), (filter, BEN)]) {
            let reader = Some(AgentId::new(name).unwrap());
            let query = TicketQuery { reader, ..population.given.query(filter.clone()) };
            assert_counts_agree(&population, &query).await;
        }
    }
}

pub async fn groups_come_in_bytewise_order(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for name in ["b", "ä", "B", "a", "a b", "ab", "é"] {
        given.does(&given.a_ticket(name).await, assign(name)).await;
    }
    let groups = tally(&given, &given.query(TicketFilter::default()), GroupBy::Assignee).await;
    let names: Vec<&str> = groups.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["B", "a", "a b", "ab", "b", "ä", "é"]);
}

pub async fn nobody_counts_under_the_empty_name(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    given.a_ticket("1").await;
    given.does(&given.a_ticket("2").await, assign(BEN)).await;
    let all = given.query(TicketFilter::default());
    assert_eq!(tally(&given, &all, GroupBy::Assignee).await, [(String::new(), 1), (BEN.to_owned(), 1)]);
    assert_eq!(tally(&given, &all, GroupBy::Team).await, [(String::new(), 2)]);
    assert_eq!(tally(&given, &all, GroupBy::Nothing).await, [(String::new(), 2)]);
}

pub async fn groups_without_tickets_are_left_out(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let all = given.query(TicketFilter::default());
    for by in GROUPS {
        assert!(tally(&given, &all, by).await.is_empty(), "{by:?}");
    }
    let ticket = given.a_ticket("1").await;
    assert_eq!(tally(&given, &all, GroupBy::Status).await, [("new".to_owned(), 1)]);
    let ticket = given.does(&ticket, status("open")).await;
    assert_eq!(tally(&given, &all, GroupBy::Status).await, [("open".to_owned(), 1)]);
    given.does(&ticket, Command::Delete).await;
    assert!(tally(&given, &all, GroupBy::Status).await.is_empty());
}

pub async fn a_count_does_not_depend_on_the_order(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 12);
    population.grow(20).await;
    let all = population.given.query(TicketFilter::all());
    for sort in Sort::ALL {
        assert_counts_agree(&population, &TicketQuery { sort, ..all.clone() }).await;
    }
}

pub async fn a_refused_act_counts_nothing(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let seen = given.a_ticket("1").await;
    given.does(&seen, tag("moved")).await;
    let all = given.query(TicketFilter::default());
    let before = tally(&given, &all, GroupBy::Status).await;
    given.send(given.commit([given.opening(given.asked("2")), given.write(&seen, status("open"))])).await;
    assert_eq!(tally(&given, &all, GroupBy::Status).await, before);
}
