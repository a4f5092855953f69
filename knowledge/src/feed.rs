//! Keeps an index level with the store.

use crate::ports::store::{KnowledgeStore, Revision, StoreError};
use crate::ports::vector_index::{IndexError, VectorIndex};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

/// How many changes are read from the store at once.
pub const FEED_PAGE: usize = 500;

/// The index could not catch up.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// The store could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The index could not take the changes.
    #[error(transparent)]
    Index(#[from] IndexError),
    /// The store says that there is more, and gives nothing.
    #[error("knowledge store: gives no change after revision {} though it stands at {}", .after.0, .newest.0)]
    Stuck {
        /// What the index has seen.
        after: Revision,
        /// What the store says it has.
        newest: Revision,
    },
}

impl FeedError {
    /// Trying again may help.
    pub fn is_transient(&self) -> bool {
        match self {
            FeedError::Store(error) => error.is_transient,
            FeedError::Index(error) => error.is_transient,
            FeedError::Stuck { .. } => false,
        }
    }
}

/// Feeds one index from one store. Share one feed among all who search the index, so that changes are applied in order.
pub struct Feed {
    /// The truth.
    pub store: Arc<dyn KnowledgeStore>,
    /// What searches it.
    pub index: Arc<dyn VectorIndex>,
    turn: Turn,
}

impl Feed {
    /// A feed of this index from this store.
    pub fn new(store: Arc<dyn KnowledgeStore>, index: Arc<dyn VectorIndex>) -> Self {
        Feed { store, index, turn: Turn::default() }
    }

    /// Brings the index to the store's revision and says which that is: what was removed or hidden before this call is
    /// not found after it. Two questions for a revision when nothing changed. A store with a lower revision than the
    /// index is another store: the index is set to revision zero, which empties it, and fed from the start.
    pub async fn catch_up(&self) -> Result<Revision, FeedError> {
        // The index is asked first: other processes may change the store and feed a shared index between the two questions.
        let seen = self.index.revision().await?;
        let newest = self.store.revision().await?;
        if seen == newest {
            return Ok(newest);
        }
        let _turn = self.turn.take().await;
        let mut seen = self.index.revision().await?;
        let newest = self.store.revision().await?;
        if seen > newest {
            self.index.apply(&[], Revision(0)).await?;
            seen = Revision(0);
        }
        while seen < newest {
            let (changes, next) = self.store.changes_since(seen, FEED_PAGE).await?;
            if next <= seen {
                return Err(FeedError::Stuck { after: seen, newest });
            }
            self.index.apply(&changes, next).await?;
            seen = next;
        }
        Ok(seen)
    }
}

/// A lock that waits without blocking a thread: one feeds, the others wait for it and then find nothing left to do.
/// An older page that is applied after a newer one would bring back what was removed.
#[derive(Default)]
struct Turn(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    is_taken: bool,
    wakers: Vec<Waker>,
}

struct TurnGuard<'a>(&'a Turn);

impl Turn {
    async fn take(&self) -> TurnGuard<'_> {
        poll_fn(|context| {
            let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if waiting.is_taken {
                waiting.wakers.push(context.waker().clone());
                return Poll::Pending;
            }
            waiting.is_taken = true;
            Poll::Ready(TurnGuard(self))
        })
        .await
    }
}

impl Drop for TurnGuard<'_> {
    fn drop(&mut self) {
        let mut waiting = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.is_taken = false;
        let wakers = std::mem::take(&mut waiting.wakers);
        drop(waiting);
        wakers.into_iter().for_each(Waker::wake);
    }
}
