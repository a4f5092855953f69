//! Examples become a model. The same examples, catalogue, embedder and seed give the same model.

use crate::learned::augment::{COPIES, noisy};
use crate::learned::calibration::{Calibration, Scored};
use crate::learned::ensemble::Minds;
use crate::learned::example::{Example, examples_of_catalog};
use crate::learned::features::{SparseVector, Vocabulary};
use crate::learned::linear::LinearModel;
use crate::learned::model::{Model, Parts};
use crate::learned::neighbours::Neighbours;
use crate::learned::random::Random;
use crate::learned::scope::{Sample, Scope, inputs};
use crate::ports::embedder::{Embedder, EmbedderError, Embedding};
use triage::intent::{IntentCatalog, IntentName, OUT_OF_SCOPE};
use triage::text::plain_without_digits;

/// So many labelled messages outside all intents make a class of their own; fewer are left out.
pub const OUTSIDE_MESSAGES_MIN: usize = 5;
/// Above so many examples there are no noisy copies: real messages bring their own noise.
pub const AUGMENTED_EXAMPLES_MAX: usize = 4_000;
/// Parts of the examples for scores of unseen ones.
const FOLDS: usize = 4;
/// Rounds of leaving intents out; each intent is left out once.
const ROUNDS: usize = 3;
/// Fewer intents than this are too few to leave any out.
const ROUND_INTENTS_MIN: usize = 4;
/// Examples used for a round at most, evenly taken: eight weights need no more.
const ROUND_EXAMPLES_MAX: usize = 4_000;
/// Texts given to the embedder at once.
const BATCH_TEXTS: usize = 256;
/// More intents than this do not fit a model.
pub const INTENTS_MAX: usize = 4_096;

/// No model could be made.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// There is nothing to learn from.
    #[error("no labelled example: label past tickets with intents, or write examples into the catalogue")]
    NoExamples,
    /// The catalogue is too long.
    #[error("{0} intents are too many: at most {INTENTS_MAX}")]
    TooManyIntents(usize),
    /// The embedder failed.
    #[error(transparent)]
    Embedder(#[from] EmbedderError),
}

/// Learns. Takes the examples of the catalogue as well; leaves out intents that a catalogue with intents does not name. It computes for
/// seconds on thousands of examples: call it where that blocks nobody.
pub async fn train(examples: &[Example], catalog: &IntentCatalog, embedder: &dyn Embedder, seed: u64) -> Result<Model, TrainError> {
    let examples = usable(examples, catalog);
    let mut intents: Vec<IntentName> = examples.iter().map(|example| example.intent.clone()).collect();
    intents.sort();
    intents.dedup();
    if intents.is_empty() {
        return Err(TrainError::NoExamples);
    }
    if intents.len() > INTENTS_MAX {
        return Err(TrainError::TooManyIntents(intents.len()));
    }
    let mut random = Random::seeded(seed);
    let mut data = Data { classes: intents.len(), outside: intents.iter().position(IntentName::is_out_of_scope), seed, ..Data::default() };
    let copies = if examples.len() <= AUGMENTED_EXAMPLES_MAX { COPIES } else { 0 };
    for example in &examples {
        let mut texts = vec![plain_without_digits(&example.text)];
        texts.extend((0..copies).map(|_| plain_without_digits(&noisy(&example.text, &mut random))));
        data.texts.push(texts);
        data.labels.push(intents.binary_search(&example.intent).unwrap_or(0));
    }
    for batch in examples.chunks(BATCH_TEXTS) {
        let texts: Vec<&str> = batch.iter().map(|example| example.text.as_str()).collect();
        data.embeddings.extend(embedder.embed(&texts).await?);
    }
    data.originals = examples.iter().map(|example| example.text.clone()).collect();
    let all: Vec<usize> = (0..examples.len()).collect();
    let calibration = data.calibrate(&mut random);
    let scope = data.fit_scope(&mut random);
    let minds = Minds { calibration, ..data.fit(&all) };
    Ok(Model::new(Parts {
        intents,
        embedder: embedder.name().to_owned(),
        dimensions: embedder.dimensions(),
        minds,
        scope,
        examples: examples.len(),
        seed,
    }))
}

/// Examples with words and a known intent; `oos` only when there are enough of them. Repeated texts of an intent count once.
fn usable(examples: &[Example], catalog: &IntentCatalog) -> Vec<Example> {
    let known = |name: &IntentName| catalog.intents.is_empty() || name.is_out_of_scope() || catalog.get(name).is_some();
    let mut seen = std::collections::BTreeSet::new();
    let mut kept: Vec<Example> = examples
        .iter()
        .cloned()
        .chain(examples_of_catalog(catalog))
        .filter(|example| known(&example.intent))
        .filter(|example| {
            let plain = plain_without_digits(&example.text);
            !plain.is_empty() && seen.insert((plain, example.intent.clone()))
        })
        .collect();
    if kept.iter().filter(|example| example.intent.0 == OUT_OF_SCOPE).count() < OUTSIDE_MESSAGES_MIN {
        kept.retain(|example| !example.intent.is_out_of_scope());
    }
    kept
}

/// The examples, ready for every fit.
#[derive(Default)]
struct Data {
    /// As they were written.
    originals: Vec<String>,
    /// Plain texts: the message, then its noisy copies.
    texts: Vec<Vec<String>>,
    embeddings: Vec<Embedding>,
    labels: Vec<usize>,
    classes: usize,
    outside: Option<usize>,
    seed: u64,
}

impl Data {
    /// Fits both minds on some of the examples, with the default calibration.
    fn fit(&self, members: &[usize]) -> Minds {
        let groups: Vec<Vec<&str>> =
            members.iter().filter_map(|at| self.texts.get(*at)).map(|texts| texts.iter().map(String::as_str).collect()).collect();
        let vocabulary = Vocabulary::learn(&groups);
        let mut rows: Vec<SparseVector> = Vec::new();
        let mut labels = Vec::new();
        for (texts, at) in groups.iter().zip(members) {
            for text in texts {
                rows.push(vocabulary.vector(text));
                labels.push(self.label(*at));
            }
        }
        let linear = LinearModel::train(&rows, &labels, vocabulary.len(), self.classes, self.seed);
        let known = members.iter().filter_map(|at| self.embeddings.get(*at).map(|embedding| (embedding.clone(), self.label(*at))));
        let neighbours = Neighbours::new(known);
        Minds { vocabulary, linear, neighbours, calibration: Calibration::default(), outside: self.outside }
    }

    fn label(&self, at: usize) -> usize {
        self.labels.get(at).copied().unwrap_or(0)
    }

    /// Scores every example by minds that have not seen it, and fits the calibration on them.
    fn calibrate(&self, random: &mut Random) -> Calibration {
        let folds = self.folds(random);
        let mut scored = Vec::new();
        for held in 0..FOLDS {
            let (inside, unseen): (Vec<usize>, Vec<usize>) = (0..self.labels.len()).partition(|at| folds.get(*at) != Some(&held));
            if inside.is_empty() || unseen.is_empty() {
                return Calibration::default();
            }
            let minds = self.fit(&inside);
            for at in unseen {
                if let (Some(text), Some(embedding)) = (self.texts.get(at).and_then(|texts| texts.first()), self.embeddings.get(at)) {
                    let (linear, neighbours) = minds.apart(text, embedding);
                    scored.push(Scored { linear, neighbours, class: self.label(at) });
                }
            }
        }
        Calibration::fit(&scored)
    }

    /// A fold for every example, each intent spread evenly.
    fn folds(&self, random: &mut Random) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.labels.len()).collect();
        random.shuffle(&mut order);
        order.sort_by_key(|at| self.label(*at));
        let mut folds = vec![0; order.len()];
        for (place, at) in order.into_iter().enumerate() {
            if let Some(fold) = folds.get_mut(at) {
                *fold = place % FOLDS;
            }
        }
        folds
    }

    /// Leaves intents out, round by round, and learns to tell them from intents that were seen.
    fn fit_scope(&self, random: &mut Random) -> Scope {
        let mut inside: Vec<usize> = (0..self.classes).filter(|class| Some(*class) != self.outside).collect();
        if inside.len() < ROUND_INTENTS_MIN {
            return Scope::default();
        }
        random.shuffle(&mut inside);
        let folds = self.folds(random);
        let stride = self.labels.len().div_ceil(ROUND_EXAMPLES_MAX).max(1);
        let taken: Vec<usize> = (0..self.labels.len()).step_by(stride).collect();
        let mut samples = Vec::new();
        for round in 0..ROUNDS {
            let left_out: Vec<usize> = inside.iter().copied().skip(round).step_by(ROUNDS).collect();
            let is_unknown = |at: usize| left_out.contains(&self.label(at));
            let is_unseen = |at: usize| is_unknown(at) || folds.get(at) == Some(&round);
            let (unseen, seen): (Vec<usize>, Vec<usize>) = taken.iter().copied().partition(|at| is_unseen(*at));
            let round_data = self.without_classes(&seen, &left_out);
            let members: Vec<usize> = (0..round_data.labels.len()).collect();
            let minds = round_data.fit(&members);
            for at in unseen {
                if let (Some(text), Some(embedding)) = (self.originals.get(at), self.embeddings.get(at)) {
                    let reading = minds.read(text, embedding);
                    let outside = is_unknown(at) || Some(self.label(at)) == self.outside;
                    samples.push(Sample { inputs: inputs(&reading, minds.outside), outside });
                }
            }
        }
        Scope::fit(&samples)
    }

    /// Some of the examples, their classes numbered anew as if the left-out ones had never been.
    fn without_classes(&self, members: &[usize], left_out: &[usize]) -> Data {
        let kept: Vec<usize> = (0..self.classes).filter(|class| !left_out.contains(class)).collect();
        let renumber = |class: usize| kept.binary_search(&class).unwrap_or(0);
        Data {
            originals: Vec::new(),
            texts: members.iter().filter_map(|at| self.texts.get(*at).cloned()).collect(),
            embeddings: members.iter().filter_map(|at| self.embeddings.get(*at).cloned()).collect(),
            labels: members.iter().map(|at| renumber(self.label(*at))).collect(),
            classes: kept.len(),
            outside: self.outside.map(renumber),
            seed: self.seed,
        }
    }
}
