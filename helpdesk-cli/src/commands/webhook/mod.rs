//! `webhook`: endpoints that events are posted to, kept like any catalogue. Posting to them by hand stands in `post`.

mod post;

use std::collections::BTreeSet;

use helpdesk_core::desk::Written;
use helpdesk_core::text::Language;
use helpdesk_core::webhook::{Endpoint, EndpointChange, EndpointId, EndpointUrl, EventName, WebhookSecret};
use serde_json::json;

use super::conditions::record_conditions;
use crate::args::{RecordWrite, WebhookAdd, WebhookEdit, WebhookFields, WebhookVerb};
use crate::backend::Opening;
use crate::env::{Env, instant, text};
use crate::failure::Failure;
use crate::lang::{self, Phrase, Saying};
use crate::output::{Cell, Listed, Object, Sheet, names};

pub(super) use post::{print_report, transport};

/// What one is.
const ONE: &str = "helpdesk/webhook/1";
/// Longest secret that is read, in bytes.
const SECRET_BYTES: usize = 256;

/// Runs a verb.
///
/// # Errors
/// As the desk says; `Partly` if what was posted did not arrive.
pub(super) async fn run(verb: WebhookVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        WebhookVerb::List => list(env).await,
        WebhookVerb::Add(options) => add(&options, env).await,
        WebhookVerb::Edit(options) => edit(&options, env).await,
        WebhookVerb::Remove { id, write } => remove(&id, &write, env).await,
        WebhookVerb::Test { id, dry_run } => post::test(&id, dry_run, env).await,
        WebhookVerb::Replay { id, ticket, since, dry_run } => {
            let since = since.as_deref().map(|since| instant("since", since)).transpose()?;
            post::replay(&id, ticket, since, dry_run, env).await
        }
    }
}

async fn list(env: &Env) -> Result<(), Failure> {
    let endpoints = env.admin(Opening::Existing).await?.agent().entries::<Endpoint>().await?;
    env.output.list(Listed {
        schema: "helpdesk/webhook.list/1",
        sheet: sheet(endpoints.iter().map(|entry| row(&entry.value, None))),
        items: endpoints.iter().map(|entry| object(&entry.value).with("version", entry.version.0)).collect(),
        total: Some(endpoints.len() as u64),
        next: None,
    })
}

async fn add(options: &WebhookAdd, env: &Env) -> Result<(), Failure> {
    let WebhookAdd { id, address: url, fields, write } = options;
    let conditions = record_conditions(write)?;
    if fields.secret.is_none() && conditions.idempotency_key.is_some() {
        return Err(Failure::Usage {
            message: Phrase("--idempotency-key needs --secret here", "--idempotency-key braucht hier --secret").into(),
            hint: Phrase("a secret that is drawn is never the same", "ein gezogenes Geheimnis ist nie dasselbe").into(),
        });
    }
    let given = given(fields).await?;
    let is_drawn = given.is_none();
    let secret = given.map_or_else(drawn, Ok)?;
    let endpoint = Endpoint {
        kinds: kinds(fields)?,
        active: !fields.disable,
        allow_private: fields.allow_private,
        ..Endpoint::new(EndpointId::new(id.as_str())?, address(url, fields)?, secret)
    };
    let admin = env.admin(Opening::Existing).await?;
    let dry_run = conditions.dry_run;
    let written = admin.add(&endpoint).with(conditions).await?;
    let on = admin.set_outbox(true);
    if dry_run {
        on.dry_run().await?
    } else {
        on.await?
    };
    print(&written, is_drawn && !dry_run, env)?;
    if !dry_run {
        env.output.next(&format!("helpdesk webhook test {id}"));
    }
    Ok(())
}

async fn edit(options: &WebhookEdit, env: &Env) -> Result<(), Failure> {
    let WebhookEdit { id, fields, .. } = options;
    let conditions = record_conditions(&options.write)?;
    let given = given(fields).await?;
    let events = !fields.event.is_empty() || options.all_events;
    let change = EndpointChange {
        url: options.to.as_deref().map(|url| address(url, fields)).transpose()?,
        secret: if options.new_secret { Some(drawn()?) } else { given },
        forget_previous: options.forget_previous,
        kinds: events.then(|| kinds(fields)).transpose()?,
        active: (options.enable || fields.disable).then_some(options.enable),
        allow_private: (fields.allow_private || options.public_only).then_some(fields.allow_private),
    };
    let shown = options.new_secret && !conditions.dry_run;
    let admin = env.admin(Opening::Existing).await?;
    let written = admin.edit::<Endpoint>(id, change).with(conditions).await?;
    print(&written, shown && !written.replayed, env)
}

async fn remove(id: &str, write: &RecordWrite, env: &Env) -> Result<(), Failure> {
    let conditions = record_conditions(write)?;
    let admin = env.admin(Opening::Existing).await?;
    if !conditions.dry_run {
        let what = lang::term("endpoint", Language::De);
        let what = Saying::new(format!("removing the endpoint {id}"), format!("das Entfernen: {what} {id}"));
        env.confirm(&what).await?;
    }
    let Written { value, version, replayed, dry_run } = admin.remove::<Endpoint>(id).with(conditions).await?;
    if let Some(value) = value {
        return print(&Written { value, version, replayed, dry_run }, false, env);
    }
    let sheet = Sheet { columns: vec!["id"], rows: vec![vec![Cell::new(id)]] };
    let extra = [("dry_run", json!(dry_run)), ("replayed", json!(replayed))];
    env.output.item(ONE, Object::new().with("id", id), &extra, &sheet)
}

fn address(url: &str, fields: &WebhookFields) -> Result<EndpointUrl, Failure> {
    Ok(if fields.allow_http { EndpointUrl::unencrypted(url) } else { EndpointUrl::new(url) }?)
}

fn kinds(fields: &WebhookFields) -> Result<BTreeSet<EventName>, Failure> {
    Ok(fields.event.iter().map(|kind| EventName::new(kind.as_str())).collect::<Result<_, _>>()?)
}

async fn given(fields: &WebhookFields) -> Result<Option<WebhookSecret>, Failure> {
    let Some(argument) = &fields.secret else { return Ok(None) };
    Ok(Some(text(argument, SECRET_BYTES).await?.trim().parse()?))
}

/// A fresh secret, of the operating system's randomness.
fn drawn() -> Result<WebhookSecret, Failure> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::io("secret", std::io::Error::other(error)))?;
    Ok(WebhookSecret::new(&bytes)?)
}

/// Prints an endpoint; its secret only if it was drawn just now, since nobody has seen it before.
fn print(written: &Written<Endpoint>, reveal: bool, env: &Env) -> Result<(), Failure> {
    let Written { value, version, replayed, dry_run } = written;
    if *dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    }
    let secret = reveal.then(|| value.secret.reveal());
    let rows = sheet([row(value, secret.as_deref())].into_iter());
    let mut item = object(value).with("version", version.0);
    if let Some(secret) = secret {
        item = item.with("new_secret", secret);
    }
    let extra = [("dry_run", json!(dry_run)), ("replayed", json!(replayed))];
    env.output.item(ONE, item, &extra, &rows)
}

fn object(endpoint: &Endpoint) -> Object {
    Object::new()
        .with("id", endpoint.id.as_str())
        .with("url", endpoint.url.as_str())
        .with("kinds", names(&endpoint.kinds))
        .with("active", endpoint.active)
        .with("allow_private", endpoint.allow_private)
        .with("secret", endpoint.secret.masked())
        .with("previous_secret", json!(endpoint.previous_secret.as_ref().map(WebhookSecret::masked)))
}

fn sheet(rows: impl Iterator<Item = Vec<Cell>>) -> Sheet {
    Sheet { columns: vec!["id", "address", "kinds", "active", "secret"], rows: rows.collect() }
}

fn row(endpoint: &Endpoint, secret: Option<&str>) -> Vec<Cell> {
    let kinds: Vec<&str> = endpoint.kinds.iter().map(EventName::as_str).collect();
    vec![
        Cell::new(endpoint.id.as_str()),
        Cell::new(endpoint.url.as_str()),
        Cell::new(kinds.join(",")),
        Cell::new(endpoint.active.to_string()),
        Cell::new(secret.map_or_else(|| endpoint.secret.masked(), str::to_owned)),
    ]
}
