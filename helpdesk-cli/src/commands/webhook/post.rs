//! Posting to an endpoint by hand: a ping, and what happened before.

use std::sync::Arc;

use helpdesk_core::desk::{RedeliveryReport, Written};
use helpdesk_core::env::Timestamp;
use helpdesk_core::relay::EventSink;
use helpdesk_core::webhook::{Endpoint, EndpointId, Transport, WebhookSink};
use serde_json::{Value, json};

use super::super::rehearse::Rehearsal;
use crate::backend::Opening;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang;
use crate::output::{Cell, Object, Sheet};

/// The client that posts.
///
/// # Errors
/// If this build has none.
#[cfg_attr(feature = "webhook-http", expect(clippy::unnecessary_wraps, reason = "a build without HTTP has none"))]
pub(in crate::commands) fn transport() -> Result<Arc<dyn Transport>, Failure> {
    #[cfg(feature = "webhook-http")]
    return Ok(Arc::new(crate::http::HttpTransport::default()));
    #[cfg(not(feature = "webhook-http"))]
    Err(helpdesk_core::text::Invalid::malformed("webhook", "posted by a build with HTTP in it").into())
}

/// Posts a signed ping.
///
/// # Errors
/// As the desk says; `Partly` if it did not arrive.
pub(super) async fn test(id: &str, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    if dry_run {
        let endpoint = admin.agent().entry::<Endpoint>(id).await?;
        let (value, version) = (endpoint.value, endpoint.version);
        return super::print(&Written { value, version, replayed: false, dry_run }, false, env);
    }
    let tested = admin.test_webhook(id, transport()?.as_ref()).await?;
    let problem = tested.problem.clone().unwrap_or_default();
    let arrived = tested.problem.is_none();
    let rows = vec![vec![Cell::new(id), Cell::new(arrived.to_string()), Cell::new(problem)]];
    let item = Object::new()
        .with("endpoint", id)
        .with("event", tested.id.to_string())
        .with("arrived", arrived)
        .with("problem", json!(tested.problem));
    let sheet = Sheet { columns: vec!["id", "arrived", "problem"], rows };
    env.output.item("helpdesk/webhook.test/1", item, &[("dry_run", json!(false))], &sheet)?;
    if arrived { Ok(()) } else { Err(Failure::Partly { rejected: 1, read: 1, kept: None }) }
}

/// Posts what happened again.
///
/// # Errors
/// As the desk says; `Partly` if some of it did not arrive.
pub(super) async fn replay(
    id: &str,
    ticket: Option<String>,
    since: Option<Timestamp>,
    dry_run: bool,
    env: &Env,
) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    admin.agent().entry::<Endpoint>(id).await?;
    let rehearsal = Rehearsal::default();
    let sink;
    let sink: &dyn EventSink = if dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
        &rehearsal
    } else {
        sink = WebhookSink::new(&env.desk(Opening::Existing).await?, transport()?).only(EndpointId::new(id)?);
        &sink
    };
    let report = match (ticket, since) {
        (Some(ticket), since) => admin.replay(ticket, since, sink).await?,
        (None, Some(since)) => admin.replay_since(since, sink).await?,
        // The grammar asks for one of them.
        (None, None) => RedeliveryReport::default(),
    };
    print_report("helpdesk/webhook.replay/1", &report, dry_run.then(|| rehearsal.told()), env)
}

/// Prints what came of telling events again; with `would` nothing was told, and these would have been.
///
/// # Errors
/// `Partly` if some failed; if standard output fails.
pub(in crate::commands) fn print_report(
    schema: &'static str,
    report: &RedeliveryReport,
    would: Option<Vec<Value>>,
    env: &Env,
) -> Result<(), Failure> {
    let dry_run = would.is_some();
    let delivered = if dry_run { 0 } else { report.delivered };
    let failed: Vec<Value> =
        report.failed.iter().map(|(event, reason)| json!({ "event": event, "reason": reason })).collect();
    let mut rows = vec![("delivered", delivered), ("failed", failed.len()), ("missing", report.gone)];
    let (rejected, read) = (failed.len() + report.gone, failed.len() + report.gone + delivered);
    let mut item = Object::new().with("delivered", delivered).with("failed", failed).with("missing", report.gone);
    if let Some(would) = would {
        rows.push(("events", would.len()));
        item = item.with("events", would);
    }
    let rows = rows.into_iter().map(|(name, count)| vec![Cell::new(name), Cell::new(count.to_string())]).collect();
    env.output.item(schema, item, &[("dry_run", json!(dry_run))], &Sheet { columns: vec!["key", "value"], rows })?;
    match rejected {
        0 => Ok(()),
        _ => Err(Failure::Partly { rejected: rejected as u64, read: read as u64, kept: None }),
    }
}
