//! An explanation in words, German and English: what an administrator can read out to a customer.

use super::explain::{ClockExplanation, Explanation, spoken};
use super::metric::Outcome;
use crate::env::Timestamp;
use crate::text::Language;

impl Explanation {
    /// The explanation as lines of text; times stand as on the wall of each clock's calendar.
    pub fn story(&self, language: Language) -> Vec<String> {
        let de = language == Language::De;
        let mut lines = Vec::new();
        match &self.policy {
            Some(policy) => {
                let met: Vec<String> =
                    policy.met.iter().map(|met| format!("{} = {}", met.condition, met.value)).collect();
                let why = match (met.is_empty(), de) {
                    (true, true) => "sie gilt für alle Tickets".to_owned(),
                    (true, false) => "it is for every ticket".to_owned(),
                    (false, _) => met.join(", "),
                };
                let (name, place) = (&policy.name, policy.place);
                lines.push(if de {
                    format!("Richtlinie {name} (Nr. {place} der Reihe): {why}")
                } else {
                    format!("Policy {name} (number {place} in order): {why}")
                });
            }
            None if de => lines.push("Keine Richtlinie passt auf dieses Ticket.".to_owned()),
            None => lines.push("No policy matches this ticket.".to_owned()),
        }
        for clock in &self.clocks {
            lines.extend(clock.story(de));
        }
        lines
    }
}

impl ClockExplanation {
    fn story(&self, de: bool) -> Vec<String> {
        let clock = self;
        let language = if de { Language::De } else { Language::En };
        let wall = |at: Timestamp| clock.on_the_wall(at);
        let (name, state) = (clock.clock.metric.labels(), clock.state.labels());
        let mut lines = vec![format!("{} ({}): {}", name.get(language), clock.clock, state.get(language))];
        let mut say = |en: String, german: String| lines.push(format!("  {}", if de { german } else { en }));
        let (policy, calendar) = (&clock.policy, &clock.calendar);
        say(
            format!("under policy {policy}, in calendar {calendar}"),
            format!("nach Richtlinie {policy}, im Kalender {calendar}"),
        );
        if clock.outdated {
            say(
                "edited since; it keeps to what they said until the levels are applied anew".to_owned(),
                "seither bearbeitet; sie hält sich an den alten Stand, bis die Vorgaben neu angewendet werden"
                    .to_owned(),
            );
        }
        let start = wall(clock.started_at);
        say(format!("started {start}"), format!("begonnen {start}"));
        for pause in &clock.pauses {
            let (from, to, seconds) = (wall(pause.from), wall(pause.to), spoken(pause.seconds));
            say(
                format!("paused from {from} to {to}: {seconds} of open time"),
                format!("pausiert von {from} bis {to}: {seconds} Servicezeit"),
            );
        }
        let target = spoken(u64::from(clock.target_seconds));
        if let (Some(open), Some(used)) = (clock.open_seconds, clock.used_seconds) {
            let (open, paused, used) = (spoken(open), spoken(clock.paused_seconds), spoken(used));
            say(
                format!("target {target}; {open} of open time, less {paused} paused, is {used} used"),
                format!("Ziel {target}; {open} Servicezeit abzüglich {paused} Pause ergibt {used} verbraucht"),
            );
        } else {
            say(
                format!("target {target}; its calendar is not there any more"),
                format!("Ziel {target}; seinen Kalender gibt es nicht mehr"),
            );
        }
        if let Some(left) = clock.left_seconds {
            let span = spoken(left.unsigned_abs());
            if left < 0 {
                say(format!("over by {span}"), format!("überschritten um {span}"));
            } else {
                say(format!("left {span}"), format!("übrig {span}"));
            }
        }
        if let Some(due) = clock.due.map(wall) {
            say(format!("due {due}"), format!("fällig {due}"));
        }
        if let Some(missed) = clock.missed_at.map(wall) {
            say(format!("missed {missed}"), format!("versäumt {missed}"));
        }
        if !clock.reached.is_empty() {
            let levels: Vec<String> = clock.reached.iter().map(ToString::to_string).collect();
            let levels = levels.join(", ");
            say(format!("levels reached: {levels}"), format!("erreichte Stufen: {levels}"));
        }
        if let Some(next) = clock.next_level {
            let (level, at) = (next.level, wall(next.at));
            say(format!("next level {level}: {at}"), format!("nächste Stufe {level}: {at}"));
        }
        if let (Some(at), Some(outcome)) = (clock.stopped_at.map(wall), clock.outcome) {
            let (en, german) = match outcome {
                Outcome::Met => ("in time", "rechtzeitig"),
                Outcome::Breached => ("too late", "zu spät"),
                Outcome::Cancelled => ("cancelled", "entfallen"),
            };
            say(format!("stopped {at}: {en}"), format!("beendet {at}: {german}"));
        }
        lines
    }
}
