//! `sla explain`: how the due times of a ticket came about, in words and in JSON.

use helpdesk_core::access::Action;
use helpdesk_core::desk::Error;

use crate::env::{Acting, Env};
use crate::failure::Failure;
use crate::output::{Object, Sheet, printable};

/// Explains a ticket's clocks.
///
/// # Errors
/// If it is not there, or the caller is not an agent.
pub(super) async fn run(ticket: &str, env: &Env) -> Result<(), Failure> {
    let agent = match env.acting(&env.tenant().await?)? {
        Acting::Agent(agent) => agent,
        Acting::Requester(_) => {
            return Err(Error::Forbidden { action: Action::SettingsRead }.into());
        }
    };
    let view = agent.show(ticket).await?;
    let settings = agent.tenant_settings().await?;
    let explanation = settings.sla.explain(&view.ticket, env.output.now);
    let story = explanation.story(env.output.language);
    if !env.output.is_json() {
        let number = format!("#{} {}\n", view.ticket.number, printable(&view.ticket.content.subject));
        return env.output.raw(&(number + &story.join("\n") + "\n"));
    }
    let json = serde_json::to_value(&explanation).map_err(|error| Failure::output(error.into()))?;
    let item = Object::new().with("ticket", view.ticket.id.to_string()).with("number", view.ticket.number.as_str());
    let item = item.and(json).with("words", story);
    env.output.item("helpdesk/sla.explanation/1", item, &[], &Sheet::default())
}
