//! The desk under test: the store it stands on, its clock, and who uses it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{AgentDesk, RequesterDesk, TenantDesk};
use helpdesk_core::env::{ManualClock, Timestamp};
use helpdesk_core::party::{Agent, AgentId, Contact, ContactId, Requester};
use helpdesk_core::store::Store;
use helpdesk_store_sled::{SledOptions, SledStore};
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore, Synchronous};

use crate::Failure;

/// The tenant of every bench.
pub(crate) const TENANT: &str = "acme";
/// How many contacts ask.
const CONTACTS: usize = 50;

/// The backends that are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Sled,
}

/// A desk on a file.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) desk: Helpdesk,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: TenantDesk<'static>,
    pub(crate) anna: AgentDesk<'static>,
}

/// The instant at which every bench begins.
pub(crate) fn dawn() -> Timestamp {
    Timestamp::from_timestamp(1_795_000_000, 0).unwrap_or_default()
}

impl World {
    /// Opens the file, made new if it is not there.
    pub(crate) async fn open(path: &Path, synchronous: Synchronous) -> Result<Self, Failure> {
        let options = SqliteOptions::new(path).create(true).migrate(true).synchronous(synchronous);
        Self::on(Arc::new(SqliteStore::open(options).await?))
    }

    /// Opens a file or folder of a backend, made new if it is not there; durable.
    pub(crate) async fn open_on(engine: Engine, path: &Path) -> Result<Self, Failure> {
        match engine {
            Engine::Sqlite => Self::open(path, Synchronous::Full).await,
            Engine::Sled => Self::on(Arc::new(SledStore::open(&sled_options(path))?)),
        }
    }

    /// A desk on a store.
    pub(crate) fn on(store: Arc<dyn Store>) -> Result<Self, Failure> {
        let clock = Arc::new(ManualClock::at(dawn()));
        let desk = Helpdesk::over(Arc::clone(&store)).clock(clock.clone()).build();
        let tenant = desk.tenant(TENANT)?;
        let anna = tenant.agent("anna")?;
        Ok(Self { store, desk, clock, tenant, anna })
    }

    /// Puts the agents and the contacts there.
    pub(crate) async fn settle(&self) -> Result<(), Failure> {
        let admin = self.tenant.admin("root")?;
        admin.init(&helpdesk_core::Settings::default()).await?;
        for agent in ["anna", "ben"] {
            admin.put(&Agent::new(AgentId::new(agent)?)).await?;
        }
        for n in 0..CONTACTS {
            let id = ContactId::new(contact(n))?;
            let name = Some(format!("Contact {n}"));
            admin.put(&Contact { id, name, email: None, organization: None, merged_into: None }).await?;
        }
        Ok(())
    }

    /// The `n`th requester's handle.
    pub(crate) fn asks(&self, n: usize) -> Result<RequesterDesk<'static>, Failure> {
        Ok(self.tenant.requester(&contact(n))?)
    }

    /// The clock goes on a little with each act.
    pub(crate) fn tick(&self) {
        self.clock.advance(TimeDelta::milliseconds(3));
    }

    /// Folds the log into the file and lets go of it.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        Ok(self.store.close().await?)
    }
}

/// How a sled folder is opened, here and by its rival.
pub(crate) fn sled_options(path: &Path) -> SledOptions {
    SledOptions::new(path).create(true).cache_bytes(SLED_CACHE)
}

/// What sled keeps in memory: enough that a million tickets are not read from the disk again and again.
pub(crate) const SLED_CACHE: u64 = 2 << 30;

/// The host's id of the `n`th contact.
pub(crate) fn contact(n: usize) -> String {
    format!("contact-{}", n % CONTACTS)
}

/// The `n`th contact as who asks.
pub(crate) fn requester(n: usize) -> Result<Requester, Failure> {
    Ok(Requester::id(&contact(n))?)
}

/// A file with nothing but the agents and contacts, and copies of it under other names.
pub(crate) struct Base(PathBuf);

impl Base {
    /// Makes the file in `dir`.
    pub(crate) async fn make(dir: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(dir)?;
        let path = fresh(dir, "base")?;
        let world = World::open(&path, Synchronous::Full).await?;
        world.settle().await?;
        world.close().await?;
        Ok(Self(path))
    }

    /// A copy.
    pub(crate) fn copy(&self, name: &str) -> Result<PathBuf, Failure> {
        let target = fresh(self.0.parent().unwrap_or(&self.0), name)?;
        copied(&self.0, &target)?;
        Ok(target)
    }

    /// The same on a backend.
    pub(crate) async fn make_on(engine: Engine, dir: &Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(dir)?;
        let path = fresh(dir, "base")?;
        let world = World::open_on(engine, &path).await?;
        world.settle().await?;
        world.close().await?;
        Ok(Self(path))
    }
}

/// A file, or a folder with its files.
fn copied(from: &Path, to: &Path) -> Result<(), Failure> {
    if !from.is_dir() {
        std::fs::copy(from, to)?;
        return Ok(());
    }
    std::fs::create_dir(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}

/// A path at which nothing stands any more.
pub(crate) fn fresh(dir: &Path, name: &str) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(dir)?;
    for tail in ["", "-wal", "-shm"] {
        // It is not there the first time.
        let path = dir.join(format!("bench-{name}.db{tail}"));
        let _ = if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    }
    Ok(dir.join(format!("bench-{name}.db")))
}
