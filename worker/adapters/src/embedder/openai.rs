//! Embeddings of an OpenAI-compatible endpoint.

use crate::language_model::openai::calls::Calls;
use crate::language_model::openai::client::{EndpointError, client};
use crate::language_model::openai::config::EndpointConfig;
use crate::language_model::openai::settings::Endpoint;
use crate::language_model::openai::trouble::Trouble;
use async_openai::Client;
use async_trait::async_trait;
use knowledge::ports::embedder::{Embedder, EmbedderError, Embedding};
use prompts::budget::trim::cut;
use prompts::ports::token_counter::TokenCounter;
use serde_json::{Value, json};
use std::ops::Range;
use std::sync::Arc;

/// Texts of one request at most, as OpenAI documents it.
pub const INPUTS_MAX: usize = 2_048;
/// Tokens of all texts of one request at most, as OpenAI documents it.
pub const TOKENS_MAX: usize = 300_000;
/// Tokens of one text at most; what is longer is cut.
pub const TEXT_TOKENS_MAX: usize = 8_192;
/// Bytes that a number takes in an answer, for the cap on its size.
const NUMBER_BYTES: u64 = 32;

/// Embeds by an endpoint.
pub struct OpenAiEmbedder {
    client: Client<EndpointConfig>,
    calls: Calls,
    counter: Arc<dyn TokenCounter>,
    model: String,
    name: String,
    dimensions: usize,
}

impl OpenAiEmbedder {
    /// An embedder of this model, whose vectors have this length.
    pub fn new(mut endpoint: Endpoint, model: &str, dimensions: usize, counter: Arc<dyn TokenCounter>) -> Result<Self, EndpointError> {
        // A full batch of long vectors is larger than any answer of a chat.
        let largest = (INPUTS_MAX * dimensions) as u64 * NUMBER_BYTES;
        endpoint.limits.response_bytes_max = endpoint.limits.response_bytes_max.max(largest);
        Ok(OpenAiEmbedder {
            client: client(&endpoint)?,
            calls: Calls::new(endpoint.limits.clone()),
            counter,
            model: model.to_owned(),
            name: format!("openai:{model}"),
            dimensions,
        })
    }

    async fn batch(&self, texts: &[String]) -> Result<Vec<Embedding>, Trouble> {
        let body = json!({ "model": self.model, "input": texts, "encoding_format": "float" });
        let attempt = || async {
            let answer: Value = self.client.embeddings().create_byot(&body).await?;
            vectors(&answer, texts.len(), self.dimensions)
        };
        self.calls.call(attempt).await
    }
}

#[async_trait]
impl Embedder for OpenAiEmbedder {
    async fn embed(&self, texts: &[&str]) -> Result<Vec<Embedding>, EmbedderError> {
        // Empty texts are refused by the protocol; a space has no meaning either.
        let whole = |text: &&str| if text.trim().is_empty() { " ".to_owned() } else { cut(text, TEXT_TOKENS_MAX, self.counter.as_ref()) };
        let texts: Vec<String> = texts.iter().map(whole).collect();
        let tokens: Vec<usize> = texts.iter().map(|text| self.counter.count(text)).collect();
        let mut embeddings = Vec::with_capacity(texts.len());
        for range in batches(&tokens) {
            let batch = self.batch(texts.get(range).unwrap_or_default()).await;
            embeddings.extend(batch.map_err(|trouble| EmbedderError {
                name: self.name.clone(),
                problem: trouble.to_string(),
                is_transient: trouble.is_worth_another() || trouble == Trouble::LeftAlone,
            })?);
        }
        Ok(embeddings)
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn languages(&self) -> &str {
        "languages as the endpoint's model knows them"
    }
}

/// Runs of texts that fit into one request each.
pub fn batches(tokens: &[usize]) -> Vec<Range<usize>> {
    let (mut runs, mut start, mut sum) = (Vec::new(), 0, 0);
    for (n, count) in tokens.iter().enumerate() {
        if n > start && (n - start >= INPUTS_MAX || sum + count > TOKENS_MAX) {
            runs.push(start..n);
            (start, sum) = (n, 0);
        }
        sum += count;
    }
    if start < tokens.len() {
        runs.push(start..tokens.len());
    }
    runs
}

/// The vectors in the order of the texts, whatever order they came in.
fn vectors(answer: &Value, count: usize, dimensions: usize) -> Result<Vec<Embedding>, Trouble> {
    let rows = answer.get("data").and_then(Value::as_array).ok_or(Trouble::NotTheProtocol("it has no data"))?;
    let mut vectors: Vec<Option<Embedding>> = vec![None; count];
    for row in rows {
        let index = row.get("index").and_then(Value::as_u64).and_then(|index| usize::try_from(index).ok());
        let values = row.get("embedding").and_then(Value::as_array).ok_or(Trouble::NotTheProtocol("a row has no vector"))?;
        let values: Vec<f32> = values.iter().filter_map(Value::as_f64).map(|value| value as f32).collect();
        if values.len() != dimensions || !values.iter().all(|value| value.is_finite()) {
            return Err(Trouble::NotTheProtocol("a vector has another length than is configured"));
        }
        if let Some(slot) = index.and_then(|index| vectors.get_mut(index)) {
            *slot = Some(Embedding::unit(values));
        }
    }
    vectors.into_iter().collect::<Option<Vec<_>>>().ok_or(Trouble::NotTheProtocol("a vector is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_keep_both_limits() {
        assert_eq!(batches(&[]), Vec::<Range<usize>>::new());
        assert_eq!(batches(&[1; 5_000]).iter().map(|run| run.len()).collect::<Vec<_>>(), [2_048, 2_048, 904]);
        assert_eq!(batches(&[8_192; 80]).iter().map(|run| run.len()).collect::<Vec<_>>(), [36, 36, 8]);
        assert_eq!(batches(&[400_000, 1]), [0..1, 1..2], "a text alone is sent whatever it counts");
    }

    #[test]
    fn vectors_are_put_into_the_order_of_the_texts() {
        let row = |index: u64, values: [f64; 2]| json!({ "index": index, "embedding": values });
        let answer = json!({ "data": [row(1, [0.0, 2.0]), row(0, [3.0, 0.0])] });
        assert_eq!(vectors(&answer, 2, 2), Ok(vec![Embedding(vec![1.0, 0.0]), Embedding(vec![0.0, 1.0])]));
        assert!(vectors(&answer, 3, 2).is_err() && vectors(&answer, 2, 3).is_err() && vectors(&json!({}), 0, 2).is_err());
    }
}
