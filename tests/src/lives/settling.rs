//! The end of a world: one process without faults settles what the others left. How long that takes is part of the rule: no lease and
//! no clock may keep anything for ever.

use crate::lives::driver::{World, settings};
use crate::lives::event::Event;
use runtime::delivery::DeliveryReport;
use runtime::ports::clock::Clock;
use runtime::ports::ledger::Ledger;
use runtime::ports::records::{Records, Status};
use runtime::worker::Worker;

/// Everything is settled within so many milliseconds after the last fault: two look-ups of an unknown send, all retries of one
/// effect, and a lease.
pub const SETTLED_MS_MAX: i64 = 20 * 60_000;

/// One round of work takes so many milliseconds.
const WORK_MS: i64 = 500;

/// Settles everything. False when something was left after [`SETTLED_MS_MAX`].
pub async fn settle(world: &mut World) -> bool {
    let worker = world.last_worker();
    let clock = world.shared.clock.clone();
    worker.recover().await.unwrap();
    let (began_ms, mut recovered_ms) = (clock.steady_ms(), clock.steady_ms());
    while clock.steady_ms() - began_ms < SETTLED_MS_MAX {
        let heard = hear(world).await;
        if heard + round(&worker).await > 0 {
            clock.advance(WORK_MS); // so that work without end comes to an end
            continue;
        }
        if clock.steady_ms() - recovered_ms >= settings().lease_ms {
            worker.recovery_round().await.unwrap();
            recovered_ms = clock.steady_ms();
            continue;
        }
        let is_over = world.post.is_empty() && world.unanswered.is_empty() && world.phone.is_quiet();
        if is_over && open(&world.ledger.status().await.unwrap()) == 0 {
            return true;
        }
        let due = world.ledger.next_due(settings().claim_terms()).await.unwrap();
        let wait_ms = due.map_or(settings().lease_ms, |due| due.as_millisecond() - clock.now().as_millisecond());
        clock.advance(wait_ms.clamp(1_000, settings().lease_ms));
        for report in world.phone.goes_on() {
            note(world, &report).await;
        }
    }
    false
}

async fn round(worker: &Worker) -> usize {
    worker.intake_round().await.unwrap() + worker.decision_round().await.unwrap() + worker.effect_round().await.unwrap()
}

/// The vendor calls again with what was not answered.
async fn hear(world: &mut World) -> usize {
    let messages = std::mem::take(&mut world.unanswered);
    for message in &messages {
        let received = world.ledger.receive(std::slice::from_ref(message), world.shared.clock.now()).await.unwrap();
        let stops = crate::lives::mind::asks_for_silence(&message.text);
        if received == [runtime::ports::ledger::Received::New] {
            let (id, ticket, author) = (message.message_id.clone(), message.ticket_id(), message.author);
            world.shared.log.note(Event::Committed { message: id, ticket, author, stops });
        }
        world.shared.log.note(Event::Acknowledged { message: message.message_id.clone() });
    }
    messages.len()
}

async fn note(world: &World, report: &DeliveryReport) {
    world.ledger.note_delivery(report, world.shared.clock.now()).await.unwrap();
}

/// Messages and effects that are not over.
pub fn open(status: &Status) -> u64 {
    status.waiting + status.open_effects()
}
