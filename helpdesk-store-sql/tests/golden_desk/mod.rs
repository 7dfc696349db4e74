//! The desk that golden databases hold: a bit of everything that a store keeps, under a clock and with ids that are the
//! same each time; and its export, as `helpdesk export jsonl` writes it. Only writing new goldens plays it: those that are
//! there stay as they are.

use std::fmt::Write;
use std::sync::Arc;

use async_trait::async_trait;
use chrono::TimeDelta;
use helpdesk_core::desk::{AdminDesk, AgentDesk, ContactChange, ImportRequest, OpenTicket};
use helpdesk_core::env::{ManualClock, SequentialIds, Timestamp};
use helpdesk_core::party::{Agent, AgentId, Category, CategoryId, Organization, OrganizationId, Role, Team, TeamId};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::relay::{Answer, EventSink, OutgoingEvent};
use helpdesk_core::store::{RecordKind, Store};
use helpdesk_core::ticket::{FieldDef, LinkKind, Priority, StatusChange, StatusKey, TicketId};
use helpdesk_core::{Helpdesk, Settings};
use serde_json::json;

pub(crate) mod written;

/// The tenants of it.
pub(crate) const TENANTS: [&str; 2] = ["acme", "beta"];
/// An act that was done under a key, and is not done again.
pub(crate) const KEY: &str = "order 4711";

/// When it begins.
pub(crate) fn start() -> Timestamp {
    "2026-11-02T08:00:00Z".parse().unwrap()
}

/// What was asked under [`KEY`].
pub(crate) fn keyed() -> OpenTicket {
    OpenTicket::new("Order 4711 came damaged").from_email("max@example.com").unwrap().saying("The box is wet.")
}

/// Plays it on an empty store.
pub(crate) async fn play(store: Arc<dyn Store>) {
    let clock = Arc::new(ManualClock::at(start()));
    let desk = Helpdesk::over(store).clock(clock.clone()).ids(Arc::new(SequentialIds::default())).build();
    for tenant in TENANTS {
        furnish(&desk.tenant(tenant).unwrap().admin("root").unwrap()).await;
        bury(&desk, &desk.tenant(tenant).unwrap().agent("anna").unwrap()).await;
    }
    for tenant in TENANTS {
        let admin = desk.tenant(tenant).unwrap().admin("root").unwrap();
        let anna = desk.tenant(tenant).unwrap().agent("anna").unwrap();
        let ben = desk.tenant(tenant).unwrap().agent("ben").unwrap();
        clock.advance(TimeDelta::minutes(7));
        converse(&anna, &ben).await;
        clock.advance(TimeDelta::hours(3));
        relate(&admin, &anna).await;
        take_over(&admin).await;
        clock.advance(TimeDelta::hours(30));
        // Levels are missed; one after the other, so that the ids come in the same order each time.
        while desk.sweep(1).await.unwrap().fired > 0 {}
        wait(&anna, &ben).await;
    }
}

/// Settings and catalogues.
async fn furnish(admin: &AdminDesk<'_>) {
    let mut settings = Settings { outbox: true, ..Settings::usual() };
    let fields = json!([
        {"key": "order", "labels": {"en": "Order", "de": "Auftrag"}, "kind": "integer", "visible_to_requester": true},
        {"key": "weight", "labels": {"en": "Weight", "de": "Gewicht"}, "kind": "number"},
        {"key": "colours", "labels": {"en": "Colours", "de": "Farben"}, "kind": {"choices": ["red", "green"]}},
    ]);
    settings.fields = serde_json::from_value::<Vec<FieldDef>>(fields).unwrap();
    admin.init(&settings).await.unwrap();
    for (id, role) in [("anna", Role::Agent), ("ben", Role::Supervisor)] {
        let agent = json!({"id": id, "name": format!("{id} of the desk"), "role": role});
        admin.put(&serde_json::from_value::<Agent>(agent).unwrap()).await.unwrap();
    }
    admin.put(&Team { id: TeamId::new("first").unwrap(), name: "First line".into() }).await.unwrap();
    admin
        .put(&Organization { id: OrganizationId::new("shop").unwrap(), name: "The Shöp & Söhne".into() })
        .await
        .unwrap();
    let category = json!({"id": "hardware", "labels": {"en": "Hardware", "de": "Geräte"}, "color": "#aa3300"});
    admin.put(&serde_json::from_value::<Category>(category).unwrap()).await.unwrap();
}

/// Refuses everything.
struct Deaf;

#[async_trait]
impl EventSink for Deaf {
    async fn tell(&self, _: &OutgoingEvent) -> Answer {
        Answer::reject("deaf")
    }
}

/// A ticket whose events became dead letters.
async fn bury(desk: &Helpdesk, anna: &AgentDesk<'_>) {
    anna.open(OpenTicket::new("Nobody hears of this")).await.unwrap();
    assert!(desk.relay(&Deaf, 100).await.unwrap().dead > 0);
}

/// A conversation with everything that texts may hold, held and released, read and rewritten.
async fn converse(anna: &AgentDesk<'_>, ben: &AgentDesk<'_>) {
    let ticket = anna.open(keyed()).idempotent(KEY).unwrap().await.unwrap().ticket.id;
    let lock = anna.lock(ticket, Some("looking for the box")).await.unwrap();
    let odd =
        "Quote ' double \" back\\slash `tick` $1 ? :x {}\n\ttab\u{a0}ümläut 日本語 🎟\u{301} %_ -- /* */ ; \u{202e}";
    anna.reply(ticket, odd).under_lock(lock.token).then_status("pending").unwrap().await.unwrap();
    anna.unlock(ticket, lock.token).await.unwrap();
    ben.note(ticket, "Third time this month. ".repeat(40)).await.unwrap();
    ben.mark_read(ticket).await.unwrap();
    anna.tag(ticket, &["vip", "straße"], &[]).await.unwrap();
    anna.tag(ticket, &[], &["vip"]).await.unwrap();
    anna.set_subject(ticket, "Order 4711: the box was wet").await.unwrap();
    anna.assign(ticket, Some(AgentId::new("ben").unwrap())).await.unwrap();
    anna.assign_team(ticket, Some(TeamId::new("first").unwrap())).await.unwrap();
    anna.set_category(ticket, Some(CategoryId::new("hardware").unwrap())).await.unwrap();
    anna.set_priority(ticket, Priority::High).await.unwrap();
    let fields = json!({"order": 4711, "weight": 0.1, "colours": ["green"]});
    anna.set_fields(ticket, serde_json::from_value(fields).unwrap()).await.unwrap();
    anna.set_due(ticket, Some(start() + TimeDelta::days(9))).await.unwrap();
}

/// Tickets that belong together, one that is gone and one whose requester is forgotten.
async fn relate(admin: &AdminDesk<'_>, anna: &AgentDesk<'_>) {
    let mut tickets = Vec::new();
    for n in 0..5 {
        let new = OpenTicket::new(format!("Ticket {n} of five"));
        let new = new.from_email(&format!("eve{}@example.com", n % 2)).unwrap().saying("Please.");
        tickets.push(anna.open(new).await.unwrap().ticket.id);
    }
    let [blocked, blocking, source, target, gone]: [TicketId; 5] = tickets.try_into().unwrap();
    anna.link(blocked, LinkKind::BlockedBy, blocking).await.unwrap().await.unwrap();
    anna.merge(source, target).await.unwrap().await.unwrap();
    anna.split(target, "Another matter", &[1]).await.unwrap().await.unwrap();
    admin.agent().delete(gone).await.unwrap();
    anna.set_status(blocking, "resolved").unwrap().await.unwrap();
    let organization = Some(OrganizationId::new("shop").unwrap());
    let requester = anna.show(blocking).await.unwrap().ticket.requester.unwrap();
    admin.edit_contact(&requester, ContactChange { organization, ..ContactChange::default() }).await.unwrap();
    let forgotten = anna.show(blocked).await.unwrap().ticket.requester.unwrap();
    admin.erase_contact(&forgotten).await.unwrap();
}

/// A request of another system, with its number and its past.
async fn take_over(admin: &AdminDesk<'_>) {
    let request = json!({
        "external_id": "otrs-17", "created_at": "2025-03-01T10:00:00Z", "subject": "From before", "number": "2025-000017",
        "requester": {"name": "Zoë", "email": "zoe@example.com"}, "body": "Old words.", "priority": "low",
        "messages": [{"author": "agent:anna", "body": "Old answer.", "visibility": "public", "external_id": "m-1"}],
    });
    admin.import("otrs", serde_json::from_value::<ImportRequest>(request).unwrap()).await.unwrap();
}

/// What goes on: a ticket that wakes up, one that is locked, events that wait to be told.
async fn wait(anna: &AgentDesk<'_>, ben: &AgentDesk<'_>) {
    let ticket = anna.open(OpenTicket::new("Spare part is ordered")).await.unwrap().ticket.id;
    let until = Some(start() + TimeDelta::days(20));
    let wait = StatusChange { to: StatusKey::new("on_hold").unwrap(), until, then: None };
    anna.change_status(ticket, wait).await.unwrap();
    ben.lock(ticket, Some("on the phone")).await.unwrap();
    assert!(anna.total(&TicketFilter::all()).await.unwrap() > 8);
}

/// Everything of a tenant, a line each.
pub(crate) async fn export(desk: &Helpdesk, tenant: &str) -> String {
    let admin = desk.tenant(tenant).unwrap().admin("root").unwrap();
    let mut lines = String::new();
    for kind in RecordKind::ALL.into_iter().filter(|kind| kind.is_exported()) {
        for record in admin.dump_records(kind, None, 1000).await.unwrap() {
            line(&mut lines, "helpdesk/export.record/1", &record);
        }
    }
    for dump in admin.dump(None, 1000).await.unwrap() {
        line(&mut lines, "helpdesk/export.ticket/1", &dump);
    }
    lines
}

fn line<T: serde::Serialize>(lines: &mut String, schema: &'static str, item: &T) {
    /// As the command has it: the order of its fields is part of the bytes.
    #[derive(serde::Serialize)]
    struct Line<'a, T> {
        schema: &'static str,
        item: &'a T,
    }
    writeln!(lines, "{}", serde_json::to_string(&Line { schema, item }).unwrap()).unwrap();
}
