//! From a URL to a place: which backends this build has, and what stands where before it is opened.

use std::path::{Path, PathBuf};

use helpdesk_core::MemoryStore;
use helpdesk_core::store::{FaultKind, Maintenance, Retry, SchemaState, StoreError};
use helpdesk_core::text::Invalid;
use helpdesk_store_sled::SledOptions;
use helpdesk_store_sql::sqlite::SqliteOptions;
use helpdesk_store_sql::{ConnectOptions, SchemaStatus};

use crate::failure::Failure;
use crate::lang::Saying;

/// The backends of this build, as in URLs.
const BACKENDS: &str = "memory:, sqlite:PATH, sled:DIR, postgres://…, mysql://…";

/// What a URL names.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    /// This process's memory.
    Memory,
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A sled folder.
    Sled(PathBuf),
    /// A database on a server.
    Server(Box<ConnectOptions>),
}

impl Place {
    /// Reads a URL.
    ///
    /// # Errors
    /// If this build has no such backend.
    pub(crate) fn parse(url: &str) -> Result<Self, Failure> {
        let wrong = |expected| Failure::from(Invalid::malformed("url", expected)).hinting(known());
        let path = |rest: &str| {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            if path.is_empty() { Err(wrong("a URL with a path")) } else { Ok(PathBuf::from(path)) }
        };
        match url.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", rest)) => path(rest).map(Self::Sqlite),
            Some(("sled", rest)) => path(rest).map(Self::Sled),
            Some(("postgres" | "postgresql" | "mysql" | "mariadb", _)) => {
                let options = ConnectOptions::new(url).map_err(|invalid| Failure::from(invalid).hinting(known()))?;
                Ok(Self::Server(Box::new(options)))
            }
            Some((scheme, _)) => {
                let lacks = Saying::new(format!("{scheme}: is not among them"), format!("{scheme}: gehört nicht dazu"));
                let invalid = Invalid::malformed("url", "a URL of a backend that this build has");
                Err(Failure::from(invalid).hinting(known().and(&lacks)))
            }
            None => Err(wrong("a URL with a scheme")),
        }
    }

    /// Whether it is the same place, whoever goes there.
    pub(crate) fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Memory, Self::Memory) => true,
            (Self::Sqlite(one), Self::Sqlite(other)) | (Self::Sled(one), Self::Sled(other)) => one == other,
            (Self::Server(one), Self::Server(other)) => one.place() == other.place(),
            _ => false,
        }
    }

    /// Whether there is anything to open.
    ///
    /// # Errors
    /// If a server cannot be asked.
    pub(crate) async fn is_there(&self) -> Result<bool, Failure> {
        Ok(match self {
            Self::Memory => true,
            Self::Sqlite(path) => path.exists(),
            Self::Sled(path) => SledOptions::new(path).is_there(),
            Self::Server(_) => self.schema().await?.found > 0,
        })
    }

    /// What stands there, before it is opened. Nothing is changed.
    ///
    /// # Errors
    /// If nothing stands there, or it cannot be read.
    pub(crate) async fn schema(&self) -> Result<SchemaState, Failure> {
        match self {
            Self::Memory => Ok(MemoryStore::new().schema().await?),
            Self::Sqlite(path) => SqliteOptions::new(path).schema().await.map_err(|error| missing(error, path)),
            Self::Sled(path) => {
                hide_panics_of_sled();
                SledOptions::new(path).schema().map_err(|error| missing(error, path))
            }
            Self::Server(options) => options.schema().await.map_err(|error| unreached(error, options)),
        }
    }

    /// The same step by step, where there are steps.
    ///
    /// # Errors
    /// As [`Place::schema`].
    pub(crate) async fn status(&self) -> Result<Option<SchemaStatus>, Failure> {
        match self {
            Self::Memory | Self::Sled(_) => Ok(None),
            Self::Sqlite(path) => {
                SqliteOptions::new(path).status().await.map(Some).map_err(|error| missing(error, path))
            }
            Self::Server(options) => options.status().await.map(Some).map_err(|error| unreached(error, options)),
        }
    }
}

/// sled panics on damage; the store catches that and tells it as an error, and people need not read both.
pub(crate) fn hide_panics_of_sled() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic.location().is_some_and(|location| location.file().contains("sled-0.")) {
                loud(panic);
            }
        }));
    });
}

/// What this build has.
fn known() -> Saying {
    Saying::new(format!("this build has {BACKENDS}"), format!("dieses Programm kennt {BACKENDS}"))
}

/// A store that is not there is to be made; one of an older version is to be migrated, which is the usual hint.
pub(crate) fn missing(error: StoreError, path: &Path) -> Failure {
    let is_missing = error.kind == FaultKind::NeedsMigration
        && std::fs::metadata(path).map_or(true, |metadata| metadata.len() == 0 || metadata.is_dir());
    let failure = Failure::from(error);
    if !is_missing {
        return failure;
    }
    let path = path.display();
    failure.hinting(Saying::new(
        format!("{path} was looked for: make it with `helpdesk init`, or say where it is with --url"),
        format!("gesucht wurde {path}: mit `helpdesk init` anlegen oder mit --url sagen, wo es liegt"),
    ))
}

/// What to do about a server that does not let us in. What stands there is said once more if it can be asked, since a
/// missing desk and an older one are the same fault.
pub(crate) async fn shut(error: StoreError, options: &ConnectOptions) -> Failure {
    if error.kind != FaultKind::NeedsMigration {
        return unreached(error, options);
    }
    match options.schema().await {
        Ok(schema) if schema.found > 0 => error.into(),
        Ok(_) => {
            let place = options.place();
            Failure::from(error).hinting(Saying::new(
                format!("{place} was looked at: make the desk with `helpdesk init`, or say where it is with --url"),
                format!("nachgesehen wurde in {place}: mit `helpdesk init` anlegen oder mit --url sagen, wo er liegt"),
            ))
        }
        Err(error) => unreached(error, options),
    }
}

fn unreached(error: StoreError, options: &ConnectOptions) -> Failure {
    let place = options.place();
    let hint = match error.kind {
        FaultKind::Unavailable if error.retry == Retry::Never => Saying::new(
            format!("look at sslmode and the certificates in the URL of {place}, and whether that server offers TLS"),
            format!("sslmode und Zertifikate in der URL von {place} prüfen, und ob dieser Server TLS anbietet"),
        ),
        FaultKind::Unavailable => Saying::new(
            format!("is {place} running, and can it be reached from here? try again later"),
            format!("läuft {place}, und ist es von hier erreichbar? später noch einmal versuchen"),
        ),
        FaultKind::NeedsMigration => Saying::new(
            format!("{place} was looked for: make the database there, then the desk in it with `helpdesk init`"),
            format!("gesucht wurde {place}: dort die Datenbank anlegen, dann darin mit `helpdesk init` den Helpdesk"),
        ),
        FaultKind::Unexpected => Saying::new(
            format!("look at user and password for {place}; `helpdesk config show --origin` says where they come from"),
            format!("Benutzer und Kennwort für {place} prüfen; `helpdesk config show --origin` sagt, woher sie kommen"),
        ),
        _ => return error.into(),
    };
    Failure::from(error).hinting(hint)
}
