//! A process that may die at every call of a port, or be stopped there.

use crate::lives::event::{Event, Log};
use adapters::clock::manual::ManualClock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::Notify;
use triage::random::Random;

/// A process dies at one of so many points, on average.
pub const DEATH_SIDES: usize = 150;
/// Other tasks go first at most so often at one point.
pub const OTHERS_FIRST_MAX: usize = 3;
/// A call of the ledger fails one time in so many, on average.
pub const LEDGER_FAILS_SIDES: usize = 60;

/// A rule that is broken on purpose: whoever checks must see it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plant {
    /// None.
    Nothing,
    /// A send whose answer was lost is made again at once.
    SendsAgain,
    /// Unknown counts as "did not happen".
    ForgetsDoubt,
    /// What persons of the company write is not kept.
    ForgetsPersons,
    /// The inbox is told to forget before the ledger has it.
    AcknowledgesFirst,
    /// The effects of a decision are not written.
    LosesTurns,
}

/// What all processes of a world share.
pub struct Shared {
    /// What happened.
    pub log: Log,
    /// The processes' clock; its steady time is the world's.
    pub clock: Arc<ManualClock>,
    /// The broken rule.
    pub plant: Plant,
    random: Mutex<Random>,
    faults: AtomicBool,
    /// Somebody was woken.
    woken: Notify,
    /// Something may be due.
    pub tick: Notify,
}

impl Shared {
    /// A world of this seed.
    pub fn new(seed: u64, clock: Arc<ManualClock>, plant: Plant) -> Self {
        let (random, log) = (Mutex::new(Random::seeded(seed)), Log::default());
        Shared { log, clock, plant, random, faults: AtomicBool::new(true), woken: Notify::new(), tick: Notify::new() }
    }

    /// A number below `sides`.
    pub fn roll(&self, sides: usize) -> usize {
        self.random.lock().unwrap_or_else(PoisonError::into_inner).below(sides)
    }

    /// Whether the one case in so many has come; never once the faults are over.
    pub fn strikes(&self, sides: usize) -> bool {
        self.faults.load(Ordering::Relaxed) && self.roll(sides) == 0
    }

    /// From now on everything works.
    pub fn end_faults(&self) {
        self.faults.store(false, Ordering::Relaxed);
    }
}

/// One process.
pub struct Process {
    /// Its number; a process that is started again has another one.
    pub number: u64,
    /// What it shares.
    pub shared: Arc<Shared>,
    is_dead: AtomicBool,
    is_stopped: AtomicBool,
}

impl Process {
    /// A new one.
    pub fn new(number: u64, shared: Arc<Shared>) -> Self {
        Process { number, shared, is_dead: AtomicBool::new(false), is_stopped: AtomicBool::new(false) }
    }

    /// It is dead.
    pub fn is_dead(&self) -> bool {
        self.is_dead.load(Ordering::Relaxed)
    }

    /// It ends here and now.
    pub fn die(&self) {
        if !self.is_dead.swap(true, Ordering::Relaxed) {
            self.shared.log.note(Event::Died { process: self.number });
        }
    }

    /// It stands still, or goes on.
    pub fn stop(&self, stopped: bool) {
        if self.is_stopped.swap(stopped, Ordering::Relaxed) != stopped {
            let process = self.number;
            self.shared.log.note(if stopped { Event::Stopped { process } } else { Event::Woken { process } });
            self.shared.woken.notify_waiters();
        }
    }

    /// A point in the process's life: others may go first, it may stand still here, and it may end here.
    pub async fn point(&self) {
        for _ in 0..self.shared.roll(OTHERS_FIRST_MAX + 1) {
            tokio::task::yield_now().await;
        }
        while self.is_stopped.load(Ordering::Relaxed) && !self.is_dead() {
            self.shared.woken.notified().await;
        }
        self.may_die().await;
    }

    /// The same, for a moment in which nobody else can go first.
    pub async fn may_die(&self) {
        if !self.is_dead() && self.shared.strikes(DEATH_SIDES) {
            self.die();
        }
        if self.is_dead() {
            std::future::pending::<()>().await;
        }
    }
}
