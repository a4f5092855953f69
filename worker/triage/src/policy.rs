//! The policy: what Whimbrel may do, how sure it must be, and the operator's own words.

use crate::intent::{IntentCatalog, IntentName};
use crate::language::Language;
use crate::office_hours::OfficeHours;
use crate::rules::Rule;
use crate::sms::fit::Budget;
use crate::sms::price::PriceTable;
use crate::ticket::{Tag, Team};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The autonomy ladder: the most that may be done for an intent.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ceiling {
    /// Hand it to a person at once.
    Off,
    /// Decide and record, touch nothing but tags.
    Shadow,
    /// Write a proposal for an agent.
    Draft,
    /// Answer the customer.
    Reply,
}

/// What to do with a turn that only greets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Greeting {
    /// Answer with the policy's short question.
    Ask,
    /// Leave it until the customer says more.
    #[default]
    Leave,
}

/// What to do with a passage whose `verify until` is over.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overdue {
    /// Answer with it as before.
    Reply,
    /// What rests on it is a draft at most.
    #[default]
    Draft,
    /// It answers nothing until somebody verifies it again.
    Hide,
}

/// What holds for every text that goes out.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmsPolicy {
    /// Segments of one message at most. Default 2.
    pub segments_max: u32,
    /// Messages of one reply at most. Default 1.
    pub messages_max: u32,
    /// Domains that a link in a reply may lead to. Default none: no links.
    pub allowed_link_domains: Vec<String>,
    /// Price of a segment by country prefix, in millionths of a dollar.
    pub prices: PriceTable,
}

impl Default for SmsPolicy {
    fn default() -> Self {
        SmsPolicy { segments_max: 2, messages_max: 1, allowed_link_domains: Vec::new(), prices: PriceTable::default() }
    }
}

impl SmsPolicy {
    /// The budget of one reply.
    pub fn budget(&self) -> Budget {
        Budget { segments_max: self.segments_max, messages_max: self.messages_max }
    }
}

/// Fixed texts of the operator, by language. Only these may go out without a passage.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Texts {
    /// The one confirmation after an opt-out in free wording; none is sent when there is none.
    pub opted_out: BTreeMap<Language, String>,
    /// The answer to HELP, when the carrier does not give it.
    pub help: BTreeMap<Language, String>,
    /// The short question after a bare greeting.
    pub greeting: BTreeMap<Language, String>,
    /// What stands before the first automatic message of a conversation ("This is Marrowby's assistant."); nothing when there is none.
    pub introduction: BTreeMap<Language, String>,
    /// Whose customers get the introduction, by the first digits of their numbers ("+33", "+49"): the countries whose law asks for it.
    /// Default none: all of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub introduction_prefixes: Vec<String>,
    /// The sentence that a customer gets when a person takes over; nothing is said when there is none.
    pub handed_over: BTreeMap<Language, String>,
    /// The same outside office hours; `handed_over` when there is none.
    pub handed_over_closed: BTreeMap<Language, String>,
}

impl Texts {
    /// The text in the customer's language, else in English, else in the first one there is.
    pub fn pick(texts: &BTreeMap<Language, String>, language: Option<Language>) -> Option<&String> {
        language.and_then(|language| texts.get(&language)).or_else(|| texts.get(&Language::EN)).or_else(|| texts.values().next())
    }
}

/// Limits of the decision.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// A message that waited longer goes to a person, in milliseconds. Default one hour: nobody wants yesterday's answer.
    pub waited_max_ms: i64,
    /// An answer within this time is immediate and may go out in quiet hours, in milliseconds. Default five minutes.
    pub immediate_ms: i64,
    /// Automatic replies in a row before a person must look. Default 3.
    pub automatic_replies_max: usize,
    /// How long a person keeps a ticket that they took or were given, in milliseconds. Default one day.
    pub person_keeps_ms: i64,
    /// Characters of a turn that are read. Default 2,000; the rest is cut.
    pub text_chars_max: usize,
    /// Asks of a turn that are looked up. Default 3.
    pub asks_max: usize,
    /// Passages an ask. Default 5.
    pub passages_max: usize,
    /// Out-of-scope probability from which a turn counts as out of scope. Default 0.75.
    pub out_of_scope_max: f64,
    /// Probability of the first intent below which nothing is proposed. Default 0.2.
    pub intent_probability_min: f64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            waited_max_ms: 3_600_000,
            immediate_ms: 300_000,
            automatic_replies_max: 3,
            person_keeps_ms: 86_400_000,
            text_chars_max: 2_000,
            asks_max: 3,
            passages_max: 5,
            out_of_scope_max: 0.75,
            intent_probability_min: 0.2,
        }
    }
}

/// The whole policy. It is data: nothing that a customer or a passage says can change it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The dial: a reply goes out when at most so many of 100 such replies were wrong. Default 2.
    pub max_wrong_per_100: f64,
    /// The dial for single intents.
    pub max_wrong_per_100_for: BTreeMap<IntentName, f64>,
    /// A proposal that would be wrong more often than this is not shown to an agent either. Default 50.
    pub draft_max_wrong_per_100: f64,
    /// The ceiling of intents that are not listed. Default `draft`.
    pub default_ceiling: Ceiling,
    /// The ceiling until the gate was calibrated on the operator's own tickets. Default `draft`.
    pub uncalibrated_ceiling: Ceiling,
    /// Ceilings by intent.
    pub ceilings: BTreeMap<IntentName, Ceiling>,
    /// Intents that a person must have, with the team that takes them.
    pub escalate: BTreeMap<IntentName, Team>,
    /// Who takes what has no team of its own.
    pub default_team: Option<Team>,
    /// The closed list of tags that may be put on a ticket; empty means intents and rules' tags only.
    pub tags: Vec<Tag>,
    /// What to do with a bare greeting.
    pub greeting: Greeting,
    /// What a passage may do whose `verify until` is over: `reply`, `draft` or `hide`. Default `draft`.
    pub overdue: Overdue,
    /// When people are at work.
    pub office_hours: Option<OfficeHours>,
    /// When nothing but an immediate answer may be sent, written like office hours. Default none.
    pub quiet_hours: Option<OfficeHours>,
    /// Sources whose passages an agent may see and a customer may not: who has a phone number is not yet known to be a person.
    pub private_sources: Vec<String>,
    /// Routing rules, in their order.
    pub rules: Vec<Rule>,
    /// What holds for every text that goes out.
    pub sms: SmsPolicy,
    /// Fixed texts.
    pub texts: Texts,
    /// Limits of the decision.
    pub limits: Limits,
}

impl Default for Policy {
    fn default() -> Self {
        Policy {
            max_wrong_per_100: 2.0,
            max_wrong_per_100_for: BTreeMap::new(),
            draft_max_wrong_per_100: 50.0,
            default_ceiling: Ceiling::Draft,
            uncalibrated_ceiling: Ceiling::Draft,
            ceilings: BTreeMap::new(),
            escalate: BTreeMap::new(),
            default_team: None,
            tags: Vec::new(),
            greeting: Greeting::default(),
            overdue: Overdue::default(),
            office_hours: None,
            quiet_hours: None,
            private_sources: Vec::new(),
            rules: Vec::new(),
            sms: SmsPolicy::default(),
            texts: Texts::default(),
            limits: Limits::default(),
        }
    }
}

impl Policy {
    /// The most that may be done for an intent, before rules and calibration.
    pub fn ceiling(&self, intent: &IntentName) -> Ceiling {
        self.ceilings.get(intent).copied().unwrap_or(self.default_ceiling)
    }

    /// The dial for an intent.
    pub fn dial(&self, intent: &IntentName) -> f64 {
        self.max_wrong_per_100_for.get(intent).copied().unwrap_or(self.max_wrong_per_100)
    }

    /// Numbers that are out of their range; what is no number is in none.
    fn number_faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let dials = self.max_wrong_per_100_for.values().map(|dial| ("max_wrong_per_100_for", *dial, 100.0));
        let others = [
            ("max_wrong_per_100", self.max_wrong_per_100, 100.0),
            ("draft_max_wrong_per_100", self.draft_max_wrong_per_100, 100.0),
            ("limits.out_of_scope_max", self.limits.out_of_scope_max, 1.0),
            ("limits.intent_probability_min", self.limits.intent_probability_min, 1.0),
        ];
        for (name, value, max) in others.into_iter().chain(dials) {
            if !(0.0..=max).contains(&value) {
                faults.push(format!("{name} is {value}: write a number from 0 to {max}"));
            }
        }
        let limits = &self.limits;
        for (name, value) in
            [("text_chars_max", limits.text_chars_max), ("asks_max", limits.asks_max), ("passages_max", limits.passages_max)]
        {
            if value == 0 {
                faults.push(format!("limits.{name} must be at least 1: without it nothing can be answered"));
            }
        }
        faults
    }

    /// Everything that is wrong with the policy, each with what to do; empty when it can be used.
    pub fn faults(&self, catalog: &IntentCatalog) -> Vec<String> {
        let mut faults = self.number_faults();
        if self.sms.segments_max == 0 || self.sms.messages_max == 0 {
            faults.push("sms.segments_max and sms.messages_max must be at least 1: a reply needs room".to_owned());
        }
        for (name, hours) in [("office_hours", &self.office_hours), ("quiet_hours", &self.quiet_hours)] {
            if let Some(hours) = hours.as_ref().filter(|hours| hours.zone().is_err()) {
                faults.push(format!("{name}.time_zone `{}` is unknown: write an IANA name such as `Europe/Paris`", hours.time_zone));
            }
        }
        let is_prefix = |prefix: &&String| {
            prefix.strip_prefix('+').is_some_and(|digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()))
        };
        if let Some(prefix) = self.texts.introduction_prefixes.iter().find(|prefix| !is_prefix(prefix)) {
            faults.push(format!("texts.introduction_prefixes: `{prefix}` is no beginning of a number: write such as \"+33\""));
        }
        let named = self.ceilings.keys().chain(self.escalate.keys()).chain(self.max_wrong_per_100_for.keys());
        let in_rules = self.rules.iter().flat_map(|rule| rule.when.intents.iter());
        let mut unknown: Vec<&IntentName> =
            named.chain(in_rules).filter(|name| !name.is_out_of_scope() && catalog.get(name).is_none()).collect();
        unknown.sort();
        unknown.dedup();
        if !catalog.intents.is_empty() {
            faults.extend(
                unknown.iter().map(|name| format!("intent `{name}` is in the policy but not in the catalogue: add it or mend the name")),
            );
        }
        faults
    }
}
