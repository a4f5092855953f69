//! A made-up handbook: passages of four sentences of twelve words, questions that quote some of them, and intents with words of
//! their own.

use super::Lcg;
use jiff::Timestamp;
use knowledge::source::{Source, SourceId, SourceKind};
use std::path::Path;

/// Seed of all texts.
pub(crate) const SEED: u64 = 10_000;
/// Intents of the labelled examples.
pub(crate) const INTENTS: usize = 77;
/// Sentences of a passage.
const SENTENCES: usize = 4;
/// Words of a sentence.
const SENTENCE_WORDS: usize = 12;
/// Words that are an intent's own.
const INTENT_WORDS: usize = 6;
/// Passages of a file.
const FILE_PASSAGES: usize = 20;

/// The passages and the randomness that goes on from them.
pub(crate) struct Shop {
    pub(crate) passages: Vec<String>,
    random: Lcg,
}

impl Shop {
    /// So many passages.
    pub(crate) fn of(passages: usize) -> Self {
        let mut random = Lcg(SEED);
        Shop { passages: (0..passages).map(|_| passage(&mut random)).collect(), random }
    }

    /// These passages.
    pub(crate) fn with(passages: Vec<String>) -> Self {
        Shop { passages, random: Lcg(SEED) }
    }

    /// Writes the handbook as Markdown files into a folder and describes it as a source.
    pub(crate) fn write(&mut self, folder: &Path) -> Source {
        std::fs::create_dir_all(folder).unwrap();
        for (n, part) in self.passages.chunks(FILE_PASSAGES).enumerate() {
            let sections: String = part.iter().map(|passage| format!("## {}\n\n{passage}\n\n", self.random.words(3))).collect();
            std::fs::write(folder.join(format!("part-{n:03}.md")), format!("# Part {n}\n\n{sections}")).unwrap();
        }
        Source {
            id: SourceId("handbook".to_owned()),
            kind: SourceKind::Folder,
            location: folder.to_string_lossy().into_owned(),
            language: None,
            valid_from: Some(Timestamp::UNIX_EPOCH),
        }
    }

    /// Seven words of a passage and two others.
    pub(crate) fn question(&mut self) -> String {
        format!("{} {}", self.quote(7), self.random.words(2))
    }

    /// Five words of a passage between three of an intent's own, with the intent's number. Words have no digits: the classifier
    /// reads none.
    pub(crate) fn asked(&mut self) -> (usize, String) {
        let intent = self.random.below(INTENTS);
        let letter = |n: usize| char::from(b'a' + (n % 26) as u8);
        let mut own =
            || format!("z{}o{}{}", letter(intent), letter(intent / 26), letter(self.random.below(INTENT_WORDS)).to_string().repeat(3));
        let (one, two, three) = (own(), own(), own());
        (intent, format!("{one} {} {two} {three}", self.quote(5)))
    }

    fn quote(&mut self, count: usize) -> String {
        let passage = &self.passages[self.random.below(self.passages.len())];
        let words: Vec<&str> = passage.split_whitespace().collect();
        let start = self.random.below(SENTENCE_WORDS - count + 1) + SENTENCE_WORDS * self.random.below(words.len() / SENTENCE_WORDS);
        words[start..start + count].join(" ").replace('.', "")
    }
}

fn passage(random: &mut Lcg) -> String {
    let sentences: Vec<String> = (0..SENTENCES).map(|_| format!("{}.", random.words(SENTENCE_WORDS))).collect();
    sentences.join(" ")
}
