//! A copy of a file, under its name only when it is whole. What stands in it is not looked at.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use helpdesk_core::store::{FaultKind, StoreError};
use sqlx::{ConnectOptions, Connection};

use super::SqliteOptions;
use crate::fault::Fault;

const OPERATION: &str = "backup";

/// A copy in the making; dropped before it is whole, also by a dropped future, it takes away what was written.
struct Partial(PathBuf);

pub(super) async fn backup(options: &SqliteOptions, target: &Path) -> Result<(), StoreError> {
    if target.exists() {
        return Err(StoreError::new(FaultKind::Unexpected, OPERATION).because("the target is there already"));
    }
    let partial = Partial::beside(target);
    let Some(name) = partial.0.to_str() else {
        return Err(StoreError::new(FaultKind::Unsupported, OPERATION).because("the target's name is not UTF-8"));
    };
    let copied = async {
        partial.begin(options.path()).map_err(sqlx::Error::Io)?;
        let mut connection = options.base().connect().await?;
        sqlx::query("VACUUM INTO ?").bind(name).execute(&mut connection).await?;
        connection.close().await?;
        Ok(partial.name(target).map_err(sqlx::Error::Io)?)
    };
    copied.await.map_err(|fault: Fault| fault.during(OPERATION))
}

impl Partial {
    fn beside(target: &Path) -> Self {
        let mut name = target.as_os_str().to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        Self(name.into())
    }

    /// Makes the file, empty as the engine takes it, for those who may read the original.
    fn begin(&self, original: &Path) -> io::Result<()> {
        let made = File::options().write(true).create_new(true).open(&self.0)?;
        made.set_permissions(fs::metadata(original)?.permissions())
    }

    /// Gives it its name, once it and then its name would survive a power cut.
    fn name(&self, target: &Path) -> io::Result<()> {
        File::open(&self.0)?.sync_all()?;
        if target.exists() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        fs::rename(&self.0, target)?;
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder)?.sync_all()
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        for ending in ["", "-journal"] {
            let mut name = self.0.clone().into_os_string();
            name.push(ending);
            // Most often it is not there.
            let _ = fs::remove_file(name);
        }
    }
}
