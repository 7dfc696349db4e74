//! The bare engine of each backend, doing again what the desk changed, an act a transaction or batch, durable: the
//! strict rival, which sends each act at once.

use std::fs::File;
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};

use helpdesk_core::ticket::TicketId;
use helpdesk_store_sled::{Noted, SledStore};

use crate::Failure;
use crate::bare::{Bare, Sending, ready};
use crate::questions::life;
use crate::tape::Change;
use crate::world::{Base, Engine, SLED_CACHE, World, sled_options};

/// What acts changed, one after the other.
pub(crate) enum Tape {
    Sqlite(Vec<Vec<Change>>),
    Sled(Vec<Noted>),
}

/// An engine without a desk.
pub(crate) enum Rival {
    Sqlite(Box<Bare>),
    Sled(sled::Db, File),
}

impl Tape {
    /// The first `acts` acts of `lives` lives.
    pub(crate) async fn record(engine: Engine, base: &Base, lives: usize, acts: usize) -> Result<Self, Failure> {
        if engine == Engine::Sqlite {
            return Ok(Self::Sqlite(life::record(base, lives, acts).await?));
        }
        let (notes, heard_of) = channel();
        let options = sled_options(&base.copy("tape")?).noting(notes);
        let world = World::on(std::sync::Arc::new(SledStore::open(&options)?))?;
        let mut tape = Vec::new();
        for n in 0..lives {
            let mut ticket = TicketId(uuid::Uuid::nil());
            for number in 0..acts {
                ticket = life::act(&world, n, number, ticket).await?;
                tape.push(heard(&heard_of));
            }
        }
        world.close().await?;
        Ok(Self::Sled(tape))
    }

    /// How many rows or keys an act changes.
    pub(crate) fn width(&self, act: usize) -> usize {
        match self {
            Self::Sqlite(acts) => acts.get(act).map_or(0, Vec::len),
            Self::Sled(acts) => acts.get(act).map_or(0, Vec::len),
        }
    }
}

/// Everything of one act, which may be several batches.
fn heard(noted: &Receiver<Noted>) -> Noted {
    noted.try_iter().flatten().collect()
}

impl Rival {
    /// Opens a file or folder as the store does.
    pub(crate) async fn open(engine: Engine, path: &Path) -> Result<Self, Failure> {
        Ok(match engine {
            Engine::Sqlite => Self::Sqlite(Box::new(Bare::open(path).await?)),
            Engine::Sled => {
                let config = sled::Config::new().path(path).cache_capacity(SLED_CACHE).flush_every_ms(None);
                let tree = config.mode(sled::Mode::HighThroughput).open()?;
                Self::Sled(tree, File::options().write(true).open(path.join("db"))?)
            }
        })
    }

    /// Does the acts from `first` on, so many; gives how long that took, without making them ready.
    pub(crate) async fn play(
        &mut self,
        tape: &Tape,
        first: usize,
        acts: usize,
    ) -> Result<std::time::Duration, Failure> {
        match (self, tape) {
            (Self::Sqlite(bare), Tape::Sqlite(tape)) => {
                let ready = tape[first..first + acts].iter().map(|act| ready(act)).collect::<Result<Vec<_>, _>>()?;
                let begun = std::time::Instant::now();
                for act in ready {
                    bare.write(act, Sending::Script).await?;
                }
                Ok(begun.elapsed())
            }
            (Self::Sled(tree, data), Tape::Sled(tape)) => {
                let ready: Vec<sled::Batch> = tape[first..first + acts].iter().map(batch).collect();
                let begun = std::time::Instant::now();
                for batch in ready {
                    tree.apply_batch(batch)?;
                    tree.flush()?;
                    data.sync_data()?;
                }
                Ok(begun.elapsed())
            }
            _ => Err("a tape of another engine".into()),
        }
    }
}

fn batch(act: &Noted) -> sled::Batch {
    let mut batch = sled::Batch::default();
    for (key, value) in act {
        match value {
            Some(value) => batch.insert(key.as_slice(), value.as_slice()),
            None => batch.remove(key.as_slice()),
        }
    }
    batch
}
