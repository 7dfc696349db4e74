//! Input that must not hurt: each kind gives a typed error naming the field, or is cleaned the same way everywhere;
//! nothing is half stored, nothing panics.

use helpdesk_core::desk::{Error, ImportRequest, Imported, ListRequest, NewRequest, OpenTicket, Options, TenantDesk};
use helpdesk_core::party::{AgentId, Color, ContactId, EmailAddress, Requester};
use helpdesk_core::query::{Cursor, GroupBy, PageSize, TicketFilter};
use helpdesk_core::text::{Invalid, Problem};
use helpdesk_core::ticket::{
    Attachment, ExternalRef, FieldDef, FieldKey, FieldKind, FieldValue, MessageDraft, NumberKey, NumberTemplate,
    Rejection, StatusChange, StatusKey, Tag, TicketKind,
};
use helpdesk_core::{Helpdesk, Limits, Settings};

async fn acme() -> (TenantDesk<'static>, super::Guard) {
    let (store, guard) = super::store().await;
    (Helpdesk::over(store).build().tenant("acme").unwrap(), guard)
}

/// The field and the problem that an error names.
fn named(error: Error) -> (String, Problem) {
    match error {
        Error::Invalid(Invalid { field, problem })
        | Error::Rejected(Rejection::Invalid(Invalid { field, problem })) => (field.into_owned(), problem),
        other => panic!("expected an invalid value, got {other:?}"),
    }
}

async fn nothing_stored(acme: &TenantDesk<'_>) {
    let anna = acme.agent("anna").unwrap();
    assert_eq!(anna.total(&TicketFilter::default()).await.unwrap(), 0);
    assert!(anna.entries::<helpdesk_core::party::Contact>().await.unwrap().is_empty(), "no contact without its ticket");
}

#[tokio::test]
async fn subjects_and_names_with_line_breaks_are_refused() {
    let (acme, _guard) = acme().await;
    let anna = acme.agent("anna").unwrap();
    for subject in ["a\r\nBcc: all@example.com", "a\nb", "a\u{2028}b", "a\u{85}b"] {
        let error = anna.open(OpenTicket::new(subject).from_email("a@b.de").unwrap()).await.unwrap_err();
        assert_eq!(named(error), ("subject".into(), Problem::LineBreak), "{subject:?}");
    }
    let named_badly = Requester::email("a@b.de").unwrap().named("Max\r\nTo: x@y.z");
    let error = anna.open(OpenTicket::new("x").from_requester(named_badly)).await.unwrap_err();
    assert_eq!(named(error), ("requester.name".into(), Problem::LineBreak));
    nothing_stored(&acme).await;
}

#[tokio::test]
async fn empty_and_oversized_values_name_their_field() {
    let (acme, _guard) = acme().await;
    let anna = acme.agent("anna").unwrap();
    let limits = Limits::default();
    let many = |count: usize| (0..count).map(|n| format!("t{n}")).collect::<Vec<_>>();
    let attachment = |bytes| Attachment { name: "a".into(), media_type: "text/plain".into(), bytes, blob: None };
    let with = |change: &dyn Fn(&mut OpenTicket)| {
        let mut open = OpenTicket::new("x").from_email("a@b.de").unwrap().saying("y");
        change(&mut open);
        open
    };
    let cases: Vec<(OpenTicket, &str)> = vec![
        (with(&|o| o.ticket.subject = String::new()), "subject"),
        (with(&|o| o.ticket.subject = " \u{200b}\u{202e} ".into()), "subject"),
        (with(&|o| o.ticket.subject = "x".repeat(10_000_000)), "subject"),
        (with(&|o| o.message = Some(MessageDraft::from(""))), "body"),
        (with(&|o| o.message = Some(MessageDraft::from("\0\u{1}\u{9b}"))), "body"),
        (with(&|o| o.message = Some(MessageDraft::from("x".repeat(limits.body_bytes + 1)))), "body"),
        (with(&|o| o.ticket.tags = many(limits.tags + 1)), "tags"),
        (with(&|o| o.ticket.tags = many(1_000_000)), "tags"),
        (with(&|o| o.ticket.tags = vec!["a,b".into()]), "tags"),
        (
            with(&|o| {
                o.ticket.external.insert(ExternalRef { source: "shop".into(), id: "1\r\n2".into() });
            }),
            "external_id",
        ),
        (with(&|o| o.ticket.tags = vec!["x".repeat(1000)]), "tags"),
        (
            with(&|o| o.message.as_mut().unwrap().attachments = vec![attachment(1); limits.attachments + 1]),
            "attachments",
        ),
        (with(&|o| o.message.as_mut().unwrap().attachments = vec![attachment(u64::MAX)]), "attachments.bytes"),
        (
            with(&|o| {
                o.ticket.watchers = (0..=limits.watchers).map(|n| format!("agent:a{n}").parse().unwrap()).collect();
            }),
            "watchers",
        ),
        (
            with(&|o| {
                o.ticket.fields.insert(FieldKey::new("nope").unwrap(), FieldValue::Bool(true));
            }),
            "fields.nope",
        ),
    ];
    for (open, field) in cases {
        let error = anna.open(open).await.unwrap_err();
        assert!(["invalid_value", "limit_exceeded"].contains(&error.code().as_str()));
        assert_eq!(named(error).0, field);
    }
    nothing_stored(&acme).await;
}

#[tokio::test]
async fn controls_are_stripped_and_writing_is_kept() {
    let (acme, _guard) = acme().await;
    let anna = acme.agent("anna").unwrap();
    let open = OpenTicket::new("Drucker\u{0} druckt\u{202e} nicht").saying("a\0b\r\nשלום\u{200f} 👨‍👩‍👧");
    let outcome = anna.open(open).await.unwrap();
    assert_eq!(outcome.ticket.content.subject, "Drucker druckt nicht");
    assert_eq!(outcome.messages[0].body, "ab\nשלום\u{200f} 👨‍👩‍👧");
}

#[test]
fn names_of_all_kinds_refuse_what_they_must() {
    let long = "x".repeat(1_000_000);
    for bad in ["", " a", "a ", "a\nb", "a\u{0}", "\u{200b}", "a\u{202e}b", long.as_str()] {
        assert!(AgentId::new(bad).is_err(), "{bad:.20?}");
        assert!(ContactId::new(bad).is_err());
    }
    for bad in ["", "Open", "ö", "a b", "-a", "a'b", long.as_str()] {
        assert!(StatusKey::new(bad).is_err(), "{bad:.20?}");
        assert!(TicketKind::new(bad).is_err() && FieldKey::new(bad).is_err());
    }
    for bad in ["", "#", "abc", long.as_str()] {
        assert!(NumberKey::parse(bad).is_err(), "{bad:.20?}");
    }
    for good in ["+7", "007", "٢٠٢٥-1", "２０２５－００１", "%_\\", "1 OR 1=1"] {
        let _ = NumberKey::parse(good);
    }
    assert!(Tag::new("\r\n").is_err() && Tag::new(&long).is_err());
    assert!(ExternalRef::new("", "1").is_err() && ExternalRef::new("a", &long).is_err());
    assert!(EmailAddress::new(&long).is_err() && EmailAddress::new("a,b@c").is_err());
    assert!(Color::new("#gggggg").is_err() && Color::new("#ffffff0").is_err() && Color::new("#ééé").is_err());
    assert!(NumberTemplate::new(&long).is_err());
}

#[tokio::test]
async fn field_values_are_what_their_definition_says() {
    let (acme, _guard) = acme().await;
    let def = |key: &str, kind| FieldDef {
        key: FieldKey::new(key).unwrap(),
        labels: helpdesk_core::text::Labels::new(key, key),
        kind,
        required: false,
        visible_to_requester: false,
    };
    let choices = || vec!["a".to_owned(), "b".to_owned()];
    let fields = vec![
        def("int", FieldKind::Integer),
        def("num", FieldKind::Number),
        def("day", FieldKind::Date),
        def("one", FieldKind::Choice(choices())),
        def("any", FieldKind::Choices(choices())),
    ];
    let admin = acme.admin("root").unwrap();
    admin.init(&Settings { fields, ..Settings::default() }).await.unwrap();
    let anna = acme.agent("anna").unwrap();
    let id = anna.open(OpenTicket::new("x")).await.unwrap().ticket.id;
    let text = |text: &str| FieldValue::Text(text.into());
    let bad = [
        ("int", text("1")),
        ("int", FieldValue::Number(1.5)),
        ("num", FieldValue::Number(f64::INFINITY)),
        ("num", FieldValue::Number(f64::NAN)),
        ("day", text("2026-02-30")),
        ("day", text("0000-00-00")),
        ("one", text("c")),
        ("any", FieldValue::List(vec!["a".into(), "a".into()])),
        ("any", FieldValue::List(vec!["c".into()])),
    ];
    for (key, value) in bad {
        let change = [(FieldKey::new(key).unwrap(), Some(value))].into();
        let error = anna.set_fields(id, change).await.unwrap_err();
        assert_eq!(named(error).0, format!("fields.{key}"));
    }
    assert_eq!(anna.show(id).await.unwrap().ticket.version.0, 1, "nothing was half stored");
}

#[tokio::test]
async fn times_must_be_possible() {
    let (acme, _guard) = acme().await;
    let (admin, anna) = (acme.admin("root").unwrap(), acme.agent("anna").unwrap());
    let import = |id: &str, at: &str| ImportRequest {
        external_id: id.into(),
        created_at: Some(at.parse().unwrap()),
        subject: "x".into(),
        ..ImportRequest::default()
    };
    for at in ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T00:00:00Z", "2076-01-01T00:00:00+14:00"] {
        let error = admin.import("t", import("1", at)).await.unwrap_err();
        assert_eq!(named(error).0, "created_at", "{at}");
    }
    let id = anna.open(OpenTicket::new("x")).await.unwrap().ticket.id;
    let wait = |until: &str| StatusChange {
        to: StatusKey::new("pending").unwrap(),
        until: Some(until.parse().unwrap()),
        then: None,
    };
    let passed = anna.change_status(id, wait("2001-01-01T00:00:00Z")).await.unwrap_err();
    assert_eq!(passed.code(), "not_in_future");
    assert_eq!(named(anna.change_status(id, wait("9999-01-01T00:00:00Z")).await.unwrap_err()).0, "until");
    for extreme in [chrono::DateTime::<chrono::Utc>::MIN_UTC, chrono::DateTime::<chrono::Utc>::MAX_UTC] {
        let range = helpdesk_core::query::TimeRange { from: Some(extreme), to: Some(extreme) };
        let filter = TicketFilter { created: range, updated: range, ..TicketFilter::default() };
        anna.total(&filter).await.unwrap();
    }
}

#[tokio::test]
async fn searches_and_pages_of_any_form_are_answered_or_refused() {
    let (acme, _guard) = acme().await;
    let anna = acme.agent("anna").unwrap();
    anna.open(OpenTicket::new("50% Rabatt_auf alles")).await.unwrap();
    for words in ["%", "_", "\\", "\" OR NEAR * :", "*", "--", "'; DROP TABLE x"] {
        let filter = TicketFilter { words: words.into(), ..TicketFilter::all() };
        match anna.total(&filter).await {
            Ok(found) => assert_eq!(found, 0, "{words}"),
            Err(error) => assert_eq!(named(error).0, "words", "{words}"),
        }
    }
    let huge = TicketFilter { words: "wort ".repeat(200_000), ..TicketFilter::all() };
    assert_eq!(anna.count(&huge, GroupBy::Nothing).await.unwrap_err().code(), "limit_exceeded");
    for size in [0, -1, 501, i64::MAX, i64::MIN] {
        assert!(PageSize::new(size).is_err());
    }
    for forged in ["", "x", "AAAA", "💥", &"A".repeat(1_000_000)] {
        let after = Some(Cursor::from(forged.to_owned()));
        let request = ListRequest { after, ..ListRequest::of(TicketFilter::all()) };
        assert_eq!(anna.list(&request).await.unwrap_err().code(), "bad_cursor");
    }
}

#[tokio::test]
async fn a_requester_sets_only_what_requesters_may() {
    let (acme, _guard) = acme().await;
    let max = acme.requester("max@example.com").unwrap();
    let fields = [(FieldKey::new("secret").unwrap(), FieldValue::Bool(true))].into();
    let request = NewRequest { subject: "x".into(), message: "y".into(), fields, ..NewRequest::default() };
    assert_eq!(named(max.open(request, &Options::default()).await.unwrap_err()).0, "fields.secret");
}

#[tokio::test]
async fn imports_are_taken_once_and_whole_or_not_at_all() {
    let (acme, _guard) = acme().await;
    let admin = acme.admin("root").unwrap();
    let line = r#"{"external_id":"1","created_at":"2026-01-01T08:00:00Z","subject":"s","requester":{"email":"a@b.de"},
        "body":"b","messages":[{"author":"agent:anna","body":"hi","visibility":"public","at":"2026-01-01T09:00:00Z"}]}"#;
    let request: ImportRequest = serde_json::from_str(line).unwrap();
    let Imported::Created(outcome) = admin.import("jsonl", request.clone()).await.unwrap() else { panic!("new") };
    assert_eq!(outcome.ticket.first_responded_at, Some("2026-01-01T09:00:00Z".parse().unwrap()));
    assert_eq!(outcome.ticket.created_at, "2026-01-01T08:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap());
    assert!(matches!(admin.import("jsonl", request.clone()).await.unwrap(), Imported::Known(_)));
    let mut broken = ImportRequest { external_id: "2".into(), ..request };
    broken.messages[0].author = "nobody".into();
    assert_eq!(named(admin.import("jsonl", broken).await.unwrap_err()).0, "messages.author");
    assert_eq!(acme.agent("anna").unwrap().total(&TicketFilter::default()).await.unwrap(), 1);
    for bad in [r#"{"external_id":"3"}"#, r#"{"external_id":"3","subject":"s","version":9}"#, "[]", "1e400"] {
        assert!(serde_json::from_str::<ImportRequest>(bad).is_err(), "{bad}");
    }
}
