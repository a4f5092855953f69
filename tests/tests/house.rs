//! The rules of the house, kept by tests: layers, vendors, file length, commands in the docs.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

use clap::CommandFactory;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Lines of a file at most.
const LINES_MAX: usize = 400;

/// Which of our crates each may use.
const LAYERS: &[(&str, &[&str])] = &[
    ("triage", &[]),
    ("prompts", &["triage"]),
    ("knowledge", &["triage"]),
    ("runtime", &["triage"]),
    ("simulations", &["triage"]),
    ("adapters", &["triage", "prompts", "knowledge", "runtime"]),
    ("console", &["triage", "prompts", "knowledge", "runtime", "adapters", "simulations"]),
    ("cli", &["triage", "prompts", "knowledge", "runtime", "adapters", "simulations", "console"]),
];

/// Crates of vendors and engines, and who may name them.
const VENDORS: &[(&str, &[&str])] = &[
    ("rusqlite", &["adapters"]),
    ("tantivy", &["adapters"]),
    ("lapin", &["adapters"]),
    ("async-openai", &["adapters"]),
    ("qdrant-client", &["adapters"]),
    ("sqlx", &["adapters"]),
    ("opentelemetry", &["adapters"]),
    ("opentelemetry-otlp", &["adapters"]),
    ("opentelemetry_sdk", &["adapters"]),
    ("prometheus-client", &["adapters"]),
    ("tonic", &["adapters"]),
    ("reqwest", &["adapters"]),
    ("rustls", &["adapters"]),
    ("tiktoken-rs", &["adapters"]),
    ("tower", &["adapters"]),
    ("candle-core", &["adapters"]),
    ("candle-nn", &["adapters"]),
    ("tokenizers", &["adapters"]),
    ("axum", &["console"]),
    ("rustix", &["adapters"]),
    ("hayro-syntax", &["knowledge"]),
    ("hayro-cmap", &["knowledge"]),
    ("quick-xml", &["knowledge"]),
    ("tokio", &["runtime", "adapters", "console", "cli", "tests"]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Normal dependencies of every crate of the workspace, from `cargo metadata`.
fn dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO")).args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(root()).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    packages
        .iter()
        .map(|package| {
            let normal = package["dependencies"].as_array().unwrap().iter().filter(|dependency| dependency["kind"].is_null());
            (
                package["name"].as_str().unwrap().to_owned(),
                normal.map(|dependency| dependency["name"].as_str().unwrap().to_owned()).collect(),
            )
        })
        .collect()
}

/// Files of the project with one of these endings; what is built or private is left out.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                let private = name == "target" || name == "models" || (name.starts_with('.') && name != ".ci");
                if !private {
                    folders.push(path);
                }
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found
}

#[test]
fn every_crate_uses_only_the_floors_below_it() {
    let dependencies = dependencies();
    let ours: BTreeSet<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    for (name, allowed) in LAYERS {
        let used = &dependencies[*name];
        let wrong: Vec<&String> = used.iter().filter(|used| ours.contains(used.as_str()) && !allowed.contains(&used.as_str())).collect();
        assert!(wrong.is_empty(), "{name} may not use {wrong:?}: move the seam, see docs/ARCHITECTURE.md");
    }
    let unknown: Vec<&String> = dependencies.keys().filter(|name| *name != "tests" && !ours.contains(name.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?} has no place in the layers: give it one");
}

#[test]
fn nobody_uses_the_tests() {
    assert!(dependencies().values().all(|used| !used.contains("tests")));
}

#[test]
fn a_vendor_is_named_in_its_own_crate_only() {
    for (name, used) in dependencies() {
        for (vendor, wrappers) in VENDORS {
            let allowed = wrappers.contains(&name.as_str()) || name == "tests";
            assert!(allowed || !used.contains(*vendor), "{name} may not use {vendor}: only {wrappers:?} may");
        }
    }
}

#[test]
fn the_pure_crates_ban_io_clock_and_environment() {
    for lib in ["worker/triage", "knowledge", "prompts", "simulations"] {
        let text = std::fs::read_to_string(root().join(lib).join("src/lib.rs")).unwrap();
        assert!(text.contains("warn(clippy::disallowed_methods)"), "{lib} must turn clippy::disallowed_methods on");
    }
}

#[test]
fn no_file_is_longer_than_a_room() {
    let long: Vec<String> = files(&[".rs"])
        .into_iter()
        .filter_map(|path| {
            let lines = std::fs::read_to_string(&path).unwrap().lines().count();
            (lines > LINES_MAX).then(|| format!("{} has {lines} lines", path.display()))
        })
        .collect();
    assert!(long.is_empty(), "two nouns in one room: {long:?}");
}

#[test]
fn nothing_is_left_unfinished() {
    let marks = [
        ["TO", "DO"].concat(),
        ["FIX", "ME"].concat(),
        ["todo", "!("].concat(),
        ["unimplemented", "!("].concat(),
        ["#[ig", "nore"].concat(),
    ];
    for path in files(&[".rs", ".toml", ".md"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let mark = marks.iter().find(|mark| text.contains(mark.as_str()));
        assert!(mark.is_none(), "{} holds {mark:?}", path.display());
    }
}

/// Lines of fenced blocks of shell in the docs.
fn commands_in_docs() -> Vec<(PathBuf, String)> {
    let mut commands = Vec::new();
    for path in files(&[".md"]) {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut in_shell = false;
        for line in text.lines() {
            match line.trim() {
                "```sh" | "```bash" | "```console" => in_shell = true,
                "```" => in_shell = false,
                line if in_shell => commands.push((path.clone(), line.trim_start_matches("$ ").to_owned())),
                _ => {}
            }
        }
    }
    commands
}

#[test]
fn every_command_in_the_docs_exists() {
    let makefile = std::fs::read_to_string(root().join("Makefile")).unwrap();
    let mut checked = 0;
    for (path, line) in commands_in_docs() {
        let words: Vec<&str> = line.split_whitespace().take_while(|word| !["|", ">", "&&", "#"].contains(word)).collect();
        match words.as_slice() {
            ["make", verb, ..] => {
                assert!(makefile.contains(&format!("\n{verb}:")), "{}: `make {verb}` does not exist", path.display());
                checked += 1;
            }
            ["whimbrel", rest @ ..] => {
                check_arguments(&path, &line, rest);
                checked += 1;
            }
            _ => {}
        }
    }
    assert!(checked > 5, "only {checked} commands stand in the docs");
}

/// Every verb and every flag of a documented command is known to the program.
fn check_arguments(path: &Path, line: &str, words: &[&str]) {
    let mut command = cli::args::Args::command();
    command.build();
    let mut current = &command;
    for word in words {
        if let Some(flag) = word.strip_prefix("--") {
            let flag = flag.split('=').next().unwrap();
            let known = current.get_arguments().any(|argument| argument.get_long() == Some(flag));
            assert!(known, "{}: `{line}` uses --{flag}, which `{}` does not have", path.display(), current.get_name());
        } else if let Some(inner) = current.find_subcommand(word) {
            current = inner;
        }
    }
    assert!(
        current.get_name() != "whimbrel" || words.first().is_none_or(|word| word.starts_with('-')),
        "{}: `{line}` is no command",
        path.display()
    );
}

#[test]
fn the_documented_inbound_message_is_read() {
    let text = std::fs::read_to_string(root().join("docs/inbound-message.md")).unwrap();
    let example = text.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let message = runtime::inbound::InboundMessage::parse(example.trim().as_bytes()).unwrap();
    assert_eq!(message.from.reveal(), "+12025550142");
}
