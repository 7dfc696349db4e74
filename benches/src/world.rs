//! The desk under test: the store it stands on, its clock, and who uses it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{AgentDesk, RequesterDesk, TenantDesk};
use helpdesk_core::env::{ManualClock, Timestamp};
use helpdesk_core::party::{Agent, AgentId, Contact, ContactId, Requester};
use helpdesk_core::store::Store;
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore, Synchronous};

use crate::Failure;

/// The tenant of every bench.
pub(crate) const TENANT: &str = "acme";
/// How many contacts ask.
const CONTACTS: usize = 50;

/// A desk on a file.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) desk: Helpdesk,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) tenant: TenantDesk,
    pub(crate) anna: AgentDesk,
}

/// The instant at which every bench begins.
pub(crate) fn dawn() -> Timestamp {
    Timestamp::from_timestamp(1_795_000_000, 0).unwrap_or_default()
}

impl World {
    /// Opens the file, made new if it is not there.
    pub(crate) async fn open(path: &Path, synchronous: Synchronous) -> Result<Self, Failure> {
        let options = SqliteOptions::new(path).create(true).migrate(true).synchronous(synchronous);
        let store: Arc<dyn Store> = Arc::new(SqliteStore::open(options).await?);
        let clock = Arc::new(ManualClock::at(dawn()));
        let desk = Helpdesk::on(Arc::clone(&store)).clock(clock.clone()).build();
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
    pub(crate) fn asks(&self, n: usize) -> Result<RequesterDesk, Failure> {
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
        std::fs::copy(&self.0, &target)?;
        Ok(target)
    }
}

/// A path at which nothing stands any more.
pub(crate) fn fresh(dir: &Path, name: &str) -> Result<PathBuf, Failure> {
    std::fs::create_dir_all(dir)?;
    for tail in ["", "-wal", "-shm"] {
        // It is not there the first time.
        let _ = std::fs::remove_file(dir.join(format!("bench-{name}.db{tail}")));
    }
    Ok(dir.join(format!("bench-{name}.db")))
}
