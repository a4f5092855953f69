//! `whimbrel simulate TICKETS`: from a file of past tickets to a report.

use crate::args::simulate::{SimulateArgs, SimulateCommand};
use crate::commands::knowledge_sync::spinner;
use crate::commands::learn::SEED;
use crate::commands::simulate::blocks::Replay;
use crate::commands::simulate::documents::{Documents, bring, contradicting};
use crate::commands::simulate::folder::{Facts, LineWriter, RunFolder, check_empty};
use crate::commands::simulate::world::World;
use crate::commands::simulate::{apply, gaps, gate, input, label, reporting};
use crate::config::{Config, EmbedderKind};
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring;
use crate::wiring::simulated::{SimulatedModel, described};
use adapters::digest;
use anyhow::{Context, bail};
use indicatif::ProgressBar;
use simulations::mind::Mind;
use simulations::report::data::{Mode, Prices, Report, Setup};
use simulations::report::verdict::{corrected, show};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use triage::hash;
use triage::policy::{Ceiling, Policy};
use triage::terms::Terms;

/// Blocks that a run needs at least: one to learn from, one to calibrate on, one to choose dials on, one to try them on.
pub const BLOCKS_MIN: usize = 4;

/// Runs a simulation, or does something with one that is there.
pub async fn run(config: &Config, args: &SimulateArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    match &args.command {
        Some(SimulateCommand::Label(label)) => return label::run(config, label, screen).await,
        Some(SimulateCommand::Gaps(gaps)) => return gaps::run(config, gaps, screen).await,
        Some(SimulateCommand::Gate(gate)) => return gate::run(config, gate, screen),
        Some(SimulateCommand::Apply(apply)) => return apply::run(config, apply, screen),
        None => {}
    }
    let path = args.tickets.as_deref().context("name a file of past tickets")?;
    if args.blocks < BLOCKS_MIN {
        bail!("--blocks {} is too few: at least {BLOCKS_MIN}", args.blocks);
    }
    let tickets_digest = digest::of_file(Path::new(path)).with_context(|| input::unopened(path))?;
    let home = Home::open(&config.data_dir)?;
    let config = &embedding(config, args.lexical);
    let (mind, judge) = (args.mind.mind(), args.judge || (args.mind.mind().asks_a_model() && !args.no_judge));
    let model = (mind.asks_a_model() || judge).then(|| SimulatedModel::open(config, &home)).transpose()?;
    let (terms, assumed_open) = terms(config, &home, args.open)?;
    let bar = spinner(screen, "reading documents");
    let staging =
        tempfile::Builder::new().prefix("whimbrel-simulation-").tempdir().context("cannot make a temporary folder: is TMPDIR writable?")?;
    let world = World::create(config, staging.path())?;
    let documents = bring(config, &home, args, &world).await?;
    let compared_with = args.compare.as_deref().map(|name| RunFolder::find(&home, Some(name))).transpose()?;
    let compared = compared_with.as_ref().map(|folder| folder.path().to_path_buf());
    let mut setup = setup(args, path, &terms, assumed_open, world.embedder.name());
    (setup.mind, setup.judge) = (mind, judge);
    setup.model = model.as_ref().map(|_| described(config)).transpose()?;
    setup.documents_from = documents.from.clone();
    setup.run = hash::of(&(&setup, tickets_digest, &documents.digest, &compared, &args.columns, &args.time_zone));
    let folder = RunFolder::new(&home, args.out.as_deref(), &setup.run);
    check_empty(&folder)?;
    let known = folder.facts().ok().filter(|facts| facts.setup.run == setup.run && folder.file("report.html").exists());
    let is_known = known.is_some() && !args.again;
    if !is_known {
        folder.make()?;
        start_anew(&folder, &setup.run, args.again)?;
        let ground = Ground { config, world: &world, documents, terms: &terms, model: model.as_ref(), compared };
        decide_all(ground, args, path, setup, &folder, &bar, screen).await?;
    }
    bar.set_message("writing the report");
    let report = reporting::write(&folder, &terms.policy, world.embedder.clone()).await?;
    let _kept = std::fs::remove_dir_all(folder.work());
    bar.finish_and_clear();
    print(screen, &report, &folder, is_known);
    screen.json(&report)?;
    Ok(if report.audit.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What a run stands on.
struct Ground<'a> {
    config: &'a Config,
    world: &'a World,
    documents: Documents,
    terms: &'a Terms,
    model: Option<&'a SimulatedModel>,
    compared: Option<PathBuf>,
}

/// Decides every ticket and writes the lines and facts of the run.
async fn decide_all(
    ground: Ground<'_>,
    args: &SimulateArgs,
    path: &str,
    setup: Setup,
    folder: &RunFolder,
    bar: &ProgressBar,
    screen: &Screen,
) -> anyhow::Result<()> {
    let Ground { config, world, documents, terms, model, compared } = ground;
    bar.set_message("reading tickets");
    let input = input::read(args, path, &folder.work())?;
    let replay = Replay {
        input: &input,
        world,
        policy: terms.policy.clone(),
        catalog: terms.catalog.clone(),
        args,
        folder,
        documents: &documents.digest,
        concurrency: args.concurrency.unwrap_or_else(|| match model {
            Some(_) => config.model.calls.concurrency_max,
            None => std::thread::available_parallelism().map_or(1, usize::from),
        }),
        mind: setup.mind,
        model,
        judge: setup.judge,
    };
    let contradicting = contradicting(world, &documents.chunks).await?;
    let replayed = replay.run(bar, screen).await?;
    let counted = args.blocks - replayed.counted_from;
    let facts = Facts {
        second_from_block: replayed.counted_from + counted.div_ceil(2),
        documents: documents.names,
        contradicting,
        audit: replayed.audit,
        compared_with: compared.as_deref().map(canonical),
        setup,
    };
    join(folder, args.blocks, &input.refused)?;
    Home::replace(&folder.file("facts.json"), &serde_json::to_vec_pretty(&facts)?)
}

/// The configuration, with the embedder that knows words and letters alone where that is asked for.
fn embedding(config: &Config, lexical: bool) -> Config {
    let mut config = config.clone();
    if lexical {
        config.embedder.kind = EmbedderKind::Letters;
    }
    config
}

fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// What the operator set down; where no ceiling is named, every intent is replayed as if it might be answered.
fn terms(config: &Config, home: &Home, open: bool) -> anyhow::Result<(Terms, bool)> {
    let terms = wiring::terms(config, home)?;
    let names_none = terms.policy.ceilings.is_empty() && terms.policy.default_ceiling <= Ceiling::Draft;
    if !names_none && !open {
        return Ok((terms, false));
    }
    let mut policy = Policy { default_ceiling: Ceiling::Reply, ..terms.policy.clone() };
    policy.ceilings.values_mut().filter(|ceiling| **ceiling != Ceiling::Off).for_each(|ceiling| *ceiling = Ceiling::Reply);
    Ok((Terms::new(policy, terms.catalog.clone(), terms.gate.clone()), true))
}

fn setup(args: &SimulateArgs, path: &str, terms: &Terms, assumed_open: bool, embedder: &str) -> Setup {
    Setup {
        run: String::new(),
        tickets_file: Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default(),
        mode: if args.today { Mode::DocumentsOfToday } else { Mode::AsItWas },
        documents_from: String::new(),
        dial: terms.policy.max_wrong_per_100,
        assumed_open,
        blocks: args.blocks,
        repeats: args.repeats,
        history_max: args.history_max,
        examples_max: args.examples_max,
        embedder: embedder.to_owned(),
        mind: Mind::Local,
        model: None,
        judge: false,
        policy: terms.policy_hash.clone(),
        seed: SEED,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        prices: Prices {
            minutes_per_ticket: args.minutes_per_ticket,
            hour_usd: args.hour_usd,
            per_resolution_usd: args.per_resolution_usd,
            per_ticket_usd: args.per_ticket_usd,
        },
    }
}

/// Blocks of this very run are kept, those of another one are thrown away.
fn start_anew(folder: &RunFolder, run: &str, again: bool) -> anyhow::Result<()> {
    let name = folder.work().join("run");
    let is_same = std::fs::read_to_string(&name).is_ok_and(|kept| kept == run);
    if !is_same || again {
        std::fs::remove_dir_all(folder.work()).and_then(|()| std::fs::create_dir_all(folder.work()))?;
        for finished in ["report.json", "report.html", "tickets.jsonl", "facts.json", "labels.jsonl"] {
            let _absent = std::fs::remove_file(folder.file(finished));
        }
    }
    Home::replace(&name, run.as_bytes())
}

/// All blocks as one file, byte by byte, behind what could not be read.
fn join(folder: &RunFolder, blocks: usize, refused: &Path) -> anyhow::Result<()> {
    let mut lines = LineWriter::create(&folder.file("tickets.jsonl"))?;
    lines.append(refused)?;
    (0..blocks).try_for_each(|block| lines.append(&folder.block(block)))?;
    lines.finish()
}

fn print(screen: &Screen, report: &Report, folder: &RunFolder, is_known: bool) {
    if is_known {
        screen.remark("this very run stands already: nothing was decided again (--again does)");
    }
    screen.line(format!("{} {}", report.headline.sentence, report.headline.replies));
    if let Some(by) = &report.headline.corrected {
        screen.line(corrected(by));
    }
    let rows = report.split.iter().map(|part| vec![part.what.word().to_owned(), part.count.count.to_string(), show(&part.rate)]);
    screen.table(&["what would have been done", "tickets", "share"], rows.collect());
    let rows = report.definitions.iter().map(|rung| {
        let rate = rung.not_measured.as_ref().map_or_else(|| show(&rung.rate), |why| format!("not measured: {why}"));
        vec![rung.definition.name().to_owned(), rung.count.count.to_string(), rate]
    });
    screen.table(&["resolved, by definition (estimated)", "tickets", "share"], rows.collect());
    for part in &report.left_out {
        screen.line(format!("not counted: {} ({})", part.count.count, part.what.sentence()));
    }
    let audit = &report.audit;
    let verdict = if audit.is_clean() { "passed" } else { "FAILED" };
    screen.line(format!(
        "Leak audit {verdict}: {} passages seen, {} younger than their ticket, {} of its own answer; {} of {} planted answers came through.",
        audit.passages, audit.younger, audit.own, audit.canaries_retrieved, audit.canaries
    ));
    if let Some(against) = &report.against {
        screen.line(format!(
            "Against run {}: {} better, {} worse, {} the same.",
            against.before, against.better, against.worse, against.same
        ));
    }
    if report.names_no_intent() {
        screen.line("No ticket says what it was about, so that nothing could be learned or compared: name where that stands with --column intent=… (docs/tickets.md).");
    }
    screen.line(format!("Report: {}", folder.file("report.html").display()));
}
