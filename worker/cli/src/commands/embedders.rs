//! What `doctor` says about the embedders that are not in force.

use crate::config::EmbedderKind;

/// What another embedder would bring, and how to switch to it.
pub fn others(in_force: EmbedderKind) -> &'static str {
    match in_force {
        EmbedderKind::BuiltIn => {
            "a sentence-transformers model finds more by meaning (StackFAQ's questions, the right one first: 94 instead of 77 %), for \
             milliseconds a message instead of microseconds: all-MiniLM-L6-v2 for English, which `make model` brings, or a multilingual \
             one for French and Spanish. It needs a program built with `--features transformer`, embedder.kind = \"transformer\", then \
             `whimbrel knowledge sync` and `whimbrel learn`; figures: docs/PERFORMANCE.md"
        }
        EmbedderKind::Letters => {
            "words and letters alone know no meaning: the built-in table does in English, for microseconds more a message: embedder.kind = \
             \"built-in\", then `whimbrel knowledge sync` and `whimbrel learn`; figures: docs/PERFORMANCE.md"
        }
        EmbedderKind::Transformer | EmbedderKind::Openai => {
            "the built-in table needs microseconds a message instead of milliseconds and knows English only: embedder.kind = \"built-in\", \
             then `whimbrel knowledge sync` and `whimbrel learn`; figures: docs/PERFORMANCE.md"
        }
    }
}
