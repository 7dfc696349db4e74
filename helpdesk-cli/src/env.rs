//! What a command is given: the resolved configuration, the clock, the output, who acts, and the desk once it is asked
//! for. Nothing is opened before that.

use std::io::{self, IsTerminal, Read, Write};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use helpdesk_core::Helpdesk;
use helpdesk_core::access::Action;
use helpdesk_core::desk::{AdminDesk, AgentDesk, Error, RequesterDesk, TenantDesk};
use helpdesk_core::env::{Clock, ManualClock, SystemClock, Timestamp, micros};
use helpdesk_core::party::AgentId;
use helpdesk_core::text::{Invalid, Language, Problem};
use helpdesk_core::ticket::Rejection;

use crate::args::{ColorChoice, Global};
use crate::backend::{Backend, Opening};
use crate::config::Config;
use crate::failure::Failure;
use crate::lang::{Phrase, Saying};
use crate::output::{Form, Output};
use crate::place::Place;

/// Who is at the console when the operating system does not say.
const NOBODY: &str = "console";
/// Takes standard output for a terminal of so many columns: for tests and recordings.
const FORCE_TTY: &str = "HELPDESK_FORCE_TTY";
/// How wide a terminal is that does not say.
const USUAL_WIDTH: u16 = 100;

/// What a command is given.
pub(crate) struct Env {
    /// The configuration.
    pub(crate) config: Config,
    /// The output.
    pub(crate) output: Output,
    /// The clock.
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether what would be asked is answered with yes.
    yes: bool,
    /// Whether nothing may be asked.
    no_input: bool,
    opened: OnceLock<Backend>,
}

/// Who acts, with the handle that fits.
pub(crate) enum Acting {
    /// An agent, or the desk itself.
    Agent(AgentDesk<'static>),
    /// A requester.
    Requester(RequesterDesk<'static>),
}

impl Env {
    /// Puts it together from the flags.
    ///
    /// # Errors
    /// If a file of the configuration cannot be used, or a value is not well-formed.
    pub(crate) fn new(flags: &Global) -> Result<Self, Failure> {
        let config = Config::read(flags)?;
        let clock: Arc<dyn Clock> = match &flags.now {
            Some(now) => Arc::new(ManualClock::at(present(now)?)),
            None => Arc::new(SystemClock),
        };
        let language = match config.get("lang") {
            Some("de") => Language::De,
            None | Some("en") => Language::En,
            Some(_) => return Err(Invalid::malformed("lang", "en or de").into()),
        };
        let color = match config.get("color") {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            None | Some("auto") => ColorChoice::Auto,
            Some(_) => return Err(Invalid::malformed("color", "auto, always or never").into()),
        };
        let width = terminal_width();
        let output = Output {
            form: form(flags, width),
            language,
            color: colored(color, width.is_some()),
            quiet: flags.quiet,
            now: micros(clock.now()),
            statuses: OnceLock::new(),
            levels: OnceLock::new(),
        };
        let opened = OnceLock::new();
        Ok(Self { config, output, clock, yes: flags.yes, no_input: flags.no_input, opened })
    }

    /// Opens the store, or gives the one that is open.
    ///
    /// # Errors
    /// If it is missing or cannot be opened.
    pub(crate) async fn backend(&self, opening: Opening) -> Result<Backend, Failure> {
        if let Some(backend) = self.opened.get() {
            return Ok(backend.clone());
        }
        let place = Place::parse(self.config.url())?;
        let backend = Backend::open(&place, opening).await?;
        Ok(self.opened.get_or_init(|| backend).clone())
    }

    /// Takes a store in memory in the place of the one that is named: what is done is gone with this process.
    ///
    /// # Errors
    /// If the URL names nothing that this build has.
    pub(crate) fn rehearse(&self) -> Result<Backend, Failure> {
        Place::parse(self.config.url())?;
        Ok(self.opened.get_or_init(Backend::memory).clone())
    }

    /// The administrator for an act that is only tried: on the store, or where there is none, on an empty memory, which
    /// answers alike.
    ///
    /// # Errors
    /// As [`Env::admin`].
    pub(crate) async fn rehearsal(&self) -> Result<AdminDesk<'static>, Failure> {
        if !Place::parse(self.config.url())?.is_there().await? {
            self.rehearse()?;
        }
        self.admin(Opening::Existing).await
    }

    /// Closes the store, if it was opened.
    ///
    /// # Errors
    /// If what was begun cannot be ended.
    pub(crate) async fn close(&self) -> Result<(), Failure> {
        match self.opened.get() {
            Some(backend) => Ok(backend.store.close().await?),
            None => Ok(()),
        }
    }

    /// The desk on the store.
    ///
    /// # Errors
    /// As [`Env::backend`].
    pub(crate) async fn desk(&self, opening: Opening) -> Result<Helpdesk, Failure> {
        let backend = self.backend(opening).await?;
        Ok(Helpdesk::over(backend.store).clock(Arc::clone(&self.clock)).build())
    }

    /// The tenant's handles, on a store that is there.
    ///
    /// # Errors
    /// As [`Env::backend`], or if the tenant's id is not well-formed.
    pub(crate) async fn tenant(&self) -> Result<TenantDesk<'static>, Failure> {
        let tenant = self.desk(Opening::Existing).await?.tenant(self.config.tenant())?;
        if self.output.statuses.get().is_none() {
            let settings = tenant.system().tenant_settings().await?;
            let statuses = settings.workflow.statuses().iter();
            let labels = statuses.map(|status| (status.key.clone(), status.labels.clone())).collect();
            // Whoever was first has set the same.
            drop(self.output.statuses.set(labels));
            drop(self.output.levels.set(settings.sla.clone()));
        }
        Ok(tenant)
    }

    /// Who acts.
    ///
    /// # Errors
    /// If the actor is not well-formed.
    pub(crate) fn acting(&self, tenant: &TenantDesk<'static>) -> Result<Acting, Failure> {
        let Some(actor) = self.config.get("as") else { return Ok(Acting::Agent(tenant.admin(&console())?.agent())) };
        match actor.split_once(':') {
            Some(("agent", id)) => Ok(Acting::Agent(tenant.agent(id)?)),
            Some(("requester", who)) => Ok(Acting::Requester(tenant.requester(who)?)),
            None if actor == "system" => Ok(Acting::Agent(tenant.system())),
            _ => Err(Invalid::malformed("as", "agent:ID, requester:ADDRESS-OR-ID or system").into()),
        }
    }

    /// The agent who acts.
    ///
    /// # Errors
    /// `Forbidden` for a requester, who may not do `action`.
    pub(crate) async fn agent(&self, action: Action) -> Result<AgentDesk<'static>, Failure> {
        match self.acting(&self.tenant().await?)? {
            Acting::Agent(agent) => Ok(agent),
            Acting::Requester(_) => Err(Error::Forbidden { action }.into()),
        }
    }

    /// The administrator who acts, on a store opened so.
    ///
    /// # Errors
    /// `Forbidden` for whoever may not edit settings.
    pub(crate) async fn admin(&self, opening: Opening) -> Result<AdminDesk<'static>, Failure> {
        let tenant = self.desk(opening).await?.tenant(self.config.tenant())?;
        if self.config.get("as").is_none() {
            return Ok(tenant.admin(&console())?);
        }
        match self.acting(&tenant)? {
            Acting::Agent(agent) => Ok(agent.admin().await?),
            Acting::Requester(_) => Err(Error::Forbidden { action: Action::SettingsEdit }.into()),
        }
    }

    /// Whether nobody is named who acts: then it is the administrator at the console.
    pub(crate) fn is_console(&self) -> bool {
        self.config.get("as").is_none_or(|actor| actor == "system")
    }

    /// Makes sure that something may be destroyed.
    ///
    /// # Errors
    /// `NotConfirmed` if nobody can be asked, or the answer is no.
    pub(crate) async fn confirm(&self, what: &Saying) -> Result<(), Failure> {
        let hint = || Phrase("say --yes to do it without asking", "mit --yes geht es ohne Frage").into();
        if self.yes {
            return Ok(());
        }
        if self.no_input || !io::stdin().is_terminal() || !self.output.is_terminal() {
            let message = what.clone().followed("needs a confirmation", "braucht eine Bestätigung");
            return Err(Failure::NotConfirmed { message, hint: hint() });
        }
        let question = crate::lang::REALLY.get(self.output.language);
        drop(write!(anstream::stderr(), "{}: {question} [y/N] ", what.get(self.output.language)));
        let answer = aside("standard input", || {
            let mut answer = String::new();
            io::stdin().read_line(&mut answer).map(|_| answer)
        });
        let answer = answer.await?;
        if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes" | "j" | "ja") {
            Ok(())
        } else {
            let message = what.clone().followed("was not confirmed", "wurde nicht bestätigt");
            Err(Failure::NotConfirmed { message, hint: hint() })
        }
    }
}

impl Acting {
    /// The agent's handle for an act on `ticket`. What a requester may not see is not there for them; what they see
    /// and may not do is forbidden.
    ///
    /// # Errors
    /// `NotFound` or `Forbidden` for a requester.
    pub(crate) async fn on(self, ticket: &str, action: Action) -> Result<AgentDesk<'static>, Failure> {
        match self {
            Self::Agent(agent) => Ok(agent),
            Self::Requester(requester) => {
                requester.show(ticket).await?;
                Err(Error::Forbidden { action }.into())
            }
        }
    }
}

/// The agent's id, which the desk itself has not.
///
/// # Errors
/// `AgentOnly` for the desk itself.
pub(crate) fn own_id(agent: &AgentDesk<'_>) -> Result<AgentId, Failure> {
    Ok(agent.id().cloned().ok_or(Rejection::AgentOnly)?)
}

/// Reads a text argument: `-` is standard input, `@FILE` a file. At most twice `limit` bytes are read, so that the
/// core can say that it is too long.
///
/// # Errors
/// If the file or standard input cannot be read.
pub(crate) async fn text(argument: &str, limit: usize) -> Result<String, Failure> {
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_mul(2).saturating_add(1);
    let bytes = match argument.strip_prefix('@') {
        _ if argument == "-" => bytes("-", most).await?,
        Some(path) if !path.is_empty() => bytes(path, most).await?,
        _ => return Ok(argument.to_owned()),
    };
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Reads at most so many bytes of a file, or of standard input for `-`.
///
/// # Errors
/// If it cannot be read.
pub(crate) async fn bytes(path: impl AsRef<Path>, most: u64) -> Result<Vec<u8>, Failure> {
    let all = move |source: Box<dyn Read>| {
        let mut bytes = Vec::new();
        source.take(most).read_to_end(&mut bytes).map(|_| bytes)
    };
    let path = path.as_ref().to_owned();
    if path == Path::new("-") {
        return aside("standard input", move || all(Box::new(io::stdin()))).await;
    }
    let place = path.display().to_string();
    aside(&place, move || all(Box::new(std::fs::File::open(path)?))).await
}

/// Reads on a thread of its own, so that Ctrl-C is heard while nothing comes.
async fn aside<T: Send + 'static>(
    place: &str,
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, Failure> {
    let read = tokio::task::spawn_blocking(read).await.unwrap_or_else(|error| Err(io::Error::other(error)));
    read.map_err(|error| Failure::io(place, error))
}

/// Reads an instant.
///
/// # Errors
/// If it is not RFC 3339.
pub(crate) fn instant(field: &'static str, text: &str) -> Result<Timestamp, Failure> {
    let parsed: Result<Timestamp, _> = text.trim().parse();
    Ok(micros(parsed.map_err(|_| Invalid::malformed(field, "an instant such as 2026-11-02T09:00:00Z"))?))
}

/// Reads the present instant.
///
/// # Errors
/// If it is not RFC 3339, or a desk does not work at it.
fn present(text: &str) -> Result<Timestamp, Failure> {
    let now = instant("now", text)?;
    let (first, last) = helpdesk_core::env::bounds();
    if now < first || now > last {
        let expected = "1970 to 9000";
        return Err(Invalid::new("now", Problem::OutOfRange { expected }).into());
    }
    Ok(now)
}

/// Reads a whole number; one too large for the type is the largest, which the core then refuses by its limits.
///
/// # Errors
/// If it is no whole number.
pub(crate) fn integer(field: &'static str, text: &str) -> Result<i64, Failure> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Invalid::malformed(field, "a whole number").into());
    }
    let limit = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Ok(text.parse().unwrap_or(limit))
}

/// Reads a whole number from zero up.
///
/// # Errors
/// If it is no such number.
pub(crate) fn natural(field: &'static str, text: &str) -> Result<u64, Failure> {
    let parsed = integer(field, text).ok().and_then(|_| text.trim_start_matches('+').parse().ok());
    Ok(parsed.ok_or_else(|| Invalid::malformed(field, "a whole number from 0 up"))?)
}

fn console() -> String {
    let user = whoami::username().unwrap_or_default();
    if AgentId::new(user.as_str()).is_ok() { user } else { NOBODY.to_owned() }
}

fn terminal_width() -> Option<u16> {
    let forced = std::env::var(FORCE_TTY).ok().and_then(|width| width.parse().ok());
    let width = match forced {
        Some(width) => width,
        None if io::stdout().is_terminal() => comfy_table::Table::new().width().unwrap_or_default(),
        None => return None,
    };
    // Recorders, serial lines and consoles of build machines are terminals of no width.
    Some(if width == 0 { USUAL_WIDTH } else { width })
}

fn form(flags: &Global, width: Option<u16>) -> Form {
    match (&flags.json, width) {
        (Some(fields), _) => {
            Form::Json(fields.split(',').map(str::trim).filter(|field| !field.is_empty()).map(str::to_owned).collect())
        }
        _ if flags.jsonl => Form::JsonLines,
        _ if flags.as_csv => Form::Csv,
        (None, Some(width)) => Form::Table(width),
        (None, None) => Form::Tabs,
    }
}

fn colored(choice: ColorChoice, terminal: bool) -> bool {
    let (colored, global) = match choice {
        ColorChoice::Always => (true, anstream::ColorChoice::Always),
        ColorChoice::Never => (false, anstream::ColorChoice::Never),
        ColorChoice::Auto => {
            let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            (wanted && terminal, if wanted { anstream::ColorChoice::Auto } else { anstream::ColorChoice::Never })
        }
    };
    global.write_global();
    colored
}
