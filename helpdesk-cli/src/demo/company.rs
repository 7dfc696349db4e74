//! The company: Nordlicht, a small retailer with three branches, a shop on the web and an office. Settings, agents,
//! teams, categories and the people who write in.

use helpdesk_core::Settings;
use helpdesk_core::desk::{AdminDesk, ContactChange, Error, TenantDesk};
use helpdesk_core::party::{
    Agent, AgentId, Category, CategoryId, Color, Contact, ContactId, EmailAddress, Organization, OrganizationId,
    Requester, Role, Team, TeamId,
};
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
use helpdesk_core::sla::{
    CalendarName, ClockRule, EscalationLevel, PolicyName, Recipient, Seconds, ServiceLevels, SlaPolicy, Span, Target,
};
use helpdesk_core::text::{Invalid, Labels};
use helpdesk_core::ticket::{FieldDef, FieldKey, FieldKind, Priority, Tag};

/// Answers customers.
pub(super) const ANNA: &str = "anna";
/// Looks after tills, computers and accounts.
pub(super) const BEN: &str = "ben";
/// Keeps the books.
pub(super) const CLARA: &str = "clara";
/// Leads the desk.
pub(super) const LENA: &str = "lena";

/// The customers' team.
pub(super) const SUPPORT: &str = "support";
/// The technicians.
pub(super) const IT: &str = "it";
/// The bookkeepers.
pub(super) const ACCOUNTS: &str = "accounts";

/// Somebody who writes in.
#[derive(Debug)]
pub(super) struct Person {
    id: &'static str,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    organization: Option<&'static str>,
}

const fn person(
    id: &'static str,
    name: &'static str,
    email: &'static str,
    organization: Option<&'static str>,
) -> Person {
    Person { id, name, email, organization }
}

const BAKERY: Option<&str> = Some("backhaus");
const CAFE: Option<&str> = Some("hafencafe");
const BRIGHT: Option<&str> = Some("brightside");
const OWN: Option<&str> = Some("nordlicht");

pub(super) static MAX: Person = person("max", "Max Petersen", "max.petersen@example.com", None);
pub(super) static JULIA: Person = person("julia", "Julia Brandt", "julia.brandt@example.com", None);
pub(super) static YUSUF: Person = person("yusuf", "Yusuf Demir", "yusuf.demir@example.com", None);
pub(super) static HANNE: Person = person("hanne", "Hanne Lorenzen", "hanne@example.com", None);
pub(super) static TOM: Person = person("tom", "Tom Whitfield", "tom.whitfield@example.com", None);
pub(super) static PRIYA: Person = person("priya", "Priya Nair", "priya.nair@example.com", None);
pub(super) static OLIVIA: Person = person("olivia", "Olivia Grant", "olivia@example.com", None);
pub(super) static LARS: Person = person("lars", "Lars Backhaus", "lars@backhaus.example.org", BAKERY);
pub(super) static MERLE: Person = person("merle", "Merle Jansen", "merle@hafencafe.example.org", CAFE);
pub(super) static SOPHIE: Person = person("sophie", "Sophie Clarke", "sophie@brightside.example.org", BRIGHT);
pub(super) static DAN: Person = person("dan", "Dan Okafor", "dan@brightside.example.org", BRIGHT);
pub(super) static KATRIN: Person = person("katrin", "Katrin Voss", "katrin.voss@nordlicht.example.org", OWN);
pub(super) static EMRE: Person = person("emre", "Emre Aydin", "emre.aydin@nordlicht.example.org", OWN);
pub(super) static GRETA: Person = person("greta", "Greta Holm", "greta.holm@nordlicht.example.org", OWN);
pub(super) static PAUL: Person = person("paul", "Paul Reimers", "paul.reimers@nordlicht.example.org", OWN);
pub(super) static NADIA: Person = person("nadia", "Nadia Costa", "nadia.costa@nordlicht.example.org", OWN);

/// Somebody whom the desk does not know.
pub(super) const fn stranger(name: &'static str, email: &'static str) -> Person {
    person("stranger", name, email, None)
}

static PEOPLE: [&Person; 16] = [
    &MAX, &JULIA, &YUSUF, &HANNE, &TOM, &PRIYA, &OLIVIA, &LARS, &MERLE, &SOPHIE, &DAN, &KATRIN, &EMRE, &GRETA, &PAUL,
    &NADIA,
];

/// Id, names and colour of each category.
const CATEGORIES: [(&str, &str, &str, &str); 8] = [
    ("shipping", "Shipping", "Versand", "#3b82f6"),
    ("billing", "Invoices and payments", "Rechnung und Zahlung", "#f59e0b"),
    ("returns", "Returns", "Rücksendungen", "#8b5cf6"),
    ("till", "Tills", "Kassen", "#ef4444"),
    ("access", "Logins and access", "Anmeldung und Zugang", "#14b8a6"),
    ("hardware", "Computers and printers", "Computer und Drucker", "#64748b"),
    ("product", "Products and wishes", "Produkte und Wünsche", "#22c55e"),
    ("privacy", "Data protection", "Datenschutz", "#db2777"),
];

const ORGANIZATIONS: [(&str, &str); 4] = [
    ("backhaus", "Backhaus & Söhne"),
    ("hafencafe", "Hafencafé Kiel"),
    ("brightside", "Brightside Studios Ltd"),
    ("nordlicht", "Nordlicht (own staff)"),
];

/// Puts the company into the tenant. What is there already under other names stays.
pub(super) async fn found(tenant: &TenantDesk<'_>) -> Result<(), Error> {
    let admin = tenant.admin("demo")?;
    let (settings, seen) = admin.settings().await?;
    admin.set_settings(&decided(settings)?, seen).await?;
    for (id, name) in [(SUPPORT, "Kundendienst"), (IT, "IT"), (ACCOUNTS, "Buchhaltung")] {
        admin.put(&Team { id: TeamId::new(id)?, name: name.to_owned() }).await?;
    }
    for (id, en, de, color) in CATEGORIES {
        let labels = Labels::new(en, de);
        admin.put(&Category { id: CategoryId::new(id)?, labels, color: Color::new(color)? }).await?;
    }
    for (id, name) in ORGANIZATIONS {
        admin.put(&Organization { id: OrganizationId::new(id)?, name: name.to_owned() }).await?;
    }
    agents(&admin).await?;
    for person in PEOPLE {
        meet(&admin, person).await?;
    }
    Ok(())
}

/// The tenant's settings with the company's service levels and fields.
fn decided(mut settings: Settings) -> Result<Settings, Error> {
    settings.sla = service_levels()?;
    settings.auto_close_after = Some(Seconds::days(3));
    if settings.time_zone == Settings::default().time_zone {
        "Europe/Berlin".clone_into(&mut settings.time_zone);
    }
    let branches = ["Kiel", "Lübeck", "Flensburg"].map(str::to_owned).to_vec();
    let fields = [
        ("order_number", "Order number", "Bestellnummer", FieldKind::Text, true),
        ("branch", "Branch", "Filiale", FieldKind::Choice(branches), true),
        ("refund", "Refund in euros", "Erstattung in Euro", FieldKind::Number, false),
    ];
    for (key, en, de, kind, visible_to_requester) in fields {
        let key = FieldKey::new(key)?;
        if !settings.fields.iter().any(|def| def.key == key) {
            let labels = Labels::new(en, de);
            settings.fields.push(FieldDef { key, labels, kind, required: false, visible_to_requester });
        }
    }
    Ok(settings)
}

/// A first answer and a solution within hours of the shop; what is critical is worked on around the clock.
fn service_levels() -> Result<ServiceLevels, Error> {
    use Priority::{Critical, High, Low, Medium};
    let around_the_clock =
        |hours| Target { span: Seconds::hours(hours).into(), calendar: Some(CalendarName::always()) };
    let hours = |of: [(Priority, u32); 3]| of.map(|(priority, hours)| (priority, Span::from(Seconds::hours(hours))));
    let rule = |critical, of, levels| {
        let mut rule = ClockRule { levels, ..ClockRule::by_priority(hours(of)) };
        rule.targets.insert(Critical, around_the_clock(critical));
        rule
    };
    let level =
        |at: &str, notify| Ok::<_, Error>(EscalationLevel { notify: vec![notify], ..EscalationLevel::at(at.parse()?) });
    let late = EscalationLevel { tags: vec![Tag::new("escalated")?], ..level("+4h", Recipient::Admins)? };
    let shop = CalendarName::new("shop")?;
    let policy = SlaPolicy {
        calendar: shop.clone(),
        first_response: Some(rule(1, [(High, 2), (Medium, 8), (Low, 16)], vec![level("75%", Recipient::Team)?])),
        next_response: Some(rule(2, [(High, 4), (Medium, 16), (Low, 24)], Vec::new())),
        resolution: Some(rule(
            8,
            [(High, 12), (Medium, 40), (Low, 80)],
            vec![level("-2h", Recipient::Assignee)?, late],
        )),
        ..SlaPolicy::new(PolicyName::new("standard")?)
    };
    let open = CalendarDefinition::weekdays("Europe/Berlin", "08:00-18:00").open("sat", ["10:00-14:00"]);
    let open = open.holidays(["01-01", "05-01", "10-03", "10-31", "12-25", "12-26"]);
    let calendar = Calendar::new(&open).map_err(Invalid::from)?;
    Ok(ServiceLevels { calendars: [(shop, calendar)].into(), policies: vec![policy], ..ServiceLevels::default() })
}

async fn agents(admin: &AdminDesk<'_>) -> Result<(), Error> {
    let staff = [
        (ANNA, "Anna Lindqvist", Role::Agent, SUPPORT),
        (BEN, "Ben Arnold", Role::Agent, IT),
        (CLARA, "Clara Wolff", Role::Agent, ACCOUNTS),
        (LENA, "Lena Sommer", Role::Supervisor, SUPPORT),
    ];
    for (id, name, role, team) in staff {
        let mut agent = Agent::new(AgentId::new(id)?);
        agent.name = Some(name.to_owned());
        agent.email = Some(EmailAddress::new(&format!("{id}@nordlicht.example.org"))?);
        agent.role = role;
        agent.teams.insert(TeamId::new(team)?);
        admin.put(&agent).await?;
    }
    Ok(())
}

/// Makes somebody a contact, unless the address is known already.
async fn meet(admin: &AdminDesk<'_>, person: &Person) -> Result<(), Error> {
    match admin.agent().contact(&Requester::email(person.email)?).await {
        Err(Error::NotFound { .. }) => {}
        known => return known.map(drop),
    }
    let id = ContactId::new(person.id)?;
    let name = Some(person.name.to_owned());
    admin.put(&Contact { id: id.clone(), name, email: None, organization: None, merged_into: None }).await?;
    let organization = person.organization.map(OrganizationId::new).transpose()?;
    let change = ContactChange { name: None, email: Some(EmailAddress::new(person.email)?), organization };
    admin.edit_contact(&id, change).await.map(drop)
}
