//! Wishes, complaints, praise and data protection.

use helpdesk_core::ticket::{Priority, TicketKind};

use crate::demo::company::{ANNA, BEN, DAN, HANNE, IT, JULIA, LENA, MERLE, OLIVIA, SOPHIE, SUPPORT, TOM, YUSUF};
use crate::demo::week::Week;

pub(super) fn tell(week: &mut Week) {
    week.form((0, 15, 12), &DAN, "Feature wish: save carts for later", "It would be great if we could save a cart and let a colleague finish the order. We do this by screenshot at the moment.")
        .sort((0, 15, 40), ANNA, "product", SUPPORT)
        .priority((0, 15, 40), ANNA, Priority::Low)
        .tag((0, 15, 41), ANNA, &["feature", "shop"])
        .reply((0, 15, 50), ANNA, "Hi Dan, I like it. I've passed it on to our developers and will let you know.")
        .team((0, 15, 51), ANNA, IT)
        .hold((0, 15, 52), ANNA, (13, 9, 0));
    week.mail((1, 7, 31), &HANNE, "Beschwerde über den Fahrer", "Ihr Fahrer hat das Paket über den Zaun geworfen. Ich habe es vom Küchenfenster aus gesehen. So geht das nicht!")
        .sort((1, 8, 46), LENA, "shipping", SUPPORT)
        .tag((1, 8, 46), LENA, &["beschwerde"])
        .claim((1, 8, 47), LENA)
        .reply((1, 9, 20), LENA, "Liebe Frau Lorenzen, das ist nicht in Ordnung und tut mir leid. Ich habe mit dem Paketdienst gesprochen, der Fahrer wird geschult. Ist der Inhalt heil geblieben?")
        .pend((1, 9, 21), LENA, (4, 9, 0))
        .says((1, 13, 14), "Ja, zum Glück war es ein Kissen.")
        .solve((1, 13, 30), LENA, "Da haben wir Glück gehabt. Als kleine Entschuldigung liegt der nächsten Lieferung etwas bei.");
    week.mail(
        (2, 8, 3),
        &JULIA,
        "Auskunft nach Art. 15 DSGVO",
        "Sehr geehrte Damen und Herren,\nbitte teilen Sie mir mit, welche Daten Sie über mich gespeichert haben und woher diese stammen.\nMit freundlichen Grüßen\nJulia Brandt",
    )
    .sort((2, 8, 30), LENA, "privacy", SUPPORT)
    .priority((2, 8, 30), LENA, Priority::High)
    .claim((2, 8, 31), LENA)
    .tag((2, 8, 31), LENA, &["dsgvo", "frist"])
    .reply((2, 9, 2), LENA, "Sehr geehrte Frau Brandt, wir haben Ihre Anfrage erhalten und antworten innerhalb eines Monats vollständig.")
    .note((2, 9, 5), LENA, "Ben zieht die Daten aus Shop und Kasse zusammen, Clara die Rechnungen.")
    .watch((2, 9, 6), LENA, BEN)
    .due((2, 9, 6), LENA, (20, 12, 0))
    .hold((2, 9, 7), LENA, (8, 9, 0));
    week.mail((3, 12, 22), &TOM, "Please delete my account", "I'm moving abroad and won't shop here any more. Please delete my account and everything in it.")
        .sort((3, 12, 50), LENA, "privacy", SUPPORT)
        .claim((3, 12, 51), LENA)
        .ask_back((3, 13, 5), LENA, "Hi Tom, sorry to see you go. There's a refund on its way to you; may we delete the account once it has arrived?")
        .says((3, 18, 40), "Makes sense, yes please.")
        .hold((4, 8, 5), LENA, (8, 9, 0));
    week.chat(
        (3, 10, 40),
        &MERLE,
        "Gibt es die Tassen auch in Grün?",
        "Hi, wir bräuchten 40 Stück von den Henkelbechern, am liebsten in Grün.",
    )
    .claim((3, 10, 42), ANNA)
    .sort((3, 10, 42), ANNA, "product", SUPPORT)
    .reply((3, 10, 44), ANNA, "Grün kommt in zwei Wochen wieder rein. Soll ich 40 zurücklegen?")
    .says((3, 10, 45), "Ja bitte!")
    .solve((3, 10, 47), ANNA, "Zurückgelegt, ihr bekommt eine Nachricht, sobald sie da sind.")
    .confirms((3, 10, 48));
    week.form(
        (4, 10, 10),
        &OLIVIA,
        "Thank you!",
        "No question at all. The woman who sorted out my pan was lovely. Please tell her.",
    )
    .sort((4, 10, 25), LENA, "product", SUPPORT)
    .assign((4, 10, 25), LENA, ANNA)
    .tag((4, 10, 26), LENA, &["lob"])
    .solve((4, 10, 40), ANNA, "That's me - you've made my day, thank you!");
    week.mail(
        (4, 12, 48),
        &SOPHIE,
        "Dark mode for the order app?",
        "My eyes would thank you. Half of our team orders late in the evening.",
    )
    .sort((4, 13, 2), ANNA, "product", IT)
    .priority((4, 13, 2), ANNA, Priority::Low)
    .tag((4, 13, 3), ANNA, &["feature", "app"])
    .reply((4, 13, 8), ANNA, "We hear you! It's on the list for spring.")
    .status((4, 13, 9), ANNA, "resolved");
    week.mail(
        (5, 11, 33),
        &YUSUF,
        "App stürzt beim Scannen ab",
        "Wenn ich in der App einen Barcode scanne, schließt sie sich. Android 15, neueste Version.",
    )
    .kind((5, 11, 50), LENA, TicketKind::BUG)
    .sort((5, 11, 50), LENA, "product", IT)
    .assign((5, 11, 51), LENA, BEN)
    .priority((5, 11, 51), LENA, Priority::High)
    .note((5, 13, 20), BEN, "Nachgestellt. Passiert nur ohne Kamerarecht.");
    week.mail(
        (4, 15, 50),
        &HANNE,
        "Ersatzdeckel für die Teekanne",
        "Moin, mir ist der Deckel heruntergefallen. Gibt es den einzeln?",
    )
    .sort((4, 16, 15), ANNA, "product", SUPPORT);
}
