//! `whimbrel simulate gaps`: draft articles for what the knowledge does not answer, made of what people answered.

use crate::args::simulate::{GapsArgs, Writer};
use crate::commands::simulate::folder::RunFolder;
use crate::config::Config;
use crate::config::model::ModelKind;
use crate::home::Home;
use crate::screen::Screen;
use crate::wiring::simulated::SimulatedModel;
use anyhow::{Context, bail};
use knowledge::stages::courtesy::{is_courtesy, is_opener, without_greeting};
use prompts::minds::distiller::{Lesson, ModelDistiller};
use serde_json::json;
use simulations::line::Line;
use simulations::report::article::Article;
use simulations::report::data::Report;
use simulations::report::gaps::Gap;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use triage::case::Case;
use triage::phone::PhoneNumber;
use triage::sms::sentence;
use triage::ticket::{Author, Message, MessageId, Ticket, TicketId};

/// Stands for the customer, whose number a run does not keep. No network gives out this number.
const NOBODY: &str = "+12025550100";

/// Writes one draft a gap that somebody answered.
pub async fn run(config: &Config, args: &GapsArgs, screen: &Screen) -> anyhow::Result<ExitCode> {
    let home = Home::open(&config.data_dir)?;
    let folder = RunFolder::find(&home, args.run.as_deref())?;
    let report = folder.report()?;
    let writer = args.mind.unwrap_or(if config.model.kind == ModelKind::None { Writer::Local } else { Writer::Model });
    let distiller = match writer {
        Writer::Local => None,
        Writer::Model => Some(ModelDistiller::new(SimulatedModel::open(config, &home)?.desk())?),
    };
    let out = Path::new(&args.out);
    std::fs::create_dir_all(out).with_context(|| format!("cannot make {}: choose another --out", out.display()))?;
    let lines = answered(&folder, &report)?;
    let (mut written, mut kept, mut empty) = (Vec::new(), 0, 0);
    for (n, gap) in report.gaps.iter().enumerate() {
        let Some(article) = article(&report, gap, &lines, distiller.as_ref(), screen).await? else {
            empty += 1;
            continue;
        };
        let path = out.join(article.file_name(n + 1));
        // What a person has begun to review is theirs.
        if path.exists() {
            kept += 1;
            continue;
        }
        Home::replace(&path, article.markdown().as_bytes())?;
        screen.line(format!("{}  {} tickets, {:.1} a month", path.display(), gap.count.count, gap.per_month));
        written.push(path.to_string_lossy().into_owned());
    }
    screen.json(&json!({ "run": report.setup.run, "written": written, "kept": kept, "without_answer": empty }))?;
    if report.gaps.is_empty() {
        screen.line(format!("Run {} found no gap: no two unanswered questions ask the same.", report.setup.run));
        return Ok(ExitCode::SUCCESS);
    }
    screen.line(format!("{} drafts written, {kept} were there already, {empty} gaps have no human answer to learn from.", written.len()));
    screen.line(
        "Review each, take its line `draft: true` out, sync the folder, and simulate again with --today and --compare to see the gain.",
    );
    Ok(ExitCode::SUCCESS)
}

/// The lines of all tickets that gaps are learned from.
fn answered(folder: &RunFolder, report: &Report) -> anyhow::Result<BTreeMap<TicketId, Line>> {
    let mut lines = BTreeMap::new();
    for line in folder.lines()? {
        let line = line?;
        if report.gaps.iter().any(|gap| gap.learn_from.contains(&line.ticket)) {
            lines.insert(line.ticket.clone(), line);
        }
    }
    Ok(lines)
}

/// The draft for a gap: the first of its tickets whose answer serves others.
async fn article(
    report: &Report,
    gap: &Gap,
    lines: &BTreeMap<TicketId, Line>,
    distiller: Option<&ModelDistiller>,
    screen: &Screen,
) -> anyhow::Result<Option<Article>> {
    for line in gap.learn_from.iter().filter_map(|ticket| lines.get(ticket)) {
        let Some(answer) = line.human.answer.as_deref() else { continue };
        let (lesson, written_by) = match distiller {
            None => (quoted(&line.question, answer), "the human answer, word by word"),
            Some(distiller) => match distiller.distil(&case(line)?, answer).await {
                Ok(lesson) => (lesson, "a language model, from the human answer"),
                Err(error) => {
                    screen.remark(format!("the answer of ticket {} is quoted: {error}", line.ticket));
                    (quoted(&line.question, answer), "the human answer, word by word")
                }
            },
        };
        let Some(Lesson { question, answer }) = lesson else { continue };
        let language = line.decision.as_ref().and_then(|decision| decision.receipt.language);
        return Ok(Some(Article {
            question,
            answer,
            intent: gap.intent.clone(),
            language: language.map(|language| language.code().to_owned()),
            learned_from: vec![line.ticket.clone()],
            written_by: written_by.to_owned(),
            run: report.setup.run.clone(),
            tickets: gap.count.count,
            per_month: gap.per_month,
        }));
    }
    Ok(None)
}

/// The answer without its openings and thanks; none when nothing is left.
fn quoted(question: &str, answer: &str) -> Option<Lesson> {
    let said = answer.lines().map(|line| {
        let kept = sentence::sentences(line).into_iter().filter(|sentence| !is_opener(sentence) && !is_courtesy(sentence));
        kept.collect::<Vec<_>>().join(" ")
    });
    let answer = said.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let asked: Vec<String> = question.lines().filter(|line| !is_courtesy(line)).map(without_greeting).collect();
    let question = asked.join(" ").trim().to_owned();
    (!answer.is_empty() && !question.is_empty()).then_some(Lesson { question, answer })
}

/// The question as a case, for the distiller. What a run keeps has personal data removed already.
fn case(line: &Line) -> anyhow::Result<Case> {
    let id = MessageId(format!("{}/asked", line.ticket));
    let message = Message {
        id: id.clone(),
        author: Author::Customer,
        at: line.at,
        text: line.question.clone(),
        media: Vec::new(),
        carrier_answered: false,
    };
    let Ok(customer) = PhoneNumber::parse(NOBODY) else { bail!("{NOBODY} is no number") };
    let ticket =
        Ticket { id: line.ticket.clone(), customer, messages: vec![message], tags: Vec::new(), owners: Vec::new(), opted_out: Vec::new() };
    Ok(Case::at(&ticket, &id)?)
}
