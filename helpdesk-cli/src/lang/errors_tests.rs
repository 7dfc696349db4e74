//! Every stable code has words in both languages, and the words of both carry the same facts.

use helpdesk_core::access::Action;
use helpdesk_core::desk::{Code, Error};
use helpdesk_core::query::QueryError;
use helpdesk_core::settings::ClosedReply;
use helpdesk_core::store::{FaultKind, StoreError};
use helpdesk_core::text::{Invalid, Language, Problem};
use helpdesk_core::ticket::{
    ExternalRef, IllegalMove, LockRefused, LockToken, Rejection, StatusKey, TicketId, TicketNumber, Version,
};

use super::error;

fn status(key: &str) -> StatusKey {
    StatusKey::new(key).unwrap()
}

fn store(kind: FaultKind) -> Error {
    StoreError::new(kind, "commit").because("it is of version 9, this code knows 1").into()
}

/// An error of every code, some of several sorts, each with the facts that its words must carry.
fn samples() -> Vec<(Error, Vec<&'static str>)> {
    let number = || TicketNumber::new("2026-000007").unwrap();
    let agent = || "anna".parse().unwrap();
    let ticket: TicketId = "00000000-0000-7000-8000-000000000007".parse().unwrap();
    let at = "2026-11-02T09:00:00Z".parse().unwrap();
    let invalid = |problem| Error::Invalid(Invalid::new("tags", problem));
    let illegal = |reason| Rejection::IllegalTransition { from: status("new"), to: status("closed"), reason }.into();
    let movers = vec![helpdesk_core::ticket::workflow::Mover::WakeUp].into();
    let rejections = [
        (Rejection::UnknownStatus(status("odd")), vec!["odd"]),
        (Rejection::NoStatusFor("merged"), vec!["merged"]),
        (Rejection::TicketClosed { answer: ClosedReply::Rejected, merged_into: None }, vec![]),
        (Rejection::TicketIsSpam, vec![]),
        (LockRefused::Held { by: agent(), until: at }.into(), vec!["anna", "2026-11-02", "09:00:00"]),
        (LockRefused::Stale { shown: LockToken(3), newest: LockToken(8) }.into(), vec!["3", "8"]),
        (Rejection::LockRequired, vec![]),
        (Rejection::NotResolved, vec![]),
        (Rejection::AlreadyAssigned { to: agent() }, vec!["anna"]),
        (Rejection::SameTicket, vec![]),
        (Rejection::MergeState { merged: true }, vec![]),
        (Rejection::MergeState { merged: false }, vec![]),
        (Rejection::MergeCycle, vec![]),
        (Rejection::StructuralLink, vec![]),
        (Rejection::AgentOnly, vec![]),
        (Rejection::NotInFuture { at }, vec!["2026-11-02", "09:00:00"]),
        (Rejection::AlreadyOpen, vec![]),
        (Rejection::NotOpen, vec![]),
    ];
    let mut samples = vec![
        (Error::NotFound { what: "contact" }, vec![]),
        (Error::Ambiguous { candidates: vec![number()] }, vec!["#2026-000007"]),
        (Error::Forbidden { action: Action::TicketMerge }, vec!["ticket.merge"]),
        (invalid(Problem::Empty), vec!["tags"]),
        (invalid(Problem::TooLong { max: 77, unit: "characters" }), vec!["tags", "77"]),
        (invalid(Problem::TooMany { max: 55 }), vec!["tags", "55"]),
        (invalid(Problem::LineBreak), vec!["tags"]),
        (invalid(Problem::Malformed { expected: "1 to 100000" }), vec!["tags", "100000"]),
        (invalid(Problem::OutOfRange { expected: "not before 1970" }), vec!["tags", "1970"]),
        (invalid(Problem::Unknown), vec!["tags"]),
        (invalid(Problem::Duplicate), vec!["tags"]),
        (QueryError::PageSize { given: 501 }.into(), vec!["501", "500"]),
        (QueryError::Cursor.into(), vec![]),
        (Error::Conflict { expected: Version(3), found: Version(4), between: Vec::new() }, vec!["3", "4"]),
        (Error::Contended, vec![]),
        (Error::KeyReused, vec![]),
        (Error::ExternalTaken { external: ExternalRef::new("jira", "X-1").unwrap(), ticket }, vec!["jira/X-1"]),
        (Error::NumberTaken { number: number() }, vec!["2026-000007"]),
        (illegal(IllegalMove::NoSuchMove), vec!["new", "closed"]),
        (illegal(IllegalMove::OnlyBy(movers)), vec!["new", "closed", "wake_up"]),
        (illegal(IllegalMove::NeedsReopenPermission), vec!["new", "closed", "ticket.reopen_closed"]),
    ];
    samples.extend(rejections.map(|(rejection, facts)| (rejection.into(), facts)));
    let kinds = [
        FaultKind::Unavailable,
        FaultKind::Unsupported,
        FaultKind::Corrupt,
        FaultKind::LimitExceeded,
        FaultKind::SchemaTooNew,
        FaultKind::NeedsMigration,
        FaultKind::Conflict,
        FaultKind::Unexpected,
    ];
    samples.extend(kinds.map(|kind| (store(kind), vec!["commit", "9", "1"])));
    samples
}

#[test]
fn every_code_has_words_in_both_languages() {
    let samples = samples();
    for code in Code::ALL {
        let of_code: Vec<_> = samples.iter().filter(|(sample, _)| sample.code() == *code).collect();
        assert!(!of_code.is_empty(), "no sample of {code}: give one, with its German");
        for (sample, facts) in of_code {
            let (english, german) = (error(sample, Language::En), error(sample, Language::De));
            assert_ne!(english, german, "{code} has no German");
            for fact in facts {
                assert!(english.contains(fact) && german.contains(fact), "{code}: {fact} in {english:?}, {german:?}");
            }
        }
    }
}
