//! What a call of a language model costs this process beside a bare HTTP client, in processor time of the calling thread. The server is
//! another thread of this process and is not counted. `cargo bench -p tests --bench model` prints the figures.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

use adapters::language_model::openai::model::OpenAiModel;
use adapters::language_model::openai::settings::Endpoint;
use prompts::ports::language_model::LanguageModel;
use std::future::Future;
use tests::contracts::language_model::request;
use tests::model::server::{MODEL, ModelServer, Script};

const CALLS: u32 = 5_000;

fn main() {
    let (tell, told) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let server = ModelServer::start(Script::of(|_| r#"{"questions":["are you open on sunday?"]}"#.to_owned())).await.unwrap();
            tell.send(server.url()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    let url = told.recv().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let model = OpenAiModel::new(Endpoint::at(&url), MODEL).unwrap();
        let request = request("are you open on sunday?");
        let bare = reqwest::Client::builder().no_proxy().build().unwrap();
        let body = serde_json::json!({ "model": MODEL, "messages": [{ "role": "system", "content": request.system }, { "role": "user", "content": request.user }] });
        let (body, chat) = (body.to_string(), format!("{url}/chat/completions"));
        for round in 1..=3 {
            let bare_us = per_call(async || {
                let answer = bare.post(&chat).header("content-type", "application/json").body(body.clone()).send().await.unwrap();
                assert!(answer.bytes().await.unwrap().len() > 100);
            })
            .await;
            let model_us = per_call(async || assert!(model.complete(&request).await.is_ok())).await;
            println!(
                "round {round}: {model_us:.0} us CPU a call of the model, {bare_us:.0} us of bare reqwest in the same run ({:.1} times)",
                model_us / bare_us
            );
        }
    });
}

/// Microseconds of this thread's processor time for one call.
async fn per_call<F: Future<Output = ()>>(call: impl Fn() -> F) -> f64 {
    for _ in 0..CALLS / 10 {
        call().await;
    }
    let before = thread_cpu_ns();
    for _ in 0..CALLS {
        call().await;
    }
    (thread_cpu_ns() - before) as f64 / 1_000.0 / f64::from(CALLS)
}

/// Processor time of this thread so far, as the kernel counts it.
fn thread_cpu_ns() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}
