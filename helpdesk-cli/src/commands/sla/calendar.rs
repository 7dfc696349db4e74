//! `sla calendar`: business hours, and arithmetic in them.

use helpdesk_core::desk::{Error, LevelsChange};
use helpdesk_core::env::Timestamp;
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
use helpdesk_core::sla::{CalendarName, Seconds, Span};
use helpdesk_core::text::Invalid;

use super::change;
use crate::args::CalendarVerb;
use crate::env::{Env, instant};
use crate::failure::Failure;
use crate::output::{Cell, Listed, Object, Sheet, time};

/// Runs a verb.
///
/// # Errors
/// If there is no such calendar, or what is set or asked is not acceptable.
pub(super) async fn run(verb: &CalendarVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        CalendarVerb::List => list(env).await,
        CalendarVerb::Show { name } => {
            let calendar = named(name, env).await?;
            change::show(env, "helpdesk/sla.calendar/1", name, calendar.definition())
        }
        CalendarVerb::Set { name, file, write } => {
            let name = CalendarName::new(name.as_str())?;
            let definition: CalendarDefinition = change::read(file, "calendar").await?;
            let calendar = Calendar::new(&definition).map_err(Invalid::from)?;
            let item = Object::new().with("calendar", name.as_str()).with("action", "set");
            change::write(env, write, item, LevelsChange::SetCalendar { name, calendar: Box::new(calendar) }).await
        }
        CalendarVerb::Remove { name, write } => {
            let name = CalendarName::new(name.as_str())?;
            let item = Object::new().with("calendar", name.as_str()).with("action", "remove");
            change::write(env, write, item, LevelsChange::RemoveCalendar(name)).await
        }
        CalendarVerb::Add { name, from, span } => add(name, from, span, env).await,
        CalendarVerb::Elapsed { name, from, to } => {
            let calendar = named(name, env).await?;
            let (from, to) = (instant("from", from)?, instant("to", to)?);
            let seconds = calendar.elapsed_signed(from, to);
            let short = Seconds(u32::try_from(seconds.unsigned_abs()).unwrap_or(u32::MAX)).to_string();
            let sign = if seconds < 0 { "-" } else { "" };
            let item = Object::new().with("calendar", name.as_str()).with("from", time(from)).with("to", time(to));
            print(env, item.with("seconds", seconds), &format!("{sign}{short}"))
        }
        CalendarVerb::Open { name, at } => {
            let calendar = named(name, env).await?;
            let at = at.as_deref().map_or(Ok(env.output.now), |at| instant("at", at))?;
            let open = calendar.is_open(at);
            let change = if open { calendar.next_close(at) } else { calendar.next_open(at) };
            let change = change.ok().map(time);
            let item = Object::new().with("calendar", name.as_str()).with("at", time(at)).with("open", open);
            print(env, item.with("changes_at", change), if open { "open" } else { "closed" })
        }
    }
}

async fn add(name: &str, from: &str, written: &str, env: &Env) -> Result<(), Failure> {
    let calendar = named(name, env).await?;
    let from = instant("from", from)?;
    let (sign, bare) = match written.strip_prefix('-') {
        Some(bare) => (-1, bare),
        None => (1, written),
    };
    let span: Span = bare.parse()?;
    let beyond = |_| Failure::from(Invalid::malformed("span", "one that the calendar has open time for"));
    let at = match span {
        Span::Time(seconds) if sign < 0 => calendar.sub(from, i64::from(seconds.0)).map_err(beyond)?,
        Span::Time(seconds) => calendar.add(from, i64::from(seconds.0)).map_err(beyond)?,
        Span::WorkingDays(days) => {
            let days = i32::try_from(days).unwrap_or(i32::MAX).saturating_mul(sign);
            calendar.add_business_days(from, days).map_err(beyond)?
        }
    };
    let signed = format!("{}{span}", if sign < 0 { "-" } else { "" });
    let item = Object::new().with("calendar", name).with("from", time(from)).with("span", signed);
    print(env, item.with("at", time(at)).with("local", wall(&calendar, at)), &wall(&calendar, at))
}

/// An instant as on the calendar's wall.
fn wall(calendar: &Calendar, at: Timestamp) -> String {
    format!("{} {}", calendar.zone().local(at).format("%Y-%m-%d %H:%M:%S"), calendar.definition().zone)
}

fn print(env: &Env, item: Object, answer: &str) -> Result<(), Failure> {
    let sheet = Sheet { columns: vec!["answer"], rows: vec![vec![Cell::new(answer)]] };
    env.output.item("helpdesk/sla.calendar.answer/1", item, &[], &sheet)
}

async fn named(name: &str, env: &Env) -> Result<Calendar, Failure> {
    let name = CalendarName::new(name)?;
    let settings = env.tenant().await?.system().tenant_settings().await?;
    Ok(settings.sla.calendar(&name).ok_or(Error::NotFound { what: "calendar" })?.clone())
}

async fn list(env: &Env) -> Result<(), Failure> {
    let settings = env.tenant().await?.system().tenant_settings().await?;
    let mut listed = Listed {
        schema: "helpdesk/sla.calendar.list/1",
        sheet: Sheet { columns: vec!["calendar", "zone", "open"], rows: Vec::new() },
        total: u64::try_from(settings.sla.calendars.len()).ok(),
        ..Listed::default()
    };
    for (name, calendar) in &settings.sla.calendars {
        let (zone, open) = (calendar.definition().zone.as_str(), calendar.is_open(env.output.now));
        let cells = [name.as_str(), zone, if open { "true" } else { "false" }];
        listed.sheet.rows.push(cells.map(Cell::new).into());
        listed.items.push(Object::new().with("name", name.as_str()).with("zone", zone).with("open", open));
    }
    env.output.list(listed)
}
