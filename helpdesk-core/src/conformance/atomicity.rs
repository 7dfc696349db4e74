//! Rules of atomicity: an act is applied whole or not at all, and its checks have an order.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::expected::everything;
use super::given::{ANNA, BEN, Given, assign, reference, tag};
use super::{Subject, Verdict};
use crate::store::{
    Commit, CommitOutcome, Conflict, Expected, Fence, Guard, NumberSource, RecordKey, RecordWrite, Wants,
};
use crate::ticket::{Command, LockSlot, Ticket, TicketNumber, Version};

/// What may stand against an act, in the order in which it is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Obstacle {
    Key,
    Ticket,
    Record,
    Guard,
    Fence,
    Reference,
    Number,
}

const OBSTACLES: [Obstacle; 7] = [
    Obstacle::Key,
    Obstacle::Ticket,
    Obstacle::Record,
    Obstacle::Guard,
    Obstacle::Fence,
    Obstacle::Reference,
    Obstacle::Number,
];

/// A store in which each obstacle can be met.
struct Scene {
    given: Given,
    /// As it was seen; it has moved since.
    moved: Ticket,
    /// It has the reference, the number and the lock.
    other: Ticket,
}

impl Scene {
    async fn new(subject: &dyn Subject) -> Self {
        let given = Given::an_empty_store(subject).await;
        let moved = given.a_ticket("Moved").await;
        given.does(&moved, tag("moved")).await;
        let other = given.a_ticket("Other").await;
        let other = given.does(&other, Command::AddExternal(reference("shop", "1"))).await;
        let slot = given.slot(other.id).await;
        assert!(given.swap(other.id, &slot, &given.lock_by(&slot, BEN)).await);
        given.apply(given.record_commit(&RecordKey::settings(), Expected::Absent, Some(1.into()))).await;
        let mut keyed = given.commit([given.write(&other, tag("keyed"))]);
        keyed.key = Some(given.key("api", "used", "then"));
        given.apply(keyed).await;
        Self { given, moved, other }
    }

    /// An act that would pass, but for these obstacles. It writes a lot.
    fn act(&self, obstacles: &[Obstacle]) -> Commit {
        let given = &self.given;
        let mut new = given.asked("New");
        let mut commit = given.commit([]);
        commit.outbox = true;
        let fresh = RecordKey::new(crate::store::RecordKind::Team, "fresh");
        commit.records.push(RecordWrite { key: fresh, expected: Expected::Absent, value: Some("team".into()) });
        for obstacle in obstacles {
            match obstacle {
                Obstacle::Key => commit.key = Some(given.key("api", "used", "now")),
                Obstacle::Ticket => commit.tickets.push(given.write(&self.moved, assign(ANNA))),
                Obstacle::Record => {
                    commit.records[0].expected = Expected::At(Version(3));
                }
                Obstacle::Guard => {
                    commit.guards.push(Guard { key: RecordKey::settings(), expected: Expected::At(Version(9)) });
                }
                Obstacle::Fence => commit.fences.push(Fence { ticket: self.other.id, seen: LockSlot::default() }),
                Obstacle::Reference => {
                    new.external.insert(reference("shop", "1"));
                }
                Obstacle::Number => {}
            }
        }
        let mut opening = given.opening(new);
        if obstacles.contains(&Obstacle::Number) {
            opening.number = NumberSource::Given { number: self.other.number.clone(), raise: Some(("t".into(), 99)) };
        }
        commit.tickets.insert(0, opening);
        commit
    }

    fn outcome(&self, obstacle: Obstacle, outcome: &CommitOutcome) -> bool {
        match (obstacle, outcome) {
            (Obstacle::Key, CommitOutcome::KeyReused) => true,
            (Obstacle::Ticket, CommitOutcome::Conflict(Conflict::Ticket { ticket, .. })) => *ticket == self.moved.id,
            (Obstacle::Record, CommitOutcome::Conflict(Conflict::Record { key, found })) => {
                key.key == "fresh" && *found == Version::NONE
            }
            (Obstacle::Guard, CommitOutcome::Conflict(Conflict::Record { key, found })) => {
                *key == RecordKey::settings() && *found == Version(1)
            }
            (Obstacle::Fence, CommitOutcome::LockMoved { ticket, slot }) => {
                *ticket == self.other.id && slot.token.0 == 1
            }
            (Obstacle::Reference, CommitOutcome::ExternalTaken { external, ticket }) => {
                *external == reference("shop", "1") && *ticket == self.other.id
            }
            (Obstacle::Number, CommitOutcome::NumberTaken { number }) => *number == self.other.number,
            _ => false,
        }
    }

    /// The act is stopped by `obstacle`, though later ones stand there too, and leaves nothing behind.
    async fn stopped_by(&self, obstacle: Obstacle, act: Commit) {
        let before = everything(&self.given).await;
        let outcome = self.given.send(act).await;
        assert!(self.outcome(obstacle, &outcome), "{obstacle:?} should stop it: {outcome:?}");
        assert_eq!(everything(&self.given).await, before, "an act stopped by {obstacle:?} left something");
        assert!(self.given.claim().await.1.is_empty(), "an act stopped by {obstacle:?} left a delivery");
    }

    async fn alone(subject: &dyn Subject, obstacle: Obstacle) {
        let scene = Self::new(subject).await;
        scene.stopped_by(obstacle, scene.act(&[obstacle])).await;
        let applied = scene.given.apply(scene.act(&[])).await;
        assert_eq!(applied.numbers.len(), 1, "without the obstacle it passes");
    }

    async fn before_those_behind(subject: &dyn Subject, obstacle: Obstacle) {
        let scene = Self::new(subject).await;
        for later in OBSTACLES.into_iter().filter(|later| *later > obstacle) {
            scene.stopped_by(obstacle, scene.act(&[obstacle, later])).await;
        }
        let all: Vec<_> = OBSTACLES.into_iter().filter(|later| *later >= obstacle).collect();
        scene.stopped_by(obstacle, scene.act(&all)).await;
    }
}

pub async fn a_reused_key_stops_everything(subject: &dyn Subject) {
    Scene::alone(subject, Obstacle::Key).await;
}

pub async fn a_moved_ticket_stops_everything(subject: &dyn Subject) {
    Scene::alone(subject, Obstacle::Ticket).await;
}

pub async fn a_moved_record_stops_everything(subject: &dyn Subject) {
    Scene::alone(subject, Obstacle::Record).await;
}

pub async fn a_moved_guard_stops_everything(subject: &dyn Subject) {
    Scene::alone(subject, Obstacle::Guard).await;
}

pub async fn a_moved_lock_stops_everything(subject: &dyn Subject) {
    Scene::alone(subject, Obstacle::Fence).await;
}

pub async fn a_taken_reference_stops_everything(subject: &dyn Subject) {
    Scene::alone(subject, Obstacle::Reference).await;
}

pub async fn a_taken_number_stops_everything(subject: &dyn Subject) {
    Scene::alone(subject, Obstacle::Number).await;
}

pub async fn the_key_is_checked_before_everything(subject: &dyn Subject) {
    Scene::before_those_behind(subject, Obstacle::Key).await;
}

pub async fn tickets_are_checked_before_records(subject: &dyn Subject) {
    Scene::before_those_behind(subject, Obstacle::Ticket).await;
}

pub async fn records_are_checked_before_guards(subject: &dyn Subject) {
    Scene::before_those_behind(subject, Obstacle::Record).await;
}

pub async fn guards_are_checked_before_fences(subject: &dyn Subject) {
    Scene::before_those_behind(subject, Obstacle::Guard).await;
}

pub async fn fences_are_checked_before_references(subject: &dyn Subject) {
    Scene::before_those_behind(subject, Obstacle::Fence).await;
}

pub async fn references_are_checked_before_numbers(subject: &dyn Subject) {
    Scene::before_those_behind(subject, Obstacle::Reference).await;
}

pub async fn an_act_on_several_tickets_applies_to_all(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (one, two) = (given.a_ticket("1").await, given.a_ticket("2").await);
    let (note, new) = (given.note("see the other"), given.asked("3"));
    let writes = [given.write(&one, note), given.opening(new), given.write(&two, assign(BEN))];
    let ids = writes.each_ref().map(|write| write.after.id);
    let applied = given.apply(given.commit(writes.clone())).await;
    assert_eq!(applied.numbers.len(), 3);
    assert_eq!((&applied.numbers[0], &applied.numbers[2]), (&one.number, &two.number));
    for (write, number) in writes.into_iter().zip(applied.numbers) {
        let id = write.after.id;
        assert_eq!(given.get(id).await, Some(Ticket { number, ..write.after }));
        assert_eq!(given.talk(id).await.last(), write.messages.add.last().or(given.talk(id).await.last()));
    }
    assert_eq!(given.talk(ids[0]).await.len(), 2);
    assert_eq!(given.talk(ids[1]).await.len(), 1);
}

pub async fn an_act_that_applies_leaves_nothing_out(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let (reply, key) = (given.reply("Sent"), RecordKey::settings());
    let write = given.write(&ticket, reply);
    let mut act = given.record_commit(&key, Expected::Absent, Some("v".into()));
    act.tickets.push(write.clone());
    act.outbox = true;
    act.key = Some(given.key("api", "1", "f"));
    given.apply(act.clone()).await;
    assert_eq!(given.get(ticket.id).await, Some(write.after));
    assert_eq!(given.talk(ticket.id).await.last(), write.messages.add.last());
    assert_eq!(given.history(ticket.id).await.last().unwrap().record.event, write.events.last().unwrap().0.event);
    assert_eq!(given.store.record(&given.tenant, &key).await.unwrap().unwrap().value, "v");
    assert_eq!(given.claim().await.1.len(), write.events.len());
    assert!(given.load(Wants { replay: act.key, ..Wants::default() }).await.replay.is_some());
}

pub async fn guards_and_fences_that_hold_let_an_act_pass(subject: &dyn Subject) {
    let Scene { given, other, .. } = Scene::new(subject).await;
    let other = given.get(other.id).await.unwrap();
    let mut act = given.commit([given.write(&other, assign(BEN))]);
    let absent = RecordKey::new(crate::store::RecordKind::Agent, "nobody");
    act.guards.push(Guard { key: RecordKey::settings(), expected: Expected::At(Version(1)) });
    act.guards.push(Guard { key: absent, expected: Expected::Absent });
    act.fences.push(Fence { ticket: other.id, seen: given.slot(other.id).await });
    let lock = given.slot(other.id).await;
    given.apply(act).await;
    assert_eq!(given.slot(other.id).await, lock, "a commit leaves the lock alone");
}

pub async fn a_guard_on_something_absent_stops_when_it_is_there(subject: &dyn Subject) {
    let Scene { given, other, .. } = Scene::new(subject).await;
    let other = given.get(other.id).await.unwrap();
    let mut act = given.commit([given.write(&other, assign(BEN))]);
    act.guards.push(Guard { key: RecordKey::settings(), expected: Expected::Absent });
    let conflict = Conflict::Record { key: RecordKey::settings(), found: Version(1) };
    assert_eq!(given.send(act).await, CommitOutcome::Conflict(conflict));
}

pub async fn a_refused_act_leaves_no_key(subject: &dyn Subject) {
    let scene = Scene::new(subject).await;
    let key = Some(scene.given.key("api", "fresh", "f"));
    let mut act = scene.act(&[Obstacle::Ticket]);
    act.key.clone_from(&key);
    scene.stopped_by(Obstacle::Ticket, act).await;
    assert_eq!(scene.given.load(Wants { replay: key, ..Wants::default() }).await.replay, None);
}

pub async fn a_refused_act_draws_no_number(subject: &dyn Subject) -> Verdict {
    let scene = Scene::new(subject).await;
    if !scene.given.store.capabilities().gapless_numbers {
        return Verdict::Skipped("gapless_numbers");
    }
    for obstacle in OBSTACLES.into_iter().filter(|obstacle| *obstacle != Obstacle::Number) {
        scene.stopped_by(obstacle, scene.act(&[obstacle])).await;
    }
    assert_eq!(scene.given.a_ticket("Third").await.number, TicketNumber::new("2026-000003").unwrap());
    Verdict::Kept
}
