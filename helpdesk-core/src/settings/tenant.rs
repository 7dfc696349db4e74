//! A tenant's settings and their defaults.

use serde::{Deserialize, Serialize};

use crate::env::Zone;
use crate::limits::Limits;
use crate::sla::{Seconds, ServiceLevels};
use crate::text::{Invalid, Language, Problem};
use crate::ticket::workflow::Workflow;
use crate::ticket::{FieldDef, LockPolicy, NumberTemplate, PriorityMatrix};

/// What a tenant decides for itself. Every part has a sensible default.
///
/// ```
/// use helpdesk_core::{Limits, Settings};
/// let settings = Settings { time_zone: "Mars/Olympus".into(), ..Settings::default() };
/// assert_eq!(settings.check(&Limits::default()).unwrap_err().field, "time_zone");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The language of the desk's own words.
    pub language: Language,
    /// The IANA time zone, for the years in numbers.
    pub time_zone: String,
    /// How ticket numbers look.
    pub number_template: NumberTemplate,
    /// How long after resolving a message reopens; without it until the ticket is closed.
    pub reopen_window: Option<Seconds>,
    /// How long after resolving a ticket closes by itself; never without it.
    pub auto_close_after: Option<Seconds>,
    /// What a message to a closed ticket comes to.
    pub closed_reply: ClosedReply,
    /// How edit locks work.
    pub lock: LockSettings,
    /// The statuses and the moves between them.
    pub workflow: Workflow,
    /// Priority from impact and urgency.
    pub priority_matrix: PriorityMatrix,
    /// The custom fields.
    pub fields: Vec<FieldDef>,
    /// The service levels.
    pub sla: ServiceLevels,
    /// Whether requesters see the tickets of their whole organisation.
    pub requesters_see_organization: bool,
    /// Whether events are put into the outbox for consumers to fetch.
    pub outbox: bool,
}

/// How edit locks work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LockSettings {
    /// What a running lock of another agent means.
    pub policy: LockPolicy,
    /// How long a lease runs.
    pub lease: Seconds,
}

impl Default for LockSettings {
    fn default() -> Self {
        Self { policy: LockPolicy::default(), lease: Seconds::minutes(3) }
    }
}

/// What a requester's message to a closed ticket comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClosedReply {
    /// A new ticket, linked to the closed one.
    #[default]
    NewTicket,
    /// The closed ticket is reopened.
    Reopened,
    /// It is refused.
    Rejected,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::default(),
            time_zone: "UTC".to_owned(),
            number_template: NumberTemplate::default(),
            reopen_window: None,
            auto_close_after: Some(Seconds::days(7)),
            closed_reply: ClosedReply::default(),
            lock: LockSettings::default(),
            workflow: Workflow::default(),
            priority_matrix: PriorityMatrix::default(),
            fields: Vec::new(),
            sla: ServiceLevels::default(),
            requesters_see_organization: false,
            outbox: false,
        }
    }
}

impl Settings {
    /// What a tenant begins with if nobody says otherwise: the defaults, and the usual service levels.
    ///
    /// ```
    /// use helpdesk_core::Settings;
    /// assert_eq!(Settings::usual().sla.policies.len(), 1);
    /// assert_eq!(Settings::default().sla.policies, []);
    /// ```
    pub fn usual() -> Self {
        Self { sla: ServiceLevels::usual(), ..Self::default() }
    }

    /// Checks what the types of the parts do not.
    ///
    /// # Errors
    /// The first thing found wrong, naming it.
    pub fn check(&self, limits: &Limits) -> Result<(), Invalid> {
        self.parse_zone().ok_or_else(|| Invalid::malformed("time_zone", "an IANA time zone such as Europe/Berlin"))?;
        if self.lock.lease.0 == 0 {
            return Err(Invalid::new("lock.lease", Problem::OutOfRange { expected: "at least one second" }));
        }
        self.sla.check(&self.workflow, limits)?;
        limits.count("fields", self.fields.len(), limits.fields)?;
        for (i, def) in self.fields.iter().enumerate() {
            if self.fields[..i].iter().any(|other| other.key == def.key) {
                return Err(Invalid::new(format!("fields.{}", def.key), Problem::Duplicate));
            }
        }
        Ok(())
    }

    /// The time zone.
    pub fn zone(&self) -> Zone {
        self.parse_zone().unwrap_or_else(Zone::utc)
    }

    fn parse_zone(&self) -> Option<Zone> {
        Zone::named(&self.time_zone)
    }
}
