//! Queries: nearness, words, fusion.

use super::filter::matches;
use super::world::{Collection, Point, id};
use qdrant_client::qdrant::query::Variant;
use qdrant_client::qdrant::vector_input::Variant as Input;
use qdrant_client::qdrant::with_payload_selector::SelectorOptions;
use qdrant_client::qdrant::{Filter, Fusion, PrefetchQuery, Query, QueryPoints, ScoredPoint, WithPayloadSelector};
use std::collections::{BTreeMap, HashMap};
use tonic::Status;

/// Points of an answer where no limit is given.
pub const LIMIT_DEFAULT: u64 = 10;
/// k of reciprocal rank fusion where none is given.
pub const RRF_K_DEFAULT: u32 = 2;

type Scored = Vec<(f32, String)>;

/// Answers one query.
pub fn query(collection: &Collection, asked: &QueryPoints) -> Result<Vec<ScoredPoint>, Status> {
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT);
    if limit == 0 {
        return Err(Status::invalid_argument("Validation error: [limit: value 0 invalid, must be 1 or larger]"));
    }
    let filters: Vec<&Filter> = asked.filter.iter().collect();
    let found = match asked.prefetch.is_empty() {
        true => leaf(collection, asked.query.as_ref(), asked.using.as_deref(), &filters, limit)?,
        false => fuse(collection, asked.query.as_ref(), &asked.prefetch, &filters, limit)?,
    };
    let (offset, limit) = (asked.offset.unwrap_or(0) as usize, limit as usize);
    Ok(found
        .into_iter()
        .skip(offset)
        .take(limit)
        .map(|(score, key)| scored(collection, asked.with_payload.as_ref(), score, &key))
        .collect())
}

/// How near a point is, when it has the vector that is asked for.
type Score<'a> = Box<dyn Fn(&Point) -> Option<f32> + 'a>;

/// One query over the points themselves.
fn leaf(collection: &Collection, query: Option<&Query>, using: Option<&str>, filters: &[&Filter], limit: u64) -> Result<Scored, Status> {
    let Some(Variant::Nearest(input)) = query.and_then(|query| query.variant.as_ref()) else {
        return Err(Status::unimplemented("the double answers nearest queries and reciprocal rank fusion"));
    };
    let using = using.unwrap_or_default();
    let mut found = Scored::new();
    let score: Score = match &input.variant {
        Some(Input::Dense(dense)) => {
            let size = collection.dense.get(using).ok_or_else(|| unknown_vector(using))?;
            if dense.data.len() as u64 != *size {
                let problem = format!("Wrong input: Vector dimension error: expected dim: {size}, got {}", dense.data.len());
                return Err(Status::invalid_argument(problem));
            }
            let query = normed(&dense.data);
            Box::new(move |point| point.dense.get(using).map(|vector| dot(&query, vector)))
        }
        Some(Input::Sparse(sparse)) => {
            let has_idf = *collection.sparse.get(using).ok_or_else(|| unknown_vector(using))?;
            let words: BTreeMap<u32, f32> = sparse.indices.iter().copied().zip(sparse.values.iter().copied()).collect();
            let weights = weigh(collection, using, words, has_idf);
            Box::new(move |point| {
                let vector = point.sparse.get(using)?;
                let shared: Vec<f32> = weights.iter().filter_map(|(word, weight)| vector.get(word).map(|value| weight * value)).collect();
                (!shared.is_empty()).then(|| shared.iter().sum())
            })
        }
        _ => return Err(Status::unimplemented("the double knows dense and sparse vectors")),
    };
    for (key, point) in &collection.points {
        let mut may = true;
        for filter in filters {
            may = may && matches(collection, filter, key, point)?;
        }
        if may && let Some(score) = score(point) {
            found.push((score, key.clone()));
        }
    }
    // Equal scores come in no order that a caller could know: ids are hashes.
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

/// The prefetches, each under the outer filter too, and then their ranks.
fn fuse(
    collection: &Collection,
    query: Option<&Query>,
    prefetches: &[PrefetchQuery],
    filters: &[&Filter],
    limit: u64,
) -> Result<Scored, Status> {
    let (k, weights) = match query.and_then(|query| query.variant.as_ref()) {
        Some(Variant::Fusion(fusion)) if *fusion == Fusion::Rrf as i32 => (RRF_K_DEFAULT, Vec::new()),
        Some(Variant::Rrf(rrf)) => (rrf.k.unwrap_or(RRF_K_DEFAULT), rrf.weights.clone()),
        _ => return Err(Status::unimplemented("the double fuses by reciprocal ranks alone")),
    };
    if !weights.is_empty() && weights.len() != prefetches.len() {
        return Err(Status::invalid_argument("Bad request: RRF weights must be as many as the prefetches"));
    }
    let mut scores: HashMap<String, f32> = HashMap::new();
    for (place, prefetch) in prefetches.iter().enumerate() {
        let filters: Vec<&Filter> = filters.iter().copied().chain(&prefetch.filter).collect();
        let limit = prefetch.limit.unwrap_or(LIMIT_DEFAULT);
        let weight = weights.get(place).copied().unwrap_or(1.0);
        for (position, (_, key)) in
            leaf(collection, prefetch.query.as_ref(), prefetch.using.as_deref(), &filters, limit)?.iter().enumerate()
        {
            *scores.entry(key.clone()).or_default() += 1.0 / ((position as f32 + 1.0) / weight + k as f32 - 1.0);
        }
    }
    let mut found: Scored = scores.into_iter().map(|(key, score)| (score, key)).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| b.1.cmp(&a.1)));
    found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(found)
}

fn weigh(collection: &Collection, using: &str, words: BTreeMap<u32, f32>, has_idf: bool) -> BTreeMap<u32, f32> {
    if !has_idf {
        return words;
    }
    let vectors: Vec<_> = collection.points.values().filter_map(|point| point.sparse.get(using)).collect();
    let n = vectors.len() as f32;
    let rarity = |word: &u32| {
        let df = vectors.iter().filter(|vector| vector.contains_key(word)).count() as f32;
        (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
    };
    words.into_iter().map(|(word, value)| (word, value * rarity(&word))).collect()
}

fn scored(collection: &Collection, with: Option<&WithPayloadSelector>, score: f32, key: &str) -> ScoredPoint {
    let point = collection.points.get(key).cloned().unwrap_or_default();
    ScoredPoint { id: Some(id(key)), payload: selected(with, point.payload), score, ..ScoredPoint::default() }
}

/// The part of a payload that is asked for; none where nothing is.
pub fn selected<V>(with: Option<&WithPayloadSelector>, mut payload: HashMap<String, V>) -> HashMap<String, V> {
    match with.and_then(|with| with.selector_options.as_ref()) {
        Some(SelectorOptions::Enable(true)) => payload,
        Some(SelectorOptions::Include(include)) => {
            payload.retain(|field, _| include.fields.contains(field));
            payload
        }
        Some(SelectorOptions::Exclude(exclude)) => {
            payload.retain(|field, _| !exclude.fields.contains(field));
            payload
        }
        Some(SelectorOptions::Enable(false)) | None => HashMap::new(),
    }
}

/// Scaled to length one; a vector of zeros stays.
pub fn normed(vector: &[f32]) -> Vec<f32> {
    let length = dot(vector, vector).sqrt();
    if length < f32::EPSILON { vector.to_vec() } else { vector.iter().map(|value| value / length).collect() }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn unknown_vector(name: &str) -> Status {
    Status::invalid_argument(format!("Wrong input: Not existing vector name error: {name}"))
}
