//! Measures the embedders on frequently asked questions.
//!
//! `cargo run --release -p knowledge --example measure_questions -- FAQS.jsonl QUERIES.jsonl`
//!
//! Prints how often the nearest question is the right one, for the queries of the split `history`: first among the questions of the
//! FAQ alone, then with all other queries of that split beside them.
#![allow(clippy::disallowed_methods, clippy::print_stdout)]

use knowledge::learned::hashed_embedder::HashedEmbedder;
use knowledge::learned::static_table::embedder::StaticEmbedder;
use knowledge::ports::embedder::Embedder;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::error::Error;

#[derive(Deserialize)]
struct Question {
    doc_id: String,
    question: String,
}

#[derive(Deserialize)]
struct Query {
    text: String,
    relevant: Vec<String>,
    split: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or("usage: measure_questions FAQS.jsonl QUERIES.jsonl");
    let questions: Vec<Question> = read(&next()?)?;
    let queries: Vec<Query> = read::<Query>(&next()?)?.into_iter().filter(|query| query.split == "history").collect();
    measure(&HashedEmbedder, &questions, &queries).await?;
    measure(&StaticEmbedder::new()?, &questions, &queries).await
}

fn read<T: DeserializeOwned>(path: &str) -> Result<Vec<T>, Box<dyn Error>> {
    Ok(std::fs::read_to_string(path)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?)
}

async fn measure(embedder: &dyn Embedder, questions: &[Question], queries: &[Query]) -> Result<(), Box<dyn Error>> {
    let asked: Vec<&str> = questions.iter().map(|question| question.question.as_str()).collect();
    let asked = embedder.embed(&asked).await?;
    let texts: Vec<&str> = queries.iter().map(|query| query.text.as_str()).collect();
    let vectors = embedder.embed(&texts).await?;
    let (mut alone, mut with_others) = (0usize, 0usize);
    for (at, (query, vector)) in queries.iter().zip(&vectors).enumerate() {
        let own = asked.iter().zip(questions).map(|(known, question)| (vector.cosine(known), std::slice::from_ref(&question.doc_id)));
        let others = vectors.iter().zip(queries).enumerate().filter(|(other, _)| *other != at);
        let others = others.map(|(_, (known, query))| (vector.cosine(known), query.relevant.as_slice()));
        alone += usize::from(is_right(nearest(own.clone()), query));
        with_others += usize::from(is_right(nearest(own.chain(others)), query));
    }
    let percent = |hits: usize| 100.0 * hits as f64 / queries.len().max(1) as f64;
    println!(
        "{}: {} queries, right first {:.1} %, with past questions {:.1} %",
        embedder.name(),
        queries.len(),
        percent(alone),
        percent(with_others)
    );
    Ok(())
}

fn nearest<'a>(known: impl Iterator<Item = (f32, &'a [String])>) -> Option<&'a [String]> {
    known.max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, answers)| answers)
}

fn is_right(found: Option<&[String]>, query: &Query) -> bool {
    found.is_some_and(|answers| answers.iter().any(|answer| query.relevant.contains(answer)))
}
