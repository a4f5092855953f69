//! How far Whimbrel may go: the dial, the ceilings of policy and rules, and what tags and team come of it.
#![allow(clippy::unwrap_used)]

mod common;

use common::ports::{World, gate, tags, world};
use common::{ask, case_saying, intent};
use std::collections::BTreeMap;
use triage::classification::Priority;
use triage::decision::{Decision, Reason};
use triage::language::Language;
use triage::policy::{Ceiling, Greeting};
use triage::rules::{Rule, Set, When};
use triage::signals::Signals;
use triage::ticket::Team;

async fn decided(world: World) -> Decision {
    world.decide(&case_saying("Can I return my helmet?")).await.decision
}

async fn outcome(world: World) -> (Reason, &'static str) {
    let decision = decided(world).await;
    (decision.reason, decision.action.name())
}

/// A rule that always applies.
fn always(name: &str, set: Set) -> Rule {
    Rule { name: name.to_owned(), when: When::default(), set }
}

fn lowered_to(ceiling: Ceiling) -> Rule {
    always("lower", Set { ceiling: Some(ceiling), ..Set::default() })
}

fn team(name: &str) -> Option<Team> {
    Some(Team(name.to_owned()))
}

#[tokio::test]
async fn the_dial_itself_is_still_allowed() {
    let wrong = gate(3.0).wrong_per_100(&Signals::default());
    let dialled = |dial: f64| {
        world().but(|w| {
            w.gate = gate(3.0);
            w.policy.max_wrong_per_100 = dial;
        })
    };
    assert_eq!(outcome(dialled(wrong)).await, (Reason::SureEnough, "reply"));
    assert_eq!(outcome(dialled(wrong.next_down())).await, (Reason::TooRisky, "draft"));
    assert_eq!(outcome(dialled(0.0)).await, (Reason::TooRisky, "draft"));
    assert_eq!(outcome(dialled(100.0)).await, (Reason::SureEnough, "reply"));
    assert_eq!(outcome(dialled(f64::NAN)).await, (Reason::TooRisky, "draft"), "what is no number allows nothing");
}

#[tokio::test]
async fn a_proposal_has_a_limit_of_its_own() {
    let wrong = gate(30.0).wrong_per_100(&Signals::default());
    let limited = |limit: f64| {
        world().but(|w| {
            w.gate = gate(30.0);
            w.policy.draft_max_wrong_per_100 = limit;
        })
    };
    assert_eq!(outcome(limited(wrong)).await, (Reason::TooRisky, "draft"));
    assert_eq!(outcome(limited(wrong.next_down())).await, (Reason::TooRisky, "escalate"));
    assert_eq!(outcome(limited(f64::NAN)).await, (Reason::TooRisky, "escalate"));
}

#[tokio::test]
async fn an_intent_may_have_a_dial_of_its_own() {
    let dialled = |name: &str, dial: f64| {
        let name = intent(name);
        world().but(|w| {
            w.gate = gate(3.0);
            w.policy.max_wrong_per_100_for.insert(name, dial);
        })
    };
    assert_eq!(outcome(dialled("returns", 5.0)).await, (Reason::SureEnough, "reply"));
    assert_eq!(outcome(dialled("shipping", 5.0)).await, (Reason::TooRisky, "draft"), "another intent's dial is not ours");
}

#[tokio::test]
async fn the_strictest_of_all_asks_holds() {
    let both_answered = || world().but(|w| w.script.draft.as_mut().unwrap().asks_answered = 2);
    let two = || both_answered().classified(|c| c.asks.push(ask("how much is shipping?", Some("shipping"))));
    let shipping = |ceiling: Ceiling, dial: f64| {
        two().but(|w| {
            w.policy.ceilings.insert(intent("shipping"), ceiling);
            w.policy.max_wrong_per_100_for.insert(intent("shipping"), dial);
        })
    };
    assert_eq!(outcome(shipping(Ceiling::Reply, 2.0)).await, (Reason::SureEnough, "reply"));
    assert_eq!(outcome(shipping(Ceiling::Reply, 0.5)).await, (Reason::TooRisky, "draft"));
    assert_eq!(outcome(shipping(Ceiling::Draft, 2.0)).await, (Reason::CeilingDraft, "draft"));
    assert_eq!(outcome(shipping(Ceiling::Off, 2.0)).await, (Reason::IntentOff, "escalate"));
    let small_talk = world().classified(|c| c.asks.push(ask("lovely weather", Some("oos"))));
    let small_talk = small_talk.but(|w| {
        w.policy.ceilings.insert(intent("oos"), Ceiling::Off);
    });
    assert_eq!(outcome(small_talk).await, (Reason::SureEnough, "reply"), "small talk takes nothing from the question");
}

#[tokio::test]
async fn a_rule_lowers_a_ceiling_and_never_raises_it() {
    for of_policy in [Ceiling::Off, Ceiling::Shadow, Ceiling::Draft, Ceiling::Reply] {
        for of_rule in [Ceiling::Off, Ceiling::Shadow, Ceiling::Draft, Ceiling::Reply] {
            let of_policy_alone = world().but(|w| {
                w.policy.ceilings.insert(intent("returns"), of_policy.min(of_rule));
            });
            let both = world().but(|w| {
                w.policy.ceilings.insert(intent("returns"), of_policy);
                w.policy.rules.push(lowered_to(of_rule));
            });
            assert_eq!(outcome(both).await, outcome(of_policy_alone).await, "{of_policy:?} and {of_rule:?}");
        }
    }
}

#[tokio::test]
async fn a_rule_that_forbids_replies_forbids_the_greeting_too() {
    let greeting = || {
        world().classified(|c| c.bare_greeting = true).but(|w| {
            w.policy.greeting = Greeting::Ask;
            w.policy.texts.greeting = BTreeMap::from([(Language::EN, "Hello!".to_owned()), (Language::FR, "Bonjour !".to_owned())]);
        })
    };
    assert_eq!(outcome(greeting()).await, (Reason::BareGreeting, "reply"));
    assert_eq!(outcome(greeting().but(|w| w.policy.rules.push(lowered_to(Ceiling::Draft)))).await, (Reason::BareGreeting, "tag"));
    let french = decided(greeting().classified(|c| c.language = Some(Language::FR))).await;
    assert_eq!(french.action, triage::decision::Action::Reply { texts: vec!["Bonjour !".to_owned()] });
}

#[tokio::test]
async fn tags_are_the_catalogues_intent_and_the_rules_within_the_closed_list() {
    let ruled = || {
        let set = Set { tags: tags(&["vip", "returns", "made_up"]), ..Set::default() };
        world().but(|w| w.policy.rules.push(always("tags", set)))
    };
    assert_eq!(decided(world()).await.tags, tags(&["returns"]));
    assert_eq!(decided(ruled()).await.tags, tags(&["returns", "vip", "made_up"]));
    assert_eq!(decided(ruled().but(|w| w.policy.tags = tags(&["vip", "returns"]))).await.tags, tags(&["returns", "vip"]));
    assert_eq!(decided(ruled().but(|w| w.policy.tags = tags(&["vip"]))).await.tags, tags(&["vip"]));
    let unknown = world().classified(|c| c.intents[0].name = intent("invented"));
    assert_eq!(decided(unknown).await.tags, tags(&[]), "an intent that is in no catalogue is no tag");
}

#[tokio::test]
async fn the_team_comes_from_rules_then_policy_then_catalogue_then_default() {
    let by_default = || world().but(|w| w.policy.default_team = team("desk"));
    let by_catalogue = || by_default().but(|w| w.script.passages.clear());
    let by_policy = || {
        by_catalogue().but(|w| {
            w.policy.escalate.insert(intent("returns"), Team("managers".to_owned()));
        })
    };
    let by_rule = || by_policy().but(|w| w.policy.rules.push(always("team", Set { team: team("vip desk"), ..Set::default() })));
    assert_eq!(decided(by_rule()).await.team, team("vip desk"));
    assert_eq!(decided(by_policy()).await.team, team("managers"));
    assert_eq!(decided(by_catalogue()).await.team, team("returns team"));
    assert_eq!(decided(by_default().but(|w| w.catalog.intents.clear())).await.team, team("desk"));
    assert_eq!(decided(world().but(|w| w.catalog.intents.clear())).await.team, None);
}

#[tokio::test]
async fn urgency_comes_from_the_turn_unless_a_rule_knows_better() {
    let urgent = || world().classified(|c| c.urgency = Priority::Urgent);
    assert_eq!(decided(urgent()).await.priority, Priority::Urgent);
    let rule = always("low", Set { priority: Some(Priority::Low), ..Set::default() });
    assert_eq!(decided(urgent().but(|w| w.policy.rules.push(rule))).await.priority, Priority::Low);
}
