//! Templates: text with `{{names}}`. Rendering is strict: a name without a value and a value without a name are errors.

use std::collections::{BTreeMap, BTreeSet};
use triage::hash;

/// A template with its hash, which stands in every receipt that it had a part in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    parts: Vec<Part>,
    hash: String,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Text(String),
    Name(String),
}

/// A template cannot be read or rendered.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TemplateError {
    /// `{{` without `}}`.
    #[error("`{{{{` on line {line} is never closed: write `}}}}` after the name")]
    NeverClosed {
        /// Where it opens.
        line: usize,
    },
    /// What stands between the braces is no name.
    #[error("line {line} has no name between its braces: write lower-case letters and `_`")]
    NoName {
        /// Where.
        line: usize,
    },
    /// A name has no value.
    #[error("`{name}` has no value")]
    NoValue {
        /// Which.
        name: String,
    },
    /// A value has no name in the template.
    #[error("the template does not use `{name}`: take it out of the input or put it into the template")]
    NotUsed {
        /// Which.
        name: String,
    },
}

impl Template {
    /// Reads a template.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let line = 1 + text.len().checked_sub(after.len()).and_then(|end| text.get(..end)).map_or(0, |seen| seen.matches('\n').count());
            let (name, behind) = after.split_once("}}").ok_or(TemplateError::NeverClosed { line })?;
            let name = name.trim();
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_lowercase() || c == '_') {
                return Err(TemplateError::NoName { line });
            }
            parts.push(Part::Text(before.to_owned()));
            parts.push(Part::Name(name.to_owned()));
            rest = behind;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Template { parts, hash: hash::of_bytes(text.as_bytes()) })
    }

    /// Puts the values in. Values are data: braces in them mean nothing.
    pub fn render(&self, values: &BTreeMap<&str, String>) -> Result<String, TemplateError> {
        let names: BTreeSet<&str> = self.parts.iter().filter_map(Part::name).collect();
        if let Some(name) = values.keys().find(|name| !names.contains(*name)) {
            return Err(TemplateError::NotUsed { name: (*name).to_owned() });
        }
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Name(name) => text.push_str(values.get(name.as_str()).ok_or_else(|| TemplateError::NoValue { name: name.clone() })?),
            }
        }
        Ok(text)
    }

    /// Hash of the template's text.
    pub fn hash(&self) -> &str {
        &self.hash
    }
}

impl Part {
    fn name(&self) -> Option<&str> {
        match self {
            Part::Name(name) => Some(name),
            Part::Text(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn render(template: &str, values: &[(&'static str, &str)]) -> Result<String, TemplateError> {
        Template::parse(template)?.render(&values.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    }

    #[test]
    fn names_are_replaced_and_values_are_only_data() {
        assert_eq!(render("Say {{ what }} to {{who}}.", &[("what", "{{who}}"), ("who", "Ada")]), Ok("Say {{who}} to Ada.".to_owned()));
    }

    #[test]
    fn a_name_without_a_value_and_a_value_without_a_name_are_errors() {
        assert_eq!(render("{{a}}", &[]), Err(TemplateError::NoValue { name: "a".to_owned() }));
        assert_eq!(render("", &[("a", "x")]), Err(TemplateError::NotUsed { name: "a".to_owned() }));
    }

    #[test]
    fn bad_braces_are_named_by_line() {
        assert_eq!(Template::parse("one\n{{two").unwrap_err(), TemplateError::NeverClosed { line: 2 });
        assert_eq!(Template::parse("one\n\n{{ 2 }}").unwrap_err(), TemplateError::NoName { line: 3 });
    }

    #[test]
    fn the_hash_changes_with_the_text() {
        assert_ne!(Template::parse("a").unwrap().hash(), Template::parse("b").unwrap().hash());
    }
}
