//! One search: the nearest keys and the best by words in one request, and the cosines of what was found by words alone.

use super::connection::{Connection, Pace};
use super::points::{DENSE, KIND, PASSAGE, PINNED, WORDS, has_direction, hit};
use super::trouble::Trouble;
use super::{filter, words};
use knowledge::chunk::KeyKind;
use knowledge::ports::vector_index::{Hit, Search};
use qdrant_client::qdrant::{
    Condition, Filter as Conditions, PayloadIncludeSelector, PointId, Query, QueryBatchPointsBuilder, QueryPoints, QueryPointsBuilder,
    ScoredPoint, SearchParamsBuilder,
};
use std::collections::BTreeMap;
use triage::evidence::PassageId;

/// Points asked for beyond those that are wanted: among equal scores the server picks any, and the port wants them by name.
pub const TIES: usize = 32;
/// With more equal scores than this at the last place, the server's choice stands.
pub const TIES_MAX: usize = 4_096;

type Key = (PassageId, KeyKind);

/// The best keys by words and by nearness, ordered by cosine, then by passage, then by kind.
pub async fn search(connection: &Connection, search: &Search) -> Result<Vec<Hit>, Trouble> {
    let words = words::of_query(&search.text);
    let is_near = has_direction(&search.embedding, connection.settings.dimensions);
    if search.keys_max == 0 || (words.is_empty() && !is_near) {
        return Ok(Vec::new());
    }
    let mut queries: Vec<(Query, &str)> = Vec::with_capacity(2);
    if is_near {
        queries.push((search.embedding.0.clone().into(), DENSE));
    }
    if !words.is_empty() {
        queries.push((words.into(), WORDS));
    }
    let mut found = best_of_each(connection, search, &queries).await?;
    let by_words = if queries.len() == 2 || !is_near { found.pop().unwrap_or_default() } else { Vec::new() };
    let near = found.pop().unwrap_or_default();
    let mut hits: BTreeMap<Key, Hit> = BTreeMap::new();
    for point in &near {
        note(&mut hits, point, |hit| hit.cosine = point.score);
    }
    let nearest = |point: &&ScoredPoint| near.iter().any(|other| other.id == point.id);
    let unmeasured: Vec<PointId> = by_words.iter().filter(|point| !nearest(point)).filter_map(|point| point.id.clone()).collect();
    for point in &by_words {
        note(&mut hits, point, |hit| hit.bm25 = Some(point.score));
    }
    if is_near && !unmeasured.is_empty() {
        for point in measure(connection, search, unmeasured).await? {
            note(&mut hits, &point, |hit| hit.cosine = point.score);
        }
    }
    let mut hits: Vec<Hit> = hits.into_values().collect();
    hits.iter_mut().for_each(|hit| hit.cosine = hit.cosine.clamp(-1.0, 1.0));
    hits.sort_by(|a, b| b.cosine.total_cmp(&a.cosine).then_with(|| a.passage.cmp(&b.passage)).then(a.kind.cmp(&b.kind)));
    Ok(hits)
}

fn note(hits: &mut BTreeMap<Key, Hit>, point: &ScoredPoint, measured: impl FnOnce(&mut Hit)) {
    if let Some(found) = hit(point) {
        measured(hits.entry((found.passage.clone(), found.kind)).or_insert(found));
    }
}

/// The first `keys_max` of every query, by score and then by name.
async fn best_of_each(connection: &Connection, search: &Search, queries: &[(Query, &str)]) -> Result<Vec<Vec<ScoredPoint>>, Trouble> {
    let mut limit = search.keys_max.saturating_add(TIES);
    loop {
        let asked = queries.iter().map(|(query, using)| one(connection, search, query.clone(), using, limit)).collect::<Vec<_>>();
        let request = QueryBatchPointsBuilder::new(&connection.settings.alias, asked).build();
        let answer = connection.call(Pace::Read, "search", || connection.client.query_batch(request.clone())).await?;
        let mut found: Vec<Vec<ScoredPoint>> = answer.result.into_iter().map(|batch| batch.result).collect();
        found.iter_mut().for_each(|points| sort(points));
        if limit >= TIES_MAX || found.iter().all(|points| is_settled(points, search.keys_max, limit)) {
            found.iter_mut().for_each(|points| points.truncate(search.keys_max));
            return Ok(found);
        }
        limit = limit.saturating_mul(4).min(TIES_MAX.max(limit));
    }
}

/// No point that was not sent can have the score of the last one that is kept.
fn is_settled(points: &[ScoredPoint], keys_max: usize, limit: usize) -> bool {
    let (last_kept, last_sent) = (points.get(keys_max - 1), points.last());
    points.len() < limit || last_kept.zip(last_sent).is_none_or(|(kept, sent)| sent.score < kept.score)
}

fn sort(points: &mut [ScoredPoint]) {
    let name = |point: &ScoredPoint| hit(point).map(|hit| (hit.passage, hit.kind));
    points.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| name(a).cmp(&name(b))));
}

/// Cosines of points that are known by their ids.
async fn measure(connection: &Connection, search: &Search, ids: Vec<PointId>) -> Result<Vec<ScoredPoint>, Trouble> {
    let limit = ids.len();
    let mut request = one(connection, search, search.embedding.0.clone().into(), DENSE, limit);
    request.filter = Some(Conditions::must([Condition::has_id(ids)]));
    let answer = connection.call(Pace::Read, "measure cosines", || connection.client.query(request.clone())).await?;
    Ok(answer.result)
}

fn one(connection: &Connection, search: &Search, query: Query, using: &str, limit: usize) -> QueryPoints {
    let fields = PayloadIncludeSelector { fields: [PASSAGE, KIND, PINNED].map(str::to_owned).to_vec() };
    QueryPointsBuilder::new(&connection.settings.alias)
        .query(query)
        .using(using)
        .filter(filter::of(&search.filter))
        .params(SearchParamsBuilder::default().exact(connection.settings.limits.exact))
        .limit(limit as u64)
        .with_payload(fields)
        .build()
}
