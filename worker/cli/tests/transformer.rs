//! The program with a sentence-transformers model: switching to it, and back.
#![cfg(feature = "transformer")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use common::{House, stderr, stdout};
use std::io::Write;
use std::path::Path;

#[test]
fn after_a_switch_the_next_sync_embeds_anew_and_answers_are_found_by_meaning() {
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/all-MiniLM-L6-v2");
    if !model.exists() {
        let test = "after_a_switch_the_next_sync_embeds_anew_and_answers_are_found_by_meaning";
        let _closed = writeln!(std::io::stderr(), "left out: {test} (`make model` brings the model)");
        return;
    }
    let house = House::new("");
    house.write("docs/hours.md", "# Opening hours\n\nWe open at nine.\n");
    house.write("docs/pets.md", "# Animals\n\nDogs are welcome in our stores.\n");
    assert!(house.run(&["knowledge", "add", "docs"]).status.success());

    let transformer = [("WHIMBREL__EMBEDDER__KIND", "transformer"), ("WHIMBREL__EMBEDDER__FOLDER", model.to_str().unwrap())];
    let run = |arguments: &[&str]| house.command(arguments).envs(transformer).output().unwrap();
    let doctor = run(&["doctor", "--json"]);
    assert!(!doctor.status.success());
    for part in ["all-MiniLM-L6-v2-", "384 dimensions; en", "embedded by static-", "whimbrel knowledge sync"] {
        assert!(stdout(&doctor).contains(part), "{part} is missing in {}", stdout(&doctor));
    }
    let refused = run(&["knowledge", "search", "puppies"]);
    assert!(!refused.status.success() && stderr(&refused).contains("sync its sources again"), "{}", stderr(&refused));
    let synced = run(&["knowledge", "sync"]);
    assert!(stdout(&synced).contains("embedded anew"), "{}{}", stdout(&synced), stderr(&synced));
    let found = run(&["knowledge", "search", "can I bring my puppy", "--json"]);
    let found: serde_json::Value = serde_json::from_slice(&found.stdout).unwrap();
    assert!(found["passages"][0].to_string().contains("Dogs are welcome"), "{found}");
    assert!(run(&["doctor"]).status.success());
    assert!(!house.run(&["knowledge", "search", "puppies"]).status.success(), "the built-in table refuses the model's vectors");
}

#[test]
fn a_folder_that_is_no_model_is_named_by_the_doctor() {
    let house = House::new("[embedder]\nkind = \"transformer\"\nfolder = \"nowhere\"\n");
    let output = house.run(&["doctor", "--json"]);
    assert!(!output.status.success());
    for part in ["embedder.folder nowhere cannot be used", "make model"] {
        assert!(stdout(&output).contains(part), "{part} is missing in {}", stdout(&output));
    }
}
