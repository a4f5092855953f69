//! Routing rules beside the mind, as a helpdesk's workflows have them: ordered, named, and in the receipt.

use crate::case::Case;
use crate::classification::{Classification, Priority};
use crate::intent::IntentName;
use crate::language::Language;
use crate::office_hours::OfficeHours;
use crate::phone::PhoneNumber;
use crate::policy::Ceiling;
use crate::text::plain;
use crate::ticket::{Tag, Team};
use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// The largest compiled pattern, in bytes; a rule may not eat the worker's memory.
pub const PATTERN_BYTES_MAX: usize = 1 << 20;

/// Whether people are at work.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficeState {
    /// In office hours.
    Open,
    /// Outside them.
    Closed,
}

/// A regular expression that was compiled when the policy was read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern(Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl TryFrom<String> for Pattern {
    type Error = regex::Error;
    fn try_from(text: String) -> Result<Self, regex::Error> {
        RegexBuilder::new(&text).case_insensitive(true).size_limit(PATTERN_BYTES_MAX).build().map(Pattern)
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> String {
        pattern.0.as_str().to_owned()
    }
}

/// What must hold for a rule to apply: every part that is given, and any entry of a list.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// Words or phrases of the turn, whole words, case and accents ignored.
    pub keywords: Vec<String>,
    /// A regular expression over the turn, case ignored.
    pub pattern: Option<Pattern>,
    /// First intents.
    pub intents: Vec<IntentName>,
    /// Languages of the turn.
    pub languages: Vec<Language>,
    /// Senders.
    pub senders: Vec<PhoneNumber>,
    /// Tags on the ticket.
    pub customer_tags: Vec<Tag>,
    /// In or outside office hours.
    pub office_hours: Option<OfficeState>,
}

/// What a rule sets. The first rule that sets team or priority wins, the lowest ceiling holds, tags add up.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Set {
    /// Who takes it.
    pub team: Option<Team>,
    /// Tags to put on.
    pub tags: Vec<Tag>,
    /// How soon.
    pub priority: Option<Priority>,
    /// The most that Whimbrel may do; it can only lower what the policy allows.
    pub ceiling: Option<Ceiling>,
}

/// One routing rule.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, for receipts.
    pub name: String,
    /// When it applies.
    pub when: When,
    /// What it sets.
    pub set: Set,
}

/// What the rules made of a case.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Routing {
    /// Names of the rules that applied, in their order.
    pub rules: Vec<String>,
    /// What they set together.
    pub set: Set,
}

/// Applies the rules in their order.
pub fn route(rules: &[Rule], case: &Case, classification: &Classification, office_hours: Option<&OfficeHours>) -> Routing {
    let text = fold(&case.text());
    let mut routing = Routing::default();
    for rule in rules.iter().filter(|rule| applies(&rule.when, &text, case, classification, office_hours)) {
        routing.rules.push(rule.name.clone());
        let set = &mut routing.set;
        set.team = set.team.take().or_else(|| rule.set.team.clone());
        set.priority = set.priority.or(rule.set.priority);
        set.ceiling = match (set.ceiling, rule.set.ceiling) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        for tag in &rule.set.tags {
            if !set.tags.contains(tag) {
                set.tags.push(tag.clone());
            }
        }
    }
    routing
}

fn applies(when: &When, text: &str, case: &Case, classification: &Classification, office_hours: Option<&OfficeHours>) -> bool {
    let any = |empty: bool, holds: bool| empty || holds;
    let intent = classification.first().map(|first| &first.name);
    any(when.keywords.is_empty(), when.keywords.iter().any(|keyword| holds_words(text, &fold(keyword))))
        && when.pattern.as_ref().is_none_or(|pattern| pattern.0.is_match(&case.text()))
        && any(when.intents.is_empty(), intent.is_some_and(|intent| when.intents.contains(intent)))
        && any(when.languages.is_empty(), classification.language.is_some_and(|language| when.languages.contains(&language)))
        && any(when.senders.is_empty(), when.senders.contains(&case.customer))
        && any(when.customer_tags.is_empty(), when.customer_tags.iter().any(|tag| case.tags.contains(tag)))
        && when.office_hours.is_none_or(|state| {
            let open = office_hours.is_none_or(|hours| hours.open_at(case.at));
            open == (state == OfficeState::Open)
        })
}

/// The words of a text as [`plain`] writes them, a space at both ends.
fn fold(text: &str) -> String {
    format!(" {} ", plain(text))
}

fn holds_words(folded_text: &str, folded_words: &str) -> bool {
    folded_words.trim() != "" && folded_text.contains(folded_words)
}
