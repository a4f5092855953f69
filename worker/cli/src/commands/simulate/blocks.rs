//! The replay itself: block after block of time, each decided with what was there before it.

use crate::args::simulate::SimulateArgs;
use crate::commands::learn::SEED;
use crate::commands::simulate::canaries;
use crate::commands::simulate::folder::{LineWriter, RunFolder, read_lines};
use crate::commands::simulate::input::{COURTESY, Input, PAGE};
use crate::commands::simulate::world::{EmbedderMeaning, StoreOrigins, World};
use crate::screen::Screen;
use crate::wiring;
use indicatif::ProgressBar;
use jiff::Timestamp;
use knowledge::learned::classifier::LocalClassifier;
use knowledge::learned::example::{Example, examples_of, examples_of_catalog};
use knowledge::learned::training::train;
use knowledge::stages::personal::Personal;
use simulations::calibrate::{Judged, calibrate};
use simulations::guard::{Guard, LeakAudit};
use simulations::line::Line;
use simulations::past::{Human, LeftOut, PastError, pseudonym, replayable};
use simulations::score::score;
use simulations::scorers::reply::{ReplyScorer, Verdict};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use triage::gate::Gate;
use triage::intent::IntentCatalog;
use triage::past::PastTicket;
use triage::policy::Policy;
use triage::terms::Terms;
use triage::ticket::TicketId;
use triage::triage::Triage;

/// Judged would-be replies that the gate is calibrated on at most, the newest.
const JUDGED_MAX: usize = 20_000;

/// What came of the blocks.
pub struct Replayed {
    /// The first block that counts.
    pub counted_from: usize,
    /// The leak audit of all blocks, planted answers included.
    pub audit: LeakAudit,
}

/// What a run replays with.
pub struct Replay<'a> {
    /// The tickets.
    pub input: &'a Input,
    /// The knowledge.
    pub world: &'a World,
    /// The policy.
    pub policy: Policy,
    /// The intents.
    pub catalog: IntentCatalog,
    /// The options.
    pub args: &'a SimulateArgs,
    /// Where lines go.
    pub folder: &'a RunFolder,
    /// Hash of the documents.
    pub documents: &'a str,
    /// How many are decided at the same time.
    pub concurrency: usize,
}

/// A decided block, as it is kept for a run that is broken off.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    audit: LeakAudit,
    counted: bool,
}

/// What every task of a block shares.
struct Block {
    number: usize,
    triage: Triage,
    scorer: ReplyScorer,
    left_out: Option<LeftOut>,
    repeats: usize,
    copies: BTreeSet<TicketId>,
}

impl Replay<'_> {
    /// Replays all blocks; those that stand in the folder already are taken as they are.
    pub async fn run(&self, bar: &ProgressBar, screen: &Screen) -> anyhow::Result<Replayed> {
        let twins = Arc::new(self.input.twins.found().clone());
        let mut replayed = Replayed { counted_from: self.args.blocks, audit: LeakAudit::default() };
        let mut judged: VecDeque<(Timestamp, Judged)> = VecDeque::new();
        for number in 0..self.args.blocks {
            let (start, end) = (self.bound(number), self.bound(number + 1));
            bar.set_message(format!("block {} of {}: tickets {start} to {end} of {}", number + 1, self.args.blocks, self.input.count));
            let kept_file = self.folder.work().join(format!("block-{number}.json"));
            let is_kept = kept_file.exists() && self.folder.block(number).exists();
            if !is_kept {
                let kept = match number {
                    0 => self.learn_only(start, end)?,
                    _ => self.decide(number, start, end, &judged, &twins, bar).await?,
                };
                crate::home::Home::replace(&kept_file, &serde_json::to_vec(&kept)?)?;
            } else if number == 0 {
                screen.remark("going on where the run was broken off");
            }
            let kept: Kept = serde_json::from_slice(&std::fs::read(&kept_file)?)?;
            replayed.audit.add(&kept.audit);
            if kept.counted {
                replayed.counted_from = replayed.counted_from.min(number);
            }
            self.take_judged(number, &mut judged)?;
        }
        Ok(replayed)
    }

    /// Where a block begins.
    fn bound(&self, block: usize) -> usize {
        self.input.count * block / self.args.blocks
    }

    /// Would-be replies of a block that people's answers judge.
    fn take_judged(&self, number: usize, judged: &mut VecDeque<(Timestamp, Judged)>) -> anyhow::Result<()> {
        for line in read_lines::<Line>(&self.folder.block(number))? {
            let line = line?;
            let (Some(decision), Some(scores)) = (line.decision, line.scores) else { continue };
            let answered_at = line.at.saturating_add(jiff::SignedDuration::from_secs(line.human.answered_after_s.unwrap_or(0)))?;
            if let (Some(judgement), Some(is_wrong)) = (decision.receipt.judgement, scores.verdict().and_then(Verdict::is_wrong)) {
                judged.push_back((answered_at, Judged { signals: judgement.signals, is_wrong }));
            }
        }
        while judged.len() > JUDGED_MAX {
            judged.pop_front();
        }
        Ok(())
    }

    /// The oldest block: nothing was there before it.
    fn learn_only(&self, start: usize, end: usize) -> anyhow::Result<Kept> {
        let mut lines = LineWriter::create(&self.folder.block(0))?;
        for from in (start..end).step_by(PAGE) {
            let page = self.input.tickets.range(from, (from + PAGE).min(end))?;
            page.iter().try_for_each(|past| lines.write(&undecided(past, 0, LeftOut::LearnedFrom)))?;
        }
        lines.finish()?;
        Ok(Kept { audit: LeakAudit::default(), counted: false })
    }

    async fn decide(
        &self,
        number: usize,
        start: usize,
        end: usize,
        judged: &VecDeque<(Timestamp, Judged)>,
        twins: &Arc<BTreeMap<TicketId, BTreeSet<TicketId>>>,
        bar: &ProgressBar,
    ) -> anyhow::Result<Kept> {
        let tickets = &self.input.tickets;
        let begins = tickets.range(start, start + 1)?.first().and_then(opened).unwrap_or(Timestamp::UNIX_EPOCH);
        self.learn_history(start, begins).await?;
        let known: Vec<Judged> = judged.iter().filter(|(at, _)| *at < begins).map(|(_, judged)| judged.clone()).collect();
        let gate = calibrate(&known, begins).ok();
        // Where the gate never sees enough, the last two blocks count all the same: drafts can be compared too.
        let counted = (gate.is_some() && number >= 2) || number + 2 >= self.args.blocks;
        let guard = Arc::new(Guard::new(
            self.world.retriever()?,
            Arc::new(StoreOrigins(self.world.store.clone())),
            twins.clone(),
            self.args.today,
            format!("block {number}, documents {}, {}", self.documents, self.world.embedder.name()),
        ));
        let terms = Terms::new(self.policy.clone(), self.catalog.clone(), gate.unwrap_or_else(Gate::cautious));
        let classifier = self.classifier(start, begins).await?;
        let block = Arc::new(Block {
            number,
            triage: wiring::triage(terms, Arc::new(classifier), guard.clone()),
            scorer: ReplyScorer { meaning: Arc::new(EmbedderMeaning(self.world.embedder.clone())), retriever: guard.clone() },
            left_out: (!counted).then_some(LeftOut::CalibratedOn),
            repeats: self.args.repeats,
            copies: twins.keys().filter(|ticket| self.input.twins.is_copy(ticket)).cloned().collect(),
        });
        let mut lines = LineWriter::create(&self.folder.block(number))?;
        for from in (start..end).step_by(PAGE) {
            let to = (from + PAGE).min(end);
            let page = tickets.range(from, to)?;
            let back = self.input.came_back_at.get(from..to).unwrap_or_default();
            decide_page(&block, page, back, self.concurrency).await?.iter().try_for_each(|line| lines.write(line))?;
            bar.set_message(format!("block {} of {}: ticket {to} of {}", number + 1, self.args.blocks, self.input.count));
        }
        let mut audit = guard.audit();
        if number + 1 == self.args.blocks {
            let last = tickets.range(end.saturating_sub(canaries::SAMPLE_FROM).max(start), end)?;
            audit.add(&canaries::look(self.world, &last, twins, self.args.today).await?);
        }
        lines.finish()?;
        Ok(Kept { audit, counted })
    }

    /// The newest past tickets that were over when the block began.
    async fn learn_history(&self, start: usize, begins: Timestamp) -> anyhow::Result<()> {
        let from = start.saturating_sub(self.args.history_max);
        let mut history = self.input.tickets.range(from, start)?;
        history.retain(|past| closed(past) < begins);
        self.world.set_history(history, from > 0, begins).await
    }

    /// Intents from the newest labelled tickets that were over when the block began.
    async fn classifier(&self, start: usize, begins: Timestamp) -> anyhow::Result<LocalClassifier> {
        let from = start.saturating_sub(self.args.examples_max);
        let before = self.input.tickets.range(from, start)?;
        let examples: Vec<Example> = before.iter().filter(|past| closed(past) < begins).filter_map(examples_of).collect();
        let embedder = &self.world.embedder;
        if examples.is_empty() && examples_of_catalog(&self.catalog).next().is_none() {
            return Ok(LocalClassifier::untrained(embedder.clone()));
        }
        let model = train(&examples, &self.catalog, embedder.as_ref(), SEED).await?;
        Ok(LocalClassifier::new(Arc::new(model), embedder.clone())?)
    }
}

/// When a ticket was opened.
fn opened(past: &PastTicket) -> Option<Timestamp> {
    past.ticket.messages.first().map(|message| message.at)
}

/// When the last word of a ticket was said.
fn closed(past: &PastTicket) -> Timestamp {
    past.ticket.messages.last().map_or(Timestamp::UNIX_EPOCH, |message| message.at)
}

/// Decides a page, so many at the same time; lines come in the order of the tickets, whatever the number.
async fn decide_page(
    block: &Arc<Block>,
    page: Vec<PastTicket>,
    back: &[Option<Timestamp>],
    concurrency: usize,
) -> anyhow::Result<Vec<Line>> {
    let share = page.len().div_ceil(concurrency.max(1)).max(1);
    let mut pairs: Vec<(PastTicket, Option<Timestamp>)> = page.into_iter().zip(back.iter().copied()).collect();
    let mut tasks = Vec::new();
    while !pairs.is_empty() {
        let part: Vec<_> = pairs.drain(..share.min(pairs.len())).collect();
        let block = block.clone();
        tasks.push(tokio::spawn(async move {
            let mut lines = Vec::with_capacity(part.len());
            for (past, back) in &part {
                lines.push(decide_one(&block, past, *back).await);
            }
            lines
        }));
    }
    let mut lines = Vec::new();
    for task in tasks {
        lines.extend(task.await?);
    }
    Ok(lines)
}

async fn decide_one(block: &Block, past: &PastTicket, back: Option<Timestamp>) -> Line {
    if block.copies.contains(&past.ticket.id) {
        return undecided(past, block.number, LeftOut::Copy);
    }
    let mut ready = match replayable(past, &COURTESY) {
        Ok(ready) => ready,
        Err(PastError::LeftOut(why)) => return undecided(past, block.number, why),
        Err(PastError::Case(_)) => return undecided(past, block.number, LeftOut::Failed),
    };
    if let (Some(answered), Some(back)) = (ready.answered_at, back) {
        ready.human.came_back_after_s = Some((back.as_second() - answered.as_second()).max(0));
    }
    let personal = Personal::of(&past.ticket.messages);
    let question = personal.clean(&ready.case.text());
    match score(&block.triage, &block.scorer, &ready, block.number, question, block.repeats).await {
        Ok(mut line) => {
            line.left_out = block.left_out;
            line.human.answer = line.human.answer.map(|answer| personal.clean(&answer));
            line
        }
        Err(_) => undecided(past, block.number, LeftOut::Failed),
    }
}

fn undecided(past: &PastTicket, block: usize, why: LeftOut) -> Line {
    let first = past.ticket.messages.iter().find(|message| message.author == triage::ticket::Author::Customer);
    let personal = Personal::of(&past.ticket.messages);
    Line {
        ticket: past.ticket.id.clone(),
        at: opened(past).unwrap_or(Timestamp::UNIX_EPOCH),
        block,
        customer: pseudonym(past),
        left_out: Some(why),
        question: first.map(|message| personal.clean(&message.text)).unwrap_or_default(),
        human: Human { intents: past.intents.clone(), ..Human::default() },
        decision: None,
        scores: None,
    }
}
