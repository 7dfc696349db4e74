//! `agent`, `team`, `org` and `category`: the small catalogues, all handled alike.

use std::collections::BTreeSet;

use helpdesk_core::access::Action;
use helpdesk_core::desk::{AgentChange, Catalogued, CategoryChange, Editable, Error, NameChange, Written};
use helpdesk_core::party::{
    Agent, AgentId, Category, CategoryId, Color, EmailAddress, Organization, OrganizationId, Team, TeamId,
};
use helpdesk_core::text::{Labels, Language};
use serde_json::json;

use super::conditions::record_conditions;
use crate::args::{
    AgentFields, AgentVerb, CategoryFields, CategoryVerb, Named, OrgVerb, RecordWrite, Remove, TeamVerb,
};
use crate::backend::Opening;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{self, Saying};
use crate::output::{Cell, Listed, Object, Sheet, names, optional};

/// An entry as it is printed.
trait Shown: Catalogued {
    /// The schema of one.
    const ONE: &'static str;
    /// The schema of a list.
    const LIST: &'static str;
    /// The columns.
    const COLUMNS: &'static [&'static str];
    /// As an object.
    fn object(&self) -> Object;
    /// As a row.
    fn row(&self) -> Vec<Cell>;
}

/// `agent`.
pub(super) async fn agent(verb: AgentVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        AgentVerb::List => list::<Agent>(env).await,
        AgentVerb::Add(fields) => {
            let mut entry = Agent::new(AgentId::new(fields.id.as_str())?);
            entry.apply(agent_change(&fields)?);
            add(&entry, &fields.write, env).await
        }
        AgentVerb::Edit(fields) => edit::<Agent>(&fields.id, agent_change(&fields)?, &fields.write, env).await,
        AgentVerb::Remove(options) => remove::<Agent>(&options, env).await,
    }
}

/// `team`.
pub(super) async fn team(verb: TeamVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        TeamVerb::List => list::<Team>(env).await,
        TeamVerb::Add(Named { id, name, write }) => {
            let entry = Team { id: TeamId::new(id.as_str())?, name: name.unwrap_or(id) };
            add(&entry, &write, env).await
        }
        TeamVerb::Edit(Named { id, name, write }) => edit::<Team>(&id, NameChange { name }, &write, env).await,
        TeamVerb::Remove(options) => remove::<Team>(&options, env).await,
    }
}

/// `org`.
pub(super) async fn organization(verb: OrgVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        OrgVerb::List => list::<Organization>(env).await,
        OrgVerb::Add(Named { id, name, write }) => {
            let entry = Organization { id: OrganizationId::new(id.as_str())?, name: name.unwrap_or(id) };
            add(&entry, &write, env).await
        }
        OrgVerb::Edit(Named { id, name, write }) => edit::<Organization>(&id, NameChange { name }, &write, env).await,
        OrgVerb::Remove(options) => remove::<Organization>(&options, env).await,
    }
}

/// `category`.
pub(super) async fn category(verb: CategoryVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        CategoryVerb::List => list::<Category>(env).await,
        CategoryVerb::Add(fields) => {
            let en = fields.en.clone().unwrap_or_else(|| fields.id.clone());
            let labels = Labels::new(en.clone(), en);
            let mut entry = Category { id: CategoryId::new(fields.id.as_str())?, labels, color: Color::GREY };
            entry.apply(category_change(&fields)?);
            add(&entry, &fields.write, env).await
        }
        CategoryVerb::Edit(fields) => edit::<Category>(&fields.id, category_change(&fields)?, &fields.write, env).await,
        CategoryVerb::Remove(options) => remove::<Category>(&options, env).await,
    }
}

fn agent_change(fields: &AgentFields) -> Result<AgentChange, Failure> {
    let teams: BTreeSet<TeamId> = fields.team.iter().map(TeamId::new).collect::<Result<_, _>>()?;
    Ok(AgentChange {
        name: fields.name.clone(),
        email: fields.email.as_deref().map(EmailAddress::new).transpose()?,
        role: fields.role.as_deref().map(str::parse).transpose()?,
        teams: (!teams.is_empty()).then_some(teams),
        disabled: (fields.disable || fields.enable).then_some(fields.disable),
    })
}

fn category_change(fields: &CategoryFields) -> Result<CategoryChange, Failure> {
    let color = fields.rgb.as_deref().map(Color::new).transpose()?;
    Ok(CategoryChange { en: fields.en.clone(), de: fields.de.clone(), color })
}

async fn list<T: Shown>(env: &Env) -> Result<(), Failure> {
    let entries = env.agent(Action::SettingsRead).await?.entries::<T>().await?;
    let items = entries.iter().map(|entry| entry.value.object().with("version", entry.version.0)).collect();
    env.output.list(Listed {
        schema: T::LIST,
        sheet: Sheet { columns: T::COLUMNS.to_vec(), rows: entries.iter().map(|entry| entry.value.row()).collect() },
        items,
        total: Some(entries.len() as u64),
        next: None,
    })
}

async fn add<T: Shown>(entry: &T, write: &RecordWrite, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    print(&admin.add(entry).with(record_conditions(write)?).await?, env)
}

async fn edit<T: Shown + Editable>(
    key: &str,
    change: T::Change,
    write: &RecordWrite,
    env: &Env,
) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    print(&admin.edit::<T>(key, change).with(record_conditions(write)?).await?, env)
}

async fn remove<T: Shown>(options: &Remove, env: &Env) -> Result<(), Failure> {
    let conditions = record_conditions(&options.write)?;
    let admin = env.admin(Opening::Existing).await?;
    match admin.agent().entry::<T>(&options.id).await {
        Ok(_) if conditions.dry_run => {}
        Ok(_) => {
            let what = lang::term(T::WHAT, Language::De);
            env.confirm(&Saying::new(
                format!("removing the {} {}", T::WHAT, options.id),
                format!("das Entfernen: {what} {}", options.id),
            ))
            .await?;
        }
        // It may be the same call again, which took it away.
        Err(Error::NotFound { .. }) if conditions.idempotency_key.is_some() => {}
        Err(error) => return Err(error.into()),
    }
    let Written { value, version, replayed, dry_run } = admin.remove::<T>(&options.id).with(conditions).await?;
    if let Some(value) = value {
        return print(&Written { value, version, replayed, dry_run }, env);
    }
    let sheet = Sheet { columns: vec!["id"], rows: vec![vec![Cell::new(&*options.id)]] };
    let item = Object::new().with("id", &*options.id);
    env.output.item(T::ONE, item, &[("dry_run", json!(dry_run)), ("replayed", json!(replayed))], &sheet)
}

fn print<T: Shown>(written: &Written<T>, env: &Env) -> Result<(), Failure> {
    let Written { value, version, replayed, dry_run } = written;
    if *dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    }
    let sheet = Sheet { columns: T::COLUMNS.to_vec(), rows: vec![value.row()] };
    let extra = [("dry_run", json!(dry_run)), ("replayed", json!(replayed))];
    env.output.item(T::ONE, value.object().with("version", version.0), &extra, &sheet)
}

impl Shown for Agent {
    const ONE: &'static str = "helpdesk/agent/1";
    const LIST: &'static str = "helpdesk/agent.list/1";
    const COLUMNS: &'static [&'static str] = &["id", "name", "email", "role", "teams", "disabled"];

    fn object(&self) -> Object {
        Object::new()
            .with("id", self.id.as_str())
            .with("name", optional(self.name.as_ref()))
            .with("email", optional(self.email.as_ref()))
            .with("role", self.role.as_str())
            .with("teams", names(&self.teams))
            .with("disabled", self.disabled)
    }

    fn row(&self) -> Vec<Cell> {
        let teams: Vec<&str> = self.teams.iter().map(TeamId::as_str).collect();
        vec![
            Cell::new(self.id.as_str()),
            Cell::new(self.name.clone().unwrap_or_default()),
            Cell::new(self.email.as_ref().map(ToString::to_string).unwrap_or_default()),
            Cell::new(self.role.as_str()),
            Cell::new(teams.join(",")),
            Cell::new(self.disabled.to_string()),
        ]
    }
}

impl Shown for Team {
    const ONE: &'static str = "helpdesk/team/1";
    const LIST: &'static str = "helpdesk/team.list/1";
    const COLUMNS: &'static [&'static str] = &["id", "name"];

    fn object(&self) -> Object {
        Object::new().with("id", self.id.as_str()).with("name", self.name.as_str())
    }

    fn row(&self) -> Vec<Cell> {
        vec![Cell::new(self.id.as_str()), Cell::new(&*self.name)]
    }
}

impl Shown for Organization {
    const ONE: &'static str = "helpdesk/organization/1";
    const LIST: &'static str = "helpdesk/organization.list/1";
    const COLUMNS: &'static [&'static str] = &["id", "name"];

    fn object(&self) -> Object {
        Object::new().with("id", self.id.as_str()).with("name", self.name.as_str())
    }

    fn row(&self) -> Vec<Cell> {
        vec![Cell::new(self.id.as_str()), Cell::new(&*self.name)]
    }
}

impl Shown for Category {
    const ONE: &'static str = "helpdesk/category/1";
    const LIST: &'static str = "helpdesk/category.list/1";
    const COLUMNS: &'static [&'static str] = &["id", "en", "de", "color"];

    fn object(&self) -> Object {
        Object::new()
            .with("id", self.id.as_str())
            .with("labels", json!(self.labels))
            .with("color", String::from(self.color))
    }

    fn row(&self) -> Vec<Cell> {
        vec![
            Cell::new(self.id.as_str()),
            Cell::new(&*self.labels.en),
            Cell::new(&*self.labels.de),
            Cell::new(String::from(self.color)),
        ]
    }
}
