//! A source that was removed is gone: from the answers at once, and from every file down to the bytes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use common::{House, stderr};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const CONFIG: &str = "
[worker]
burst_window_ms = 0
burst_max_ms = 0
poll_ms = 10
[log]
level = \"error\"
";

/// Words that stand in the sources and nowhere else.
const OF_THE_PAGES: [&str; 4] = ["quokkaday", "zibbeline", "Wombatfest", "xylofern"];
const OF_THE_TICKETS: [&str; 4] = ["brumbleflax", "crinklewort", "dandrifuge", "elbowmaze"];

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Names of the files of the data folder that hold one of the words, in any case.
fn holding(house: &House, words: &[&str]) -> Vec<String> {
    let holds = |path: &PathBuf| {
        let text = String::from_utf8_lossy(&std::fs::read(path).unwrap()).to_lowercase();
        words.iter().any(|word| text.contains(&word.to_lowercase()))
    };
    let names = files(&house.path("data")).into_iter().filter(holds).map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    names.collect()
}

fn message(id: &str, text: &str) -> String {
    format!("{}\n", json!({ "v": 1, "message_id": id, "from": format!("+120255501{id}"), "to": "+12025550100", "text": text }))
}

fn tickets() -> String {
    let words = OF_THE_TICKETS;
    let questions =
        ["where can i park my bike near the shop", "do you repair broken wheels in the workshop", "how do i clean a muddy saddle at home"];
    let mut lines = String::new();
    for number in 0..24 {
        let (question, word) = (questions[number % 3], words[number % 4]);
        let line = json!({
            "ticket_id": format!("T{number}"),
            "intents": [format!("intent_{}", number % 3)],
            "messages": [
                { "role": "customer", "at": format!("2025-01-{:02}T09:00:00Z", number + 1), "text": format!("{question} {word} {number}?") },
                { "role": "agent", "at": format!("2025-01-{:02}T09:05:00Z", number + 1), "text": format!("Use the {word} behind the house, it is free.") },
            ],
        });
        lines.push_str(&format!("{line}\n"));
    }
    lines
}

/// A house that has pages and tickets, has learned, and has drafted answers from both.
fn house() -> House {
    let house = House::new(CONFIG);
    house.write(
        "policy.toml",
        "default_ceiling = \"draft\"\nuncalibrated_ceiling = \"draft\"\n[limits]\nintent_probability_min = 0.0\nout_of_scope_max = 1.0\n",
    );
    house.write(
        "pages/parking.md",
        "# Wombatfest\n\n## Parking bikes near the shop\n\nYou can park your bike near the shop on a quokkaday at the zibbeline gate.\n",
    );
    house.write("pages/faq.csv", "question,answer\nDo you repair broken wheels in the workshop?,Yes: the xylofern team repairs wheels.\n");
    house.write("tickets.jsonl", tickets());
    for arguments in [&["knowledge", "add", "pages"][..], &["learn", "tickets.jsonl"]] {
        let output = house.run(arguments);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let input = message("11", "where can i park my bike near the shop?")
        + &message("12", "do you repair broken wheels in the workshop?")
        + &message("13", "how do i clean a muddy saddle at home?");
    assert!(house.feed(&["enqueue", "-"], input.as_bytes()).status.success());
    let output = house.run(&["worker", "--until-idle"]);
    assert!(output.status.success(), "{}", stderr(&output));
    house
}

fn found(house: &House, text: &str) -> Value {
    house.json(&["knowledge", "search", text])["passages"].clone()
}

#[test]
fn no_byte_of_a_removed_source_is_left_and_nothing_finds_it() {
    let house = house();
    let all: Vec<&str> = OF_THE_PAGES.into_iter().chain(OF_THE_TICKETS).collect();
    let before = holding(&house, &all);
    assert!(before.contains(&"knowledge.db".to_owned()), "the words are found where they are: {before:?}");
    assert!(before.contains(&"ledger.db".to_owned()), "drafts quote them: {before:?}");
    assert!(!before.contains(&"intents.model".to_owned()), "a model holds numbers, not words");
    assert!(house.path("data/intents.model").exists());

    for (source, words) in [("pages", OF_THE_PAGES), ("past-tickets", OF_THE_TICKETS)] {
        let output = house.run(&["knowledge", "remove", source]);
        assert!(output.status.success(), "{}", stderr(&output));
        // The outbox stands for the helpdesk: what was put there is out of the house.
        let left: Vec<String> = holding(&house, &words).into_iter().filter(|name| name != "outbox.jsonl").collect();
        assert!(left.is_empty(), "{source}: {left:?}");
    }
    assert_eq!(found(&house, "where can i park my bike near the shop"), json!([]));
    let again = house.run(&["knowledge", "remove", "pages"]);
    assert!(stderr(&again).contains("there is no source"), "{}", stderr(&again));
    let asked = house.run(&["ask", "where can i park my bike near the shop?", "--json"]);
    let text = String::from_utf8_lossy(&asked.stdout).to_lowercase();
    assert!(all.iter().all(|word| !text.contains(&word.to_lowercase())), "{text}");
}

#[test]
fn another_process_that_runs_stops_answering_at_once_and_the_bytes_go_beside_it() {
    let house = house();
    let mut worker = house.start_worker(&[]);
    house.feed(&["enqueue", "-"], message("21", "where can i park my bike near the shop?").as_bytes());
    while house.json(&["status"])["status"]["decided"] != 4 {}
    let output = house.run(&["knowledge", "remove", "pages"]);
    assert!(output.status.success(), "{}", stderr(&output));
    house.feed(&["enqueue", "-"], message("22", "where can i park my bike near the shop?").as_bytes());
    while house.json(&["status"])["status"]["decided"] != 5 {}
    let receipt = house.json(&["explain", "22"])["decision"]["receipt"].clone();
    let sources: Vec<&str> = receipt["passages"].as_array().unwrap().iter().map(|passage| passage["source"].as_str().unwrap()).collect();
    assert!(!sources.contains(&"pages"), "{sources:?}");
    let left: Vec<String> = holding(&house, &OF_THE_PAGES).into_iter().filter(|name| name != "outbox.jsonl").collect();
    assert!(left.is_empty(), "{left:?}");
    worker.kill().unwrap();
    worker.wait().unwrap();
}
