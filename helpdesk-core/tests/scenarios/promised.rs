//! What tests of service levels are given: promises, and a desk that keeps them with a clock that is told the time.

use std::sync::Arc;

use helpdesk_core::access::{AccessPolicy, RolePolicy};
use helpdesk_core::desk::{AgentDesk, OpenTicket};
use helpdesk_core::env::{ManualClock, SequentialIds};
use helpdesk_core::party::Role;
use helpdesk_core::sla::{ClockRule, EscalationLevel, PolicyName, Seconds, ServiceLevels, SlaPolicy};
use helpdesk_core::ticket::{Event, Tag, Ticket, TicketId};
use helpdesk_core::{Helpdesk, Settings};

use super::commands;

pub(crate) fn at(text: &str) -> helpdesk_core::env::Timestamp {
    text.parse().unwrap()
}

pub(crate) fn level(offset: &str) -> EscalationLevel {
    EscalationLevel { tags: vec![Tag::new("late").unwrap()], ..EscalationLevel::at(offset.parse().unwrap()) }
}

/// An answer within an hour, with a level half an hour before and one an hour after.
pub(crate) fn within_an_hour() -> Settings {
    let rule = ClockRule { levels: vec![level("+1h"), level("-30m")], ..ClockRule::within(Seconds::hours(1).into()) };
    with_first_response(rule)
}

pub(crate) fn with_first_response(rule: ClockRule) -> Settings {
    let policy = SlaPolicy { first_response: Some(rule), ..SlaPolicy::new(PolicyName::new("all").unwrap()) };
    Settings { sla: ServiceLevels { policies: vec![policy], ..ServiceLevels::default() }, ..Settings::default() }
}

pub(crate) struct Given {
    pub(crate) desk: Helpdesk,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) anna: AgentDesk<'static>,
    _guard: super::Guard,
}

pub(crate) fn clock_now(clock: &ManualClock) -> helpdesk_core::env::Timestamp {
    helpdesk_core::env::Clock::now(clock)
}

/// A solution within an hour, around the clock.
pub(crate) fn solved_within_an_hour() -> Settings {
    let rule = ClockRule::within(Seconds::hours(1).into());
    let policy = SlaPolicy { resolution: Some(rule), ..SlaPolicy::new(PolicyName::new("all").unwrap()) };
    Settings { sla: ServiceLevels { policies: vec![policy], ..ServiceLevels::default() }, ..Settings::default() }
}

impl Given {
    pub(crate) async fn new(settings: &Settings) -> Self {
        Self::under(settings, Arc::new(RolePolicy)).await
    }

    pub(crate) async fn under(settings: &Settings, access: Arc<dyn AccessPolicy>) -> Self {
        let (store, guard) = super::store().await;
        let clock = Arc::new(ManualClock::at(commands::start()));
        let ids = Arc::new(SequentialIds::default());
        let desk = Helpdesk::over(store).clock(clock.clone()).ids(ids).access(access).build();
        let acme = desk.tenant("acme").unwrap();
        acme.admin("root").unwrap().init(settings).await.unwrap();
        let anna = acme.agent("anna").unwrap().with_role(Role::Admin);
        Self { desk, clock, anna, _guard: guard }
    }

    pub(crate) async fn asked(&self) -> TicketId {
        let open = OpenTicket::new("help").from_email("max@example.com").unwrap().saying("please");
        self.anna.open(open).await.unwrap().ticket.id
    }

    pub(crate) async fn ticket(&self, id: TicketId) -> Ticket {
        self.anna.show(id).await.unwrap().ticket
    }

    pub(crate) async fn events(&self, id: TicketId, name: &str) -> Vec<Event> {
        let history = self.anna.history(id).await.unwrap();
        history.into_iter().map(|entry| entry.record.event).filter(|event| event.name() == name).collect()
    }

    pub(crate) async fn set(&self, settings: &Settings) {
        let admin = self.desk.tenant("acme").unwrap().admin("root").unwrap();
        let (_, seen) = admin.settings().await.unwrap();
        admin.set_settings(settings, seen).await.unwrap();
    }

    pub(crate) fn clock_now(&self) -> helpdesk_core::env::Timestamp {
        helpdesk_core::env::Clock::now(&*self.clock)
    }
}
