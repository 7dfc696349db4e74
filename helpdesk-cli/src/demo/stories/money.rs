//! Invoices, payments, refunds and reminders.

use helpdesk_core::ticket::Priority;

use crate::demo::company::{
    ACCOUNTS, ANNA, CLARA, DAN, JULIA, LARS, LENA, MAX, MERLE, OLIVIA, SOPHIE, SUPPORT, TOM, YUSUF,
};
use crate::demo::week::Week;

#[expect(clippy::too_many_lines, reason = "a book of stories: call after call, no logic")]
pub(super) fn tell(week: &mut Week) {
    week.mail((0, 9, 5), &LARS, "Rechnung nicht erhalten", "Guten Tag, für die Lieferung vom letzten Monat fehlt uns noch die Rechnung. Unser Steuerberater fragt schon. MfG Backhaus")
        .sort((0, 9, 20), ANNA, "billing", ACCOUNTS)
        .claim((0, 9, 41), CLARA)
        .solve((0, 9, 55), CLARA, "Guten Tag Herr Backhaus, anbei die Rechnung 2291. Sie ging versehentlich an eine alte Adresse.")
        .confirms((0, 16, 12));
    let stuck = week
        .phone(
            (0, 13, 40),
            &SOPHIE,
            CLARA,
            Priority::High,
            "Payment stuck since last week",
            "Sophie from Brightside called: their bank shows the transfer of 2,140.00 as sent, our shop still says 'payment pending' and does not ship.",
        )
        .sort((0, 13, 42), CLARA, "billing", ACCOUNTS)
        .claim((0, 13, 43), CLARA)
        .lock((0, 13, 50), CLARA, "matching bank statements")
        .note((0, 13, 52), CLARA, "Found it: reference has two digits swapped (20338 instead of 20383).")
        .reply((0, 13, 53), CLARA, "Hello Sophie, we found your transfer, the reference had two digits swapped. Your order is released and ships tomorrow.")
        .unlock((0, 13, 54), CLARA)
        .status((0, 13, 55), CLARA, "resolved")
        .confirms((1, 9, 15))
        .id();
    week.goes_on(
        (4, 11, 2),
        &SOPHIE,
        stuck,
        "Hi, same thing again with our second order - the shop still waits for the payment. Could you have a look?",
    )
    .sort((4, 11, 20), CLARA, "billing", ACCOUNTS)
    .claim((4, 11, 21), CLARA)
    .priority((4, 11, 21), CLARA, Priority::High)
    .reply(
        (4, 11, 40),
        CLARA,
        "Hello Sophie, this one hasn't reached our bank yet. Could you send me the transfer confirmation?",
    )
    .says((4, 14, 16), "Attached. It says the 14th, sent at 9:02.")
    .note((4, 14, 40), CLARA, "Bank angerufen, sie suchen die Zahlung. Rückruf zugesagt.")
    .hold((4, 14, 41), CLARA, (6, 9, 0));
    week.chat((1, 14, 20), &TOM, "Charged twice?", "Hello, my card statement shows 59.90 twice for order 20398. Is that a mistake?")
        .claim((1, 14, 21), ANNA)
        .reply((1, 14, 23), ANNA, "Let me ask our accounts team, they can see the card transactions. You'll get an answer by mail today.")
        .sort((1, 14, 24), ANNA, "billing", ACCOUNTS)
        .assign((1, 14, 24), ANNA, CLARA)
        .refund((1, 15, 10), CLARA, 59.9)
        .solve((1, 15, 12), CLARA, "Hi Tom, one of the two was only a reservation and will vanish within three days. To be safe I've cancelled it by hand.")
        .says((3, 8, 44), "It's still there today, and now marked as booked...")
        .note((3, 9, 30), CLARA, "Tatsächlich zweimal gebucht. Erstattung veranlasst.")
        .solve((3, 9, 33), CLARA, "You were right, sorry! 59.90 is on its way back to your card.");
    week.mail((2, 7, 50), &MERLE, "Mahnung trotz Zahlung", "Wir haben eine Mahnung über 212,40 € bekommen. Die Rechnung haben wir vor zwei Wochen bezahlt, Beleg hängt an. Bitte prüfen.")
        .sort((2, 8, 20), LENA, "billing", ACCOUNTS)
        .assign((2, 8, 21), LENA, CLARA)
        .priority((2, 8, 21), LENA, Priority::High)
        .solve((2, 8, 48), CLARA, "Sie haben recht, Zahlung und Mahnung haben sich gekreuzt. Bitte betrachten Sie die Mahnung als gegenstandslos.")
        .confirms((2, 10, 3));
    week.form(
        (2, 12, 15),
        &JULIA,
        "Gutschein wird nicht angenommen",
        "Der Code FRÜHLING10 geht an der Kasse nicht. Vielleicht wegen dem Ü?",
    )
    .sort((2, 12, 33), ANNA, "billing", SUPPORT)
    .claim((2, 12, 34), ANNA)
    .solve((2, 12, 41), ANNA, "Genau das war es! Mit FRUEHLING10 klappt es, und den Fehler haben wir gemeldet.");
    week.mail((3, 11, 8), &DAN, "Invoice needs our PO number", "Please reissue invoice 2304 with our purchase order number 77-4410 on it, otherwise our finance department won't pay it.")
        .sort((3, 11, 30), CLARA, "billing", ACCOUNTS)
        .claim((3, 11, 31), CLARA)
        .solve((3, 11, 46), CLARA, "Reissued and attached. I've also stored the number for the next invoices.")
        .confirms((3, 16, 40));
    let vat = week
        .mail(
            (3, 16, 2),
            &SOPHIE,
            "VAT on our last invoice",
            "You charged German VAT although we gave you our VAT id. Can you correct invoice 2311?",
        )
        .sort((3, 16, 20), CLARA, "billing", ACCOUNTS)
        .claim((4, 9, 12), CLARA)
        .status((4, 9, 13), CLARA, "in_progress")
        .reply(
            (4, 9, 20),
            CLARA,
            "Hello Sophie, I'm checking this with our tax advisor and will come back to you this week.",
        )
        .due((4, 9, 21), CLARA, (6, 12, 0))
        .id();
    week.phone(
        (5, 11, 25),
        &SOPHIE,
        CLARA,
        Priority::Medium,
        "Asks again about VAT",
        "Sophie called again about invoice 2311, she needs it before the end of the quarter.",
    )
    .merge((5, 11, 27), CLARA, vat);
    week.mail(
        (4, 19, 45),
        &YUSUF,
        "Erstattung noch nicht da",
        "Ich warte seit zehn Tagen auf 24,90 € für die zurückgeschickte Lampe. Wann kommt das Geld?",
    )
    .sort((5, 8, 2), ANNA, "billing", ACCOUNTS)
    .claim((5, 8, 40), CLARA)
    .refund((5, 8, 44), CLARA, 24.9)
    .solve(
        (5, 8, 46),
        CLARA,
        "Entschuldigung, das ist bei uns liegen geblieben. 24,90 € sind heute angewiesen, in zwei Tagen haben Sie sie.",
    );
    week.form(
        (5, 12, 12),
        &OLIVIA,
        "Change from card to invoice",
        "Can I pay by invoice in future? I order for a small nursery school.",
    )
    .sort((5, 12, 40), ANNA, "billing", ACCOUNTS)
    .claim((5, 13, 1), CLARA)
    .ask_back((5, 13, 6), CLARA, "Happily. Please send us the school's full name and address for the invoice.");
    week.mail(
        (6, 10, 14),
        &MAX,
        "Rechnung als PDF",
        "Hallo, ich brauche die Rechnung zu 20417 noch einmal als PDF für die Garantie.",
    )
    .sort((6, 10, 30), ANNA, "billing", ACCOUNTS);
}
