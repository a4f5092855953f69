//! A new collection from the store, filled beside the old one; then the alias leads to it, in one step. Searches go on all the while.

use super::index::{QdrantVectorIndex, write_page};
use super::points::count_words;
use super::trouble::{Trouble, transient};
use super::words::AVERAGE_WORDS_DEFAULT;
use super::{collection, state};
use knowledge::feed::{FEED_PAGE, FeedError};
use knowledge::ports::store::{KnowledgeStore, Revision};
use knowledge::ports::vector_index::IndexError;

impl QdrantVectorIndex {
    /// Fills a new collection and swaps it in; the old one is removed afterwards. `progress` hears how many changes were read.
    /// Returns the collection's name and its revision. What is cut short leaves a collection that nothing leads to.
    pub async fn rebuild(&self, store: &dyn KnowledgeStore, progress: &(dyn Fn(u64) + Sync)) -> Result<(String, Revision), FeedError> {
        let connection = &self.connection;
        let average_words = average_words(store).await?;
        let name = collection::next_name(connection).await.map_err(Trouble::into_index_error)?;
        collection::make(connection, &name, average_words).await.map_err(Trouble::into_index_error)?;
        let (mut seen, mut count) = (Revision(0), 0_u64);
        loop {
            let newest = store.revision().await?;
            if seen >= newest {
                break;
            }
            let (changes, next) = store.changes_since(seen, FEED_PAGE).await?;
            if next <= seen {
                return Err(FeedError::Stuck { after: seen, newest });
            }
            write_page(connection, &name, &changes, next, average_words).await.map_err(Trouble::into_index_error)?;
            seen = next;
            count += changes.len() as u64;
            progress(count);
        }
        self.swap(&name, seen).await?;
        Ok((name, seen))
    }

    async fn swap(&self, name: &str, seen: Revision) -> Result<(), IndexError> {
        let connection = &self.connection;
        let filled = state::read(connection, name).await.map_err(Trouble::into_index_error)?;
        if filled.is_none_or(|state| state.revision < seen) {
            return Err(transient("the new collection does not hold what was written: nothing was swapped"));
        }
        let old = self.collection().await?;
        collection::lead(connection, old.as_deref(), name).await.map_err(Trouble::into_index_error)?;
        match old {
            Some(old) if old != name => collection::remove(connection, &old).await.map_err(Trouble::into_index_error),
            Some(_) | None => Ok(()),
        }
    }
}

/// The average length of all keys of the store, in words.
async fn average_words(store: &dyn KnowledgeStore) -> Result<f32, FeedError> {
    let (mut seen, mut words, mut keys) = (Revision(0), 0, 0);
    while seen < store.revision().await? {
        let (changes, next) = store.changes_since(seen, FEED_PAGE).await?;
        let (more_words, more_keys) = count_words(&changes);
        (words, keys) = (words + more_words, keys + more_keys);
        if next <= seen {
            break;
        }
        seen = next;
    }
    Ok(if words == 0 { AVERAGE_WORDS_DEFAULT } else { words as f32 / keys as f32 })
}
