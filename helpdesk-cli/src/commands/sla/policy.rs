//! `sla policy`: what is promised to whom.

use helpdesk_core::desk::{Error, LevelsChange};
use helpdesk_core::sla::{Metric, PolicyName, SlaPolicy};

use super::change;
use crate::args::PolicyVerb;
use crate::env::Env;
use crate::failure::Failure;
use crate::output::{Cell, Listed, Object, Sheet};

/// Runs a verb.
///
/// # Errors
/// If there is no such policy, or what is set is not acceptable.
pub(super) async fn run(verb: &PolicyVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        PolicyVerb::List => list(env).await,
        PolicyVerb::Show { name } => {
            let name = PolicyName::new(name.as_str())?;
            let settings = env.tenant().await?.system().tenant_settings().await?;
            let policy = settings.sla.policy(&name).ok_or(Error::NotFound { what: "policy" })?;
            change::show(env, "helpdesk/sla.policy/1", name.as_str(), policy)
        }
        PolicyVerb::Set { file, before, write } => {
            let policy: SlaPolicy = change::read(file, "policy").await?;
            let before = before.as_deref().map(PolicyName::new).transpose()?;
            let item = Object::new().with("policy", policy.name.as_str()).with("action", "set");
            change::write(env, write, item, LevelsChange::SetPolicy { policy: Box::new(policy), before }).await
        }
        PolicyVerb::Remove { name, write } => {
            let name = PolicyName::new(name.as_str())?;
            let item = Object::new().with("policy", name.as_str()).with("action", "remove");
            change::write(env, write, item, LevelsChange::RemovePolicy(name)).await
        }
    }
}

async fn list(env: &Env) -> Result<(), Failure> {
    let settings = env.tenant().await?.system().tenant_settings().await?;
    let mut columns = vec!["policy", "calendar"];
    columns.extend(Metric::ALL.map(Metric::as_str));
    let mut listed = Listed {
        schema: "helpdesk/sla.policy.list/1",
        sheet: Sheet { columns, rows: Vec::new() },
        total: u64::try_from(settings.sla.policies.len()).ok(),
        ..Listed::default()
    };
    for policy in &settings.sla.policies {
        let mut row = vec![Cell::new(policy.name.as_str()), Cell::new(policy.calendar.as_str())];
        row.extend(Metric::ALL.map(|metric| Cell::new(targets(policy, metric))));
        listed.sheet.rows.push(row);
        let json = serde_json::to_value(policy).map_err(|error| Failure::output(error.into()))?;
        listed.items.push(Object::new().and(json));
    }
    env.output.list(listed)
}

/// The targets of a clock in short: `8h; critical 1h, high 4h`.
fn targets(policy: &SlaPolicy, metric: Metric) -> String {
    let Some(rule) = policy.rule(metric) else { return String::new() };
    let all = rule.target.as_ref().map(|target| target.span.to_string());
    let single = rule.targets.iter().rev().map(|(priority, target)| format!("{} {}", priority.as_str(), target.span));
    let single = single.collect::<Vec<_>>().join(", ");
    all.into_iter().chain((!single.is_empty()).then_some(single)).collect::<Vec<_>>().join("; ")
}
