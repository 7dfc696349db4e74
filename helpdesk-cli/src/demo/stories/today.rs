//! The last hours: what is new, what is being written on, what nobody has looked at.

use helpdesk_core::ticket::Priority;

use crate::demo::company::{ACCOUNTS, ANNA, CLARA, DAN, JULIA, LARS, LENA, MERLE, NADIA, PRIYA, SOPHIE, SUPPORT, TOM};
use crate::demo::week::Week;

pub(super) fn tell(week: &mut Week) {
    week.mail((6, 12, 5), &LARS, "Lieferung heute unvollständig", "Von zehn Säcken Roggenmehl sind nur sieben gekommen. Für morgen reicht das nicht!")
        .sort((6, 12, 18), ANNA, "shipping", SUPPORT)
        .priority((6, 12, 18), ANNA, Priority::High)
        .claim((6, 12, 19), ANNA)
        .reply((6, 12, 30), ANNA, "Guten Tag Herr Backhaus, die drei Säcke stehen noch im Lager. Ich versuche, sie heute noch auf den Weg zu bringen.")
        .says((6, 15, 41), "Bis wann wissen Sie es? Ich muss sonst woanders kaufen.")
        .lock((6, 16, 58), ANNA, "schreibt gerade die Antwort");
    week.chat(
        (6, 16, 2),
        &PRIYA,
        "Is the sale price per piece?",
        "Hi! Is the 19.90 for one lantern or for the set of three?",
    )
    .claim((6, 16, 3), ANNA)
    .reply((6, 16, 4), ANNA, "Hi Priya, it's for the set of three.")
    .says((6, 16, 5), "Wow, then I'll take two sets.");
    week.form(
        (6, 16, 11),
        &TOM,
        "Moved: new address",
        "My new address is 14 Harbour Lane. Please update it before the refund letter goes out.",
    );
    week.mail(
        (6, 16, 20),
        &SOPHIE,
        "Quote for 30 desk lamps",
        "Could you send us a quote for 30 of the black desk lamps, delivered to our London office?",
    );
    week.mail((6, 16, 33), &JULIA, "Foto der Naht", "Hallo, hier das Foto vom Hausschuh, hoffentlich erkennt man es.");
    week.form(
        (6, 16, 41),
        &MERLE,
        "Öffnungszeiten am Feiertag",
        "Habt ihr am Feiertag auf? Wir müssten vormittags noch Filter abholen.",
    );
    week.chat(
        (6, 16, 50),
        &NADIA,
        "Can't print the shipping list",
        "The warehouse printer is offline again, and the driver leaves in half an hour.",
    )
    .priority((6, 16, 52), LENA, Priority::High);
    week.phone(
        (6, 14, 30),
        &DAN,
        CLARA,
        Priority::Medium,
        "Asks for a call about payment terms",
        "Dan would like 30 instead of 14 days. Call him back tomorrow before noon.",
    )
    .sort((6, 14, 31), CLARA, "billing", ACCOUNTS)
    .claim((6, 14, 31), CLARA)
    .hold((6, 14, 32), CLARA, (7, 10, 0));
}
