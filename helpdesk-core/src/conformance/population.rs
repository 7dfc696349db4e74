//! Random tickets with random lives, kept in a model beside the store, and random questions about them. The same in
//! every run. What the store answers is compared with what the core makes of the model.
#![expect(clippy::unwrap_used, reason = "what is built here is well-formed; a fault of the store fails the rule")]

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::given::{ANNA, BEN, Given, agent, assign, pending_until, status, tag};
use super::random::Random;
use crate::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId};
use crate::query::{Assignee, GroupBy, Scope, Seen, Sort, Tally, TicketFilter, TicketQuery, TimeRange};
use crate::ticket::{
    Channel, Command, LockSlot, MessageId, NewMessage, NewTicket, Priority, PriorityChange, StatusCategory, StatusKey,
    Tag, Ticket, TicketId, TicketKind,
};

const AGENTS: [&str; 4] = [ANNA, BEN, "Änne", "%"];
const TEAMS: [&str; 3] = ["first line", "second line", "büro"];
const CATEGORIES: [&str; 3] = ["hardware", "billing", "Billing"];
const CONTACTS: [&str; 4] = ["max", "Max", "erika", "_"];
const TAGS: [&str; 4] = ["vip", "größe", "a b", "100%"];
const WORDS: [&str; 10] =
    ["Drucker", "Rechnung", "Rechnungen", "printer", "printing", "fällt", "aus", "Kasse", "login", "%"];
const STATUSES: [&str; 8] = ["new", "open", "in_progress", "pending", "on_hold", "resolved", "closed", "cancelled"];

/// A ticket with what is kept beside it, as it must stand in the store.
pub(super) struct Model {
    pub(super) ticket: Ticket,
    pub(super) lock: LockSlot,
    pub(super) marks: BTreeMap<AgentId, u32>,
}

fn customer() -> Actor {
    Actor::Requester(ContactId::new("max").unwrap())
}

impl Model {
    pub(super) fn mark(&self, reader: Option<&AgentId>) -> u32 {
        reader.and_then(|reader| self.marks.get(reader)).copied().unwrap_or_default()
    }
}

/// The model and the desk it is a model of.
pub(super) struct Population {
    pub(super) given: Given,
    pub(super) random: Random,
    pub(super) models: BTreeMap<TicketId, Model>,
}

impl Population {
    pub(super) fn new(given: Given, seed: u64) -> Self {
        Self { given, random: Random::new(seed), models: BTreeMap::new() }
    }

    pub(super) fn tickets(&self) -> impl Iterator<Item = &Ticket> {
        self.models.values().map(|model| &model.ticket)
    }

    /// Opens so many tickets, now and in the last days.
    pub(super) async fn grow(&mut self, count: usize) {
        for _ in 0..count {
            let new = self.new_ticket();
            let ticket = self.given.opened(new).await;
            self.models.insert(ticket.id, Model { ticket, lock: LockSlot::default(), marks: BTreeMap::new() });
        }
    }

    /// Lets so many things happen to tickets here and there; what the core refuses does not happen.
    pub(super) async fn live(&mut self, steps: usize) {
        let ids: Vec<TicketId> = self.models.keys().copied().collect();
        for _ in 0..steps {
            self.given.minutes_pass(i64::from(self.random.below(3)));
            let id = self.random.pick(&ids);
            match self.random.below(10) {
                0 => self.lock(id).await,
                1 => self.read(id).await,
                _ => self.command(id).await,
            }
        }
    }

    /// Lets people write, read and read again here and there, and tickets move on.
    pub(super) async fn talk(&mut self, steps: usize) {
        let ids: Vec<TicketId> = self.models.keys().copied().collect();
        for _ in 0..steps {
            self.given.minutes_pass(1);
            let id = self.random.pick(&ids);
            match self.random.below(5) {
                0 | 1 => self.read(id).await,
                2 => self.command(id).await,
                _ => {
                    let author = self.random.pick(&[agent(ANNA), agent(BEN), customer()]);
                    let message = NewMessage { author, ..NewMessage::public(MessageId(self.given.id()), "text") };
                    self.apply(id, &Command::AddMessage(Box::new(message))).await;
                }
            }
        }
    }

    fn new_ticket(&mut self) -> NewTicket {
        let given = self.given.clone();
        let random = &mut self.random;
        let words: Vec<&str> = (0..=random.below(3)).map(|_| random.pick(&WORDS)).collect();
        let subject = format!("{} !", words.join(" "));
        let contact = ContactId::new(random.pick(&CONTACTS)).unwrap();
        let mut new = NewTicket { requester: Some(contact.clone()), ..given.asked(&subject) };
        if random.chance(30) {
            new.message = None;
        }
        new.organization = random.maybe(40, &["Muster GmbH", "muster gmbh"]).map(|id| OrganizationId::new(id).unwrap());
        new.priority = random.maybe(60, &Priority::ALL);
        new.assignee = random.maybe(50, &AGENTS).map(|id| AgentId::new(id).unwrap());
        new.team = random.maybe(50, &TEAMS).map(|id| TeamId::new(id).unwrap());
        new.category = random.maybe(50, &CATEGORIES).map(|id| CategoryId::new(id).unwrap());
        new.kind = TicketKind::new(random.pick(&["ticket", "bug"])).unwrap();
        new.channel = Channel::new(random.pick(&["mail", "form"])).unwrap();
        new.status = random.maybe(30, &STATUSES[1..6]).map(|key| StatusKey::new(key).unwrap());
        new.tags = TAGS.iter().filter(|_| random.chance(30)).map(|tag| (*tag).to_owned()).collect();
        new.watchers =
            random.maybe(30, &[agent(BEN), Actor::Requester(ContactId::new("Max").unwrap())]).into_iter().collect();
        // A few instants only, so that many tickets share one and ids must break the tie.
        new.created_at = random.maybe(70, &[0, 60, 60, 1440, 4000]).map(|minutes| given.in_minutes(-minutes));
        new
    }

    async fn command(&mut self, id: TicketId) {
        let command = self.some_command();
        self.apply(id, &command).await;
    }

    async fn apply(&mut self, id: TicketId, command: &Command) {
        let model = self.models.get_mut(&id).unwrap();
        if let Ok(write) = self.given.try_write(&model.ticket, command)
            && !write.events.is_empty()
        {
            model.ticket = self.given.applied(write).await;
        }
    }

    fn some_command(&mut self) -> Command {
        let given = self.given.clone();
        let random = &mut self.random;
        let later = given.in_minutes(i64::from(random.below(400)) + 1);
        match random.below(13) {
            0 => given.note("Nachgesehen"),
            1 => given.reply("Bitte noch einmal versuchen"),
            2 | 3 => status(random.pick(&STATUSES)),
            4 => pending_until(later),
            5 => Command::Assign(random.maybe(70, &AGENTS).map(|id| AgentId::new(id).unwrap())),
            6 => Command::SetTeam(random.maybe(70, &TEAMS).map(|id| TeamId::new(id).unwrap())),
            7 => Command::SetPriority(PriorityChange::Override(random.pick(&Priority::ALL))),
            8 => tag(random.pick(&TAGS)),
            9 => Command::ChangeTags { add: Vec::new(), remove: vec![random.pick(&TAGS).to_owned()] },
            10 => Command::SetSubject(random.pick(&WORDS[..9]).to_owned()),
            11 => Command::SetDue(random.chance(70).then_some(later)),
            _ => random.pick(&[Command::MarkSpam, Command::Claim, Command::Delete, assign(BEN)]),
        }
    }

    async fn lock(&mut self, id: TicketId) {
        let holder = self.random.pick(&AGENTS);
        let model = self.models.get_mut(&id).unwrap();
        let next = self.given.lock_by(&model.lock, holder);
        assert!(self.given.swap(id, &model.lock, &next).await);
        model.lock = next;
    }

    async fn read(&mut self, id: TicketId) {
        let reader = AgentId::new(self.random.pick(&AGENTS)).unwrap();
        let model = self.models.get_mut(&id).unwrap();
        let last = model.ticket.messages;
        // Sometimes she marks it unread again, sometimes she has not read to the end.
        let position = self.random.pick(&[last, last, last.saturating_sub(1), 0]);
        self.given.store.mark_read(&self.given.tenant, &reader, id, position).await.unwrap();
        match position {
            0 => drop(model.marks.remove(&reader)),
            position => {
                let mark = model.marks.entry(reader).or_default();
                *mark = (*mark).max(position);
            }
        }
    }

    /// A question about them.
    pub(super) fn question(&mut self) -> TicketQuery {
        let now = self.given.now();
        let random = &mut self.random;
        let instants = [-4000, -1440, -60, 0, 30].map(|minutes| now + TimeDelta::minutes(minutes));
        let mut range =
            |percent| TimeRange { from: random.maybe(percent, &instants), to: random.maybe(percent, &instants) };
        let (created, updated, due) = (range(6), range(6), range(9));
        let (some, few) = (random.chance(40), random.chance(25));
        let contact = |id: &str| ContactId::new(id).unwrap();
        let filter = TicketFilter {
            categories: StatusCategory::ALL.into_iter().filter(|_| some && random.chance(60)).collect(),
            statuses: random.maybe(6, &STATUSES).map(|key| StatusKey::new(key).unwrap()).into_iter().collect(),
            priorities: Priority::ALL.into_iter().filter(|_| few && random.chance(50)).collect(),
            kind: random.maybe(6, &["ticket", "bug", "task"]).map(|kind| TicketKind::new(kind).unwrap()),
            channel: random.maybe(6, &["mail", "form"]).map(|channel| Channel::new(channel).unwrap()),
            assignee: random.maybe(5, &AGENTS).map(|id| Assignee::Agent(AgentId::new(id).unwrap())),
            team: random.maybe(7, &TEAMS).map(|id| TeamId::new(id).unwrap()),
            category: random.maybe(7, &CATEGORIES).map(|id| CategoryId::new(id).unwrap()),
            tags: TAGS.iter().filter(|_| random.chance(3)).map(|tag| Tag::new(tag).unwrap()).collect(),
            requester: random.maybe(6, &CONTACTS).map(contact),
            organization: random.maybe(5, &["Muster GmbH", "muster gmbh"]).map(|id| OrganizationId::new(id).unwrap()),
            participant: random.maybe(5, &[agent(BEN), Actor::Requester(contact("Max"))]),
            unread: random.chance(8),
            overdue: random.chance(6),
            due_before: due.to,
            breached: random.chance(9),
            locked: random.chance(6),
            created,
            updated,
            words: random.maybe(8, &WORDS[..9]).unwrap_or_default().to_owned(),
        };
        let assignee = if random.chance(6) { Some(Assignee::Nobody) } else { filter.assignee.clone() };
        let scope = match random.below(12) {
            0 => Scope::Nothing,
            1 | 2 => Scope::Requester {
                contact: contact(random.pick(&CONTACTS)),
                organization: random.maybe(50, &["Muster GmbH"]).map(|id| OrganizationId::new(id).unwrap()),
            },
            _ => Scope::All,
        };
        let reader = random.maybe(60, &AGENTS).map(|id| AgentId::new(id).unwrap());
        let now = now + TimeDelta::minutes(i64::from(random.below(5)));
        TicketQuery { filter: TicketFilter { assignee, ..filter }, sort: random.pick(&Sort::ALL), scope, now, reader }
    }

    /// The answer, by the core's meaning: the tickets in order.
    pub(super) fn answer(&self, query: &TicketQuery) -> Vec<&Model> {
        let seen = |model: &Model| {
            query.matches(Seen { ticket: &model.ticket, lock: &model.lock, mark: model.mark(query.reader.as_ref()) })
        };
        let mut answer: Vec<&Model> = self.models.values().filter(|model| seen(model)).collect();
        let place = |model: &Model| query.sort.position(&model.ticket);
        answer.sort_by(|a, b| query.sort.compare(&place(a), &place(b)));
        answer
    }

    /// The counts, by the core's meaning.
    pub(super) fn counts(&self, query: &TicketQuery, by: GroupBy) -> Vec<Tally> {
        let answer = self.answer(query);
        let groups: BTreeSet<String> = answer.iter().map(|model| by.group_of(&model.ticket)).collect();
        let count = |group: &String| answer.iter().filter(|model| by.group_of(&model.ticket) == *group).count() as u64;
        groups.iter().map(|group| Tally { group: group.clone(), count: count(group) }).collect()
    }
}
