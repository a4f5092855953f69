//! A cascade that is run again: the model's answers come from the disk. Its rate stands beside the local mind's in the same run.

use crate::measure::Timer;
use crate::{simulate_with, write_tickets};
use clap::Parser;
use cli::args::Args;
use cli::config::load::load;
use cli::config::model::ModelKind;
use std::path::Path;
use tests::model::brain::{Asked, grounded};
use tests::model::server::{MODEL, ModelServer, Script};

/// Tickets that are replayed when nothing else is asked for.
pub(crate) const TICKETS: usize = 4_000;

/// Runs the local mind, a cascade, and the cascade again.
pub(crate) fn rerun(tokio: &tokio::runtime::Runtime, folder: &Path, tickets: usize) {
    // The tickets' words are made up: they are in no language, for the local mind and for the model.
    let in_no_language = |asked: &Asked| grounded(asked).replace(r#""language":"en""#, r#""language":null"#);
    let server = tokio.block_on(ModelServer::start(Script::of(in_no_language))).unwrap();
    let file = folder.join("asked.jsonl");
    write_tickets(&file, tickets);
    let data = folder.join("data-model").to_string_lossy().into_owned();
    let mut config = load(None, Some(&data)).unwrap();
    (config.model.kind, config.model.base_url, config.model.name) = (ModelKind::Openai, server.url(), MODEL.to_owned());
    config.model.caps.call_usd = 0.0;
    (config.model.caps.ticket_usd, config.model.caps.day_usd, config.model.caps.month_usd) = (0.0, 0.0, 0.0);
    let run = |out: &str, mind: &str| {
        let (file, out) = (file.to_string_lossy().into_owned(), folder.join(out).to_string_lossy().into_owned());
        let fixed = ["whimbrel", "simulate", &file, "--out", &out, "--blocks", "4", "--examples-max", "300", "--mind", mind];
        let timer = Timer::start();
        simulate_with(tokio, &config, Args::parse_from(fixed.iter().chain(&["--no-judge", "--again"])));
        let report: serde_json::Value = serde_json::from_slice(&std::fs::read(Path::new(&out).join("report.json")).unwrap()).unwrap();
        (timer.cpu_s(), report["money"]["sums"]["model_asked"].as_u64().unwrap_or(0))
    };
    let (local, _) = run("asked-local", "local");
    let (first, asked) = run("asked-first", "cascade");
    let calls = server.calls();
    let (again, _) = run("asked-first", "cascade");
    println!(
        "{tickets} tickets, the model asked about {asked} counted ones in {calls} calls: {local:.1} s of CPU with the local mind, {first:.1} s as a cascade (client \
         and scripted server), {again:.1} s again with its answers from the disk: {:.0} % of the local rate, {} calls",
        local / again * 100.0,
        server.calls() - calls
    );
}
