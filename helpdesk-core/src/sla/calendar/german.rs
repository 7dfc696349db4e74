//! The public holidays of the German federal states as entries for a definition (feature `german-holidays`). The dates
//! come from the crate `holiday_de`; nothing here knows when Easter is.
#![cfg(feature = "german-holidays")]

use std::ops::RangeInclusive;

use holiday_de::GermanRegion;
use serde::{Deserialize, Serialize};

/// The years that can be asked for; the data begins with the first.
const YEARS: RangeInclusive<i32> = 1995..=2299;

/// A federal state, written as in ISO 3166-2:DE without the country (`by`, `nw`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GermanState {
    /// Baden-Württemberg.
    Bw,
    /// Bavaria, with the Assumption (15 August), without Augsburg's own day.
    By,
    /// Berlin.
    Be,
    /// Brandenburg.
    Bb,
    /// Bremen.
    Hb,
    /// Hamburg.
    Hh,
    /// Hesse.
    He,
    /// Mecklenburg-Vorpommern.
    Mv,
    /// Lower Saxony.
    Ni,
    /// North Rhine-Westphalia.
    Nw,
    /// Rhineland-Palatinate.
    Rp,
    /// Saarland.
    Sl,
    /// Saxony, without Corpus Christi, which few places keep.
    Sn,
    /// Saxony-Anhalt.
    St,
    /// Schleswig-Holstein.
    Sh,
    /// Thuringia, without Corpus Christi, which few places keep.
    Th,
}

/// The public holidays of a state in some years, as dates for the holidays of a
/// [`CalendarDefinition`](super::CalendarDefinition). Years before 1995 and after 2299 have none.
///
/// ```
/// use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition, GermanState, german_holidays};
/// let definition = CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00")
///     .holidays(german_holidays(GermanState::Nw, 2026..=2035));
/// let office = Calendar::new(&definition).unwrap();
/// assert!(office.is_holiday("2026-06-04".parse().unwrap())); // Corpus Christi
/// ```
pub fn german_holidays(state: GermanState, years: RangeInclusive<i32>) -> Vec<String> {
    let region = match state {
        GermanState::Bw => GermanRegion::BadenWuerttemberg,
        GermanState::By => GermanRegion::Bayern,
        GermanState::Be => GermanRegion::Berlin,
        GermanState::Bb => GermanRegion::Brandenburg,
        GermanState::Hb => GermanRegion::Bremen,
        GermanState::Hh => GermanRegion::Hamburg,
        GermanState::He => GermanRegion::Hessen,
        GermanState::Mv => GermanRegion::MechlenburgVorpommern,
        GermanState::Ni => GermanRegion::Niedersachsen,
        GermanState::Nw => GermanRegion::NordrheinWestfalen,
        GermanState::Rp => GermanRegion::RheinlandPfalz,
        GermanState::Sl => GermanRegion::Saarland,
        GermanState::Sn => GermanRegion::Sachsen,
        GermanState::St => GermanRegion::SachsenAnhalt,
        GermanState::Sh => GermanRegion::SchleswigHolstein,
        GermanState::Th => GermanRegion::Thueringen,
    };
    let (first, last) = (*years.start().max(YEARS.start()), *years.end().min(YEARS.end()));
    let mut dates: Vec<_> = (first..=last).flat_map(|year| region.holiday_dates_in_year(year)).map(|h| h.0).collect();
    dates.sort_unstable();
    dates.dedup();
    dates.iter().map(ToString::to_string).collect()
}
