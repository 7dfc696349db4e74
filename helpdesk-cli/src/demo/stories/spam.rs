//! What nobody asked for.

use crate::demo::company::{ANNA, LENA, Person, stranger};
use crate::demo::week::Week;

static PRIZE: Person = stranger("Prize Department", "winner@lottery.example.com");
static SEO: Person = stranger("Kevin from RankBoost", "kevin@rankboost.example.com");
static BANK: Person = stranger("Sicherheitsabteilung", "konto@sicher-bank.example.com");
static PILLS: Person = stranger("Online Pharmacy", "deals@pharmacy.example.com");
static COINS: Person = stranger("Crypto Desk", "invest@coins.example.com");
static FAIR: Person = stranger("Branchenbuch Nord", "eintrag@branchenbuch.example.com");

pub(super) fn tell(week: &mut Week) {
    week.mail(
        (0, 3, 14),
        &PRIZE,
        "YOU HAVE WON!!!",
        "Congratulations! Your address was drawn for 1.000.000 USD. Reply with your bank details.",
    )
    .spam((0, 8, 2), ANNA);
    week.mail(
        (1, 5, 50),
        &SEO,
        "Your website is losing customers",
        "Hi there, I noticed nordlicht is not on page 1. We guarantee rank 1 in 7 days.",
    )
    .spam((1, 8, 1), ANNA);
    week.mail(
        (2, 4, 41),
        &BANK,
        "Ihr Konto wurde eingeschränkt",
        "Sehr geehrter Kunde, bestätigen Sie Ihre Daten innerhalb von 24 Stunden unter dem folgenden Link.",
    )
    .note((2, 8, 1), ANNA, "Phishing, bitte niemand klicken!")
    .spam((2, 8, 2), ANNA);
    week.form((3, 2, 20), &PILLS, "cheap cheap cheap", "best prices no prescription visit now").spam((3, 8, 2), LENA);
    week.mail(
        (4, 6, 33),
        &COINS,
        "Re: Re: your investment",
        "As discussed on the phone your investment has tripled. Log in to withdraw.",
    )
    .spam((4, 8, 0), ANNA);
    week.mail(
        (5, 9, 11),
        &FAIR,
        "Ihr Eintrag im Branchenbuch",
        "Bitte prüfen Sie Ihren Eintrag und senden Sie das Formular unterschrieben zurück. Kosten: 1.188 € pro Jahr.",
    )
    .spam((5, 9, 20), LENA);
}
