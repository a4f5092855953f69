//! Simulations through the program: the page, its counts, leaks, sameness, labels, gate and policy.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test or benchmark stops at the first surprise and prints what it measured"
)]

mod common;
mod past {
    pub(crate) mod forms;
    pub(crate) mod shops;
}

use cli::shop;
use common::{House, shared, stderr, stdout};
use past::forms::in_four_forms;
use past::shops::{with_a_gap, with_planted_answers};
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

/// Every count of a report that has a list.
fn counts_in(report: &Value, counts: &mut Vec<(String, u64)>) {
    match report {
        Value::Object(fields) => match (fields.get("list").and_then(Value::as_str), fields.get("count").and_then(Value::as_u64)) {
            (Some(list), Some(count)) => counts.push((list.to_owned(), count)),
            _ => fields.values().for_each(|value| counts_in(value, counts)),
        },
        Value::Array(values) => values.iter().for_each(|value| counts_in(value, counts)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The places of the tickets on a list, oldest first.
fn listed(tickets: &Value, list: &str) -> Vec<u64> {
    let steps = tickets["lists"][list][1].as_array().cloned().unwrap_or_default();
    steps
        .iter()
        .scan(0, |at, step| {
            *at += step.as_u64().unwrap();
            Some(*at)
        })
        .collect()
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
    let priced: Vec<Value> = lines(&house.path("one/tickets.jsonl")).into_iter().filter(|line| !line["scores"].is_null()).collect();
    for line in &priced {
        let (cost, would_be) = (&line["scores"]["cost"], line["decision"]["receipt"]["would_be"].as_str());
        let of_would_be = (cost["segments_would_be"].as_u64().unwrap() > 0, cost["micros_would_be"].as_u64().unwrap() > 0);
        assert_eq!(of_would_be, (would_be.is_some(), would_be.is_some()), "a would-be text has segments and a price: {cost}");
        assert!(line["scores"]["did"] == "reply" || cost["segments_out"] == 0, "only a reply goes out: {cost}");
    }
    assert!(priced.iter().any(|line| line["scores"]["did"] == "draft"), "drafts are priced too");
    assert!(report["money"]["segments_drafted"].as_f64().unwrap() > 0.0, "{}", report["money"]);
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
    assert!(!house.feed(&["simulate", "label", "open", "--count", "0"], b"").status.success(), "there is nothing to show");
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
    let page = std::fs::read_to_string(house.path("star/report.html")).unwrap();
    let (mut counts, tickets) = counts_of(&page);
    let shown: BTreeSet<String> = counts.iter().map(|(list, _)| list.clone()).collect();
    for list in ["read", "counted", "left-out", "slice-first", "slice-second", "did-draft", "did-escalate", "gap-1", "source-past tickets"]
    {
        assert!(shown.contains(list), "{list} is not on the page");
    }
    assert!(shown.iter().any(|list| list.starts_with("worst-")), "the same wrong words to several customers open too");
    counts_in(&report, &mut counts);
    for (list, count) in counts {
        assert_eq!(listed(&tickets, &list).len() as u64, count, "{list}");
    }
    let cards: Vec<&str> = page.split("<div class=\"card\">").skip(1).collect();
    assert_eq!(cards.len(), 4, "counted, replied, wrong, saved");
    // What drafts would add to the segments is the sum of what the page says of each of them.
    let segments = |place: u64| tickets["entries"][place as usize][10].as_str().unwrap().split(' ').next().unwrap().parse::<u64>().unwrap();
    let drafted: u64 = listed(&tickets, "did-draft").into_iter().map(segments).sum();
    assert_eq!(Some(drafted), report["money"]["sums"]["segments_drafted"].as_u64(), "drafts are priced one by one and together");
    let out: u64 = report["left_out"].as_array().unwrap().iter().map(|part| part["count"]["count"].as_u64().unwrap()).sum();
    assert_eq!(out + report["counted"]["count"].as_u64().unwrap(), 4_143, "every ticket counts or is left out with its reason");
}

#[test]
fn a_gap_becomes_a_draft_a_person_reviews_it_and_the_next_run_shows_the_gain() {
    let house = House::new(QUIET);
    house.write("tickets.jsonl", with_a_gap());
    house.write("documents/returns.md", "# Returns\n\nYou can return it within 30 days with the receipt.\n");
    house.write("policy.toml", "max_wrong_per_100 = 20\ndefault_ceiling = \"reply\"\n[limits]\nout_of_scope_max = 1.0\n");
    let today = ["--today", "--lexical"];
    simulate(&house, "before", &today);
    let gaps = read(&house.path("before/report.json"))["gaps"].clone();
    let parking = gaps.as_array().unwrap().iter().find(|gap| gap["intent"] == "parking").unwrap_or_else(|| panic!("{gaps:#}"));
    assert!(parking["count"]["count"].as_u64().unwrap() >= 5 && parking["per_month"].as_f64().unwrap() > 1.0, "{parking}");
    let written = house.run(&["simulate", "gaps", "before", "--out", "documents"]);
    assert!(written.status.success(), "{}", stderr(&written));
    let drafts: Vec<_> = std::fs::read_dir(house.path("documents")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let draft = drafts.iter().find(|path| std::fs::read_to_string(path).unwrap().contains("intent: parking")).unwrap();
    // Nobody has looked at it yet: nothing answers from it.
    simulate(&house, "unreviewed", &[&today[..], &["--compare", "before"]].concat());
    let unreviewed = read(&house.path("unreviewed/report.json"))["against"].clone();
    assert_eq!((unreviewed["better"].as_u64(), unreviewed["worse"].as_u64()), (Some(0), Some(0)), "{unreviewed}");
    let text = std::fs::read_to_string(draft).unwrap();
    assert!(text.contains("Camper vans may park behind the store, free of charge."), "{text}");
    std::fs::write(draft, text.replace("draft: true\n", "")).unwrap();
    simulate(&house, "after", &[&today[..], &["--compare", "before"]].concat());
    let after = read(&house.path("after/report.json"));
    let against = &after["against"];
    assert!(against["better"].as_u64().unwrap() >= 5, "what was written down helps the questions that asked for it: {against:#}");
    assert!(against["better"].as_u64() > against["worse"].as_u64() && against["newly_unsafe"] == 0, "{against:#}");
    let (counts, tickets) = counts_of(&std::fs::read_to_string(house.path("after/report.html")).unwrap());
    let better = counts.iter().find(|(list, _)| list == "against-better").unwrap();
    assert_eq!(tickets["lists"]["against-better"][1].as_array().unwrap().len() as u64, better.1, "the better ones open too");
    let lenient = house.run(&["simulate", "gate", "after", "--against", "before"]);
    assert_eq!(lenient.status.code(), Some(0), "{}", stdout(&lenient));
    // The other way round the same difference is a loss: with a limit the gate does not let it pass.
    let gone = house.run(&["simulate", "gate", "before", "--against", "after", "--newly-wrong-max", "0", "--max-wrong-per-100", "0"]);
    let wrong = read(&house.path("before/report.json"))["headline"]["wrong"]["count"].as_u64().unwrap();
    assert_eq!(gone.status.code(), Some(i32::from(wrong > 0)), "{}", stdout(&gone));
}

#[test]
fn a_file_in_any_of_four_forms_gives_the_same_figures_and_what_is_left_out_is_counted_by_its_reason() {
    let house = House::new(QUIET);
    let mut figures = Vec::new();
    for (file, text, more) in in_four_forms() {
        house.write(file, text);
        let fixed = ["simulate", file, "--out", file.split('.').next().unwrap(), "--lexical"];
        let output = house.run(&[&fixed[..], &SHORT, &more].concat());
        assert!(output.status.success(), "{file}: {}", stderr(&output));
        let report = read(&house.path(file.split('.').next().unwrap()).join("report.json"));
        let left_out = |why: &str| {
            let part = report["left_out"].as_array().unwrap().iter().find(|part| part["what"] == why);
            part.map_or(0, |part| part["count"]["count"].as_u64().unwrap())
        };
        assert_eq!(["twice", "no_words", "unreadable"].map(left_out), [1, 1, 1], "{file}: {:#}", report["left_out"]);
        assert_eq!(report["read"], 51, "{file}");
        figures.push((file, json!([report["counted"], report["split"], report["kept_back"], report["definitions"], report["money"]])));
    }
    for (file, same) in &figures {
        assert_eq!(same, &figures[0].1, "{file}");
    }
    // What cannot work is said with what to do.
    for (file, text, hint) in [
        ("no-times.csv", "text,answer\nwhen?,then\nwhere?,there\n", "--column at=COLUMN"),
        ("words.csv", "Words,Reply\nwhen?,then\n", "text=COLUMN"),
        ("nothing.jsonl", "\n", "docs/tickets.md"),
        ("tickets.xlsx", "x", ".csv"),
    ] {
        house.write(file, text);
        let output = house.run(&["simulate", file, "--out", "none"]);
        assert!(!output.status.success() && stderr(&output).contains(hint), "{file}: {}", stderr(&output));
    }
}
