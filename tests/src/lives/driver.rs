//! What happens in a world, step by step, as the seed has it: customers and persons write, vendors call again, time passes, the clock
//! jumps, processes die, stop and are woken.

use crate::lives::desk::DeskOf;
use crate::lives::event::Event;
use crate::lives::inbox::{Post, PostOf};
use crate::lives::ledger::LedgerOf;
use crate::lives::mind::{Mind, ORDERS, POISON, SILENCE};
use crate::lives::phone::{Phone, PhoneOf};
use crate::lives::process::{Plant, Process, Shared};
use adapters::clock::manual::ManualClock;
use adapters::helpdesk::memory::MemoryHelpdesk;
use adapters::ledger::memory::MemoryLedger;
use jiff::Timestamp;
use runtime::delivery::DeliveryReport;
use runtime::inbound::{Act, InboundMessage};
use runtime::ports::clock::Clock;
use runtime::ports::ledger::{Ledger, WorkerId};
use runtime::settings::WorkerSettings;
use runtime::worker::{Ports, Worker};
use std::sync::Arc;
use tokio::task::{AbortHandle, JoinHandle};
use triage::phone::PhoneNumber;
use triage::ticket::{Author, MessageId};

/// Steps of a world before everything is left to settle.
pub const STEPS: usize = 160;
/// Conversations of a world at most, less three.
pub const TICKETS: usize = 8;
/// An hour.
const HOUR_MS: i64 = 3_600_000;

/// A world with one or two processes.
pub struct World {
    /// What everything shares.
    pub shared: Arc<Shared>,
    /// What came in, what was decided, what was done.
    pub ledger: Arc<MemoryLedger>,
    /// The phone network.
    pub phone: Arc<Phone>,
    /// The helpdesk.
    pub desk: Arc<MemoryHelpdesk>,
    /// The inbox.
    pub post: Arc<Post>,
    /// Webhooks that were not answered yet: the vendor calls again.
    pub unanswered: Vec<InboundMessage>,
    written: Vec<InboundMessage>,
    places: Vec<Place>,
    tickets: usize,
    processes: u64,
    offset_ms: i64,
    calls: Vec<(InboundMessage, JoinHandle<()>)>,
}

/// Where a process runs.
struct Place {
    name: WorkerId,
    process: Arc<Process>,
    tasks: Vec<AbortHandle>,
}

/// The limits of the processes: those of the program, and no time-outs that real time could strike.
pub fn settings() -> WorkerSettings {
    WorkerSettings { effect_deadline_ms: 3_600_000, decision_deadline_ms: 3_600_000, ..WorkerSettings::default() }
}

impl World {
    /// The world of a seed, before its first step.
    pub fn new(seed: u64, plant: Plant) -> Self {
        let start: Timestamp = "2026-11-02T15:00:00Z".parse().unwrap();
        let shared = Arc::new(Shared::new(seed, Arc::new(ManualClock::at(start)), plant));
        let desk = if shared.roll(2) == 0 { MemoryHelpdesk::default() } else { MemoryHelpdesk::beside_the_phone() };
        let tickets = 4 + shared.roll(TICKETS - 3);
        let workers = 1 + shared.roll(2);
        let mut world = World {
            phone: Arc::new(Phone::new(shared.clone())),
            ledger: Arc::default(),
            desk: Arc::new(desk),
            post: Arc::default(),
            unanswered: Vec::new(),
            written: Vec::new(),
            places: Vec::new(),
            tickets,
            processes: 0,
            offset_ms: 0,
            calls: Vec::new(),
            shared,
        };
        for place in 0..workers {
            let process = world.new_process();
            world.places.push(Place { name: WorkerId(format!("worker-{place}")), process, tasks: Vec::new() });
        }
        world
    }

    /// Plays all steps.
    pub async fn play(&mut self) {
        for place in 0..self.places.len() {
            self.start(place);
        }
        for _ in 0..STEPS {
            self.step();
            self.shared.tick.notify_waiters();
            for _ in 0..self.shared.roll(24) {
                tokio::task::yield_now().await;
            }
            self.look_after();
        }
        self.end();
    }

    /// All processes end; whatever they had in hand is as it is.
    fn end(&mut self) {
        for place in &mut self.places {
            place.process.die();
            place.tasks.drain(..).for_each(|task| task.abort());
        }
        self.collect_calls(true);
        self.shared.end_faults();
    }

    fn step(&mut self) {
        match self.shared.roll(100) {
            0..20 => self.customer_writes(),
            20..24 => self.person_writes(),
            24..30 => self.vendor_calls_again(),
            30..76 => self.time_passes(),
            76..78 => self.clock_jumps(),
            78..81 => self.some_process().die(),
            81..84 => self.some_process().stop(true),
            84..92 => self.some_process().stop(false),
            _ => self.retry_webhook(),
        }
    }

    fn some_process(&self) -> Arc<Process> {
        self.places[self.shared.roll(self.places.len())].process.clone()
    }

    fn message(&self, author: Author, text: String) -> InboundMessage {
        let (number, id) = (self.shared.roll(self.tickets), format!("m{}", self.written.len()));
        // Some vendors say when it was written, and they know the right time.
        let at = (self.shared.roll(2) == 0).then(|| self.phone.now());
        InboundMessage {
            v: 1,
            message_id: MessageId(id),
            conversation_id: None,
            from: PhoneNumber::parse(&format!("+1202555{number:04}")).unwrap(),
            to: PhoneNumber::parse("+12025550100").unwrap(),
            at,
            text,
            media: Vec::new(),
            author,
            carrier_answered: false,
            act: Act::Said,
        }
    }

    fn customer_writes(&mut self) {
        let text = match self.shared.roll(100) {
            0..5 => SILENCE[self.shared.roll(2)].to_owned(),
            5..8 => POISON.to_owned(),
            8..90 => format!("{} {}", ORDERS[self.shared.roll(3)], self.written.len()),
            _ => format!("{} {}", ORDERS[3], self.written.len()),
        };
        let message = self.message(Author::Customer, text);
        self.written.push(message.clone());
        if self.shared.roll(2) == 0 { self.post.put(&message) } else { self.unanswered.push(message) }
    }

    fn person_writes(&mut self) {
        let message = self.message(Author::Agent, "Priya here".to_owned());
        self.written.push(message.clone());
        if self.shared.roll(2) == 0 { self.desk.say(message) } else { self.unanswered.push(message) }
    }

    fn vendor_calls_again(&mut self) {
        if self.written.is_empty() {
            return;
        }
        let message = self.written[self.shared.roll(self.written.len())].clone();
        if self.shared.roll(2) == 0 { self.post.put(&message) } else { self.call(message) }
    }

    fn retry_webhook(&mut self) {
        if let Some(message) = self.unanswered.pop() {
            self.call(message);
        }
    }

    /// A vendor calls a process. It is answered when the ledger has the message.
    fn call(&mut self, message: InboundMessage) {
        let place = self.shared.roll(self.places.len());
        let (ledger, process) = (self.ledger_of(place), self.places[place].process.clone());
        let said = message.clone();
        let calling = tokio::spawn(async move {
            process.point().await;
            if ledger.receive(std::slice::from_ref(&said), process.shared.clock.now()).await.is_ok() {
                process.shared.log.note(Event::Acknowledged { message: said.message_id });
            } else {
                std::future::pending::<()>().await;
            }
        });
        self.places[place].tasks.push(calling.abort_handle());
        self.calls.push((message, calling));
    }

    /// Webhooks that were given up are called again.
    fn collect_calls(&mut self, all: bool) {
        let gone: Vec<_> = self.calls.extract_if(.., |(_, calling)| all || calling.is_finished()).collect();
        for (message, calling) in gone {
            let acknowledged = Event::Acknowledged { message: message.message_id.clone() };
            let is_answered = calling.is_finished() && self.shared.log.events().contains(&acknowledged);
            if !is_answered {
                calling.abort();
                self.unanswered.push(message);
            }
        }
    }

    fn time_passes(&mut self) {
        self.shared.clock.advance(i64::try_from(self.shared.roll(20_000)).unwrap());
        for report in self.phone.goes_on() {
            self.tell(report);
        }
    }

    /// The network tells of a message; nobody minds when it is not heard.
    fn tell(&mut self, report: DeliveryReport) {
        let place = self.shared.roll(self.places.len());
        let (ledger, clock) = (self.ledger_of(place), self.shared.clock.clone());
        let telling = tokio::spawn(async move { ledger.note_delivery(&report, clock.now()).await.map(|_| ()) });
        self.places[place].tasks.push(telling.abort_handle());
    }

    fn clock_jumps(&mut self) {
        let to_ms = [-HOUR_MS, 0, HOUR_MS][self.shared.roll(3)];
        let by_ms = to_ms - self.offset_ms;
        self.offset_ms = to_ms;
        if by_ms != 0 {
            self.shared.clock.jump(by_ms);
            self.shared.log.note(Event::Jumped { by_ms });
        }
    }

    /// The dead are buried and started again, sooner or later.
    fn look_after(&mut self) {
        for place in 0..self.places.len() {
            if self.places[place].process.is_dead() && self.shared.roll(2) == 0 {
                self.places[place].tasks.drain(..).for_each(|task| task.abort());
                self.collect_calls(false);
                self.places[place].process = self.new_process();
                self.post.restart();
                self.start(place);
            }
        }
    }

    fn new_process(&mut self) -> Arc<Process> {
        self.processes += 1;
        Arc::new(Process::new(self.processes, self.shared.clone()))
    }

    fn ledger_of(&self, place: usize) -> Arc<LedgerOf> {
        Arc::new(LedgerOf { ledger: self.ledger.clone(), process: self.places[place].process.clone() })
    }

    /// A worker of this process.
    fn worker(&self, place: usize) -> Worker {
        let Place { name, process, .. } = &self.places[place];
        let ports = Ports {
            inbox: Arc::new(PostOf { post: self.post.clone(), process: process.clone() }),
            ledger: self.ledger_of(place),
            helpdesk: Arc::new(DeskOf { desk: self.desk.clone(), process: process.clone() }),
            gateway: Arc::new(PhoneOf { phone: self.phone.clone(), process: process.clone() }),
            clock: self.shared.clock.clone(),
        };
        Worker::new(name.clone(), Mind::triage(process.clone()), ports, settings())
    }

    /// The worker that settles everything: the first one, started again with nothing to trouble it.
    pub fn last_worker(&mut self) -> Worker {
        self.places[0].process = self.new_process();
        self.post.restart();
        self.worker(0)
    }

    fn start(&mut self, place: usize) {
        let (worker, shared) = (self.worker(place), self.shared.clone());
        let life = tokio::spawn(async move {
            while worker.recover().await.is_err() {
                shared.tick.notified().await;
            }
            let until_tick = || shared.tick.notified();
            let intake = async {
                loop {
                    if worker.intake_round().await.unwrap_or(0) == 0 {
                        until_tick().await
                    }
                }
            };
            let turns = async {
                loop {
                    if worker.decision_round().await.unwrap_or(0) == 0 {
                        until_tick().await
                    }
                }
            };
            let effects = async {
                loop {
                    if worker.effect_round().await.unwrap_or(0) == 0 {
                        until_tick().await
                    }
                }
            };
            let recovery = async {
                let mut last_ms = shared.clock.steady_ms();
                loop {
                    until_tick().await;
                    if shared.clock.steady_ms() - last_ms >= settings().lease_ms && worker.recovery_round().await.is_ok() {
                        last_ms = shared.clock.steady_ms();
                    }
                }
            };
            tokio::join!(intake, turns, effects, recovery)
        });
        self.places[place].tasks.push(life.abort_handle());
    }
}
