//! An inbox in memory. What is not settled is handed out again after [`MemoryInbox::restart`].

use async_trait::async_trait;
use runtime::ports::inbox::{Delivery, Inbox, InboxError};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Keeps payloads until they are settled.
#[derive(Default)]
pub struct MemoryInbox {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// By the number under which it came.
    unsettled: BTreeMap<u64, Vec<u8>>,
    put: u64,
    /// The first number that was not handed out.
    next: u64,
}

impl MemoryInbox {
    /// Puts a message in.
    pub fn put(&self, payload: Vec<u8>) {
        let mut state = self.state();
        let number = state.put;
        state.put += 1;
        state.unsettled.insert(number, payload);
    }

    /// Forgets what was handed out, as a worker does that is started again.
    pub fn restart(&self) {
        self.state().next = 0;
    }

    /// How many are not settled.
    pub fn unsettled(&self) -> usize {
        self.state().unsettled.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Inbox for MemoryInbox {
    async fn take(&self, max: usize) -> Result<Vec<Delivery>, InboxError> {
        let mut state = self.state();
        let next = state.next;
        let deliveries: Vec<(u64, Delivery)> = state
            .unsettled
            .range(next..)
            .take(max)
            .map(|(number, payload)| (*number, Delivery { tag: number.to_string(), payload: payload.clone() }))
            .collect();
        state.next = deliveries.last().map_or(next, |(number, _)| number + 1);
        Ok(deliveries.into_iter().map(|(_, delivery)| delivery).collect())
    }

    async fn settle(&self, tags: &[String]) -> Result<(), InboxError> {
        let mut state = self.state();
        for number in tags.iter().filter_map(|tag| tag.parse::<u64>().ok()) {
            state.unsettled.remove(&number);
        }
        Ok(())
    }

    async fn waiting(&self) -> Result<u64, InboxError> {
        Ok(u64::try_from(self.unsettled()).unwrap_or(u64::MAX))
    }
}
