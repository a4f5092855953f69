//! Prism between a client and a fake: every request and every answer is checked against the vendor's own description. It comes
//! from npm (`./.ci/prism`). The vendors' descriptions stand in `../shared/specs`; without them those of `tests/descriptions` serve, which
//! were written here of the calls that we make. Without Prism the fakes are asked directly.

use crate::shared;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// A Prism that does not come up is started so often.
const STARTS_MAX: usize = 3;
/// They start one at a time: a start takes a core for seconds, and the calls of the others would run into their limits.
static STARTING: Mutex<()> = Mutex::new(());

/// A running Prism; it ends with the test.
pub struct Prism {
    child: Child,
    /// Where it listens.
    pub url: String,
}

impl Drop for Prism {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    shared::root().join("target/prism/node_modules/@stoplight/prism-cli/dist/index.js")
}

/// A vendor's description, and ours of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Description {
    /// Messages of Twilio.
    Twilio,
    /// Intercom 2.16.
    Intercom,
    /// Zendesk's tickets, which it has published no description of.
    Zendesk,
    /// Chatwoot's application API.
    Chatwoot,
}

impl Description {
    fn file(self) -> Option<PathBuf> {
        let (theirs, ours) = match self {
            Description::Twilio => (Some("twilio-messages.strict-subset.json"), "twilio-messages.openapi.yaml"),
            Description::Intercom => (Some("intercom-2.16.strict-subset.json"), "intercom.openapi.yaml"),
            Description::Zendesk => (None, "zendesk.openapi.json"),
            Description::Chatwoot => (Some("chatwoot-application-4.5.2.json"), "chatwoot.openapi.json"),
        };
        let ours = shared::root().join("tests/descriptions").join(ours);
        match theirs.and_then(|theirs| shared::find(&format!("specs/{theirs}"))) {
            Some(theirs) => mended(&theirs, &ours),
            None => Some(ours),
        }
    }
}

/// Prism in front of a fake. None, with a word why, when it is not there.
pub fn before(test: &str, description: Description, fake: &str) -> Option<Prism> {
    if !program().exists() {
        shared::left_out(test, "no Prism in target/prism: run ./.ci/prism");
        return None;
    }
    let file = description.file()?;
    let _one_at_a_time = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    // Somebody else may take its port before it does.
    (0..STARTS_MAX).find_map(|_| start(&file, fake))
}

/// The description without what contradicts itself (Intercom's contact ids have 24 characters, as its own example shows, and can be no
/// UUIDs), and with the paths that it leaves out and ours has (Chatwoot's profile and lists of articles).
fn mended(description: &Path, ours: &Path) -> Option<PathBuf> {
    let mut read: Value = serde_json::from_str(&std::fs::read_to_string(description).ok()?).ok()?;
    if let Some(id) = read.pointer_mut("/components/schemas/create_conversation_request/properties/from/properties/id") {
        id.as_object_mut()?.remove("format");
    }
    let ours: Option<Value> = std::fs::read_to_string(ours).ok().and_then(|ours| serde_json::from_str(&ours).ok());
    for (path, operations) in ours.as_ref().and_then(|ours| ours["paths"].as_object()).into_iter().flatten() {
        let known = read["paths"].as_object_mut()?;
        if known.get(path).is_none_or(|known| known.get("get").is_none() && operations.get("get").is_some()) {
            let mut operations = operations.clone();
            // What their own other operations of this path need stays.
            for (name, operation) in known.get(path).and_then(Value::as_object).into_iter().flatten() {
                operations[name.as_str()] = operation.clone();
            }
            known.insert(path.clone(), operations);
        }
    }
    let place = shared::root().join("target/prism").join(description.file_name()?);
    // Several tests at once write the same words; each sees a whole file.
    let own = place.with_extension(format!("{}-{:?}", std::process::id(), std::thread::current().id()));
    std::fs::write(&own, read.to_string()).ok()?;
    std::fs::rename(&own, &place).ok()?;
    Some(place)
}

fn start(description: &Path, fake: &str) -> Option<Prism> {
    let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
    let mut child = Command::new("node")
        .arg("--require")
        .arg(shared::root().join("tests/src/prism/patient.cjs"))
        .arg(program())
        .args(["proxy", "--errors", "-h", "127.0.0.1", "-p", &port.to_string()])
        .arg(description)
        .arg(fake)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let output = child.stdout.take()?;
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let is_ready = lines.any(|line| line.contains("listening on"));
    // Whoever does not read on stops it once the pipe is full.
    std::thread::spawn(move || lines.for_each(drop));
    let prism = Prism { child, url: format!("http://127.0.0.1:{port}") };
    is_ready.then_some(prism)
}
