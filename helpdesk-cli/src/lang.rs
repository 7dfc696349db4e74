//! German and English words for what people read. What programs read is never translated, and stands elsewhere.

use helpdesk_core::text::Language;

/// A word or sentence in English and in German.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrase(pub(crate) &'static str, pub(crate) &'static str);

impl Phrase {
    /// It in `language`.
    pub(crate) fn get(self, language: Language) -> &'static str {
        match language {
            Language::De => self.1,
            _ => self.0,
        }
    }
}

/// The headings of columns, by the column's name on the wire.
pub(crate) fn heading(column: &'static str) -> Phrase {
    match column {
        "number" => Phrase("Number", "Nummer"),
        "subject" => Phrase("Subject", "Betreff"),
        "status" => Phrase("Status", "Status"),
        "priority" => Phrase("Priority", "Priorität"),
        "assignee" => Phrase("Assignee", "Zuständig"),
        "requester" => Phrase("Requester", "Von"),
        "sla" => Phrase("SLA", "SLA"),
        "due" => Phrase("Due", "Fällig"),
        "updated_at" => Phrase("Updated", "Geändert"),
        "created_at" => Phrase("Created", "Eingegangen"),
        "at" => Phrase("When", "Wann"),
        "actor" => Phrase("Who", "Wer"),
        "kind" => Phrase("What", "Was"),
        "data" => Phrase("Details", "Einzelheiten"),
        "id" => Phrase("Id", "Kennung"),
        "name" => Phrase("Name", "Name"),
        "email" => Phrase("Address", "Adresse"),
        "role" => Phrase("Role", "Rolle"),
        "teams" => Phrase("Teams", "Teams"),
        "disabled" => Phrase("Disabled", "Gesperrt"),
        "organization" => Phrase("Organisation", "Organisation"),
        "color" => Phrase("Colour", "Farbe"),
        "en" => Phrase("English", "Englisch"),
        "de" => Phrase("German", "Deutsch"),
        "key" => Phrase("Key", "Name"),
        "value" => Phrase("Value", "Wert"),
        "origin" => Phrase("From", "Woher"),
        "category" => Phrase("Category", "Kategorie"),
        "count" => Phrase("Tickets", "Tickets"),
        "topic" => Phrase("Topic", "Thema"),
        "state" => Phrase("State", "Stand"),
        "advice" => Phrase("What can be done", "Was zu tun ist"),
        "place" => Phrase("Where", "Wo"),
        "problem" => Phrase("Problem", "Problem"),
        other => Phrase(other, other),
    }
}

/// What to do about an error, by its stable code.
pub(crate) fn hint(code: &str) -> Option<Phrase> {
    Some(match code {
        "not_found" => Phrase("see `helpdesk ticket list`", "siehe `helpdesk ticket list`"),
        "ambiguous" => Phrase("write the number in full", "die Nummer ganz schreiben"),
        "permission_denied" => Phrase("ask somebody with the permission", "jemand mit dieser Berechtigung kann es tun"),
        "conflict" => Phrase(
            "look at it with `helpdesk ticket show`, then send it again with the version found, or without --if-version",
            "mit `helpdesk ticket show` ansehen, dann mit der gefundenen Version oder ohne --if-version erneut senden",
        ),
        "locked" => Phrase(
            "wait until the lock ends, write a note instead, or take it with `helpdesk ticket lock --steal REASON`",
            "das Ende der Sperre abwarten, eine Notiz schreiben oder sie mit `helpdesk ticket lock --steal GRUND` übernehmen",
        ),
        "lock_lost" | "lock_required" => {
            Phrase("take it anew with `helpdesk ticket lock`", "mit `helpdesk ticket lock` neu sperren")
        }
        "key_reused" => {
            Phrase("use a new key for another request", "für eine andere Anfrage einen neuen Schlüssel nehmen")
        }
        "contended" | "unavailable" => Phrase("try again later", "später noch einmal versuchen"),
        "needs_migration" => Phrase("run `helpdesk db migrate`", "`helpdesk db migrate` ausführen"),
        "schema_too_new" => {
            Phrase("use a newer version of this program", "eine neuere Version dieses Programms verwenden")
        }
        "corrupt" | "damaged" => Phrase(
            "run `helpdesk db doctor`; it says what can be done",
            "`helpdesk db doctor` ausführen; es sagt, was zu tun ist",
        ),
        "bad_cursor" => Phrase(
            "begin at the first page, with the same conditions on every page",
            "bei der ersten Seite beginnen, mit denselben Bedingungen auf jeder Seite",
        ),
        "ticket_closed" => {
            Phrase("open a new ticket, or reopen this one", "ein neues Ticket öffnen oder dieses wieder öffnen")
        }
        "already_assigned" => Phrase("use `helpdesk ticket assign`", "`helpdesk ticket assign` verwenden"),
        "unknown_status" => Phrase(
            "the default workflow has new, open, in_progress, pending, on_hold, resolved, closed, cancelled",
            "der Standardablauf hat new, open, in_progress, pending, on_hold, resolved, closed, cancelled",
        ),
        _ => return None,
    })
}

/// Where rejected lines are.
pub(crate) fn hint_partly(kept: &str, language: Language) -> String {
    match language {
        Language::De => format!("die abgelehnten Zeilen stehen mit Grund in {kept}; verbessern und erneut einlesen"),
        _ => format!("the rejected lines stand with their reasons in {kept}; mend and import them again"),
    }
}

/// That a list goes on.
pub(crate) fn more_follow(shown: usize, total: Option<u64>, cursor: &str, language: Language) -> String {
    let of = total.map(|total| total.to_string());
    match (language, of) {
        (Language::De, Some(total)) => format!("{shown} von {total} gezeigt; weiter mit --cursor {cursor}"),
        (Language::De, None) => format!("{shown} gezeigt, es folgen weitere; weiter mit --cursor {cursor}"),
        (_, Some(total)) => format!("{shown} of {total} shown; go on with --cursor {cursor}"),
        (_, None) => format!("{shown} shown, more follow; go on with --cursor {cursor}"),
    }
}

/// Nothing to show.
pub(crate) const NOTHING: Phrase = Phrase("nothing to show", "nichts anzuzeigen");
/// What to do next.
pub(crate) const NEXT: Phrase = Phrase("next:", "weiter:");
/// Nothing was done.
pub(crate) const DRY_RUN: Phrase = Phrase("dry run, nothing was changed:", "Probelauf, nichts wurde geändert:");
/// What a table leaves out.
pub(crate) const CSV_IS_A_TABLE: Phrase = Phrase(
    "CSV is a table: first messages only, no replies, notes or history; `helpdesk export jsonl` has everything",
    "CSV ist eine Tabelle: nur die ersten Nachrichten, keine Antworten, Notizen und Verläufe; alles hat `helpdesk export jsonl`",
);
/// Nothing would be done.
pub(crate) const NO_CHANGE: Phrase = Phrase("no change", "keine Änderung");
/// Yes or no.
pub(crate) const REALLY: Phrase = Phrase("really?", "wirklich?");
