//! A made-up handbook: passages of fifty words, and questions that quote seven of them.

use super::Lcg;
use jiff::Timestamp;
use knowledge::source::{Source, SourceId, SourceKind};
use std::path::Path;

/// Seed of all texts.
pub(crate) const SEED: u64 = 10_000;
/// Intents of the labelled examples.
pub(crate) const INTENTS: usize = 77;
/// Words of a passage.
const PASSAGE_WORDS: usize = 50;
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
        Shop { passages: (0..passages).map(|_| random.words(PASSAGE_WORDS)).collect(), random }
    }

    /// These passages.
    pub(crate) fn with(passages: Vec<String>) -> Self {
        Shop { passages, random: Lcg(SEED) }
    }

    /// Writes the handbook as Markdown files into a folder and describes it as a source.
    pub(crate) fn write(&mut self, folder: &Path) -> Source {
        std::fs::create_dir_all(folder).unwrap();
        for (n, part) in self.passages.chunks(FILE_PASSAGES).enumerate() {
            let sections: String = part.iter().map(|passage| format!("## {}\n\n{passage}.\n\n", self.random.words(3))).collect();
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
        let words: Vec<&str> = self.passages[self.random.below(self.passages.len())].split(' ').collect();
        let start = self.random.below(40);
        format!("{} {}", words[start..start + 7].join(" "), self.random.words(2))
    }
}
