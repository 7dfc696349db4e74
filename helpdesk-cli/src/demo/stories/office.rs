//! The office: printers, laptops, meeting rooms.

use helpdesk_core::ticket::{Priority, TicketKind};

use crate::demo::company::{BEN, EMRE, GRETA, IT, KATRIN, LENA, NADIA, PAUL};
use crate::demo::week::Week;

#[expect(clippy::too_many_lines, reason = "a book of stories: call after call, no logic")]
pub(super) fn tell(week: &mut Week) {
    week.mail(
        (0, 8, 55),
        &PAUL,
        "Drucker druckt nicht",
        "Der Drucker im ersten Stock zieht das Papier ein, aber die Seiten kommen leer heraus.",
    )
    .sort((0, 9, 12), BEN, "hardware", IT)
    .claim((0, 9, 13), BEN)
    .ask_back((0, 9, 20), BEN, "Blinkt die kleine Lampe neben dem Toner orange?")
    .says((0, 9, 31), "Ja, orange.")
    .solve((0, 11, 10), BEN, "Toner war leer, Ersatz ist drin. Ein weiterer liegt im Schrank darunter.")
    .says((0, 14, 2), "Jetzt druckt er, aber alles hat einen grauen Streifen.")
    .claim((0, 14, 10), BEN)
    .solve((0, 15, 45), BEN, "Trommel gereinigt, Streifen ist weg.");
    let laptop = week
        .form(
            (0, 14, 31),
            &NADIA,
            "New laptop ordered for me?",
            "Paul said a new laptop was ordered for me. Do you know when it arrives? Mine takes ten minutes to boot.",
        )
        .kind((0, 14, 50), BEN, TicketKind::SERVICE_REQUEST)
        .sort((0, 14, 50), BEN, "hardware", IT)
        .claim((0, 14, 51), BEN)
        .reply(
            (0, 14, 58),
            BEN,
            "Hi Nadia, it's ordered and due in two days. I'll set it up for you as soon as it is here.",
        )
        .hold((0, 14, 59), BEN, (2, 14, 0))
        .note((2, 14, 20), BEN, "Supplier postponed by another week, the dock is out of stock.")
        .reply(
            (2, 14, 24),
            BEN,
            "Small delay, the supplier now says next week. I've put a faster disk into yours for the meantime.",
        )
        .hold((2, 14, 25), BEN, (10, 9, 0))
        .id();
    week.mail(
        (3, 9, 0),
        &NADIA,
        "Laptop: could I get the bigger screen?",
        "If it isn't too late: could the new laptop have the 16 inch screen?",
    )
    .merge((3, 9, 25), BEN, laptop);
    week.mail(
        (1, 16, 11),
        &PAUL,
        "Bildschirm im Besprechungsraum bleibt schwarz",
        "Im großen Besprechungsraum zeigt der Bildschirm nur \u{201e}kein Signal\u{201c}. Morgen um 10 kommen Gäste.",
    )
    .sort((1, 16, 20), BEN, "hardware", IT)
    .priority((1, 16, 20), BEN, Priority::High)
    .claim((1, 16, 21), BEN)
    .lock((1, 16, 40), BEN, "bin vor Ort")
    .reply((1, 16, 41), BEN, "Das HDMI-Kabel hat einen Knick. Ich lege heute noch ein neues.")
    .unlock((1, 16, 42), BEN)
    .solve((1, 17, 35), BEN, "Neues Kabel liegt, Bild ist da. Adapter für alle Laptops hängen an der Wand.")
    .confirms((2, 9, 45));
    week.phone(
        (2, 10, 5),
        &KATRIN,
        BEN,
        Priority::Medium,
        "Etikettendrucker verschluckt Etiketten",
        "Katrin: Der Etikettendrucker in Kiel überspringt jedes zweite Etikett.",
    )
    .sort((2, 10, 6), BEN, "hardware", IT)
    .branch((2, 10, 6), BEN, "Kiel")
    .claim((2, 10, 7), BEN)
    .solve((2, 10, 15), BEN, "Das Format stand auf 62 statt 38 mm. Umgestellt, läuft.")
    .confirms((2, 10, 30));
    week.chat(
        (3, 11, 20),
        &GRETA,
        "Maus spinnt",
        "Moin, meine Maus springt über den ganzen Bildschirm, sobald die Sonne reinscheint.",
    )
    .claim((3, 11, 22), BEN)
    .sort((3, 11, 22), BEN, "hardware", IT)
    .reply(
        (3, 11, 23),
        BEN,
        "Klingt komisch, ist aber bekannt: Glastisch und Sonne. Ein Mauspad hilft, ich schicke eins mit der Hauspost.",
    )
    .status((3, 11, 24), BEN, "resolved")
    .confirms((4, 10, 2));
    week.mail(
        (3, 17, 30),
        &EMRE,
        "Notebook-Akku hält nur noch 20 Minuten",
        "Hallo, der Akku vom Filial-Notebook ist nach 20 Minuten leer. Können wir einen neuen bekommen?",
    )
    .sort((4, 8, 1), BEN, "hardware", IT)
    .claim((4, 8, 2), BEN)
    .kind((4, 8, 2), BEN, TicketKind::SERVICE_REQUEST)
    .reply((4, 8, 9), BEN, "Akku ist bestellt, kommt in zwei bis drei Tagen.")
    .hold((4, 8, 10), BEN, (6, 10, 0));
    week.form(
        (4, 14, 25),
        &PAUL,
        "Zweiter Bildschirm",
        "Könnte ich für die Buchungslisten einen zweiten Bildschirm bekommen?",
    )
    .sort((4, 14, 40), BEN, "hardware", IT)
    .note((4, 14, 41), BEN, "Nach Absprache mit Paul: er nimmt den aus dem Lager, hat ihn schon abgeholt.")
    .status((4, 15, 10), BEN, "cancelled");
    week.mail(
        (5, 15, 40),
        &NADIA,
        "Scanner sends mails to the wrong person",
        "When I scan with my badge, the PDF goes to Paul. Could be awkward with contracts.",
    )
    .sort((5, 15, 55), BEN, "hardware", IT)
    .priority((5, 15, 55), BEN, Priority::High)
    .claim((5, 16, 2), BEN);
    week.mail(
        (6, 11, 45),
        &GRETA,
        "Drucker in Lübeck meldet Papierstau",
        "Papierstau, aber da ist kein Papier. Klappe auf und zu haben wir schon probiert.",
    )
    .sort((6, 11, 58), LENA, "hardware", IT)
    .branch((6, 11, 58), LENA, "Lübeck")
    .assign((6, 11, 59), LENA, BEN);
}
