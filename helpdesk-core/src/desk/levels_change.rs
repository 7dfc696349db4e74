//! Changing one policy or one calendar of the tenant's service levels, and leaving the other settings as they stand.

use serde::{Deserialize, Serialize};

use super::record_writer::{ATTEMPTS, RecordWriter};
use super::{AdminDesk, Error, ReapplyProgress, RecordAct, Written};
use crate::settings::Settings;
use crate::sla::calendar::Calendar;
use crate::sla::{CalendarName, PolicyName, ServiceLevels, SlaPolicy};
use crate::store::{Expected, RecordKey, RecordWrite};

/// A change of the service levels. Clocks that run keep to what stood before until the levels are applied anew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LevelsChange {
    /// Puts a policy in the place of the one of its name, or behind the others; with `before` in front of that one.
    SetPolicy {
        /// The policy.
        policy: Box<SlaPolicy>,
        /// The one that is tried after it.
        before: Option<PolicyName>,
    },
    /// Takes a policy away.
    RemovePolicy(PolicyName),
    /// Puts a calendar in the place of the one of this name.
    SetCalendar {
        /// Its name.
        name: CalendarName,
        /// The calendar.
        calendar: Box<Calendar>,
    },
    /// Takes a calendar away. One that a policy names is refused.
    RemoveCalendar(CalendarName),
}

impl LevelsChange {
    fn apply(&self, levels: &mut ServiceLevels) -> Result<(), Error> {
        let no_policy = || Error::NotFound { what: "policy" };
        let policies = &mut levels.policies;
        match self {
            Self::SetPolicy { policy, before } => {
                let old = policies.iter().position(|other| other.name == policy.name);
                if let (Some(place), None) = (old, before) {
                    policies[place] = (**policy).clone();
                    return Ok(());
                }
                policies.retain(|other| other.name != policy.name);
                let place = match before {
                    Some(before) => policies.iter().position(|other| other.name == *before).ok_or_else(no_policy)?,
                    None => policies.len(),
                };
                policies.insert(place, (**policy).clone());
            }
            Self::RemovePolicy(name) => {
                let place = policies.iter().position(|policy| policy.name == *name).ok_or_else(no_policy)?;
                policies.remove(place);
            }
            Self::SetCalendar { name, calendar } => {
                levels.calendars.insert(name.clone(), (**calendar).clone());
            }
            Self::RemoveCalendar(name) => {
                levels.calendars.remove(name).ok_or(Error::NotFound { what: "calendar" })?;
            }
        }
        Ok(())
    }
}

impl<'s> AdminDesk<'s> {
    /// Changes a policy or a calendar; everything else of the settings stays as it stands. The version is that of the
    /// settings.
    ///
    /// # Errors
    /// `NotFound` if what is to be taken away, or what it is to stand before, is not there; `Invalid` naming the part
    /// that is not acceptable; `Conflict` if the settings are not at the version expected.
    pub fn change_service_levels(&self, change: LevelsChange) -> RecordAct<'s, Settings> {
        RecordAct::new(self, async move |writer| writer.change_levels(change).await)
    }
}

impl RecordWriter<'_> {
    async fn change_levels(self, change: LevelsChange) -> Result<Written<Settings>, Error> {
        for _ in 0..ATTEMPTS {
            let mut attempt = self.begin(&("service_levels", &change), &[ReapplyProgress::key()]).await?;
            let (mut settings, version) = self.admin.settings().await?;
            if attempt.replayed {
                return Ok(Self::replayed(settings, version));
            }
            self.as_seen(version)?;
            let before = settings.sla.clone();
            change.apply(&mut settings.sla)?;
            settings.sla.follow_on(&before, ReapplyProgress::applied(attempt.found.pop().flatten())?);
            settings.check(self.admin.desk.limits())?;
            let value = Some(super::stored::encode(&settings)?);
            let write = RecordWrite { key: RecordKey::settings(), expected: Expected::now(version), value };
            if self.settle(attempt, vec![write]).await? {
                return Ok(self.written(settings, version.next()));
            }
        }
        Err(Error::Contended)
    }
}
