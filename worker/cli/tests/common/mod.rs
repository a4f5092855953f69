//! A folder with the real program in it: every test here runs `whimbrel` as a process.
#![expect(dead_code, reason = "each test binary uses its own part of this")]

use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// A folder of its own with a configuration.
pub(crate) struct House {
    folder: TempDir,
}

impl House {
    /// An empty folder with this configuration beside the defaults.
    pub(crate) fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = format!(
            "data_dir = {:?}\npolicy_file = {:?}\nintents_file = {:?}\n{config}",
            folder.path().join("data"),
            folder.path().join("policy.toml"),
            folder.path().join("intents.toml")
        );
        std::fs::write(folder.path().join("whimbrel.toml"), config).unwrap();
        House { folder }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The program with these arguments, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_whimbrel"));
        command.arg("--config").arg(self.path("whimbrel.toml")).args(arguments).current_dir(self.folder.path());
        command
    }

    /// Runs the program to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).stdin(Stdio::null()).output().unwrap()
    }

    /// Runs the program to its end with this on its standard input.
    pub(crate) fn feed(&self, arguments: &[&str], input: &[u8]) -> Output {
        let mut child = self.command(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap()
    }

    /// Runs the program, which must succeed, and reads its JSON.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.run(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Starts a worker in the background, quiet.
    pub(crate) fn start_worker(&self, arguments: &[&str]) -> Child {
        self.command(&[&["worker"], arguments].concat()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    /// Every line of the outbox.
    pub(crate) fn outbox(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.path("data/outbox.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// What a process wrote to its error stream.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a process printed.
pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A folder of the real data, or a line on the error stream that names the test which goes without it.
pub(crate) fn shared(test: &str, name: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("WHIMBREL_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let path = shared.join(name);
    if path.exists() {
        return Some(path);
    }
    let _closed = writeln!(std::io::stderr(), "left out: {test} (no {name} in ../shared)");
    None
}
