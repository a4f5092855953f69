//! The writer's port: a reply that quotes passages and adds nothing.
//!
//! For each ask the best answer of its own passages: an approved answer whose question is near, else a macro (an answer that was
//! approved for the intent), else a past reply whose question is very near, else the best sentences of a document. Every sentence of the reply is a sentence of a passage and is cited with its place. When the best
//! candidate is weak there is no answer; when no ask has one there is no reply.

use crate::learned::extract::{Quotable, SECOND_SHARE_MIN, Wanted, likeness, quotable};
use crate::learned::facts::Kinds;
use crate::learned::named::{Answer as Said, named};
use crate::learned::names::Names;
use crate::learned::reuse::{is_yes_or_no, reusable};
use async_trait::async_trait;
use std::ops::Range;
use triage::case::Case;
use triage::classification::Classification;
use triage::draft::{Citation, Draft};
use triage::evidence::{Evidence, Found, Passage, PassageKind};
use triage::intent::IntentName;
use triage::language::Language;
use triage::language::detect::detect;
use triage::policy::SmsPolicy;
use triage::ports::{StageError, Writer};
use triage::sms::fit::{Budget, Fit, fit};
use triage::text::{content_stems, single_spaced};

/// An approved answer is used when its question is so near to the ask.
pub const APPROVED_NEAR_MIN: f64 = 0.6;
/// An answer that was approved for an intent is used when the intent is at least so likely, whatever question it answers.
pub const APPROVED_INTENT_MIN: f64 = 0.5;
/// A past reply is used when its question is so near: it was written to one person, and a neighbouring question often has
/// another answer.
pub const PAST_NEAR_MIN: f64 = 0.85;
/// A past reply that says yes or no must have been asked nearly the same.
pub const YES_OR_NO_EXTRA: f64 = 0.05;
/// Name and version, for receipts.
pub const NAME: &str = "local-quotes-2";

/// Writes by quoting; it holds nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalWriter;

#[async_trait]
impl Writer for LocalWriter {
    async fn write(
        &self,
        _case: &Case,
        classification: &Classification,
        evidence: &Evidence,
        sms: &SmsPolicy,
    ) -> Result<Option<Draft>, StageError> {
        let intent = classification.intents.first().filter(|first| first.probability >= APPROVED_INTENT_MIN);
        Ok(compose(&Customer { language: classification.language, intent: intent.map(|first| &first.name) }, evidence, sms.budget()))
    }
}

/// One quoted sentence.
struct Quote<'a> {
    passage: &'a Passage,
    span: Range<usize>,
}

impl Quote<'_> {
    fn text(&self) -> String {
        single_spaced(self.passage.text.get(self.span.clone()).unwrap_or_default())
    }
}

/// The quotes that answer one ask, in their order.
type Answer<'a> = Vec<Quote<'a>>;

/// What is known of who asks.
struct Customer<'a> {
    language: Option<Language>,
    /// What they want, when that is likely.
    intent: Option<&'a IntentName>,
}

fn compose(customer: &Customer<'_>, evidence: &Evidence, budget: Budget) -> Option<Draft> {
    let mut answers: Vec<Answer<'_>> = Vec::new();
    let mut answered = 0;
    for found in &evidence.found {
        let Some(answer) = answer(found, customer).filter(|answer| tells(found, answer, evidence.found.len() > 1)) else { continue };
        answered += 1;
        let said: Vec<String> = answers.iter().flatten().map(Quote::text).collect();
        let fresh: Answer<'_> = answer.into_iter().filter(|quote| !said.contains(&quote.text())).collect();
        answers.push(fresh);
    }
    shorten(&mut answers, &mut answered, budget);
    let text = joined(&answers);
    if text.is_empty() {
        return None;
    }
    let quotes = || answers.iter().flatten();
    let language = quotes().find_map(|quote| quote.passage.language).or_else(|| detect(&text));
    let citations =
        quotes().map(|quote| Citation { passage: quote.passage.id.clone(), start: quote.span.start, end: quote.span.end }).collect();
    Some(Draft { text, citations, language, asks_answered: answered, model: NAME.to_owned() })
}

/// Of several asks, an answer without the price or the duration that is asked for answers another one.
fn tells(found: &Found, answer: &Answer<'_>, is_one_of_several: bool) -> bool {
    let said: Vec<String> = answer.iter().map(Quote::text).collect();
    !is_one_of_several || Kinds::of(&found.ask).are_in(&said.join(" "))
}

/// Drops sentences until the reply fits: last sentences first, then last answers. One sentence always stays.
fn shorten(answers: &mut Vec<Answer<'_>>, answered: &mut usize, budget: Budget) {
    while !fits(&joined(answers), budget) {
        let longest = answers.iter().map(Vec::len).max().unwrap_or(0);
        if longest > 1 {
            if let Some(answer) = answers.iter_mut().rev().find(|answer| answer.len() == longest) {
                answer.pop();
            }
        } else if answers.iter().filter(|answer| !answer.is_empty()).count() > 1 {
            answers.pop();
            *answered = answered.saturating_sub(1);
        } else {
            return;
        }
    }
}

fn fits(text: &str, budget: Budget) -> bool {
    match fit(text, budget) {
        Fit::Whole(_) | Fit::Split(_) => true,
        Fit::Shortened(_) | Fit::TooLong => false,
    }
}

/// Sentences in a row; a line break where a sentence has no mark at its end.
fn joined(answers: &[Answer<'_>]) -> String {
    let mut text = String::new();
    for quote in answers.iter().flatten() {
        if !text.is_empty() {
            text.push(if text.ends_with(['.', '!', '?', '…']) { ' ' } else { '\n' });
        }
        text.push_str(&quote.text());
    }
    text
}

/// The best answer to one ask, from its own passages in the customer's language.
fn answer<'a>(found: &'a Found, customer: &Customer<'_>) -> Option<Answer<'a>> {
    let passages: Vec<&Passage> = found.passages.iter().filter(|passage| speaks(passage, customer.language)).collect();
    let among =
        |passages: &[&'a Passage]| known_answer(&found.ask, passages, customer.intent).or_else(|| best_sentences(&found.ask, passages));
    let named = on_the_named(&found.ask, &passages);
    if named.is_empty() { among(&passages) } else { among(&named).or_else(|| among(&passages)) }
}

/// The passages that speak of every single thing that the ask names; none when it names nothing, or no passage speaks of it.
fn on_the_named<'a>(ask: &str, passages: &[&'a Passage]) -> Vec<&'a Passage> {
    let names = Names::of(passages.iter().copied());
    let things = named(ask, &names);
    if things.is_empty() {
        return Vec::new();
    }
    let speaks_of_all = |passage: &&&Passage| {
        let answer = Said::of(&passage.text, std::iter::once(**passage));
        things.iter().all(|thing| answer.speaks_of(thing, &names))
    };
    passages.iter().filter(speaks_of_all).copied().collect()
}

/// A passage in another language is no answer. A language that was not plain when the passage was taken in shuts nothing out.
fn speaks(passage: &Passage, customer: Option<Language>) -> bool {
    match (customer, passage.language) {
        (Some(customer), Some(language)) => customer == language,
        (None, _) | (_, None) => true,
    }
}

/// How far an answer is to be trusted before how near it lies.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
enum Trust {
    /// A past reply.
    Past,
    /// What was approved for the intent, whatever question it answers.
    Macro,
    /// An approved answer whose question is near.
    Approved,
}

/// An approved answer or a past reply whose question is near, or what was approved for the intent.
fn known_answer<'a>(ask: &str, passages: &[&'a Passage], intent: Option<&IntentName>) -> Option<Answer<'a>> {
    let mut best: Option<((Trust, f64), Answer<'a>)> = None;
    let stems = content_stems(ask);
    for passage in passages.iter().copied() {
        let is_for_intent = passage.kind == PassageKind::Approved && intent.is_some() && passage.intent.as_ref() == intent;
        let asked = passage.question.as_deref().map(|question| likeness(&stems, question).max(passage.similarity));
        let near = asked.unwrap_or(passage.similarity);
        let (trust, spans) = match passage.kind {
            PassageKind::Approved if asked.is_some_and(|near| near >= APPROVED_NEAR_MIN) => (Trust::Approved, all_spans(passage)),
            PassageKind::Approved if is_for_intent => (Trust::Macro, all_spans(passage)),
            PassageKind::PastTicket if asked.is_some_and(|near| near >= near_min(passage)) => (Trust::Past, reusable(passage)),
            PassageKind::Approved | PassageKind::PastTicket | PassageKind::Document => continue,
        };
        let Some(spans) = spans else { continue };
        if best.as_ref().is_none_or(|(other, _)| (trust, near) > *other) {
            best = Some(((trust, near), spans.into_iter().map(|span| Quote { passage, span }).collect()));
        }
    }
    best.map(|(_, answer)| answer)
}

fn near_min(passage: &Passage) -> f64 {
    if is_yes_or_no(passage) { PAST_NEAR_MIN + YES_OR_NO_EXTRA } else { PAST_NEAR_MIN }
}

fn all_spans(passage: &Passage) -> Option<Vec<Range<usize>>> {
    let spans: Vec<Range<usize>> = quotable(passage).into_iter().map(|sentence| sentence.span).collect();
    (!spans.is_empty()).then_some(spans)
}

/// A passage whose sentences may answer.
struct Candidate<'a> {
    passage: &'a Passage,
    title: Vec<String>,
    sentences: Vec<Quotable<'a>>,
}

impl<'a> Candidate<'a> {
    fn of(passage: &'a Passage) -> Self {
        Candidate { passage, title: content_stems(&passage.title), sentences: quotable(passage) }
    }

    fn score(&self, sentence: &Quotable<'_>, wanted: &Wanted) -> Option<f64> {
        wanted.score(sentence, &self.title, self.passage.similarity)
    }
}

/// One or two sentences of a document, or of an approved text that answers no question of its own.
fn best_sentences<'a>(ask: &str, passages: &[&'a Passage]) -> Option<Answer<'a>> {
    let published = passages.iter().copied().filter(|passage| passage.kind != PassageKind::PastTicket);
    let candidates: Vec<Candidate<'a>> = published.map(Candidate::of).collect();
    let wanted = Wanted::of(ask, candidates.iter().flat_map(|candidate| &candidate.sentences));
    let mut best: Option<(f64, usize, usize)> = None;
    for (place, candidate) in candidates.iter().enumerate() {
        for (at, sentence) in candidate.sentences.iter().enumerate() {
            let is_usable = !sentence.leans || at > 0;
            if let Some(score) = candidate.score(sentence, &wanted).filter(|_| is_usable)
                && best.is_none_or(|(other, _, _)| score > other)
            {
                best = Some((score, place, at));
            }
        }
    }
    let (score, place, at) = best?;
    let candidate = candidates.get(place)?;
    let (passage, sentences) = (candidate.passage, &candidate.sentences);
    let quote = |at: usize| sentences.get(at).map(|sentence| Quote { passage, span: sentence.span.clone() });
    let leans = |at: usize| sentences.get(at).is_some_and(|sentence| sentence.leans);
    let scores_well = |at: usize| {
        sentences.get(at).and_then(|sentence| candidate.score(sentence, &wanted)).is_some_and(|second| second >= score * SECOND_SHARE_MIN)
    };
    let answer = if leans(at) {
        [quote(at.checked_sub(1)?), quote(at)]
    } else if leans(at + 1) || scores_well(at + 1) {
        [quote(at), quote(at + 1)]
    } else {
        [quote(at), None]
    };
    Some(answer.into_iter().flatten().collect())
}
