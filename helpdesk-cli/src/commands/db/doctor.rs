//! `db doctor`: says in words what stands how, and what can be done about it.

use helpdesk_core::text::Language;
use serde_json::json;

use super::{allowed, examined};
use crate::backend::Opening;
use crate::config::masked;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{self, Phrase};
use crate::output::{Cell, Listed, Object, Sheet};

/// Says it. Nothing is changed.
///
/// # Errors
/// If something is wrong, or nothing can be looked at.
pub(super) async fn run(env: &Env) -> Result<(), Failure> {
    match allowed(env).await {
        Err(failure) if failure.is_corrupt() => return unopened(&failure, env),
        allowed => allowed?,
    }
    let desk = env.desk(Opening::Existing).await?;
    let capabilities = desk.store().capabilities();
    let schema = desk.store().schema().await?;
    let report = examined(&desk, env).await?;
    let language = env.output.language;
    let say = |phrase: Phrase| phrase.get(language).to_owned();
    let nothing = Phrase("nothing to do", "nichts zu tun");
    let mut advice = vec![(
        "schema".to_owned(),
        None,
        match language {
            Language::De => format!("{} von {}", schema.found, schema.supported),
            _ => format!("{} of {}", schema.found, schema.supported),
        },
        say(if schema.found == schema.supported {
            nothing
        } else {
            Phrase("run `helpdesk db migrate`", "`helpdesk db migrate` ausführen")
        }),
    )];
    advice.push((
        "durability".to_owned(),
        None,
        say(if capabilities.durable {
            Phrase("durable", "dauerhaft")
        } else {
            Phrase("not durable", "nicht dauerhaft")
        }),
        say(if capabilities.durable {
            nothing
        } else {
            Phrase("do not keep real work here", "keine echte Arbeit hier aufbewahren")
        }),
    ));
    for finding in &report.store {
        let damage = &finding.damage;
        advice.push((finding.place.clone(), Some(damage.code()), lang::damage(damage, language), say(RESTORE)));
    }
    for finding in &report.findings {
        let compare = Phrase(
            "compare `helpdesk ticket history` with `helpdesk ticket show`; the history is the older truth; keep a copy",
            "`helpdesk ticket history` mit `helpdesk ticket show` vergleichen; der Verlauf gilt; eine Kopie aufheben",
        );
        let place = format!("{} {}", finding.tenant, finding.ticket);
        let damage = &finding.damage;
        advice.push((place, Some(damage.code()), lang::damage(damage, language), say(compare)));
    }
    if report.is_clean() {
        let (tickets, events) = (report.tickets, report.events);
        let proven = match language {
            Language::De => format!("{tickets} Tickets, {events} Ereignisse"),
            _ => format!("{tickets} tickets, {events} events"),
        };
        let backup = Phrase("back it up with `helpdesk db backup FILE`", "mit `helpdesk db backup DATEI` sichern");
        advice.push(("data".to_owned(), None, proven, say(backup)));
    }
    print_advice(advice, env)?;
    let problems = report.store.len() + report.findings.len();
    if problems == 0 { Ok(()) } else { Err(Failure::Damaged(problems)) }
}

/// A store that is damaged so that it cannot be opened: nothing of it can be looked at, and something can be done.
fn unopened(failure: &Failure, env: &Env) -> Result<(), Failure> {
    let language = env.output.language;
    let state = failure.message(language);
    print_advice(vec![(masked(env.config.url()), Some(failure.code()), state, RESTORE.get(language).to_owned())], env)?;
    Err(Failure::Damaged(1))
}

/// What can be done about damage.
const RESTORE: Phrase = Phrase(
    "restore a backup, or export what can be read with `helpdesk export jsonl` and import it into a new store",
    "eine Sicherung einspielen, oder Lesbares mit `helpdesk export jsonl` in einen neuen Speicher übernehmen",
);

/// Topic, code, state and what can be done.
type Advice = (String, Option<&'static str>, String, String);

fn print_advice(advice: Vec<Advice>, env: &Env) -> Result<(), Failure> {
    let mut listed = Listed {
        schema: "helpdesk/doctor/1",
        sheet: Sheet { columns: vec!["topic", "state", "advice"], rows: Vec::new() },
        total: Some(advice.len() as u64),
        ..Listed::default()
    };
    for (topic, code, state, advice) in advice {
        let item = Object::new().with("topic", &*topic).with("code", json!(code));
        let item = item.with("state", &*state).with("advice", &*advice);
        listed.items.push(item);
        listed.sheet.rows.push(vec![Cell::new(topic), Cell::new(state), Cell::new(advice)]);
    }
    env.output.list(listed)
}
