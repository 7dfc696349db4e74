//! Commits on a real file: what is written is what is read, the checks and their order, numbers, references, erasing.

mod support;

use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use support::*;

#[tokio::test]
async fn what_is_committed_is_what_is_loaded() {
    let desk = Desk::new().await;
    let ticket =
        open(&desk.store, NewTicket { tags: vec!["vip".into()], ..plain("Drucker druckt nicht") }, at(0)).await;
    assert_eq!(ticket.number.as_str(), "2026-000001");
    assert_eq!(load(&desk.store, ticket.id).await, Some(ticket.clone()));
    let by_number = Wants { ticket: Some(TicketKey::Number(ticket.number.key())), ..Wants::default() };
    assert_eq!(desk.store.load(&acme(), &by_number).await.unwrap().ticket, Some(ticket.clone()));

    let after = act(&desk.store, &ticket, &reply("Please turn it on."), at(60)).await;
    assert_eq!(load(&desk.store, ticket.id).await, Some(after.clone()));
    let talk = desk.store.conversation(&acme(), ticket.id, 1..=u32::MAX).await.unwrap();
    assert_eq!(talk.iter().map(|message| message.seq).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(talk[1].body, "Please turn it on.");
    let history = desk.store.history(&acme(), ticket.id, 0, 100).await.unwrap();
    assert_eq!(
        history.iter().map(|entry| entry.record.seq).collect::<Vec<_>>(),
        (1..=history.len() as u64).collect::<Vec<_>>()
    );
    let folded = Ticket::fold(ticket.id, history.iter().map(|entry| &entry.record));
    assert_eq!(folded.facts_only(), after.facts_only());
    assert_eq!(desk.store.check().await.unwrap(), []);
}

#[tokio::test]
async fn of_two_acts_on_one_version_one_conflicts() {
    let desk = Desk::new().await;
    let ticket = open(&desk.store, plain("Till is down"), at(0)).await;
    let (a, b) = (write(&ticket, &reply("a"), &anna(), at(1)), write(&ticket, &reply("b"), &anna(), at(1)));
    let (a, b) =
        tokio::join!(desk.store.commit(commit_of(vec![a], at(1))), desk.store.commit(commit_of(vec![b], at(1))));
    applied(a.unwrap());
    let expected = Conflict::Ticket { ticket: ticket.id, expected: Version(1), found: Version(2) };
    assert_eq!(b.unwrap(), CommitOutcome::Conflict(expected));
    let again = commit_of(vec![TicketWrite { before: None, ..write(&ticket, &reply("c"), &anna(), at(1)) }], at(1));
    let expected = Conflict::Ticket { ticket: ticket.id, expected: Version::NONE, found: Version(2) };
    assert_eq!(desk.store.commit(again).await.unwrap(), CommitOutcome::Conflict(expected));
}

#[tokio::test]
async fn a_key_gives_the_first_answer_again() {
    let desk = Desk::new().await;
    let key =
        |fingerprint: &str| IdempotencyKey { source: "api".into(), key: "k".into(), fingerprint: fingerprint.into() };
    let write = opening(plain("Once"), &anna(), at(0));
    let id = write.after.id;
    let once = Commit { key: Some(key("f")), ..commit_of(vec![write], at(0)) };
    applied(desk.store.commit(once.clone()).await.unwrap());
    let replay = Replay { fingerprint: "f".into(), ticket: id, version: Version(1) };
    assert_eq!(desk.store.commit(once.clone()).await.unwrap(), CommitOutcome::Replayed(replay.clone()));
    assert_eq!(
        desk.store.commit(Commit { key: Some(key("g")), ..once.clone() }).await.unwrap(),
        CommitOutcome::KeyReused
    );
    let wants = Wants { replay: Some(key("f")), ..Wants::default() };
    assert_eq!(desk.store.load(&acme(), &wants).await.unwrap().replay, Some(replay));
    assert_eq!(desk.store.forget_keys(at(0), 10).await.unwrap(), 0);
    assert_eq!(desk.store.forget_keys(at(1), 10).await.unwrap(), 1);
    assert_eq!(desk.store.load(&acme(), &wants).await.unwrap().replay, None);
}

#[tokio::test]
async fn records_guards_and_fences_are_checked_in_their_order() {
    let desk = Desk::new().await;
    let key = RecordKey::settings();
    let put = |expected, value| RecordWrite { key: RecordKey::settings(), expected, value };
    let value = serde_json::json!({"a": 1});
    let first =
        Commit { records: vec![put(Expected::Absent, Some(value.clone()))], ..Commit::new(acme(), anna(), at(0)) };
    applied(desk.store.commit(first.clone()).await.unwrap());
    let conflict = Conflict::Record { key: key.clone(), found: Version(1) };
    assert_eq!(desk.store.commit(first).await.unwrap(), CommitOutcome::Conflict(conflict.clone()));
    let record = desk.store.record(&acme(), &key).await.unwrap().unwrap();
    assert_eq!((record.version, record.value), (Version(1), value));

    let ticket = open(&desk.store, plain("Guarded"), at(0)).await;
    let guarded = Commit {
        guards: vec![Guard { key: key.clone(), expected: Expected::Absent }],
        ..commit_of(vec![write(&ticket, &reply("x"), &anna(), at(1))], at(1))
    };
    assert_eq!(desk.store.commit(guarded).await.unwrap(), CommitOutcome::Conflict(conflict));

    let slot = LockSlot::default().acquire(&agent("anna"), at(1), chrono::TimeDelta::minutes(3), None).unwrap();
    assert!(desk.store.swap_lock(&acme(), ticket.id, &LockSlot::default(), &slot, None).await.unwrap());
    assert!(!desk.store.swap_lock(&acme(), ticket.id, &LockSlot::default(), &slot, None).await.unwrap());
    let fenced = Commit {
        fences: vec![Fence { ticket: ticket.id, seen: LockSlot::default() }],
        ..commit_of(vec![write(&ticket, &reply("x"), &anna(), at(1))], at(1))
    };
    assert_eq!(
        desk.store.commit(fenced).await.unwrap(),
        CommitOutcome::LockMoved { ticket: ticket.id, slot: slot.clone() }
    );
    let gone = Commit { records: vec![put(Expected::At(Version(1)), None)], ..Commit::new(acme(), anna(), at(2)) };
    applied(desk.store.commit(gone).await.unwrap());
    assert_eq!(desk.store.record(&acme(), &key).await.unwrap(), None);
}

#[tokio::test]
async fn a_lock_event_stands_in_the_history_and_leaves_the_version() {
    let desk = Desk::new().await;
    let ticket = open(&desk.store, plain("Locked"), at(0)).await;
    let slot = LockSlot::default().steal(&agent("ben"), at(1), chrono::TimeDelta::minutes(3), None);
    let event = Event::LockStolen { from: None, token: slot.token, reason: "urgent".into() };
    let audit = EventRecord { id: EventId(fresh()), seq: 0, version: ticket.version, at: at(1), actor: anna(), event };
    assert!(desk.store.swap_lock(&acme(), ticket.id, &LockSlot::default(), &slot, Some(audit)).await.unwrap());
    assert_eq!(desk.store.lock_slot(&acme(), ticket.id).await.unwrap(), slot);
    let before = desk.store.history(&acme(), ticket.id, 0, 100).await.unwrap();
    assert_eq!(before.last().unwrap().record.event.name(), "lock_stolen");
    let after = act(&desk.store, &ticket, &reply("on it"), at(2)).await;
    assert_eq!(after.version, Version(2));
    let history = desk.store.history(&acme(), ticket.id, before.len() as u64, 100).await.unwrap();
    assert_eq!(history[0].record.seq, before.len() as u64 + 1);
    assert!(!desk.store.swap_lock(&acme(), TicketId(fresh()), &LockSlot::default(), &slot, None).await.unwrap());
}

#[tokio::test]
async fn references_are_unique_and_found_and_freed_by_erasing() {
    let desk = Desk::new().await;
    let external = ExternalRef::new("shop", "4711").unwrap();
    let new = NewTicket { external: [external.clone()].into(), ..plain("First") };
    let ticket = open(&desk.store, new.clone(), at(0)).await;
    let taken = CommitOutcome::ExternalTaken { external: external.clone(), ticket: ticket.id };
    let second = opening(NewTicket { subject: "Second".into(), ..new.clone() }, &anna(), at(1));
    assert_eq!(desk.store.commit(commit_of(vec![second.clone()], at(1))).await.unwrap(), taken);
    let wants = Wants { ticket: Some(TicketKey::External(external.clone())), ..Wants::default() };
    assert_eq!(desk.store.load(&acme(), &wants).await.unwrap().ticket.unwrap().id, ticket.id);

    // Two of one commit.
    let other = ExternalRef::new("shop", "4712").unwrap();
    let pair: Vec<_> = ["a", "b"]
        .map(|subject| opening(NewTicket { external: [other.clone()].into(), ..plain(subject) }, &anna(), at(1)))
        .into();
    let first = pair[0].after.id;
    let outcome = desk.store.commit(commit_of(pair, at(1))).await.unwrap();
    assert_eq!(outcome, CommitOutcome::ExternalTaken { external: other, ticket: first });

    let gone = act(&desk.store, &ticket, &Command::Delete, at(2)).await;
    assert!(gone.deleted_at.is_some());
    let talk = desk.store.conversation(&acme(), ticket.id, 1..=9).await.unwrap();
    assert!(talk.iter().all(|message| message.redacted && message.body.is_empty()));
    let history = desk.store.history(&acme(), ticket.id, 0, 100).await.unwrap();
    assert!(history.iter().all(|entry| entry.revision.is_none()));
    applied(desk.store.commit(commit_of(vec![second], at(3))).await.unwrap());
    assert_eq!(desk.store.check().await.unwrap(), []);
}

#[tokio::test]
async fn drawing_skips_what_is_taken_and_goes_on_behind_what_was_raised() {
    let desk = Desk::new().await;
    let given = |text: &str, raise: Option<u64>| NumberSource::Given {
        number: TicketNumber::new(text).unwrap(),
        raise: raise.map(|seq| ("ticket/2026".to_owned(), seq)),
    };
    for seq in 1..=40 {
        let write =
            TicketWrite { number: given(&format!("2026-{seq}"), None), ..opening(plain("old"), &anna(), at(0)) };
        applied(desk.store.commit(commit_of(vec![write], at(0))).await.unwrap());
    }
    assert_eq!(open(&desk.store, plain("new"), at(1)).await.number.as_str(), "2026-000041");
    let write = TicketWrite { number: given("2026-000100", Some(100)), ..opening(plain("old"), &anna(), at(0)) };
    let drawn = opening(plain("with it"), &anna(), at(0));
    let done = applied(desk.store.commit(commit_of(vec![write, drawn], at(0))).await.unwrap());
    assert_eq!(done.numbers[1].as_str(), "2026-000101");
    let write = TicketWrite { number: given("2026/100", None), ..opening(plain("old"), &anna(), at(0)) };
    let number = TicketNumber::new("2026/100").unwrap();
    assert_eq!(desk.store.commit(commit_of(vec![write], at(0))).await.unwrap(), CommitOutcome::NumberTaken { number });
}

#[tokio::test]
async fn a_great_many_rows_in_one_act_are_applied_whole() {
    let desk = Desk::new().await;
    let mut writes = Vec::new();
    for index in 0..8 {
        let mut new = plain(&format!("Import {index} with a good many words in its subject line"));
        new.tags = (0..20).map(|tag| format!("tag-{tag}")).collect();
        new.external = (0..20).map(|n| ExternalRef::new("old", &format!("{index}-{n}")).unwrap()).collect();
        let mut write = opening(new, &anna(), at(index));
        for n in 0..60 {
            let next = support::write(&write.after, &reply(&format!("message {n}")), &anna(), at(index));
            write.after = Ticket { version: Version(1), ..next.after };
            write.events.extend(
                next.events
                    .into_iter()
                    .map(|(event, revision)| (EventRecord { version: Version(1), ..event }, revision)),
            );
            write.messages.add.extend(next.messages.add);
        }
        writes.push(write);
    }
    let ids: Vec<_> = writes.iter().map(|write| write.after.id).collect();
    let outbox = Commit { outbox: true, ..commit_of(writes, at(9)) };
    applied(desk.store.commit(outbox).await.unwrap());
    for id in ids {
        assert_eq!(desk.store.conversation(&acme(), id, 1..=u32::MAX).await.unwrap().len(), 61);
    }
    assert_eq!(desk.store.check().await.unwrap(), []);
}

#[tokio::test]
async fn marks_move_forward_and_zero_takes_them_away() {
    let desk = Desk::new().await;
    let ticket = open(&desk.store, plain("Read me"), at(0)).await;
    let wants = Wants { ticket: Some(TicketKey::Id(ticket.id)), mark: Some(agent("anna")), ..Wants::default() };
    for (position, expected) in [(2, 2), (1, 2), (5, 5), (0, 0), (1, 1)] {
        desk.store.mark_read(&acme(), &agent("anna"), ticket.id, position).await.unwrap();
        assert_eq!(desk.store.load(&acme(), &wants).await.unwrap().mark, expected);
    }
    desk.store.mark_read(&acme(), &agent("anna"), TicketId(fresh()), 3).await.unwrap();
    assert_eq!(desk.store.check().await.unwrap(), []);
}

#[tokio::test]
async fn the_outbox_holds_later_events_of_a_ticket_back() {
    let desk = Desk::new().await;
    let store = &desk.store;
    let commit = |write| Commit { outbox: true, ..commit_of(vec![write], at(0)) };
    let write = opening(NewTicket::new("A"), &anna(), at(0));
    let mut a = write.after.clone();
    a.number = applied(store.commit(commit(write)).await.unwrap()).numbers.remove(0);
    let write = opening(NewTicket::new("B"), &anna(), at(0));
    let b = write.after.clone();
    applied(store.commit(commit(write)).await.unwrap());
    applied(
        store.commit(commit(support::write(&a, &Command::Assign(Some(agent("anna"))), &anna(), at(1)))).await.unwrap(),
    );

    let (one, two) = (ClaimToken(fresh()), ClaimToken(fresh()));
    let got = store.claim(Shard::ALL, one, at(10), at(20), 1).await.unwrap();
    assert_eq!(
        got.iter().map(|d| (d.ticket, d.event.event.name().to_owned())).collect::<Vec<_>>(),
        [(a.id, "opened".to_owned())]
    );
    let other = store.claim(Shard::ALL, two, at(10), at(20), 10).await.unwrap();
    assert!(other.iter().all(|delivery| delivery.ticket == b.id) && !other.is_empty());
    assert_eq!(store.acknowledge(two, &[got[0].position]).await.unwrap(), 0);
    assert_eq!(store.release(one, &[got[0].position], at(30)).await.unwrap(), 1);
    assert_eq!(store.claim(Shard::ALL, one, at(15), at(20), 10).await.unwrap(), []);
    let again = store.claim(Shard::ALL, one, at(30), at(40), 10).await.unwrap();
    assert_eq!((again[0].ticket, again[0].attempts), (a.id, 1));
    assert!(again.iter().filter(|delivery| delivery.ticket == a.id).count() >= 2, "the later one comes with it");
    let positions: Vec<_> = again.iter().map(|delivery| delivery.position).collect();
    assert_eq!(store.acknowledge(one, &positions).await.unwrap(), positions.len());
    assert_eq!(store.claim(Shard::ALL, one, at(90), at(99), 10).await.unwrap(), []);
    assert_eq!(store.check().await.unwrap(), []);
}

#[tokio::test]
async fn due_timers_come_earliest_first() {
    let desk = Desk::new().await;
    let mut expected = Vec::new();
    for seconds in [30, 10, 20] {
        let ticket = open(&desk.store, plain("Sleeps"), at(0)).await;
        let ticket = act(&desk.store, &ticket, &Command::Claim, at(0)).await;
        let change = StatusChange { until: Some(at(seconds)), ..StatusChange::to(StatusKey::new("on_hold").unwrap()) };
        let ticket = act(&desk.store, &ticket, &Command::SetStatus(change), at(1)).await;
        expected.push((at(seconds), ticket.id));
    }
    expected.sort();
    let due = desk.store.due(Shard::ALL, at(20), 10).await.unwrap();
    assert_eq!(due.iter().map(|due| (due.timer.at, due.ticket)).collect::<Vec<_>>(), expected[..2]);
    let elsewhere: usize = {
        let mut sum = 0;
        for index in 0..4 {
            sum += desk.store.due(Shard::new(index, 4).unwrap(), at(99), 10).await.unwrap().len();
        }
        sum
    };
    assert_eq!(elsewhere, 3);
    assert_eq!(desk.store.tenants().await.unwrap(), [acme()]);
    assert_eq!(desk.store.scan(&acme(), None, 2).await.unwrap().len(), 2);
}
