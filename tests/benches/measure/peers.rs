//! Programs of others, in Python environments of their own below the target folder (or below `WHIMBREL_PEERS`).

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// Where the environments stand.
pub(crate) fn folder() -> PathBuf {
    std::env::var_os("WHIMBREL_PEERS").map_or_else(|| super::target().join("peers"), PathBuf::from)
}

/// The Python of an environment that has these packages; it is made when it is not there. None, and a word why, when that
/// is not possible.
pub(crate) fn python(name: &str, packages: &[&str]) -> Option<PathBuf> {
    let environment = folder().join(format!("venv-{name}"));
    let (python, ready) = (environment.join("bin/python"), environment.join(".ready"));
    if ready.is_file() {
        return Some(python);
    }
    println!("making {} ({}) ...", environment.display(), packages.join(", "));
    std::fs::create_dir_all(folder()).ok()?;
    let quiet = |command: &mut Command| command.stdin(Stdio::null()).status().is_ok_and(|status| status.success());
    let is_made = quiet(Command::new("python3").args(["-m", "venv"]).arg(&environment))
        && quiet(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(packages));
    if !is_made || std::fs::write(&ready, packages.join("\n")).is_err() {
        println!("left out: {} (python3 with venv and pip, and a package index, are needed)", packages.join(", "));
        return None;
    }
    Some(python)
}

/// The lines of JSON that a peer prints; none, and a word why, when it fails.
pub(crate) fn all_figures(command: &mut Command) -> Option<Vec<serde_json::Value>> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<serde_json::Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if !output.status.success() || lines.is_empty() {
        println!("left out: {command:?} (it failed)");
        return None;
    }
    Some(lines)
}

/// The last line of them.
pub(crate) fn figures(command: &mut Command) -> Option<serde_json::Value> {
    all_figures(command)?.pop()
}
