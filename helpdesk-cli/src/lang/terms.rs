//! What the core and its stores say in short English terms inside an error (what was sought, which form was expected,
//! what a store adds), with the German for each. A term that is not here is said as it is; a test reads the core's source
//! for terms that are missing.

use std::borrow::Cow;

use helpdesk_core::text::Language;

use super::server_terms;

/// English and German. Numbers stand as `#` and are put back in the same order.
const TERMS: &[(&str, &str)] = &[
    // What was sought.
    ("act", "Vorgang"),
    ("agent", "Agent"),
    ("dead letter", "unzustellbares Ereignis"),
    ("endpoint", "Endpunkt"),
    ("category", "Kategorie"),
    ("command", "Auftrag"),
    ("contact", "Kontakt"),
    ("message", "Nachricht"),
    ("opening", "Eröffnung"),
    ("organization", "Organisation"),
    ("team", "Team"),
    ("ticket", "Ticket"),
    ("ticket in the queue", "Ticket in der Warteschlange"),
    // Service levels.
    (
        "first_response, next_response, periodic_update or resolution",
        "first_response, next_response, periodic_update oder resolution",
    ),
    ("a metric and a number such as resolution/#", "eine Messgröße und eine Nummer wie resolution/#"),
    ("a span such as #m, #h#m, #h or #d", "eine Spanne wie #m, #h#m, #h oder #d"),
    ("any name but #x#, which stands for no calendar", "jeder Name außer #x#, das für keinen Kalender steht"),
    ("a start that this clock has", "ein Beginn, den diese Uhr hat"),
    ("said of the first response only", "nur bei der ersten Antwort gesagt"),
    ("assignee, team, admins or agent:ID", "assignee, team, admins oder agent:ID"),
    ("an offset such as -#m, +#h, +#d or #%", "ein Abstand wie -#m, +#h, +#d oder #%"),
    ("a span such as <#h or #m, of at most ten years", "eine Spanne wie <#h oder #m, höchstens zehn Jahre"),
    (
        "of the form that `show --json` prints, in TOML or JSON",
        "von der Form, die `show --json` ausgibt, in TOML oder JSON",
    ),
    ("one that the calendar has open time for", "eine, für die der Kalender Servicezeit hat"),
    ("policy", "Richtlinie"),
    ("calendar", "Kalender"),
    // What is counted.
    ("bytes", "Bytes"),
    ("characters", "Zeichen"),
    // Places.
    ("standard input", "Standardeingabe"),
    ("standard output", "Standardausgabe"),
    // Forms of names.
    (
        "# to # bytes without control or invisible characters and without space at the ends",
        "# bis # Bytes ohne Steuerzeichen und unsichtbare Zeichen und ohne Leerraum an den Enden",
    ),
    (
        "# to # of a-z, #-#, _ and -, beginning with a letter or digit",
        "# bis # aus a-z, #-#, _ und -, vorn ein Buchstabe oder eine Ziffer",
    ),
    ("a UUID", "eine UUID"),
    ("a ticket number such as #-#", "eine Ticketnummer wie #-#"),
    ("agent:ID, requester:ADDRESS-OR-ID or system", "agent:ID, requester:ADRESSE-ODER-ID oder system"),
    ("agent:ID, requester:ID or system", "agent:ID, requester:ID oder system"),
    ("requester, agent:ID or system", "requester, agent:ID oder system"),
    ("an address such as max@example.com", "eine Adresse wie max@example.com"),
    (
        "an address such as max@example.com, or an id without blanks",
        "eine Adresse wie max@example.com oder eine Kennung ohne Leerzeichen",
    ),
    ("an agent or a requester", "ein Agent oder ein Anfragender"),
    ("an IANA time zone such as Europe/Berlin", "eine IANA-Zeitzone wie Europe/Berlin"),
    ("observer, agent, supervisor or admin", "observer, agent, supervisor oder admin"),
    ("of the form #rrggbb", "von der Form #rrggbb"),
    ("the name of a timer", "der Name eines Zeitgebers"),
    ("without a comma", "ohne Komma"),
    (
        "text with {year}, {yy}, {month}, {team}, {check} and exactly one {seq:WIDTH} set off by a sign",
        "ein Text mit {year}, {yy}, {month}, {team}, {check} und genau einem durch ein Zeichen abgesetzten {seq:WIDTH}",
    ),
    ("auto, always or never", "auto, always oder never"),
    ("en or de", "en oder de"),
    ("a URL with a path", "eine URL mit einem Pfad"),
    ("another store than the source", "ein anderer Speicher als die Quelle"),
    ("a URL of a backend that this build has", "eine URL eines Speichers, den dieses Programm kennt"),
    ("a URL with a scheme", "eine URL mit einem Schema"),
    // Forms of values.
    ("a day, YYYY-MM-DD", "ein Tag, JJJJ-MM-TT"),
    ("a finite number", "eine endliche Zahl"),
    (
        "a kind of link such as relates_to, child_of, blocks or duplicates",
        "eine Art von Verknüpfung wie relates_to, child_of, blocks oder duplicates",
    ),
    ("a list of the defined choices", "eine Liste der festgelegten Möglichkeiten"),
    ("a status category", "eine Statuskategorie"),
    ("a status, its category and an instant", "ein Status, seine Kategorie und ein Zeitpunkt"),
    ("a status that a ticket can be taken over in", "ein Status, in dem ein Ticket übernommen werden kann"),
    ("a text", "ein Text"),
    ("a whole number", "eine ganze Zahl"),
    ("a whole number from # up", "eine ganze Zahl ab #"),
    ("an instant such as #-#-#T#:#:#Z", "ein Zeitpunkt wie #-#-#T#:#:#Z"),
    ("at least one word", "mindestens ein Wort"),
    ("given only with a waiting status", "etwas nur bei einem wartenden Status"),
    ("given together with a time", "etwas nur zusammen mit einer Zeit"),
    ("KEY=VALUE", "NAME=WERT"),
    ("left out: requests have no versions", "nichts: Anfragen haben keine Versionen"),
    ("low, medium or high", "low, medium oder high"),
    ("low, medium, high or critical", "low, medium, high oder critical"),
    ("one of the defined choices", "eine der festgelegten Möglichkeiten"),
    ("positions of messages", "Positionen von Nachrichten"),
    ("priority, updated, due or created", "priority, updated, due oder created"),
    ("true or false", "true oder false"),
    ("# to #", "# bis #"),
    // Endpoints.
    ("a URL such as https://example.com/hook", "eine URL wie https://example.com/hook"),
    ("https, or http on this machine", "https oder http auf diesem Rechner"),
    ("whsec_ and # to # bytes in base#", "whsec_ und # bis # Bytes in base#"),
    ("posted by a build with HTTP in it", "ein Versand durch ein Programm mit HTTP"),
    // Records and dumps.
    ("a record of its sort that belongs to its key", "ein Eintrag seiner Art, der zu seinem Schlüssel gehört"),
    (
        "a ticket whose history, state and messages belong together",
        "ein Ticket, dessen Verlauf, Stand und Nachrichten zusammengehören",
    ),
    ("another contact than the one it is merged into", "ein anderer Kontakt als der, in den er aufgeht"),
    // Ranges.
    ("an index below a count of # to #", "ein Index unter einer Anzahl von # bis #"),
    ("at least one second", "mindestens eine Sekunde"),
    ("between # and now", "zwischen # und jetzt"),
    ("kept as it is while tickets stand in it", "bleibt, wie es ist, solange Tickets darin stehen"),
    (
        "more impact or urgency must never give less priority",
        "mehr Auswirkung oder Dringlichkeit darf nie weniger Priorität geben",
    ),
    ("no more years ahead than the limits allow", "nicht mehr Jahre voraus, als die Grenzen erlauben"),
    ("not after now", "nicht nach jetzt"),
    ("not before #", "nicht vor #"),
    // Calendars.
    ("#-#-#, #-# or #-#-#..#-#-#", "#-#-#, #-# oder #-#-#..#-#-#"),
    ("a last date after the first", "ein letzter Tag nach dem ersten"),
    ("a period such as #:#-#:#", "eine Zeitspanne wie #:#-#:#"),
    ("a period with a length", "eine Zeitspanne mit einer Länge"),
    (
        "an end after the beginning; over midnight as #:#-#:#+#",
        "ein Ende nach dem Anfang; über Mitternacht als #:#-#:#+#",
    ),
    ("at most # hours", "höchstens # Stunden"),
    ("at most #:#", "höchstens #:#"),
    ("mon, tue, wed, thu, fri, sat or sun", "mon, tue, wed, thu, fri, sat oder sun"),
    ("periods that do not overlap", "Zeitspannen, die sich nicht überschneiden"),
    // What stores add.
    (
        "SQLite #.#.# can damage a file in WAL mode; #.#.# or newer is needed",
        "SQLite #.#.# kann eine Datei im WAL-Modus beschädigen; nötig ist #.#.# oder neuer",
    ),
    (
        "a database in memory cannot be used; a file is needed",
        "eine Datenbank im Speicher geht nicht; nötig ist eine Datei",
    ),
    ("a stored value is of another form", "ein gespeicherter Wert hat eine andere Form"),
    ("a value is too large", "ein Wert ist zu groß"),
    ("an act writes at most # tickets", "ein Vorgang schreibt höchstens # Tickets"),
    ("another process holds the file", "ein anderer Prozess hält die Datei"),
    ("it is of version #, this code knows #", "er ist von Version #, dieses Programm kennt #"),
    ("no memory is left", "der Arbeitsspeicher ist voll"),
    ("no space is left for the file", "für die Datei ist kein Platz mehr"),
    ("step # was applied in another form", "Schritt # wurde in anderer Form ausgeführt"),
    ("the connection ended", "die Verbindung endete"),
    ("the engine refused a statement", "die Datenbank wies eine Anweisung ab"),
    ("the file cannot be opened", "die Datei lässt sich nicht öffnen"),
    ("the file cannot be read or written", "die Datei lässt sich nicht lesen oder schreiben"),
    ("the file holds no helpdesk", "in der Datei ist kein Helpdesk"),
    ("the file is damaged", "die Datei ist beschädigt"),
    ("the file is not a database", "die Datei ist keine Datenbank"),
    (
        "the caller's own transaction holds the file: write through the joined desk, or commit first",
        "die eigene Transaktion hält die Datei: in ihr schreiben oder sie erst abschließen",
    ),
    (
        "the engine ended the host's transaction; roll it back and begin it anew",
        "die Datenbank hat die Transaktion beendet; sie ist zurückzurollen und neu zu beginnen",
    ),
    ("the file is of an older version", "die Datei ist von einer älteren Version"),
    ("the file or its folder cannot be written", "die Datei oder ihr Ordner ist nicht beschreibbar"),
    ("the sequence of ticket numbers is at its end", "die Folge der Ticketnummern ist am Ende"),
    ("the store is closed", "der Speicher ist geschlossen"),
    ("the store was closed", "der Speicher wurde geschlossen"),
    ("the target is there already", "das Ziel gibt es schon"),
    ("the target's name is not UTF-8", "der Name des Ziels ist kein UTF-8"),
    ("there is no such file; it can be created", "die Datei gibt es nicht; sie kann angelegt werden"),
    ("this store is no file", "dieser Speicher ist keine Datei"),
    ("too many tickets in one act", "zu viele Tickets in einem Vorgang"),
    (
        "a write failed before; the store has to be opened anew by another process",
        "ein Schreiben misslang; der Speicher ist von einem neuen Prozess zu öffnen",
    ),
    ("another process, or this one, has the store open", "ein anderer Prozess, oder dieser, hat den Speicher offen"),
    ("no space is left for the store", "für den Speicher ist kein Platz mehr"),
    ("the folder cannot be read or written", "der Ordner lässt sich nicht lesen oder schreiben"),
    ("the folder holds no helpdesk", "in dem Ordner ist kein Helpdesk"),
    (
        "the folder is damaged: restore a backup of it, or import an export into a new store",
        "der Ordner ist beschädigt: eine Sicherung einspielen oder einen Export in einen neuen Speicher einlesen",
    ),
    ("there is no such store", "den Speicher gibt es nicht"),
];

/// A term in `language`; what has no translation stays as it is.
pub(crate) fn term(words: &str, language: Language) -> Cow<'_, str> {
    if language != Language::De {
        return words.into();
    }
    let (shape, numbers) = taken_apart(words);
    match all().find(|(english, _)| *english == words || *english == shape) {
        Some((english, german)) if *english == words => (*german).into(),
        Some((_, german)) => put_together(german, numbers).into(),
        None => words.into(),
    }
}

/// Every term.
fn all() -> impl Iterator<Item = &'static (&'static str, &'static str)> {
    TERMS.iter().chain(server_terms::TERMS)
}

/// The words with `#` for every number, and the numbers. A sign before a number is a part of it.
fn taken_apart(words: &str) -> (String, Vec<String>) {
    let (mut shape, mut numbers) = (String::new(), Vec::<String>::new());
    let mut number = String::new();
    for c in words.chars().chain(Some('\0')) {
        if c.is_ascii_digit() || (c == '#' && number.is_empty()) {
            number.push(c);
            continue;
        }
        if !number.is_empty() {
            shape.push('#');
            numbers.push(std::mem::take(&mut number));
        }
        shape.push(c);
    }
    shape.pop();
    (shape, numbers)
}

fn put_together(german: &str, numbers: Vec<String>) -> String {
    let mut numbers = numbers.into_iter();
    let mut put = String::new();
    for part in german.split_inclusive('#') {
        match part.strip_suffix('#') {
            Some(before) => put.extend([before, &numbers.next().unwrap_or_default()]),
            None => put.push_str(part),
        }
    }
    put
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn numbers_are_put_back() {
        let german = |words| term(words, Language::De).into_owned();
        assert_eq!(german("it is of version 9, this code knows 1"), "er ist von Version 9, dieses Programm kennt 1");
        assert_eq!(german("a ticket number such as #2025-004782"), "eine Ticketnummer wie #2025-004782");
        assert_eq!(german("of the form #rrggbb"), "von der Form #rrggbb");
        assert_eq!(german("said by nobody"), "said by nobody");
    }

    /// What the sources write where a term stands: after these marks, as the last text before the statement ends.
    const MARKS: [&str; 10] = [
        "malformed(",
        "expected: ",
        "expected = ",
        "wrong(",
        "because(",
        "NotFound { what: ",
        "WHAT: &'static str = ",
        "told(",
        "needs(",
        "Limit(",
    ];

    #[test]
    fn every_term_of_the_sources_is_here() {
        let mut missing = Vec::new();
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for folder in ["helpdesk-core/src", "helpdesk-store-sql/src", "helpdesk-store-sled/src", "helpdesk-cli/src"] {
            each_source(&root.join(folder), &mut |source| {
                for words in terms_of(source) {
                    if term(&words, Language::De) == words && !all().any(|(_, german)| *german == words) {
                        missing.push(words);
                    }
                }
            });
        }
        assert!(missing.is_empty(), "terms without German: {missing:#?}");
    }

    fn each_source(folder: &Path, see: &mut impl FnMut(&str)) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if path.is_dir() && name != "conformance" && name != "demo" {
                each_source(&path, see);
            } else if path.extension().is_some_and(|ending| ending == "rs") && !name.contains("tests") {
                let source = std::fs::read_to_string(&path).unwrap();
                see(source.split("#[cfg(test)]").next().unwrap());
            }
        }
    }

    fn terms_of(source: &str) -> Vec<String> {
        let code: Vec<&str> = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        let code = code.join("\n");
        let mut terms = Vec::new();
        for mark in MARKS {
            // A column of that name is no mark.
            for (at, _) in code.match_indices(mark).filter(|(at, _)| !code[..*at].ends_with('.')) {
                let rest = &code[at + mark.len()..];
                let end = [";\n", "},", "}\n"].into_iter().filter_map(|end| rest.find(end)).min();
                let statement = &rest[..end.unwrap_or(rest.len())];
                let texts = statement.split('"').skip(1).step_by(2);
                // A one-word text is the name of a field or of an operation.
                let words = texts.filter(|text| text.trim().contains(' ') && !text.contains('{')).last();
                terms.extend(words.map(str::to_owned));
            }
        }
        // What the codes of an engine mean, one to an arm.
        for (at, _) in code.match_indices("(FaultKind::") {
            let rest = &code[at..];
            let arm = &rest[..rest.find(')').unwrap_or(rest.len())];
            terms.extend(arm.split('"').nth(1).filter(|text| text.contains(' ')).map(str::to_owned));
        }
        terms
    }
}
