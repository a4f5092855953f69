//! The bare parts of a message's way with nothing around them: what no worker that does them can stay below.
//!
//! Three durable steps in group commits of 32 messages (taken in, decided with two kilobytes of receipt, sent), BM25's first
//! twenty by tantivy, an exact scan of 10,000 vectors in bytes, and one linear model over 77 classes on hashed n-grams.

use crate::measure::Timer;
use crate::measure::shop::{INTENTS, Shop};
use knowledge::dot::dot;
use rusqlite::Connection;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{Index, Searcher, TantivyDocument, Term};

/// Components of a vector.
const DIMENSIONS: usize = 384;
/// Buckets that n-grams fall into.
const BUCKETS: usize = 1 << 16;
/// Messages in one group commit.
const GROUP: usize = 32;
/// Characters of an n-gram, and bytes of a receipt.
const NGRAM: usize = 4;
const RECEIPT_BYTES: usize = 2_048;

/// Milliseconds of CPU a message.
pub(crate) fn ms_a_message(folder: &Path, passages: usize, messages: usize) -> f64 {
    let mut shop = Shop::of(passages);
    let (searcher, text) = postings(&shop.passages);
    let vectors: Vec<i8> = shop.passages.iter().flat_map(|passage| vector(passage)).collect();
    let weights: Vec<f32> = (0..BUCKETS * INTENTS).map(|n| (n % 1_009) as f32 / 1_009.0 - 0.5).collect();
    let mut ledger = Connection::open(folder.join("ceiling.db")).unwrap();
    let schema = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
                  CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT, state INTEGER, receipt BLOB)";
    ledger.execute_batch(schema).unwrap();
    let questions: Vec<String> = (0..messages).map(|_| shop.asked().1).collect();
    let receipt = vec![b'x'; RECEIPT_BYTES];
    let timer = Timer::start();
    let mut found = 0;
    for (group, questions) in questions.chunks(GROUP).enumerate() {
        let ids = || (0_i64..).map(|n| n + (group * GROUP) as i64).zip(questions);
        commit(&mut ledger, |step| ids().for_each(|(id, text)| step("INSERT INTO message VALUES (?1, ?2, 0, NULL)", &[&id, text])));
        for question in questions {
            found += class(question, &weights) + near(question, &vectors) + worded(&searcher, text, question);
        }
        commit(&mut ledger, |step| {
            ids().for_each(|(id, _)| step("UPDATE message SET state = 1, receipt = ?2 WHERE id = ?1", &[&id, &receipt]));
        });
        commit(&mut ledger, |step| ids().for_each(|(id, _)| step("UPDATE message SET state = 2 WHERE id = ?1", &[&id])));
    }
    std::hint::black_box(found);
    timer.cpu_s() / messages as f64 * 1e3
}

type Step<'a> = &'a mut dyn FnMut(&str, &[&dyn rusqlite::ToSql]);

fn commit(ledger: &mut Connection, steps: impl FnOnce(Step)) {
    let transaction = ledger.transaction().unwrap();
    steps(&mut |sql, values| {
        transaction.prepare_cached(sql).unwrap().execute(values).unwrap();
    });
    transaction.commit().unwrap();
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
