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
mod lang;
mod output;

use std::process::ExitCode;

use clap::Parser;
use helpdesk_core::text::Language;

use crate::args::{Cli, Tongue};
use crate::env::Env;
use crate::failure::Failure;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => {
            let as_json = cli.global.json.is_some() || cli.global.jsonl;
            let verbose = cli.global.verbose > 0;
            let language = if cli.global.lang == Some(Tongue::De) { Language::De } else { Language::En };
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
    let mut runtime = if cli.noun.is_long() {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    let runtime = runtime.enable_all().build().map_err(|error| (Failure::io("runtime", error), language))?;
    let done = runtime.block_on(async {
        let done = commands::run(cli.noun, &env).await;
        let closed = env.close().await;
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
    let as_json = std::env::args_os().any(|arg| {
        let arg = arg.to_string_lossy();
        arg == "--json" || arg.starts_with("--json=") || arg == "--jsonl"
    });
    if as_json {
        let rendered = error.to_string();
        let message = rendered.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let hint = "see `helpdesk --help`".to_owned();
        Failure::Usage { message, hint }.tell(true, false, Language::En);
    } else {
        drop(error.print());
        if error.kind() != clap::error::ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
            drop(std::io::Write::write_all(&mut anstream::stderr(), b"code:  usage\n"));
        }
    }
    ExitCode::from(exit::USAGE)
}
