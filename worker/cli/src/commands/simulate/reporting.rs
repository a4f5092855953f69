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
use simulations::report::page::page;
use simulations::scorers::action::Did;
use simulations::scorers::judge::Judgement;
use simulations::scorers::reply::{Meaning, Verdict};
use simulations::statistics::prediction_powered::{Corrected, Labelled, correct, judge_error};
use std::collections::BTreeMap;
use std::sync::Arc;
use triage::intent::IntentName;
use triage::policy::Policy;

/// Reads the lines of a finished run and writes `report.json` and `report.html`.
pub async fn write(folder: &RunFolder, policy: &Policy, embedder: Arc<dyn Embedder>) -> anyhow::Result<Report> {
    let facts = folder.facts()?;
    let mut collector = Collector::new(facts.setup.clone(), facts.second_from_block);
    for line in folder.lines()? {
        collector.see(&line?);
    }
    let questions: Vec<&str> = collector.unanswered().iter().map(|one| one.question.as_str()).collect();
    let meaning = EmbedderMeaning(embedder);
    let against = match &facts.compared_with {
        Some(path) => Some(difference(&RunFolder::at(path), folder)?),
        None => None,
    };
    let beside = Beside {
        vectors: meaning.vectors(&questions).await?,
        documents: facts.documents,
        contradicting: facts.contradicting,
        audit: facts.audit,
        twins: facts.twins,
        corrected: corrected(folder)?,
        against,
    };
    let (report, listing) = collector.finish(beside, |intent| policy.dial(&IntentName(intent.to_owned())));
    let mut json = serde_json::to_vec_pretty(&report)?;
    json.push(b'\n');
    Home::replace(&folder.file("report.html"), page(&report, &listing).as_bytes())?;
    Home::replace(&folder.file("report.json"), &json)?;
    Ok(report)
}

/// Two runs, ticket by ticket: the earlier one is read into memory by ticket, its decisions left out.
pub fn difference(before: &RunFolder, now: &RunFolder) -> anyhow::Result<Difference> {
    let mut difference = Difference::new(before.report().context("the run to compare with is not finished")?.setup.run);
    let mut earlier = before.lines()?;
    let mut waiting: BTreeMap<triage::ticket::TicketId, Line> = BTreeMap::new();
    for line in now.lines()? {
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
            difference.see(&other, &line);
        }
    }
    Ok(difference.finish())
}

/// The share of right replies, corrected by what a person marked; none without enough labels.
fn corrected(folder: &RunFolder) -> anyhow::Result<Option<Corrected>> {
    let path = folder.file("labels.jsonl");
    if !path.exists() {
        return Ok(None);
    }
    let labels: BTreeMap<String, bool> =
        read_lines::<Label>(&path)?.map(|label| label.map(|label| (label.ticket, label.is_right))).collect::<anyhow::Result<_>>()?;
    let (mut judged_right, mut of) = (0, 0);
    let (mut labelled, mut automatic, mut has_judge) = (Vec::new(), Vec::new(), false);
    for line in folder.lines()? {
        let line = line?;
        let Some(scores) = line.scores.as_ref().filter(|scores| line.counts() && scores.did == Did::Reply) else { continue };
        // What cannot be compared is called wrong here: the judge must say one or the other.
        let right = scores.verdict().and_then(Verdict::is_wrong) == Some(false);
        of += 1;
        judged_right += usize::from(right);
        if let Some(is_right) = labels.get(&line.ticket.0) {
            let by_itself = match scores.reply.as_ref().and_then(|reply| reply.judgement.as_ref()) {
                Some(Judgement::Opinion { automatic, .. }) => {
                    has_judge = true;
                    scores.unsafe_because.is_empty() && automatic.is_wrong() == Some(false)
                }
                Some(Judgement::None) | None => right,
            };
            labelled.push(Labelled { judged_right: right, is_right: *is_right });
            automatic.push(Labelled { judged_right: by_itself, is_right: *is_right });
        }
    }
    let mut corrected = correct(judged_right, of, &labelled);
    if let Some(corrected) = corrected.as_mut().filter(|_| has_judge) {
        corrected.automatic = Some(judge_error(&automatic));
    }
    Ok(corrected)
}
