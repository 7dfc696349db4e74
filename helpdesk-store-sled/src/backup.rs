//! A copy of a store's folder, under its name only when it is whole. It is made by the writer's thread between two acts,
//! so that it is of one moment and others go on reading.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use helpdesk_core::store::{FaultKind, StoreError};

use super::SledStore;
use super::error::Fault;

const OPERATION: &str = "backup";

impl SledStore {
    /// Copies the folder as it is at one instant, while others go on reading; acts wait. The copy is complete and synced
    /// when this returns, and opens like the original.
    ///
    /// # Errors
    /// `Unexpected` if `target` is there already; `Unavailable` if it cannot be written, and then nothing is left.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let (path, copy) = (folder.path().join("desk.sled"), folder.path().join("copy.sled"));
    /// use helpdesk_store_sled::{SledOptions, SledStore};
    ///
    /// let store = SledStore::open(&SledOptions::new(path).create(true)).unwrap();
    /// store.backup(&copy).await.unwrap();
    /// assert!(SledStore::open(&SledOptions::new(copy)).is_ok());
    /// # });
    /// ```
    pub async fn backup(&self, target: impl Into<PathBuf>) -> Result<(), StoreError> {
        let target = target.into();
        if target.exists() {
            return Err(StoreError::new(FaultKind::Unexpected, OPERATION).because("the target is there already"));
        }
        let folder = self.path().to_owned();
        let copied = self.writer.submit_last(move |_| copy(&folder, &target).map_err(Fault::Io)).await;
        copied.map_err(|fault| fault.during(OPERATION))
    }
}

/// Copies the files of a folder. What is written before it is whole goes again, and nothing that is somebody else's.
fn copy(folder: &Path, target: &Path) -> io::Result<()> {
    let mut partial = target.as_os_str().to_owned();
    partial.push(format!(".{}.partial", std::process::id()));
    let partial = PathBuf::from(partial);
    let named = fill(folder, &partial).and_then(|()| fs::rename(&partial, target));
    if named.is_err() {
        drop(fs::remove_dir_all(&partial));
        return named;
    }
    let around = target.parent().filter(|around| !around.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = File::open(around).and_then(|around| around.sync_all());
    if synced.is_err() {
        drop(fs::remove_dir_all(target));
    }
    synced
}

fn fill(folder: &Path, partial: &Path) -> io::Result<()> {
    fs::create_dir(partial)?;
    fs::set_permissions(partial, fs::metadata(folder)?.permissions())?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            let copy = partial.join(entry.file_name());
            fs::copy(entry.path(), &copy)?;
            File::open(copy)?.sync_all()?;
        }
    }
    File::open(partial)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_somebody_else_put_there_meanwhile_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (store, target) = (folder.path().join("desk.sled"), folder.path().join("copy.sled"));
        for (folder, file) in [(&store, "ours"), (&target, "theirs")] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join(file), file).unwrap();
        }
        assert!(copy(&store, &target).is_err());
        assert_eq!(fs::read_to_string(target.join("theirs")).unwrap(), "theirs");
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
    }
}
