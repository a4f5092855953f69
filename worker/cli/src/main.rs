//! The program `whimbrel`: from arguments to an exit code.

use clap::Parser;
use cli::args::evaluate::EvaluateCommand;
use cli::args::{Args, Command};
use cli::commands;
use cli::config::load;
use cli::screen::Screen;
use cli::telemetry;
use std::path::Path;
use std::process::ExitCode;

/// Messages make many small strings and free them at once, over several threads; this allocator keeps less of them back.
#[cfg(unix)]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    if let Command::ParseDocument(parse) = &args.command {
        return commands::parse_document::run(parse);
    }
    let screen = Screen::new(args.json);
    match run(args, &screen) {
        Ok(code) => code,
        Err(error) => {
            screen.error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(args: Args, screen: &Screen) -> anyhow::Result<ExitCode> {
    let loading = load::load(args.config.as_deref().map(Path::new), args.data_dir.as_deref());
    if let Command::Config = args.command {
        return commands::config::run(loading, screen);
    }
    let mut config = loading?;
    if matches!(args.command, Command::Demo(_)) && config.log.level == "info" {
        // The table is what the demo shows; a fault still shows.
        config.log.level = "error".to_owned();
    }
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let telemetry = telemetry::init(&config, tokio.handle())?;
    let metrics = telemetry.metrics.clone();
    let ended = tokio.block_on(async move {
        match args.command {
            Command::Demo(demo) => commands::demo::run(&config, &demo, metrics, screen).await,
            Command::Worker(worker) => commands::worker::run(&config, &worker, metrics, screen).await,
            Command::Setup { command } => commands::setup::run(&config, &command, screen).await,
            Command::Enqueue(enqueue) => commands::enqueue::run(&config, &enqueue, screen),
            Command::Ask(ask) => commands::ask::run(&config, &ask, screen).await,
            Command::Explain(explain) => commands::explain::run(&config, &explain, screen).await,
            Command::Knowledge { command } => commands::knowledge::run(&config, &command, screen).await,
            Command::Learn(learn) => commands::learn::run(&config, &learn, screen).await,
            Command::Evaluate { command } => match &command {
                EvaluateCommand::Intents(intents) => commands::evaluate_intents::run(&config, intents, screen).await,
                EvaluateCommand::Retrieval(retrieval) => commands::evaluate_retrieval::run(&config, retrieval, screen).await,
            },
            Command::Simulate(simulate) => commands::simulate::run::run(&config, &simulate, screen).await,
            Command::Watch(watch) => commands::watch::run(&config, &watch, screen).await,
            Command::Prompts { command } => commands::prompts::run(&command, screen),
            Command::Fetch { command } => commands::fetch::run(&config, &command, screen).await,
            Command::Dead { command } => commands::dead::run(&config, &command, screen).await,
            Command::Status => commands::status::run(&config, screen).await,
            Command::Pause => commands::pause::run(&config, true, screen).await,
            Command::Resume => commands::pause::run(&config, false, screen).await,
            Command::Doctor => commands::doctor::run(&config, screen).await,
            Command::Config | Command::ParseDocument(_) => Ok(ExitCode::SUCCESS),
        }
    });
    telemetry.finish();
    ended
}
