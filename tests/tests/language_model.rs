//! Language models under their contract, and what only a real wire shows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use adapters::embedder::openai::OpenAiEmbedder;
use adapters::language_model::openai::model::OpenAiModel;
use adapters::language_model::openai::probe::probe;
use adapters::language_model::openai::settings::{CallLimits, Endpoint, Structured};
use adapters::language_model::scripted::ScriptedModel;
use adapters::secret::Secret;
use adapters::token_counter::tiktoken;
use knowledge::ports::embedder::Embedder;
use prompts::ports::language_model::{LanguageModel, LanguageModelError, Stop};
use std::time::Duration;
use tests::contracts::language_model::request;
use tests::model::brain::{Asked, grounded};
use tests::model::fault::Fault;
use tests::model::server::{DIMENSIONS, MODEL, ModelServer, Script};

/// Deadlines short enough for a test and long enough for a busy machine.
fn limits() -> CallLimits {
    CallLimits {
        connect_timeout_ms: 2_000,
        silence_timeout_ms: 150,
        attempt_timeout_ms: 300,
        call_timeout_ms: 2_000,
        attempts_max: 3,
        retry_first_ms: 2,
        response_bytes_max: 256 * 1024,
        breaker_failures: 1_000_000,
        ..CallLimits::default()
    }
}

fn endpoint(server: &ModelServer) -> Endpoint {
    Endpoint { key: Secret::new("sk-of-the-tests"), limits: limits(), ..Endpoint::at(&server.url()) }
}

async fn server(change: impl FnOnce(&mut Script)) -> ModelServer {
    let mut script = Script::of(grounded);
    change(&mut script);
    ModelServer::start(script).await.unwrap()
}

fn model(endpoint: Endpoint) -> OpenAiModel {
    OpenAiModel::new(endpoint, MODEL).unwrap()
}

#[tokio::test]
async fn models_keep_their_promises() {
    let scripted = ScriptedModel::saying("scripted", |request| grounded(&Asked::of_request(request)));
    tests::contracts::language_model::all(&scripted).await;
    let server = server(|_| {}).await;
    tests::contracts::language_model::all(&model(endpoint(&server))).await;
}

#[tokio::test]
async fn an_endpoint_without_schemas_is_asked_with_a_tool_and_one_without_tools_in_words() {
    for (takes_schema, takes_tools, expected) in
        [(true, true, Structured::JsonSchema), (false, true, Structured::Tool), (false, false, Structured::Text)]
    {
        let server = server(|script| (script.takes_schema, script.takes_tools) = (takes_schema, takes_tools)).await;
        let mut words = endpoint(&server);
        // In words the endpoint cannot know the prompt of a test; it says that it is ready.
        words.structured = Structured::Auto;
        let model = model(words);
        let completion = model.complete(&request("are you open?")).await.unwrap();
        assert_eq!(model.form(), expected);
        assert!(prompts::answer::object(&completion.text).is_ok());
        let asked = server.bodies().len();
        model.complete(&request("and again?")).await.unwrap();
        assert_eq!(server.bodies().len(), asked + 1, "what was found out is remembered");
    }
}

#[tokio::test]
async fn a_fault_that_passes_is_not_noticed() {
    for fault in [
        Fault::RateLimited,
        Fault::RateLimitedWithRetryAfter,
        Fault::ServerError,
        Fault::Hang,
        Fault::Garbage,
        Fault::TruncatedJson,
        Fault::SlowDrip,
        Fault::EmptyChoices,
        Fault::Drop,
    ] {
        let server = server(|script| script.fault = Box::new(move |n| (n == 0).then_some(fault))).await;
        let completion = model(endpoint(&server)).complete(&request("are you open?")).await;
        assert!(completion.is_ok(), "{fault:?}: {completion:?}");
        assert_eq!(server.calls(), 2, "{fault:?}");
    }
}

#[tokio::test]
async fn a_fault_that_stays_is_named_and_tried_no_more_often_than_helps() {
    for (fault, calls) in [
        (Fault::Unauthorized, 1),
        (Fault::RateLimited, 3),
        (Fault::ServerError, 3),
        (Fault::Hang, 3),
        (Fault::Garbage, 3),
        (Fault::TruncatedJson, 3),
        (Fault::Huge, 1),
        (Fault::SlowDrip, 3),
        (Fault::EmptyChoices, 3),
        (Fault::Drop, 3),
    ] {
        let server = server(|script| script.fault = Box::new(move |_| Some(fault))).await;
        let error = model(endpoint(&server)).complete(&request("are you open?")).await.unwrap_err();
        let is_as_expected = match fault {
            Fault::Unauthorized => matches!(error, LanguageModelError::Rejected { .. }),
            Fault::RateLimited | Fault::RateLimitedWithRetryAfter => error == LanguageModelError::RateLimited { retry_after_ms: None },
            Fault::Garbage | Fault::TruncatedJson | Fault::EmptyChoices => matches!(error, LanguageModelError::Malformed { .. }),
            Fault::ServerError | Fault::Hang | Fault::Huge | Fault::SlowDrip | Fault::Drop => {
                matches!(error, LanguageModelError::Unavailable { .. })
            }
            Fault::WrongSchema | Fault::Refusal | Fault::Length => panic!("{fault:?} is an answer"),
        };
        assert!(is_as_expected, "{fault:?}: {error:?}");
        assert_eq!(server.calls(), calls, "{fault:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_off_or_refused_says_so() {
    for (fault, expected) in [(Fault::Length, Stop::Length), (Fault::Refusal, Stop::Refusal)] {
        let server = server(|script| script.fault = Box::new(move |_| Some(fault))).await;
        assert_eq!(model(endpoint(&server)).complete(&request("x")).await.unwrap().stop, expected);
    }
}

#[tokio::test]
async fn a_wait_beyond_the_deadline_is_not_waited_for() {
    let server = server(|script| script.fault = Box::new(|_| Some(Fault::RateLimitedWithRetryAfter))).await;
    let mut endpoint = endpoint(&server);
    endpoint.limits.call_timeout_ms = 5; // less than the endpoint asks for
    endpoint.limits.attempt_timeout_ms = 5_000;
    let began = tokio::time::Instant::now();
    assert!(model(endpoint).complete(&request("x")).await.is_err());
    assert!(server.calls() <= 1 && began.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn an_endpoint_that_is_down_is_left_alone_and_tried_again_with_one_call() {
    let server = server(|script| script.fault = Box::new(|n| (n < 3).then_some(Fault::ServerError))).await;
    let mut endpoint = endpoint(&server);
    (endpoint.limits.attempts_max, endpoint.limits.breaker_failures, endpoint.limits.breaker_open_ms) = (1, 3, 200);
    let model = model(endpoint);
    for _ in 0..10 {
        assert!(model.complete(&request("x")).await.is_err());
    }
    assert_eq!(server.calls(), 3, "after three failures nobody asks");
    while model.complete(&request("x")).await.is_err() {
        tokio::task::yield_now().await;
    }
    assert_eq!(server.calls(), 4, "one call tried, and it was well");
}

#[tokio::test]
async fn no_more_calls_than_allowed_are_under_way() {
    let server = server(|_| {}).await;
    let mut endpoint = endpoint(&server);
    (endpoint.limits.concurrency_max, endpoint.limits.call_timeout_ms) = (1, 20_000);
    let model = std::sync::Arc::new(model(endpoint));
    let calls: Vec<_> = (0..20)
        .map(|n| {
            let model = model.clone();
            tokio::spawn(async move { model.complete(&request(&format!("call {n}"))).await })
        })
        .collect();
    for call in calls {
        call.await.unwrap().unwrap();
    }
    assert_eq!(server.calls(), 20);
}

#[tokio::test]
async fn hedging_asks_a_second_time_and_takes_the_first_answer() {
    let server = server(|script| script.fault = Box::new(|n| (n == 0).then_some(Fault::Hang))).await;
    let mut endpoint = endpoint(&server);
    (endpoint.limits.hedge_after_ms, endpoint.limits.attempts_max) = (10, 1);
    (endpoint.limits.attempt_timeout_ms, endpoint.limits.silence_timeout_ms) = (20_000, 20_000);
    endpoint.limits.call_timeout_ms = 20_000;
    assert!(model(endpoint).complete(&request("x")).await.is_ok());
    assert_eq!(server.calls(), 2);
}

#[tokio::test]
async fn what_the_server_says_is_what_the_protocols_own_types_read() {
    use async_openai::types::chat::CreateChatCompletionResponse;
    let server = server(|_| {}).await;
    let model = model(Endpoint { structured: Structured::Tool, ..endpoint(&server) });
    model.complete(&request("x")).await.unwrap();
    // The same exchange, read by the crate's types.
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cassette.jsonl");
    for structured in [Structured::JsonSchema, Structured::Tool, Structured::Text] {
        let recorded = OpenAiModel::new(Endpoint { structured, record: Some(path.clone()), ..endpoint(&server) }, MODEL).unwrap();
        recorded.complete(&request("x")).await.unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(!text.contains("sk-of-the-tests"));
    assert_eq!(text.lines().count(), 3);
    for line in text.lines() {
        let exchange: serde_json::Value = serde_json::from_str(line).unwrap();
        let response: CreateChatCompletionResponse = serde_json::from_value(exchange["response"].clone()).unwrap();
        assert_eq!(response.choices.len(), 1);
        serde_json::from_value::<async_openai::types::chat::CreateChatCompletionRequest>(exchange["request"].clone()).unwrap();
    }
}

#[tokio::test]
async fn embeddings_come_in_the_order_of_the_texts_in_batches_that_the_protocol_takes() {
    let server = server(|_| {}).await;
    let embedder = OpenAiEmbedder::new(endpoint(&server), "embed-1", DIMENSIONS, tiktoken::counter("embed-1")).unwrap();
    let texts: Vec<String> = (0..5_000).map(|n| format!("text {n}")).collect();
    let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    texts.push("");
    let vectors = embedder.embed(&texts).await.unwrap();
    assert_eq!((vectors.len(), server.bodies().len()), (5_001, 3));
    assert_eq!(vectors[4_321], embedder.embed(&["text 4321"]).await.unwrap()[0]);
    assert!((vectors[0].cosine(&vectors[0]) - 1.0).abs() < 1e-5);
}

#[tokio::test]
async fn a_probe_says_what_an_endpoint_has() {
    let server = server(|script| script.takes_schema = false).await;
    let features = probe(&endpoint(&server), MODEL).await.unwrap();
    assert_eq!((features.lists_model, features.best()), (Some(true), Some(Structured::Tool)));
    let nobody = Endpoint { limits: limits(), ..Endpoint::at("http://127.0.0.1:9/v1") };
    let features = probe(&nobody, MODEL).await.unwrap();
    assert_eq!((features.lists_model, features.best(), features.forms.len()), (None, None, 1));
}
