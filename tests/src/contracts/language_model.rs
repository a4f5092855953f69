//! What every language model promises.

use prompts::ports::language_model::{AnswerFormat, CompletionRequest, LanguageModel, Stop};
use prompts::schema;
use prompts::tabs::Tab;

/// A request of the `standalone` prompt, whose answer repeats its asks.
pub fn request(ask: &str) -> CompletionRequest {
    let data = serde_json::json!({ "conversation": [], "asks": [ask] });
    CompletionRequest {
        prompt: "standalone/v1".to_owned(),
        prompt_hash: "0".repeat(16),
        tab: Tab::named("contract"),
        system: "You rewrite questions.".to_owned(),
        user: format!("BEGIN DATA\n{data}\nEND DATA\n"),
        format: AnswerFormat { name: "standalone".to_owned(), schema: prompts::prompts::standalone::schema() },
        answer_tokens_max: 100,
    }
}

/// A model that says what [`crate::model::brain::grounded`] says.
pub async fn all(model: &dyn LanguageModel) {
    assert!(!model.name().is_empty());
    for ask in ["are you open?", "¿abren hoy? 🙂", "\"quotes\" and \\ and\nlines"] {
        let completion = model.complete(&request(ask)).await.unwrap();
        let answer = prompts::answer::object(&completion.text).unwrap();
        assert_eq!(answer["questions"][0], ask);
        assert_eq!(completion.stop, Stop::End);
        assert!(completion.tokens_in > 0 && completion.tokens_out > 0);
    }
    let mut other = request("x");
    other.format = AnswerFormat { name: "probe".to_owned(), schema: schema::object([("word", schema::string())]) };
    let same = request("two at once");
    let (one, two) = tokio::join!(model.complete(&other), model.complete(&same));
    assert!(one.unwrap().text.contains("ready") && two.unwrap().text.contains("two at once"));
    for shown in [format!("{:?}", request("secret words")), format!("{:?}", model.complete(&request("secret words")).await)] {
        assert!(!shown.contains("secret"), "{shown}");
    }
}
