//! The parts that every replier has, with nothing around them: BM25's first twenty by tantivy, an exact scan of vectors in bytes, and one
//! linear model on hashed n-grams. No part of the product but the scan's inner loop.

use crate::measure::shop::INTENTS;
use knowledge::dot::dot;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, Searcher, TantivyDocument, Term};

/// Components of a vector.
const DIMENSIONS: usize = 384;
/// Buckets that n-grams fall into.
const BUCKETS: usize = 1 << 16;
/// Characters of an n-gram.
const NGRAM: usize = 4;

/// What questions are held against.
pub(crate) struct Bare {
    searcher: Searcher,
    text: Field,
    vectors: Vec<i8>,
    weights: Vec<f32>,
}

impl Bare {
    /// Over these passages.
    pub(crate) fn of(passages: &[String]) -> Self {
        let (searcher, text) = postings(passages);
        let vectors = passages.iter().flat_map(|passage| vector(passage)).collect();
        let weights = (0..BUCKETS * INTENTS).map(|n| (n % 1_009) as f32 / 1_009.0 - 0.5).collect();
        Bare { searcher, text, vectors, weights }
    }

    /// Reads a question: a number that depends on all three parts, so that none is left out.
    pub(crate) fn read(&self, question: &str) -> usize {
        class(question, &self.weights) + near(question, &self.vectors) + worded(&self.searcher, self.text, question)
    }
}

fn postings(passages: &[String]) -> (Searcher, Field) {
    let mut schema = Schema::builder();
    let indexing = TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(IndexRecordOption::WithFreqs);
    let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
    let index = Index::create_in_ram(schema.build());
    let mut writer = index.writer_with_num_threads(1, 50_000_000).unwrap();
    for passage in passages {
        let mut document = TantivyDocument::default();
        document.add_text(text, passage);
        writer.add_document(document).unwrap();
    }
    writer.commit().unwrap();
    writer.wait_merging_threads().unwrap();
    (index.reader().unwrap().searcher(), text)
}

fn worded(searcher: &Searcher, field: Field, question: &str) -> usize {
    let word = |word: &str| -> (Occur, Box<dyn Query>) {
        (Occur::Should, Box::new(TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs)))
    };
    let query = BooleanQuery::new(question.split(' ').map(word).collect());
    searcher.search(&query, &TopDocs::with_limit(20).order_by_score()).unwrap().len()
}

fn bucket(part: &[u8]) -> usize {
    let mut hasher = DefaultHasher::new();
    part.hash(&mut hasher);
    (hasher.finish() as usize) % BUCKETS
}

fn vector(text: &str) -> Vec<i8> {
    let mut vector = vec![0_i8; DIMENSIONS];
    text.split(' ').for_each(|word| vector[bucket(word.as_bytes()) % DIMENSIONS] += 1);
    vector
}

fn near(question: &str, vectors: &[i8]) -> usize {
    let query: Vec<i16> = vector(question).into_iter().map(i16::from).collect();
    let nearest = vectors.chunks_exact(DIMENSIONS).map(|row| dot(row, &query)).enumerate().max_by_key(|(_, product)| *product);
    nearest.map_or(0, |(row, _)| row)
}

fn class(question: &str, weights: &[f32]) -> usize {
    let mut scores = [0.0_f32; INTENTS];
    for gram in question.as_bytes().windows(NGRAM) {
        let row = bucket(gram) * INTENTS;
        scores.iter_mut().zip(&weights[row..row + INTENTS]).for_each(|(score, weight)| *score += weight);
    }
    scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(class, _)| class)
}
