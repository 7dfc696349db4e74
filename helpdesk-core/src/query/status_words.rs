//! How people say which statuses they mean: by group, by category, or by the status itself.

use super::TicketFilter;
use crate::text::{Invalid, Problem};
use crate::ticket::workflow::Workflow;
use crate::ticket::{StatusCategory, StatusKey};

impl TicketFilter {
    /// Narrows to the statuses that `words` name, any of them: a group (`open`, `waiting`, `unsolved`, `done`, `all`,
    /// which is everything but spam, or `any`), a category (`new`, `resolved`, `waiting_on_other`, …) or a status of
    /// the workflow. A group goes before a category, a category before a status of the same name.
    ///
    /// # Errors
    /// If a word is none of these.
    ///
    /// ```
    /// use helpdesk_core::query::TicketFilter;
    /// use helpdesk_core::ticket::workflow::Workflow;
    /// let flow = Workflow::default();
    /// assert_eq!(TicketFilter::all().of_status(&["open"], &flow)?, TicketFilter::open());
    /// assert_eq!(TicketFilter::all().of_status(&["in_progress"], &flow)?.statuses.len(), 1);
    /// assert!(TicketFilter::all().of_status(&["sleeping"], &flow).is_err());
    /// # Ok::<(), helpdesk_core::text::Invalid>(())
    /// ```
    pub fn of_status(mut self, words: &[&str], workflow: &Workflow) -> Result<Self, Invalid> {
        let (mut categories, mut statuses) = (Vec::new(), Vec::new());
        for word in words {
            if let Some(group) = group(word) {
                categories.extend(group);
            } else {
                let key = StatusKey::new(*word).ok().filter(|key| workflow.status(key).is_some());
                statuses.push(key.ok_or_else(|| Invalid::new("status", Problem::Unknown))?);
            }
        }
        // One list per condition: where both are named, the categories are said by their statuses.
        if !statuses.is_empty() {
            let meant = |category| workflow.statuses().iter().filter(move |status| status.category == category);
            statuses.extend(categories.drain(..).flat_map(meant).map(|status| status.key.clone()));
        }
        categories.sort_unstable();
        categories.dedup();
        statuses.sort_unstable();
        statuses.dedup();
        (self.categories, self.statuses) = (categories, statuses);
        Ok(self)
    }
}

fn group(word: &str) -> Option<Vec<StatusCategory>> {
    Some(match word {
        "open" => TicketFilter::open().categories,
        "waiting" => TicketFilter::waiting().categories,
        "unsolved" => TicketFilter::unsolved().categories,
        "done" => TicketFilter::done().categories,
        "all" => TicketFilter::all().categories,
        "any" => StatusCategory::ALL.to_vec(),
        category => vec![category.parse().ok()?],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_statuses_mix_as_any_of_them() {
        let flow = Workflow::default();
        let filter = TicketFilter::all().of_status(&["on_hold", "resolved", "resolved"], &flow).unwrap();
        assert!(filter.categories.is_empty());
        let names: Vec<_> = filter.statuses.iter().map(StatusKey::as_str).collect();
        assert_eq!(names, ["on_hold", "resolved"]);
        assert_eq!(TicketFilter::all().of_status(&["any"], &flow).unwrap().categories.len(), 7);
        assert_eq!(TicketFilter::all().of_status(&["spam"], &flow).unwrap(), TicketFilter::spam());
    }
}
