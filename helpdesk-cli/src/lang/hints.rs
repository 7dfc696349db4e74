//! What to do about an error, by its stable code. Hints that take facts of a command stand with the command.

use helpdesk_core::desk::Code;

use super::Phrase;

/// What to do about an error with this code, if that can be said without knowing more.
pub(crate) fn hint(code: Code) -> Option<Phrase> {
    Some(match code {
        Code::NotFound => Phrase("see `helpdesk ticket list`", "siehe `helpdesk ticket list`"),
        Code::Ambiguous => Phrase("write the number in full", "die Nummer ganz schreiben"),
        Code::PermissionDenied => {
            Phrase("ask somebody with the permission", "jemand mit dieser Berechtigung kann es tun")
        }
        Code::Conflict => Phrase(
            "look at it with `helpdesk ticket show`, then send it again with the version found, or without --if-version",
            "mit `helpdesk ticket show` ansehen, dann mit der gefundenen Version oder ohne --if-version erneut senden",
        ),
        Code::Locked => Phrase(
            "wait until the lock ends, write a note instead, or take it with `helpdesk ticket lock --steal REASON`",
            "das Ende der Sperre abwarten, eine Notiz schreiben oder sie mit `helpdesk ticket lock --steal GRUND` übernehmen",
        ),
        Code::LockLost | Code::LockRequired => {
            Phrase("take it anew with `helpdesk ticket lock`", "mit `helpdesk ticket lock` neu sperren")
        }
        Code::KeyReused => {
            Phrase("use a new key for another request", "für eine andere Anfrage einen neuen Schlüssel nehmen")
        }
        Code::Contended | Code::StoreUnavailable => Phrase("try again later", "später noch einmal versuchen"),
        Code::TransactionConflict => {
            Phrase("roll the transaction back and begin it anew", "die Transaktion zurückrollen und neu beginnen")
        }
        Code::NeedsMigration => Phrase("run `helpdesk db migrate`", "`helpdesk db migrate` ausführen"),
        Code::SchemaTooNew => {
            Phrase("use a newer version of this program", "eine neuere Version dieses Programms verwenden")
        }
        Code::StoreCorrupt => DOCTOR,
        Code::BadCursor => Phrase(
            "begin at the first page, with the same conditions on every page",
            "bei der ersten Seite beginnen, mit denselben Bedingungen auf jeder Seite",
        ),
        Code::TicketClosed => {
            Phrase("open a new ticket, or reopen this one", "ein neues Ticket öffnen oder dieses wieder öffnen")
        }
        Code::AlreadyAssigned => Phrase("use `helpdesk ticket assign`", "`helpdesk ticket assign` verwenden"),
        _ => return None,
    })
}

/// What to do about damage.
pub(crate) const DOCTOR: Phrase = Phrase(
    "run `helpdesk db doctor`; it says what can be done",
    "`helpdesk db doctor` ausführen; es sagt, was zu tun ist",
);
