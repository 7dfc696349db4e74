//! What the command runs with, and where each value came from: flag, environment, `./helpdesk.toml`, the user's file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::args::{ColorChoice, Global, Tongue};
use crate::failure::Failure;
use crate::lang::Saying;

/// Where the store is, unless said.
const DEFAULT_URL: &str = "sqlite:helpdesk.db";
/// The tenant, unless said.
const DEFAULT_TENANT: &str = "default";
/// The file in the working directory.
const LOCAL_FILE: &str = "helpdesk.toml";
/// The values that may be set, and whether each may stand in a file of its own as a secret.
const KEYS: [(&str, bool); 5] = [("url", true), ("tenant", false), ("as", false), ("lang", false), ("color", false)];

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting {
    /// The value.
    pub(crate) value: String,
    /// Where it came from, in words.
    pub(crate) origin: String,
}

/// Everything, resolved.
#[derive(Debug, Clone, Default)]
pub(crate) struct Config {
    values: BTreeMap<&'static str, Setting>,
}

impl Config {
    /// Reads everything. A flag goes before the environment, that before files; what was said first stands, and of the
    /// rest not even a secret's file is opened.
    ///
    /// # Errors
    /// If a file cannot be read, or has something else than these values in it.
    pub(crate) fn read(flags: &Global) -> Result<Self, Failure> {
        let mut config = Self::default();
        let flagged = [
            ("url", flags.url.clone()),
            ("tenant", flags.tenant.clone()),
            ("as", flags.actor.clone()),
            ("lang", flags.lang.map(|lang| if lang == Tongue::De { "de" } else { "en" }.to_owned())),
            ("color", flags.color.map(|color| color_name(color).to_owned())),
        ];
        for (key, value) in flagged {
            if let Some(value) = value {
                config.set(key, value, &format!("--{key}"));
            }
        }
        config.read_environment()?;
        config.read_file(Path::new(LOCAL_FILE), LOCAL_FILE)?;
        if let Some(path) = user_file() {
            config.read_file(&path, &path.display().to_string())?;
        }
        config.set("url", DEFAULT_URL.to_owned(), "default");
        config.set("tenant", DEFAULT_TENANT.to_owned(), "default");
        config.set("lang", "en".to_owned(), "default");
        config.set("color", "auto".to_owned(), "default");
        Ok(config)
    }

    /// A value, if it is set.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|setting| setting.value.as_str())
    }

    /// The store's URL.
    pub(crate) fn url(&self) -> &str {
        self.get("url").unwrap_or(DEFAULT_URL)
    }

    /// The tenant.
    pub(crate) fn tenant(&self) -> &str {
        self.get("tenant").unwrap_or(DEFAULT_TENANT)
    }

    /// Every value that is set.
    pub(crate) fn settings(&self) -> impl Iterator<Item = (&'static str, &Setting)> {
        self.values.iter().map(|(key, setting)| (*key, setting))
    }

    /// Sets what nothing before has set.
    fn set(&mut self, key: &'static str, value: String, origin: &str) {
        self.values.entry(key).or_insert_with(|| Setting { value, origin: origin.to_owned() });
    }

    /// Sets what nothing before has set from a file of its own, which is not opened otherwise.
    fn set_secret(&mut self, key: &'static str, path: &Path, origin: &str) -> Result<(), Failure> {
        if !self.values.contains_key(key) {
            self.set(key, secret_of(path)?, origin);
        }
        Ok(())
    }

    /// Reads the variables; an empty one says nothing.
    fn read_environment(&mut self) -> Result<(), Failure> {
        for (key, secret) in KEYS {
            let name = format!("HELPDESK_{}", key.to_uppercase());
            match std::env::var(&name) {
                Ok(value) if value.is_empty() => {}
                Ok(value) => self.set(key, value, &name),
                Err(std::env::VarError::NotPresent) => {}
                Err(std::env::VarError::NotUnicode(_)) => {
                    return Err(unusable(&name, Saying::new("it is not UTF-8", "es ist kein UTF-8")));
                }
            }
            let file = format!("{name}_FILE");
            if let Some(path) = secret.then(|| std::env::var_os(&file)).flatten().filter(|path| !path.is_empty()) {
                self.set_secret(key, Path::new(&path), &file)?;
            }
        }
        Ok(())
    }

    fn read_file(&mut self, path: &Path, origin: &str) -> Result<(), Failure> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Failure::io(origin, error)),
        };
        let table: toml::Table =
            text.parse().map_err(|error: toml::de::Error| unusable(origin, Saying::command(error.message())))?;
        for (name, value) in table {
            let Some(value) = value.as_str() else {
                let problem = Saying::new(format!("{name} is not a text"), format!("{name} ist kein Text"));
                return Err(unusable(origin, problem));
            };
            let known = KEYS.into_iter().find(|(key, _)| *key == name);
            let secret = KEYS.into_iter().find(|(key, secret)| *secret && name == format!("{key}_file"));
            match (known, secret) {
                (Some((key, _)), _) => self.set(key, value.to_owned(), origin),
                (None, Some((key, _))) => self.set_secret(key, Path::new(value), origin)?,
                (None, None) => {
                    let problem =
                        Saying::new(format!("{name} is not a setting"), format!("{name} ist keine Einstellung"));
                    return Err(unusable(origin, problem));
                }
            }
        }
        Ok(())
    }
}

/// A URL for people: without the passwords in it. One that is not written as it should be is rather masked too much.
pub(crate) fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let authority = rest.find(['/', '?', '#']).map_or(rest, |end| &rest[..end]);
    let login = authority.rfind('@').or_else(|| rest.rfind('@'));
    let (login, place) = login.map_or(("", rest), |at| rest.split_at(at));
    let login = login.split_once(':').map_or_else(|| login.to_owned(), |(user, _)| format!("{user}:***"));
    let Some((place, query)) = place.split_once('?') else { return format!("{scheme}://{login}{place}") };
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, _)) if name.to_lowercase().contains("password") => format!("{name}=***"),
        _ => pair.to_owned(),
    };
    format!("{scheme}://{login}{place}?{}", query.split('&').map(pair).collect::<Vec<_>>().join("&"))
}

fn user_file() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))?;
    Some(folder.join("helpdesk").join("config.toml"))
}

fn secret_of(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(|error| Failure::io(path.display().to_string(), error))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn color_name(color: ColorChoice) -> &'static str {
    match color {
        ColorChoice::Auto => "auto",
        ColorChoice::Always => "always",
        ColorChoice::Never => "never",
    }
}

fn unusable(place: &str, problem: Saying) -> Failure {
    let known = KEYS.map(|(key, _)| key).join(", ");
    let Saying { en, de } = problem;
    let message = Saying::new(format!("{place}: {en}"), format!("{place}: {de}"));
    let hint =
        Saying::new(format!("settings are {known}, each a text"), format!("Einstellungen sind {known}, jede ein Text"));
    Failure::Settings { message, hint }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn passwords_are_masked_and_nothing_else() {
        assert_eq!(masked("postgres://desk:s3cret@db:5432/desk"), "postgres://desk:***@db:5432/desk");
        assert_eq!(masked("postgres://a:b@c@db"), "postgres://a:***@db");
        assert_eq!(masked("postgres://desk@db/x"), "postgres://desk@db/x");
        assert_eq!(masked("postgres://d@db/x?sslmode=on&password=s3cret"), "postgres://d@db/x?sslmode=on&password=***");
        assert_eq!(masked("mysql://desk:s3/c?ret@db"), "mysql://desk:***@db");
        assert_eq!(masked("mysql://db:3306/x?ssl=on"), "mysql://db:3306/x?ssl=on");
        assert_eq!(masked("sqlite:helpdesk.db"), "sqlite:helpdesk.db");
    }
}
