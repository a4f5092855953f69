//! Simulations through the program: the page, its counts, leaks, sameness, labels, gate and policy.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod common;

use cli::shop;
use common::{House, shared, stderr, stdout};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;

/// Quiet, and documents are read by the program itself.
const QUIET: &str = "[log]\nlevel = \"error\"\n";
/// Each block trains anew: few blocks keep a test short.
const SHORT: [&str; 4] = ["--blocks", "4", "--examples-max", "150"];

/// The demo shop with its documents, tickets, policy and intents.
fn demo_shop() -> House {
    let house = House::new(QUIET);
    shop::unpack(house.path("policy.toml").parent().unwrap()).unwrap();
    house
}

fn simulate(house: &House, out: &str, more: &[&str]) -> std::process::Output {
    simulate_with(house, out, &[&SHORT[..], more].concat())
}

fn simulate_with(house: &House, out: &str, more: &[&str]) -> std::process::Output {
    let fixed = ["simulate", "tickets.jsonl", "--documents", "documents", "--out", out];
    let output = house.run(&[&fixed[..], more].concat());
    assert!(output.status.success(), "{}\n{}", stderr(&output), stdout(&output));
    output
}

fn read(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    std::fs::read_to_string(path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Every count that the page shows, as (list, count), and the lists that stand behind them.
fn counts_of(page: &str) -> (Vec<(String, u64)>, Value) {
    let attribute = |tag: &str, name: &str| {
        let start = tag.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
        tag[start..].split('"').next().unwrap().replace("&amp;", "&").replace("&quot;", "\"")
    };
    let counts = page.split("<a class=\"n\"").skip(1).map(|tag| (attribute(tag, "data-k"), attribute(tag, "data-c").parse().unwrap()));
    let tickets = page.split("id=\"tickets\">").nth(1).unwrap().split("</script>").next().unwrap();
    (counts.collect(), serde_json::from_str(tickets).unwrap())
}

#[test]
fn the_demo_shop_gets_a_page_whose_counts_open_as_many_tickets_and_that_is_the_same_at_any_concurrency() {
    let house = demo_shop();
    simulate(&house, "one", &["--concurrency", "1"]);
    simulate(&house, "three", &["--concurrency", "3"]);
    for name in ["report.html", "report.json", "tickets.jsonl", "facts.json"] {
        let (one, three) = (house.path("one").join(name), house.path("three").join(name));
        assert!(std::fs::read(one).unwrap() == std::fs::read(three).unwrap(), "{name} differs with the concurrency");
    }
    let report = read(&house.path("one/report.json"));
    assert!(report["counted"]["count"].as_u64().unwrap() > 80, "{}", report["headline"]);
    let parts: u64 = report["split"].as_array().unwrap().iter().map(|part| part["count"]["count"].as_u64().unwrap()).sum();
    assert_eq!(parts, report["counted"]["count"].as_u64().unwrap(), "the split adds up");
    let audit = &report["audit"];
    assert_eq!((audit["younger"].as_u64(), audit["own"].as_u64(), audit["canaries_retrieved"].as_u64()), (Some(0), Some(0), Some(0)));
    let (planted, findable) = (audit["canaries"].as_u64().unwrap(), audit["canaries_findable"].as_u64().unwrap());
    assert!(planted >= 30 && findable * 3 >= planted * 2 / 3, "planted answers can be found by strangers: {audit}");
    let page = std::fs::read_to_string(house.path("one/report.html")).unwrap();
    let (counts, tickets) = counts_of(&page);
    assert!(counts.len() > 40 && tickets["whole"] == true, "{}", counts.len());
    for (list, count) in counts {
        let listed = &tickets["lists"][&list];
        assert_eq!((listed[0].as_u64().unwrap(), listed[1].as_array().unwrap().len() as u64), (count, count), "{list}");
    }
    for outside in ["href=\"http", "src=", "@import", "url(", "<link", "<img"] {
        assert!(!page.split("id=\"tickets\"").next().unwrap().contains(outside), "the page fetches something: {outside}");
    }
    let mut broken = house.command(&[&["simulate", "tickets.jsonl", "--documents", "documents", "--out", "broken"], &SHORT[..]].concat());
    let mut running = broken.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !house.path("broken/work/block-1.json").exists() && running.try_wait().unwrap().is_none() {
        std::thread::yield_now();
    }
    running.kill().unwrap();
    running.wait().unwrap();
    simulate(&house, "broken", &[]);
    for name in ["report.html", "report.json", "tickets.jsonl"] {
        let (one, broken) = (house.path("one").join(name), house.path("broken").join(name));
        assert!(std::fs::read(one).unwrap() == std::fs::read(broken).unwrap(), "{name} differs after the run was broken off");
    }
    let again = simulate(&house, "one", &[]);
    assert!(stderr(&again).contains("stands already"), "an unchanged run is taken as it stands: {}", stderr(&again));
}

/// Days between a planted answer and the ticket that it belongs to: more than a block.
const WEEKS_BEFORE: usize = 55;

/// A shop of two questions, in which one customer asks the same twice and the export holds a conversation twice.
fn with_planted_answers() -> (String, BTreeSet<String>) {
    let mut text = String::new();
    let mut write = |id: &str, day: usize, customer: &str, intent: &str, asked: &str, answer: &str| {
        let at = format!("2026-{:02}-{:02}T10:00:00Z", 1 + day / 28, 1 + day % 28);
        let answered = at.replace("10:00", "10:05");
        let ticket = json!({ "ticket_id": id, "created_at": at, "customer": customer, "lang": "en", "intents": [intent], "messages": [
            { "role": "customer", "at": at, "text": asked }, { "role": "agent", "at": answered, "text": answer } ] });
        text.push_str(&format!("{ticket}\n"));
    };
    let mut own = BTreeSet::new();
    let (things, syllables) =
        (["bicycle", "saddle", "helmet", "basket", "jacket", "bottle", "lantern", "glove"], ["ba", "ko", "mi", "ru", "sel", "tan"]);
    for day in 0..160 {
        let thing = things[day % things.len()];
        let family = format!("{}{}{}son", syllables[day % 6], syllables[day / 6 % 6], syllables[day / 36 % 6]);
        let customer = format!("+1202555{:04}", 1_000 + day);
        let asked = format!("what colour is the {thing} that the {family} family ordered?");
        let answer = format!("The {thing} of the {family} family is green.");
        // The planted answer: the same question of the same customer, answered weeks before under another id.
        if day % 8 == 7 && day > WEEKS_BEFORE {
            write(&format!("EARLIER-{day}"), day - WEEKS_BEFORE, &customer, "colours", &asked, &answer);
            own.insert(format!("T-{day}"));
        }
        write(&format!("T-{day}"), day, &customer, "colours", &asked, &answer);
        write(
            &format!("H-{day}"),
            day,
            &format!("+1303555{:04}", 1_000 + day),
            "hours",
            "when do you open on monday",
            "We open at 9 on Mondays.",
        );
    }
    (text, own)
}

#[test]
fn a_tickets_own_answer_is_never_retrieved_however_it_was_planted() {
    let house = House::new(QUIET);
    let (tickets, own) = with_planted_answers();
    house.write("tickets.jsonl", tickets);
    // Nothing stands between a question and the knowledge.
    house.write("policy.toml", "default_ceiling = \"reply\"\n[limits]\nout_of_scope_max = 1.0\nintent_probability_min = 0.0\n");
    let fixed = ["simulate", "tickets.jsonl", "--out", "run"];
    let output = house.run(&[&fixed[..], &SHORT].concat());
    assert!(output.status.success(), "{}\n{}", stderr(&output), stdout(&output));
    let mut asked = 0;
    for line in lines(&house.path("run/tickets.jsonl")) {
        let id = line["ticket"].as_str().unwrap();
        if !own.contains(id) || line["decision"].is_null() {
            continue;
        }
        asked += 1;
        let twin = id.replace("T-", "EARLIER-");
        let seen: Vec<&str> = line["decision"]["receipt"]["passages"]
            .as_array()
            .unwrap()
            .iter()
            .map(|passage| passage["document"].as_str().unwrap())
            .collect();
        assert!(!seen.contains(&id) && !seen.contains(&twin.as_str()), "ticket {id} saw its own answer: {seen:?}");
    }
    let report = read(&house.path("run/report.json"));
    assert!(asked >= 10, "only {asked} planted answers were looked for");
    assert!(report["audit"]["shut_out"].as_u64().unwrap() >= 5, "the guard had something to shut out: {}", report["audit"]);
}

#[test]
fn labels_correct_the_figure_the_gate_lets_pass_and_the_policy_changes_only_with_a_run_behind_it() {
    let house = demo_shop();
    let before = std::fs::read_to_string(house.path("policy.toml")).unwrap();
    let base = ["--examples-max", "150"];
    simulate_with(&house, "base", &base);
    // A bolder dial, so that there is something to label.
    house.write("policy.toml", before.replace("max_wrong_per_100 = 15", "max_wrong_per_100 = 45"));
    simulate_with(&house, "open", &[&base[..], &["--open", "--compare", "base"]].concat());
    house.write("policy.toml", &before);
    let against = &read(&house.path("open/report.json"))["against"];
    let sum: u64 = ["better", "worse", "same"].iter().map(|name| against[name].as_u64().unwrap()).sum();
    assert_eq!(sum, against["common"].as_u64().unwrap(), "{against}");
    let replies = read(&house.path("open/report.json"))["split"][0]["count"]["count"].as_u64().unwrap();
    assert!(replies >= 15, "the shop would reply {replies} times");
    let labelled = house.feed(&["simulate", "label", "open", "--count", "15"], "r\n".repeat(14).as_bytes());
    assert!(labelled.status.success(), "{}", stderr(&labelled));
    assert_eq!(lines(&house.path("open/labels.jsonl")).len(), 14);
    let corrected = &read(&house.path("open/report.json"))["headline"]["corrected"];
    assert_eq!(corrected["labels"].as_u64(), Some(14), "{corrected}");
    assert!(corrected["low"].as_f64().unwrap() < corrected["value"].as_f64().unwrap());
    let wrong = read(&house.path("open/report.json"))["headline"]["wrong"]["count"].as_u64().unwrap();
    let strict = house.run(&["simulate", "gate", "open", "--max-wrong-per-100", "0"]);
    assert_eq!(strict.status.success(), wrong == 0, "{}", stdout(&strict));
    let lenient = house.run(&["simulate", "gate", "base", "--against", "base", "--max-wrong-per-100", "100"]);
    let missed = read(&house.path("base/report.json"))["must_escalate_missed"]["count"].as_u64().unwrap();
    assert_eq!(lenient.status.success(), missed == 0, "{}", stdout(&lenient));
    let shown = house.run(&["simulate", "apply", "base"]);
    assert!(shown.status.success(), "{}", stderr(&shown));
    assert_eq!(std::fs::read_to_string(house.path("policy.toml")).unwrap(), before, "shown is not written");
    let changes = house.json(&["simulate", "apply", "base"]);
    assert!(house.run(&["simulate", "apply", "base", "--write"]).status.success());
    let after = std::fs::read_to_string(house.path("policy.toml")).unwrap();
    assert_eq!(changes.as_array().unwrap().is_empty(), before == after);
    for change in changes.as_array().unwrap() {
        let raised = change["ceiling"] == "reply" && change["ceiling_before"] != "reply";
        assert!(!raised || change["dial"].is_number(), "nothing is raised without a confirmed dial: {change}");
        assert!(after.contains(change["because"].as_str().unwrap()), "the reason stands in the policy: {change}");
    }
}

#[test]
fn the_star_dialogues_give_a_report_whose_counts_are_their_tickets() {
    let name = "the_star_dialogues_give_a_report_whose_counts_are_their_tickets";
    let Some(data) = shared(name, "data/tickets/star.jsonl.gz") else { return };
    let procedures = data.parent().unwrap().parent().unwrap().join("kb/star_procedures.jsonl");
    let house = House::new(QUIET);
    let (tickets, documents) = (data.to_string_lossy().into_owned(), procedures.to_string_lossy().into_owned());
    let fixed = ["simulate", &tickets, "--documents", &documents, "--out", "star", "--blocks", "4", "--examples-max", "300"];
    let output = house.run(&fixed);
    assert!(output.status.success(), "{}", stderr(&output));
    println!("{}", stdout(&output));
    let report = read(&house.path("star/report.json"));
    assert_eq!(report["read"].as_u64(), Some(4_143));
    let (counts, tickets) = counts_of(&std::fs::read_to_string(house.path("star/report.html")).unwrap());
    for (list, count) in counts {
        assert_eq!(tickets["lists"][&list][1].as_array().unwrap().len() as u64, count, "{list}");
    }
    let out: u64 = report["left_out"].as_array().unwrap().iter().map(|part| part["count"]["count"].as_u64().unwrap()).sum();
    assert_eq!(out + report["counted"]["count"].as_u64().unwrap(), 4_143, "every ticket counts or is left out with its reason");
}
