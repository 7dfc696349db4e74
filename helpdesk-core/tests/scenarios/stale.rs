//! What changes between reading and writing: a requester's call rests on what they may do when it is committed.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use helpdesk_core::access::{AccessPolicy, Action, Principal, RolePolicy};
use helpdesk_core::desk::{
    AdminDesk, AgentDesk, ContactChange, Error, OpenTicket, Options, Replied, RequesterDesk, TenantDesk,
};
use helpdesk_core::party::{Actor, Contact, ContactId, OrganizationId, Requester, Role};
use helpdesk_core::query::{Scope, TicketFilter};
use helpdesk_core::settings::ClosedReply;
use helpdesk_core::store::Store;
use helpdesk_core::ticket::{StatusCategory, Ticket, TicketId};
use helpdesk_core::{Helpdesk, Settings};

use super::life::request;

type Deed = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The default policy, which once, when it is first asked about `at`, lets somebody else do something: after the call
/// has read, before it writes.
struct Meanwhile {
    at: Action,
    deed: Mutex<Option<Deed>>,
}

impl AccessPolicy for Meanwhile {
    fn allows(&self, who: &Principal, action: Action, ticket: Option<&Ticket>, settings: &Settings) -> bool {
        let allowed = RolePolicy.allows(who, action, ticket, settings);
        let deed = if action == self.at { self.deed.lock().unwrap().take() } else { None };
        if let Some(deed) = deed {
            tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(deed));
        }
        allowed
    }

    fn scope(&self, who: &Principal, settings: &Settings) -> Scope {
        RolePolicy.scope(who, settings)
    }
}

/// Max and Eva of one organisation, whose members see each other's requests; Eva asked something.
struct Given {
    store: Arc<dyn Store>,
    acme: TenantDesk<'static>,
    root: AdminDesk<'static>,
    anna: AgentDesk<'static>,
    asked: TicketId,
    _guard: super::Guard,
}

impl Given {
    async fn new(settings: Settings) -> Self {
        let (store, guard) = super::store().await;
        let acme = Helpdesk::over(Arc::clone(&store)).build().tenant("acme").unwrap();
        let root = acme.admin("root").unwrap();
        root.init(&Settings { requesters_see_organization: true, ..settings }).await.unwrap();
        let anna = acme.agent("anna").unwrap().with_role(Role::Admin);
        for id in ["max", "eva"] {
            root.put(&member(id)).await.unwrap();
        }
        let open = OpenTicket::new("ours").from_requester(Requester::id("eva").unwrap()).saying("x");
        let asked = anna.open(open).await.unwrap().ticket.id;
        Self { store, acme, root, anna, asked, _guard: guard }
    }

    /// The handle of a requester, in whose call `deed` happens when it is first asked about `at`.
    fn meanwhile(
        &self,
        who: &str,
        at: Action,
        deed: impl Future<Output = ()> + Send + 'static,
    ) -> RequesterDesk<'static> {
        let policy = Meanwhile { at, deed: Mutex::new(Some(Box::pin(deed))) };
        let desk = Helpdesk::over(Arc::clone(&self.store)).access(Arc::new(policy)).build();
        desk.tenant("acme").unwrap().requester(who).unwrap()
    }

    /// Max leaves for another organisation.
    fn max_leaves(&self) -> impl Future<Output = ()> + Send + 'static {
        let change = ContactChange { organization: Some(OrganizationId::new("else").unwrap()), ..Default::default() };
        edit(&self.root, change)
    }

    async fn close(&self) {
        self.anna.change_status(self.asked, helpdesk_core::ticket::StatusChange::to(key("resolved"))).await.unwrap();
        self.anna.change_status(self.asked, helpdesk_core::ticket::StatusChange::to(key("closed"))).await.unwrap();
    }

    async fn messages(&self, ticket: TicketId) -> usize {
        self.anna.conversation(ticket).await.unwrap().len()
    }
}

fn member(id: &str) -> Contact {
    let organization = Some(OrganizationId::new("firm").unwrap());
    Contact { id: ContactId::new(id).unwrap(), name: None, email: None, organization, merged_into: None }
}

fn key(status: &str) -> helpdesk_core::ticket::StatusKey {
    helpdesk_core::ticket::StatusKey::new(status).unwrap()
}

fn edit(root: &AdminDesk<'static>, change: ContactChange) -> impl Future<Output = ()> + Send + 'static {
    let root = root.clone();
    async move {
        root.edit_contact(&ContactId::new("max").unwrap(), change).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_rests_on_the_organisation_that_its_author_is_in_when_it_is_written() {
    let given = Given::new(Settings::default()).await;
    let max = given.meanwhile("max", Action::TicketReply, given.max_leaves());
    let refused = max.reply(given.asked, "me too", &Options::default()).await;
    assert!(matches!(refused, Err(Error::NotFound { what: "ticket" })), "{refused:?}");
    assert_eq!(given.messages(given.asked).await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_of_the_contact_that_takes_no_right_away_does_not_stop_a_reply() {
    let given = Given::new(Settings::default()).await;
    let renamed = ContactChange { name: Some("Max Muster".into()), ..ContactChange::default() };
    let max = given.meanwhile("max", Action::TicketReply, edit(&given.root, renamed));
    max.reply(given.asked, "me too", &Options::default()).await.unwrap();
    assert_eq!(given.messages(given.asked).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reply_of_a_contact_that_is_merged_meanwhile_is_by_the_one_it_went_into() {
    let given = Given::new(Settings::default()).await;
    let (root, max, eva) = (given.root.clone(), ContactId::new("max").unwrap(), ContactId::new("eva").unwrap());
    let into = eva.clone();
    let merged = async move { drop(root.merge_contact(&max, &into).await.unwrap()) };
    let max = given.meanwhile("max", Action::TicketReply, merged);
    max.reply(given.asked, "me too", &Options::default()).await.unwrap();
    let conversation = given.anna.conversation(given.asked).await.unwrap();
    assert_eq!(conversation[1].author, Actor::Requester(eva));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_reopens_only_for_who_may_still_write_there() {
    let given = Given::new(Settings { closed_reply: ClosedReply::Reopened, ..Settings::default() }).await;
    given.close().await;
    let max = given.meanwhile("max", Action::TicketStatus, given.max_leaves());
    let refused = max.reply(given.asked, "still broken", &Options::default()).await;
    assert!(matches!(refused, Err(Error::NotFound { what: "ticket" })), "{refused:?}");
    let stands = given.anna.show(given.asked).await.unwrap().ticket;
    assert_eq!((stands.status_category, stands.messages), (StatusCategory::Closed, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_desk_does_not_move_what_somebody_else_reopened_meanwhile() {
    let given = Given::new(Settings { closed_reply: ClosedReply::Reopened, ..Settings::default() }).await;
    given.close().await;
    let working = given.anna.change_status(given.asked, helpdesk_core::ticket::StatusChange::to(key("in_progress")));
    let reopened = async move { drop(working.await.unwrap()) };
    let max = given.meanwhile("max", Action::TicketStatus, reopened);
    let refused = max.reply(given.asked, "still broken", &Options::default()).await;
    assert!(matches!(refused, Err(Error::Contended)), "{refused:?}");
    let stands = given.anna.show(given.asked).await.unwrap().ticket;
    assert_eq!((stands.status.as_str(), stands.messages), ("in_progress", 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_request_finds_the_contact_that_somebody_else_made_meanwhile() {
    let given = Given::new(Settings::default()).await;
    let first = given.acme.requester("new@example.com").unwrap();
    let made = async move { drop(first.open(request("first", "x"), &Options::default()).await.unwrap()) };
    let second = given.meanwhile("new@example.com", Action::TicketOpen, made);
    second.open(request("second", "x"), &Options::default()).await.unwrap();
    assert_eq!(given.anna.entries::<Contact>().await.unwrap().len(), 3);
    let known = given.anna.contact(&Requester::email("new@example.com").unwrap()).await.unwrap();
    let theirs = TicketFilter { requester: Some(known.value.id), ..TicketFilter::default() };
    assert_eq!(given.anna.total(&theirs).await.unwrap(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ticket_that_an_agent_opens_has_the_contact_as_it_stands_when_it_is_written() {
    let given = Given::new(Settings::default()).await;
    let renamed = ContactChange { name: Some("Max Muster".into()), ..ContactChange::default() };
    let deed: Deed = Box::pin(edit(&given.root, renamed));
    let policy = Meanwhile { at: Action::TicketOpen, deed: Mutex::new(Some(deed)) };
    let desk = Helpdesk::over(Arc::clone(&given.store)).access(Arc::new(policy)).build();
    let anna = desk.tenant("acme").unwrap().agent("anna").unwrap().with_role(Role::Admin);
    let call = OpenTicket::new("a call").from_requester(Requester::id("max").unwrap()).saying("x");
    let opened = anna.open(call).await.unwrap().ticket;
    assert_eq!(opened.content.requester.name.as_deref(), Some("Max Muster"));
}

#[tokio::test]
async fn a_first_request_that_is_refused_makes_nobody_a_contact() {
    let given = Given::new(Settings::default()).await;
    let new = given.acme.requester("new@example.com").unwrap();
    assert!(new.open(request("", "x"), &Options::default()).await.is_err());
    new.open(request("only tried", "x"), &Options { dry_run: true, ..Options::default() }).await.unwrap();
    assert_eq!(given.anna.entries::<Contact>().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_reply_to_a_closed_request_is_written_once_under_one_key() {
    let policies = [ClosedReply::NewTicket, ClosedReply::Reopened];
    for closed_reply in policies {
        let given = Given::new(Settings { closed_reply, ..Settings::default() }).await;
        given.close().await;
        let eva = given.acme.requester("eva").unwrap();
        let options = Options { idempotency_key: Some("k".into()), ..Options::default() };
        let first = eva.reply(given.asked, "still broken", &options).await.unwrap();
        let again = eva.reply(given.asked, "still broken", &options).await.unwrap();
        assert_eq!(again.request().id, first.request().id, "{closed_reply:?}");
        let written = given.messages(first.request().id).await;
        assert_eq!(written, if closed_reply == ClosedReply::Reopened { 2 } else { 1 }, "{closed_reply:?}");
        let other = eva.reply(given.asked, "something else", &options).await;
        assert!(matches!(other, Err(Error::KeyReused)), "{closed_reply:?} {other:?}");
    }
}

#[tokio::test]
async fn a_reply_that_is_redirected_is_written_once_under_one_key() {
    let given = Given::new(Settings::default()).await;
    let open = OpenTicket::new("more").from_requester(Requester::id("eva").unwrap()).saying("x");
    let target = given.anna.open(open).await.unwrap().ticket.id;
    given.anna.merge(given.asked, target).await.unwrap().await.unwrap();
    let eva = given.acme.requester("eva").unwrap();
    let options = Options { idempotency_key: Some("k".into()), ..Options::default() };
    for _ in 0..2 {
        let replied = eva.reply(given.asked, "still broken", &options).await.unwrap();
        assert!(matches!(replied, Replied::Redirected(_)), "{replied:?}");
    }
    assert_eq!(given.messages(target).await, 2);
}

#[tokio::test]
async fn a_split_is_done_once_under_one_key() {
    let given = Given::new(Settings::default()).await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let split = given.anna.split(given.asked, "apart", &[1]).await.unwrap();
        made.push(split.idempotent("k").unwrap().await.unwrap().ticket.id);
    }
    assert_eq!(made[0], made[1]);
}
