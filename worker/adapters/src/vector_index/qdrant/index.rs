//! The port.

use super::connection::{Connection, Pace};
use super::filter::older_than;
use super::points::{self, LANGUAGE, LANGUAGE_UNKNOWN, Page};
use super::settings::QdrantSettings;
use super::trouble::{Trouble, lasting, transient};
use super::words::AVERAGE_WORDS_DEFAULT;
use super::{collection, search, state};
use async_trait::async_trait;
use knowledge::ports::store::{IndexChange, Revision};
use knowledge::ports::vector_index::{Hit, IndexError, Search, VectorIndex};
use qdrant_client::qdrant::facet_value::Variant;
use qdrant_client::qdrant::{FacetCountsBuilder, PointStruct, UpdateMode, UpsertPointsBuilder};
use std::collections::BTreeSet;
use std::time::Duration;
use triage::language::Language;

/// A search that another process' feeding ran through is made again so often ...
pub const STILL_TRIES_MAX: usize = 5;
/// ... after so long.
pub const STILL_WAIT_MS: u64 = 20;
/// Languages that are asked for at most.
pub const LANGUAGES_MAX: u64 = 200;

/// The index on a Qdrant server.
pub struct QdrantVectorIndex {
    pub(super) connection: Connection,
}

impl QdrantVectorIndex {
    /// Opens nothing yet: the server is reached at the first call.
    pub fn new(settings: QdrantSettings) -> Result<Self, IndexError> {
        Ok(QdrantVectorIndex { connection: Connection::new(settings)? })
    }

    /// The server's version, such as `1.17.1`.
    pub async fn server_version(&self) -> Result<String, IndexError> {
        self.connection.version().await
    }

    /// The collection behind the alias; none when nobody has made one.
    pub async fn collection(&self) -> Result<Option<String>, IndexError> {
        collection::behind_alias(&self.connection).await.map_err(Trouble::into_index_error)
    }

    /// Makes the collection, its payload indexes and the alias where they are missing, and says what it is called.
    pub async fn set_up(&self) -> Result<String, IndexError> {
        let made = match collection::behind_alias(&self.connection).await {
            Ok(Some(name)) => collection::make(&self.connection, &name, AVERAGE_WORDS_DEFAULT).await.map(|()| name),
            Ok(None) => collection::make_first(&self.connection, AVERAGE_WORDS_DEFAULT).await,
            Err(trouble) => Err(trouble),
        };
        made.map_err(Trouble::into_index_error)
    }

    async fn state(&self) -> Result<Option<state::State>, Trouble> {
        match state::read(&self.connection, &self.connection.settings.alias).await {
            Err(Trouble::Missing) => Ok(None),
            read => read,
        }
    }

    /// Writes a page into the collection that the alias leads to now; should it lead elsewhere before the end, the page is fed
    /// again there.
    async fn feed(&self, changes: &[IndexChange], revision: Revision) -> Result<(), Trouble> {
        let connection = &self.connection;
        let name = match collection::behind_alias(connection).await? {
            Some(name) => name,
            None => collection::make_first(connection, average_words(&[changes])).await?,
        };
        let state = match state::read(connection, &name).await? {
            Some(state) => state,
            None => {
                state::describe(connection, &name, average_words(&[changes])).await?;
                state::read(connection, &name).await?.ok_or_else(|| transient("what was written just now is not there"))?
            }
        };
        if state.revision >= revision {
            return Ok(());
        }
        write_page(connection, &name, changes, revision, state.average_words).await
    }
}

/// Writes the points of a page, and then the revision: new ones before those that go, so that a search in between finds too much
/// rather than too little.
pub(super) async fn write_page(
    connection: &Connection,
    name: &str,
    changes: &[IndexChange],
    revision: Revision,
    average_words: f32,
) -> Result<(), Trouble> {
    state::begin(connection, name, revision).await?;
    let Page { present, dropped, gone } = points::of(changes, revision, connection.settings.dimensions, average_words);
    for (points, mode) in [(present, UpdateMode::Upsert), (dropped, UpdateMode::UpdateOnly), (gone, UpdateMode::Upsert)] {
        for part in points.chunks(connection.settings.limits.points_per_request.max(1)) {
            write_points(connection, name, part, revision, mode).await?;
        }
    }
    state::finish(connection, name, revision).await
}

async fn write_points(
    connection: &Connection,
    name: &str,
    points: &[PointStruct],
    revision: Revision,
    mode: UpdateMode,
) -> Result<(), Trouble> {
    let request = UpsertPointsBuilder::new(name, points.to_vec()).update_filter(older_than(revision)).update_mode(mode).wait(true).build();
    connection.call(Pace::Write, "write points", || connection.client.upsert_points(request.clone())).await.map(|_| ())
}

/// The average length of the keys of some pages.
pub(super) fn average_words(pages: &[&[IndexChange]]) -> f32 {
    let (words, keys) = pages.iter().map(|page| points::count_words(page)).fold((0, 0), |sum, page| (sum.0 + page.0, sum.1 + page.1));
    if words == 0 { AVERAGE_WORDS_DEFAULT } else { words as f32 / keys as f32 }
}

#[async_trait]
impl VectorIndex for QdrantVectorIndex {
    async fn revision(&self) -> Result<Revision, IndexError> {
        let state = self.state().await.map_err(Trouble::into_index_error)?;
        Ok(state.map_or(Revision(0), |state| state.revision))
    }

    /// Others search here too: it is never emptied for a store that knows less (`whimbrel setup qdrant --rebuild` does that).
    async fn apply(&self, changes: &[IndexChange], revision: Revision) -> Result<(), IndexError> {
        if revision == Revision(0) {
            return Err(lasting(format!(
                "the collection {} stands at a higher revision than this knowledge.db: a copy or a backup? Run `whimbrel setup qdrant \
                 --rebuild` when this one is right",
                self.connection.settings.alias
            )));
        }
        self.feed(changes, revision).await.map_err(Trouble::into_index_error)
    }

    async fn search(&self, search: &Search) -> Result<Vec<Hit>, IndexError> {
        for _ in 0..STILL_TRIES_MAX {
            let before = self.state().await.map_err(Trouble::into_index_error)?;
            let Some(before) = before else { return Ok(Vec::new()) };
            if before.is_still() {
                let found = search::search(&self.connection, search).await.map_err(Trouble::into_index_error)?;
                if self.state().await.map_err(Trouble::into_index_error)? == Some(before) {
                    return Ok(found);
                }
            }
            tokio::time::sleep(Duration::from_millis(STILL_WAIT_MS)).await;
        }
        Err(transient("the collection is being changed"))
    }

    async fn languages(&self) -> Result<BTreeSet<Language>, IndexError> {
        let connection = &self.connection;
        let request = FacetCountsBuilder::new(&connection.settings.alias, LANGUAGE).limit(LANGUAGES_MAX).exact(true).build();
        let answer = match connection.call(Pace::Read, "count languages", || connection.client.facet(request.clone())).await {
            Ok(answer) => answer,
            Err(Trouble::Missing) => return Ok(BTreeSet::new()),
            Err(trouble) => return Err(trouble.into_index_error()),
        };
        let names = answer.hits.into_iter().filter_map(|hit| match hit.value?.variant? {
            Variant::StringValue(name) if name != LANGUAGE_UNKNOWN => Some(name),
            Variant::StringValue(_) | Variant::IntegerValue(_) | Variant::BoolValue(_) => None,
        });
        Ok(names.filter_map(|name| Language::parse(&name).ok()).collect())
    }
}
