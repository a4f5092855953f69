//! One question to a model: rendered, asked, read, and asked once more when the answer has not the form that was asked for.

use crate::answer;
use crate::data;
use crate::ports::language_model::{AnswerFormat, Completion, CompletionRequest, LanguageModel, LanguageModelError, Stop};
use crate::prompt::Prompt;
use crate::tabs::Tab;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Everything that one question needs.
pub struct Question<'a, I> {
    /// The prompt.
    pub prompt: &'a Prompt,
    /// On whose account it goes.
    pub tab: &'a Tab,
    /// The data.
    pub input: &'a I,
    /// The form of the answer.
    pub schema: Value,
    /// Tokens of the answer at most.
    pub answer_tokens_max: u32,
}

/// Asks. `accept` makes of the parsed answer what is wanted, or says what is wrong with it; then, and when it cannot be parsed, the
/// model may repair it once. What is wrong after that is `Malformed`: the caller falls back, nobody guesses.
pub async fn ask<I: Serialize, T: DeserializeOwned, R>(
    model: &dyn LanguageModel,
    question: &Question<'_, I>,
    accept: impl Fn(T) -> Result<R, String>,
) -> Result<R, LanguageModelError> {
    let mut request = request(question)?;
    let completion = model.complete(&request).await?;
    let problem = match read(question.prompt, &completion, &accept)? {
        Ok(answer) => return Ok(answer),
        Err(problem) => problem,
    };
    request.user.push_str(&format!("\nAn earlier answer could not be used: {problem}. Answer with the one JSON object of the schema.\n"));
    let completion = model.complete(&request).await?;
    read(question.prompt, &completion, &accept)?.map_err(|problem| LanguageModelError::Malformed { problem })
}

fn request<I: Serialize>(question: &Question<'_, I>) -> Result<CompletionRequest, LanguageModelError> {
    let broken = |problem: String| LanguageModelError::Malformed { problem };
    let data = data::of(question.input).map_err(|_| broken("the input is no JSON".to_owned()))?;
    let rendered = question.prompt.render(&data).map_err(|error| broken(error.to_string()))?;
    Ok(CompletionRequest {
        prompt: question.prompt.id(),
        prompt_hash: question.prompt.hash.clone(),
        tab: question.tab.clone(),
        system: rendered.system,
        user: rendered.user,
        format: AnswerFormat { name: question.prompt.name.word().to_owned(), schema: question.schema.clone() },
        answer_tokens_max: question.answer_tokens_max,
    })
}

/// The answer, or what a repair could mend; an error where a repair could not.
fn read<T: DeserializeOwned, R>(
    prompt: &Prompt,
    completion: &Completion,
    accept: &impl Fn(T) -> Result<R, String>,
) -> Result<Result<R, String>, LanguageModelError> {
    match completion.stop {
        Stop::End => {}
        Stop::Length => return Ok(Err("it was cut off: answer in fewer words".to_owned())),
        Stop::Refusal => return Err(LanguageModelError::Refused),
    }
    let object = answer::object(&completion.text);
    answer::unless_leaked(prompt, &completion.text, object.as_ref().ok())?;
    Ok(object.and_then(answer::typed).and_then(accept))
}
