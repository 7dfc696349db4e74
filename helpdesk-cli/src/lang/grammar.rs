//! What is wrong with the grammar of a command line, in both languages: the English is the parser's, the German says the
//! same by the sort of error and the argument it names.

use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use super::Saying;

/// What is wrong, in one line.
pub(crate) fn grammar(error: &Error) -> Saying {
    let rendered = error.to_string();
    let english = rendered.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
    let named = |kind| error.get(kind).map(told).unwrap_or_default();
    let argument = named(ContextKind::InvalidArg);
    let german = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = named(ContextKind::InvalidValue);
            let choices = named(ContextKind::ValidValue);
            let choices = if choices.is_empty() { choices } else { format!("; möglich ist {choices}") };
            if value.is_empty() {
                format!("{argument} braucht einen Wert{choices}")
            } else {
                format!("{argument} kann nicht {value} sein{choices}")
            }
        }
        ErrorKind::UnknownArgument => format!("das Argument {argument} ist nicht bekannt"),
        ErrorKind::InvalidSubcommand => {
            format!("den Befehl {} gibt es nicht", named(ContextKind::InvalidSubcommand))
        }
        ErrorKind::NoEquals => format!("{argument} nimmt einen Wert nur mit = an"),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{argument} hat nicht so viele Werte, wie es braucht")
        }
        ErrorKind::ArgumentConflict => {
            let other = named(ContextKind::PriorArg);
            if other.is_empty() || other == argument {
                format!("{argument} darf nur einmal stehen")
            } else {
                format!("{argument} passt nicht zu {other}")
            }
        }
        ErrorKind::MissingRequiredArgument => format!("es fehlt: {argument}"),
        ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            "es fehlt ein Befehl".to_owned()
        }
        ErrorKind::InvalidUtf8 => "ein Argument ist kein UTF-8".to_owned(),
        _ => english.clone(),
    };
    Saying::new(english, german)
}

fn told(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => format!("'{text}'"),
        ContextValue::Strings(texts) => texts.join(", "),
        other => other.to_string(),
    }
}
