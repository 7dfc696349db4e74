//! `contact`: who asks.

use helpdesk_core::access::Action;
use helpdesk_core::desk::{AgentDesk, ContactChange};
use helpdesk_core::party::{Contact, EmailAddress, OrganizationId, Requester};
use helpdesk_core::query::{PageSize, TicketFilter};
use serde_json::{Value, json};

use crate::args::{ContactEdit, ContactList, ContactVerb};
use crate::backend::Opening;
use crate::env::{Env, integer};
use crate::failure::Failure;
use crate::lang::{self, Saying};
use crate::output::{Cell, Listed, Object, Sheet, optional, request_object};

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
            print(&find(&agent, &contact).await?, false, env)
        }
        ContactVerb::Edit(options) => edit(&options, env).await,
        ContactVerb::Merge { contact, into, dry } => {
            let admin = env.admin(Opening::Existing).await?;
            let source = find(&admin.agent(), &contact).await?;
            let target = find(&admin.agent(), &into).await?;
            let merged = if dry.dry_run { target } else { admin.merge_contact(&source.id, &target.id).await? };
            print(&merged, dry.dry_run, env)
        }
        ContactVerb::Erase { contact, dry } => erase(&contact, dry.dry_run, env).await,
        ContactVerb::Export { contact } => export(&contact, env).await,
    }
}

/// Erases after a confirmation, and says how many tickets lost what was personal.
async fn erase(who: &str, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    let contact = find(&admin.agent(), who).await?;
    if !dry_run {
        let id = &contact.id;
        env.confirm(&Saying::new(
            format!("erasing the contact {id}"),
            format!("das Löschen des Kontakts {id} mit allem Persönlichen"),
        ))?;
    }
    let filter = TicketFilter { requester: Some(contact.id.clone()), ..TicketFilter::default() };
    let tickets = if dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
        admin.agent().total(&filter).await?
    } else {
        admin.erase_contact(&contact.id).await? as u64
    };
    let item = Object::new().with("id", contact.id.as_str()).with("tickets", tickets);
    let rows = vec![vec![Cell::new(contact.id.as_str()), Cell::new(tickets.to_string())]];
    let sheet = Sheet { columns: vec!["id", "tickets"], rows };
    env.output.item("helpdesk/contact.erased/1", item, &[("dry_run", json!(dry_run))], &sheet)
}

async fn list(options: &ContactList, env: &Env) -> Result<(), Failure> {
    let size = PageSize::new(integer("limit", &options.limit)?)?.get();
    let agent = env.agent(Action::ContactRead).await?;
    // One more than asked tells whether more follow.
    let mut contacts: Vec<Contact> = agent.entries_after(options.cursor.as_deref(), size + 1).await?;
    let more = contacts.len() > size;
    contacts.truncate(size);
    let next = contacts.last().filter(|_| more).map(|contact| contact.id.to_string());
    env.output.list(Listed {
        schema: "helpdesk/contact.list/1",
        sheet: Sheet { columns: columns(), rows: contacts.iter().map(row).collect() },
        items: contacts.iter().map(object).collect(),
        total: None,
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
    let before = find(&admin.agent(), &options.contact).await?;
    let after = if options.dry.dry_run {
        Contact {
            name: change.name.or(before.name),
            email: change.email.or(before.email),
            organization: change.organization.or(before.organization),
            ..before
        }
    } else {
        admin.edit_contact(&before.id, change).await?
    };
    print(&after, options.dry.dry_run, env)
}

/// What the desk holds of a contact, and the requests as the contact may see them: nothing inside goes out.
async fn export(who: &str, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    let contact = find(&admin.agent(), who).await?;
    let own = env.tenant().await?.requester(contact.id.as_str())?;
    let mut requests: Vec<Value> = Vec::new();
    let mut after = None;
    loop {
        let (page, next) = own.list(PageSize::default(), after).await?;
        for request in page {
            let conversation = own.conversation(request.id).await?;
            requests.push(request_object(&request, Some(&conversation)).into());
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    let mut sheet = Sheet { columns: columns(), rows: vec![row(&contact)] };
    for request in &requests {
        let text = |name| request[name].as_str().unwrap_or_default();
        sheet.rows.push(vec![
            Cell::new(text("number")),
            Cell::new(text("subject")),
            Cell::new(text("status")),
            Cell::new(text("created_at")),
        ]);
    }
    env.output.item("helpdesk/contact.export/1", object(&contact).with("requests", requests), &[], &sheet)
}

async fn find(agent: &AgentDesk, who: &str) -> Result<Contact, Failure> {
    Ok(agent.contact(&Requester::parse(who)?).await?)
}

fn print(contact: &Contact, dry_run: bool, env: &Env) -> Result<(), Failure> {
    if dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    }
    let sheet = Sheet { columns: columns(), rows: vec![row(contact)] };
    env.output.item(ONE, object(contact), &[("dry_run", json!(dry_run))], &sheet)
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

fn object(contact: &Contact) -> Object {
    Object::new()
        .with("id", contact.id.as_str())
        .with("name", optional(contact.name.as_ref()))
        .with("email", optional(contact.email.as_ref()))
        .with("organization", optional(contact.organization.as_ref()))
        .with("merged_into", optional(contact.merged_into.as_ref()))
}
