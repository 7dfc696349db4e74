//! Parcels that are late, lost, wrong or broken.

use helpdesk_core::ticket::{LinkKind, Priority};

use crate::demo::company::{ANNA, CLARA, HANNE, JULIA, LARS, LENA, MAX, OLIVIA, PRIYA, SUPPORT, TOM, YUSUF};
use crate::demo::week::Week;

#[expect(clippy::too_many_lines, reason = "a book of stories: call after call, no logic")]
pub(super) fn tell(week: &mut Week) {
    let lost = week
        .mail(
            (0, 8, 12),
            &MAX,
            "Paket nicht angekommen",
            "Hallo,\nlaut Sendungsverfolgung wurde mein Paket (Bestellung 20417) gestern zugestellt. Bei mir ist nichts \
             angekommen, und die Nachbarn wissen auch von nichts. Können Sie bitte nachforschen?\nViele Grüße\nMax Petersen",
        )
        .sort((0, 8, 31), ANNA, "shipping", SUPPORT)
        .claim((0, 8, 33), ANNA)
        .order((0, 8, 34), ANNA, "20417")
        .reply(
            (0, 8, 40),
            ANNA,
            "Guten Morgen Herr Petersen,\ndas tut mir leid. Ich habe beim Paketdienst einen Nachforschungsauftrag \
             gestellt und melde mich, sobald ich etwas höre.\nAnna Lindqvist",
        )
        .note((0, 8, 44), ANNA, "Nachforschung läuft, Vorgang 88-1302. Angeblich an \u{201e}Petersen, EG\u{201c} übergeben.")
        .hold((0, 8, 45), ANNA, (1, 10, 0))
        .reply((1, 10, 20), ANNA, "Der Fahrer hat das Paket im Haus Nr. 14 statt 41 abgegeben. Er holt es heute ab und bringt es Ihnen bis 18 Uhr.")
        .says((1, 18, 25), "Ist eben gekommen, alles heil. Vielen Dank für die schnelle Hilfe!")
        .status((2, 8, 5), ANNA, "resolved")
        .id();
    week.chat(
        (1, 9, 2),
        &MAX,
        "Paket immer noch nicht da",
        "Hallo, ich hatte gestern schon geschrieben. Gibt es was Neues zu 20417?",
    )
    .merge((1, 9, 6), ANNA, lost);
    week.form(
        (0, 9, 47),
        &TOM,
        "Parcel shows as delivered, nothing here",
        "Order 20398. The tracking page says 'left in a safe place' but there is no safe place at our house. Could you check with the courier?",
    )
    .sort((0, 10, 15), ANNA, "shipping", SUPPORT)
    .claim((0, 10, 16), ANNA)
    .order((0, 10, 16), ANNA, "20398")
    .ask_back((0, 10, 24), ANNA, "Hi Tom, sorry about that. Could you look behind the blue recycling bin? The driver's photo shows it there.")
    .says((0, 12, 51), "Ha, found it. Slightly damp, but fine. Thanks!")
    .solve((0, 13, 2), ANNA, "Great, glad it turned up. I've asked the courier not to do that again.");
    let wrong = week
        .mail(
            (1, 11, 36),
            &HANNE,
            "Falscher Artikel geliefert",
            "Moin, ich hatte die Teekanne in Blau bestellt und eine Bratpfanne bekommen. Die ist schön, aber Tee kann man darin schlecht kochen. Was nun?",
        )
        .sort((1, 11, 50), ANNA, "shipping", SUPPORT)
        .claim((1, 11, 51), ANNA)
        .tag((1, 11, 51), ANNA, &["falschlieferung"])
        .reply(
            (1, 12, 3),
            ANNA,
            "Moin Frau Lorenzen, da hat wohl jemand zwei Kartons vertauscht. Die Teekanne geht heute raus, für die Pfanne liegt ein Rücksendeschein bei. Entschuldigung!",
        )
        .note((1, 12, 6), ANNA, "Lager gefragt: Fach C7 und C8 waren vertauscht. Vielleicht betrifft es noch mehr Bestellungen.")
        .hold((1, 12, 7), ANNA, (3, 12, 0))
        .says((3, 9, 40), "Teekanne ist da! Die Pfanne bringe ich morgen zur Post.")
        .solve((3, 9, 52), ANNA, "Wunderbar, dann viel Freude beim Tee!")
        .id();
    week.mail(
        (2, 14, 10),
        &OLIVIA,
        "Got a teapot instead of a frying pan",
        "Hello, I ordered the cast iron pan (order 20440), but there was a blue teapot in the box. Can I swap it, please?",
    )
    .sort((2, 14, 21), ANNA, "shipping", SUPPORT)
    .claim((2, 14, 22), ANNA)
    .link((2, 14, 25), ANNA, LinkKind::RelatesTo, wrong)
    .tag((2, 14, 25), ANNA, &["falschlieferung"])
    .ask_back((2, 14, 33), ANNA, "Hi Olivia, I think I know where your pan went! A new one leaves today. May we collect the teapot tomorrow between 9 and 12?")
    .says((2, 16, 8), "Tomorrow morning works, I'm home.")
    .hold((2, 16, 20), ANNA, (5, 9, 0))
    .reply((5, 9, 30), ANNA, "The courier has the teapot and your pan should have arrived yesterday. Is everything all right now?")
    .pend((5, 9, 31), ANNA, (7, 9, 0));
    week.form((2, 18, 44), &PRIYA, "Glass broken on arrival", "Two of the six glasses in order 20451 arrived in pieces. Photos attached. I need them for a party next weekend.")
        .sort((3, 8, 12), LENA, "shipping", SUPPORT)
        .assign((3, 8, 13), LENA, ANNA)
        .priority((3, 8, 13), LENA, Priority::High)
        .reply((3, 8, 41), ANNA, "Oh no! Two new glasses go out by express today, no need to send the broken ones back.")
        .hold((3, 8, 42), ANNA, (5, 8, 0))
        .solve((5, 8, 20), ANNA, "The courier says they were handed over this morning. Have a lovely party!")
        .says((5, 19, 3), "They did arrive - but one of them has a crack. Sorry to be a nuisance!")
        .note((6, 8, 15), ANNA, "Letztes Glas im Lager von Hand geprüft und doppelt gepolstert.")
        .solve((6, 8, 30), ANNA, "Not a nuisance at all. One more is on its way, hand-checked this time, and shipping is on us.");
    week.phone(
        (3, 10, 5),
        &LARS,
        ANNA,
        Priority::Medium,
        "Lieferung für die Bäckerei auf 6 Uhr vorziehen",
        "Herr Backhaus ruft an: Die Mehlsäcke kommen immer erst um 9, er braucht sie um 6, sonst steht der Ofen leer.",
    )
    .sort((3, 10, 6), ANNA, "shipping", SUPPORT)
    .claim((3, 10, 7), ANNA)
    .hold((3, 10, 8), ANNA, (4, 11, 0))
    .reply(
        (4, 11, 12),
        ANNA,
        "Guten Tag Herr Backhaus, die Spedition kann ab nächster Woche um 6:15 Uhr liefern. Passt das?",
    )
    .says((4, 13, 20), "6:15 ist gut. Bitte an der Hintertür klingeln.")
    .solve((4, 13, 31), ANNA, "Ist so notiert, Hintertür und 6:15 Uhr.")
    .confirms((4, 15, 2));
    week.chat(
        (4, 16, 3),
        &YUSUF,
        "Lieferadresse ändern",
        "Hi, ich habe gerade bestellt (20478), aber die alte Adresse war noch drin. Kann man das noch ändern?",
    )
    .claim((4, 16, 4), ANNA)
    .sort((4, 16, 4), ANNA, "shipping", SUPPORT)
    .reply((4, 16, 6), ANNA, "Ja, ist noch nicht gepackt. Wohin soll es gehen?")
    .says((4, 16, 7), "Hafenstraße 3, 24103 Kiel")
    .solve((4, 16, 9), ANNA, "Geändert. Kommt voraussichtlich übermorgen.")
    .confirms((4, 16, 10));
    week.mail(
        (5, 7, 58),
        &JULIA,
        "Abholschein nicht im Briefkasten",
        "Guten Morgen, mein Paket liegt wohl in einer Filiale, aber ich habe keinen Abholschein bekommen. In welcher?",
    )
    .sort((5, 8, 25), ANNA, "shipping", SUPPORT)
    .claim((5, 8, 26), ANNA)
    .solve(
        (5, 8, 34),
        ANNA,
        "Guten Morgen Frau Brandt, es liegt im Kiosk Holtenauer Str. 88, bis Ende der Woche. Ein Ausweis reicht.",
    )
    .says((5, 17, 12), "Der Kiosk hat wegen Urlaub zu. Kommt man da anders dran?")
    .claim((5, 17, 30), ANNA)
    .note((6, 9, 2), ANNA, "Paketdienst angerufen: bringen es heute noch einmal zur Haustür.")
    .reply((6, 9, 10), ANNA, "Ärgerlich! Der Fahrer versucht es heute zwischen 14 und 18 Uhr noch einmal bei Ihnen.")
    .hold((6, 9, 11), ANNA, (7, 10, 0));
    week.form(
        (5, 20, 33),
        &TOM,
        "Can you ship to the Isle of Man?",
        "The checkout won't accept my sister's postcode. Is it just a bug or don't you deliver there?",
    )
    .sort((6, 8, 50), LENA, "shipping", SUPPORT)
    .read((6, 8, 51), LENA)
    .watch((6, 8, 51), LENA, CLARA);
}
