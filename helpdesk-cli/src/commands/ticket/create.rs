//! `ticket create`: an agent opens a ticket for whomever, a requester for oneself.

use std::collections::BTreeMap;

use helpdesk_core::Limits;
use helpdesk_core::access::Action;
use helpdesk_core::desk::{AgentDesk, Error, NewRequest, OpenTicket, RequesterDesk};
use helpdesk_core::party::{AgentId, CategoryId, Requester, TeamId};
use helpdesk_core::settings::Settings;
use helpdesk_core::text::Invalid;
use helpdesk_core::ticket::{Channel, FieldKey, FieldValue, MessageDraft, NewTicket, TicketKind};

use super::super::conditions::conditions;
use super::super::recover::Written;
use super::written;
use crate::args::Create;
use crate::env::{Acting, Env};
use crate::failure::Failure;

/// Opens a ticket.
///
/// # Errors
/// As the desk says; the text is kept then.
pub(super) async fn run(options: &Create, env: &Env) -> Result<(), Failure> {
    let body = Written::take(options.body.as_deref(), &options.recover, Limits::default().body_bytes).await?;
    let result = open(options, body.text.as_deref(), env).await;
    body.settle(result, options.write.record.dry_run, env)
}

async fn open(options: &Create, body: Option<&str>, env: &Env) -> Result<(), Failure> {
    let tenant = env.tenant().await?;
    let settings = tenant.system().tenant_settings().await?;
    match env.acting(&tenant)? {
        Acting::Agent(agent) => for_anybody(options, body, &settings, &agent, env).await,
        Acting::Requester(requester) => for_oneself(options, body, &settings, requester, env).await,
    }
}

async fn for_anybody(
    options: &Create,
    body: Option<&str>,
    settings: &Settings,
    agent: &AgentDesk<'_>,
    env: &Env,
) -> Result<(), Failure> {
    let mut requester = options.requester.as_deref().map(Requester::parse).transpose()?.unwrap_or_default();
    requester.name.clone_from(&options.name);
    let ticket = NewTicket {
        priority: options.priority.as_deref().map(str::parse).transpose()?,
        category: options.category.clone().map(CategoryId::new).transpose()?,
        team: options.team.clone().map(TeamId::new).transpose()?,
        assignee: options.assignee.clone().map(AgentId::new).transpose()?,
        tags: options.tag.clone(),
        channel: options.channel.clone().map(Channel::new).transpose()?.unwrap_or_default(),
        kind: options.kind.clone().map(TicketKind::new).transpose()?.unwrap_or_default(),
        fields: fields(&options.field, settings)?,
        ..NewTicket::new(&options.subject)
    };
    let open = OpenTicket { ticket, requester, message: body.map(MessageDraft::from), number: None };
    written::finish(agent, agent.open(open), &options.write, env).await
}

async fn for_oneself(
    options: &Create,
    body: Option<&str>,
    settings: &Settings,
    mut requester: RequesterDesk<'static>,
    env: &Env,
) -> Result<(), Failure> {
    // To say who asks is an agent's right; that one opens a ticket oneself is not refused.
    if options.requester.is_some() {
        return Err(Error::Forbidden { action: Action::TicketEdit }.into());
    }
    let inside = [&options.priority, &options.team, &options.assignee, &options.kind];
    if inside.into_iter().any(Option::is_some) || !options.tag.is_empty() {
        return Err(Error::Forbidden { action: Action::TicketEdit }.into());
    }
    if let Some(name) = &options.name {
        requester = requester.named(name);
    }
    let request = NewRequest {
        subject: options.subject.clone(),
        message: MessageDraft::from(body.unwrap_or_default()),
        category: options.category.clone().map(CategoryId::new).transpose()?,
        channel: options.channel.clone().map(Channel::new).transpose()?.unwrap_or_default(),
        fields: fields(&options.field, settings)?,
    };
    let conditions = conditions(&options.write)?;
    let request = requester.open(request, &conditions).await?;
    written::print_request(&request, "opened", conditions.dry_run, env)
}

/// Reads `KEY=VALUE`; an empty value is none.
///
/// # Errors
/// If there is no `=`, or the key is not well-formed.
pub(super) fn field(text: &str, settings: &Settings) -> Result<(FieldKey, Option<FieldValue>), Failure> {
    let (key, value) = text.split_once('=').ok_or_else(|| Invalid::malformed("fields", "KEY=VALUE"))?;
    let key = FieldKey::new(key)?;
    let definition = settings.fields.iter().find(|definition| definition.key == key);
    let read = definition.map_or_else(|| FieldValue::Text(value.to_owned()), |definition| definition.parse(value));
    Ok((key, (!value.is_empty()).then_some(read)))
}

fn fields(texts: &[String], settings: &Settings) -> Result<BTreeMap<FieldKey, FieldValue>, Failure> {
    let mut fields = BTreeMap::new();
    for text in texts {
        let (key, value) = field(text, settings)?;
        if let Some(value) = value {
            fields.insert(key, value);
        }
    }
    Ok(fields)
}
