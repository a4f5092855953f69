//! What a report makes of its lines: the coverage curve, the worst replies, the sources, the headline, and the tickets behind every count.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use proptest::prelude::*;
use serde_json::{Value, json};
use simulations::guard::LeakAudit;
use simulations::line::Line;
use simulations::mind::Mind;
use simulations::report::collect::{Beside, Collector};
use simulations::report::data::{Mode, Prices, Report, Setup};
use simulations::report::labelled::Labels;
use simulations::report::listing::Listing;
use simulations::report::page::page;
use simulations::report::worst::SHOWN;
use simulations::scorers::resolved::Definition;
use simulations::statistics::dial::SETTINGS;
use std::collections::BTreeSet;

/// A ticket of a run, as far as reports look at it.
#[derive(Clone, Debug)]
struct Ticket {
    did: &'static str,
    why: &'static str,
    verdict: Option<&'static str>,
    wrong_per_100: f64,
    /// The gate is calibrated, and everything that was asked is answered.
    ready: (bool, bool),
    says: u8,
    intent: u8,
    /// Documents that the would-be reply rests on; past tickets as `None`.
    cites: Vec<Option<u8>>,
    customer: u8,
    block: usize,
    comes_back_s: Option<i64>,
}

/// A reply that went out and was right.
fn replied() -> Ticket {
    Ticket {
        did: "reply",
        why: "sure_enough",
        verdict: Some("same_outcome"),
        wrong_per_100: 1.0,
        ready: (true, true),
        says: 0,
        intent: 0,
        cites: vec![Some(0)],
        customer: 0,
        block: 2,
        comes_back_s: None,
    }
}

fn action(did: &str, says: &str) -> Value {
    match did {
        "reply" => json!({ "do": "reply", "texts": [says] }),
        "draft" => json!({ "do": "draft", "text": says }),
        "tag" => json!({ "do": "tag_only" }),
        "escalate" => json!({ "do": "escalate", "note": "look" }),
        _ => json!({ "do": "ignore" }),
    }
}

fn line(n: usize, ticket: &Ticket) -> Line {
    let says = format!("answer {}", ticket.says);
    let would_be = ticket.verdict.map(|_| says.clone());
    let id = format!("T-{n:03}");
    let passages: Vec<Value> = ticket
        .cites
        .iter()
        .enumerate()
        .map(|(place, cited)| {
            let (kind, document) = cited.map_or(("past_ticket", "T-old".to_owned()), |document| ("document", format!("d{document}")));
            json!({ "id": format!("p{place}"), "kind": kind, "source": "kb", "document": document, "title": "", "version": "1", "score": 1.0,
                "similarity": 1.0, "overlap": 1.0 })
        })
        .collect();
    let citations: Vec<Value> =
        (0..ticket.cites.len()).map(|place| json!({ "passage": format!("p{place}"), "start": 0, "end": 1 })).collect();
    let judgement = json!({ "signals": { "asks_answered": f64::from(u8::from(ticket.ready.1)) }, "wrong_per_100": ticket.wrong_per_100,
        "max_wrong_per_100": 2.0, "calibrated": ticket.ready.0, "ceiling": "reply" });
    let receipt = json!({ "version": 1, "ticket": id, "messages": [], "as_of": "2026-03-01T00:00:00Z", "case": "", "path": [],
        "versions": { "policy": "", "gate": "" }, "language": null, "intents": [], "out_of_scope": 0.0, "asks": [], "rules": [],
        "passages": passages, "citations": citations, "would_be": would_be, "preview": null, "faults": [], "judgement": judgement });
    let unsafe_because: Vec<&str> = ticket.verdict.filter(|verdict| *verdict == "unsafe").map(|_| "must_escalate").into_iter().collect();
    let compared = ticket.verdict.map(|verdict| json!({ "verdict": verdict, "by_words": "same", "nearness": null, "shared_source": null }));
    let silent = ticket.comes_back_s.is_none();
    let resolved: Vec<&str> = [
        ("replied", true),
        ("contained", true),
        ("fin_style", true),
        ("zendesk_style", true),
        ("durable", silent),
        ("same_outcome", ticket.verdict == Some("same_outcome")),
    ]
    .into_iter()
    .filter_map(|(name, counts)| (ticket.did == "reply" && counts).then_some(name))
    .collect();
    let line = json!({
        "ticket": id, "at": format!("2026-03-{:02}T{:02}:00:00Z", 1 + n / 24, n % 24), "block": ticket.block,
        "customer": format!("c{}", ticket.customer), "question": format!("question {n}"),
        "human": { "intents": ["a"], "answer": "a human answer", "answered_after_s": 60, "wrote_again_after_s": null, "thanked": false,
            "came_back_after_s": ticket.comes_back_s },
        "decision": { "action": action(ticket.did, &says), "reason": { "why": ticket.why }, "tags": [],
            "intent": format!("intent{}", ticket.intent), "team": null, "priority": "normal", "receipt": receipt },
        "scores": { "did": ticket.did, "intent_right": true, "reply": compared, "unsafe_because": unsafe_because, "must_escalate": false,
            "cost": { "segments_in": 1, "micros_in": 8, "segments_out": 1, "micros_out": 8, "model_tokens": 0 }, "saved_s": null,
            "resolved": resolved },
    });
    serde_json::from_value(line).unwrap()
}

fn setup() -> Setup {
    Setup {
        run: "ab12".to_owned(),
        tickets_file: "tickets.jsonl".to_owned(),
        mode: Mode::AsItWas,
        documents_from: String::new(),
        dial: 2.0,
        assumed_open: false,
        blocks: 4,
        repeats: 1,
        history_max: 10,
        examples_max: 10,
        embedder: "letters".to_owned(),
        mind: Mind::Local,
        model: None,
        judge: false,
        policy: String::new(),
        seed: 1,
        program: "0".to_owned(),
        prices: Prices { minutes_per_ticket: 5.0, hour_usd: 30.0, per_resolution_usd: 0.99, per_ticket_usd: 0.4 },
    }
}

fn labelled(tickets: &[Ticket], labels: Labels) -> (Report, Listing) {
    let mut collector = Collector::new(setup(), 3, labels);
    tickets.iter().enumerate().for_each(|(n, ticket)| collector.see(&line(n, ticket)));
    let vectors = vec![vec![1.0, 0.0]; collector.unanswered().len()];
    let documents = (0..6).map(|document| format!("kb/d{document}")).collect();
    collector.finish(Beside { vectors, documents, audit: LeakAudit::default(), ..Beside::default() }, |_| 2.0)
}

fn report(tickets: &[Ticket]) -> Report {
    labelled(tickets, Labels::new()).0
}

fn ticket() -> impl Strategy<Value = Ticket> {
    let did = prop_oneof![
        4 => Just(("reply", "sure_enough")), 3 => Just(("draft", "too_risky")), 1 => Just(("draft", "ceiling_draft")),
        1 => Just(("escalate", "nothing_found")), 1 => Just(("escalate", "too_risky")), 1 => Just(("tag", "in_shadow")),
        1 => Just(("do_not_touch", "empty"))
    ];
    let verdict = prop_oneof![
        3 => Just(Some("same_outcome")), 1 => Just(Some("compatible")), 2 => Just(Some("contradicts")), 1 => Just(Some("unsafe")),
        1 => Just(Some("cannot_compare")), 1 => Just(None)
    ];
    let setting = prop_oneof![0.0f64..60.0, prop::sample::select(SETTINGS.to_vec())];
    let cites = prop::collection::vec(prop::option::of(0u8..4), 0..3);
    let odd = (any::<bool>(), prop::bool::weighted(0.8));
    let back = prop::option::of(Just(3_600i64));
    (did, verdict, setting, odd, (0u8..5, 0u8..3), cites, 0u8..9, 1usize..4, back).prop_map(
        |((did, why), verdict, wrong_per_100, ready, (says, intent), cites, customer, block, comes_back_s)| Ticket {
            did,
            why,
            verdict,
            wrong_per_100,
            ready,
            says,
            intent,
            cites,
            customer,
            block,
            comes_back_s,
        },
    )
}

fn tickets(most: usize) -> impl Strategy<Value = Vec<Ticket>> {
    prop::collection::vec(ticket(), 1..most)
}

/// A wrong one: kept back, not unsafe, not calibrated; how sure; its id; what it says of what.
type Ranked<'a> = ((bool, bool, bool), f64, String, (bool, &'a str, u8, u8));

/// Only the dial stands between its would-be reply and the customer.
fn is_on_the_dial(ticket: &Ticket) -> bool {
    let is_kept_by_dial = ticket.why == "too_risky" && ticket.ready.1;
    ticket.ready.0 && (ticket.why == "sure_enough" || is_kept_by_dial)
}

fn is_wrong(ticket: &Ticket) -> Option<bool> {
    match ticket.verdict {
        Some("same_outcome" | "compatible") => Some(false),
        Some("contradicts" | "unsafe") => Some(true),
        _ => None,
    }
}

#[test]
fn the_curve_shows_what_would_go_out_at_every_setting_and_how_much_of_it_was_wrong() {
    let kept = |wrong_per_100: f64, verdict| Ticket { did: "draft", why: "too_risky", wrong_per_100, verdict, ..replied() };
    let tickets = [
        replied(),
        kept(2.0, Some("contradicts")),
        kept(2.5, Some("compatible")),
        kept(30.0, Some("cannot_compare")),
        kept(50.5, Some("contradicts")),
        Ticket { why: "ceiling_draft", ..kept(1.0, Some("contradicts")) },
        Ticket { ready: (false, true), ..kept(1.0, Some("contradicts")) },
        Ticket { ready: (true, false), ..kept(1.0, Some("contradicts")) },
    ];
    let curve = report(&tickets).curve;
    let at = |dial: f64| {
        let point = curve.iter().find(|point| point.dial == dial).unwrap();
        [point.replied.count, point.replied.of, point.wrong.count, point.wrong.of]
    };
    assert_eq!(at(0.5), [0, 8, 0, 0], "nothing is so sure");
    assert_eq!(at(1.0), [1, 8, 0, 1], "a ceiling, a gate without calibration and an open ask are no matter of the dial");
    assert_eq!(at(2.0), [2, 8, 1, 2], "the setting itself goes out");
    assert_eq!(at(3.0), [3, 8, 1, 3]);
    assert_eq!(at(50.0), [4, 8, 1, 3], "what cannot be compared goes out and is not judged");
}

#[test]
fn a_source_wins_by_right_replies_is_blamed_for_wrong_ones_and_may_never_be_used() {
    let cites = |cites: &[Option<u8>], verdict| Ticket { cites: cites.to_vec(), verdict, ..replied() };
    let tickets = [
        cites(&[Some(1)], Some("same_outcome")),
        cites(&[Some(1), Some(1), Some(2)], Some("contradicts")),
        cites(&[Some(1)], Some("cannot_compare")),
        cites(&[None, None], Some("compatible")),
        Ticket { did: "draft", why: "too_risky", ..cites(&[Some(2)], Some("contradicts")) },
    ];
    let report = report(&tickets);
    let rows: Vec<_> = report.sources.iter().map(|row| (row.source.as_str(), row.cited.count, row.won.count, row.blamed.count)).collect();
    assert_eq!(rows, [("kb/d1", 3, 1, 1), ("kb/d2", 2, 0, 2), ("past tickets", 1, 1, 0)], "a document that is cited twice counts once");
    assert_eq!(report.never_used, ["kb/d0", "kb/d3", "kb/d4", "kb/d5"]);
}

#[test]
fn what_went_out_stands_before_what_was_kept_back_unsafe_before_wrong_the_surest_first() {
    let wrong = |did, verdict, wrong_per_100, says| Ticket {
        did,
        why: if did == "reply" { "sure_enough" } else { "too_risky" },
        verdict: Some(verdict),
        wrong_per_100,
        says,
        ..replied()
    };
    let report = report(&[
        wrong("draft", "contradicts", 0.5, 0),
        wrong("reply", "contradicts", 9.0, 1),
        wrong("reply", "same_outcome", 0.1, 2),
        wrong("reply", "contradicts", 1.0, 3),
        wrong("reply", "unsafe", 40.0, 4),
        wrong("reply", "contradicts", 3.0, 3),
        Ticket { ready: (false, true), ..wrong("reply", "contradicts", 0.1, 5) },
    ]);
    let order: Vec<&str> = report.worst.iter().map(|worst| worst.ticket.as_str()).collect();
    assert_eq!(
        order,
        ["T-004", "T-003", "T-001", "T-006", "T-000"],
        "a right one is none of the worst, and the same words stand there once"
    );
    let alike: Vec<usize> = report.worst.iter().map(|worst| worst.alike.count).collect();
    assert_eq!(alike, [1, 2, 1, 1, 1]);
}

#[test]
fn labels_of_a_person_make_the_headline() {
    let tickets: Vec<Ticket> = (0..60)
        .map(|n| match n % 3 {
            0 => Ticket { did: "escalate", why: "nothing_found", verdict: None, cites: Vec::new(), customer: n, ..replied() },
            // The comparison calls all of these right; who comes back within the week is not helped for good.
            _ => Ticket { comes_back_s: (n % 2 == 0).then_some(3_600), customer: n, ..replied() },
        })
        .collect();
    let by_itself = report(&tickets).headline;
    assert_eq!((by_itself.definition, by_itself.resolved.count), (Definition::Durable, 20), "{by_itself:?}");
    let labels = |is_right: bool| -> Labels { (0..60).filter(|n| n % 3 != 0).map(|n| (format!("T-{n:03}"), is_right)).collect() };
    let few: Labels = labels(false).into_iter().take(9).collect();
    assert_eq!(labelled(&tickets, few).0.headline, by_itself, "nine labels are too few");
    let right = labelled(&tickets, labels(true)).0.headline;
    assert_eq!((right.definition, right.resolved.count), (Definition::Durable, 20), "{right:?}");
    assert!(right.sentence.contains("by 40 labels of a person (prediction-powered)"), "{}", right.sentence);
    let wrong = labelled(&tickets, labels(false)).0.headline;
    assert_eq!(wrong.resolved.count, 0, "a person calls all of them wrong: {wrong:?}");
    assert!(wrong.resolved.low == 0.0 && wrong.resolved.high < 0.2 && right.resolved.low > 0.2, "{wrong:?} {right:?}");
    assert_eq!(wrong.corrected.unwrap().judge.wrongly_right.count, 40);
}

proptest! {
    #[test]
    fn the_curve_is_what_counting_anew_at_every_setting_gives(tickets in tickets(60)) {
        let curve = report(&tickets).curve;
        prop_assert_eq!(curve.iter().map(|point| point.dial).collect::<Vec<_>>(), SETTINGS);
        for point in &curve {
            let goes: Vec<&Ticket> = tickets.iter().filter(|one| is_on_the_dial(one) && one.wrong_per_100 <= point.dial).collect();
            let judged: Vec<bool> = goes.iter().filter_map(|one| is_wrong(one)).collect();
            prop_assert_eq!((point.replied.count, point.replied.of), (goes.len(), tickets.len()));
            prop_assert_eq!((point.wrong.count, point.wrong.of), (judged.iter().filter(|wrong| **wrong).count(), judged.len()));
            for rate in [&point.replied, &point.wrong] {
                prop_assert!(0.0 <= rate.low && rate.low <= rate.value() + 1e-9 && rate.value() <= rate.high + 1e-9 && rate.high <= 1.0);
            }
        }
        prop_assert!(curve.is_sorted_by_key(|point| point.replied.count), "a wider dial replies to no fewer");
    }

    #[test]
    fn the_worst_are_the_first_of_all_wrong_ones(tickets in tickets(160)) {
        let mut all: Vec<Ranked<'_>> = tickets
            .iter()
            .enumerate()
            .filter(|(_, one)| is_wrong(one) == Some(true))
            .map(|(n, one)| {
                let is_kept = one.did != "reply";
                let verdict = one.verdict.unwrap();
                ((is_kept, verdict != "unsafe", !one.ready.0), one.wrong_per_100, format!("T-{n:03}"), (is_kept, verdict, one.intent, one.says))
            })
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then_with(|| a.2.cmp(&b.2)));
        let mut said = BTreeSet::new();
        let expected: Vec<String> =
            all.into_iter().filter(|one| said.insert(one.3)).map(|one| one.2).take(SHOWN).collect();
        let shown: Vec<String> = report(&tickets).worst.into_iter().map(|worst| worst.ticket).collect();
        prop_assert_eq!(shown, expected);
    }

    #[test]
    fn every_document_is_cited_or_never_used_and_no_source_has_more_verdicts_than_citations(tickets in tickets(40)) {
        let report = report(&tickets);
        let cited = |document: u8| tickets.iter().filter(|one| one.cites.contains(&Some(document))).count();
        for document in 0u8..6 {
            let name = format!("kb/d{document}");
            let row = report.sources.iter().find(|row| row.source == name);
            prop_assert_eq!(row.map_or(0, |row| row.cited.count), cited(document));
            prop_assert_eq!(report.never_used.contains(&name), cited(document) == 0);
            prop_assert!(row.is_none_or(|row| row.won.count + row.blamed.count <= row.cited.count));
        }
        prop_assert!(report.sources.is_sorted_by_key(|row| std::cmp::Reverse(row.cited.count)));
    }

    #[test]
    fn every_count_of_the_page_opens_as_many_tickets(tickets in tickets(40), is_right in any::<bool>()) {
        let labels = (0..tickets.len()).map(|n| (format!("T-{n:03}"), is_right != (n % 4 == 0))).collect();
        let (report, listing) = labelled(&tickets, labels);
        let page = page(&report, &listing);
        let attribute = |tag: &str, name: &str| tag.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap().to_owned();
        let mut seen = 0;
        for tag in page.split("<a class=\"n\"").skip(1) {
            let (list, count) = (attribute(tag, "data-k"), attribute(tag, "data-c").parse::<usize>().unwrap());
            let listed = listing.lists.get(&list);
            prop_assert_eq!(listed.map_or((0, 0), |one| (one.count, one.places.len())), (count, count), "{}", list);
            seen += 1;
        }
        prop_assert!(seen >= 4, "{seen}");
    }
}
