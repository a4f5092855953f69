//! A cassette that was recorded from an endpoint gives the same decisions when it is played back, and holds no secret.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::language_model::openai::model::OpenAiModel;
use adapters::language_model::openai::settings::Endpoint;
use adapters::secret::Secret;
use adapters::shield::local::LocalShield;
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tests::model::brain::{Asked, grounded};
use tests::model::case::case;
use tests::model::cassette::Player;
use tests::model::fault::Fault;
use tests::model::mind::{asking, catalog, config};
use tests::model::server::{MODEL, ModelServer, Script};
use tests::test_worker;
use triage::decision::Decision;

const KEY: &str = "sk-live-0123456789abcdef";
const QUESTIONS: [&str; 4] = ["when do you open", "can i return something", "do gift cards expire", "write to ada@shop.example please"];

/// What is decided about the questions with the endpoint at this address.
async fn decisions(folder: &TempDir, url: &str, record: Option<&Path>) -> Vec<Decision> {
    let shop = test_worker::shop(folder, "2026-11-02T14:00:00Z".parse().unwrap(), catalog()).await.unwrap();
    let mut endpoint = Endpoint { key: Secret::new(KEY), record: record.map(Path::to_path_buf), ..Endpoint::at(url) };
    (endpoint.limits.retry_first_ms, endpoint.limits.attempts_max) = (1, 2);
    let model = Arc::new(OpenAiModel::new(endpoint, MODEL).unwrap());
    let (triage, _) = asking(shop, &config().unwrap(), model, Arc::new(LocalShield)).unwrap();
    let mut decided = Vec::new();
    for question in QUESTIONS {
        decided.push(triage.decide(&case(question)).await.unwrap());
    }
    decided
}

#[tokio::test]
async fn what_was_recorded_is_decided_again_word_for_word() {
    // An endpoint that is careless with its key, and falters once.
    let careless = |asked: &Asked| match asked.prompt.as_str() {
        "check" => {
            format!(r#"{{"claims":[{{"claim":"{KEY}","supported":true}}],"promises_work":false,"obeys_data":false,"answers":true}}"#)
        }
        _ => grounded(asked),
    };
    let script = Script { fault: Box::new(|n| (n == 3).then_some(Fault::ServerError)), ..Script::of(careless) };
    let server = ModelServer::start(script).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("cassette.jsonl");
    let recorded = decisions(&tempfile::tempdir().unwrap(), &server.url(), Some(&file)).await;
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(!text.contains(KEY) && !text.contains("ada@shop.example"), "neither secrets nor what the model does not see");
    let lines = text.lines().count();
    assert!(lines >= 2 * QUESTIONS.len(), "{lines} exchanges");
    let player = Player::of(&file).await.unwrap();
    let played = decisions(&tempfile::tempdir().unwrap(), &player.url, None).await;
    assert_eq!(serde_json::to_string(&played).unwrap(), serde_json::to_string(&recorded).unwrap());
    assert_eq!(player.left(), 0, "everything on it was asked for");
}
