//! What happens in the week, by subject. Each file tells its stories; their order in time is the scheduler's.

mod access;
mod money;
mod office;
mod parcels;
mod returns;
mod spam;
mod tills;
mod today;
mod wishes;

use super::week::Week;

/// Tells every story.
pub(super) fn tell(week: &mut Week) {
    parcels::tell(week);
    returns::tell(week);
    money::tell(week);
    tills::tell(week);
    access::tell(week);
    office::tell(week);
    wishes::tell(week);
    today::tell(week);
    spam::tell(week);
}
