//! What a collection says of itself, in three points without vectors: whose passages it holds and how they are measured, the
//! revision that it stands at, and the highest revision that anyone began to feed. The last two only grow, whoever writes.

use super::connection::{Connection, Pace};
use super::filter::older_than;
use super::points::{self, REVISION, id_of_fact};
use super::trouble::{Trouble, lasting};
use super::words::AVERAGE_WORDS_DEFAULT;
use knowledge::ports::store::Revision;
use knowledge::ports::vector_index::IndexError;
use qdrant_client::qdrant::{
    GetPointsBuilder, NamedVectors, PointId, PointStruct, RetrievedPoint, UpdateMode, UpsertPoints, UpsertPointsBuilder, Value,
};
use std::collections::HashMap;

const FACTS: &str = "facts";
const STANDS_AT: &str = "revision";
const FED_TO: &str = "feeding";
const STORE: &str = "store";
const DIMENSIONS: &str = "dimensions";
const AVERAGE_WORDS: &str = "average_words";
const FORM: &str = "form";
/// The form of points; a program that makes other points writes another number.
const FORM_NOW: i64 = 1;

/// What is known of a collection.
#[derive(Clone, PartialEq, Debug)]
pub struct State {
    /// The revision that it stands at.
    pub revision: Revision,
    /// The highest revision that anyone began to feed; higher than `revision` while somebody feeds.
    pub fed_to: Revision,
    /// The average length of keys, in words, by which words are weighed here.
    pub average_words: f32,
}

impl State {
    /// Nobody is changing it.
    pub fn is_still(&self) -> bool {
        self.fed_to <= self.revision
    }
}

/// Reads the state; absent when nobody has written the facts yet. A collection of another store, embedder or form is an error.
pub async fn read(connection: &Connection, collection: &str) -> Result<Option<State>, Trouble> {
    let ids: Vec<PointId> = [FACTS, STANDS_AT, FED_TO].map(|fact| id_of_fact(fact).to_string().into()).to_vec();
    let asked = GetPointsBuilder::new(collection, ids).with_payload(true).build();
    let answer = connection.call(Pace::Read, "read the revision", || connection.client.get_points(asked.clone())).await?;
    let Some(facts) = find(&answer.result, FACTS) else { return Ok(None) };
    check(connection, facts)?;
    let revision = |fact: &str| find(&answer.result, fact).and_then(|point| point.payload.get(REVISION)?.as_integer());
    let number = |fact: &str| Revision(revision(fact).and_then(|value| u64::try_from(value).ok()).unwrap_or(0));
    let average_words = facts.payload.get(AVERAGE_WORDS).and_then(Value::as_double).map_or(AVERAGE_WORDS_DEFAULT, |value| value as f32);
    Ok(Some(State { revision: number(STANDS_AT), fed_to: number(FED_TO), average_words }))
}

/// Writes the facts where there are none.
pub async fn describe(connection: &Connection, collection: &str, average_words: f32) -> Result<(), Trouble> {
    let settings = &connection.settings;
    let payload = HashMap::from([
        (STORE.to_owned(), settings.store.clone().into()),
        (DIMENSIONS.to_owned(), dimensions(connection).into()),
        (AVERAGE_WORDS.to_owned(), f64::from(average_words).into()),
        (FORM.to_owned(), FORM_NOW.into()),
    ]);
    let request = fact(collection, FACTS, payload).update_mode(UpdateMode::InsertOnly).build();
    write(connection, request).await
}

/// Notes that somebody begins to feed up to `revision`: searches of other processes that meet a half of it look again.
pub async fn begin(connection: &Connection, collection: &str, revision: Revision) -> Result<(), Trouble> {
    raise(connection, collection, FED_TO, revision).await
}

/// Notes that the collection stands at `revision`.
pub async fn finish(connection: &Connection, collection: &str, revision: Revision) -> Result<(), Trouble> {
    raise(connection, collection, STANDS_AT, revision).await
}

async fn raise(connection: &Connection, collection: &str, name: &str, revision: Revision) -> Result<(), Trouble> {
    let payload = HashMap::from([(REVISION.to_owned(), Value::from(points::number(revision)))]);
    write(connection, fact(collection, name, payload).update_filter(older_than(revision)).build()).await
}

fn fact(collection: &str, name: &str, payload: HashMap<String, Value>) -> UpsertPointsBuilder {
    let point = PointStruct::new(id_of_fact(name).to_string(), NamedVectors::default(), payload);
    UpsertPointsBuilder::new(collection, vec![point]).wait(true)
}

async fn write(connection: &Connection, request: UpsertPoints) -> Result<(), Trouble> {
    connection.call(Pace::Write, "write the revision", || connection.client.upsert_points(request.clone())).await.map(|_| ())
}

fn find<'a>(points: &'a [RetrievedPoint], fact: &str) -> Option<&'a RetrievedPoint> {
    let id: PointId = id_of_fact(fact).to_string().into();
    points.iter().find(|point| point.id.as_ref() == Some(&id))
}

fn check(connection: &Connection, facts: &RetrievedPoint) -> Result<(), IndexError> {
    let settings = &connection.settings;
    let alias = &settings.alias;
    let of = |name: &str| facts.payload.get(name);
    if of(STORE).and_then(Value::as_str).is_none_or(|store| store != &settings.store) {
        return Err(lasting(format!(
            "the collection {alias} holds the passages of another knowledge.db: name another index.qdrant.collection, or run \
             `whimbrel setup qdrant --rebuild` to fill it from this one"
        )));
    }
    if of(DIMENSIONS).and_then(Value::as_integer) != Some(dimensions(connection)) || of(FORM).and_then(Value::as_integer) != Some(FORM_NOW)
    {
        return Err(lasting(format!(
            "the collection {alias} was made for vectors of another length or by another version of the program: run \
             `whimbrel setup qdrant --rebuild`"
        )));
    }
    Ok(())
}

fn dimensions(connection: &Connection) -> i64 {
    i64::try_from(connection.settings.dimensions).unwrap_or(i64::MAX)
}
