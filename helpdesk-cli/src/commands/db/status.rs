//! `db status`: which store it is, of which version and by which steps, and what is in it.

use helpdesk_core::query::TicketFilter;
use helpdesk_core::store::SchemaState;
use helpdesk_store_sql::{SchemaStatus, StepForm};
use serde_json::{Value, json};

use super::allowed;
use crate::backend::{About, Opening};
use crate::config::masked;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::Phrase;
use crate::output::{Cell, Object, Sheet, relative, time};

/// Says it.
///
/// # Errors
/// If the store is missing, of another version or damaged, or a server does not answer.
pub(super) async fn run(env: &Env) -> Result<(), Failure> {
    allowed(env).await?;
    let desk = env.desk(Opening::Existing).await?;
    let store = desk.store();
    let schema = store.schema().await?;
    let About { engine, bytes, steps, notify } = env.backend(Opening::Existing).await?.about().await?;
    let capabilities = store.capabilities();
    let say = |phrase: Phrase| phrase.get(env.output.language);
    let url = masked(env.config.url());
    let SchemaState { found, supported } = schema;
    let version =
        Cell::new(format!("{found} of {supported}")).shown(format!("{found} {} {supported}", say(Phrase("of", "von"))));
    let mut rows = vec![
        vec![Cell::new("url"), Cell::new(&*url)],
        vec![Cell::new("backend"), Cell::new(store.name())],
        vec![Cell::new("engine"), Cell::new(engine.as_deref().unwrap_or_default())],
        vec![Cell::new("schema"), version],
        vec![Cell::new("bytes"), Cell::new(bytes.map(|bytes| bytes.to_string()).unwrap_or_default())],
        vec![Cell::new("durable"), Cell::new(capabilities.durable.to_string())],
        vec![Cell::new("shared"), Cell::new(capabilities.shared.to_string())],
    ];
    rows.extend(notify.map(|notify| vec![Cell::new("notify"), Cell::new(notify.to_string())]));
    rows.extend(steps.iter().flat_map(|status| applied_rows(status, env)));
    let mut tenants: Vec<Value> = Vec::new();
    for tenant in store.tenants().await? {
        let count = desk.tenant(tenant.as_str())?.system().total(&TicketFilter::default()).await?;
        rows.push(vec![
            Cell::new(format!("tenant {tenant}")).shown(format!("{} {tenant}", say(Phrase("Tenant", "Mandant")))),
            Cell::new(format!("{count} tickets")).shown(format!("{count} Tickets")),
        ]);
        tenants.push(json!({ "tenant": tenant, "tickets": count }));
    }
    let item = Object::new()
        .with("url", url)
        .with("backend", store.name())
        .with("engine", json!(engine))
        .with("schema", json!(schema))
        .with("applied", json!(steps.as_ref().map(applied)))
        .with("bytes", json!(bytes))
        .with("capabilities", json!(capabilities))
        .with("notify", json!(notify))
        .with("tenants", tenants);
    env.output.item("helpdesk/db.status/1", item, &[], &Sheet { columns: vec!["key", "value"], rows })
}

/// The steps that a database has had, as JSON.
fn applied(status: &SchemaStatus) -> Vec<Value> {
    let applied = status.applied.iter().map(|step| {
        json!({
            "version": step.version,
            "name": step.name,
            "checksum": step.checksum,
            "at": time(step.at),
            "form": form(step.form),
        })
    });
    applied.collect()
}

/// The steps that it has not had, as JSON.
pub(super) fn pending(status: &SchemaStatus) -> Vec<Value> {
    let pending = status.pending.iter();
    pending.map(|step| json!({ "version": step.version, "name": step.name, "checksum": step.checksum() })).collect()
}

fn applied_rows<'a>(status: &'a SchemaStatus, env: &'a Env) -> impl Iterator<Item = Vec<Cell>> + 'a {
    let step = Phrase("Step", "Schritt").get(env.output.language);
    status.applied.iter().map(move |applied| {
        let (version, name, at) = (applied.version, &applied.name, applied.at);
        let since = relative(at, env.output.now, env.output.language);
        vec![
            Cell::new(format!("step {version}")).shown(format!("{step} {version}")),
            Cell::new(format!("{name}, {}, {}", form(applied.form), time(at))).shown(format!("{name}, {since}")),
        ]
    })
}

fn form(form: StepForm) -> &'static str {
    match form {
        StepForm::Same => "same",
        StepForm::Newer => "newer",
        // Another one, or one that this program does not know of.
        _ => "other",
    }
}
