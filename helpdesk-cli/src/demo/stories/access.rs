//! Logins that fail, passwords, rights and the VPN.

use helpdesk_core::ticket::{LinkKind, Priority, TicketKind};

use crate::demo::company::{ANNA, BEN, DAN, EMRE, GRETA, HANNE, IT, LENA, MAX, NADIA, PAUL, PRIYA, SOPHIE, SUPPORT};
use crate::demo::week::Week;

#[expect(clippy::too_many_lines, reason = "a book of stories: call after call, no logic")]
pub(super) fn tell(week: &mut Week) {
    let login = week
        .form(
            (0, 10, 33),
            &PRIYA,
            "Login fails after password change",
            "I changed my password yesterday and now the shop says 'unknown user'. Resetting again sends no mail.",
        )
        .sort((0, 10, 50), ANNA, "access", SUPPORT)
        .claim((0, 10, 51), ANNA)
        .note((0, 11, 4), ANNA, "Account has a trailing space in the address. Ben, can you fix that in the database?")
        .team((0, 11, 5), ANNA, IT)
        .assign((0, 11, 5), ANNA, BEN)
        .solve(
            (0, 11, 48),
            BEN,
            "Hi Priya, your address was stored with a blank at the end. It's fixed, please try again.",
        )
        .says((0, 12, 30), "Works now, thank you!")
        .status((0, 12, 44), BEN, "resolved")
        .id();
    week.mail(
        (1, 8, 20),
        &HANNE,
        "Passwort vergessen",
        "Moin, ich komme nicht mehr in mein Konto. Die Mail zum Zurücksetzen ist nie angekommen.",
    )
    .sort((1, 8, 35), ANNA, "access", SUPPORT)
    .claim((1, 8, 36), ANNA)
    .link((1, 8, 37), ANNA, LinkKind::RelatesTo, login)
    .solve(
        (1, 8, 44),
        ANNA,
        "Moin Frau Lorenzen, die Mail lag in Ihrem Spam-Ordner, ich habe sie gerade noch einmal geschickt.",
    )
    .confirms((1, 11, 5));
    week.phone(
        (1, 13, 2),
        &PAUL,
        BEN,
        Priority::Medium,
        "Passwort zurücksetzen (Windows)",
        "Paul hat sich nach dem Urlaub dreimal vertippt, Konto gesperrt.",
    )
    .sort((1, 13, 3), BEN, "access", IT)
    .claim((1, 13, 3), BEN)
    .solve((1, 13, 6), BEN, "Entsperrt. Das neue Passwort bitte gleich beim ersten Anmelden ändern.")
    .confirms((1, 13, 20));
    week.chat(
        (2, 9, 10),
        &NADIA,
        "VPN drops every ten minutes",
        "Working from home today. The VPN disconnects every ten minutes or so and the share is gone.",
    )
    .claim((2, 9, 14), BEN)
    .sort((2, 9, 14), BEN, "access", IT)
    .ask_back((2, 9, 16), BEN, "Are you on Wi-Fi? Could you try with a cable, and send me the log from the tray icon?")
    .says((2, 11, 2), "Same with the cable. Log attached.")
    .status((2, 11, 20), BEN, "in_progress")
    .note((2, 11, 40), BEN, "Idle timeout on the new firewall is 600 s. Set to 8 h for the VPN group.")
    .solve((2, 11, 45), BEN, "Found it: the new firewall was too strict. Please reconnect once.")
    .says((4, 9, 8), "It was fine for two days, but today it drops again.")
    .note((4, 9, 40), BEN, "Firewall hat nachts die alte Konfiguration zurückgespielt. Sicherung korrigieren!")
    .reply((4, 9, 44), BEN, "Sorry Nadia, the old setting came back overnight. I'm fixing it for good now.")
    .pend((4, 9, 50), BEN, (6, 12, 0));
    week.mail(
        (2, 10, 44),
        &PAUL,
        "Zugriff auf den Ordner Einkauf",
        "Hallo Ben, ich brauche Lesezugriff auf den Ordner Einkauf/Verträge. Lena weiß Bescheid.",
    )
    .kind((2, 11, 0), BEN, TicketKind::SERVICE_REQUEST)
    .sort((2, 11, 0), BEN, "access", IT)
    .claim((2, 11, 1), BEN)
    .note((2, 11, 3), BEN, "@Lena: in Ordnung?")
    .watch((2, 11, 3), BEN, LENA)
    .note((2, 13, 15), LENA, "Ja, bitte nur lesend.")
    .solve((2, 13, 30), BEN, "Eingerichtet, bitte einmal ab- und wieder anmelden.")
    .confirms((2, 14, 1));
    week.form(
        (3, 13, 45),
        &SOPHIE,
        "Second user for our account",
        "We'd like to add Dan as a second user with his own login. Where do I do that?",
    )
    .sort((3, 14, 5), ANNA, "access", SUPPORT)
    .claim((3, 14, 6), ANNA)
    .solve((3, 14, 20), ANNA, "Under Account > Users > Invite. I've sent Dan the invitation already.")
    .confirms((3, 17, 12));
    week.mail(
        (4, 8, 14),
        &DAN,
        "Invitation link expired",
        "The invitation you sent says 'link expired'. I only got to it this morning.",
    )
    .sort((4, 8, 40), ANNA, "access", SUPPORT)
    .claim((4, 8, 41), ANNA)
    .solve((4, 8, 46), ANNA, "Here is a fresh one, it is valid for three days this time.");
    week.mail(
        (5, 9, 50),
        &GRETA,
        "Neue Kollegin braucht Zugänge",
        "Am Ersten fängt Tomke bei uns an. Sie braucht Mail, Kasse und Zeiterfassung.",
    )
    .kind((5, 10, 10), BEN, TicketKind::SERVICE_REQUEST)
    .sort((5, 10, 10), BEN, "access", IT)
    .claim((5, 10, 11), BEN)
    .reply((5, 10, 15), BEN, "Wird gemacht. Die Zugangsdaten liegen einen Tag vorher bei dir im Fach.")
    .hold((5, 10, 16), BEN, (11, 8, 0));
    week.form(
        (5, 21, 17),
        &MAX,
        "Anmeldung geht nicht",
        "Beim Anmelden kommt nur \u{201e}Etwas ist schiefgelaufen\u{201c}. Am Handy und am Rechner.",
    )
    .sort((6, 8, 10), ANNA, "access", SUPPORT)
    .claim((6, 8, 11), ANNA)
    .ask_back((6, 8, 18), ANNA, "Guten Morgen Herr Petersen, heute Nacht lief eine Wartung. Geht es jetzt wieder?")
    .says((6, 9, 33), "Nein, immer noch dieselbe Meldung.")
    .team((6, 9, 50), ANNA, IT)
    .note((6, 9, 51), ANNA, "Ben, kannst du in die Protokolle schauen? Konto max.petersen.")
    .assign((6, 9, 52), ANNA, BEN)
    .status((6, 11, 5), BEN, "in_progress");
    week.chat(
        (6, 14, 2),
        &EMRE,
        "Zeiterfassung sperrt mich aus",
        "Moin, die Zeiterfassung sagt \u{201e}zu viele Versuche\u{201c}. Ich hab nur einmal gedrückt!",
    )
    .sort((6, 14, 10), LENA, "access", IT);
}
