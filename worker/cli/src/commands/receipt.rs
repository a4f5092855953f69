//! A receipt as people read it.

use crate::screen::Screen;
use triage::decision::{Action, ConsentChange, Decision};
use triage::draft::Fault;
use triage::receipt::Receipt;

/// Prints what was decided, why, and on what it rests.
pub fn print(screen: &Screen, decision: &Decision) {
    let receipt = &decision.receipt;
    let row = |name: &str, text: String| screen.line(format!("{name:<11}{text}"));
    row("decision", format!("{}, because {}", decision.action.name(), decision.reason.sentence()));
    match &decision.action {
        Action::Reply { texts } => texts.iter().for_each(|text| row("sends", quoted(text))),
        Action::Draft { text } => row("proposes", quoted(text)),
        Action::Escalate { .. } | Action::TagOnly | Action::Ignore => {
            if let Some(text) = &receipt.would_be {
                row("would be", quoted(text));
            }
        }
    }
    match decision.consent {
        Some(ConsentChange::OptOut) => row("consent", "opted out from now on".to_owned()),
        Some(ConsentChange::OptIn) => row("consent", "opted in again".to_owned()),
        None => {}
    }
    if !decision.tags.is_empty() {
        row("tags", decision.tags.iter().map(|tag| tag.0.as_str()).collect::<Vec<_>>().join(", "));
    }
    if matches!(decision.action, Action::Escalate { .. } | Action::Draft { .. }) {
        let team = decision.team.as_ref().map_or("no team", |team| team.0.as_str());
        row("for", format!("{team}, priority {}", format!("{:?}", decision.priority).to_lowercase()));
    }
    if !receipt.intents.is_empty() {
        let ranked = receipt.intents.iter().take(3).map(|intent| format!("{} {:.0} %", intent.name, intent.probability * 100.0));
        let language = receipt.language.map_or("unknown".to_owned(), |language| language.to_string());
        let outside = receipt.out_of_scope.unwrap_or(0.0) * 100.0;
        row("intents", format!("{}; out of scope {outside:.0} %; language {language}", ranked.collect::<Vec<_>>().join(", ")));
    }
    if !receipt.rules.is_empty() {
        row("rules", receipt.rules.join(", "));
    }
    evidence(screen, decision);
    model(screen, receipt);
    let path: Vec<String> = receipt.path.iter().map(|step| format!("{step:?}").to_lowercase()).collect();
    row("path", path.join(" > "));
    let versions = &receipt.versions;
    row(
        "versions",
        format!(
            "policy {}, gate {}, mind {}, index {}",
            versions.policy,
            versions.gate,
            or_none(&versions.classifier),
            or_none(&versions.index)
        ),
    );
}

/// What the language model was asked, and what it cost.
fn model(screen: &Screen, receipt: &Receipt) {
    for (n, one) in receipt.consultations.iter().enumerate() {
        let answered = match &one.problem {
            None => format!(
                "{} {} by {}: {} tokens in, {} out, ${:.6}",
                one.prompt,
                one.prompt_hash,
                one.model,
                one.tokens_in,
                one.tokens_out,
                usd(one.cost_micro_usd)
            ),
            Some(problem) => format!("{} no answer: {problem}", one.prompt).trim_start().to_owned(),
        };
        screen.line(format!("{:<11}{answered}", if n == 0 { "model" } else { "" }));
    }
    if !receipt.consultations.is_empty() {
        screen.line(format!("{:<11}decided by the {} mind, ${:.6}", "", receipt.mind.name(), usd(receipt.cost_micro_usd())));
    }
}

fn usd(micro_usd: u64) -> f64 {
    micro_usd as f64 / 1_000_000.0
}

/// The passages, the checks, the gate and the price.
fn evidence(screen: &Screen, decision: &Decision) {
    let receipt = &decision.receipt;
    let row = |name: &str, text: String| screen.line(format!("{name:<11}{text}"));
    if let Some(problem) = &receipt.retrieval_problem {
        row("passages", format!("not searched: {problem}"));
    }
    for (n, passage) in receipt.passages.iter().take(5).enumerate() {
        let cited = if receipt.citations.iter().any(|citation| citation.passage == passage.id) { " (cited)" } else { "" };
        let place = format!("{}/{} › {}", passage.source, passage.document, passage.title);
        let overdue = passage.overdue_since.map_or(String::new(), |since| format!(" (verified until {since}: over)"));
        row(if n == 0 { "passages" } else { "" }, format!("{:.2} {} {place}{cited}{overdue}", passage.score, passage.id));
    }
    for passage in &receipt.set_aside {
        let since = passage.overdue_since.map_or(String::new(), |since| format!(", verified until {since}"));
        row("set aside", format!("{} {}/{}{since}", passage.id, passage.source, passage.document));
    }
    for fault in &receipt.faults {
        row("fault", describe(fault));
    }
    if let Some(judgement) = &receipt.judgement {
        let basis = if judgement.calibrated { "calibrated on your tickets" } else { "not calibrated" };
        row(
            "gate",
            format!(
                "{:.1} of 100 such replies were wrong ({basis}); the dial allows {}",
                judgement.wrong_per_100, judgement.max_wrong_per_100
            ),
        );
    }
    if let Some(preview) = &receipt.preview {
        row("sms", format!("{} segment(s), {}, {}", preview.segments, encoding(preview.encoding), preview.price));
    }
}

fn encoding(encoding: triage::sms::encoding::Encoding) -> &'static str {
    match encoding {
        triage::sms::encoding::Encoding::Gsm7 => "GSM-7",
        triage::sms::encoding::Encoding::Ucs2 => "UCS-2",
    }
}

fn describe(fault: &Fault) -> String {
    match fault {
        Fault::NoCitation => "it rests on nothing".to_owned(),
        Fault::UnsupportedNumber { value } => format!("`{value}` stands in no cited passage"),
        Fault::UnsupportedLink { value } => format!("the link `{value}` is not supported or not allowed"),
        Fault::UnsupportedName { value } => format!("the name `{value}` stands in no cited passage"),
        Fault::Promise { value } => format!("`{value}` promises work that nobody may do"),
        Fault::ReservedWord { value } => format!("it invites the carrier's word `{value}`"),
        Fault::Instruction => "it repeats an instruction from a message or a passage".to_owned(),
        Fault::Unsupported => "too few of its words stand in the cited passages".to_owned(),
        Fault::AnotherThing { value } => format!("the question names `{value}`, and the answer does not speak of it"),
        Fault::WrongLanguage => "it is in another language than the customer's".to_owned(),
    }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\n', " / "))
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
