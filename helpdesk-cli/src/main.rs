//! The `helpdesk` command: a thin adapter. Each command is parsed, asks the desk once, and prints what it answers; no
//! rule lives in this crate.

mod args;
mod backend;
mod commands;
mod config;
mod demo;
mod env;
mod exit;
mod failure;
#[cfg(feature = "webhook-http")]
mod http;
mod lang;
mod output;
mod place;

use std::process::ExitCode;

use clap::Parser;
use helpdesk_core::text::Language;

use crate::args::Cli;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::Phrase;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => {
            let as_json = cli.global.json.is_some() || cli.global.jsonl;
            let verbose = cli.global.verbose > 0;
            let language = Unread::now().language;
            match run(cli) {
                Ok(()) => ExitCode::SUCCESS,
                Err((failure, configured)) => {
                    failure.tell(as_json, verbose, configured.unwrap_or(language));
                    ExitCode::from(failure.exit_code())
                }
            }
        }
        Err(error) => usage(&error),
    }
}

/// Runs the command. A failure comes with the language to tell it in, if that was read.
fn run(cli: Cli) -> Result<(), (Failure, Option<Language>)> {
    let env = Env::new(&cli.global).map_err(|failure| (failure, None))?;
    let language = Some(env.output.language);
    let is_long = cli.noun.is_long();
    let mut runtime = if is_long {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    let runtime = runtime.enable_all().build().map_err(|error| (Failure::io("runtime", error), language))?;
    let done = runtime.block_on(async {
        let done = tokio::select! {
            biased;
            // Long work hears it by itself and ends after its batch.
            Ok(()) = tokio::signal::ctrl_c(), if !is_long => {
                Err(Failure::Interrupted { hint: lang::LOOK_FIRST.into() })
            }
            done = commands::run(cli.noun, &env) => done,
        };
        let closed = tokio::select! {
            closed = env.close() => closed,
            // It was pressed again: the store takes a killed process.
            Ok(()) = tokio::signal::ctrl_c(), if matches!(done, Err(Failure::Interrupted { .. })) => Ok(()),
        };
        done.and(closed)
    });
    // A thread that still waits for standard input must not keep the process.
    runtime.shutdown_background();
    done.map_err(|failure| (failure, language))
}

/// Help and versions are no failures; everything else is one of grammar.
fn usage(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        // Nobody may be reading any more.
        drop(error.print());
        return ExitCode::SUCCESS;
    }
    let is_help = error.kind() == clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    let Unread { as_json, language } = Unread::now();
    if as_json || (language == Language::De && !is_help) {
        let hint = Phrase("see `helpdesk --help`", "siehe `helpdesk --help`").into();
        Failure::Usage { message: lang::grammar(error), hint }.tell(as_json, false, language);
    } else {
        // The parser's own page, which has the usage of the command and what may have been meant.
        drop(error.print());
        if !is_help {
            drop(std::io::Write::write_all(&mut anstream::stderr(), b"code:  usage\n"));
        }
    }
    ExitCode::from(exit::USAGE)
}

/// How to tell what goes wrong before the arguments and the configuration are read: by what can be seen of them.
struct Unread {
    as_json: bool,
    language: Language,
}

impl Unread {
    fn now() -> Self {
        let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
        let as_json = args.iter().any(|arg| arg == "--json" || arg.starts_with("--json=") || arg == "--jsonl");
        let after = args.iter().position(|arg| arg == "--lang").and_then(|at| args.get(at + 1)).map(String::as_str);
        let flag = after.or_else(|| args.iter().find_map(|arg| arg.strip_prefix("--lang=")));
        let set = std::env::var("HELPDESK_LANG").ok();
        let language = if flag.or(set.as_deref()) == Some("de") { Language::De } else { Language::En };
        Self { as_json, language }
    }
}
