//! The administrator's part of the shell, on the memory store: catalogues, records out and in, the queue, trying only.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use helpdesk_core::desk::{Error, ErrorKind, ImportRequest, Imported, NewRequest, OpenTicket, Options, RecordDump};
use helpdesk_core::env::{ManualClock, SequentialIds};
use helpdesk_core::party::{Agent, AgentId, Requester, Role, Team, TeamId};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::store::RecordKind;
use helpdesk_core::ticket::{MessageDraft, Priority};
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
    let edited = admin.edit("first", |team: &mut Team| team.name.push_str(" line")).await.unwrap();
    assert_eq!(edited.name, "First line");
    let missing = admin.edit("second", |_: &mut Team| ()).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let broken = admin.edit("first", |team: &mut Team| team.name = "two\nlines".to_owned()).await.unwrap_err();
    assert_eq!(broken.kind(), ErrorKind::Rejected);
    let page: Vec<Team> = admin.agent().entries_after(None, 1).await.unwrap();
    assert_eq!(page.len(), 1);
    assert!(admin.agent().entries_after::<Team>(Some("first"), 1).await.unwrap().is_empty());
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
