//! The week keeps its promises, on the memory store.

use std::sync::Arc;

use helpdesk_core::desk::{AgentDesk, ListRequest};
use helpdesk_core::env::{ManualClock, Timestamp};
use helpdesk_core::query::{Assignee, GroupBy, PageSize, TicketFilter};
use helpdesk_core::sla::ClockState;
use helpdesk_core::store::TicketRow;
use helpdesk_core::ticket::{Channel, LinkKind, Priority, StatusCategory};
use helpdesk_core::{Helpdesk, MemoryStore};

const END: &str = "2026-11-20T16:00:00Z";

struct Played {
    desk: Helpdesk,
    clock: Arc<ManualClock>,
    end: Timestamp,
    tickets: usize,
    lena: AgentDesk<'static>,
}

async fn played() -> Played {
    let end: Timestamp = END.parse().unwrap();
    let clock = Arc::new(ManualClock::at(end));
    let desk = Helpdesk::builder(MemoryStore::new()).clock(clock.clone()).build();
    let mut seen = (0, 0);
    let tickets = super::play(&desk, &clock, "acme", end, &mut |done, of| seen = (done, of)).await.unwrap();
    assert!(seen.0 == seen.1 && seen.0 > 200, "{seen:?}");
    let lena = desk.tenant("acme").unwrap().agent("lena").unwrap();
    Played { desk, clock, end, tickets, lena }
}

async fn rows(lena: &AgentDesk<'_>, filter: TicketFilter) -> Vec<TicketRow> {
    let size = PageSize::new(500).unwrap();
    lena.list(&ListRequest { size, ..ListRequest::of(filter) }).await.unwrap().rows
}

#[tokio::test]
async fn a_week_has_everything_that_happens_in_one() {
    let Played { lena, end, tickets, .. } = played().await;
    let all = rows(&lena, TicketFilter::all()).await;
    assert!(all.len() >= 60 && all.len() == tickets, "{} of {tickets}", all.len());
    assert!(lena.total(&TicketFilter::spam()).await.unwrap() >= 4);

    let categories = lena.count(&TicketFilter::default(), GroupBy::StatusCategory).await.unwrap();
    assert_eq!(categories.len(), StatusCategory::ALL.len(), "{categories:?}");
    for channel in [Channel::MAIL, Channel::FORM, Channel::PHONE, Channel::CHAT] {
        let filter = TicketFilter { channel: Some(Channel::new(channel).unwrap()), ..TicketFilter::all() };
        assert!(lena.total(&filter).await.unwrap() >= 5, "{channel}");
    }
    for (words, language) in [("Paket", "German"), ("parcel", "English")] {
        let filter = TicketFilter { words: words.into(), ..TicketFilter::all() };
        assert!(lena.total(&filter).await.unwrap() >= 1, "{language}");
    }
    let overdue = rows(&lena, TicketFilter { overdue: true, ..TicketFilter::unsolved() }).await;
    assert!((3..=12).contains(&overdue.len()), "{}", overdue.len());
    let locked = rows(&lena, TicketFilter { locked: true, ..TicketFilter::all() }).await;
    assert_eq!(locked.len(), 1);
    assert!(locked[0].lock.running(end).is_some());

    let count = |has: fn(&TicketRow) -> bool| all.iter().filter(|row| has(row)).count();
    assert!(count(|row| row.ticket.reopened > 0) >= 3);
    assert!(count(|row| row.ticket.merged.is_some()) >= 3);
    assert!(count(|row| row.ticket.wake_up.is_some()) >= 3);
    assert!(count(|row| row.ticket.links.iter().any(|link| link.kind == LinkKind::FollowUpOf)) >= 2);
    assert!(count(|row| row.ticket.links.iter().any(|link| link.kind == LinkKind::SplitFrom)) >= 1);
    assert!(count(|row| row.ticket.organization.is_some()) >= 10);
    assert!(count(|row| !row.ticket.content.fields.is_empty()) >= 10);
    let nobody = TicketFilter {
        priorities: vec![Priority::Critical],
        assignee: Some(Assignee::Nobody),
        ..TicketFilter::unsolved()
    };
    assert!(lena.total(&nobody).await.unwrap() >= 1);
}

#[tokio::test]
async fn its_history_is_proven_and_ends_with_the_week() {
    let Played { desk, lena, end, clock, .. } = played().await;
    assert_eq!(helpdesk_core::env::Clock::now(&*clock), end);
    let report = desk.check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    let mut by_timer = 0;
    for row in rows(&lena, TicketFilter::default()).await {
        let history = lena.history(row.ticket.id).await.unwrap();
        assert!(history.iter().all(|entry| entry.record.at <= end), "{}", row.ticket.number);
        assert!(row.ticket.updated_at <= end);
        let closed_by_itself = |name: &str, actor: &str| name == "status_changed" && actor == "system";
        by_timer += history
            .iter()
            .filter(|entry| closed_by_itself(entry.record.event.name(), &entry.record.actor.to_string()))
            .count();
    }
    assert!(by_timer >= 5, "wake-ups and closings by themselves: {by_timer}");
}

#[tokio::test]
async fn its_board_warns_and_every_deadline_is_accounted_for_to_the_second() {
    let Played { lena, end, .. } = played().await;
    let levels = lena.tenant_settings().await.unwrap().sla.clone();
    let board = lena.board(PageSize::new(20).unwrap()).await.unwrap();
    let shown = |state| {
        board
            .first
            .iter()
            .filter(|row| row.ticket.sla.iter().any(|clock| clock.is_open() && clock.state(end) == state))
            .count()
    };
    assert!(shown(ClockState::Breached) >= 3 && shown(ClockState::Warning) >= 1, "{:?}", board.first);
    let mut deadlines = 0;
    for row in rows(&lena, TicketFilter::all()).await {
        let explained = levels.explain(&row.ticket, end);
        assert!(explained.policy.is_some());
        for clock in explained.clocks {
            let calendar = levels.calendar(&clock.calendar).unwrap();
            let until = clock.stopped_at.unwrap_or(end);
            let open = u64::try_from(calendar.elapsed(clock.started_at, until)).unwrap();
            assert_eq!(clock.open_seconds, Some(open), "{} {}", row.ticket.number, clock.clock);
            assert_eq!(clock.used_seconds, Some(open - clock.paused_seconds));
            let late = clock.used_seconds > Some(u64::from(clock.target_seconds));
            assert_eq!(late, clock.missed_at.is_some(), "{} {clock:?}", row.ticket.number);
            if let Some(due) = clock.due {
                let span = i64::from(clock.target_seconds) + i64::try_from(clock.paused_seconds).unwrap();
                assert!(late || due == calendar.add(clock.started_at, span).unwrap(), "{clock:?}");
                deadlines += 1;
            }
        }
    }
    assert!(deadlines >= 20, "{deadlines}");
}

#[tokio::test]
async fn its_board_has_work_for_everyone() {
    let Played { desk, lena, .. } = played().await;
    let board = lena.board(PageSize::new(10).unwrap()).await.unwrap();
    assert_eq!(board.first.len(), 10);
    assert_eq!(board.first[0].ticket.priority, Priority::Critical);
    assert!(board.unread > 10 && board.overdue >= 3 && board.unassigned >= 5, "{board:?}");
    for agent in ["anna", "ben", "clara", "lena"] {
        let board = desk.tenant("acme").unwrap().agent(agent).unwrap().board(PageSize::default()).await.unwrap();
        assert!(board.mine >= 1, "{agent}");
    }
}

#[tokio::test]
async fn the_same_end_gives_the_same_week_and_once_is_enough() {
    let shape = |rows: Vec<TicketRow>| -> Vec<_> {
        let shape = |row: TicketRow| {
            let ticket = row.ticket;
            (ticket.number, ticket.content.subject, ticket.created_at, ticket.updated_at, ticket.status)
        };
        rows.into_iter().map(shape).collect()
    };
    let (one, other) = (played().await, played().await);
    let first = shape(rows(&one.lena, TicketFilter::default()).await);
    assert_eq!(first, shape(rows(&other.lena, TicketFilter::default()).await));

    let later = one.end + chrono::TimeDelta::hours(5);
    let again = super::play(&one.desk, &one.clock, "acme", later, &mut |_, _| {}).await.unwrap();
    assert_eq!(again, one.tickets);
    assert_eq!(first, shape(rows(&one.lena, TicketFilter::default()).await), "the second time changes nothing");
    super::play(&one.desk, &one.clock, "other", later, &mut |_, _| {}).await.unwrap();
    assert!(one.desk.check(|_| {}).await.unwrap().is_clean());
}
