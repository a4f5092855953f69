//! One world from its first step to its judgement.

use crate::lives::driver::World;
use crate::lives::event::{Answer, Event};
use crate::lives::model::{Story, broken};
use crate::lives::process::Plant;
use crate::lives::settling::settle;
use runtime::ports::records::Records;
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// What came of a world, or of many.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Report {
    /// Messages of customers that were committed.
    pub messages: usize,
    /// SMS that customers received.
    pub received: usize,
    /// Sends of which nobody knew whether they had happened.
    pub doubtful: usize,
    /// Processes that died in the middle of something.
    pub deaths: usize,
    /// Processes that were stopped.
    pub stops: usize,
    /// Jumps of the clock.
    pub jumps: usize,
    /// Every broken rule.
    pub broken: Vec<String>,
    /// One number for everything that happened.
    pub hash: u64,
}

impl AddAssign for Report {
    fn add_assign(&mut self, other: Report) {
        self.messages += other.messages;
        self.received += other.received;
        self.doubtful += other.doubtful;
        self.deaths += other.deaths;
        self.stops += other.stops;
        self.jumps += other.jumps;
        self.broken.extend(other.broken);
        self.hash = self.hash.rotate_left(7) ^ other.hash;
    }
}

/// Plays the world of a seed on a thread of its own making: nothing from outside reaches it.
pub fn play(seed: u64, plant: Plant) -> Report {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new(seed, plant);
        world.play().await;
        let is_settled = settle(&mut world).await;
        judge(&world, seed, is_settled).await
    })
}

/// Everything that happened in the world of a seed, a line each: for whoever looks for the cause.
pub fn story(seed: u64) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let mut world = World::new(seed, Plant::Nothing);
        world.play().await;
        settle(&mut world).await;
        world.shared.log.events().iter().map(|event| format!("{event:?}")).collect()
    })
}

async fn judge(world: &World, seed: u64, is_settled: bool) -> Report {
    let events = world.shared.log.events();
    let mut stored = BTreeMap::new();
    for event in &events {
        if let Event::Decided { decision, .. } = event
            && let Some(found) = world.ledger.decision(&decision.0).await.unwrap()
        {
            stored.insert(decision.clone(), found);
        }
    }
    let status = world.ledger.status().await.unwrap();
    let mut rules = broken(&Story { events: &events, stored: &stored, status: &status });
    if !is_settled {
        rules.push("stuck: something was left when everything should have been settled".to_owned());
    }
    let count = |is: fn(&Event) -> bool| events.iter().filter(|event| is(event)).count();
    Report {
        messages: usize::try_from(status.received).unwrap(),
        received: count(|event| matches!(event, Event::Received { .. })),
        doubtful: count(|event| matches!(event, Event::Answered { answer: Answer::Lost, .. })),
        deaths: count(|event| matches!(event, Event::Died { .. })),
        stops: count(|event| matches!(event, Event::Stopped { .. })),
        jumps: count(|event| matches!(event, Event::Jumped { .. })),
        broken: rules.into_iter().map(|rule| format!("seed {seed}: {rule}")).collect(),
        hash: world.shared.log.hash(),
    }
}
