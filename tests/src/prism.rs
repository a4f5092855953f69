//! Prism between a client and a fake: every request and every answer is checked against the vendor's own description. It comes
//! from npm (`./.ci/prism`). The vendors' descriptions stand in `../shared/specs`; without them those of `tests/descriptions` serve, which
//! were written here of the calls that we make. Without Prism the fakes are asked directly.

use crate::shared;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

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
}

impl Description {
    fn file(self) -> Option<PathBuf> {
        let (theirs, ours) = match self {
            Description::Twilio => ("twilio-messages.strict-subset.json", "twilio-messages.openapi.yaml"),
            Description::Intercom => ("intercom-2.16.strict-subset.json", "intercom.openapi.yaml"),
        };
        match shared::find(&format!("specs/{theirs}")) {
            Some(theirs) => mended(&theirs),
            None => Some(shared::root().join("tests/descriptions").join(ours)),
        }
    }
}

/// Prism in front of a fake. None, with a word why, when it is not there.
pub fn before(test: &str, description: Description, fake: &str) -> Option<Prism> {
    if !program().exists() {
        shared::left_out(test, "no Prism in target/prism: run ./.ci/prism");
        return None;
    }
    start(&description.file()?, fake)
}

/// The description without what contradicts itself: Intercom's contact ids have 24 characters, as its own example shows, and can
/// be no UUIDs.
fn mended(description: &Path) -> Option<PathBuf> {
    let mut read: Value = serde_json::from_str(&std::fs::read_to_string(description).ok()?).ok()?;
    let Some(id) = read.pointer_mut("/components/schemas/create_conversation_request/properties/from/properties/id") else {
        return Some(description.to_path_buf());
    };
    id.as_object_mut()?.remove("format");
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
