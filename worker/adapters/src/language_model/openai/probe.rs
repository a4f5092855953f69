//! What an endpoint has, found out by asking it: for `doctor`.

use crate::language_model::openai::chat;
use crate::language_model::openai::client::{EndpointError, client};
use crate::language_model::openai::settings::{Endpoint, Structured};
use crate::language_model::openai::trouble::Trouble;
use prompts::ports::language_model::{AnswerFormat, CompletionRequest};
use prompts::schema;
use prompts::tabs::Tab;
use serde_json::Value;
use std::time::{Duration, Instant};

/// The features of an endpoint.
#[derive(Clone, PartialEq, Debug)]
pub struct Features {
    /// Whether the list of models holds the configured one; none when there is no list.
    pub lists_model: Option<bool>,
    /// An answer in each form, or what stands against it.
    pub forms: Vec<(Structured, Result<Duration, Trouble>)>,
}

impl Features {
    /// The best form that it takes.
    pub fn best(&self) -> Option<Structured> {
        self.forms.iter().find(|(_, result)| result.is_ok()).map(|(form, _)| *form)
    }

    /// Why none is taken.
    pub fn problem(&self) -> Option<&Trouble> {
        self.forms.iter().rev().find_map(|(_, result)| result.as_ref().err())
    }
}

/// Asks for a word in each form, once, and for the list of models.
pub async fn probe(endpoint: &Endpoint, model: &str) -> Result<Features, EndpointError> {
    let client = client(endpoint)?;
    let list: Result<Value, Trouble> = client.models().list_byot().await.map_err(Trouble::from);
    let lists_model = list.ok().and_then(|list| {
        let models = list.get("data")?.as_array()?.clone();
        Some(models.iter().any(|one| one.get("id").and_then(Value::as_str) == Some(model)))
    });
    let request = CompletionRequest {
        prompt: "probe".to_owned(),
        prompt_hash: String::new(),
        tab: Tab::named("doctor"),
        system: "You answer with one JSON object.".to_owned(),
        user: "Answer with {\"word\":\"ready\"}.".to_owned(),
        format: AnswerFormat { name: "probe".to_owned(), schema: schema::object([("word", schema::string())]) },
        answer_tokens_max: 64,
    };
    let mut forms = Vec::new();
    for form in [Structured::JsonSchema, Structured::Tool, Structured::Text] {
        let began = Instant::now();
        let answer: Result<Value, Trouble> =
            client.chat().create_byot(&chat::body(endpoint, model, form, &request)).await.map_err(Trouble::from);
        let word = answer.and_then(|answer| chat::completion(&answer)).and_then(|completion| {
            let object = prompts::answer::object(&completion.text).map_err(|_| Trouble::NotTheProtocol("its answer is no JSON object"))?;
            object.get("word").is_some().then_some(()).ok_or(Trouble::NotTheProtocol("its answer has another form"))
        });
        let gave_up = matches!(word, Err(Trouble::Rejected { status: 401 | 403, .. } | Trouble::NoConnection | Trouble::Timeout));
        forms.push((form, word.map(|()| began.elapsed())));
        if gave_up {
            break;
        }
    }
    Ok(Features { lists_model, forms })
}

/// Whether the endpoint answers: it is asked for its list of models, which costs nothing; one without such a list answers too.
pub async fn reach(endpoint: &Endpoint) -> Result<(), String> {
    let client = client(endpoint).map_err(|error| error.to_string())?;
    let list: Result<Value, Trouble> = client.models().list_byot().await.map_err(Trouble::from);
    match list {
        Err(trouble @ (Trouble::NoConnection | Trouble::Timeout | Trouble::Rejected { status: 401 | 403, .. })) => Err(trouble.to_string()),
        Ok(_) | Err(_) => Ok(()),
    }
}
