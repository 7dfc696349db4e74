//! `contact`: who asks.

use helpdesk_core::access::Action;
use helpdesk_core::desk::{AgentDesk, ContactChange, Error, Options, Versioned, Written};
use helpdesk_core::party::{Contact, EmailAddress, OrganizationId, Requester};
use helpdesk_core::query::PageSize;
use serde_json::{Value, json};

use super::conditions::record_conditions;
use crate::args::{ContactEdit, ContactVerb, Page};
use crate::backend::Opening;
use crate::env::{Env, integer};
use crate::failure::Failure;
use crate::lang::{self, Saying};
use crate::output::{Cell, Listed, Object, Sheet, optional, request_object, request_row, request_sheet};

/// The schema of one.
const ONE: &str = "helpdesk/contact/1";

/// Runs a verb.
///
/// # Errors
/// As the desk says.
pub(super) async fn run(verb: ContactVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        ContactVerb::List(options) => list(&options, env).await,
        ContactVerb::Show { contact } => {
            let agent = env.agent(Action::ContactRead).await?;
            print(&find(&agent, &contact).await?, &[], env)
        }
        ContactVerb::Edit(options) => edit(&options, env).await,
        ContactVerb::Merge { contact, into, write } => {
            let admin = env.admin(Opening::Existing).await?;
            let (contact, into) = (Requester::parse(&contact)?, Requester::parse(&into)?);
            print_written(&admin.merge_contact(contact, into).with(record_conditions(&write)?).await?, env)
        }
        ContactVerb::Erase { contact, write } => erase(&contact, record_conditions(&write)?, env).await,
        ContactVerb::Export { contact } => export(&contact, env).await,
    }
}

/// Erases after a confirmation, and says how many tickets lost what was personal.
async fn erase(who: &str, conditions: Options, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    let who = Requester::parse(who)?;
    let id = match admin.agent().contact(&who).await {
        Ok(contact) => contact.value.id.to_string(),
        // It may be the same call again: then the address means nobody any more.
        Err(Error::NotFound { .. }) if conditions.idempotency_key.is_some() => {
            who.id.as_ref().map(ToString::to_string).unwrap_or_default()
        }
        Err(error) => return Err(error.into()),
    };
    if conditions.dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    } else if !id.is_empty() {
        env.confirm(&Saying::new(
            format!("erasing the contact {id}"),
            format!("das Löschen des Kontakts {id} mit allem Persönlichen"),
        ))
        .await?;
    }
    let Written { value, replayed, dry_run, .. } = admin.erase_contact(who).with(conditions).await?;
    let item = Object::new().with("id", &*id).with("tickets", value);
    let rows = vec![vec![Cell::new(id), Cell::new(value.to_string())]];
    let sheet = Sheet { columns: vec!["id", "tickets"], rows };
    let extra = [("dry_run", json!(dry_run)), ("replayed", json!(replayed))];
    env.output.item("helpdesk/contact.erased/1", item, &extra, &sheet)
}

async fn list(options: &Page, env: &Env) -> Result<(), Failure> {
    let size = PageSize::new(integer("limit", &options.limit)?)?.get();
    let agent = env.agent(Action::ContactRead).await?;
    // One more than asked tells whether more follow.
    let mut contacts: Vec<Versioned<Contact>> = agent.entries_after(options.cursor.as_deref(), size + 1).await?;
    let more = contacts.len() > size;
    contacts.truncate(size);
    let total = if options.no_total { None } else { Some(agent.count_entries::<Contact>().await?) };
    let next = contacts.last().filter(|_| more).map(|contact| contact.value.id.to_string());
    env.output.list(Listed {
        schema: "helpdesk/contact.list/1",
        sheet: Sheet { columns: columns(), rows: contacts.iter().map(|contact| row(&contact.value)).collect() },
        items: contacts.iter().map(object).collect(),
        total,
        next,
    })
}

async fn edit(options: &ContactEdit, env: &Env) -> Result<(), Failure> {
    let change = ContactChange {
        name: options.name.clone(),
        email: options.email.as_deref().map(EmailAddress::new).transpose()?,
        organization: options.org.clone().map(OrganizationId::new).transpose()?,
    };
    let admin = env.admin(Opening::Existing).await?;
    let contact = Requester::parse(&options.contact)?;
    print_written(&admin.edit_contact(contact, change).with(record_conditions(&options.write)?).await?, env)
}

/// What the desk holds of a contact, and the requests as the contact may see them: nothing inside goes out.
async fn export(who: &str, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    let contact = find(&admin.agent(), who).await?;
    let own = env.tenant().await?.requester(contact.value.id.as_str())?;
    let mut requests: Vec<Value> = Vec::new();
    let mut sheet = request_sheet();
    let mut after = None;
    loop {
        let (page, next) = own.list(PageSize::default(), after).await?;
        for request in page {
            let conversation = own.conversation(request.id).await?;
            sheet.rows.push(request_row(&request, &env.output));
            requests.push(request_object(&request, Some(&conversation)).into());
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    let output = &env.output;
    let known = Sheet { columns: columns(), rows: vec![row(&contact.value)] };
    if output.is_json() {
        let item = object(&contact).with("requests", requests);
        return output.item("helpdesk/contact.export/1", item, &[], &known);
    }
    output.sheet(&known)?;
    output.raw("\n")?;
    output.sheet(&sheet)
}

async fn find(agent: &AgentDesk<'_>, who: &str) -> Result<Versioned<Contact>, Failure> {
    Ok(agent.contact(&Requester::parse(who)?).await?)
}

fn print_written(written: &Written<Contact>, env: &Env) -> Result<(), Failure> {
    let Written { value, version, replayed, dry_run } = written;
    if *dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    }
    let contact = Versioned { value: value.clone(), version: *version };
    print(&contact, &[("dry_run", json!(dry_run)), ("replayed", json!(replayed))], env)
}

fn print(contact: &Versioned<Contact>, extra: &[(&'static str, Value)], env: &Env) -> Result<(), Failure> {
    let sheet = Sheet { columns: columns(), rows: vec![row(&contact.value)] };
    env.output.item(ONE, object(contact), extra, &sheet)
}

fn columns() -> Vec<&'static str> {
    vec!["id", "name", "email", "organization"]
}

fn row(contact: &Contact) -> Vec<Cell> {
    fn cell(value: Option<impl ToString>) -> Cell {
        Cell::new(value.map(|value| value.to_string()).unwrap_or_default())
    }
    vec![
        Cell::new(contact.id.as_str()),
        cell(contact.name.as_ref()),
        cell(contact.email.as_ref()),
        cell(contact.organization.as_ref()),
    ]
}

fn object(contact: &Versioned<Contact>) -> Object {
    let Versioned { value, version } = contact;
    Object::new()
        .with("id", value.id.as_str())
        .with("version", version.0)
        .with("name", optional(value.name.as_ref()))
        .with("email", optional(value.email.as_ref()))
        .with("organization", optional(value.organization.as_ref()))
        .with("merged_into", optional(value.merged_into.as_ref()))
}
