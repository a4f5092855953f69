//! The law: two ledgers that are told the same answer the same, and every message is accounted for at every moment.

use crate::contracts::ledger::twin::{LEASE_MS, TERMS, Twin, agent, asks, at, confirms_opt_out, decision, reply, reply_and_tag, worker};
use runtime::effect::{DecisionId, Effect, EffectClaim, EffectOutcome, effects_of};
use runtime::inbound::InboundMessage;
use runtime::ports::ledger::{Claim, ClaimTerms, Malformed, Received};
use runtime::ports::records::DeadLetterId;
use std::fmt::Debug;
use triage::classification::Priority;
use triage::decision::{Action, Decision};
use triage::phone::PhoneNumber;

/// Numbers that look random and are the same for the same seed: Knuth's linear congruential generator, upper bits.
pub struct Dice(u64);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(1))
    }

    /// A number below `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    /// One of these: mostly one of the newest, so that most of what is tried still holds.
    fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        let sides = u64::try_from(items.len()).unwrap();
        let sides = if self.roll(4) == 0 { sides } else { sides.min(4) };
        items.iter().nth_back(usize::try_from(self.roll(sides.max(1))).unwrap())
    }
}

/// Conversations of a play.
const CONVERSATIONS: u64 = 12;

/// The two twins, what they hold in common, and the state of the play.
struct Play {
    one: Twin,
    other: Twin,
    dice: Dice,
    now: i64,
    messages: u64,
    claims: Vec<Claim>,
    begun: Vec<EffectClaim>,
}

/// Tells both twins the same `steps` steps, chosen by `seed`, and compares every answer.
pub async fn both_answer_alike(one: Twin, other: Twin, seed: u64, steps: usize) {
    let mut play = Play { one, other, dice: Dice::new(seed), now: 0, messages: 0, claims: Vec::new(), begun: Vec::new() };
    for step in 0..steps {
        let place = format!("seed {seed}, step {step}");
        // The clock goes on by up to twenty seconds a step, and now and then it is set back.
        play.now += i64::try_from(play.dice.roll(21)).unwrap() - i64::from(play.dice.roll(100) == 0) * 400;
        play.step(&place).await;
        play.compare(&place).await;
    }
    play.has_seen_everything(seed).await;
}

fn same<T: PartialEq + Debug>(one: T, other: T, place: &str) -> T {
    assert_eq!(one, other, "{place}");
    one
}

impl Play {
    async fn step(&mut self, place: &str) {
        match self.dice.roll(24) {
            0..=3 => self.receive(place).await,
            4..=7 => self.claim(place).await,
            8..=11 => self.decide(place).await,
            12..=15 => self.begin(place).await,
            16..=19 => self.settle(place).await,
            20 => self.recover(place).await,
            21 => self.give_back(place).await,
            22 => self.retry(place).await,
            _ => self.operate(place).await,
        }
    }

    async fn receive(&mut self, place: &str) {
        let id = format!("m{}", self.dice.roll(2_000));
        let conversation = format!("c{}", self.dice.roll(CONVERSATIONS));
        let company = if self.dice.roll(2) == 0 { "+12025550100" } else { "+12025550199" };
        let message = if self.dice.roll(6) == 0 { agent(&id, &conversation) } else { asks(&id, &conversation) };
        let written = (self.dice.roll(3) == 0).then(|| at(self.now - 20));
        let messages = [InboundMessage { to: PhoneNumber::parse(company).unwrap(), at: written, ..message }];
        let one = self.one.ledger.receive(&messages, at(self.now)).await.unwrap();
        let other = self.other.ledger.receive(&messages, at(self.now)).await.unwrap();
        let is_customer = messages[0].author == triage::ticket::Author::Customer;
        self.messages += u64::from(is_customer && same(one, other, place) == [Received::New]);
    }

    async fn claim(&mut self, place: &str) {
        let terms = ClaimTerms { limit: usize::try_from(self.dice.roll(4)).unwrap(), ..TERMS };
        let one = self.one.ledger.claim_due(&worker("one"), at(self.now), terms).await.unwrap();
        let other = self.other.ledger.claim_due(&worker("one"), at(self.now), terms).await.unwrap();
        self.claims.extend(same(one, other, place));
    }

    fn any_decision(&mut self) -> Decision {
        match self.dice.roll(7) {
            0 => confirms_opt_out(),
            1 => Decision { consent: Some(triage::decision::ConsentChange::OptIn), ..decision(Action::Ignore) },
            2 => reply(&["one", "two"]),
            3 => decision(Action::Draft { text: "perhaps".to_owned() }),
            4 => decision(Action::Escalate { note: "please look".to_owned() }),
            5 => decision(Action::TagOnly),
            _ => reply_and_tag("here", "parcel"),
        }
    }

    async fn decide(&mut self, place: &str) {
        let Some(claim) = self.dice.pick(&self.claims).cloned() else { return };
        let decision = self.any_decision();
        let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
        let effects = effects_of(&decision, &claim.ticket.customer);
        let one = self.one.ledger.decided(&claim, &id, &decision, &effects, at(self.now)).await.unwrap();
        let other = self.other.ledger.decided(&claim, &id, &decision, &effects, at(self.now)).await.unwrap();
        same(one, other, place);
    }

    async fn begin(&mut self, place: &str) {
        let limit = usize::try_from(self.dice.roll(4)).unwrap();
        let (now, name) = (at(self.now), worker("one"));
        let (one, other) = if self.dice.roll(3) == 0 {
            let one = self.one.ledger.claim_unknown(&name, now, LEASE_MS, limit).await.unwrap();
            (one, self.other.ledger.claim_unknown(&name, now, LEASE_MS, limit).await.unwrap())
        } else {
            let one = self.one.ledger.claim_effects(&name, now, LEASE_MS, limit).await.unwrap();
            (one, self.other.ledger.claim_effects(&name, now, LEASE_MS, limit).await.unwrap())
        };
        self.begun.extend(same(one, other, place));
    }

    async fn settle(&mut self, place: &str) {
        let Some(claim) = self.dice.pick(&self.begun).cloned() else { return };
        let problem = "it was".to_owned();
        let outcome = match self.dice.roll(6) {
            0 => EffectOutcome::Again { at: at(self.now + 15), problem },
            1 => EffectOutcome::Unknown { look_at: at(self.now + 15), problem },
            2 => EffectOutcome::Failed { problem },
            _ => EffectOutcome::Done { vendor_id: format!("V{}", self.dice.roll(200)) },
        };
        let one = self.one.ledger.settle(&claim, &outcome, at(self.now)).await.unwrap();
        same(one, self.other.ledger.settle(&claim, &outcome, at(self.now)).await.unwrap(), place);
    }

    async fn recover(&mut self, place: &str) {
        let name = worker("one");
        let all_of = (self.dice.roll(3) == 0).then_some(&name);
        let one = self.one.ledger.recover(at(self.now), 20_000, all_of).await.unwrap();
        same(one, self.other.ledger.recover(at(self.now), 20_000, all_of).await.unwrap(), place);
    }

    async fn give_back(&mut self, place: &str) {
        let Some(claim) = self.dice.pick(&self.claims).cloned() else { return };
        let (one, other) = if self.dice.roll(2) == 0 {
            let until = at(self.now + 30);
            let one = self.one.ledger.postpone(&claim, "busy", until).await.unwrap();
            (one, self.other.ledger.postpone(&claim, "busy", until).await.unwrap())
        } else {
            let escalation = Effect::Escalate { team: None, priority: Priority::High, note: "given up".to_owned() };
            let one = self.one.ledger.bury(&claim, "poison", &escalation, at(self.now)).await.unwrap();
            (one, self.other.ledger.bury(&claim, "poison", &escalation, at(self.now)).await.unwrap())
        };
        same(one, other, place);
    }

    async fn retry(&mut self, place: &str) {
        let id = DeadLetterId(i64::try_from(self.dice.roll(20)).unwrap());
        let (one, other) = if self.dice.roll(4) == 0 {
            let one = self.one.records.discard_dead(id, at(self.now)).await.unwrap();
            (one, self.other.records.discard_dead(id, at(self.now)).await.unwrap())
        } else {
            let one = self.one.records.retry_dead(id, at(self.now)).await.unwrap();
            (one, self.other.records.retry_dead(id, at(self.now)).await.unwrap())
        };
        same(one, other, place);
    }

    async fn operate(&mut self, place: &str) {
        let paused = self.dice.roll(8) == 0;
        let malformed = [Malformed { payload: self.dice.roll(30).to_string().into_bytes(), problem: "not JSON".to_owned() }];
        for twin in [&self.one, &self.other] {
            twin.records.set_paused(paused, at(self.now)).await.unwrap();
            twin.ledger.receive_malformed(&malformed, at(self.now)).await.unwrap();
        }
        for name in ["c0", "c1", "m5", "V5"] {
            let one = self.one.records.decision(name).await.unwrap();
            same(one, self.other.records.decision(name).await.unwrap(), place);
        }
    }

    /// A play that never gets anywhere would prove nothing.
    async fn has_seen_everything(&self, seed: u64) {
        let status = self.one.status().await;
        let states = ["done", "cancelled", "failed"];
        assert!(states.iter().all(|state| status.effects.contains_key(*state)), "seed {seed}: {:?}", status.effects);
        assert!(status.decided > 0 && status.dead_letters > 0 && status.agent_messages > 0, "seed {seed}: {status:?}");
    }

    async fn compare(&self, place: &str) {
        let status = same(self.one.status().await, self.other.status().await, place);
        assert_eq!(status.received, self.messages, "{place}");
        let next = self.one.ledger.next_due(TERMS).await.unwrap();
        same(next, self.other.ledger.next_due(TERMS).await.unwrap(), place);
        let letters = self.one.records.dead_letters(100).await.unwrap();
        same(letters, self.other.records.dead_letters(100).await.unwrap(), place);
        let ticket = runtime_ticket(self.now);
        let one = self.one.records.ticket(&ticket).await.unwrap();
        same(one, self.other.records.ticket(&ticket).await.unwrap(), place);
    }
}

fn runtime_ticket(now: i64) -> triage::ticket::TicketId {
    triage::ticket::TicketId(format!("c{}", now.rem_euclid(CONVERSATIONS.cast_signed())))
}
