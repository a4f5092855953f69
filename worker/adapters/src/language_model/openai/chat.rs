//! A chat completion as the protocol writes it, and what is read of its answer.

use crate::language_model::openai::settings::{Endpoint, LimitName, Structured};
use crate::language_model::openai::trouble::Trouble;
use prompts::ports::language_model::{Completion, CompletionRequest, Stop};
use serde_json::{Value, json};

/// The body of a call.
pub fn body(endpoint: &Endpoint, model: &str, form: Structured, request: &CompletionRequest) -> Value {
    let mut body = json!({
        "model": model,
        "stream": false,
        "messages": [{ "role": "system", "content": request.system }, { "role": "user", "content": request.user }],
    });
    let limit = match endpoint.limit_name {
        LimitName::MaxCompletionTokens => "max_completion_tokens",
        LimitName::MaxTokens => "max_tokens",
    };
    let mut set = |name: &str, value: Value| {
        if let Some(fields) = body.as_object_mut() {
            fields.insert(name.to_owned(), value);
        }
    };
    set(limit, json!(request.answer_tokens_max));
    if let Some(temperature) = endpoint.temperature {
        set("temperature", json!(temperature));
    }
    let (name, schema) = (&request.format.name, &request.format.schema);
    match form {
        Structured::Auto | Structured::JsonSchema => {
            let schema = json!({ "name": name, "schema": schema, "strict": true });
            set("response_format", json!({ "type": "json_schema", "json_schema": schema }));
        }
        Structured::Tool => {
            let function = json!({ "name": name, "description": "Gives the answer.", "parameters": schema, "strict": true });
            set("tools", json!([{ "type": "function", "function": function }]));
            set("tool_choice", json!({ "type": "function", "function": { "name": name } }));
        }
        Structured::Text => {}
    }
    body
}

/// What an answer says. Endpoints differ in what else they send; only this is looked at.
pub fn completion(answer: &Value) -> Result<Completion, Trouble> {
    let choice = answer.pointer("/choices/0").ok_or(Trouble::NotTheProtocol("it has no choice"))?;
    let message = choice.get("message").ok_or(Trouble::NotTheProtocol("its choice has no message"))?;
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let said = text(message.get("content"));
    let called = text(message.pointer("/tool_calls/0/function/arguments"));
    let refusal = text(message.get("refusal"));
    let stop = match choice.get("finish_reason").and_then(Value::as_str) {
        _ if !refusal.is_empty() => Stop::Refusal,
        Some("content_filter") => Stop::Refusal,
        Some("length") => Stop::Length,
        Some(_) | None => Stop::End,
    };
    let tokens = |name: &str| answer.get("usage").and_then(|usage| usage.get(name)).and_then(Value::as_u64).unwrap_or(0);
    let text = if called.is_empty() { said } else { called };
    if text.is_empty() && stop == Stop::End {
        return Err(Trouble::NotTheProtocol("its message is empty"));
    }
    Ok(Completion { text, stop, tokens_in: tokens("prompt_tokens"), tokens_out: tokens("completion_tokens") })
}
