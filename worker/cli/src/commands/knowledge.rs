//! `whimbrel knowledge list|search|show|hide|unhide|remove|history`.

use crate::args::{CurateArgs, HistoryArgs, KnowledgeCommand, PassageArgs, RemoveArgs, SearchArgs};
use crate::config::Config;
use crate::home::Home;
use crate::screen::{Screen, moment};
use crate::wiring::{self, Knowledge};
use anyhow::{Context, bail};
use jiff::Timestamp;
use knowledge::curation::{Act, Curation, Target};
use knowledge::document::DocumentKey;
use knowledge::source::SourceId;
use serde_json::json;
use std::process::ExitCode;
use triage::evidence::{PassageId, Query};
use triage::language::Language;
use triage::ports::Retriever;

/// Looks into the knowledge or curates it.
pub async fn run(config: &Config, command: &KnowledgeCommand, screen: &Screen) -> anyhow::Result<ExitCode> {
    let knowledge = wiring::knowledge(config, &Home::open(&config.data_dir)?)?;
    match command {
        KnowledgeCommand::List => list(&knowledge, screen).await,
        KnowledgeCommand::Search(args) => search(&knowledge, args, screen).await,
        KnowledgeCommand::Show(args) => show(&knowledge, args, screen).await,
        KnowledgeCommand::Hide(args) => curate(&knowledge, Act::Hide, args, screen).await,
        KnowledgeCommand::Unhide(args) => curate(&knowledge, Act::Unhide, args, screen).await,
        KnowledgeCommand::Remove(args) => remove(&knowledge, args, screen).await,
        KnowledgeCommand::History(args) => history(&knowledge, args, screen).await,
        KnowledgeCommand::Add(_) | KnowledgeCommand::Sync(_) => bail!("this command is carried out elsewhere"),
    }
}

async fn list(knowledge: &Knowledge, screen: &Screen) -> anyhow::Result<ExitCode> {
    let sources = knowledge.store.sources().await?;
    screen.json(&sources)?;
    if sources.is_empty() {
        screen.line("There are no sources yet: `whimbrel knowledge add PATH` adds one.");
        return Ok(ExitCode::SUCCESS);
    }
    let rows = sources.iter().map(|summary| {
        let synced = summary.synced_at.map_or("never".to_owned(), moment);
        vec![
            summary.source.id.to_string(),
            summary.documents.to_string(),
            summary.passages.to_string(),
            summary.hidden.to_string(),
            synced,
            summary.source.location.clone(),
        ]
    });
    screen.table(&["source", "documents", "passages", "hidden", "synced", "from"], rows.collect());
    Ok(ExitCode::SUCCESS)
}

async fn search(knowledge: &Knowledge, args: &SearchArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let query = Query {
        text: args.text.clone(),
        language: args.language.as_deref().map(Language::parse).transpose().context("--language")?,
        intent: None,
        as_of: args.as_of.unwrap_or_else(Timestamp::now),
        exclude_ticket: None,
        passages_max: args.limit,
    };
    let found = knowledge.retriever.retrieve(&query).await?;
    screen.json(&found)?;
    if found.passages.is_empty() {
        screen.line("Nothing found. `whimbrel knowledge list` shows what there is.");
    }
    for passage in &found.passages {
        screen.line(format!("{:.2}  {}  {}/{} › {}", passage.score, passage.id, passage.source, passage.document, passage.title));
        if let Some(question) = &passage.question {
            screen.line(format!("      Q {}", question.replace('\n', " / ")));
        }
        screen.line(format!("      {}", passage.text.replace('\n', " / ")));
    }
    Ok(ExitCode::SUCCESS)
}

async fn show(knowledge: &Knowledge, args: &PassageArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let id = PassageId(args.passage.clone());
    let Some(chunk) = knowledge.store.passages(std::slice::from_ref(&id)).await?.into_iter().next() else {
        bail!("there is no passage {id}: `whimbrel knowledge search` prints ids; a changed or removed document has new ones or none");
    };
    screen.json(&chunk)?;
    let until = chunk.valid_to.map_or("now".to_owned(), moment);
    screen.line(format!("{}/{} › {}", chunk.source, chunk.document.0, chunk.title));
    screen.line(format!("version {}, valid from {} to {until}", chunk.version, moment(chunk.valid_from)));
    if let Some(question) = &chunk.question {
        screen.line(format!("Q {question}"));
    }
    screen.line(&chunk.text);
    Ok(ExitCode::SUCCESS)
}

async fn curate(knowledge: &Knowledge, act: Act, args: &CurateArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let target = target(knowledge, &args.target).await?;
    let curation = Curation { act, target, by: args.by.clone(), why: args.why.clone() };
    if !knowledge.store.curate(&curation, Timestamp::now()).await? {
        bail!("there is no `{}`: name a passage's id, SOURCE/DOCUMENT, or a source", args.target);
    }
    screen.line(match act {
        Act::Hide => format!("{} is hidden: no search finds it from now on.", args.target),
        Act::Unhide => format!("{} can be found again.", args.target),
        Act::Pin => format!("{} stands before others.", args.target),
        Act::Unpin => format!("{} stands where its score puts it.", args.target),
    });
    screen.json(&curation)?;
    Ok(ExitCode::SUCCESS)
}

/// A source by its name, a document as SOURCE/DOCUMENT, else a passage.
async fn target(knowledge: &Knowledge, text: &str) -> anyhow::Result<Target> {
    let sources = knowledge.store.sources().await?;
    if sources.iter().any(|summary| summary.source.id.0 == text) {
        return Ok(Target::Source { source: SourceId(text.to_owned()) });
    }
    Ok(match text.split_once('/') {
        Some((source, document)) => Target::Document { source: SourceId(source.to_owned()), document: DocumentKey(document.to_owned()) },
        None => Target::Passage { passage: PassageId(text.to_owned()) },
    })
}

async fn remove(knowledge: &Knowledge, args: &RemoveArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    if !knowledge.store.remove_source(&SourceId(args.source.clone()), Timestamp::now()).await? {
        bail!("there is no source `{}`: `whimbrel knowledge list` shows them", args.source);
    }
    screen.line(format!("{} is removed: no search finds it from now on, and its text is gone from the files.", args.source));
    screen.line("A classifier that was trained on it still knows its words: run `whimbrel learn` again.");
    screen.json(&json!({ "removed": args.source }))?;
    Ok(ExitCode::SUCCESS)
}

async fn history(knowledge: &Knowledge, args: &HistoryArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let (source, document) = args.document.split_once('/').context("name the document as SOURCE/DOCUMENT")?;
    let (versions, audit) = knowledge.store.history(&SourceId(source.to_owned()), &DocumentKey(document.to_owned())).await?;
    if versions.is_empty() {
        bail!("there is no document {document} in {source}: `whimbrel knowledge search` prints both names");
    }
    screen.json(&json!({ "versions": versions, "audit": audit }))?;
    let rows = versions.iter().map(|line| {
        let until = line.valid_to.map_or("now".to_owned(), moment);
        vec![line.version.clone(), moment(line.valid_from), until, line.passages.to_string(), line.title.clone()]
    });
    screen.table(&["version", "valid from", "to", "passages", "title"], rows.collect());
    for line in &audit {
        let why = if line.why.is_empty() { String::new() } else { format!(": {}", line.why) };
        screen.line(format!("{}  {}  {}{why}", moment(line.at), line.by, line.what));
    }
    Ok(ExitCode::SUCCESS)
}
