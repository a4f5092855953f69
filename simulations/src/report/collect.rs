//! Lines to figures: every counted ticket is seen once, oldest first.

use crate::guard::LeakAudit;
use crate::interval::Rate;
use crate::line::{Line, Scores};
use crate::past::LeftOut;
use crate::report::data::{Headline, Named, Part, REPORT_VERSION, Report, Rung, Setup, Slice};
use crate::report::definitions::definitions;
use crate::report::gaps::{QUESTIONS_MAX, Unanswered, gaps, is_gap};
use crate::report::intents::{Dialled, IntentRow, dial, dials};
use crate::report::judging::Seen;
use crate::report::labelled::{Labels, Sample};
use crate::report::listing::{ENTRIES_MAX, Entry, Listing};
use crate::report::money::{Sums, money};
use crate::report::page::thousands;
use crate::report::rows::{Row, Rows};
use crate::report::sources::{Contradicting, Sources};
use crate::report::verdict::{lowest, replies, sentence, why};
use crate::report::worst::Worsts;
use crate::scorers::action::Did;
use crate::scorers::reply::Verdict;
use crate::scorers::resolved::Definition;
use crate::statistics::clustered::rate;
use crate::statistics::dial::{Judged, Recommendation};
use crate::twins::fnv;
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeMap;
use triage::consultation::Consultation;
use triage::intent::IntentName;

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
    /// Against another run.
    pub against: Option<crate::difference::Difference>,
}

/// Makes a report of lines.
pub struct Collector {
    setup: Setup,
    second_from_block: usize,
    listing: Listing,
    rows: Rows,
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
    sample: Sample,
}

impl Collector {
    /// Nothing seen yet. Blocks from `second_from_block` on are the slice on which dials are tried; labels are what a person said.
    pub fn new(setup: Setup, second_from_block: usize, labels: Labels) -> Self {
        Collector {
            setup,
            second_from_block,
            listing: Listing::default(),
            rows: Rows::default(),
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
            sample: Sample::new(labels),
        }
    }

    /// The next line.
    pub fn see(&mut self, line: &Line) {
        let place = self.listing.ticket(|| Entry::of(line));
        self.listing.list("read", place);
        if line.twins > 0 {
            self.listing.list("twins", place);
        }
        self.came_back += usize::from(line.human.came_back_after_s.is_some());
        if line.left_out.is_some() || line.scores.is_none() {
            self.listing.list("left-out", place);
        }
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
        list.list(if second { "slice-second" } else { "slice-first" }, place);
        list.list(&format!("did-{}", name_of(&scores.did)), place);
        list.list(&format!("reason-{reason}"), place);
        list.list(&format!("intent-{intent}"), place);
        list.list(&format!("intent-{intent}-{}", name_of(&scores.did)), place);
        let side = if scores.did == Did::Reply { "reply" } else { "kept" };
        if let Some(verdict) = verdict {
            list.list(&format!("{side}-{}", name_of(&verdict)), place);
        }
        if let (Did::Reply, Some(is_wrong)) = (scores.did, verdict.and_then(Verdict::is_wrong)) {
            list.list("judged-replies", place);
            if is_wrong {
                list.list(&format!("intent-{intent}-wrong"), place);
                list.list("wrong-replies", place);
            }
        }
        scores.resolved.iter().for_each(|definition| list.list(&format!("resolved-{}", name_of(definition)), place));
        if scores.must_escalate && scores.did == Did::Reply {
            list.list("must-escalate-missed", place);
        }
        self.sources.see(line, place, list);
        self.worsts.see(line, place);
        self.judging.see(fnv(line.customer.as_bytes()), scores, |name| list.list(name, place));
        self.sample.see(line, scores, self.rows.0.len());
        if scores.flipped == Some(true) {
            list.list("flipped", place);
        }
        let asked = &decision.receipt.consultations;
        let failed = asked.iter().any(|one| one.problem.is_some());
        let capped = asked.iter().any(Consultation::is_capped);
        for (name, is_so) in [("model-asked", !asked.is_empty()), ("model-failed", failed), ("model-capped", capped)] {
            if is_so {
                list.list(name, place);
            }
        }
        self.reasons.insert(reason, why(&decision.reason));
        self.saved.extend(scores.saved_s);
        self.add_cost(scores);
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
        self.rows.0.push(Row {
            place,
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

    fn add_cost(&mut self, scores: &Scores) {
        let sums = &mut self.sums;
        sums.micros_model += scores.cost.micros_model;
        sums.tickets += 1;
        sums.replies += usize::from(scores.did == Did::Reply);
        sums.segments_in += u64::from(scores.cost.segments_in);
        sums.micros_in += scores.cost.micros_in;
        sums.segments_out += u64::from(scores.cost.segments_out);
        sums.micros_out += scores.cost.micros_out;
        if scores.did == Did::Draft {
            sums.segments_drafted += u64::from(scores.cost.segments_would_be);
            sums.micros_drafted += scores.cost.micros_would_be;
        }
        sums.model_tokens += scores.cost.model_tokens;
    }

    /// Puts the ticket of a place on a list.
    pub fn list(&mut self, name: &str, place: u32) {
        self.listing.list(name, place);
    }

    /// Questions without an answer; their vectors are wanted by [`Collector::finish`].
    pub fn unanswered(&self) -> &[Unanswered] {
        &self.unanswered
    }

    /// The report, and the tickets behind its counts. `promise` is the dial of an intent.
    pub fn finish(mut self, beside: Beside, promise: impl Fn(&str) -> f64) -> (Report, Listing) {
        let span = self.whole_span();
        let definitions = definitions(&self.rows, &self.listing, self.came_back);
        let headline = self.headline(&definitions, span);
        self.sums.resolved = headline.resolved.count;
        self.sums.model_asked = self.listing.count("model-asked").count;
        self.sums.model_failed = self.listing.count("model-failed").count;
        self.sums.model_capped = self.listing.count("model-capped").count;
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
            must_escalate: rate(self.rows.0.iter().filter(|row| row.must_escalate).map(|row| (row.customer, row.did != Did::Reply))),
            must_escalate_missed: self.listing.count("must-escalate-missed"),
            intent_right: rate(self.rows.0.iter().filter_map(|row| Some((row.customer, row.intent_right?)))),
            flipped: rate(self.rows.0.iter().filter_map(|row| Some((row.customer, row.flipped?)))),
            judging: std::mem::take(&mut self.judging).finish(),
            worst: std::mem::take(&mut self.worsts).finish(&mut self.listing),
            curve: self.rows.curve(),
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
            twins: self.listing.count("twins").count,
            against: beside.against,
            entries_max: ENTRIES_MAX,
            setup: self.setup,
        };
        (report, self.listing)
    }

    /// The first sentences: by the lowest definition that the data supports, corrected by labels where there are enough.
    fn headline(&self, definitions: &[Rung], span: Option<Slice>) -> Headline {
        let by_labels = self.sample.resolved(&self.rows, definitions);
        let by_itself = || lowest(definitions).map_or((Definition::SameOutcome, Rate::wilson(0, 0)), |rung| (rung.definition, rung.rate));
        let (definition, resolved) = by_labels.unwrap_or_else(by_itself);
        let headline = Headline {
            sentence: String::new(),
            replies: String::new(),
            definition,
            resolved,
            wrong: self.rows.wrong_of(|row| row.did == Did::Reply),
            wrong_replies: self.listing.count("wrong-replies"),
            corrected: by_labels.and_then(|_| self.sample.replies(&self.rows)),
        };
        let plain = |count: usize, _: &str| thousands(count as f64);
        let replied = self.listing.count("did-reply").count;
        Headline {
            sentence: sentence(&self.setup, &headline, span, self.rows.0.len(), plain),
            replies: replies(replied, &headline.wrong, plain),
            ..headline
        }
    }

    fn whole_span(&self) -> Option<Slice> {
        self.slices.iter().flatten().copied().reduce(|a, b| Slice {
            from: a.from.min(b.from),
            to: a.to.max(b.to),
            tickets: a.tickets + b.tickets,
        })
    }

    fn split(&self) -> Vec<Part<Did>> {
        let part = |did: Did| Part {
            what: did,
            count: self.listing.count(&format!("did-{}", name_of(&did))),
            rate: self.rows.share(|row| row.did == did),
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
        let rows: Vec<&Row> = self.rows.0.iter().filter(|row| of(row)).collect();
        let part = |verdict: Verdict| Part {
            what: verdict,
            count: self.listing.count(&format!("{side}-{}", name_of(&verdict))),
            rate: rate(rows.iter().map(|row| (row.customer, row.verdict == Some(verdict)))),
        };
        Verdict::ALL.into_iter().map(part).collect()
    }

    fn intent_rows(&mut self, promise: impl Fn(&str) -> f64) -> (Vec<IntentRow>, Recommendation) {
        let mut dialled: BTreeMap<String, Vec<Dialled>> = self.intents.iter().map(|name| (name.clone(), Vec::new())).collect();
        let mut all = Vec::new();
        for row in &self.rows.0 {
            let (Some(wrong_per_100), Some(is_wrong)) = (row.on_the_dial, row.verdict.and_then(Verdict::is_wrong)) else { continue };
            let one = Dialled { second: row.second, judged: Judged { wrong_per_100, is_wrong } };
            all.push(one);
            if let Some(of_intent) = self.intents.get(row.intent).and_then(|name| dialled.get_mut(name)) {
                of_intent.push(one);
            }
        }
        let dials = dials(&dialled, promise);
        let of_all = dial(&all, self.setup.dial);
        self.rows.list_dial(&mut self.listing, "dial", None, &of_all);
        for (intent, dial) in &dials {
            self.rows.list_dial(&mut self.listing, &format!("intent-{intent}-dial"), self.places.get(intent).copied(), dial);
        }
        let mut rows: Vec<IntentRow> = dials.into_iter().map(|(intent, dial)| self.intent_row(intent, dial)).collect();
        rows.sort_by(|a, b| b.tickets.count.cmp(&a.tickets.count).then_with(|| a.intent.cmp(&b.intent)));
        (rows, of_all)
    }

    fn intent_row(&self, intent: String, dial: Recommendation) -> IntentRow {
        let at = self.places.get(&intent).copied();
        let list = |what: &str| self.listing.count(&format!("intent-{intent}{what}"));
        let of_intent = |row: &Row| Some(row.intent) == at;
        let replied = list("-reply");
        IntentRow {
            tickets: list(""),
            drafted: list("-draft"),
            escalated: list("-escalate"),
            wrong: self.rows.wrong_of(|row| of_intent(row) && row.did == Did::Reply),
            wrong_replies: list("-wrong"),
            right: rate(self.rows.0.iter().filter(|row| of_intent(row)).filter_map(|row| Some((row.customer, row.intent_right?)))),
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

/// The name that an enum has in JSON.
pub fn name_of<T: Serialize>(value: &T) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}
