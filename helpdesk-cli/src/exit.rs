//! How a command ends: exit codes from the kinds of errors, and what is told of an error. The codes are an interface.

use std::io::Write;

use helpdesk_core::desk::{Error, ErrorKind};
use helpdesk_core::text::Language;
use helpdesk_core::ticket::{LockRefused, Rejection};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::lang::{self, Saying};
use crate::output::printable;

/// It went wrong, in no way that the others name.
const FAILED: u8 = 1;
/// The grammar is not right.
pub(crate) const USAGE: u8 = 2;
/// Something was rejected and the rest was done.
const PARTLY: u8 = 6;
/// The data is damaged.
const DAMAGED: u8 = 9;
/// A value is not acceptable.
const REJECTED: u8 = 10;
/// It was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

impl Failure {
    /// The exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Desk(error) => of_kind(error.kind()),
            Self::Hinted { error, .. } => error.exit_code(),
            Self::Usage { .. } => USAGE,
            Self::Settings { .. } => REJECTED,
            Self::Io { .. } | Self::NotConfirmed { .. } => FAILED,
            Self::Partly { .. } => PARTLY,
            Self::Damaged(_) => DAMAGED,
            Self::Interrupted { .. } => INTERRUPTED,
            Self::BrokenPipe => 0,
        }
    }

    /// The stable code.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Desk(error) => error.code().as_str(),
            Self::Hinted { error, .. } => error.code(),
            Self::Usage { .. } => "usage",
            Self::Settings { .. } => "bad_settings",
            Self::NotConfirmed { .. } => "not_confirmed",
            Self::Io { .. } => "io",
            Self::Partly { .. } => "partly_done",
            Self::Damaged(_) => "damaged",
            Self::Interrupted { .. } => "interrupted",
            Self::BrokenPipe => "broken_pipe",
        }
    }

    /// What is wrong, with its facts.
    pub(crate) fn message(&self, language: Language) -> String {
        let either = |en: String, de: String| if language == Language::De { de } else { en };
        match self {
            Self::Desk(error) => lang::error(error, language),
            Self::Hinted { error, .. } => error.message(language),
            Self::Usage { message, .. } | Self::Settings { message, .. } | Self::NotConfirmed { message, .. } => {
                message.get(language).to_owned()
            }
            Self::Io { place, error } => {
                format!("{}: {}", lang::term(place, language), lang::io_error(error, language))
            }
            Self::Partly { rejected, read, .. } => {
                either(format!("{rejected} of {read} were rejected"), format!("{rejected} von {read} wurden abgelehnt"))
            }
            Self::Damaged(problems) => {
                either(format!("the check found {problems} problems"), format!("die Prüfung fand {problems} Schäden"))
            }
            Self::Interrupted { .. } => either("interrupted".to_owned(), "unterbrochen".to_owned()),
            Self::BrokenPipe => either("broken pipe".to_owned(), "niemand liest mehr".to_owned()),
        }
    }

    /// What to do about it.
    pub(crate) fn hint(&self) -> Option<Saying> {
        match self {
            Self::Hinted { hint, .. }
            | Self::Usage { hint, .. }
            | Self::Settings { hint, .. }
            | Self::NotConfirmed { hint, .. }
            | Self::Interrupted { hint } => Some(hint.clone()),
            Self::Partly { kept: Some(kept), .. } => Some(Saying::new(
                format!("the rejected lines stand with their reasons in {kept}; mend and import them again"),
                format!("die abgelehnten Zeilen stehen mit Grund in {kept}; verbessern und erneut einlesen"),
            )),
            Self::Desk(error) => lang::hint(error.code()).map(Saying::from),
            Self::Damaged(_) => Some(lang::DOCTOR.into()),
            Self::Partly { kept: None, .. } | Self::Io { .. } | Self::BrokenPipe => None,
        }
    }

    fn is_retryable(&self) -> bool {
        match self {
            Self::Desk(error) => error.is_retryable(),
            Self::Hinted { error, .. } => error.is_retryable(),
            Self::Interrupted { .. } => true,
            _ => false,
        }
    }

    /// What stands behind it, one cause a line, in the engine's own words.
    fn causes(&self) -> String {
        let first = match self {
            Self::Desk(error) => std::error::Error::source(error),
            Self::Io { error, .. } => std::error::Error::source(error),
            Self::Hinted { error, .. } => return error.causes(),
            _ => None,
        };
        let chain = std::iter::successors(first, |error| error.source());
        chain.flat_map(|cause| ["cause: ".to_owned(), printable(&cause.to_string()), "\n".to_owned()]).collect()
    }

    fn details(&self) -> Value {
        match self {
            Self::Desk(error) => details(error),
            Self::Hinted { error, .. } => error.details(),
            Self::Partly { rejected, read, kept } => json!({ "rejected": rejected, "read": read, "kept": kept }),
            Self::Damaged(problems) => json!({ "problems": problems }),
            Self::Io { place, .. } => json!({ "place": place }),
            Self::Usage { .. }
            | Self::Settings { .. }
            | Self::NotConfirmed { .. }
            | Self::Interrupted { .. }
            | Self::BrokenPipe => json!({}),
        }
    }

    /// Says it on standard error. That nobody listens is no second failure.
    pub(crate) fn tell(&self, as_json: bool, verbose: bool, language: Language) {
        if matches!(self, Self::BrokenPipe) {
            return;
        }
        let mut err = anstream::stderr().lock();
        let hint = self.hint().map(|hint| hint.get(language).to_owned());
        let message = self.message(language);
        let told = if as_json {
            let error = json!({
                "code": self.code(), "message": message, "hint": hint,
                "retryable": self.is_retryable(), "details": self.details(),
            });
            writeln!(err, "{error}")
        } else {
            let red = anstyle::AnsiColor::Red.on_default().bold();
            let dim = anstyle::Style::new().dimmed();
            let hint = hint.map(|hint| format!("{dim}hint:{dim:#}  {}\n", printable(&hint))).unwrap_or_default();
            let message = printable(&message);
            let causes = if verbose { self.causes() } else { String::new() };
            writeln!(err, "{red}error:{red:#} {message}\n{causes}{hint}{dim}code:{dim:#}  {}", self.code())
        };
        drop(told);
    }
}

fn of_kind(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::NotFound => 3,
        ErrorKind::Forbidden => 4,
        ErrorKind::Conflict => 5,
        ErrorKind::Unavailable => 7,
        ErrorKind::Schema => 8,
        ErrorKind::Corrupt => DAMAGED,
        ErrorKind::Rejected => REJECTED,
        _ => FAILED,
    }
}

fn details(error: &Error) -> Value {
    match error {
        Error::NotFound { what } => json!({ "what": what }),
        Error::Ambiguous { candidates } => json!({ "candidates": candidates }),
        Error::Forbidden { action } => json!({ "action": action.as_str() }),
        Error::Invalid(invalid) | Error::Rejected(Rejection::Invalid(invalid)) => {
            json!({ "field": invalid.field, "problem": invalid.problem.code() })
        }
        Error::Conflict { expected, found, between } => {
            let between: Vec<Value> = between.iter().map(crate::output::event_json).collect();
            json!({ "expected": expected, "found": found, "between": between })
        }
        Error::ExternalTaken { external, ticket } => json!({ "external": external, "ticket": ticket }),
        Error::NumberTaken { number } => json!({ "number": number }),
        Error::Rejected(Rejection::Locked(LockRefused::Held { by, until })) => {
            json!({ "by": by, "until": crate::output::time(*until) })
        }
        Error::Rejected(Rejection::Locked(LockRefused::Stale { shown, newest })) => {
            json!({ "shown": shown, "newest": newest })
        }
        Error::Rejected(Rejection::IllegalTransition { from, to, reason }) => {
            json!({ "from": from, "to": to, "reason": reason.to_string() })
        }
        Error::Rejected(Rejection::AlreadyAssigned { to }) => json!({ "to": to }),
        Error::Rejected(Rejection::TicketClosed { merged_into, .. }) => json!({ "merged_into": merged_into }),
        Error::Store(fault) => {
            json!({ "operation": fault.operation, "context": fault.context, "fault": fault.kind.code().as_str() })
        }
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use helpdesk_core::store::FaultKind;

    use super::*;

    #[test]
    fn every_kind_of_error_has_its_exit_code() {
        let store = |kind| Failure::from(helpdesk_core::store::StoreError::new(kind, "test")).exit_code();
        assert_eq!(store(FaultKind::Unavailable), 7);
        assert_eq!(store(FaultKind::SchemaTooNew), 8);
        assert_eq!(store(FaultKind::NeedsMigration), 8);
        assert_eq!(store(FaultKind::Corrupt), 9);
        assert_eq!(store(FaultKind::Conflict), 5);
        assert_eq!(store(FaultKind::LimitExceeded), 10);
        assert_eq!(store(FaultKind::Unexpected), 1);
        assert_eq!(store(FaultKind::Unsupported), 1);
        assert_eq!(Failure::from(Error::NotFound { what: "ticket" }).exit_code(), 3);
        assert_eq!(Failure::from(Error::KeyReused).exit_code(), 5);
        assert_eq!(Failure::Interrupted { hint: Saying::command("") }.exit_code(), 130);
        assert_eq!(Failure::output(std::io::ErrorKind::BrokenPipe.into()).exit_code(), 0);
        assert_eq!(Failure::Damaged(1).exit_code(), 9);
        let words = || (Saying::command("x"), Saying::command("y"));
        let (message, hint) = words();
        assert_eq!(Failure::Settings { message, hint }.exit_code(), 10);
        let (message, hint) = words();
        assert_eq!(Failure::NotConfirmed { message, hint }.exit_code(), 1);
        let partly = Failure::Partly { rejected: 1, read: 2, kept: None };
        assert_eq!(partly.hinting(Saying::command("x")).exit_code(), 6);
    }
}
