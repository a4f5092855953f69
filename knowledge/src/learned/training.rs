//! Examples become a model. The same examples, catalogue, embedder and seed give the same model.

use crate::learned::augment::{COPIES, noisy};
use crate::learned::calibration::{Calibration, Scored};
use crate::learned::data::{Data, Item};
use crate::learned::ensemble::Minds;
use crate::learned::example::{Example, examples_of_catalog};
use crate::learned::measures::measure;
use crate::learned::model::{Model, Parts};
use crate::learned::scope::{Sample, Scope, Truth};
use crate::learned::threshold::HeldOut;
use crate::ports::embedder::{Embedder, EmbedderError, Embedding};
use triage::intent::{IntentCatalog, IntentName, OUT_OF_SCOPE};
use triage::random::Random;
use triage::text::plain_without_digits;

/// So many labelled messages outside all intents make a class of their own; fewer are left out.
pub const OUTSIDE_MESSAGES_MIN: usize = 5;
/// Above so many examples there are no noisy copies: they make training three times as long.
pub const AUGMENTED_EXAMPLES_MAX: usize = 20_000;
/// Parts of the examples for scores of unseen ones.
const FOLDS: usize = 4;
/// So many scores of unseen examples are enough to weigh the minds.
const SCORES_ENOUGH: usize = 2_000;
/// Rounds of leaving intents out; each intent is left out once.
const ROUNDS: usize = 3;
/// Fewer intents than this are too few to leave any out.
const ROUND_INTENTS_MIN: usize = 4;
/// Examples used for a round at most, evenly taken: two dozen weights need no more.
const ROUND_EXAMPLES_MAX: usize = 3_000;
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
    let mut random = Random::seeded(seed);
    let (data, intents) = prepare(&examples, embedder, seed, &mut random).await?;
    let calibration = calibrate(&data, &mut random);
    let samples = scope_samples(&data, calibration, &mut random);
    let scope = Scope::fit(&samples);
    Ok(Model::new(Parts {
        intents,
        embedder: embedder.name().to_owned(),
        dimensions: embedder.dimensions(),
        minds: data.fit(calibration),
        held_out: HeldOut::new(&samples, &scope),
        scope,
        examples: examples.len(),
        seed,
    }))
}

/// Examples with words and a known intent; `oos` only when there are enough of them. Repeated texts of an intent count once.
pub fn usable(examples: &[Example], catalog: &IntentCatalog) -> Vec<Example> {
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

/// Numbers the intents, makes noisy copies, embeds.
pub async fn prepare(
    examples: &[Example],
    embedder: &dyn Embedder,
    seed: u64,
    random: &mut Random,
) -> Result<(Data, Vec<IntentName>), TrainError> {
    let mut intents: Vec<IntentName> = examples.iter().map(|example| example.intent.clone()).collect();
    intents.sort();
    intents.dedup();
    if intents.is_empty() {
        return Err(TrainError::NoExamples);
    }
    if intents.len() > INTENTS_MAX {
        return Err(TrainError::TooManyIntents(intents.len()));
    }
    let copies = if examples.len() <= AUGMENTED_EXAMPLES_MAX { COPIES } else { 0 };
    let texts: Vec<Vec<String>> = examples
        .iter()
        .map(|example| std::iter::once(example.text.clone()).chain((0..copies).map(|_| noisy(&example.text, random))).collect())
        .collect();
    let flat: Vec<&str> = texts.iter().flatten().map(String::as_str).collect();
    let mut embeddings: Vec<Embedding> = Vec::with_capacity(flat.len());
    for batch in flat.chunks(BATCH_TEXTS) {
        embeddings.extend(embedder.embed(batch).await?);
    }
    let mut embeddings = embeddings.into_iter();
    let mut items = Vec::with_capacity(examples.len());
    for (example, texts) in examples.iter().zip(texts) {
        let mut embedded = texts.into_iter().zip(embeddings.by_ref().take(1 + copies));
        let Some((text, embedding)) = embedded.next() else { break };
        items.push(Item { text, embedding, copies: embedded.collect(), class: intents.binary_search(&example.intent).unwrap_or(0) });
    }
    let outside = intents.iter().position(IntentName::is_out_of_scope);
    Ok((Data { items, classes: intents.len(), outside, dimensions: embedder.dimensions(), seed }, intents))
}

/// Scores examples by minds that have not seen them, fold by fold until there are enough, and fits the calibration on them.
pub fn calibrate(data: &Data, random: &mut Random) -> Calibration {
    let folds = data.folds(FOLDS, random);
    let mut scored = Vec::new();
    for held in 0..FOLDS {
        let (inside, unseen): (Vec<usize>, Vec<usize>) = (0..data.items.len()).partition(|at| folds.get(*at) != Some(&held));
        if inside.is_empty() || unseen.is_empty() {
            return Calibration::default();
        }
        if scored.len() >= SCORES_ENOUGH {
            break;
        }
        let minds = data.without(&inside, &[]).0.fit(Calibration::default());
        for item in unseen.into_iter().filter_map(|at| data.items.get(at)) {
            scored.push(Scored { minds: minds.read(&item.text, &item.embedding).minds, class: item.class });
        }
    }
    Calibration::fit(&scored)
}

/// Leaves intents out, round by round, and reads what was left out beside unseen messages of the intents that stayed.
pub fn scope_samples(data: &Data, calibration: Calibration, random: &mut Random) -> Vec<Sample> {
    let mut inside: Vec<usize> = (0..data.classes).filter(|class| Some(*class) != data.outside).collect();
    if inside.len() < ROUND_INTENTS_MIN {
        return Vec::new();
    }
    random.shuffle(&mut inside);
    let folds = data.folds(FOLDS, random);
    let stride = data.items.len().div_ceil(ROUND_EXAMPLES_MAX).max(1);
    let taken: Vec<usize> = (0..data.items.len()).step_by(stride).collect();
    let mut samples = Vec::new();
    for round in 0..ROUNDS {
        let left_out: Vec<usize> = inside.iter().copied().skip(round).step_by(ROUNDS).collect();
        let is_unseen = |at: usize| left_out.contains(&data.class(at)) || folds.get(at) == Some(&round);
        let (unseen, seen): (Vec<usize>, Vec<usize>) = taken.iter().copied().partition(|at| is_unseen(*at));
        let (known, classes) = data.without(&seen, &left_out);
        let minds = known.fit(calibration);
        samples.extend(unseen.into_iter().filter_map(|at| data.items.get(at)).map(|item| sample(&minds, &classes, item, data.outside)));
    }
    samples
}

/// What minds that have not seen a message make of it.
pub fn sample(minds: &Minds, classes: &[usize], item: &Item, outside: Option<usize>) -> Sample {
    let reading = minds.read(&item.text, &item.embedding);
    let is_outside = !classes.contains(&item.class) || Some(item.class) == outside;
    let first = reading.first(minds.outside).and_then(|class| classes.get(class));
    let truth = match is_outside {
        true => Truth::Outside,
        false if first == Some(&item.class) => Truth::Right,
        false => Truth::Wrong,
    };
    Sample { measures: measure(&reading, minds.outside), truth }
}
