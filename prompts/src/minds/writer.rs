//! The writer's port: a reply that the model makes of passages, each part of it cited.
//!
//! Before the model sees a passage, what speaks to a machine is left out and personal data of past tickets is taken out for good.
//! What it answers counts only as far as its quotes stand in the passages that it was shown.

use crate::budget::pack::{Packed, pack};
use crate::minds::desk::{Desk, failed};
use crate::ports::shield::Redaction;
use crate::prompt::{Name, Prompt};
use crate::prompts::write::{self, PassageLine};
use crate::tabs::Tab;
use crate::template::TemplateError;
use async_trait::async_trait;
use std::collections::BTreeSet;
use triage::case::Case;
use triage::classification::Classification;
use triage::draft::{Citation, Draft};
use triage::evidence::{Evidence, Passage, PassageKind};
use triage::language::detect::detect;
use triage::policy::SmsPolicy;
use triage::ports::{StageError, Writer};
use triage::text::single_spaced;

/// A quote of fewer letters proves nothing.
const QUOTE_CHARS_MIN: usize = 8;
/// Letters of a message of one segment, and of each part of a longer one (GSM-7).
const SEGMENT_CHARS: (usize, usize) = (160, 153);
/// Past replies that show the company's voice.
const STYLE_EXAMPLES_MAX: usize = 2;
/// The longest of them.
const STYLE_CHARS_MAX: usize = 300;

/// Writes with a model.
pub struct ModelWriter {
    desk: Desk,
    prompt: Prompt,
}

impl ModelWriter {
    /// A writer.
    pub fn new(desk: Desk) -> Result<Self, TemplateError> {
        Ok(ModelWriter { desk, prompt: Prompt::load(Name::Write)? })
    }
}

#[async_trait]
impl Writer for ModelWriter {
    async fn write(
        &self,
        case: &Case,
        classification: &Classification,
        evidence: &Evidence,
        sms: &SmsPolicy,
    ) -> Result<Option<Draft>, StageError> {
        self.desk.unless_instructed("write", &case.text())?;
        let mut redaction = self.desk.shield.redaction(case);
        let leave_out = |passage: &Passage| self.desk.shield.instructs(&passage.text) || self.desk.shield.instructs(&passage.title);
        let packed = pack(evidence, self.desk.budget.passages_tokens(), self.desk.counter.as_ref(), &leave_out);
        if packed.is_empty() {
            return Ok(None);
        }
        // Past tickets first: what is withheld takes its placeholders before anything that is put back.
        let withheld: Vec<Option<String>> = packed.iter().map(|one| withheld(one, redaction.as_mut())).collect();
        let offered: Vec<Offered<'_>> = packed
            .iter()
            .zip(withheld)
            .map(|(one, withheld)| Offered { passage: one.passage, text: withheld.unwrap_or_else(|| redaction.redact(&one.text)) })
            .collect();
        let input = write::Input {
            conversation: self.desk.conversation(case, redaction.as_mut()),
            message: self.desk.text(&case.text(), redaction.as_mut()),
            asks: evidence.found.iter().map(|found| redaction.redact(&found.ask)).collect(),
            language: classification.language.map(|language| language.to_string()),
            characters_max: characters_max(sms),
            passages: offered.iter().enumerate().map(|(n, one)| line(n, one, redaction.as_mut())).collect(),
            style_examples: voice(evidence, classification, &packed, &leave_out, redaction.as_mut()),
        };
        let redaction = redaction.as_ref();
        let accept = |output| accepted(output, &offered, evidence, input.characters_max, redaction);
        let written = self.desk.ask(&self.prompt, &Tab::of(case), &input, write::schema(), accept).await.map_err(failed("write"))?;
        Ok(written.map(|written| Draft {
            language: detect(&written.text).or(classification.language),
            text: written.text,
            citations: written.citations,
            asks_answered: written.asks_answered,
            model: self.desk.signed(&self.prompt),
        }))
    }
}

/// A passage as the model sees it.
struct Offered<'a> {
    passage: &'a Passage,
    text: String,
}

/// A reply that may be looked at further.
struct Written {
    text: String,
    citations: Vec<Citation>,
    asks_answered: usize,
}

fn withheld(packed: &Packed<'_>, redaction: &mut dyn Redaction) -> Option<String> {
    (packed.passage.kind == PassageKind::PastTicket).then(|| redaction.withhold(&packed.text))
}

fn line(n: usize, offered: &Offered<'_>, redaction: &mut dyn Redaction) -> PassageLine {
    let kind = match offered.passage.kind {
        PassageKind::Approved => "approved answer",
        PassageKind::Document => "document",
        PassageKind::PastTicket => "past ticket",
    };
    let title = match offered.passage.kind {
        PassageKind::PastTicket => redaction.withhold(&offered.passage.title),
        PassageKind::Approved | PassageKind::Document => redaction.redact(&offered.passage.title),
    };
    PassageLine { id: format!("P{}", n + 1), kind: kind.to_owned(), title, text: offered.text.clone() }
}

/// The letters that the segment budget has room for.
pub fn characters_max(sms: &SmsPolicy) -> usize {
    let (alone, part) = SEGMENT_CHARS;
    let message = if sms.segments_max <= 1 { alone } else { part * sms.segments_max as usize };
    message * sms.messages_max.max(1) as usize
}

/// The company's best past replies to the same intent in the same language that are not offered as passages anyway.
fn voice(
    evidence: &Evidence,
    classification: &Classification,
    packed: &[Packed<'_>],
    leave_out: &dyn Fn(&Passage) -> bool,
    redaction: &mut dyn Redaction,
) -> Vec<String> {
    let intent = classification.first().map(|first| &first.name);
    let fits = |passage: &&Passage| {
        passage.kind == PassageKind::PastTicket
            && passage.intent.is_some()
            && passage.intent.as_ref() == intent
            && (passage.language.is_none() || passage.language == classification.language)
            && packed.iter().all(|one| one.passage.id != passage.id)
            && !leave_out(passage)
    };
    let examples = evidence.passages().filter(fits).take(STYLE_EXAMPLES_MAX);
    examples.map(|passage| redaction.withhold(&passage.text.chars().take(STYLE_CHARS_MAX).collect::<String>())).collect()
}

/// The reply, if its quotes stand where it says; none when it says that the passages do not answer.
fn accepted(
    output: write::Output,
    offered: &[Offered<'_>],
    evidence: &Evidence,
    characters_max: usize,
    redaction: &dyn Redaction,
) -> Result<Option<Written>, String> {
    let Some(reply) = output.reply.map(|reply| reply.trim().to_owned()).filter(|reply| !reply.is_empty()) else { return Ok(None) };
    if reply.chars().count() > 2 * characters_max {
        return Err(format!("the reply is longer than {characters_max} characters"));
    }
    let text = redaction.restore(&reply);
    if redaction.has_placeholder(&text) {
        return Err("the reply holds words in square brackets: leave them out".to_owned());
    }
    let mut citations: Vec<Citation> = Vec::new();
    for cited in &output.citations {
        let Some(passage) = numbered(&cited.passage).and_then(|n| offered.get(n)) else { continue };
        let Some(citation) = place(&cited.quote, passage, redaction) else { continue };
        if !citations.contains(&citation) {
            citations.push(citation);
        }
    }
    if citations.is_empty() {
        return Err("no quote stands word for word in its passage".to_owned());
    }
    let is_founded = |ask: &usize| {
        let found = ask.checked_sub(1).and_then(|n| evidence.found.get(n));
        found.is_some_and(|found| citations.iter().any(|citation| found.passages.iter().any(|passage| passage.id == citation.passage)))
    };
    let asks_answered = output.asks_answered.into_iter().filter(is_founded).collect::<BTreeSet<usize>>().len();
    Ok(Some(Written { text, citations, asks_answered }))
}

fn numbered(id: &str) -> Option<usize> {
    id.trim().strip_prefix('P')?.parse::<usize>().ok()?.checked_sub(1)
}

/// Where a quote stands. In a passage whose text was redacted it may stand only in what the model saw: then the whole passage is
/// cited.
fn place(quote: &str, offered: &Offered<'_>, redaction: &dyn Redaction) -> Option<Citation> {
    let quote = quote.trim().trim_end_matches('…').trim_end();
    if quote.chars().count() < QUOTE_CHARS_MIN || !single_spaced(&offered.text).contains(&single_spaced(quote)) {
        return None;
    }
    let text = &offered.passage.text;
    let span = find(text, &redaction.restore(quote)).unwrap_or((0, text.len()));
    Some(Citation { passage: offered.passage.id.clone(), start: span.0, end: span.1 })
}

/// The bytes of a text in which words stand, however they are spaced.
fn find(text: &str, words: &str) -> Option<(usize, usize)> {
    let words: Vec<&str> = words.split_whitespace().collect();
    let first = words.first()?;
    text.match_indices(first).find_map(|(start, _)| {
        let mut at = start;
        for word in &words {
            let rest = text.get(at..)?;
            let skipped = rest.len() - rest.trim_start().len();
            if !rest.trim_start().starts_with(word) || (at > start && skipped == 0) {
                return None;
            }
            at += skipped + word.len();
        }
        Some((start, at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_however_they_are_spaced() {
        let text = "Open  from 9 am\nto 6 pm.  Closed on Sunday.";
        for (words, expected) in [
            ("from 9 am to 6 pm.", Some("from 9 am\nto 6 pm.")),
            ("Open from", Some("Open  from")),
            ("Sunday.", Some("Sunday.")),
            ("to 7 pm", None),
            ("", None),
        ] {
            assert_eq!(find(text, words).map(|(start, end)| &text[start..end]), expected, "{words}");
        }
    }

    #[test]
    fn the_room_for_a_reply_follows_the_segments() {
        let sms = |segments_max, messages_max| SmsPolicy { segments_max, messages_max, ..SmsPolicy::default() };
        assert_eq!([characters_max(&sms(1, 1)), characters_max(&sms(2, 1)), characters_max(&sms(2, 2))], [160, 306, 612]);
    }
}
