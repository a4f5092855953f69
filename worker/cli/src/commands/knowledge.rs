//! `whimbrel knowledge list|search|show|remove|history`; the verbs that curate and review are carried out next door.

use crate::args::{HistoryArgs, KnowledgeCommand, PassageArgs, RemoveArgs, SearchArgs};
use crate::commands::knowledge_curate::curate;
use crate::commands::knowledge_review::Counts;
use crate::commands::{knowledge_curate, knowledge_edit, knowledge_review, knowledge_sync};
use crate::config::Config;
use crate::config::ledger::LedgerKind;
use crate::home::Home;
use crate::screen::{Screen, moment};
use crate::wiring::{self, Knowledge};
use anyhow::{Context, bail};
use jiff::Timestamp;
use knowledge::curation::Act;
use knowledge::document::DocumentKey;
use knowledge::ports::store::SourceSummary;
use knowledge::source::SourceId;
use serde::Serialize;
use serde_json::json;
use std::process::ExitCode;
use triage::evidence::{PassageId, Query};
use triage::language::Language;
use triage::ports::Retriever;

/// Looks into the knowledge or curates it.
pub async fn run(config: &Config, command: &KnowledgeCommand, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let knowledge = wiring::knowledge(config, &home)?;
    match command {
        KnowledgeCommand::List => list(&knowledge, screen).await,
        KnowledgeCommand::Search(args) => search(&knowledge, args, screen).await,
        KnowledgeCommand::Show(args) => show(&knowledge, args, screen).await,
        KnowledgeCommand::Stale => knowledge_review::stale_list(&knowledge, screen).await,
        KnowledgeCommand::Contradictions(args) => knowledge_review::contradiction_list(&knowledge, args, screen).await,
        KnowledgeCommand::Audit(args) => knowledge_review::audit(&knowledge, args, screen).await,
        KnowledgeCommand::Edit(args) => knowledge_edit::run(&knowledge, args, screen).await,
        KnowledgeCommand::Remove(args) => remove(config, &home, &knowledge, args, screen).await,
        KnowledgeCommand::History(args) => history(&knowledge, args, screen).await,
        KnowledgeCommand::Add(args) => knowledge_sync::add(config, args, screen).await,
        KnowledgeCommand::Sync(args) => knowledge_sync::sync(config, args, screen).await,
        KnowledgeCommand::Hide(args) => curate(&knowledge, args, Act::Hide, screen).await,
        KnowledgeCommand::Unhide(args) => curate(&knowledge, args, Act::Unhide, screen).await,
        KnowledgeCommand::Pin(args) => curate(&knowledge, args, Act::Pin, screen).await,
        KnowledgeCommand::Unpin(args) => curate(&knowledge, args, Act::Unpin, screen).await,
        KnowledgeCommand::Boost(args) => curate(&knowledge, &args.curate, knowledge_curate::boost(args.factor)?, screen).await,
        KnowledgeCommand::Verify(args) => curate(&knowledge, &args.curate, Act::Verify { until: args.until }, screen).await,
        KnowledgeCommand::Owner(args) => curate(&knowledge, &args.curate, Act::Own { owner: args.name.clone() }, screen).await,
        KnowledgeCommand::Approve(args) => {
            let act = knowledge_curate::approve(config, &home, args.intent.as_deref())?;
            curate(&knowledge, &args.curate, act, screen).await
        }
    }
}

/// A source with what admins have yet to look at.
#[derive(Serialize)]
struct Listed {
    #[serde(flatten)]
    summary: SourceSummary,
    #[serde(flatten)]
    counts: Counts,
}

async fn list(knowledge: &Knowledge, screen: &Screen) -> anyhow::Result<ExitCode> {
    let mut counts = knowledge_review::counts(knowledge).await?;
    let listed: Vec<Listed> = knowledge
        .store
        .sources()
        .await?
        .into_iter()
        .map(|summary| Listed { counts: counts.remove(&summary.source.id).unwrap_or_else(|| Counts::unowned(summary.passages)), summary })
        .collect();
    screen.json(&listed)?;
    if listed.is_empty() {
        screen.line("There are no sources yet: `whimbrel knowledge add PATH` adds one.");
        return Ok(ExitCode::SUCCESS);
    }
    let rows = listed.iter().map(|Listed { summary, counts }| {
        let synced = summary.synced_at.map_or("never".to_owned(), moment);
        let numbers = [summary.documents, summary.passages, summary.hidden, counts.pinned, counts.stale, counts.unowned];
        let mut row = vec![summary.source.id.to_string()];
        row.extend(numbers.map(|number| number.to_string()));
        row.extend([synced, summary.source.location.clone()]);
        row
    });
    screen.table(&["source", "documents", "passages", "hidden", "pinned", "stale", "unowned", "synced", "from"], rows.collect());
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

/// Forgets a source in the knowledge and in the ledger. What could not be cleared yet is said at the end, so that both are
/// tried.
async fn remove(config: &Config, home: &Home, knowledge: &Knowledge, args: &RemoveArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let removed = knowledge.store.remove_source(&SourceId(args.source.clone()), Timestamp::now()).await;
    let receipts = match config.ledger.kind == LedgerKind::Postgres || home.ledger().exists() {
        true => wiring::ledger::desk(config, home).await?.forget_source(&args.source).await,
        false => Ok(0),
    };
    let existed = removed?;
    let receipts = receipts?;
    if !existed && receipts == 0 {
        bail!("there is no source `{}`: `whimbrel knowledge list` shows them", args.source);
    }
    screen.line(format!("{} is removed: no search finds it from now on, and its text is gone from the files.", args.source));
    if receipts > 0 {
        screen.line(format!("{receipts} receipts that rested on it keep its ids, not its words; what customers were told stays."));
    }
    screen.line("A classifier that was trained on it still knows its words as numbers: run `whimbrel learn` again.");
    screen.json(&json!({ "removed": args.source, "receipts": receipts }))?;
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
