//! Group commit: what waits at the same time is done together, in one statement over all of it and one commit.
//!
//! A lane is one task. While it runs a batch, callers put theirs down; the next batch takes what lies there. So the more
//! there is to do, the larger the batches, and nobody waits for a batch to fill. One that cannot be done alone is told so
//! alone: a batch that was refused is done again one by one.

use crate::ledger::postgres::problem::Problem;
use crate::ledger::postgres::store::{Durability, Store, Verb, stopped};
use async_trait::async_trait;
use runtime::ports::ledger::LedgerError;
use sqlx::postgres::PgConnection;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// Items in one batch at most.
pub const BATCH_MAX: usize = 256;
/// Items that wait in a lane at most; further callers wait before they may put theirs down.
pub const WAITING_MAX: usize = 4_096;

/// What a lane does to many items at once.
#[async_trait]
pub(crate) trait Batch: Send + Sync + 'static {
    /// One of them.
    type Item: Send + Sync;
    /// What its caller gets.
    type Answer: Send;
    /// Two items with the same key do not go into one batch.
    fn key(item: &Self::Item) -> Option<&str>;
    /// Whether the batch must be durable.
    fn durability(items: &[Self::Item]) -> Durability;
    /// Does all of them; an answer for each, in their order.
    async fn run(connection: &mut PgConnection, items: &[Self::Item]) -> Result<Vec<Self::Answer>, Problem>;
}

struct Job<B: Batch> {
    item: B::Item,
    caller: oneshot::Sender<Result<B::Answer, LedgerError>>,
}

/// The handle of a lane.
pub(crate) struct Lane<B: Batch> {
    sender: mpsc::Sender<Job<B>>,
}

impl<B: Batch> Lane<B> {
    /// Starts the task; it ends when the handle is dropped.
    pub(crate) fn start(store: Store) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        tokio::spawn(work(store, receiver));
        Lane { sender }
    }

    /// Has one item done, together with whatever else waits.
    pub(crate) async fn put(&self, item: B::Item) -> Result<B::Answer, LedgerError> {
        let (caller, answer) = oneshot::channel();
        self.sender.send(Job { item, caller }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

async fn work<B: Batch>(store: Store, mut receiver: mpsc::Receiver<Job<B>>) {
    let mut waiting: VecDeque<Job<B>> = VecDeque::new();
    loop {
        if waiting.is_empty() {
            let Some(job) = receiver.recv().await else { return };
            waiting.push_back(job);
            // Whoever was answered together asks again together.
            tokio::task::yield_now().await;
        }
        while waiting.len() < BATCH_MAX
            && let Ok(job) = receiver.try_recv()
        {
            waiting.push_back(job);
        }
        // A caller who has gone away needs nothing any more.
        waiting.retain(|job| !job.caller.is_closed());
        let (items, callers): (Vec<_>, Vec<_>) = take(&mut waiting).into_iter().map(|job| (job.item, job.caller)).unzip();
        if !items.is_empty() {
            for (answer, caller) in all(&store, Arc::new(Together::<B> { items })).await.into_iter().zip(callers) {
                let _ = caller.send(answer);
            }
        }
    }
}

/// The first of every key; the others stay for the next batch.
fn take<B: Batch>(waiting: &mut VecDeque<Job<B>>) -> Vec<Job<B>> {
    let (mut keys, mut batch, mut left) = (BTreeSet::new(), Vec::new(), VecDeque::new());
    for job in waiting.drain(..) {
        let is_free = B::key(&job.item).is_none_or(|key| keys.insert(key.to_owned()));
        if is_free { batch.push(job) } else { left.push_back(job) }
    }
    *waiting = left;
    batch
}

async fn all<B: Batch>(store: &Store, together: Arc<Together<B>>) -> Vec<Result<B::Answer, LedgerError>> {
    let error = match store.run(together.as_ref()).await {
        Ok(answers) => return answers.into_iter().map(Ok).collect(),
        Err(error) => error,
    };
    let mut answers = Vec::with_capacity(together.items.len());
    for item in &together.items {
        // What is wrong with the server is wrong for each; what is wrong with one item is not.
        if error.is_transient || together.items.len() == 1 {
            answers.push(Err(LedgerError { problem: error.problem.clone(), is_transient: error.is_transient }));
        } else {
            answers.push(store.run(&Alone::<B> { item }).await);
        }
    }
    answers
}

struct Together<B: Batch> {
    items: Vec<B::Item>,
}

#[async_trait]
impl<B: Batch> Verb for Together<B> {
    type Answer = Vec<B::Answer>;

    fn durability(&self) -> Durability {
        B::durability(&self.items)
    }

    async fn run(&self, connection: &mut PgConnection) -> Result<Vec<B::Answer>, Problem> {
        B::run(connection, &self.items).await
    }
}

struct Alone<'a, B: Batch> {
    item: &'a B::Item,
}

#[async_trait]
impl<B: Batch> Verb for Alone<'_, B> {
    type Answer = B::Answer;

    fn durability(&self) -> Durability {
        B::durability(std::slice::from_ref(self.item))
    }

    async fn run(&self, connection: &mut PgConnection) -> Result<B::Answer, Problem> {
        let answers = B::run(connection, std::slice::from_ref(self.item)).await?;
        answers.into_iter().next().ok_or(Problem::Row("answer"))
    }
}
