//! `agent`, `team`, `org` and `category`: the small catalogues, all handled alike.

use helpdesk_core::access::Action;
use helpdesk_core::desk::{Catalogued, Error};
use helpdesk_core::party::{
    Agent, AgentId, Category, CategoryId, Color, EmailAddress, Organization, OrganizationId, Role, Team, TeamId,
};
use helpdesk_core::text::{Labels, Language};
use serde_json::json;

use crate::args::{AgentFields, AgentVerb, CategoryFields, CategoryVerb, Named, OrgVerb, Remove, TeamVerb};
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
            agent_change(&fields)?(&mut entry);
            add(&entry, fields.dry.dry_run, env).await
        }
        AgentVerb::Edit(fields) => edit(&fields.id, agent_change(&fields)?, fields.dry.dry_run, env).await,
        AgentVerb::Remove(options) => remove::<Agent>(&options, env).await,
    }
}

/// `team`.
pub(super) async fn team(verb: TeamVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        TeamVerb::List => list::<Team>(env).await,
        TeamVerb::Add(Named { id, name, dry }) => {
            let entry = Team { id: TeamId::new(id.as_str())?, name: name.unwrap_or(id) };
            add(&entry, dry.dry_run, env).await
        }
        TeamVerb::Edit(Named { id, name, dry }) => {
            let change = move |team: &mut Team| team.name = name.clone().unwrap_or_else(|| team.name.clone());
            edit(&id, change, dry.dry_run, env).await
        }
        TeamVerb::Remove(options) => remove::<Team>(&options, env).await,
    }
}

/// `org`.
pub(super) async fn organization(verb: OrgVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        OrgVerb::List => list::<Organization>(env).await,
        OrgVerb::Add(Named { id, name, dry }) => {
            let entry = Organization { id: OrganizationId::new(id.as_str())?, name: name.unwrap_or(id) };
            add(&entry, dry.dry_run, env).await
        }
        OrgVerb::Edit(Named { id, name, dry }) => {
            let change = move |org: &mut Organization| org.name = name.clone().unwrap_or_else(|| org.name.clone());
            edit(&id, change, dry.dry_run, env).await
        }
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
            category_change(&fields)?(&mut entry);
            add(&entry, fields.dry.dry_run, env).await
        }
        CategoryVerb::Edit(fields) => edit(&fields.id, category_change(&fields)?, fields.dry.dry_run, env).await,
        CategoryVerb::Remove(options) => remove::<Category>(&options, env).await,
    }
}

fn agent_change(fields: &AgentFields) -> Result<impl Fn(&mut Agent) + Send + use<>, Failure> {
    let name = fields.name.clone();
    let email = fields.email.as_deref().map(EmailAddress::new).transpose()?;
    let role: Option<Role> = fields.role.as_deref().map(str::parse).transpose()?;
    let teams: Vec<TeamId> = fields.team.iter().map(TeamId::new).collect::<Result<_, _>>()?;
    let (disable, enable) = (fields.disable, fields.enable);
    Ok(move |agent: &mut Agent| {
        agent.name = name.clone().or_else(|| agent.name.take());
        agent.email = email.clone().or_else(|| agent.email.take());
        agent.role = role.unwrap_or(agent.role);
        agent.disabled = (agent.disabled || disable) && !enable;
        if !teams.is_empty() {
            agent.teams = teams.iter().cloned().collect();
        }
    })
}

fn category_change(fields: &CategoryFields) -> Result<impl Fn(&mut Category) + Send + use<>, Failure> {
    let (en, de) = (fields.en.clone(), fields.de.clone());
    let color = fields.rgb.as_deref().map(Color::new).transpose()?;
    Ok(move |category: &mut Category| {
        if let Some(en) = &en {
            category.labels.en.clone_from(en);
        }
        if let Some(de) = &de {
            category.labels.de.clone_from(de);
        }
        category.color = color.unwrap_or(category.color);
    })
}

async fn list<T: Shown>(env: &Env) -> Result<(), Failure> {
    let entries = env.agent(Action::SettingsRead).await?.entries::<T>().await?;
    env.output.list(Listed {
        schema: T::LIST,
        sheet: Sheet { columns: T::COLUMNS.to_vec(), rows: entries.iter().map(Shown::row).collect() },
        items: entries.iter().map(Shown::object).collect(),
        total: Some(entries.len() as u64),
        next: None,
    })
}

async fn add<T: Shown>(entry: &T, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    if !dry_run {
        admin.add(entry).await?;
    }
    print(entry, dry_run, env)
}

async fn edit<T: Shown>(key: &str, change: impl Fn(&mut T) + Send, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    let entry = if dry_run {
        let mut entry: T = admin.agent().entry(key).await?;
        change(&mut entry);
        entry
    } else {
        admin.edit(key, change).await?
    };
    print(&entry, dry_run, env)
}

async fn remove<T: Shown>(options: &Remove, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    let entry: T = admin.agent().entry(&options.id).await?;
    if !options.dry.dry_run {
        let what = lang::term(T::WHAT, Language::De);
        env.confirm(&Saying::new(
            format!("removing the {} {}", T::WHAT, options.id),
            format!("das Entfernen: {what} {}", options.id),
        ))?;
        match admin.remove::<T>(&options.id).await {
            Ok(()) | Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    print(&entry, options.dry.dry_run, env)
}

fn print<T: Shown>(entry: &T, dry_run: bool, env: &Env) -> Result<(), Failure> {
    if dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    }
    let sheet = Sheet { columns: T::COLUMNS.to_vec(), rows: vec![entry.row()] };
    env.output.item(T::ONE, entry.object(), &[("dry_run", json!(dry_run))], &sheet)
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
