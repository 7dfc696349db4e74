//! The administrator's part of the shell, on the memory store: catalogues, records out and in, the queue, trying only.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use helpdesk_core::desk::{
    ContactChange, Error, ErrorKind, ImportRequest, Imported, LevelsChange, NameChange, NewRequest, OpenTicket,
    Options, RecordDump, Versioned,
};
use helpdesk_core::env::{ManualClock, SequentialIds};
use helpdesk_core::party::{Agent, AgentId, Requester, Role, Team, TeamId};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::sla::{PolicyName, SlaPolicy};
use helpdesk_core::store::RecordKind;
use helpdesk_core::ticket::{MessageDraft, Priority, TicketNumber, Version};
use helpdesk_core::{Helpdesk, MemoryStore, Settings};

fn desk() -> Helpdesk {
    let clock = Arc::new(ManualClock::at("2026-11-02T09:00:00Z".parse().unwrap()));
    Helpdesk::builder(MemoryStore::new()).clock(clock).ids(Arc::new(SequentialIds::default())).build()
}

fn team(name: &str) -> Team {
    Team { id: TeamId::new("first").unwrap(), name: name.to_owned() }
}

#[tokio::test]
async fn entries_are_added_once_and_edited_as_they_stand() {
    let acme = desk().tenant("acme").unwrap();
    let admin = acme.admin("root").unwrap();
    admin.add(&team("First")).await.unwrap();
    assert_eq!(admin.add(&team("Again")).await.unwrap_err().code(), "invalid_value");
    let named = |name: &str| NameChange { name: Some(name.to_owned()) };
    let edited = admin.edit::<Team>("first", named("First line")).await.unwrap();
    assert_eq!((edited.value.name.as_str(), edited.version), ("First line", Version(2)));
    let missing = admin.edit::<Team>("second", named("x")).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let broken = admin.edit::<Team>("first", named("two\nlines")).await.unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::Rejected);
    let page = admin.agent().entries_after::<Team>(None, 1).await.unwrap();
    assert_eq!(page, [Versioned { value: team("First line"), version: Version(2) }]);
    assert!(admin.agent().entries_after::<Team>(Some("first"), 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn records_are_written_only_at_the_version_expected() {
    let admin = desk().tenant("acme").unwrap().admin("root").unwrap();
    let named = |name: &str| NameChange { name: Some(name.to_owned()) };
    let first = admin.add(&team("First")).await.unwrap().version;
    let tried = admin.edit::<Team>("first", named("Tried")).dry_run().await.unwrap();
    assert_eq!((tried.value.name.as_str(), tried.version, tried.dry_run), ("Tried", Version(2), true));
    admin.edit::<Team>("first", named("Second")).expecting(first).await.unwrap();
    let stale: [Error; 4] = [
        admin.edit::<Team>("first", named("Third")).expecting(first).await.unwrap_err(),
        admin.put(&team("Third")).expecting(first).await.unwrap_err(),
        admin.remove::<Team>("first").expecting(first).await.unwrap_err(),
        admin.set_settings(&Settings::default(), Version(7)).await.unwrap_err(),
    ];
    for error in &stale[..3] {
        assert!(matches!(error, Error::Conflict { expected: Version(1), found: Version(2), .. }), "{error:?}");
    }
    assert!(matches!(stale[3], Error::Conflict { expected: Version(7), found: Version(0), .. }), "{:?}", stale[3]);
    assert_eq!(admin.agent().entry::<Team>("first").await.unwrap().value.name, "Second");
    assert_eq!(admin.remove::<Team>("first").dry_run().await.unwrap().value.unwrap().name, "Second");
    assert_eq!(admin.remove::<Team>("first").expecting(Version(2)).await.unwrap().value.unwrap().name, "Second");
}

#[tokio::test]
async fn the_same_key_writes_a_record_once() {
    let admin = desk().tenant("acme").unwrap().admin("root").unwrap();
    let named = |name: &str| NameChange { name: Some(name.to_owned()) };
    let add = || admin.add(&team("First")).idempotent("1").unwrap();
    assert!(!add().await.unwrap().replayed);
    assert!(add().await.unwrap().replayed, "not a duplicate");
    let edit = |name| admin.edit::<Team>("first", named(name)).idempotent("2").unwrap();
    edit("Mine").await.unwrap();
    admin.edit::<Team>("first", named("Theirs")).await.unwrap();
    let again = edit("Mine").await.unwrap();
    assert_eq!((again.value.name.as_str(), again.replayed), ("Theirs", true), "what stands there now, not done again");
    assert!(matches!(edit("Other").await.unwrap_err(), Error::KeyReused));
    let remove = || admin.remove::<Team>("first").idempotent("3").unwrap();
    assert!(remove().await.unwrap().value.is_some());
    let again = remove().await.unwrap();
    assert_eq!((again.value, again.replayed), (None, true));

    let policy = SlaPolicy::new(PolicyName::new("gold").unwrap());
    let set = || {
        let change = LevelsChange::SetPolicy { policy: Box::new(policy.clone()), before: None };
        admin.change_service_levels(change).idempotent("4").unwrap()
    };
    set().await.unwrap();
    admin.change_service_levels(LevelsChange::RemovePolicy(policy.name.clone())).await.unwrap();
    let again = set().await.unwrap();
    assert!(again.replayed && again.value.sla.policies.is_empty(), "it does not come back");
}

#[tokio::test]
async fn contacts_are_changed_merged_and_erased_once_under_a_key() {
    let admin = desk().tenant("acme").unwrap().admin("root").unwrap();
    for address in ["max@example.com", "maria@example.com"] {
        admin.agent().open(OpenTicket::new("x").from_email(address).unwrap()).await.unwrap();
    }
    let max = || Requester::email("max@example.com").unwrap();
    let maria = || Requester::email("maria@example.com").unwrap();
    let change = || ContactChange { name: Some("Max".to_owned()), ..ContactChange::default() };
    let edited = admin.edit_contact(max(), change()).idempotent("1").unwrap().await.unwrap();
    assert_eq!(edited.version, Version(2));
    assert!(admin.edit_contact(max(), change()).idempotent("1").unwrap().await.unwrap().replayed);
    let stale = admin.edit_contact(max(), change()).expecting(Version(1)).await.unwrap_err();
    assert!(matches!(stale, Error::Conflict { found: Version(2), .. }), "{stale:?}");

    let merge = || admin.merge_contact(max(), maria()).idempotent("2").unwrap();
    merge().dry_run().await.unwrap();
    assert_eq!(admin.agent().contact(&max()).await.unwrap().value.id, edited.value.id, "only tried");
    assert!(matches!(admin.merge_contact(max(), maria()).expecting(Version(1)).await, Err(Error::Conflict { .. })));
    merge().await.unwrap();
    let maria_id = admin.agent().contact(&maria()).await.unwrap().value.id;
    assert_eq!(admin.agent().contact(&max()).await.unwrap().value.id, maria_id);
    assert!(merge().await.unwrap().replayed);

    let erase = || admin.erase_contact(maria()).idempotent("3").unwrap();
    assert_eq!(erase().dry_run().await.unwrap().value, 2, "of both, and nothing is gone");
    assert_eq!(erase().await.unwrap().value, 2);
    assert!(admin.agent().contact(&maria()).await.is_err());
    assert!(erase().await.unwrap().replayed, "though the address means nobody any more");
}

#[tokio::test]
async fn the_next_ticket_is_taken_once_under_a_key_and_only_as_it_was_seen() {
    let acme = desk().tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap();
    for subject in ["a", "b"] {
        anna.open(OpenTicket::new(subject).from_email("max@example.com").unwrap()).await.unwrap();
    }
    let keyed = Options { idempotency_key: Some("1".to_owned()), ..Options::default() };
    let taken = anna.claim_next(None, &keyed).await.unwrap().unwrap();
    let again = anna.claim_next(None, &keyed).await.unwrap().unwrap();
    assert_eq!((again.ticket.id, again.replayed), (taken.ticket.id, true), "not the second one too");
    let other = anna.claim_next(Some(TeamId::new("x").unwrap()), &keyed).await.unwrap_err();
    assert!(matches!(other, Error::KeyReused));
    let next = anna.queue_next(None).await.unwrap().unwrap().ticket;
    anna.claim(next.id).await.unwrap();
    anna.assign(next.id, None).await.unwrap();
    let stale = Options { expecting: Some(next.version), ..Options::default() };
    assert!(matches!(anna.claim_next(None, &stale).await, Err(Error::Conflict { .. })));
    anna.claim_next(None, &Options::default()).await.unwrap().unwrap();
    let again = anna.claim_next(None, &keyed).await.unwrap().unwrap();
    assert_eq!(again.ticket.id, taken.ticket.id, "also when the queue is empty");
}

#[tokio::test]
async fn only_who_may_edit_settings_gets_the_administrators_handle() {
    let acme = desk().tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap();
    assert_eq!(anna.admin().await.unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(acme.system().admin().await.unwrap_err().code(), "agent_only");
    let record = Agent { role: Role::Admin, ..Agent::new(AgentId::new("anna").unwrap()) };
    acme.admin("root").unwrap().put(&record).await.unwrap();
    anna.admin().await.unwrap().add(&team("x")).await.unwrap();
    acme.admin("root").unwrap().put(&Agent { disabled: true, ..record }).await.unwrap();
    assert!(anna.admin().await.is_err());
}

#[tokio::test]
async fn records_come_back_as_they_were_and_only_whole() {
    let desk = desk();
    let (from, to) = (desk.tenant("from").unwrap(), desk.tenant("to").unwrap());
    let (from, to) = (from.admin("root").unwrap(), to.admin("root").unwrap());
    from.init(&Settings::default()).await.unwrap();
    from.add(&team("x")).await.unwrap();
    from.agent().open(OpenTicket::new("x").from_email("max@example.com").unwrap()).await.unwrap();
    for kind in RecordKind::ALL {
        for record in from.dump_records(kind, None, 10).await.unwrap() {
            assert!(to.restore_record(record.clone()).await.unwrap(), "{record:?}");
            assert!(!to.restore_record(record).await.unwrap(), "what is there is left alone");
        }
        assert_eq!(from.dump_records(kind, None, 10).await.unwrap(), to.dump_records(kind, None, 10).await.unwrap());
    }
    assert!(to.agent().contact(&Requester::email("max@example.com").unwrap()).await.is_ok());
    let wrong = |kind, key: &str, value| RecordDump { kind, key: key.to_owned(), value };
    for dump in [
        wrong(RecordKind::Team, "other", serde_json::json!({ "id": "first", "name": "x" })),
        wrong(RecordKind::Team, "t", serde_json::json!({ "id": "t" })),
        wrong(RecordKind::Settings, "desk2", serde_json::json!({})),
        wrong(RecordKind::Settings, "desk", serde_json::json!({ "time_zone": "Mars" })),
        wrong(RecordKind::ContactAddress, "no address", serde_json::json!("c")),
    ] {
        assert_eq!(to.restore_record(dump.clone()).await.unwrap_err().kind(), ErrorKind::Rejected, "{dump:?}");
    }
}

#[tokio::test]
async fn the_queue_gives_each_ticket_to_one() {
    let acme = desk().tenant("acme").unwrap();
    let (anna, ben) = (acme.agent("anna").unwrap(), acme.agent("ben").unwrap());
    for (subject, priority) in [("a", Priority::Low), ("b", Priority::Critical)] {
        let mut open = OpenTicket::new(subject);
        open.ticket.priority = Some(priority);
        anna.open(open).await.unwrap();
    }
    assert_eq!(anna.queue_next(None).await.unwrap().unwrap().ticket.content.subject, "b");
    let tried = Options { dry_run: true, ..Options::default() };
    assert!(anna.claim_next(None, &tried).await.unwrap().unwrap().dry_run);
    // What somebody else has locked is passed over.
    ben.lock("2026-2", None).await.unwrap();
    let options = Options::default();
    assert_eq!(anna.claim_next(None, &options).await.unwrap().unwrap().ticket.content.subject, "a");
    assert!(anna.claim_next(None, &options).await.unwrap().is_none());
    assert_eq!(ben.claim_next(None, &options).await.unwrap().unwrap().ticket.content.subject, "b");
    assert!(anna.queue_next(Some(TeamId::new("none").unwrap())).await.unwrap().is_none());
}

#[tokio::test]
async fn trying_only_makes_nothing() {
    let desk = desk();
    let acme = desk.tenant("acme").unwrap();
    let max = acme.requester("max@example.com").unwrap();
    let request = NewRequest { subject: "x".into(), message: MessageDraft::from("y"), ..NewRequest::default() };
    max.open(request, &Options { dry_run: true, ..Options::default() }).await.unwrap();
    let admin = acme.admin("root").unwrap();
    let import = || ImportRequest { external_id: "1".into(), subject: "s".into(), ..ImportRequest::default() };
    assert!(matches!(admin.try_import("x", import()).await.unwrap(), Imported::Created(_)));
    assert!(desk.store().tenants().await.unwrap().is_empty(), "nothing was stored");
    admin.import("x", import()).await.unwrap();
    assert!(matches!(admin.try_import("x", import()).await.unwrap(), Imported::Known(_)));
    let bad = ImportRequest { subject: String::new(), external_id: "2".into(), ..ImportRequest::default() };
    assert!(matches!(admin.try_import("x", bad).await, Err(Error::Rejected(_) | Error::Invalid(_))));
    assert_eq!(max.total().await.unwrap(), 0);
    assert_eq!(admin.agent().total(&TicketFilter::all()).await.unwrap(), 1);
}

#[tokio::test]
async fn a_number_that_could_mean_two_tickets_is_refused_with_both() {
    let acme = desk().tenant("acme").unwrap();
    let admin = acme.admin("root").unwrap();
    let old = OpenTicket {
        number: Some(TicketNumber::new("1").unwrap()),
        ..OpenTicket::new("from elsewhere").from_email("eva@example.com").unwrap().saying("x")
    };
    admin.agent().open(old).await.unwrap();
    assert_eq!(admin.agent().show("1").await.unwrap().ticket.number.as_str(), "1");
    let max = OpenTicket::new("x").from_email("max@example.com").unwrap().saying("x");
    admin.agent().open(max).await.unwrap();
    let Err(Error::Ambiguous { candidates }) = admin.agent().show("#1").await else { panic!("both are meant") };
    assert_eq!(candidates.len(), 2);
    assert_eq!(admin.agent().note("1", "x").await.unwrap_err().code(), "ambiguous");
    admin.agent().note("2026-1", "x").await.unwrap();
    // What somebody may not see makes nothing ambiguous.
    let max = acme.requester("max@example.com").unwrap();
    assert_eq!(max.show("1").await.unwrap().number.as_str(), "2026-000001");
    max.reply("1", "mine", &Options::default()).await.unwrap();
}
