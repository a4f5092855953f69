//! Small pieces of knowledge for the contracts: chunks with keys, and vectors from a fixed seed.

use jiff::Timestamp;
use knowledge::chunk::{Chunk, Key, KeyKind, KeyedChunk};
use knowledge::document::DocumentKey;
use knowledge::ports::embedder::Embedding;
use knowledge::ports::store::{IndexChange, NewVersion, SourceChange};
use knowledge::source::{Source, SourceId, SourceKind};
use triage::evidence::{PassageId, PassageKind};

/// Numbers that look random and are the same in every run (xorshift64*).
pub struct Random(u64);

impl Random {
    /// Starts at a seed.
    pub fn seeded(seed: u64) -> Self {
        Random(seed | 1)
    }

    /// Between -1 and 1, bell-shaped enough for vectors.
    pub fn component(&mut self) -> f32 {
        (0..4).map(|_| self.uniform() - 0.5).sum::<f32>() / 2.0
    }

    /// Between 0 and 1.
    pub fn uniform(&mut self) -> f32 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 40) as f32 / (1_u64 << 24) as f32
    }

    /// A vector of unit length.
    pub fn vector(&mut self, dimensions: usize) -> Embedding {
        Embedding::unit((0..dimensions).map(|_| self.component()).collect())
    }
}

/// A time, in seconds since 1970.
pub fn second(value: i64) -> Timestamp {
    Timestamp::from_second(value).unwrap_or_default()
}

/// A folder of documents.
pub fn source(name: &str) -> Source {
    Source { id: SourceId(name.to_owned()), kind: SourceKind::Folder, location: format!("./{name}"), language: None, valid_from: None }
}

/// A current passage of the source `handbook` that anyone may find. Its document bears its name.
pub fn chunk(id: &str, text: &str) -> Chunk {
    Chunk {
        id: PassageId(id.to_owned()),
        source: SourceId("handbook".to_owned()),
        document: DocumentKey(format!("{id}.md")),
        version: "v1".to_owned(),
        title: "Returns".to_owned(),
        kind: PassageKind::Document,
        question: None,
        text: text.to_owned(),
        language: None,
        ticket: None,
        intent: None,
        valid_from: second(0),
        valid_to: None,
        link: None,
    }
}

/// A chunk with one text key.
pub fn keyed(chunk: Chunk, vector: &[f32]) -> KeyedChunk {
    let keys = vec![Key { kind: KeyKind::Text, text: chunk.text.clone(), embedding: Embedding::unit(vector.to_vec()) }];
    KeyedChunk { chunk, keys }
}

/// A version of a document with one passage a text. Passage ids are made of document, version and place, as the chunker's are.
pub fn version(document: &str, hash: &str, valid_from: i64, texts: &[&str]) -> NewVersion {
    let chunks = texts.iter().enumerate().map(|(place, text)| {
        let mut chunk = chunk(&format!("{document}-{hash}-{place}"), text);
        chunk.document = DocumentKey(document.to_owned());
        chunk.version = hash.to_owned();
        keyed(chunk, &[1.0, place as f32, text.len() as f32])
    });
    NewVersion {
        document: DocumentKey(document.to_owned()),
        title: format!("Title of {document}"),
        version: hash.to_owned(),
        valid_from: second(valid_from),
        chunks: chunks.collect(),
    }
}

/// A sync that brings versions.
pub fn brings(versions: Vec<NewVersion>) -> SourceChange {
    SourceChange { versions, gone: Vec::new() }
}

/// A sync in which documents are gone.
pub fn loses(documents: &[&str]) -> SourceChange {
    SourceChange { versions: Vec::new(), gone: documents.iter().map(|document| DocumentKey((*document).to_owned())).collect() }
}

/// The change of an index that adds or replaces a passage.
pub fn upsert(keyed: &KeyedChunk) -> IndexChange {
    let keys = keyed.keys.iter().map(|key| (key.kind, key.text.clone(), key.embedding.clone())).collect();
    IndexChange::Upsert { chunk: Box::new(keyed.chunk.clone()), keys, hidden: false, pinned: false }
}
