//! A ledger under test, with words for what the cases do to it.

use jiff::Timestamp;
use runtime::effect::{DecisionId, EffectClaim, EffectOutcome, effects_of};
use runtime::inbound::{Act, InboundMessage};
use runtime::ports::ledger::{Claim, ClaimTerms, Ledger, Received, WorkerId, Written};
use runtime::ports::records::{Records, Status};
use std::sync::Arc;
use triage::classification::Priority;
use triage::consultation::Mind;
use triage::decision::{Action, ConsentChange, Decision, Reason};
use triage::phone::PhoneNumber;
use triage::receipt::{Receipt, Versions};
use triage::ticket::{Author, MessageId, Tag, Team, Ticket, TicketId};

/// Ten seconds of burst window, thirty at most, a minute of lease, ten turns.
pub const TERMS: ClaimTerms = ClaimTerms { burst_window_ms: 10_000, burst_max_ms: 30_000, lease_ms: 60_000, limit: 10 };
/// Lease of effects, in milliseconds.
pub const LEASE_MS: i64 = 60_000;

/// A ledger with its records.
pub struct Twin {
    /// The worker's side.
    pub ledger: Arc<dyn Ledger>,
    /// The operator's side.
    pub records: Arc<dyn Records>,
}

/// A moment, in seconds after the beginning of the test.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + seconds).unwrap()
}

/// A worker by its name.
pub fn worker(name: &str) -> WorkerId {
    WorkerId(name.to_owned())
}

/// A conversation by its name.
pub fn ticket(name: &str) -> TicketId {
    TicketId(name.to_owned())
}

/// A message of a conversation.
pub fn message(id: &str, conversation: &str, author: Author, text: &str) -> InboundMessage {
    InboundMessage {
        v: 1,
        message_id: MessageId(id.to_owned()),
        conversation_id: Some(ticket(conversation)),
        from: PhoneNumber::parse("+12025550123").unwrap(),
        to: PhoneNumber::parse("+12025550100").unwrap(),
        at: None,
        text: text.to_owned(),
        media: Vec::new(),
        author,
        carrier_answered: false,
        act: Act::Said,
    }
}

/// A message of the customer.
pub fn asks(id: &str, conversation: &str) -> InboundMessage {
    message(id, conversation, Author::Customer, "where is my parcel")
}

/// A message of a person of the company.
pub fn agent(id: &str, conversation: &str) -> InboundMessage {
    message(id, conversation, Author::Agent, "I am looking into it")
}

/// A decision with this action.
pub fn decision(action: Action) -> Decision {
    let receipt = Receipt {
        version: 1,
        ticket: ticket("receipt"),
        messages: Vec::new(),
        as_of: at(0),
        case: String::new(),
        versions: Versions::default(),
        path: Vec::new(),
        language: None,
        intents: Vec::new(),
        out_of_scope: Some(0.1),
        asks: Vec::new(),
        rules: Vec::new(),
        retrieval_problem: None,
        passages: Vec::new(),
        set_aside: Vec::new(),
        citations: Vec::new(),
        would_be: None,
        preview: None,
        faults: Vec::new(),
        judgement: None,
        mind: Mind::Local,
        consultations: Vec::new(),
    };
    Decision {
        action,
        reason: Reason::SureEnough,
        consent: None,
        holding: None,
        tags: Vec::new(),
        intent: None,
        team: Some(Team("support".to_owned())),
        priority: Priority::Normal,
        receipt,
    }
}

/// A reply in these parts.
pub fn reply(parts: &[&str]) -> Decision {
    decision(Action::Reply { texts: parts.iter().map(|part| (*part).to_owned()).collect() })
}

/// A reply that also puts a tag on.
pub fn reply_and_tag(text: &str, tag: &str) -> Decision {
    Decision { tags: vec![Tag(tag.to_owned())], ..reply(&[text]) }
}

/// The answer to an opt-out.
pub fn confirms_opt_out() -> Decision {
    Decision { consent: Some(ConsentChange::OptOut), reason: Reason::OptedOutByWording, ..reply(&["You will get no more messages."]) }
}

/// Texts of a ticket, in their order.
pub fn texts(ticket: &Ticket) -> Vec<&str> {
    ticket.messages.iter().map(|message| message.text.as_str()).collect()
}

/// Ids of a ticket's messages, in their order.
pub fn ids(ticket: &Ticket) -> Vec<&str> {
    ticket.messages.iter().map(|message| message.id.0.as_str()).collect()
}

impl Twin {
    /// Over what a factory made.
    pub fn of((ledger, records): (Arc<dyn Ledger>, Arc<dyn Records>)) -> Self {
        Twin { ledger, records }
    }

    /// Takes one message in.
    pub async fn receive(&self, message: InboundMessage, seconds: i64) -> Received {
        self.ledger.receive(&[message], at(seconds)).await.unwrap().remove(0)
    }

    /// Claims what is due.
    pub async fn claim(&self, seconds: i64) -> Vec<Claim> {
        self.ledger.claim_due(&worker("one"), at(seconds), TERMS).await.unwrap()
    }

    /// Claims the one turn that is due.
    pub async fn claim_one(&self, seconds: i64) -> Claim {
        let mut claims = self.claim(seconds).await;
        assert_eq!(claims.len(), 1, "one turn is due");
        claims.remove(0)
    }

    /// Writes a decision with the effects that follow from it.
    pub async fn decide(&self, claim: &Claim, decision: &Decision, seconds: i64) -> Written {
        let id = DecisionId::of(&claim.ticket.id, &claim.message, claim.fence);
        let effects = effects_of(decision, &claim.ticket.customer);
        self.ledger.decided(claim, &id, decision, &effects, at(seconds)).await.unwrap()
    }

    /// Takes a message in at the beginning, claims it when its burst is over, and decides it at second ten.
    pub async fn decided(&self, id: &str, conversation: &str, decision: &Decision) -> Claim {
        self.receive(asks(id, conversation), 0).await;
        let claim = self.claim_one(10).await;
        assert_eq!(self.decide(&claim, decision, 10).await, Written::Yes);
        claim
    }

    /// Begins effects.
    pub async fn begin(&self, seconds: i64) -> Vec<EffectClaim> {
        self.ledger.claim_effects(&worker("one"), at(seconds), LEASE_MS, 10).await.unwrap()
    }

    /// Begins the one effect that is due.
    pub async fn begin_one(&self, seconds: i64) -> EffectClaim {
        let mut claims = self.begin(seconds).await;
        assert_eq!(claims.len(), 1, "one effect is due");
        claims.remove(0)
    }

    /// Claims look-ups.
    pub async fn look_up(&self, seconds: i64) -> Vec<EffectClaim> {
        self.ledger.claim_unknown(&worker("one"), at(seconds), LEASE_MS, 10).await.unwrap()
    }

    /// It happened.
    pub async fn done(&self, claim: &EffectClaim, vendor_id: &str, seconds: i64) -> Written {
        self.settle(claim, EffectOutcome::Done { vendor_id: vendor_id.to_owned() }, seconds).await
    }

    /// It will never happen.
    pub async fn failed(&self, claim: &EffectClaim, seconds: i64) -> Written {
        self.settle(claim, EffectOutcome::Failed { problem: "the number does not exist".to_owned() }, seconds).await
    }

    /// Something became of an effect.
    pub async fn settle(&self, claim: &EffectClaim, outcome: EffectOutcome, seconds: i64) -> Written {
        self.ledger.settle(claim, &outcome, at(seconds)).await.unwrap()
    }

    /// Where everything stands; the counts must add up.
    pub async fn status(&self) -> Status {
        let status = self.records.status().await.unwrap();
        assert_eq!(status.received, status.waiting + status.decided + status.dead, "every message is accounted for");
        status
    }

    /// A conversation as it stands.
    pub async fn ticket(&self, name: &str) -> Ticket {
        self.records.ticket(&ticket(name)).await.unwrap().unwrap()
    }

    /// How many effects are in a state.
    pub async fn effects(&self, state: &str) -> u64 {
        self.status().await.effects.get(state).copied().unwrap_or(0)
    }
}
