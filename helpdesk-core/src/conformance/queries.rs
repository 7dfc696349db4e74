//! Rules of lists: what belongs to them and in which order, as the core's `matches` and comparator say.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{ANNA, BEN, Given, agent, assign, status, tag};
use super::population::Population;
use crate::party::{AgentId, ContactId};
use crate::query::{Assignee, PageRequest, PageSize, Scope, Sort, TicketFilter, TicketQuery};
use crate::ticket::{Command, NewTicket, Priority, PriorityChange, TicketId};

async fn assert_lists_agree(population: &mut Population, questions: usize) {
    let mut answered = 0;
    for _ in 0..questions {
        let query = population.question();
        let expected: Vec<TicketId> = population.answer(&query).iter().map(|model| model.ticket.id).collect();
        assert_eq!(population.given.list(&query).await, expected, "{query:?}");
        answered += usize::from(!expected.is_empty());
    }
    assert!(questions < 50 || answered > questions / 4, "the kit's own questions are too narrow: {answered}");
}

pub async fn lists_of_random_tickets_agree_with_the_core(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 1);
    population.grow(60).await;
    assert_lists_agree(&mut population, 150).await;
}

pub async fn lists_follow_every_change(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 2);
    population.grow(25).await;
    for _ in 0..25 {
        population.live(8).await;
        assert_lists_agree(&mut population, 8).await;
    }
}

pub async fn every_order_is_the_comparators(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 3);
    population.grow(40).await;
    population.live(80).await;
    for sort in Sort::ALL {
        let query = TicketQuery { sort, ..population.given.query(TicketFilter::default()) };
        let expected: Vec<TicketId> = population.answer(&query).iter().map(|model| model.ticket.id).collect();
        assert_eq!(population.given.list(&query).await, expected, "{sort:?}");
    }
}

pub async fn critical_comes_first_and_the_oldest_among_equals(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut ids = Vec::new();
    for priority in [Priority::Low, Priority::Critical, Priority::Medium, Priority::Critical, Priority::High] {
        ids.push(given.opened(NewTicket { priority: Some(priority), ..given.asked("Printer") }).await.id);
        given.minutes_pass(1);
    }
    let query = TicketQuery { sort: Sort::Priority, ..given.query(TicketFilter::default()) };
    assert_eq!(given.list(&query).await, [ids[1], ids[3], ids[4], ids[2], ids[0]]);
}

pub async fn ids_break_every_tie(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut writes: Vec<_> = (0..7).map(|_| given.opening(given.asked("Printer"))).collect();
    let rising: Vec<TicketId> = writes.iter().map(|write| write.after.id).collect();
    writes.swap(0, 5);
    writes.swap(1, 3);
    given.apply(given.commit(writes)).await;
    for sort in Sort::ALL {
        let mut expected = rising.clone();
        if sort.is_descending() {
            expected.reverse();
        }
        let query = TicketQuery { sort, ..given.query(TicketFilter::default()) };
        assert_eq!(given.list(&query).await, expected, "{sort:?}");
    }
}

pub async fn what_is_not_due_comes_last(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (late, soon) = (given.a_ticket("1").await, given.a_ticket("2").await);
    let never = given.a_ticket("3").await;
    given.does(&late, Command::SetDue(Some(given.in_minutes(90)))).await;
    given.does(&soon, Command::SetDue(Some(given.in_minutes(9)))).await;
    let query = TicketQuery { sort: Sort::Due, ..given.query(TicketFilter::default()) };
    assert_eq!(given.list(&query).await, [soon.id, late.id, never.id]);
}

pub async fn a_due_time_kept_to_the_instant_is_not_overdue(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let due = given.in_minutes(10);
    let ticket = given.does(&given.a_ticket("1").await, Command::SetDue(Some(due))).await;
    let overdue = TicketFilter { overdue: true, ..TicketFilter::default() };
    let at = |now| TicketQuery { now, ..given.query(overdue.clone()) };
    assert!(given.list(&at(due)).await.is_empty());
    assert_eq!(given.list(&at(due + chrono::TimeDelta::microseconds(1))).await, [ticket.id]);
    given.does(&ticket, status("resolved")).await;
    assert!(given.list(&at(due + chrono::TimeDelta::hours(1))).await.is_empty(), "resolved is not overdue");
}

pub async fn a_lock_is_running_until_it_expires(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (ticket, _other) = (given.a_ticket("1").await, given.a_ticket("2").await);
    let slot = given.lock_by(&given.slot(ticket.id).await, ANNA);
    let expires = slot.lease.clone().unwrap().expires_at;
    assert!(given.swap(ticket.id, &given.slot(ticket.id).await, &slot).await);
    let locked = TicketFilter { locked: true, ..TicketFilter::default() };
    let at = |now| TicketQuery { now, ..given.query(locked.clone()) };
    assert_eq!(given.list(&at(expires - chrono::TimeDelta::microseconds(1))).await, [ticket.id]);
    assert!(given.list(&at(expires)).await.is_empty());
    let free = slot.release(&AgentId::new(ANNA).unwrap(), slot.token, given.now()).unwrap().unwrap();
    assert!(given.swap(ticket.id, &slot, &free).await);
    assert!(given.list(&at(given.now())).await.is_empty(), "a released lock is none");
}

pub async fn unread_follows_the_readers_mark(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let (anna, ben) = (AgentId::new(ANNA).unwrap(), AgentId::new(BEN).unwrap());
    let unread = |reader: &AgentId| TicketQuery { reader: Some(reader.clone()), ..given.query(TicketFilter::unread()) };
    assert_eq!(given.list(&unread(&anna)).await, [ticket.id]);
    given.store.mark_read(&given.tenant, &anna, ticket.id, 1).await.unwrap();
    assert!(given.list(&unread(&anna)).await.is_empty());
    assert_eq!(given.list(&unread(&ben)).await, [ticket.id], "ben has not read it");
    let note = given.note("my own");
    given.does(&ticket, note).await;
    assert!(given.list(&unread(&anna)).await.is_empty(), "one's own message is not news");
    let nobody = TicketQuery { reader: None, ..unread(&anna) };
    assert!(given.list(&nobody).await.is_empty(), "without a reader nothing is unread");
}

pub async fn deleted_tickets_are_in_no_list(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (stays, goes) = (given.a_ticket("1").await, given.a_ticket("2").await);
    given.does(&goes, Command::Delete).await;
    for sort in Sort::ALL {
        let query = TicketQuery { sort, ..given.query(TicketFilter::default()) };
        assert_eq!(given.list(&query).await, [stays.id]);
    }
    let scope = Scope::Requester { contact: ContactId::new("max").unwrap(), organization: None };
    let own = TicketQuery { scope, ..given.query(TicketFilter::default()) };
    assert_eq!(given.list(&own).await, [stays.id]);
}

pub async fn all_leaves_spam_out_and_spam_has_only_spam(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (real, spam) = (given.a_ticket("1").await, given.a_ticket("2").await);
    given.does(&spam, Command::MarkSpam).await;
    assert_eq!(given.list(&given.query(TicketFilter::all())).await, [real.id]);
    assert_eq!(given.list(&given.query(TicketFilter::spam())).await, [spam.id]);
    assert_eq!(given.list(&given.query(TicketFilter::default())).await.len(), 2);
}

pub async fn a_requester_sees_their_own_and_what_they_take_part_in(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let max = ContactId::new("max").unwrap();
    let own = given.a_ticket("own").await;
    let erika = Some(ContactId::new("erika").unwrap());
    let other = given.opened(NewTicket { requester: erika.clone(), ..given.asked("other") }).await;
    let mut watched = NewTicket { requester: erika, ..given.asked("watched") };
    watched.watchers = [crate::party::Actor::Requester(max.clone())].into();
    let watched = given.opened(watched).await;
    let scope = Scope::Requester { contact: max, organization: None };
    let query = TicketQuery { scope, ..given.query(TicketFilter::default()) };
    let mut seen = given.list(&query).await;
    seen.sort();
    assert_eq!(seen, [own.id, watched.id]);
    assert_eq!(given.get(other.id).await.unwrap().id, other.id, "it is there, only out of sight");
    let nothing = TicketQuery { scope: Scope::Nothing, ..query };
    assert!(given.list(&nothing).await.is_empty());
}

pub async fn words_are_found_by_their_stems(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let bill = given.a_ticket("Rechnungen für Größe M fehlen").await;
    let printer = given.a_ticket("Printers are jammed 100%").await;
    let words = |words: &str| given.query(TicketFilter { words: words.into(), ..TicketFilter::default() });
    for (search, found) in [
        ("rechnung", vec![bill.id]),
        ("GRÖSSE rechnung", vec![bill.id]),
        ("printer", vec![printer.id]),
        ("rechnung printer", vec![]),
        ("rech", vec![]),
        ("jam", vec![printer.id]),
    ] {
        assert_eq!(given.list(&words(search)).await, found, "{search}");
    }
    given.does(&bill, Command::SetSubject("Lieferschein".into())).await;
    assert!(given.list(&words("rechnung")).await.is_empty(), "the old subject is not found any more");
    assert_eq!(given.list(&words("lieferschein")).await, [bill.id]);
}

pub async fn a_ticket_needs_every_tag_that_is_asked_for(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let both = given.does(&given.does(&given.a_ticket("1").await, tag("vip")).await, tag("eu")).await;
    given.does(&given.a_ticket("2").await, tag("vip")).await;
    let tags = ["vip", "eu"].map(|tag| crate::ticket::Tag::new(tag).unwrap()).to_vec();
    let query = given.query(TicketFilter { tags, ..TicketFilter::default() });
    assert_eq!(given.list(&query).await, [both.id]);
    given.does(&both, Command::ChangeTags { add: vec![], remove: vec!["eu".into()] }).await;
    assert!(given.list(&query).await.is_empty());
}

pub async fn names_in_filters_are_no_patterns(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for name in [ANNA, "%", "_nna", "ANNA", "änna", "anna' or '1'='1"] {
        given.does(&given.a_ticket(name).await, assign(name)).await;
    }
    for name in [ANNA, "%", "_nna", "ANNA", "änna", "anna' or '1'='1"] {
        let assignee = Some(Assignee::Agent(AgentId::new(name).unwrap()));
        let query = given.query(TicketFilter { assignee, ..TicketFilter::default() });
        assert_eq!(given.list(&query).await.len(), 1, "{name}");
    }
}

pub async fn ranges_of_time_are_half_open(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let first = given.a_ticket("1").await;
    given.minutes_pass(5);
    let second = given.a_ticket("2").await;
    let created = crate::query::TimeRange { from: Some(first.created_at), to: Some(second.created_at) };
    let query = given.query(TicketFilter { created, ..TicketFilter::default() });
    assert_eq!(given.list(&query).await, [first.id]);
}

pub async fn rows_bring_the_ticket_its_lock_and_the_mark(subject: &dyn Subject) {
    let mut population = Population::new(Given::an_empty_store(subject).await, 4);
    population.grow(20).await;
    population.live(80).await;
    let reader = Some(AgentId::new(ANNA).unwrap());
    let query = TicketQuery { reader, ..population.given.query(TicketFilter::default()) };
    let page = PageRequest { size: PageSize::new(100).unwrap(), after: None };
    let given = &population.given;
    let page = given.store.tickets(&given.tenant, &query, &page).await.unwrap();
    let expected = population.answer(&query);
    assert_eq!(page.rows.len(), expected.len());
    for (row, model) in page.rows.iter().zip(expected) {
        assert_eq!(row.ticket, model.ticket);
        assert_eq!((&row.lock, row.mark), (&model.lock, model.mark(query.reader.as_ref())));
    }
    let nobody = TicketQuery { reader: None, ..query };
    let page = given.store.tickets(&given.tenant, &nobody, &PageRequest::default()).await.unwrap();
    assert!(page.rows.iter().all(|row| row.mark == 0), "without a reader there is no mark");
}

pub async fn a_changed_priority_moves_a_ticket_in_its_list(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (one, two) = (given.a_ticket("1").await, given.a_ticket("2").await);
    let query = TicketQuery { sort: Sort::Priority, ..given.query(TicketFilter::default()) };
    assert_eq!(given.list(&query).await, [one.id, two.id]);
    given.does(&two, Command::SetPriority(PriorityChange::Override(Priority::Critical))).await;
    assert_eq!(given.list(&query).await, [two.id, one.id]);
}

pub async fn who_takes_part_is_found(subject: &dyn Subject) {
    use crate::ticket::{Participant, ParticipantRole, ParticipantState};
    let given = Given::an_empty_store(subject).await;
    let (active, pending) = (given.a_ticket("1").await, given.a_ticket("2").await);
    let ben = |state| Participant { party: agent(BEN), role: ParticipantRole::Cc, state };
    let active = given.does(&active, Command::AddParticipant(ben(ParticipantState::Active))).await;
    given.does(&pending, Command::AddParticipant(ben(ParticipantState::Pending))).await;
    let query = given.query(TicketFilter { participant: Some(agent(BEN)), ..TicketFilter::default() });
    assert_eq!(given.list(&query).await, [active.id], "whoever is not approved takes no part");
    given.does(&active, Command::RemoveParticipant(ben(ParticipantState::Active))).await;
    assert!(given.list(&query).await.is_empty());
}
