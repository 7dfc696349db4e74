//! Things that go back, and a request that turns out to be two.

use helpdesk_core::ticket::Priority;

use crate::demo::company::{ACCOUNTS, ANNA, CLARA, DAN, HANNE, JULIA, LENA, MERLE, OLIVIA, PRIYA, SUPPORT, YUSUF};
use crate::demo::week::Week;

#[expect(clippy::too_many_lines, reason = "a book of stories: call after call, no logic")]
pub(super) fn tell(week: &mut Week) {
    let shoes = week
        .form(
            (0, 11, 20),
            &JULIA,
            "Rücksendung: Schuhe zu klein",
            "Die Hausschuhe aus 20401 fallen kleiner aus als gedacht. Ich möchte sie in 40 statt 39.",
        )
        .sort((0, 11, 41), ANNA, "returns", SUPPORT)
        .claim((0, 11, 42), ANNA)
        .order((0, 11, 42), ANNA, "20401")
        .ask_back(
            (0, 11, 50),
            ANNA,
            "Gern! Der Rücksendeschein hängt an. Sobald das Paket hier ist, schicken wir Größe 40 los.",
        )
        .says((1, 15, 30), "Paket ist aufgegeben.")
        .hold((1, 15, 42), ANNA, (3, 9, 0))
        .solve((3, 9, 14), ANNA, "Die Schuhe sind angekommen, Größe 40 ist unterwegs.")
        .confirms((3, 12, 40))
        .id();
    week.goes_on(
        (5, 10, 18),
        &JULIA,
        shoes,
        "Hallo, die 40 passen, aber ein Schuh hat innen eine offene Naht. Kann ich ihn noch umtauschen?",
    )
    .sort((5, 10, 40), ANNA, "returns", SUPPORT)
    .claim((5, 10, 41), ANNA)
    .ask_back(
        (5, 10, 52),
        ANNA,
        "Natürlich. Könnten Sie uns ein Foto der Naht schicken? Dann müssen Sie nichts zurücksenden.",
    );
    week.mail(
        (1, 10, 2),
        &PRIYA,
        "Return label does not open",
        "Hi, the PDF with the return label shows a blank page, in two browsers. Also: when will I get my money back for the lamp I sent last month?",
    )
    .sort((1, 10, 31), ANNA, "returns", SUPPORT)
    .claim((1, 10, 32), ANNA)
    .reply((1, 10, 40), ANNA, "Hi Priya, I've attached the label as an image. About the lamp I have to ask our accounts team, I'll open a request of its own for that.")
    .status((1, 10, 46), ANNA, "resolved")
    .confirms((1, 13, 5));
    let two_matters = week
        .mail(
            (2, 9, 25),
            &MERLE,
            "Zwei Dinge: Kaffeemaschine und Gutschrift",
            "Hallo zusammen,\n1. die Kaffeemaschine tropft, wir möchten sie zurückgeben.\n2. die Gutschrift vom letzten Monat fehlt auf dem Konto.\nLiebe Grüße aus dem Hafencafé, Merle",
        )
        .sort((2, 9, 44), ANNA, "returns", SUPPORT)
        .claim((2, 9, 45), ANNA)
        .reply((2, 9, 58), ANNA, "Hallo Merle, die Maschine holen wir übermorgen ab. Die Gutschrift klärt unsere Buchhaltung in einem eigenen Vorgang.")
        .hold((2, 10, 0), ANNA, (4, 12, 0))
        .refund((4, 12, 30), ANNA, 389.0)
        .solve((4, 12, 35), ANNA, "Die Maschine ist hier angekommen, der Kaufpreis wird erstattet.")
        .id();
    week.split((2, 9, 50), &MERLE, ANNA, two_matters, "Gutschrift fehlt auf dem Konto", &[1])
        .sort((2, 9, 52), ANNA, "billing", ACCOUNTS)
        .claim((2, 10, 30), CLARA)
        .note((2, 10, 41), CLARA, "Gutschrift 1107 ging an die alte Bankverbindung und kam zurück.")
        .ask_back(
            (2, 10, 45),
            CLARA,
            "Guten Tag, die Gutschrift kam von der Bank zurück. Haben Sie eine neue Kontoverbindung?",
        )
        .says((3, 8, 2), "Ja, wir haben die Bank gewechselt. Die neue IBAN steht auf unserem Briefkopf.")
        .solve((3, 9, 20), CLARA, "Danke, 64,20 € sind heute neu angewiesen.");
    week.chat(
        (3, 15, 10),
        &OLIVIA,
        "Return without the box?",
        "hey, can I return the kettle without the original box? my kid painted it :)",
    )
    .claim((3, 15, 11), ANNA)
    .sort((3, 15, 11), ANNA, "returns", SUPPORT)
    .reply((3, 15, 12), ANNA, "Sure, any sturdy box will do. We would love to see the painted one, though!")
    .says((3, 15, 14), "haha, will send a photo. thanks!")
    .solve((3, 15, 15), ANNA, "Looking forward to it. Have a nice day!")
    .confirms((3, 15, 16));
    week.mail((4, 8, 33), &YUSUF, "Reklamation: Rucksack, Reißverschluss gerissen", "Nach drei Wochen ist der Reißverschluss hin. Ich hätte gern Ersatz, keine Reparatur.")
        .sort((4, 8, 52), ANNA, "returns", SUPPORT)
        .claim((4, 8, 53), ANNA)
        .tag((4, 8, 53), ANNA, &["gewährleistung"])
        .ask_back((4, 9, 5), ANNA, "Das sollte nicht passieren. Bitte schicken Sie uns den Rucksack mit dem Schein im Anhang, Ersatz liegt bereit.");
    week.form(
        (5, 14, 5),
        &DAN,
        "Return 12 office chairs",
        "We ordered 24 chairs and only need 12. They are still wrapped. How do we arrange a pickup?",
    )
    .sort((5, 14, 26), LENA, "returns", SUPPORT)
    .assign((5, 14, 27), LENA, ANNA)
    .priority((5, 14, 27), LENA, Priority::Medium)
    .reply(
        (5, 14, 50),
        ANNA,
        "Hello Dan, that's possible. Our carrier needs a ramp or a ground floor entrance, do you have either?",
    )
    .says((5, 15, 31), "There's a ramp in the courtyard, 2.3 m clearance.")
    .hold((5, 15, 45), ANNA, (6, 11, 0));
    week.form(
        (6, 13, 22),
        &HANNE,
        "Pfanne zurückschicken",
        "Moin, der Rücksendeschein für die Bratpfanne ist abgelaufen. Bekomme ich einen neuen?",
    )
    .sort((6, 13, 40), ANNA, "returns", SUPPORT);
}
