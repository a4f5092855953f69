//! What people of the company do: they write where the customer does not hear it, and give tickets back.

use crate::contracts::ledger::twin::{Twin, agent, asks, at, confirms_opt_out, message, reply, texts};
use runtime::effect::{Effect, EffectOutcome};
use runtime::inbound::{Act, InboundMessage};
use runtime::ports::ledger::Received;
use triage::ticket::{Author, Owner};

fn relay(id: &str, text: &str) -> InboundMessage {
    InboundMessage { act: Act::Relay, ..message(id, "a", Author::Agent, text) }
}

fn hand_back(seconds: i64) -> InboundMessage {
    InboundMessage { act: Act::HandBack, at: Some(at(seconds)), ..message("back", "a", Author::Agent, "") }
}

/// In the order in which they were written, each once, whatever the customer writes meanwhile.
pub async fn what_a_person_writes_beside_the_channel_is_sent_on_once(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    for (id, text) in [("p1", "I am looking"), ("p2", "found it"), ("p1", "I am looking")] {
        let expected = if id == "p1" && twin.effects("pending").await > 0 { Received::Duplicate } else { Received::New };
        assert_eq!(twin.receive(relay(id, text), 2).await, expected);
    }
    twin.receive(asks("m2", "a"), 3).await;
    for (second, expected) in [(4, "I am looking"), (6, "found it")] {
        let claim = twin.begin_one(second).await;
        assert!(matches!(&claim.effect, Effect::Relay { text, to } if text == expected && *to == claim.customer), "{second}");
        assert!(twin.begin(second).await.is_empty(), "one after the other");
        twin.done(&claim, &format!("SM{second}"), second + 1).await;
    }
    assert!(twin.begin(9).await.is_empty());
    let said = ["where is my parcel", "I am looking", "found it", "where is my parcel"];
    assert_eq!(texts(&twin.ticket("a").await), said, "it stands in the ticket as the person's, and not a second time");
}

/// The bot's send is what a person's answer makes untrue.
pub async fn a_persons_answer_goes_out_instead_of_the_bots(twin: Twin) {
    twin.decided("m1", "a", &reply(&["on its way"])).await;
    twin.receive(relay("p1", "I have it"), 11).await;
    let claim = twin.begin_one(12).await;
    assert!(matches!(&claim.effect, Effect::Relay { text, .. } if text == "I have it"));
    assert_eq!(twin.effects("cancelled").await, 1);
}

/// STOP means stop, whoever writes; and whoever wrote is told.
pub async fn nothing_is_sent_on_after_an_opt_out_and_the_person_is_told(twin: Twin) {
    twin.decided("m1", "a", &confirms_opt_out()).await;
    let confirmation = twin.begin_one(11).await;
    twin.done(&confirmation, "SM1", 12).await;
    twin.receive(relay("p1", "one more thing"), 13).await;
    let told = loop {
        let begun = twin.begin(14).await;
        assert!(begun.iter().all(|claim| !matches!(claim.effect, Effect::Relay { .. })), "nothing goes out");
        if let Some(told) = begun.into_iter().next() {
            break told;
        }
    };
    assert!(matches!(&told.effect, Effect::Escalate { note, .. } if note.contains("was not sent by SMS")), "{:?}", told.effect);
    assert_eq!(twin.effects("failed").await, 1);
}

/// A conversation in which nobody wrote to us belongs to another channel, and an answer of last week would surprise everybody.
pub async fn only_fresh_answers_to_what_came_in_here_are_sent_on(twin: Twin) {
    twin.receive(relay("p1", "hello from the messenger"), 0).await;
    twin.receive(asks("m1", "a"), 10).await;
    twin.receive(InboundMessage { at: Some(at(5)), ..relay("p2", "before you wrote") }, 11).await;
    assert!(twin.begin(12).await.is_empty());
    twin.receive(InboundMessage { at: Some(at(20)), ..relay("p3", "much later") }, 20 + 86_401).await;
    let told = twin.begin_one(20 + 86_402).await;
    assert!(matches!(told.effect, Effect::Escalate { .. }), "its author is told");
}

/// A lost answer to a send is looked up, as with the bot's own.
pub async fn an_unknown_relay_keeps_the_next_one_waiting(twin: Twin) {
    twin.receive(asks("m1", "a"), 0).await;
    twin.receive(relay("p1", "one"), 1).await;
    twin.receive(relay("p2", "two"), 2).await;
    let first = twin.begin_one(3).await;
    twin.settle(&first, EffectOutcome::Unknown { look_at: at(60), problem: "time-out".to_owned() }, 4).await;
    assert!(twin.begin(5).await.is_empty());
    assert!(twin.claim(15).await.is_empty(), "what was sent must be known before more is said");
    let look = twin.look_up(60).await.remove(0);
    twin.done(&look, "SM1", 61).await;
    assert!(matches!(&twin.begin_one(61).await.effect, Effect::Relay { text, .. } if text == "two"));
}

/// It is nobody's from then on, and whoever is said to have it after that has taken it again.
pub async fn a_ticket_that_is_given_back_is_nobodys_until_it_is_taken_again(twin: Twin) {
    assert_eq!(twin.receive(hand_back(0), 0).await, Received::Duplicate, "nobody has it");
    twin.receive(asks("m1", "a"), 0).await;
    let held = |seconds| InboundMessage { at: Some(at(seconds)), ..message("held", "a", Author::Agent, "") };
    let owner = async || twin.ticket("a").await.owners.last().map(|change| change.to);
    assert_eq!((twin.receive(held(1), 1).await, owner().await), (Received::New, Some(Owner::Person)));
    assert_eq!(twin.receive(held(2), 2).await, Received::Duplicate);
    assert_eq!((twin.receive(hand_back(5), 6).await, owner().await), (Received::New, Some(Owner::Nobody)));
    assert_eq!(twin.receive(hand_back(7), 7).await, Received::Duplicate, "it was given back already");
    assert_eq!(twin.receive(held(4), 8).await, Received::Duplicate, "that was before it was given back");
    assert_eq!((twin.receive(held(8), 8).await, owner().await), (Received::New, Some(Owner::Person)), "taken again");
    twin.receive(agent("p1", "a"), 9).await;
    assert_eq!(twin.receive(hand_back(5), 10).await, Received::Duplicate, "a person has written since");
    assert_eq!((twin.receive(hand_back(11), 11).await, owner().await), (Received::New, Some(Owner::Nobody)));
}
