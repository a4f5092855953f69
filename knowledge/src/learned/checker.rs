//! The checker's port: whether a reply may be sent. Deterministic, for replies of every writer.
//!
//! It looks for claims and asks whether a cited passage holds them, and for single things that the question names and the reply passes
//! over. It does not understand: a missing "not", two facts joined the wrong
//! way round and a name that opens a sentence pass here. The gate, not the checker, weighs how likely a reply is wrong.

use crate::learned::claims::{self, names};
use crate::learned::injection;
use crate::learned::links::{Link, is_allowed, links};
use crate::learned::named::{Answer, Named, named};
use crate::learned::names::Names;
use crate::learned::number::{self, Number, numbers};
use crate::learned::promises::promise;
use async_trait::async_trait;
use std::collections::HashSet;
use triage::case::Case;
use triage::classification::Classification;
use triage::consent::reserved::offers_reserved_word;
use triage::draft::{Draft, Fault, Verdict};
use triage::evidence::{Evidence, Passage, PassageKind};
use triage::language::detect::detect;
use triage::policy::SmsPolicy;
use triage::ports::{Checker, StageError};
use triage::sms::sentence;
use triage::text::{content_stems, fold, same_stem, single_spaced};

/// A reply of which a smaller share of the words stands in the cited passages is not supported.
pub const SUPPORT_MIN: f64 = 0.6;
/// Name and version, for receipts.
pub const NAME: &str = "local-checks-2";

/// Checks by rules; it holds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalChecker;

#[async_trait]
impl Checker for LocalChecker {
    async fn check(
        &self,
        case: &Case,
        classification: &Classification,
        evidence: &Evidence,
        draft: &Draft,
        text: &str,
        sms: &SmsPolicy,
    ) -> Result<Verdict, StageError> {
        let (said, cited) = (Said::of(text), Cited::of(evidence, draft));
        let mut faults = Vec::new();
        if cited.passages.is_empty() || cited.any_missing {
            faults.push(Fault::NoCitation);
        }
        faults.extend(check_links(&said, &cited, sms));
        faults.extend(check_numbers(&said, &cited));
        faults.extend(check_names(&said, &cited, classification));
        faults.extend(check_promises(text, &cited));
        faults.extend(offers_reserved_word(text).map(|value| Fault::ReservedWord { value }));
        if obeys(case, text, &cited) {
            faults.push(Fault::Instruction);
        }
        let support = support(text, &cited);
        if support < SUPPORT_MIN {
            faults.push(Fault::Unsupported);
        }
        if let Some(theirs) = classification.language
            && detect(text).is_some_and(|ours| ours != theirs)
        {
            faults.push(Fault::WrongLanguage);
        }
        faults.extend(check_named(evidence, &cited, text));
        Ok(Verdict { faults, support, model: NAME.to_owned() })
    }
}

/// A text with its links.
struct Said {
    links: Vec<Link>,
    /// The text without them: numbers inside links are the links' business.
    plain: String,
}

impl Said {
    fn of(text: &str) -> Self {
        let links = links(text);
        let plain = links.iter().fold(text.to_owned(), |text, link| text.replace(&link.written, " "));
        Said { links, plain }
    }
}

/// The passages that a draft cites, and what they hold.
struct Cited<'a> {
    passages: Vec<&'a Passage>,
    any_missing: bool,
    /// Titles and texts, one a line.
    text: String,
    numbers: Vec<Number>,
    links: Vec<Link>,
}

impl<'a> Cited<'a> {
    fn of(evidence: &'a Evidence, draft: &Draft) -> Self {
        let mut passages: Vec<&Passage> = Vec::new();
        let mut any_missing = false;
        for citation in &draft.citations {
            match evidence.get(&citation.passage) {
                Some(passage) if passages.iter().all(|other| other.id != passage.id) => passages.push(passage),
                Some(_) => {}
                None => any_missing = true,
            }
        }
        let mut text = String::new();
        for passage in &passages {
            text.push_str(&passage.title);
            text.push('\n');
            text.push_str(&passage.text);
            text.push('\n');
        }
        let (mut known_numbers, mut known_links) = (Vec::new(), Vec::new());
        for said in passages.iter().map(|passage| Said::of(&passage.text)) {
            known_numbers.extend(numbers(&said.plain));
            known_links.extend(said.links);
        }
        Cited { passages, any_missing, text, numbers: known_numbers, links: known_links }
    }
}

fn check_links(said: &Said, cited: &Cited<'_>, sms: &SmsPolicy) -> Vec<Fault> {
    let stands = |link: &Link| cited.links.iter().any(|other| other.key == link.key && other.is_email == link.is_email);
    let may_go = |link: &Link| stands(link) && (link.is_email || is_allowed(&link.host, &sms.allowed_link_domains));
    let unfounded = said.links.iter().filter(|link| !may_go(link));
    unfounded.map(|link| Fault::UnsupportedLink { value: link.written.clone() }).collect()
}

fn check_numbers(said: &Said, cited: &Cited<'_>) -> Vec<Fault> {
    numbers(&said.plain)
        .into_iter()
        .filter(|number| !number::stands_in(number, &cited.numbers))
        .map(|number| Fault::UnsupportedNumber { value: number.written })
        .collect()
}

fn check_names(said: &Said, cited: &Cited<'_>, classification: &Classification) -> Vec<Fault> {
    let words = claims::split(&cited.text);
    let mut unsupported: Vec<&str> = names(&said.plain).into_iter().filter(|name| !claims::stands_in(name, &words, None)).collect();
    if !unsupported.is_empty() {
        let language = detect(&said.plain).or(classification.language);
        unsupported.retain(|name| !claims::stands_in(name, &words, language));
    }
    unsupported.into_iter().map(|name| Fault::UnsupportedName { value: name.to_owned() }).collect()
}

/// A promise is the company's own when its sentence stands word for word in an approved answer or a document.
fn check_promises(text: &str, cited: &Cited<'_>) -> Vec<Fault> {
    let published = || cited.passages.iter().filter(|passage| passage.kind != PassageKind::PastTicket);
    let plain = |text: &str| fold(&single_spaced(text));
    let mut faults = Vec::new();
    for sentence in sentence::sentences(text) {
        if let Some(value) = promise(sentence)
            && !published().any(|passage| plain(&passage.text).contains(&plain(sentence)))
        {
            faults.push(Fault::Promise { value });
        }
    }
    faults
}

/// What the turn names of its own, and the reply passes over.
fn check_named(evidence: &Evidence, cited: &Cited<'_>, text: &str) -> Vec<Fault> {
    let names = Names::of(evidence.passages());
    let answer = Answer::of(text, cited.passages.iter().copied());
    let mut things: Vec<Named> = Vec::new();
    for thing in evidence.found.iter().flat_map(|found| named(&found.ask, &names)) {
        if !things.contains(&thing) {
            things.push(thing);
        }
    }
    let passed_over = things.into_iter().filter(|thing| !answer.speaks_of(thing, &names));
    passed_over.map(|thing| Fault::AnotherThing { value: thing.written }).collect()
}

/// The reply speaks to a machine, rests on a passage that does, or says what a message wanted to have said.
fn obeys(case: &Case, text: &str, cited: &Cited<'_>) -> bool {
    injection::instructs(text)
        || cited.passages.iter().any(|passage| injection::instructs(&passage.text))
        || injection::says_what_was_wanted(&case.text(), text, &cited.text)
}

/// Share of the reply's words of meaning that stand in the cited passages; 0 for a reply without such words.
fn support(text: &str, cited: &Cited<'_>) -> f64 {
    let said = content_stems(text);
    let known = content_stems(&cited.text);
    // Most words of a quotation are found as they stand.
    let exact: HashSet<&String> = known.iter().collect();
    let supported = said.iter().filter(|stem| exact.contains(stem) || known.iter().any(|other| same_stem(stem, other))).count();
    if said.is_empty() { 0.0 } else { supported as f64 / said.len() as f64 }
}
