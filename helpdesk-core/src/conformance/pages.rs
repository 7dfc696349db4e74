//! Rules of pages: walked from end to end they give every ticket once.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{Given, tag};
use super::population::Population;
use crate::query::{PageRequest, PageSize, Position, Sort, TicketFilter, TicketQuery};
use crate::store::TicketPage;
use crate::ticket::TicketId;

async fn page(given: &Given, query: &TicketQuery, size: i64, after: Option<Position>) -> TicketPage {
    let request = PageRequest { size: PageSize::new(size).unwrap(), after };
    given.store.tickets(&given.tenant, query, &request).await.unwrap()
}

fn ids(page: &TicketPage) -> Vec<TicketId> {
    page.rows.iter().map(|row| row.ticket.id).collect()
}

/// Walks all pages; each is full but the last, and `next` is there exactly when more follow.
async fn walk(given: &Given, query: &TicketQuery, size: i64, total: usize) -> Vec<TicketId> {
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = page(given, query, size, after).await;
        seen.extend(ids(&page));
        assert_eq!(page.next.is_some(), seen.len() < total, "`next` says that more follow: {query:?}");
        let Some(next) = page.next else { return seen };
        assert_eq!(ids(&page).len(), usize::try_from(size).unwrap(), "a page with a next one is full");
        assert_eq!(next, query.sort.position(&page.rows.last().unwrap().ticket), "`next` is the last row's position");
        after = Some(next);
    }
}

pub async fn pages_of_random_lists_give_every_ticket_once(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 5);
    population.grow(40).await;
    population.live(60).await;
    for round in 0..40 {
        let query = population.question();
        let expected: Vec<TicketId> = population.answer(&query).iter().map(|model| model.ticket.id).collect();
        let size = [1, 2, 3, 7][round % 4];
        assert_eq!(walk(&population.given, &query, size, expected.len()).await, expected, "{query:?}");
    }
}

pub async fn pages_of_every_order_give_every_ticket_once(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 6);
    population.grow(30).await;
    population.live(30).await;
    for sort in Sort::ALL {
        let query = TicketQuery { sort, ..population.given.query(TicketFilter::default()) };
        let expected: Vec<TicketId> = population.answer(&query).iter().map(|model| model.ticket.id).collect();
        for size in [1, 4, 5, 30] {
            assert_eq!(walk(&population.given, &query, size, expected.len()).await, expected, "{sort:?} by {size}");
        }
    }
}

pub async fn a_full_last_page_has_no_next(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for i in 0..4 {
        given.a_ticket(&format!("{i}")).await;
    }
    let query = given.query(TicketFilter::default());
    assert!(page(&given, &query, 4, None).await.next.is_none());
    let first = page(&given, &query, 2, None).await;
    let second = page(&given, &query, 2, first.next).await;
    assert_eq!((first.rows.len(), second.rows.len(), second.next), (2, 2, None));
}

pub async fn an_empty_list_has_no_next(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let query = given.query(TicketFilter::default());
    assert_eq!(page(&given, &query, 10, None).await, TicketPage::default());
}

pub async fn a_page_behind_the_last_ticket_is_empty(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    for sort in Sort::ALL {
        let query = TicketQuery { sort, ..given.query(TicketFilter::default()) };
        assert_eq!(page(&given, &query, 10, Some(sort.position(&ticket))).await, TicketPage::default());
    }
}

pub async fn a_change_between_pages_shifts_no_other_ticket(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut tickets = Vec::new();
    for i in 0..6 {
        tickets.push(given.a_ticket(&format!("{i}")).await);
        given.minutes_pass(1);
    }
    let query = given.query(TicketFilter::default());
    let first = page(&given, &query, 3, None).await;
    given.does(&tickets[5], tag("seen")).await;
    given.does(&tickets[4], crate::ticket::Command::Delete).await;
    given.a_ticket("newer").await;
    let second = page(&given, &query, 3, first.next).await;
    assert_eq!(ids(&first), [tickets[5].id, tickets[4].id, tickets[3].id]);
    assert_eq!(ids(&second), [tickets[2].id, tickets[1].id, tickets[0].id]);
}

pub async fn a_position_between_tickets_goes_on_behind_it(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let tickets = [given.a_ticket("1").await, given.a_ticket("2").await];
    for sort in Sort::ALL {
        let query = TicketQuery { sort, ..given.query(TicketFilter::default()) };
        let end = |key, id| Position { major: key, minor: key, id: TicketId(id) };
        let ends = [end(i64::MIN, uuid::Uuid::nil()), end(i64::MAX, uuid::Uuid::max())];
        let [before, behind] = if sort.is_descending() { [ends[1], ends[0]] } else { ends };
        assert_eq!(page(&given, &query, 9, Some(before)).await.rows.len(), tickets.len(), "{sort:?}");
        assert_eq!(page(&given, &query, 9, Some(behind)).await.rows.len(), 0, "{sort:?}");
    }
}

pub async fn the_same_page_asked_twice_is_the_same(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 8);
    population.grow(30).await;
    let query = TicketQuery { sort: Sort::Created, ..population.given.query(TicketFilter::default()) };
    let first = page(&population.given, &query, 9, None).await;
    for _ in 0..3 {
        assert_eq!(page(&population.given, &query, 9, None).await, first);
    }
}

pub async fn the_largest_page_has_five_hundred(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for _ in 0..63 {
        given.apply(given.commit((0..8).map(|_| given.opening(crate::ticket::NewTicket::new("many"))))).await;
    }
    let query = given.query(TicketFilter::default());
    let first = page(&given, &query, 500, None).await;
    let second = page(&given, &query, 500, first.next).await;
    assert_eq!((first.rows.len(), second.rows.len(), second.next), (500, 4, None));
}
