//! Labelled examples made ready for every fit: plain texts with noisy copies, embeddings, classes by number.

use crate::learned::calibration::Calibration;
use crate::learned::centroids::Centroids;
use crate::learned::ensemble::Minds;
use crate::learned::features::{SparseVector, Vocabulary};
use crate::learned::linear::LinearModel;
use crate::learned::neighbours::Neighbours;
use crate::ports::embedder::Embedding;
use triage::random::Random;
use triage::text::plain_without_digits;

/// One labelled message.
#[derive(Clone)]
pub struct Item {
    /// As it was written.
    pub text: String,
    /// Its vector.
    pub embedding: Embedding,
    /// Copies as people in a hurry spell it, with their vectors.
    pub copies: Vec<(String, Embedding)>,
    /// Its class.
    pub class: usize,
}

/// Labelled messages of numbered classes.
#[derive(Clone, Default)]
pub struct Data {
    /// The messages.
    pub items: Vec<Item>,
    /// How many classes there are.
    pub classes: usize,
    /// The class of what lies outside all intents, when there is one.
    pub outside: Option<usize>,
    /// Length of the vectors.
    pub dimensions: usize,
    /// Everything that is drawn comes from it.
    pub seed: u64,
}

impl Data {
    /// Fits all minds, joined by the given calibration.
    pub fn fit(&self, calibration: Calibration) -> Minds {
        let plain: Vec<Vec<String>> = self.items.iter().map(plain_texts).collect();
        let groups: Vec<Vec<&str>> = plain.iter().map(|texts| texts.iter().map(String::as_str).collect()).collect();
        let vocabulary = Vocabulary::learn(&groups);
        let (mut words, mut meanings, mut classes) = (Vec::new(), Vec::new(), Vec::new());
        for (item, texts) in self.items.iter().zip(&groups) {
            let vectors = std::iter::once(&item.embedding).chain(item.copies.iter().map(|(_, embedding)| embedding));
            for (text, embedding) in texts.iter().zip(vectors) {
                words.push(vocabulary.vector(text).0);
                meanings.push(SparseVector::dense(&embedding.0));
                classes.push(item.class);
            }
        }
        let known = || self.items.iter().map(|item| (&item.embedding, item.class));
        Minds {
            words: LinearModel::machines(&words, &classes, vocabulary.len(), self.classes, self.seed),
            meaning: LinearModel::softmax(&meanings, &classes, self.dimensions, self.classes, self.seed),
            neighbours: Neighbours::new(known().map(|(embedding, class)| (embedding.clone(), class))),
            centroids: Centroids::new(known(), self.classes, self.dimensions),
            vocabulary,
            calibration,
            outside: self.outside,
        }
    }

    /// A fold for every message, each class spread evenly.
    pub fn folds(&self, count: usize, random: &mut Random) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.items.len()).collect();
        random.shuffle(&mut order);
        order.sort_by_key(|at| self.class(*at));
        let mut folds = vec![0; order.len()];
        for (place, at) in order.into_iter().enumerate() {
            if let Some(fold) = folds.get_mut(at) {
                *fold = place % count.max(1);
            }
        }
        folds
    }

    /// The class of a message.
    pub fn class(&self, at: usize) -> usize {
        self.items.get(at).map_or(0, |item| item.class)
    }

    /// Some of the messages, their classes numbered anew as if the left-out ones had never been. Gives the new number's old one as well.
    pub fn without(&self, members: &[usize], left_out: &[usize]) -> (Data, Vec<usize>) {
        let kept: Vec<usize> = (0..self.classes).filter(|class| !left_out.contains(class)).collect();
        let renumbered = |class: usize| kept.binary_search(&class).ok();
        let items = members.iter().filter_map(|at| self.items.get(*at));
        let items = items.filter_map(|item| renumbered(item.class).map(|class| Item { class, ..item.clone() })).collect();
        let outside = self.outside.and_then(renumbered);
        (Data { items, classes: kept.len(), outside, dimensions: self.dimensions, seed: self.seed }, kept)
    }
}

fn plain_texts(item: &Item) -> Vec<String> {
    std::iter::once(&item.text).chain(item.copies.iter().map(|(text, _)| text)).map(|text| plain_without_digits(text)).collect()
}
