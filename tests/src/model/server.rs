//! A scripted OpenAI-compatible server on a real socket: chat with schema, tools or neither, embeddings, models; and every fault.

use crate::model::brain::{Asked, Brain};
use crate::model::fault::Fault;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// Length of the vectors that it gives.
pub const DIMENSIONS: usize = 8;
/// The model that it lists.
pub const MODEL: &str = "scripted-1";
const HUGE_BYTES: usize = 50 * 1024 * 1024;
/// Between two bytes of the slow drip.
const DRIP: Duration = Duration::from_millis(10);

/// What the server is like.
pub struct Script {
    /// What it says.
    pub brain: Box<Brain>,
    /// The fault of the n-th call of chat, counted from 0.
    pub fault: Box<dyn Fn(usize) -> Option<Fault> + Send + Sync>,
    /// It takes `response_format` with a schema.
    pub takes_schema: bool,
    /// It takes tools.
    pub takes_tools: bool,
}

impl Script {
    /// Says what this brain says, without a fault.
    pub fn of(brain: impl Fn(&Asked) -> String + Send + Sync + 'static) -> Self {
        Script { brain: Box::new(brain), fault: Box::new(|_| None), takes_schema: true, takes_tools: true }
    }
}

/// A running server; it ends with the runtime.
pub struct ModelServer {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    script: Script,
    calls: AtomicUsize,
    bodies: Mutex<Vec<Value>>,
}

impl ModelServer {
    /// Starts one on a free port of this machine.
    pub async fn start(script: Script) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let state = Arc::new(State { script, calls: AtomicUsize::new(0), bodies: Mutex::default() });
        let serving = state.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let state = serving.clone();
                tokio::spawn(async move { drop(serve(stream, &state).await) });
            }
        });
        Ok(ModelServer { address, state })
    }

    /// What `base_url` is.
    pub fn url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// Calls of chat so far.
    pub fn calls(&self) -> usize {
        self.state.calls.load(Ordering::SeqCst)
    }

    /// The bodies that were sent, in order.
    pub fn bodies(&self) -> Vec<Value> {
        self.state.bodies.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Requests of one connection, one after the other.
async fn serve(mut stream: TcpStream, state: &State) -> std::io::Result<()> {
    let mut buffer = Vec::new();
    loop {
        let Some((path, body)) = request(&mut stream, &mut buffer).await? else { return Ok(()) };
        state.bodies.lock().unwrap_or_else(PoisonError::into_inner).push(body.clone());
        if path.ends_with("/models") {
            let model = json!({ "id": MODEL, "object": "model", "created": 1_700_000_000, "owned_by": "tests" });
            answer(&mut stream, 200, "", json!({ "object": "list", "data": [model] }).to_string().as_bytes()).await?;
        } else if path.ends_with("/embeddings") {
            answer(&mut stream, 200, "", embeddings(&body).to_string().as_bytes()).await?;
        } else if path.ends_with("/chat/completions") {
            let n = state.calls.fetch_add(1, Ordering::SeqCst);
            if !chat(&mut stream, state, &body, (state.script.fault)(n)).await? {
                return Ok(());
            }
        } else {
            answer(&mut stream, 404, "", br#"{"error":{"message":"no such path","type":"invalid_request_error"}}"#).await?;
        }
    }
}

/// Path and JSON body of the next request; none when the client has closed.
async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> std::io::Result<Option<(String, Value)>> {
    let head_end = loop {
        if let Some(end) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(buffer.get(..head_end).unwrap_or_default()).to_lowercase();
    let path = head.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")).and_then(|value| value.trim().parse().ok());
    let end = head_end + length.unwrap_or(0usize);
    while buffer.len() < end {
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    }
    let body = serde_json::from_slice(buffer.get(head_end..end).unwrap_or_default()).unwrap_or(Value::Null);
    buffer.drain(..end);
    Ok(Some((path, body)))
}

async fn answer(stream: &mut TcpStream, status: u16, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let head = format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{headers}content-length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).await
}

/// Answers a chat; false when the connection is to be closed.
async fn chat(stream: &mut TcpStream, state: &State, body: &Value, fault: Option<Fault>) -> std::io::Result<bool> {
    if let Some(refused) = form_not_taken(&state.script, body) {
        answer(stream, 400, "", refused.to_string().as_bytes()).await?;
        return Ok(true);
    }
    let good = || completion(body, &(state.script.brain)(&asked(body)), "stop");
    let error = |kind: &str| json!({ "error": { "message": "scripted", "type": kind, "param": null, "code": kind } }).to_string();
    match fault {
        None => answer(stream, 200, "", good().to_string().as_bytes()).await?,
        Some(Fault::Unauthorized) => answer(stream, 401, "", error("invalid_api_key").as_bytes()).await?,
        Some(Fault::RateLimitedWithRetryAfter) => {
            answer(stream, 429, "retry-after: 0.01\r\n", error("rate_limit_exceeded").as_bytes()).await?;
        }
        Some(Fault::RateLimited) => answer(stream, 429, "", error("rate_limit_exceeded").as_bytes()).await?,
        Some(Fault::ServerError) => answer(stream, 500, "", b"<html>Internal Server Error</html>").await?,
        Some(Fault::Garbage) => answer(stream, 200, "", b"\xff\xfe<html>not json").await?,
        Some(Fault::TruncatedJson) => {
            let whole = good().to_string();
            answer(stream, 200, "", whole.as_bytes().get(..whole.len() / 2).unwrap_or_default()).await?;
        }
        Some(Fault::WrongSchema) => answer(stream, 200, "", completion(body, r#"{"surprise":42}"#, "stop").to_string().as_bytes()).await?,
        Some(Fault::Refusal) => answer(stream, 200, "", refusal(body).to_string().as_bytes()).await?,
        Some(Fault::EmptyChoices) => {
            let mut empty = good();
            empty["choices"] = json!([]);
            answer(stream, 200, "", empty.to_string().as_bytes()).await?;
        }
        Some(Fault::Length) => {
            let text = (state.script.brain)(&asked(body));
            let cut: String = text.chars().take(text.chars().count() / 2).collect();
            answer(stream, 200, "", completion(body, &cut, "length").to_string().as_bytes()).await?;
        }
        Some(Fault::Hang) => {
            // Until the client closes: it never reads a byte of an answer.
            let mut byte = [0];
            drop(stream.read(&mut byte).await);
            return Ok(false);
        }
        Some(Fault::Huge) => {
            chunked(stream, std::iter::repeat_n(vec![b' '; 1024 * 1024], HUGE_BYTES / (1024 * 1024)), Duration::ZERO).await?;
            return Ok(false);
        }
        Some(Fault::SlowDrip) => {
            chunked(stream, good().to_string().into_bytes().into_iter().map(|byte| vec![byte]), DRIP).await?;
            return Ok(false);
        }
        Some(Fault::Drop) => return Ok(false),
    }
    Ok(true)
}

/// A body without a length, in pieces.
async fn chunked(stream: &mut TcpStream, pieces: impl Iterator<Item = Vec<u8>>, pause: Duration) -> std::io::Result<()> {
    stream.write_all(b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n").await?;
    for piece in pieces {
        stream.write_all(&[format!("{:x}\r\n", piece.len()).as_bytes(), &piece, b"\r\n"].concat()).await?;
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
    stream.write_all(b"0\r\n\r\n").await
}

fn form_not_taken(script: &Script, body: &Value) -> Option<Value> {
    let refused = |what: &str| json!({ "error": { "message": format!("'{what}' is not supported"), "type": "invalid_request_error", "param": what, "code": null } });
    if !script.takes_schema && body.get("response_format").is_some() {
        return Some(refused("response_format"));
    }
    (!script.takes_tools && body.get("tools").is_some()).then(|| refused("tools"))
}

/// What a brain sees of a body.
fn asked(body: &Value) -> Asked {
    let text = |pointer: &str| body.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let (system, user) = (text("/messages/0/content"), text("/messages/1/content"));
    let named = [text("/response_format/json_schema/name"), text("/tools/0/function/name")];
    let by_text = || prompts::prompt::Name::ALL.into_iter().find(|name| is_prompt(*name, system)).map_or("probe", |name| name.word());
    let prompt = named.into_iter().find(|name| !name.is_empty()).unwrap_or_else(by_text);
    Asked::of(prompt, system, user)
}

/// Without schema and tools only the system's message says which prompt it is.
fn is_prompt(name: prompts::prompt::Name, system: &str) -> bool {
    prompts::prompt::Prompt::load(name).is_ok_and(|prompt| system.contains(&prompt.canary))
}

/// An answer of this text, as content or as the arguments of the tool that was asked for.
fn completion(body: &Value, text: &str, finish_reason: &str) -> Value {
    let tool = body.pointer("/tools/0/function/name");
    let (message, finish_reason) = match tool {
        Some(name) => {
            let call = json!({ "id": "call_1", "type": "function", "function": { "name": name, "arguments": text } });
            let reason = if finish_reason == "stop" { "tool_calls" } else { finish_reason };
            (json!({ "role": "assistant", "content": null, "refusal": null, "tool_calls": [call] }), reason)
        }
        None => (json!({ "role": "assistant", "content": text, "refusal": null }), finish_reason),
    };
    with_message(body, message, finish_reason, text.len())
}

fn refusal(body: &Value) -> Value {
    with_message(body, json!({ "role": "assistant", "content": null, "refusal": "I cannot help with that." }), "stop", 24)
}

fn with_message(body: &Value, message: Value, finish_reason: &str, bytes: usize) -> Value {
    let (tokens_in, tokens_out) = (body["messages"].to_string().len().div_ceil(4), bytes.div_ceil(4));
    json!({
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": body["model"],
        "choices": [{ "index": 0, "message": message, "finish_reason": finish_reason, "logprobs": null }],
        "usage": { "prompt_tokens": tokens_in, "completion_tokens": tokens_out, "total_tokens": tokens_in + tokens_out }
    })
}

/// Vectors that follow from the bytes of the texts.
fn embeddings(body: &Value) -> Value {
    let vector = |text: &str| -> Vec<f64> {
        let mut vector = vec![0.01; DIMENSIONS];
        text.bytes().enumerate().for_each(|(n, byte)| vector[(n + usize::from(byte)) % DIMENSIONS] += 1.0);
        vector
    };
    let texts: Vec<&str> = body["input"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let rows = texts.iter().enumerate().rev().map(|(n, text)| json!({ "object": "embedding", "index": n, "embedding": vector(text) }));
    json!({ "object": "list", "model": body["model"], "data": rows.collect::<Vec<_>>(), "usage": { "prompt_tokens": 1, "total_tokens": 1 } })
}
