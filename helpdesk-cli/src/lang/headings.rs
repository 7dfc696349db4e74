//! What people read above a column, by the column's name on the wire.

use super::Phrase;

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
        "backup" => Phrase("Backup", "Sicherung"),
        "problem" => Phrase("Problem", "Problem"),
        other => Phrase(other, other),
    }
}
