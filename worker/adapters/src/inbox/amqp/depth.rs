//! How much lies in the broker's queues, for people who look from another process.

use super::connection::{close, connect};
use super::error::{AmqpError, Trouble};
use super::settings::AmqpSettings;
use super::topology::{Topology, standing};
use serde::Serialize;

/// Messages that nobody holds, by queue.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug, Serialize)]
pub struct AmqpDepth {
    /// Waiting for a worker.
    pub waiting: u64,
    /// Waiting to be handed out alone, because they came back twice.
    pub suspects: u64,
    /// Given up: a person decides.
    pub dead: u64,
    /// Workers that read.
    pub consumers: u32,
}

/// Looks once.
pub async fn depth(settings: &AmqpSettings) -> Result<AmqpDepth, AmqpError> {
    let connection = connect(settings).await?;
    let topology = Topology::of(settings);
    let mut found = [None; 3];
    for (queue, found) in topology.queues().into_iter().zip(&mut found) {
        *found = standing(&connection, &queue.name).await?;
        if found.is_none() {
            let problem = format!("queue {} does not exist: run `whimbrel setup amqp`", queue.name);
            return Err(AmqpError::new(Trouble::Missing, problem));
        }
    }
    close(&connection).await;
    let [dead, suspects, work] = found.map(|standing| standing.map_or(0, |standing| standing.ready));
    let consumers = found.last().copied().flatten().map_or(0, |standing| standing.consumers);
    Ok(AmqpDepth { waiting: work, suspects, dead, consumers })
}
