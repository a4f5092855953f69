//! Lines to figures: every counted ticket is seen once, oldest first.

use crate::guard::LeakAudit;
use crate::interval::Rate;
use crate::line::{Line, Scores};
use crate::past::LeftOut;
use crate::report::data::{Headline, Named, Part, REPORT_VERSION, Report, Rung, Setup, Slice};
use crate::report::gaps::{QUESTIONS_MAX, Unanswered, gaps};
use crate::report::intents::{Dialled, IntentRow, dial, dials};
use crate::report::judging::Seen;
use crate::report::listing::{ENTRIES_MAX, Entry, Listing};
use crate::report::money::{Sums, money};
use crate::report::sources::{Contradicting, Sources};
use crate::report::verdict::{lowest, replies, sentence};
use crate::report::worst::Worsts;
use crate::scorers::action::Did;
use crate::scorers::reply::Verdict;
use crate::scorers::resolved::Definition;
use crate::statistics::clustered::rate;
use crate::statistics::dial::{Judged, Point, SETTINGS};
use crate::statistics::prediction_powered::Corrected;
use crate::twins::fnv;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use triage::decision::{Decision, Reason};
use triage::intent::IntentName;

/// Fewer than one in so many customers who come back say that the file does not name customers.
const CAME_BACK_ONE_IN: usize = 200;

/// What a counted ticket leaves behind: a few numbers, however long it was.
#[derive(Clone, Copy)]
struct Row {
    customer: u64,
    did: Did,
    verdict: Option<Verdict>,
    resolved: [bool; Definition::ALL.len()],
    on_the_dial: Option<f64>,
    intent: usize,
    intent_right: Option<bool>,
    must_escalate: bool,
    flipped: Option<bool>,
    second: bool,
}

/// What stands beside the lines.
#[derive(Default)]
pub struct Beside {
    /// Vectors of [`Collector::unanswered`], in their order.
    pub vectors: Vec<Vec<f32>>,
    /// All documents, as `SOURCE/DOCUMENT`.
    pub documents: Vec<String>,
    /// Passages that say different things.
    pub contradicting: Vec<Contradicting>,
    /// The leak audit.
    pub audit: LeakAudit,
    /// Conversations whose twins were shut out.
    pub twins: usize,
    /// What labels make of the replies.
    pub corrected: Option<Corrected>,
    /// Against another run.
    pub against: Option<crate::difference::Difference>,
}

/// Makes a report of lines.
pub struct Collector {
    setup: Setup,
    second_from_block: usize,
    listing: Listing,
    rows: Vec<Row>,
    intents: Vec<String>,
    places: BTreeMap<String, usize>,
    reasons: BTreeMap<String, &'static str>,
    unanswered: Vec<Unanswered>,
    sources: Sources,
    worsts: Worsts,
    sums: Sums,
    saved: Vec<i64>,
    slices: [Option<Slice>; 2],
    came_back: usize,
    judging: Seen,
}

impl Collector {
    /// Nothing seen yet. Blocks from `second_from_block` on are the slice on which dials are tried.
    pub fn new(setup: Setup, second_from_block: usize) -> Self {
        Collector {
            setup,
            second_from_block,
            listing: Listing::default(),
            rows: Vec::new(),
            intents: Vec::new(),
            places: BTreeMap::new(),
            reasons: BTreeMap::new(),
            unanswered: Vec::new(),
            sources: Sources::default(),
            worsts: Worsts::default(),
            sums: Sums::default(),
            saved: Vec::new(),
            slices: [None, None],
            came_back: 0,
            judging: Seen::default(),
        }
    }

    /// The next line.
    pub fn see(&mut self, line: &Line) {
        let place = self.listing.ticket(|| Entry::of(line));
        self.came_back += usize::from(line.human.came_back_after_s.is_some());
        match (line.left_out, &line.scores) {
            (Some(left_out), _) => self.listing.list(&format!("left-{}", name_of(&left_out)), place),
            (None, Some(scores)) => self.count(line, scores, place),
            (None, None) => self.listing.list(&format!("left-{}", name_of(&LeftOut::Failed)), place),
        }
    }

    fn count(&mut self, line: &Line, scores: &Scores, place: u32) {
        let Some(decision) = &line.decision else { return };
        let second = line.block >= self.second_from_block;
        self.span(line.at, second);
        let verdict = scores.verdict();
        let intent = decision.intent.clone().unwrap_or_else(|| IntentName("not classified".to_owned())).0;
        let reason = decision.reason.name();
        let list = &mut self.listing;
        list.list("counted", place);
        list.list(&format!("did-{}", name_of(&scores.did)), place);
        list.list(&format!("reason-{reason}"), place);
        list.list(&format!("intent-{intent}"), place);
        list.list(&format!("intent-{intent}-{}", name_of(&scores.did)), place);
        let side = if scores.did == Did::Reply { "reply" } else { "kept" };
        if let Some(verdict) = verdict {
            list.list(&format!("{side}-{}", name_of(&verdict)), place);
        }
        if scores.did == Did::Reply && verdict.and_then(Verdict::is_wrong) == Some(true) {
            list.list(&format!("intent-{intent}-wrong"), place);
            list.list("wrong-replies", place);
        }
        scores.resolved.iter().for_each(|definition| list.list(&format!("resolved-{}", name_of(definition)), place));
        if scores.must_escalate && scores.did == Did::Reply {
            list.list("must-escalate-missed", place);
        }
        self.sources.see(line, place, list);
        self.worsts.see(line);
        self.judging.see(scores);
        self.reasons.insert(reason, decision.reason.sentence());
        self.saved.extend(scores.saved_s);
        self.add_cost(decision, scores);
        if is_gap(&decision.reason) && self.unanswered.len() < QUESTIONS_MAX {
            let intent = line.human.intents.first().map_or_else(|| intent.clone(), |intent| intent.0.clone());
            let (question, answer) = (line.question.clone(), line.human.answer.clone());
            self.unanswered.push(Unanswered { place, ticket: line.ticket.clone(), question, answer, intent });
        }
        let intents = self.intents.len();
        let at = *self.places.entry(intent.clone()).or_insert(intents);
        if at == intents {
            self.intents.push(intent);
        }
        self.rows.push(Row {
            customer: fnv(line.customer.as_bytes()),
            did: scores.did,
            verdict,
            resolved: Definition::ALL.map(|definition| scores.resolved.contains(&definition)),
            on_the_dial: line.on_the_dial().map(|judgement| judgement.wrong_per_100),
            intent: at,
            intent_right: scores.intent_right,
            must_escalate: scores.must_escalate,
            flipped: scores.flipped,
            second,
        });
    }

    fn span(&mut self, at: Timestamp, second: bool) {
        if let Some(slice) = self.slices.get_mut(usize::from(second)) {
            let slice = slice.get_or_insert(Slice { from: at, to: at, tickets: 0 });
            slice.from = slice.from.min(at);
            slice.to = slice.to.max(at);
            slice.tickets += 1;
        }
    }

    fn add_cost(&mut self, decision: &Decision, scores: &Scores) {
        let sums = &mut self.sums;
        let asked = &decision.receipt.consultations;
        sums.model_asked += usize::from(!asked.is_empty());
        sums.model_failed += usize::from(asked.iter().any(|one| one.problem.is_some()));
        sums.micros_model += scores.cost.micros_model;
        sums.tickets += 1;
        sums.replies += usize::from(scores.did == Did::Reply);
        sums.segments_in += u64::from(scores.cost.segments_in);
        sums.micros_in += scores.cost.micros_in;
        sums.segments_out += u64::from(scores.cost.segments_out);
        sums.micros_out += scores.cost.micros_out;
        sums.model_tokens += scores.cost.model_tokens;
    }

    /// Questions without an answer; their vectors are wanted by [`Collector::finish`].
    pub fn unanswered(&self) -> &[Unanswered] {
        &self.unanswered
    }

    /// The report, and the tickets behind its counts. `promise` is the dial of an intent.
    pub fn finish(mut self, beside: Beside, promise: impl Fn(&str) -> f64) -> (Report, Listing) {
        let span = self.whole_span();
        let definitions = self.definitions();
        let rung = lowest(&definitions);
        let (definition, resolved) = rung.map_or((Definition::SameOutcome, Rate::wilson(0, 0)), |rung| (rung.definition, rung.rate));
        let wrong = self.wrong_of(|row| row.did == Did::Reply);
        let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
        let days = span.map(|span| (day(span.from), day(span.to)));
        let headline = Headline {
            sentence: sentence(&self.setup, self.rows.len(), days, definition, &resolved),
            replies: replies(self.sums.replies, &wrong),
            definition,
            resolved,
            wrong,
            wrong_replies: self.listing.count("wrong-replies"),
            corrected: beside.corrected,
        };
        self.sums.resolved = resolved.count;
        self.sums.span_s = span.map_or(0, |span| span.to.as_second() - span.from.as_second());
        let gaps = gaps(&self.unanswered, &beside.vectors, self.sums.span_s, &mut self.listing);
        let (intents, dial) = self.intent_rows(&promise);
        let (sources, never_used) = std::mem::take(&mut self.sources).finish(&beside.documents, &self.listing);
        self.saved.sort_unstable();
        let report = Report {
            version: REPORT_VERSION,
            headline,
            read: self.listing.tickets(),
            counted: self.listing.count("counted"),
            span,
            split: self.split(),
            reasons: self.reasons(),
            replies: self.verdicts("reply", |row| row.did == Did::Reply),
            kept_back: self.verdicts("kept", |row| row.did != Did::Reply && row.verdict.is_some()),
            definitions,
            must_escalate: rate(self.rows.iter().filter(|row| row.must_escalate).map(|row| (row.customer, row.did != Did::Reply))),
            must_escalate_missed: self.listing.count("must-escalate-missed"),
            intent_right: rate(self.rows.iter().filter_map(|row| Some((row.customer, row.intent_right?)))),
            flipped: rate(self.rows.iter().filter_map(|row| Some((row.customer, row.flipped?)))),
            judging: self.judging.finish(),
            worst: std::mem::take(&mut self.worsts).finish(),
            curve: self.curve(),
            chosen_on: self.slices[0],
            confirmed_on: self.slices[1],
            dial,
            intents,
            saved_s_median: self.saved.get(self.saved.len() / 2).copied(),
            money: money(self.sums, &self.setup.prices),
            gaps,
            sources,
            never_used,
            contradicting: beside.contradicting,
            left_out: self.left_out(),
            audit: beside.audit,
            twins: beside.twins,
            against: beside.against,
            entries_max: ENTRIES_MAX,
            setup: self.setup,
        };
        (report, self.listing)
    }

    fn whole_span(&self) -> Option<Slice> {
        self.slices.iter().flatten().copied().reduce(|a, b| Slice {
            from: a.from.min(b.from),
            to: a.to.max(b.to),
            tickets: a.tickets + b.tickets,
        })
    }

    fn share(&self, is: impl Fn(&Row) -> bool) -> Rate {
        rate(self.rows.iter().map(|row| (row.customer, is(row))))
    }

    fn wrong_of(&self, of: impl Fn(&Row) -> bool) -> Rate {
        rate(self.rows.iter().filter(|row| of(row)).filter_map(|row| Some((row.customer, row.verdict?.is_wrong()?))))
    }

    fn split(&self) -> Vec<Part<Did>> {
        let part = |did: Did| Part {
            what: did,
            count: self.listing.count(&format!("did-{}", name_of(&did))),
            rate: self.share(|row| row.did == did),
        };
        Did::ALL.into_iter().map(part).collect()
    }

    fn reasons(&self) -> Vec<Named> {
        let named = |(name, sentence): (&String, &&'static str)| Named {
            name: name.clone(),
            sentence: (*sentence).to_owned(),
            count: self.listing.count(&format!("reason-{name}")),
        };
        let mut reasons: Vec<Named> = self.reasons.iter().map(named).collect();
        reasons.sort_by(|a, b| b.count.count.cmp(&a.count.count).then_with(|| a.name.cmp(&b.name)));
        reasons
    }

    fn verdicts(&self, side: &str, of: impl Fn(&Row) -> bool) -> Vec<Part<Verdict>> {
        let rows: Vec<&Row> = self.rows.iter().filter(|row| of(row)).collect();
        let part = |verdict: Verdict| Part {
            what: verdict,
            count: self.listing.count(&format!("{side}-{}", name_of(&verdict))),
            rate: rate(rows.iter().map(|row| (row.customer, row.verdict == Some(verdict)))),
        };
        Verdict::ALL.into_iter().map(part).collect()
    }

    fn definitions(&self) -> Vec<Rung> {
        let comparable = self.rows.iter().any(|row| row.verdict.and_then(Verdict::is_wrong).is_some());
        let rung = |(at, definition): (usize, Definition)| Rung {
            definition,
            count: self.listing.count(&format!("resolved-{}", name_of(&definition))),
            rate: self.share(|row| row.resolved.get(at).copied().unwrap_or(false)),
            not_measured: self.not_measured(definition, comparable).map(str::to_owned),
        };
        Definition::ALL.into_iter().enumerate().map(rung).collect()
    }

    /// Why the data cannot say it; the other definitions need nothing but the conversation itself.
    fn not_measured(&self, definition: Definition, comparable: bool) -> Option<&'static str> {
        if definition == Definition::Durable && self.came_back * CAME_BACK_ONE_IN < self.rows.len().max(1) {
            return Some("hardly a customer comes back in this file: does it name customers?");
        }
        (definition == Definition::SameOutcome && !comparable).then_some("no would-be reply can be held against a human answer")
    }

    fn curve(&self) -> Vec<Point> {
        let point = |dial: f64| {
            let goes = |row: &Row| row.on_the_dial.is_some_and(|wrong| wrong <= dial);
            Point { dial, replied: self.share(goes), wrong: self.wrong_of(goes) }
        };
        SETTINGS.into_iter().map(point).collect()
    }

    fn intent_rows(&self, promise: impl Fn(&str) -> f64) -> (Vec<IntentRow>, crate::statistics::dial::Recommendation) {
        let mut dialled: BTreeMap<String, Vec<Dialled>> = self.intents.iter().map(|name| (name.clone(), Vec::new())).collect();
        let mut all = Vec::new();
        for row in &self.rows {
            let (Some(wrong_per_100), Some(is_wrong)) = (row.on_the_dial, row.verdict.and_then(Verdict::is_wrong)) else { continue };
            let one = Dialled { second: row.second, judged: Judged { wrong_per_100, is_wrong } };
            all.push(one);
            if let Some(of_intent) = self.intents.get(row.intent).and_then(|name| dialled.get_mut(name)) {
                of_intent.push(one);
            }
        }
        let dials = dials(&dialled, promise);
        let mut rows: Vec<IntentRow> = dials.into_iter().map(|(intent, dial)| self.intent_row(intent, dial)).collect();
        rows.sort_by(|a, b| b.tickets.count.cmp(&a.tickets.count).then_with(|| a.intent.cmp(&b.intent)));
        (rows, dial(&all, self.setup.dial))
    }

    fn intent_row(&self, intent: String, dial: crate::statistics::dial::Recommendation) -> IntentRow {
        let at = self.places.get(&intent).copied();
        let list = |what: &str| self.listing.count(&format!("intent-{intent}{what}"));
        let of_intent = |row: &Row| Some(row.intent) == at;
        let replied = list("-reply");
        IntentRow {
            tickets: list(""),
            drafted: list("-draft"),
            escalated: list("-escalate"),
            wrong: self.wrong_of(|row| of_intent(row) && row.did == Did::Reply),
            wrong_replies: list("-wrong"),
            right: rate(self.rows.iter().filter(|row| of_intent(row)).filter_map(|row| Some((row.customer, row.intent_right?)))),
            minutes: replied.count as f64 * self.setup.prices.minutes_per_ticket,
            replied,
            dial,
            intent,
        }
    }

    fn left_out(&self) -> Vec<Part<LeftOut>> {
        let of = self.listing.tickets();
        let part = |why: LeftOut| {
            let count = self.listing.count(&format!("left-{}", name_of(&why)));
            Part { what: why, rate: Rate::wilson(count.count, of), count }
        };
        LeftOut::ALL.into_iter().map(part).filter(|part| part.count.count > 0).collect()
    }
}

/// Reasons that say that the knowledge had no answer.
fn is_gap(reason: &Reason) -> bool {
    matches!(
        reason,
        Reason::NothingFound | Reason::NothingWritten | Reason::OutOfScope | Reason::Unsure | Reason::PartlyAnswered | Reason::TooRisky
    )
}

/// The name that an enum has in JSON.
pub fn name_of<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
