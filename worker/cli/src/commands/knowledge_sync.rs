//! `whimbrel knowledge add` and `sync`: sources are read and what changed is taken in.

use crate::args::{AddArgs, Kind, SyncArgs};
use crate::config::Config;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring::{self, Knowledge};
use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use knowledge::source::{Source, SourceId, SourceKind};
use knowledge::sync::{Step, SyncReport};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;
use triage::language::Language;

/// Refused documents that are printed one by one; the rest is counted.
const REFUSED_SHOWN_MAX: usize = 20;

/// Adds a source and syncs it.
pub async fn add(config: &Config, args: &AddArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let path = Path::new(&args.path);
    if !path.exists() {
        bail!("{} does not exist: name a folder of documents, a document, or a file of past tickets", path.display());
    }
    let name = args.name.clone().or_else(|| path.file_name().map(|name| name.to_string_lossy().into_owned())).unwrap_or_default();
    if name.is_empty() || name.contains('/') {
        bail!("a source needs a name without `/`: give one with --name");
    }
    let kind = match args.kind {
        Kind::Documents => SourceKind::Folder,
        Kind::Tickets => SourceKind::Tickets { columns: columns(&args.columns)? },
    };
    let language = args.language.as_deref().map(Language::parse).transpose().context("--language")?;
    let location = std::fs::canonicalize(path).with_context(|| format!("cannot open {}", path.display()))?.to_string_lossy().into_owned();
    let source = Source { id: SourceId(name), kind, location, language, valid_from: args.valid_from };
    let knowledge = wiring::knowledge(config, &Home::open(&config.data_dir)?)?;
    knowledge.store.put_source(&source, Timestamp::now()).await?;
    let reports = vec![sync_one(&knowledge, &source, screen).await?];
    finish(screen, &reports)
}

/// Syncs one source or all.
pub async fn sync(config: &Config, args: &SyncArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let knowledge = wiring::knowledge(config, &Home::open(&config.data_dir)?)?;
    let sources: Vec<Source> = knowledge.store.sources().await?.into_iter().map(|summary| summary.source).collect();
    if let Some(name) = args.source.as_ref().filter(|name| !sources.iter().any(|source| source.id.0 == **name)) {
        bail!("there is no source `{name}`: `whimbrel knowledge list` shows them, `whimbrel knowledge add PATH` adds one");
    }
    let mut reports = Vec::new();
    for source in sources.iter().filter(|source| args.source.as_ref().is_none_or(|name| source.id.0 == *name)) {
        reports.push(sync_one(&knowledge, source, screen).await?);
    }
    if reports.is_empty() {
        screen.line("There are no sources yet: `whimbrel knowledge add PATH` adds one.");
    }
    finish(screen, &reports)
}

/// Syncs one source with a progress line when a person watches.
pub async fn sync_one(knowledge: &Knowledge, source: &Source, screen: &Screen) -> anyhow::Result<SyncReport> {
    let bar = spinner(screen, &format!("reading {}", source.id));
    let report = knowledge
        .sync
        .run(source, Timestamp::now(), &mut |progress| {
            let verb = match progress.step {
                Step::Reading => "reading",
                Step::Embedding => "embedding",
            };
            let total = progress.total.map_or(String::new(), |total| format!(" of {total}"));
            bar.set_message(format!("{verb} {}: {}{total}", source.id, progress.done));
        })
        .await;
    bar.finish_and_clear();
    Ok(report?)
}

/// A spinner that is silent when nobody watches.
pub fn spinner(screen: &Screen, message: &str) -> ProgressBar {
    if !screen.is_watched() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner().with_message(message.to_owned());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// `FIELD=COLUMN` pairs.
pub fn columns(pairs: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    pairs
        .iter()
        .map(|pair| {
            let (field, column) =
                pair.split_once('=').with_context(|| format!("--column {pair}: write FIELD=COLUMN, such as text=Question"))?;
            Ok((field.trim().to_owned(), column.trim().to_owned()))
        })
        .collect()
}

fn finish(screen: &Screen, reports: &[SyncReport]) -> anyhow::Result<ExitCode> {
    for report in reports {
        screen.line(format!(
            "{}: {} added, {} changed, {} unchanged, {} gone; {} passages",
            report.source, report.added, report.changed, report.unchanged, report.gone, report.passages
        ));
        if report.without_answer > 0 {
            screen.line(format!("  {} tickets have no question or no answer of a person", report.without_answer));
        }
        if !report.reembedded.is_empty() {
            screen.line("  all sources were embedded anew: the embedder has changed");
        }
        for refused in report.refused.iter().take(REFUSED_SHOWN_MAX) {
            screen.line(format!("  left out: {}: {}", refused.name, refused.reason));
        }
        if report.refused.len() > REFUSED_SHOWN_MAX {
            screen.line(format!("  ... and {} more left out (--json lists all)", report.refused.len() - REFUSED_SHOWN_MAX));
        }
    }
    screen.json(&reports)?;
    Ok(ExitCode::SUCCESS)
}
