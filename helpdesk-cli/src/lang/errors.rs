//! What an error of the desk says, with its facts, in German; in English it says it itself. Hints stand in `hints`.

use helpdesk_core::desk::Error;
use helpdesk_core::query::{PageSize, QueryError};
use helpdesk_core::store::{FaultKind, StoreError};
use helpdesk_core::text::{Invalid, Language, Problem};
use helpdesk_core::ticket::{IllegalMove, LockRefused, Rejection, TicketNumber};

use super::term;
use crate::output::time;

/// What the error says.
pub(crate) fn error(error: &Error, language: Language) -> String {
    match language {
        Language::De => german(error).unwrap_or_else(|| error.to_string()),
        _ => error.to_string(),
    }
}

/// What a stream or a file says.
pub(crate) fn io_error(error: &std::io::Error, language: Language) -> String {
    use std::io::ErrorKind;
    let words = match error.kind() {
        ErrorKind::NotFound => "das gibt es nicht",
        ErrorKind::PermissionDenied => "der Zugriff ist nicht erlaubt",
        ErrorKind::AlreadyExists => "das gibt es schon",
        ErrorKind::IsADirectory => "das ist ein Ordner",
        ErrorKind::NotADirectory => "das ist kein Ordner",
        ErrorKind::StorageFull => "der Platz reicht nicht",
        ErrorKind::ReadOnlyFilesystem => "dort kann nicht geschrieben werden",
        _ => return error.to_string(),
    };
    if language == Language::De { words.to_owned() } else { error.to_string() }
}

/// `None` for an error that is newer than these words; a test holds them against every code.
fn german(error: &Error) -> Option<String> {
    Some(match error {
        Error::NotFound { what } => format!("nicht gefunden: {}", term(what, Language::De)),
        Error::Ambiguous { candidates } => {
            let shown = |number: &TicketNumber| format!("#{number}");
            format!("das könnte {} sein", candidates.iter().map(shown).collect::<Vec<_>>().join(" oder "))
        }
        Error::Forbidden { action } => format!("nicht erlaubt: {action}"),
        Error::Rejected(rejection) => return rejected(rejection),
        Error::Invalid(refused) => invalid(refused),
        Error::Query(QueryError::PageSize { given }) => {
            format!("eine Seite hat 1 bis {} Einträge, nicht {given}", PageSize::MAX)
        }
        Error::Query(QueryError::Cursor) => "der Cursor gehört nicht zu dieser Abfrage".to_owned(),
        Error::Conflict { expected, found, .. } => {
            format!("inzwischen geändert: erwartet war Version {expected}, gefunden wurde {found}")
        }
        Error::Contended => "zu viele andere haben es gleichzeitig geändert".to_owned(),
        Error::KeyReused => "der Idempotenz-Schlüssel gehört zu einer anderen Anfrage".to_owned(),
        Error::ExternalTaken { external, .. } => {
            format!("der Verweis {}/{} gehört zu einem anderen Ticket", external.source, external.id)
        }
        Error::NumberTaken { number } => format!("die Nummer {number} gehört zu einem anderen Ticket"),
        Error::Store(fault) => store(fault)?,
        _ => return None,
    })
}

fn rejected(rejection: &Rejection) -> Option<String> {
    Some(match rejection {
        Rejection::Invalid(refused) => invalid(refused),
        Rejection::IllegalTransition { from, to, reason } => {
            format!("ein Ticket kann nicht von {from} nach {to} gehen: {}", illegal(*reason))
        }
        Rejection::UnknownStatus(status) => format!("der Ablauf hat keinen Status {status}"),
        Rejection::NoStatusFor(sort) => format!("der Ablauf hat keinen Status für {sort}"),
        Rejection::TicketClosed { .. } => "das Ticket ist geschlossen".to_owned(),
        Rejection::TicketIsSpam => "das Ticket ist Spam".to_owned(),
        Rejection::Locked(LockRefused::Held { by, until }) => format!("gesperrt von {by} bis {}", time(*until)),
        Rejection::Locked(LockRefused::Stale { shown, newest }) => format!(
            "die Sperre ging verloren: Marke {} ist nicht die neueste eigene, {} ist die neueste",
            shown.0, newest.0
        ),
        Rejection::LockRequired => "eine öffentliche Antwort braucht die eigene Sperre auf dem Ticket".to_owned(),
        Rejection::NotResolved => "die Anfrage ist nicht gelöst".to_owned(),
        Rejection::AlreadyAssigned { to } => format!("das Ticket ist {to} zugewiesen"),
        Rejection::SameTicket => {
            "ein Ticket kann nicht mit sich selbst verknüpft oder zusammengeführt werden".to_owned()
        }
        Rejection::MergeState { merged: true } => "das Ticket ist schon zusammengeführt".to_owned(),
        Rejection::MergeState { merged: false } => "das Ticket ist nicht zusammengeführt".to_owned(),
        Rejection::MergeCycle => "die Zusammenführung würde zum Ticket zurückführen".to_owned(),
        Rejection::StructuralLink => {
            "solche Verknüpfungen entstehen nur durch Zusammenführen, Teilen und Nachfragen".to_owned()
        }
        Rejection::AgentOnly => "das kann nur ein Agent".to_owned(),
        Rejection::NotInFuture { at } => format!("{} ist schon vergangen", time(*at)),
        Rejection::AlreadyOpen => "das Ticket gibt es schon".to_owned(),
        Rejection::NotOpen => "dieses Ticket gibt es nicht".to_owned(),
        _ => return None,
    })
}

fn illegal(reason: IllegalMove) -> String {
    match reason {
        IllegalMove::NoSuchMove => "diesen Weg hat der Ablauf nicht".to_owned(),
        IllegalMove::OnlyBy(movers) => format!("nur durch {movers}"),
        IllegalMove::NeedsReopenPermission => "dazu gehört die Berechtigung ticket.reopen_closed".to_owned(),
        other => other.to_string(),
    }
}

fn invalid(Invalid { field, problem }: &Invalid) -> String {
    let form = |words: &'static str| term(words, Language::De);
    let problem = match problem {
        Problem::Empty => "ist leer".to_owned(),
        Problem::TooLong { max, unit } => format!("ist länger als {max} {}", form(unit)),
        Problem::TooMany { max } => format!("hat mehr als {max} Einträge"),
        Problem::LineBreak => "hat einen Zeilenumbruch".to_owned(),
        Problem::Malformed { expected } => format!("erwartet wird {}", form(expected)),
        Problem::OutOfRange { expected } => format!("liegt außerhalb: {}", form(expected)),
        Problem::Unknown => "ist nicht festgelegt".to_owned(),
        Problem::Duplicate => "steht dort schon".to_owned(),
        other => other.to_string(),
    };
    format!("{field}: {problem}")
}

fn store(fault: &StoreError) -> Option<String> {
    let kind = match fault.kind {
        FaultKind::Unavailable => "der Speicher ist nicht erreichbar",
        FaultKind::Unsupported => "der Speicher kann das nicht",
        FaultKind::Corrupt => "gespeicherte Daten sind beschädigt",
        FaultKind::LimitExceeded => "eine Grenze des Speichers wurde überschritten",
        FaultKind::SchemaTooNew => "der Speicher wurde von einer neueren Version geschrieben",
        FaultKind::NeedsMigration => "der Speicher fehlt oder muss auf den heutigen Stand gebracht werden",
        FaultKind::Conflict => "die Transaktion sieht einen älteren Stand, als andere seither geschrieben haben",
        FaultKind::Unexpected => "der Speicher hat versagt",
        _ => return None,
    };
    let context = fault.context.as_deref().map(|context| format!(": {}", term(context, Language::De)));
    Some(format!("{kind} (bei {}){}", fault.operation, context.unwrap_or_default()))
}
