//! Redaction that can be undone, in memory only.

use crate::personal_data::find::{find, placeholders};
use crate::personal_data::finding::{Finding, Kind};
use crate::stages::personal::Personal;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Numbered placeholders (`[phone 1]`) with what they stand for. It lives as long as one turn: it is not written anywhere,
/// cannot be serialised, and prints no content.
///
/// The same original gets the same placeholder in every text of a turn. A placeholder that stands in a text already stays as
/// it is, and its number is not given to another.
#[derive(Default)]
pub struct Placeholders {
    names: Option<Personal>,
    originals: BTreeMap<String, String>,
    given: BTreeMap<(Kind, String), String>,
    taken: BTreeSet<String>,
}

impl Placeholders {
    /// None given yet; structured data only.
    pub fn new() -> Self {
        Self::default()
    }

    /// None given yet; the names that the messages of a conversation tell are replaced as well.
    pub fn with_names(names: Personal) -> Self {
        Placeholders { names: Some(names), ..Self::default() }
    }

    /// The text with a placeholder for everything personal in it.
    pub fn redact(&mut self, text: &str) -> String {
        self.taken.extend(placeholders(text).into_iter().filter_map(|span| text.get(span)).map(str::to_owned));
        let mut findings = find(text);
        if let Some(names) = &self.names {
            findings = with_names(text, findings, names);
        }
        let mut redacted = String::with_capacity(text.len());
        let mut at = 0;
        for Finding { kind, span } in findings {
            redacted.push_str(text.get(at..span.start).unwrap_or_default());
            redacted.push_str(&self.placeholder(kind, text.get(span.clone()).unwrap_or_default()));
            at = span.end;
        }
        redacted.push_str(text.get(at..).unwrap_or_default());
        redacted
    }

    /// The text with every placeholder that was given here replaced by what it stands for.
    pub fn restore(&self, text: &str) -> String {
        let mut restored = String::with_capacity(text.len());
        let mut at = 0;
        for span in placeholders(text) {
            let placeholder = text.get(span.clone()).unwrap_or_default();
            restored.push_str(text.get(at..span.start).unwrap_or_default());
            restored.push_str(self.originals.get(placeholder).map_or(placeholder, String::as_str));
            at = span.end;
        }
        restored.push_str(text.get(at..).unwrap_or_default());
        restored
    }

    fn placeholder(&mut self, kind: Kind, original: &str) -> String {
        if let Some(given) = self.given.get(&(kind, original.to_owned())) {
            return given.clone();
        }
        let mut number = 1 + self.given.keys().filter(|(other, _)| *other == kind).count();
        let mut placeholder = format!("[{} {number}]", kind.word());
        while self.taken.contains(&placeholder) || self.originals.contains_key(&placeholder) {
            number += 1;
            placeholder = format!("[{} {number}]", kind.word());
        }
        self.originals.insert(placeholder.clone(), original.to_owned());
        self.given.insert((kind, original.to_owned()), placeholder.clone());
        placeholder
    }
}

/// Names that stand in nothing that was found, in the order of the text.
fn with_names(text: &str, mut findings: Vec<Finding>, names: &Personal) -> Vec<Finding> {
    let taken: Vec<_> = findings.iter().map(|finding| finding.span.clone()).chain(placeholders(text)).collect();
    let is_free = |finding: &Finding| taken.iter().all(|span| finding.span.end <= span.start || span.end <= finding.span.start);
    findings.extend(names.spans(text).into_iter().map(|span| Finding::new(Kind::Name, span)).filter(is_free));
    findings.sort_by_key(|finding| finding.span.start);
    findings
}

/// How many there are, and no content.
impl fmt::Debug for Placeholders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Placeholders").field("given", &self.given.len()).finish_non_exhaustive()
    }
}
