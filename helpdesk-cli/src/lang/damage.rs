//! What a check finds, in words. The core says it in English; German is said here.

use helpdesk_core::store::Damage;
use helpdesk_core::text::Language;

/// A finding in `language`; the engine's own word is nobody's to translate.
pub(crate) fn damage(damage: &Damage, language: Language) -> String {
    if language != Language::De {
        return damage.to_string();
    }
    match damage {
        Damage::Unreadable => "sein Dokument ist nicht lesbar".to_owned(),
        Damage::IndexDiffers => "wonach es gefunden wird, passt nicht zu ihm".to_owned(),
        Damage::Strays { rows } => format!("{rows} Zeilen gehören zu nichts, das da ist"),
        Damage::Missing { table } => format!("Zeilen davon fehlen in {table}"),
        Damage::CountsDiffer { rows } => format!("{rows} Zählungen stimmen nicht mit dem Gezählten überein"),
        Damage::HistoryGaps => "die Stellen in seinem Verlauf sind nicht 1, 2, 3 …".to_owned(),
        Damage::VersionJump { version, next } => format!("auf Version {version} folgt Version {next}"),
        Damage::HistoryEnd { history, ticket } => format!("sein Verlauf endet bei {history}, es steht bei {ticket}"),
        Damage::NotFolding => "sein Verlauf ergibt es nicht".to_owned(),
        Damage::Messages { found, expected } => format!("{found} Nachrichten sind da, es hat {expected}"),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_finding_is_said_in_german() {
        let (rows, version, next, history, ticket, found, expected) = (2, 3, 5, 6, 7, 8, 9);
        let all = [
            Damage::Unreadable,
            Damage::IndexDiffers,
            Damage::Strays { rows },
            Damage::Missing { table: "t".to_owned() },
            Damage::CountsDiffer { rows },
            Damage::HistoryGaps,
            Damage::VersionJump { version, next },
            Damage::HistoryEnd { history, ticket },
            Damage::NotFolding,
            Damage::Messages { found, expected },
        ];
        let engine = Damage::Engine { words: "row 1 missing from index".to_owned() };
        assert_eq!(damage(&engine, Language::De), "row 1 missing from index");
        let codes: BTreeSet<&str> = all.iter().chain([&engine]).map(Damage::code).collect();
        assert_eq!(codes, codes_of_the_core(), "each code stands here");
        for found in &all {
            let (en, de) = (damage(found, Language::En), damage(found, Language::De));
            assert_ne!(en, de);
            let numbers = |text: &str| {
                let mut digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
                digits.sort_unstable();
                digits
            };
            assert_eq!(numbers(&en), numbers(&de));
        }
    }

    /// The codes that the core's source gives, so that a new one cannot stay without German.
    fn codes_of_the_core() -> BTreeSet<&'static str> {
        let source = include_str!("../../../helpdesk-core/src/store/damage.rs");
        let (_, arms) = source.split_once("pub fn code(").unwrap();
        let (arms, _) = arms.split_once("\n    }\n").unwrap();
        arms.split('"').skip(1).step_by(2).collect()
    }
}
