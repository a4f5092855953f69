//! What a model said, read strictly: one JSON object and nothing else.

use crate::ports::language_model::LanguageModelError;
use crate::prompt::Prompt;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The longest answer that is looked at.
pub const ANSWER_BYTES_MAX: usize = 256 * 1024;

/// The object in an answer. A fence of Markdown around it is taken off; anything else beside it is a fault.
pub fn object(text: &str) -> Result<Value, String> {
    if text.len() > ANSWER_BYTES_MAX {
        return Err("it is too long".to_owned());
    }
    let text = text.trim();
    let inner = text.strip_prefix("```json").or_else(|| text.strip_prefix("```")).and_then(|rest| rest.strip_suffix("```"));
    let value: Value = serde_json::from_str(inner.unwrap_or(text)).map_err(|error| describe(&error))?;
    match value {
        Value::Object(_) => Ok(value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Err("it is JSON, but no object".to_owned()),
    }
}

/// The object as the type that was asked for.
pub fn typed<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_json::from_value(value).map_err(|_| "its properties are not those of the schema".to_owned())
}

/// An answer that repeats the prompt is no answer, whichever way it is written.
pub fn unless_leaked(prompt: &Prompt, text: &str, value: Option<&Value>) -> Result<(), LanguageModelError> {
    let mut said = text.to_owned();
    if let Some(value) = value {
        strings(value, &mut said);
    }
    if prompt.is_repeated_in(&said) { Err(LanguageModelError::Leaked) } else { Ok(()) }
}

/// Every text in a value, one a line: escapes are undone there.
fn strings(value: &Value, into: &mut String) {
    match value {
        Value::String(text) => {
            into.push('\n');
            into.push_str(text);
        }
        Value::Array(items) => items.iter().for_each(|item| strings(item, into)),
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            into.push('\n');
            into.push_str(name);
            strings(field, into);
        }),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Where it stops being JSON, and nothing of what it says.
fn describe(error: &serde_json::Error) -> String {
    format!("it is no JSON from line {}, column {} on", error.line(), error.column())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prompt::Name;

    #[test]
    fn an_object_is_read_with_a_fence_and_without() {
        for text in ["{\"a\":1}", " {\"a\":1}\n", "```json\n{\"a\":1}\n```", "```\n{\"a\":1}```"] {
            assert_eq!(object(text).unwrap()["a"], 1, "{text}");
        }
    }

    #[test]
    fn anything_else_is_a_fault() {
        for text in ["", "Sure! {\"a\":1}", "{\"a\":1} done", "{\"a\":", "[1]", "\"a\"", "null"] {
            assert!(object(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_prompt_is_recognised_in_an_answer_however_it_is_written() {
        let prompt = Prompt::load(Name::Write).unwrap();
        let spaced: String = prompt.canary.to_uppercase().chars().flat_map(|c| [c, ' ']).collect();
        let backwards: String = prompt.canary.chars().rev().collect();
        let escaped = format!("{{\"reply\":\"{}\"}}", prompt.canary.replace('w', "\\u0077"));
        let line = prompt.render("{}").unwrap().system.lines().max_by_key(|line| line.len()).unwrap().to_owned();
        for text in [prompt.canary.clone(), spaced, backwards, line] {
            assert_eq!(unless_leaked(&prompt, &text, None), Err(LanguageModelError::Leaked), "{text}");
        }
        let value = object(&escaped).unwrap();
        assert_eq!(unless_leaked(&prompt, &escaped, Some(&value)), Err(LanguageModelError::Leaked));
        assert_eq!(unless_leaked(&prompt, "We open at 9.", None), Ok(()));
    }
}
