//! A desk within the host's transaction: its handles stand on a store that only borrows, it keeps what it learns to
//! itself, and where the transaction sees an older state it gives up at once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::Arc;

use helpdesk_core::access::{AccessPolicy, Action, Principal, RolePolicy};
use helpdesk_core::desk::{
    ContactChange, Error, ErrorKind, ImportRequest, LevelsChange, NameChange, NewRequest, OpenTicket, Options,
    RecordDump, TenantDesk, TicketDump,
};
use helpdesk_core::env::{ManualClock, SequentialIds};
use helpdesk_core::party::{Requester, Role, Team, TeamId};
use helpdesk_core::query::{Scope, TicketFilter};
use helpdesk_core::sla::{PolicyName, SlaPolicy};
use helpdesk_core::store::RecordKind;
use helpdesk_core::ticket::{MessageDraft, Ticket, TicketId, Version};
use helpdesk_core::{Helpdesk, Limits, MemoryStore, Settings};

mod borrowed;

use borrowed::{Borrowed, Stale};

fn max_asks(subject: &str) -> OpenTicket {
    OpenTicket::new(subject).from_email("max@example.com").unwrap().saying("x")
}

fn team(id: &str) -> Team {
    Team { id: TeamId::new(id).unwrap(), name: id.to_owned() }
}

#[tokio::test]
async fn all_handles_stand_on_a_store_that_borrows() {
    let desk = Helpdesk::builder(MemoryStore::new()).build();
    let transaction = MemoryStore::new();
    let ticket = {
        let joined = desk.joined(Arc::new(Borrowed::new(&transaction, Stale::Nothing)));
        let acme = joined.tenant("acme").unwrap();
        let (anna, max, root) =
            (acme.agent("anna").unwrap(), acme.requester("max@example.com").unwrap(), acme.admin("root"));
        root.unwrap().add(&team("first")).await.unwrap();
        let ticket = anna.open(max_asks("Parcel lost")).idempotent("order-4711").unwrap().await.unwrap().ticket.id;
        anna.reply(ticket, "Look at your neighbour's.").then_status("pending").unwrap().await.unwrap();
        max.reply(ticket, "It is there.", &Options::default()).await.unwrap();
        anna.lock(ticket, None).await.unwrap();
        anna.mark_read(ticket).await.unwrap();
        assert_eq!(anna.total(&TicketFilter::open()).await.unwrap(), 1);
        ticket
    };
    assert_eq!(desk.tenant("acme").unwrap().system().show(ticket).await.unwrap_err().kind(), ErrorKind::NotFound);
    // The borrow is over: the host has its own again, with everything in it.
    let committed = Helpdesk::builder(transaction).build().tenant("acme").unwrap().agent("anna").unwrap();
    assert_eq!(committed.conversation(ticket).await.unwrap().len(), 3);
    assert_eq!(committed.entries::<Team>().await.unwrap().len(), 1);
}

/// Allows nobody to delete a ticket.
struct NobodyDeletes;

impl AccessPolicy for NobodyDeletes {
    fn allows(&self, who: &Principal, action: Action, ticket: Option<&Ticket>, settings: &Settings) -> bool {
        action != Action::TicketDelete && RolePolicy.allows(who, action, ticket, settings)
    }

    fn scope(&self, who: &Principal, settings: &Settings) -> Scope {
        RolePolicy.scope(who, settings)
    }
}

fn strange_desk() -> Helpdesk {
    let clock = Arc::new(ManualClock::at("2026-11-02T09:00:00Z".parse().unwrap()));
    let limits = Limits { name_chars: 7, ..Limits::default() };
    let desk = Helpdesk::builder(MemoryStore::new()).clock(clock).ids(Arc::new(SequentialIds::default()));
    desk.limits(limits).access(Arc::new(NobodyDeletes)).build()
}

#[tokio::test]
async fn clock_ids_permissions_and_limits_are_those_of_the_desk() {
    let (desk, twin, transaction) = (strange_desk(), strange_desk(), MemoryStore::new());
    let joined = desk.joined(Arc::new(Borrowed::new(&transaction, Stale::Nothing)));
    assert_eq!((joined.now(), joined.limits()), (desk.now(), desk.limits()));
    let acme = joined.tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap().with_role(Role::Admin);
    let ticket = anna.open(max_asks("x")).await.unwrap().ticket;
    let same = twin.tenant("acme").unwrap().agent("anna").unwrap().open(max_asks("x")).await.unwrap().ticket;
    assert_eq!((ticket.id, ticket.created_at), (same.id, desk.now()));
    assert_eq!(anna.delete(ticket.id).await.unwrap_err().code(), "permission_denied");
    let long = acme.admin("root").unwrap().add(&team("too-long")).await;
    assert_eq!(long.unwrap_err().code(), "limit_exceeded");
}

/// Settings at version 2, told apart by what requesters see.
async fn at_version_two(acme: &TenantDesk<'_>, see_organization: bool) {
    let root = acme.admin("root").unwrap();
    root.init(&Settings::default()).await.unwrap();
    let settings = Settings { requesters_see_organization: see_organization, ..Settings::default() };
    assert_eq!(root.set_settings(&settings, Version(1)).await.unwrap().version, Version(2));
}

#[tokio::test]
async fn settings_of_the_transaction_and_of_the_desk_are_never_mixed_up() {
    for transaction_first in [true, false] {
        // Given: version 2 of the settings, one in the transaction, another one outside.
        let desk = Helpdesk::builder(MemoryStore::new()).build();
        let transaction = MemoryStore::new();
        let joined = desk.joined(Arc::new(Borrowed::new(&transaction, Stale::Nothing)));
        let (inside, outside) = (joined.tenant("acme").unwrap(), desk.tenant("acme").unwrap());
        at_version_two(&inside, true).await;
        at_version_two(&outside, false).await;
        // When: both are read, so that each desk has a copy to remember.
        let mut acmes = [(&inside, true), (&outside, false)];
        if !transaction_first {
            acmes.reverse();
        }
        // Then: each sees its own.
        for (acme, see_organization) in acmes {
            let settings = acme.system().tenant_settings().await.unwrap();
            assert_eq!(settings.requesters_see_organization, see_organization, "{transaction_first}");
        }
    }
}

/// What others wrote before the transaction began.
struct Given {
    store: MemoryStore,
    open: TicketId,
    closed: TicketId,
    merged: TicketId,
    target: TicketId,
    dump: TicketDump,
}

async fn given() -> Given {
    let shared = Arc::new(MemoryStore::new());
    let desk = Helpdesk::over(Arc::clone(&shared) as _).build();
    let acme = desk.tenant("acme").unwrap();
    let (anna, root) = (acme.agent("anna").unwrap(), acme.admin("root").unwrap());
    root.add(&team("first")).await.unwrap();
    let mut ids = Vec::new();
    for subject in ["open", "closed", "merged", "target"] {
        ids.push(anna.open(max_asks(subject)).await.unwrap().ticket.id);
    }
    let [open, closed, merged, target] = ids[..] else { unreachable!("four were opened") };
    anna.open(OpenTicket::new("eva").from_email("eva@example.com").unwrap()).await.unwrap();
    anna.set_status(closed, "resolved").unwrap().await.unwrap();
    acme.requester("max@example.com").unwrap().confirm(closed, &Options::default()).await.unwrap();
    anna.merge(merged, target).await.unwrap().await.unwrap();
    let elsewhere = Helpdesk::builder(MemoryStore::new()).build().tenant("acme").unwrap();
    elsewhere.agent("anna").unwrap().open(max_asks("elsewhere")).await.unwrap();
    let dump = elsewhere.admin("root").unwrap().dump(None, 1).await.unwrap().remove(0);
    drop((desk, acme, anna, root));
    Given { store: Arc::into_inner(shared).unwrap(), open, closed, merged, target, dump }
}

#[tokio::test]
async fn every_act_ends_at_the_first_conflict_of_the_transaction() {
    let Given { store, open, closed, merged, dump, .. } = given().await;
    let desk = Helpdesk::builder(MemoryStore::new()).build();
    let stale = Arc::new(Borrowed::new(&store, Stale::Writes));
    let joined = desk.joined(Arc::clone(&stale) as _);
    let acme = joined.tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap().with_role(Role::Admin);
    let (max, root) = (acme.requester("max@example.com").unwrap(), acme.admin("root").unwrap());
    let (once, words) = (Options::default(), || MessageDraft::from("x"));
    let address = |address: &str| Requester::email(address).unwrap();
    let named = |name: &str| ContactChange { name: Some(name.to_owned()), ..ContactChange::default() };
    let policy =
        LevelsChange::SetPolicy { policy: Box::new(SlaPolicy::new(PolicyName::new("gold").unwrap())), before: None };
    let request = ImportRequest { external_id: "1".to_owned(), subject: "x".to_owned(), ..ImportRequest::default() };
    let record = RecordDump {
        kind: RecordKind::Team,
        key: "second".to_owned(),
        value: serde_json::to_value(team("second")).unwrap(),
    };
    let new = NewRequest { subject: "x".to_owned(), message: words(), ..NewRequest::default() };
    let change = NameChange { name: Some("x".to_owned()) };

    let mut refused: Vec<(&str, Option<Error>, usize)> = Vec::new();
    macro_rules! tried {
        ($($act:expr),* $(,)?) => {
            $(refused.push((stringify!($act), $act.await.err(), stale.take_writes()));)*
        };
    }
    tried![
        anna.open(max_asks("x")),
        anna.reply(open, "x"),
        anna.reply(open, "x").idempotent("key").unwrap(),
        anna.merge(open, merged).await.unwrap(),
        anna.split(open, "x", &[1]).await.unwrap(),
        anna.claim_next(None, &once),
        anna.lock(open, None),
        anna.steal_lock(open, "x"),
        anna.mark_read(open),
        max.open(new, &once),
        max.reply(open, "x", &once),
        max.reply(closed, "x", &once),
        max.reply(merged, "x", &once),
        root.put(&team("first")),
        root.add(&team("second")),
        root.edit::<Team>("first", change),
        root.remove::<Team>("first"),
        root.set_settings(&Settings::default(), Version::NONE),
        root.init(&Settings::default()),
        root.change_service_levels(policy),
        root.edit_contact(address("max@example.com"), named("Max")),
        root.merge_contact(address("eva@example.com"), address("max@example.com")),
        root.erase_contact(address("max@example.com")),
        root.import("old", request),
        root.reapply_service_levels(10),
        root.restore_record(record),
        root.restore(dump),
    ];
    for (act, error, writes) in refused {
        let error = error.unwrap();
        let told = (error.kind(), error.code().as_str(), error.is_retryable());
        assert_eq!(told, (ErrorKind::Conflict, "transaction_conflict", false), "{act}: {error:?}");
        assert_eq!(writes, 1, "{act} was tried again");
    }
}

#[tokio::test]
async fn a_conflict_that_reading_meets_ends_the_act_too() {
    let Given { store, merged, target, .. } = given().await;
    let desk = Helpdesk::builder(MemoryStore::new()).build();
    let stale = Arc::new(Borrowed::new(&store, Stale::Ticket(target)));
    let joined = desk.joined(Arc::clone(&stale) as _);
    let max = joined.tenant("acme").unwrap().requester("max@example.com").unwrap();
    // Where the request went on cannot be seen; that is no reason to begin a new one.
    let error = max.reply(merged, "x", &Options::default()).await.unwrap_err();
    assert_eq!((error.code().as_str(), stale.take_writes()), ("transaction_conflict", 0));
}
