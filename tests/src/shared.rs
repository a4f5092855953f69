//! Files that stand beside the project and are not part of it: vendors' descriptions and signatures made by their own programs.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// The root of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}

/// A file of `../shared` (or of `WHIMBREL_SHARED`), when it is there.
pub fn find(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("WHIMBREL_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    Some(shared.join(name)).filter(|path| path.exists())
}

/// The same; when it is not there, the test says that it is left out.
pub fn file(test: &str, name: &str) -> Option<PathBuf> {
    let found = find(name);
    if found.is_none() {
        left_out(test, &format!("no {name} in ../shared"));
    }
    found
}

/// The same, read as JSON.
pub fn json(test: &str, name: &str) -> Option<Value> {
    let text = std::fs::read_to_string(file(test, name)?).ok()?;
    serde_json::from_str(&text).ok()
}

/// Says what a test lacks; it is counted at the end of `make test`.
pub fn left_out(test: &str, why: &str) {
    use std::io::Write;
    // Not `eprintln`: that is caught with the test's output, and nobody would see it.
    let _closed = writeln!(std::io::stderr(), "left out: {test} ({why})");
}
