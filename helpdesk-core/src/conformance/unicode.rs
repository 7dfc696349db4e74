//! Rules of text: what is written comes back byte for byte; a backend folds, trims and normalises nothing.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{Given, assign, reference};
use crate::query::{Assignee, GroupBy, TicketFilter};
use crate::store::TicketKey;
use crate::ticket::Ticket;

/// Texts that engines have been known to change.
const TEXTS: [&str; 12] = [
    "Füße, façade, naïve, Łódź, Ærø",
    "日本語 한국어 ไทย",
    "مرحبا \u{200f}שלום\u{202e}",
    "👩🏽‍🚒 🏳️‍🌈 \u{10ffff}",
    "e\u{301} é",
    "ﬁ ① Ⅷ ½",
    " leading and trailing ",
    "tab\tline\nline\r\nend",
    "'; drop table tickets; --",
    "\\ % _ \" ' ` $1 ? :x {} [] null",
    "İ i ı I ß SS ſ",
    "\u{feff}bom \u{fffd} \u{e000}",
];

async fn with_text(given: &Given, text: &str) -> Ticket {
    let note = given.note("x");
    let mut write = given.write(&given.a_ticket("1").await, note);
    // Written as a store gets it, past the core's own cleaning.
    write.after.content.subject = text.to_owned();
    text.clone_into(&mut write.messages.add[0].body);
    write.events[0].1 = Some(serde_json::json!({ text: text }));
    given.applied(write).await
}

pub async fn subjects_bodies_and_revisions_come_back_byte_for_byte(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for text in TEXTS {
        let ticket = with_text(&given, text).await;
        assert_eq!(given.get(ticket.id).await.unwrap().content.subject, text);
        assert_eq!(given.talk(ticket.id).await[1].body, text);
        let revisions = given.history(ticket.id).await;
        assert!(revisions.iter().any(|entry| entry.revision == Some(serde_json::json!({ text: text }))), "{text:?}");
    }
}

pub async fn names_that_look_alike_are_different(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let names = ["jose", "José", "josé", "jose\u{301}", "JOSE", "jоse", "josß", "joss"];
    for name in names {
        given.does(&given.a_ticket(name).await, assign(name)).await;
    }
    for name in names {
        let assignee = Some(Assignee::Agent(crate::party::AgentId::new(name).unwrap()));
        let found = given.list(&given.query(TicketFilter { assignee, ..TicketFilter::default() })).await;
        assert_eq!(found.len(), 1, "{name}");
        assert_eq!(given.get(found[0]).await.unwrap().assignee.unwrap().as_str(), name);
    }
    let counts = given.store.tally(&given.tenant, &given.query(TicketFilter::default()), GroupBy::Assignee).await;
    assert_eq!(counts.unwrap().len(), names.len());
}

pub async fn references_that_look_alike_are_different(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut stored = Vec::new();
    for id in ["straße", "strasse", "STRASSE", "ﬁ", "fi", "ı", "i", "İ"] {
        let mut new = given.asked(id);
        let external = crate::ticket::ExternalRef { source: "shop".into(), id: id.into() };
        new.external.insert(reference("shop", id));
        stored.push((given.opened(new).await.id, external));
    }
    for (ticket, external) in stored {
        assert_eq!(given.find(TicketKey::External(external)).await.unwrap().id, ticket);
    }
}

pub async fn words_are_found_across_case_and_accents(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let cafe = given.a_ticket("Café in Łódź geöffnet").await;
    let street = given.a_ticket("STRASSE gesperrt").await;
    for (words, found) in [("cafe", cafe.id), ("CAFÉ GEÖFFNET", cafe.id), ("straße", street.id)] {
        let query = given.query(TicketFilter { words: words.into(), ..TicketFilter::default() });
        assert_eq!(given.list(&query).await, [found], "{words}");
    }
}
