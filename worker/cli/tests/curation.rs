//! An admin curates from the command line; every process obeys at once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod common;

use common::{House, stderr, stdout};
use serde_json::Value;

fn house() -> House {
    let house = House::new("[log]\nlevel = \"error\"\n");
    house.write("docs/brakes.md", "# Brakes\n\nA repair of the brakes costs $25 in the workshop.\n");
    house.write("docs/prices.md", "# Prices\n\nIn the workshop a repair of the brakes costs $35.\n");
    house.write("docs/hours.md", "# Opening hours\n\nWe open at nine on weekdays.\n");
    house.write("intents.toml", "[[intents]]\nname = \"opening_hours\"\ndescription = \"Opening hours\"\nexamples = [\"when do you open\", \"opening hours please\", \"are you open today\"]\n");
    let added = house.run(&["knowledge", "add", "docs"]);
    assert!(added.status.success(), "{}", stderr(&added));
    house
}

fn search(house: &House, text: &str) -> Vec<Value> {
    house.json(&["knowledge", "search", text])["passages"].as_array().unwrap().clone()
}

fn passage(house: &House, document: &str) -> String {
    let found = search(house, "repair of the brakes in the workshop, open at nine on weekdays");
    found.iter().find(|passage| passage["document"] == document).unwrap()["id"].as_str().unwrap().to_owned()
}

#[test]
fn an_edited_text_answers_at_once_survives_a_sync_and_is_marked_when_its_source_changes() {
    let house = house();
    let id = passage(&house, "brakes.md");
    let edited = house.json(&["knowledge", "edit", &id, "--text", "Brakes are repaired for $30.", "--why", "new price", "--by", "ada"]);
    let texts = |house: &House| -> Vec<String> {
        search(house, "repair of the brakes")
            .iter()
            .filter(|found| found["document"] != "prices.md")
            .map(|found| found["text"].as_str().unwrap().to_owned())
            .filter(|text| text.contains("rakes"))
            .collect()
    };
    assert_eq!(texts(&house), ["Brakes are repaired for $30."]);
    house.write("docs/brakes.md", "# Brakes\n\nA repair of the brakes costs $25 in the workshop.\n\n## Bells\n\nBells are free.\n");
    house.json(&["knowledge", "sync"]);
    assert_eq!(texts(&house), ["Brakes are repaired for $30."], "the page changed elsewhere: the edit still stands for its text");
    assert_eq!(house.json(&["knowledge", "stale"]).as_array().unwrap().len(), 0);
    house.write("docs/brakes.md", "# Brakes\n\nA repair of the brakes costs $27 in the workshop.\n");
    house.json(&["knowledge", "sync"]);
    let stale = house.json(&["knowledge", "stale"]);
    assert_eq!((&stale[0]["because"], &stale[0]["passage"]), (&"source_changed".into(), &edited["passage"]));
    let audit = house.json(&["knowledge", "audit"]);
    let line = audit.as_array().unwrap().iter().find(|line| line["what"].as_str().unwrap().starts_with("edit passage")).unwrap();
    assert_eq!((line["by"].as_str(), line["why"].as_str()), (Some("ada"), Some("new price")));
    assert!(house.run(&["knowledge", "remove", "docs"]).status.success());
    assert!(search(&house, "brakes").is_empty(), "an edit goes with its source");
}

#[test]
fn an_approved_passage_is_what_the_writer_says_for_its_intent() {
    let house = house();
    let id = passage(&house, "hours.md");
    let unknown = house.run(&["knowledge", "approve", &id, "--intent", "repairs"]);
    assert!(stderr(&unknown).contains("name one of opening_hours"), "{}", stderr(&unknown));
    let whole = house.run(&["knowledge", "approve", "docs", "--intent", "opening_hours"]);
    assert!(stderr(&whole).contains("only a passage can be approved"), "{}", stderr(&whole));
    assert!(house.run(&["knowledge", "approve", &id, "--intent", "opening_hours", "--by", "ada"]).status.success());
    let shown = search(&house, "open at nine on weekdays");
    assert_eq!((shown[0]["kind"].as_str(), shown[0]["intent"].as_str()), (Some("approved"), Some("opening_hours")));
    assert!(house.run(&["knowledge", "approve", &id]).status.success());
    assert_eq!(search(&house, "open at nine on weekdays")[0]["kind"], "document");
}

#[test]
fn marks_are_counted_overdue_ones_are_stale_and_contradictions_stand_side_by_side() {
    let house = house();
    let brakes = passage(&house, "brakes.md");
    for arguments in [
        &["knowledge", "verify", brakes.as_str(), "--until", "2024-01-01T00:00:00Z"][..],
        &["knowledge", "owner", "docs/hours.md", "--name", "ada"],
        &["knowledge", "pin", "docs/prices.md"],
        &["knowledge", "boost", "docs/hours.md", "--by-factor", "1.5"],
    ] {
        let output = house.run(arguments);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let listed = house.json(&["knowledge", "list"]);
    let counts = ["passages", "hidden", "pinned", "stale", "unowned"].map(|name| listed[0][name].as_u64().unwrap());
    assert_eq!(counts, [3, 0, 1, 1, 2]);
    let stale = house.json(&["knowledge", "stale"]);
    assert_eq!((&stale[0]["because"], &stale[0]["passage"]), (&"verified_until".into(), &brakes.as_str().into()));
    let found = house.json(&["knowledge", "contradictions"]);
    assert_eq!((found.as_array().unwrap().len(), &found[0]["differs"]), (1, &"price".into()));
    let printed = stdout(&house.run(&["knowledge", "contradictions"]));
    assert!(printed.contains("$25") && printed.contains("$35"), "{printed}");
    let wild = house.run(&["knowledge", "boost", "docs", "--by-factor", "9"]);
    assert!(stderr(&wild).contains("between 0.5 and 2"), "{}", stderr(&wild));
    assert!(house.run(&["knowledge", "unpin", "docs/prices.md"]).status.success());
    assert_eq!(house.json(&["knowledge", "list"])[0]["pinned"], 0);
}

/// Tickets of two intents, a dozen each.
fn tickets() -> String {
    let asked = [
        ("opening_hours", "when do you open the shop"),
        ("bike_care", "how do i clean my bike chain"),
        ("opening_hours", "what are your opening hours"),
        ("bike_care", "which oil for a rusty chain"),
        ("opening_hours", "are you open on sunday"),
        ("bike_care", "can i wash my bike with water"),
        ("opening_hours", "how late are you open today"),
        ("bike_care", "my chain squeaks what helps"),
    ];
    let line = |number: usize| {
        let (intent, text) = asked[number % asked.len()];
        serde_json::json!({
            "ticket_id": format!("T{number}"),
            "intents": [intent],
            "messages": [
                { "role": "customer", "at": format!("2025-01-{:02}T09:00:00Z", number + 1), "text": format!("{text} {number}?") },
                { "role": "agent", "at": format!("2025-01-{:02}T09:05:00Z", number + 1), "text": "I have looked at your order and passed it on." },
            ],
        })
        .to_string()
    };
    (0..24).map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_approved_for_an_intent_is_what_the_customer_is_told() {
    let house = House::new("[log]\nlevel = \"error\"\n");
    house.write("policy.toml", "[limits]\nintent_probability_min = 0.0\nout_of_scope_max = 1.0\n");
    house.write("docs/card.md", "# Counter\n\nThe counter is staffed from nine to six.\n");
    house.write("docs/chain.md", "# Chains\n\nClean your bike chain with a dry cloth.\n");
    house.write("tickets.jsonl", tickets());
    for arguments in [&["knowledge", "add", "docs"][..], &["learn", "tickets.jsonl"]] {
        let output = house.run(arguments);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let found = search(&house, "counter staffed from nine to six");
    let id = found.iter().find(|passage| passage["document"] == "card.md").unwrap()["id"].as_str().unwrap().to_owned();
    let ask =
        |house: &House| house.json(&["ask", "when do you open the shop?"])["receipt"]["would_be"].as_str().unwrap_or_default().to_owned();
    assert_ne!(ask(&house), "The counter is staffed from nine to six.", "its words say nothing of opening");
    assert!(house.run(&["knowledge", "approve", &id, "--intent", "opening_hours"]).status.success());
    assert_eq!(ask(&house), "The counter is staffed from nine to six.");
    assert!(house.run(&["knowledge", "hide", &id]).status.success());
    assert_ne!(ask(&house), "The counter is staffed from nine to six.", "hidden is hidden");
}
