//! `whimbrel knowledge edit`: another text in the place of a passage.

use crate::args::EditArgs;
use crate::commands::knowledge_curate::say;
use crate::screen::Screen;
use crate::wiring::Knowledge;
use anyhow::{Context, bail};
use jiff::Timestamp;
use knowledge::chunk::{Key, KeyedChunk};
use knowledge::curation::edit::edited;
use knowledge::curation::{Act, Curation, Target};
use knowledge::ports::store::{NewVersion, SourceChange};
use serde_json::json;
use std::process::ExitCode;
use triage::evidence::PassageId;

/// Writes the text as a document of the same source, and hides the passage that it replaces.
pub async fn run(knowledge: &Knowledge, args: &EditArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let id = PassageId(args.curate.target.clone());
    let now = Timestamp::now();
    let found = knowledge.store.passages(std::slice::from_ref(&id)).await?.into_iter().next();
    let chunk = found.with_context(|| format!("there is no passage {id}: `whimbrel knowledge search TEXT` prints ids of passages"))?;
    if chunk.valid_to.is_some_and(|end| end <= now) {
        bail!("{id} is a former version: `whimbrel knowledge search TEXT` finds the passage that holds now");
    }
    let text = args.text.trim();
    if text.is_empty() {
        bail!("--text is empty: use `whimbrel knowledge hide {id}` when nothing should stand there");
    }
    if let Some(other) = knowledge.store.embedder().await?.filter(|name| name != knowledge.embedder.name()) {
        bail!("the knowledge was embedded by {other}, not by {}: run `whimbrel knowledge sync` first", knowledge.embedder.name());
    }
    let plain = edited(&chunk, text, now);
    let texts: Vec<&str> = plain.keys.iter().map(|(_, text)| text.as_str()).collect();
    let embeddings = knowledge.embedder.embed(&texts).await?;
    let keys = plain.keys.iter().cloned().zip(embeddings).map(|((kind, text), embedding)| Key { kind, text, embedding }).collect();
    let new = plain.chunk.clone();
    let was_there = !knowledge.store.passages(std::slice::from_ref(&new.id)).await?.is_empty();
    let version = NewVersion {
        document: new.document.clone(),
        title: new.title.clone(),
        version: new.version.clone(),
        valid_from: now,
        chunks: vec![KeyedChunk { chunk: new.clone(), keys }],
    };
    let change = SourceChange { versions: vec![version], gone: Vec::new() };
    knowledge.store.apply(&chunk.source, &change, knowledge.embedder.name(), now).await?;
    let curation = |act, passage: &PassageId| Curation {
        act,
        target: Target::Passage { passage: passage.clone() },
        by: args.curate.by.clone(),
        why: args.curate.why.clone(),
    };
    say(knowledge, &id.0, &curation(Act::Replace, &id)).await?;
    if was_there {
        // An earlier wording comes back, and with it what was said of it.
        say(knowledge, &new.id.0, &curation(Act::Unhide, &new.id)).await?;
    }
    screen.line(format!("{} stands in the place of {id} from now on, whatever the source says.", new.id));
    screen.line(format!("To go back: `whimbrel knowledge hide {}` and `whimbrel knowledge unhide {id}`.", new.id));
    screen.json(&json!({ "passage": new.id, "replaces": id, "source": new.source, "document": new.document }))?;
    Ok(ExitCode::SUCCESS)
}
