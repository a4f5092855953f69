//! The inbox itself: reads over one connection, and makes a new one when that is lost.

use super::error::{AmqpError, Trouble};
use super::link::{Link, WAIT};
use super::settings::AmqpSettings;
use super::topology::Topology;
use async_trait::async_trait;
use runtime::ports::inbox::{Delivery, Inbox, InboxError, Refused};
use std::time::{Duration, Instant};
use tokio::sync::Mutex;

/// Reads the broker's queue.
pub struct AmqpInbox {
    settings: AmqpSettings,
    topology: Topology,
    state: Mutex<State>,
}

struct State {
    link: Option<Link>,
    /// Connections so far.
    generation: u64,
    /// Attempts that have failed since the last connection.
    failures: u32,
    /// When the next attempt may be made.
    retry_at: Instant,
    is_stopped: bool,
}

impl AmqpInbox {
    /// An inbox that connects when it is first asked for something.
    pub fn new(settings: AmqpSettings) -> Self {
        let topology = Topology::of(&settings);
        let state = State { link: None, generation: 0, failures: 0, retry_at: Instant::now(), is_stopped: false };
        AmqpInbox { settings, topology, state: Mutex::new(state) }
    }

    /// Closes the connection; what is not settled is handed out again, to whoever reads.
    pub async fn close(&self) {
        let mut state = self.state.lock().await;
        state.is_stopped = true;
        if let Some(link) = state.link.take() {
            link.close().await;
        }
    }

    /// Makes sure of a connection, where one may be made now.
    async fn connect(&self, state: &mut State) -> Result<(), AmqpError> {
        if state.link.is_some() || state.is_stopped {
            return Ok(());
        }
        let left = state.retry_at.saturating_duration_since(Instant::now());
        tokio::time::sleep(left.min(WAIT)).await;
        if left > WAIT {
            return Ok(());
        }
        state.generation += 1;
        // A broker that has just come back may take a request and never answer it.
        let opened = within(self.settings.connect_timeout_ms, Link::open(&self.settings, &self.topology, state.generation)).await;
        match opened {
            Ok(link) => {
                tracing::info!(queue = self.settings.queue, connection = state.generation, "reading from the broker");
                state.failures = 0;
                state.link = Some(link);
                Ok(())
            }
            Err(error) => {
                state.failures = state.failures.saturating_add(1);
                state.retry_at = Instant::now() + self.wait(state.failures);
                Err(error)
            }
        }
    }

    /// Doubles with every failure, up to its limit.
    fn wait(&self, failures: u32) -> Duration {
        let factor = 1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX);
        Duration::from_millis(self.settings.reconnect_first_ms.saturating_mul(factor).min(self.settings.reconnect_longest_ms))
    }
}

impl State {
    /// What the link says; where it fails it is given up.
    fn heed<T>(&mut self, result: Result<T, AmqpError>) -> Result<T, InboxError> {
        result.map_err(|error| {
            self.link = None;
            error.into()
        })
    }
}

/// An answer that does not come is a lost connection.
async fn within<T>(timeout_ms: u64, request: impl Future<Output = Result<T, AmqpError>>) -> Result<T, AmqpError> {
    match tokio::time::timeout(Duration::from_millis(timeout_ms), request).await {
        Ok(answer) => answer,
        Err(_) => {
            let problem = format!("no answer within {timeout_ms} ms: the connection is made anew; see the broker's log if this goes on");
            Err(AmqpError::new(Trouble::Unreachable, problem))
        }
    }
}

#[async_trait]
impl Inbox for AmqpInbox {
    async fn take(&self, max: usize) -> Result<Vec<Delivery>, InboxError> {
        let mut state = self.state.lock().await;
        self.connect(&mut state).await?;
        let Some(link) = &mut state.link else { return Ok(Vec::new()) };
        let taken = within(self.settings.confirm_timeout_ms, link.take(max)).await;
        state.heed(taken)
    }

    async fn settle(&self, tags: &[String]) -> Result<(), InboxError> {
        let mut state = self.state.lock().await;
        let Some(link) = &mut state.link else { return Ok(()) };
        let settled = within(self.settings.confirm_timeout_ms, link.settle(tags.iter().map(String::as_str))).await;
        if let Err(error) = state.heed(settled) {
            // They are safe in the ledger, which will know them when they come again.
            tracing::warn!(%error, "what was taken in could not be acknowledged");
        }
        Ok(())
    }

    async fn refuse(&self, refused: &[Refused]) -> Result<bool, InboxError> {
        let mut state = self.state.lock().await;
        // Without the connection that they came over they will come again, and are refused then.
        let Some(link) = &mut state.link else { return Ok(true) };
        let kept = within(self.settings.confirm_timeout_ms, link.refuse(refused)).await;
        state.heed(kept).map(|()| true)
    }

    async fn stop(&self) -> Result<usize, InboxError> {
        let mut state = self.state.lock().await;
        state.is_stopped = true;
        let Some(link) = &mut state.link else { return Ok(0) };
        let left = within(self.settings.confirm_timeout_ms, link.stop()).await;
        state.heed(left)
    }

    async fn waiting(&self) -> Result<u64, InboxError> {
        let mut state = self.state.lock().await;
        self.connect(&mut state).await?;
        match &mut state.link {
            Some(link) => {
                let waiting = within(self.settings.confirm_timeout_ms, link.waiting()).await;
                state.heed(waiting)
            }
            None => Err(InboxError { problem: "no connection to the broker: it is tried again".to_owned(), is_transient: true }),
        }
    }
}
