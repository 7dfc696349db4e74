//! The tills and card terminals in the branches: what must work while customers stand in line.

use helpdesk_core::ticket::{LinkKind, Priority, TicketKind};

use crate::demo::company::{BEN, EMRE, GRETA, IT, KATRIN, LENA, MERLE, NADIA};
use crate::demo::week::Week;

#[expect(clippy::too_many_lines, reason = "a book of stories: call after call, no logic")]
pub(super) fn tell(week: &mut Week) {
    let down = week
        .phone(
            (0, 9, 58),
            &KATRIN,
            BEN,
            Priority::Critical,
            "Kasse 2 in Kiel startet nicht",
            "Katrin ruft an: Kasse 2 bleibt beim Hochfahren mit schwarzem Bildschirm stehen. Schlange bis zur Tür.",
        )
        .sort((0, 9, 59), BEN, "till", IT)
        .branch((0, 9, 59), BEN, "Kiel")
        .kind((0, 9, 59), BEN, TicketKind::INCIDENT)
        .claim((0, 10, 0), BEN)
        .lock((0, 10, 1), BEN, "am Telefon mit Katrin")
        .reply((0, 10, 2), BEN, "Bitte den Strom an der Rückseite zehn Sekunden ausschalten, ich bleibe am Telefon.")
        .note((0, 10, 3), BEN, "Update von heute Nacht hängt. Nach dem zweiten Neustart läuft sie.")
        .unlock((0, 10, 4), BEN)
        .solve(
            (0, 10, 20),
            BEN,
            "Kasse 2 läuft wieder. Das Update ist fertig, morgen früh passiert das nicht noch einmal.",
        )
        .says((1, 8, 3), "Sie hängt schon wieder! Gleicher schwarzer Bildschirm.")
        .status((1, 8, 6), BEN, "in_progress")
        .watch((1, 8, 7), BEN, LENA)
        .reply((1, 8, 10), BEN, "Ich bin unterwegs, in 20 Minuten bei euch. Bitte solange Kasse 1 nehmen.")
        .solve((1, 9, 5), BEN, "Festplatte getauscht, Kasse läuft. Ich schaue morgen früh noch einmal drauf.")
        .confirms((1, 9, 30))
        .id();
    let cause = week
        .mail(
            (1, 9, 42),
            &GRETA,
            "Kasse in Lübeck heute auch langsam",
            "Moin Ben, bei uns dauert das Starten der Kasse seit dem Update fast fünf Minuten. Geht noch, nervt aber.",
        )
        .sort((1, 9, 50), BEN, "till", IT)
        .claim((1, 9, 51), BEN)
        .kind((1, 9, 51), BEN, TicketKind::PROBLEM)
        .branch((1, 9, 51), BEN, "Lübeck")
        .link((1, 9, 52), BEN, LinkKind::Causes, down)
        .tag((1, 9, 52), BEN, &["update", "kassen"])
        .reply(
            (1, 10, 11),
            BEN,
            "Danke fürs Melden, das hängt mit dem Ausfall in Kiel zusammen. Ich kläre das mit dem Hersteller.",
        )
        .hold((1, 10, 12), BEN, (4, 9, 0))
        .note((4, 9, 30), BEN, "Hersteller bestätigt den Fehler, Korrektur kommt nächste Woche.")
        .hold((4, 9, 31), BEN, (9, 9, 0))
        .id();
    week.phone(
        (2, 8, 50),
        &EMRE,
        BEN,
        Priority::High,
        "Kartenterminal in Flensburg ohne Verbindung",
        "Emre: Terminal zeigt \u{201e}keine Verbindung\u{201c}, nur Barzahlung möglich.",
    )
    .sort((2, 8, 51), BEN, "till", IT)
    .branch((2, 8, 51), BEN, "Flensburg")
    .claim((2, 8, 52), BEN)
    .solve((2, 9, 12), BEN, "Netzstecker vom Router war locker. Kartenzahlung geht wieder.")
    .confirms((2, 9, 20));
    week.chat(
        (2, 16, 30),
        &NADIA,
        "Receipt printer prints half a line",
        "The receipt printer at till 1 cuts off the prices on the right. Customers think everything is free :)",
    )
    .claim((2, 16, 32), BEN)
    .sort((2, 16, 32), BEN, "till", IT)
    .reply(
        (2, 16, 34),
        BEN,
        "Ha, good for business. Please open the lid and check that the paper roll is 80 mm, not 57.",
    )
    .says((2, 16, 39), "It was a 57 roll! Swapped it, looks right now.")
    .solve((2, 16, 41), BEN, "Perfect. I'll label the drawer so the rolls don't get mixed up.");
    week.mail(
        (3, 7, 40),
        &KATRIN,
        "Tagesabschluss geht nicht",
        "Der Tagesabschluss von gestern bricht mit Fehler 4711 ab. Ich kann den heutigen Tag so nicht beginnen.",
    )
    .sort((3, 7, 55), BEN, "till", IT)
    .priority((3, 7, 55), BEN, Priority::Critical)
    .branch((3, 7, 55), BEN, "Kiel")
    .claim((3, 7, 56), BEN)
    .reply((3, 8, 1), BEN, "Ich sehe es. Bitte nichts wegdrücken, ich schalte mich auf die Kasse.")
    .note((3, 8, 14), BEN, "Ein Bon ohne Steuersatz. Nachgetragen, Abschluss läuft durch.")
    .solve((3, 8, 15), BEN, "Der Abschluss ist durch, ihr könnt öffnen.")
    .says((4, 7, 48), "Heute früh leider wieder derselbe Fehler.")
    .steal((4, 7, 52), LENA, "Ben ist noch unterwegs, die Filiale wartet")
    .note((4, 7, 54), LENA, "Wieder ein Bon ohne Steuersatz, diesmal ein Gutschein. Mit Bens Anleitung nachgetragen.")
    .unlock((4, 7, 55), LENA)
    .link((4, 8, 20), BEN, LinkKind::CausedBy, cause)
    .reply(
        (4, 8, 30),
        BEN,
        "Heute ist er durch. Die Ursache sind Gutscheine nach dem Update, dafür kommt eine Korrektur.",
    )
    .status((4, 8, 31), BEN, "in_progress");
    week.form(
        (4, 17, 40),
        &MERLE,
        "Frage zum Kassensystem",
        "Wir überlegen, euer Kassensystem im Hafencafé zu mieten. Gibt es das auch mit Trinkgeld-Funktion?",
    )
    .sort((5, 9, 5), LENA, "till", IT)
    .claim((5, 9, 6), LENA)
    .ask_back(
        (5, 9, 15),
        LENA,
        "Hallo Merle, die gibt es. Wie viele Geräte bräuchtet ihr, und habt ihr schon ein Kartenterminal?",
    );
    week.phone(
        (6, 15, 20),
        &GRETA,
        LENA,
        Priority::Critical,
        "Beide Kassen in Lübeck aus",
        "Greta ruft an: Nach einem Stromausfall gehen beide Kassen nicht mehr an. Ben ist noch nicht erreichbar.",
    )
    .sort((6, 15, 22), LENA, "till", IT)
    .branch((6, 15, 22), LENA, "Lübeck")
    .kind((6, 15, 23), LENA, TicketKind::INCIDENT)
    .note((6, 15, 24), LENA, "Ben auf die Mailbox gesprochen. Wer zuerst da ist, nimmt es.");
    week.phone(
        (6, 16, 24),
        &EMRE,
        LENA,
        Priority::Critical,
        "Scanner in Flensburg liest keine Preise",
        "Emre: Alle Handscanner piepen, aber an der Kasse kommt nichts an. Sie tippen alles von Hand.",
    )
    .sort((6, 16, 25), LENA, "till", IT)
    .branch((6, 16, 25), LENA, "Flensburg");
}
