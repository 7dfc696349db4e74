//! Texts that people wrote are not lost: when a create or a reply fails, its text is kept in a file and can be
//! brought back.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::args::Recover;
use crate::env::{self, Env};
use crate::failure::Failure;
use crate::lang::{self, Phrase, Saying};

/// A text with the file it was brought back from.
pub(super) struct Written {
    /// The text.
    pub(super) text: Option<String>,
    from: Option<PathBuf>,
}

impl Written {
    /// Takes the text from the argument, or from the file of an earlier try.
    ///
    /// # Errors
    /// If the file or standard input cannot be read.
    pub(super) async fn take(argument: Option<&str>, recover: &Recover, limit: usize) -> Result<Self, Failure> {
        let from = recover.recover.clone();
        let text = match (argument, &from) {
            (Some(argument), _) => Some(env::text(argument, limit).await.map_err(|failure| unread(argument, failure))?),
            (None, Some(path)) => Some(env::text(&format!("@{}", path.display()), limit).await?),
            (None, None) => None,
        };
        Ok(Self { text, from })
    }

    /// Ends the try: what went well leaves no file, what failed leaves the text in one and says so.
    pub(super) fn settle<T>(&self, result: Result<T, Failure>, dry_run: bool, env: &Env) -> Result<T, Failure> {
        let Some(text) = &self.text else { return result };
        match result {
            Ok(done) => {
                if let Some(path) = self.from.as_ref().filter(|path| !dry_run && is_kept(path)) {
                    std::fs::remove_file(path).map_err(|error| Failure::io(path.display().to_string(), error))?;
                }
                Ok(done)
            }
            Err(failure) if dry_run || matches!(failure, Failure::BrokenPipe) => Err(failure),
            Err(failure) => {
                let kept = match &self.from {
                    Some(path) => path.clone(),
                    None => match keep(text) {
                        Ok(path) => path,
                        Err(error) => {
                            let error = lang::io_error(&error, env.output.language);
                            let words = Phrase("the text could not be kept", "der Text ließ sich nicht aufheben");
                            env.output.say(&format!("{}: {error}", words.get(env.output.language)));
                            return Err(failure);
                        }
                    },
                };
                let kept = kept.display();
                let back = Saying::new(
                    format!("the text is kept; bring it back with --recover {kept}"),
                    format!("der Text ist aufgehoben; zurückholen mit --recover {kept}"),
                );
                let hint = match failure.hint() {
                    Some(first) => first.and(&back),
                    None => back,
                };
                Err(failure.hinting(hint))
            }
        }
    }
}

/// A file that cannot be read may have been meant as a text.
fn unread(argument: &str, failure: Failure) -> Failure {
    if !argument.starts_with('@') {
        return failure;
    }
    failure.hinting(Phrase(
        "@ names a file; a text that begins with it goes through standard input, with - in its place",
        "@ nennt eine Datei; ein Text, der so beginnt, kommt über die Standardeingabe, mit - an seiner Stelle",
    ))
}

/// Whether the file is one that a failed try has left; any other belongs to whoever wrote it.
fn is_kept(path: &Path) -> bool {
    let parent = path.canonicalize().ok().and_then(|path| path.parent().map(Path::to_path_buf));
    parent.is_some() && parent == folder().canonicalize().ok()
}

/// Writes the text into a new file that only its owner reads.
fn keep(text: &str) -> std::io::Result<PathBuf> {
    let folder = folder();
    std::fs::create_dir_all(&folder)?;
    for attempt in 0_u32.. {
        let path = folder.join(format!("text-{}-{attempt}.txt", std::process::id()));
        match create(&path) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())?;
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(std::io::ErrorKind::AlreadyExists.into())
}

fn create(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn folder() -> PathBuf {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local").join("state")));
    state.unwrap_or_else(std::env::temp_dir).join("helpdesk")
}
