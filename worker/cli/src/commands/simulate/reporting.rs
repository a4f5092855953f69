//! From the lines of a run to its report: made when the run is finished, and again whenever a label is added.

use crate::commands::simulate::folder::{RunFolder, read_lines};
use crate::commands::simulate::label::Label;
use crate::commands::simulate::world::EmbedderMeaning;
use crate::home::Home;
use anyhow::Context;
use knowledge::ports::embedder::Embedder;
use simulations::difference::Difference;
use simulations::line::Line;
use simulations::report::collect::{Beside, Collector};
use simulations::report::data::Report;
use simulations::report::labelled::Labels;
use simulations::report::page::page;
use simulations::scorers::reply::Meaning;
use std::collections::BTreeMap;
use std::sync::Arc;
use triage::intent::IntentName;
use triage::policy::Policy;

/// Reads the lines of a finished run and writes `report.json` and `report.html`.
pub async fn write(folder: &RunFolder, policy: &Policy, embedder: Arc<dyn Embedder>) -> anyhow::Result<Report> {
    let facts = folder.facts()?;
    let mut collector = Collector::new(facts.setup.clone(), facts.second_from_block, labels(folder)?);
    for line in folder.lines()? {
        collector.see(&line?);
    }
    let questions: Vec<&str> = collector.unanswered().iter().map(|one| one.question.as_str()).collect();
    let vectors = EmbedderMeaning(embedder).vectors(&questions).await?;
    let against = match &facts.compared_with {
        Some(path) => Some(difference(&RunFolder::at(path), folder, |name, place| collector.list(name, place))?),
        None => None,
    };
    let beside = Beside { vectors, documents: facts.documents, contradicting: facts.contradicting, audit: facts.audit, against };
    let (report, listing) = collector.finish(beside, |intent| policy.dial(&IntentName(intent.to_owned())));
    let mut json = serde_json::to_vec_pretty(&report)?;
    json.push(b'\n');
    Home::replace(&folder.file("report.html"), page(&report, &listing).as_bytes())?;
    Home::replace(&folder.file("report.json"), &json)?;
    Ok(report)
}

/// Two runs, ticket by ticket; `list` is told on which lists the line of a place goes.
pub fn difference(before: &RunFolder, now: &RunFolder, mut list: impl FnMut(&str, u32)) -> anyhow::Result<Difference> {
    let mut difference = Difference::new(before.report().context("the run to compare with is not finished")?.setup.run);
    let mut earlier = before.lines()?;
    let mut waiting: BTreeMap<triage::ticket::TicketId, Line> = BTreeMap::new();
    for (place, line) in (0u32..).zip(now.lines()?) {
        let line = line?;
        // Both are in the order of time, so that the partner is next in line or lies a little behind.
        while !waiting.contains_key(&line.ticket) {
            match earlier.next() {
                Some(other) => {
                    let other = other?;
                    waiting.insert(other.ticket.clone(), other);
                }
                None => break,
            }
        }
        if let Some(other) = waiting.remove(&line.ticket) {
            difference.see(&other, &line).into_iter().for_each(|name| list(name, place));
        }
    }
    Ok(difference.finish())
}

/// What a person said of the replies; nothing when nobody has.
fn labels(folder: &RunFolder) -> anyhow::Result<Labels> {
    let path = folder.file("labels.jsonl");
    if !path.exists() {
        return Ok(Labels::new());
    }
    read_lines::<Label>(&path)?.map(|label| label.map(|label| (label.ticket, label.is_right))).collect()
}
