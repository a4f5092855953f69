//! The replay itself: block after block of time, each decided with what was there before it.

use crate::args::simulate::SimulateArgs;
use crate::commands::learn::SEED;
use crate::commands::simulate::canaries;
use crate::commands::simulate::folder::{LineWriter, RunFolder};
use crate::commands::simulate::input::{Input, PAGE};
use crate::commands::simulate::judge::PromptedJudge;
use crate::commands::simulate::turns::{Block, closed, decide_page, opened, undecided};
use crate::commands::simulate::world::{EmbedderMeaning, StoreOrigins, World};
use crate::screen::Screen;
use crate::wiring;
use crate::wiring::simulated::SimulatedModel;
use indicatif::ProgressBar;
use jiff::Timestamp;
use knowledge::learned::classifier::LocalClassifier;
use knowledge::learned::example::{Example, examples_of, examples_of_catalog};
use knowledge::learned::training::train;
use prompts::minds::judge::ModelJudge;
use simulations::calibrate::{Judged, calibrate};
use simulations::guard::{Guard, LeakAudit};
use simulations::line::Line;
use simulations::mind::Mind;
use simulations::past::LeftOut;
use simulations::remembered::{RememberedClassifier, RememberedRetriever};
use simulations::score::Bench;
use simulations::scorers::judge::Judge;
use simulations::scorers::reply::ReplyScorer;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use triage::consultation::Mind as Author;
use triage::gate::Gate;
use triage::intent::IntentCatalog;
use triage::policy::Policy;
use triage::ports::{Classifier, Retriever};
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
    /// Who decides.
    pub mind: Mind,
    /// The language model, when one is asked.
    pub model: Option<&'a SimulatedModel>,
    /// The model judges would-be replies.
    pub judge: bool,
}

/// A would-be reply that the human answer judges.
#[derive(serde::Serialize, serde::Deserialize)]
struct JudgedAt {
    /// When the answer was given.
    at: Timestamp,
    /// Whose gate can learn of it.
    author: Author,
    judged: Judged,
}

/// A decided block, as it is kept for a run that is broken off.
#[derive(serde::Serialize, serde::Deserialize)]
struct Kept {
    audit: LeakAudit,
    counted: bool,
    judged: Vec<JudgedAt>,
}

impl Replay<'_> {
    /// Replays all blocks; those that stand in the folder already are taken as they are.
    pub async fn run(&self, bar: &ProgressBar, screen: &Screen) -> anyhow::Result<Replayed> {
        let twins = Arc::new(self.input.twins.found().clone());
        let mut replayed = Replayed { counted_from: self.args.blocks, audit: LeakAudit::default() };
        let mut judged: VecDeque<JudgedAt> = VecDeque::new();
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
            judged.extend(kept.judged);
            while judged.len() > JUDGED_MAX {
                judged.pop_front();
            }
        }
        Ok(replayed)
    }

    /// Where a block begins.
    fn bound(&self, block: usize) -> usize {
        self.input.count * block / self.args.blocks
    }

    /// The oldest block: nothing was there before it.
    fn learn_only(&self, start: usize, end: usize) -> anyhow::Result<Kept> {
        let mut lines = LineWriter::create(&self.folder.block(0))?;
        for from in (start..end).step_by(PAGE) {
            let page = self.input.tickets.range(from, (from + PAGE).min(end))?;
            for past in &page {
                let twins = self.input.twins.found().get(&past.ticket.id).map_or(0, BTreeSet::len);
                lines.write(&Line { twins, ..undecided(past, 0, LeftOut::LearnedFrom) })?;
            }
        }
        lines.finish()?;
        Ok(Kept { audit: LeakAudit::default(), counted: false, judged: Vec::new() })
    }

    async fn decide(
        &self,
        number: usize,
        start: usize,
        end: usize,
        judged: &VecDeque<JudgedAt>,
        twins: &Arc<BTreeMap<TicketId, BTreeSet<TicketId>>>,
        bar: &ProgressBar,
    ) -> anyhow::Result<Kept> {
        let tickets = &self.input.tickets;
        let begins = tickets.range(start, start + 1)?.first().and_then(opened).unwrap_or(Timestamp::UNIX_EPOCH);
        self.learn_history(start, begins).await?;
        let fitted = |author: Author| {
            let known: Vec<Judged> =
                judged.iter().filter(|one| one.at < begins && one.author == author).map(|one| one.judged.clone()).collect();
            calibrate(&known, begins).ok()
        };
        let (gate, of_model) = (fitted(Author::Local), fitted(Author::Model));
        let decides = if self.mind == Mind::Model { &of_model } else { &gate };
        // Where the gate never sees enough, the last two blocks count all the same: drafts can be compared too.
        let counted = (decides.is_some() && number >= 2) || number + 2 >= self.args.blocks;
        // A model that is asked after the local mind looks the same things up.
        let remembers = self.mind.asks_a_model();
        let knowledge: Arc<dyn Retriever> = self.world.retriever()?;
        let guard = Arc::new(Guard::new(
            if remembers { Arc::new(RememberedRetriever::new(knowledge)) } else { knowledge },
            Arc::new(StoreOrigins(self.world.store.clone())),
            twins.clone(),
            self.args.today,
            format!("block {number}, documents {}, {}", self.documents, self.world.embedder.name()),
        ));
        let terms = Terms::new(self.policy.clone(), self.catalog.clone(), gate.unwrap_or_else(Gate::cautious));
        let learned: Arc<dyn Classifier> = Arc::new(self.classifier(start, begins).await?);
        let classifier = if remembers { Arc::new(RememberedClassifier::new(learned)) } else { learned };
        let first = wiring::triage(terms, classifier, guard.clone());
        let block = Arc::new(Block {
            number,
            bench: self.bench(&first, of_model.unwrap_or_else(Gate::cautious), guard.clone())?,
            twins: twins.clone(),
            left_out: (!counted).then_some(LeftOut::CalibratedOn),
            copies: twins.keys().filter(|ticket| self.input.twins.is_copy(ticket)).cloned().collect(),
        });
        let mut kept = Vec::new();
        let mut lines = LineWriter::create(&self.folder.block(number))?;
        for from in (start..end).step_by(PAGE) {
            let to = (from + PAGE).min(end);
            let page = tickets.range(from, to)?;
            let back = self.input.came_back_at.get(from..to).unwrap_or_default();
            for turn in decide_page(&block, page, back, self.concurrency).await? {
                lines.write(&turn.line)?;
                let at = turn.answered_at;
                kept.extend(turn.judged.into_iter().map(|(author, judged)| JudgedAt { at, author, judged }));
            }
            bar.set_message(format!("block {} of {}: ticket {to} of {}", number + 1, self.args.blocks, self.input.count));
        }
        let mut audit = guard.audit();
        if number + 1 == self.args.blocks {
            let last = tickets.range(end.saturating_sub(canaries::SAMPLE_FROM).max(start), end)?;
            audit.add(&canaries::look(self.world, &last, twins, self.args.today).await?);
        }
        lines.finish()?;
        Ok(Kept { audit, counted, judged: kept })
    }

    /// Who decides and compares: as many as a ticket is decided times, each with answers of its own from the model.
    fn bench(&self, first: &Triage, of_model: Gate, guard: Arc<Guard>) -> anyhow::Result<Bench> {
        let mut draws = Vec::with_capacity(self.args.repeats.max(1));
        for draw in 0..self.args.repeats.max(1) {
            let asks = self.model.filter(|_| self.mind.asks_a_model());
            let second = asks.map(|model| model.mind(first, of_model.clone(), draw)).transpose()?;
            draws.push(Triage { second, ..first.clone() });
        }
        let judge = self.model.filter(|_| self.judge).map(|model| ModelJudge::new(model.desk())).transpose()?;
        let scorer = ReplyScorer {
            meaning: Arc::new(EmbedderMeaning(self.world.embedder.clone())),
            retriever: guard,
            judge: judge.map(|judge| -> Arc<dyn Judge> { Arc::new(PromptedJudge(judge)) }),
        };
        let again = draws.split_off(1);
        Ok(Bench { triage: draws.pop().unwrap_or_else(|| first.clone()), again, mind: self.mind, scorer })
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
