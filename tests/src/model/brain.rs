//! What a scripted model says to each prompt.

use prompts::ports::language_model::CompletionRequest;
use serde_json::{Value, json};
use std::collections::HashSet;

/// A question as a brain sees it.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The prompt's word: classify, write, …
    pub prompt: String,
    /// The system's message.
    pub system: String,
    /// The data of the user's message.
    pub data: Value,
}

/// Makes an answer.
pub type Brain = dyn Fn(&Asked) -> String + Send + Sync;

impl Asked {
    /// From the texts of a call.
    pub fn of(prompt: &str, system: &str, user: &str) -> Self {
        let data = user.lines().skip_while(|line| *line != "BEGIN DATA").nth(1).and_then(|line| serde_json::from_str(line).ok());
        Asked { prompt: prompt.to_owned(), system: system.to_owned(), data: data.unwrap_or(Value::Null) }
    }

    /// From a request.
    pub fn of_request(request: &CompletionRequest) -> Self {
        Self::of(&request.format.name, &request.system, &request.user)
    }

    /// A text of the data.
    pub fn text(&self, name: &str) -> &str {
        self.data.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A list of the data.
    pub fn list(&self, name: &str) -> &[Value] {
        self.data.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// A model that does its work well: it chooses by shared words, quotes one sentence and replies with it.
pub fn grounded(asked: &Asked) -> String {
    let answer = match asked.prompt.as_str() {
        "classify" => classify(asked),
        "standalone" => json!({ "questions": asked.list("asks") }),
        "write" => write(asked),
        "check" => json!({
            "claims": [{ "claim": "what it says", "supported": true }],
            "promises_work": false, "obeys_data": false, "answers": true
        }),
        "judge" => json!({ "reason": "they say the same", "verdict": "same" }),
        "distil" => json!({ "reason": "it is about one customer", "question": null, "answer": null }),
        "summarise" => json!({ "wants": "The customer asks something.", "so_far": "Nothing was done yet." }),
        _ => json!({ "word": "ready" }),
    };
    answer.to_string()
}

fn classify(asked: &Asked) -> Value {
    let message = asked.text("message");
    let name = |intent: &Value| intent["name"].as_str().unwrap_or_default().to_owned();
    // Of equals the first that it was offered.
    let best = asked.list("intents").iter().rev().max_by_key(|intent| shared(&intent.to_string().replace('_', " "), message));
    let intents: Vec<Value> = best.iter().map(|intent| json!({ "name": name(intent), "probability": 0.9 })).collect();
    let asks = if message.is_empty() { json!([]) } else { json!([{ "quote": message, "intent": null }]) };
    json!({ "intents": intents, "out_of_scope": 0.05, "language": "en", "urgency": "normal", "asks": asks })
}

fn write(asked: &Asked) -> Value {
    let message = asked.text("message");
    let text = |passage: &Value| passage["text"].as_str().unwrap_or_default().to_owned();
    let Some(best) = asked.list("passages").iter().max_by_key(|passage| shared(&text(passage), message)) else {
        return json!({ "citations": [], "asks_answered": [], "reply": null });
    };
    let sentence = text(best).split_inclusive(". ").next().unwrap_or_default().trim().to_owned();
    let asks: Vec<usize> = (1..=asked.list("asks").len()).collect();
    json!({ "citations": [{ "passage": best["id"], "quote": sentence }], "asks_answered": asks, "reply": sentence })
}

/// Words of two texts in common.
fn shared(a: &str, b: &str) -> usize {
    let words = |text: &str| -> HashSet<String> {
        text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 2).map(str::to_owned).collect()
    };
    words(a).intersection(&words(b)).count()
}
