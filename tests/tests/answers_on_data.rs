//! What rules do to real questions and answers: how many right answers the check of named things stops, and which fusion serves
//! answers to questions and long documents. The files are not part of the project; without them each test says that it was left out.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test that cannot be set up has failed, and prints what it measured")]

use adapters::loader::rows;
use adapters::vector_index::embedded::index::EmbeddedVectorIndex;
use cli::commands::lone_message;
use cli::commands::questions::{Asked, Entry, Questions};
use jiff::Timestamp;
use knowledge::document::{Document, DocumentKey, Section, VersionedDocument};
use knowledge::fusion::{RANK_OFFSET, fuse};
use knowledge::learned::checker::LocalChecker;
use knowledge::learned::static_table::embedder::StaticEmbedder;
use knowledge::learned::writer::LocalWriter;
use knowledge::ports::embedder::Embedder;
use knowledge::ports::store::{IndexChange, Revision};
use knowledge::ports::vector_index::{Filter, Hit, Search, VectorIndex};
use knowledge::source::SourceId;
use knowledge::stages::chunk::chunk;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use triage::classification::{Ask, Classification, Priority};
use triage::draft::Fault;
use triage::evidence::{Evidence, Found, Passage, PassageId, PassageKind};
use triage::language::detect::detect;
use triage::policy::SmsPolicy;
use triage::ports::{Checker, Writer};
use triage::signals::Signals;

/// Passages of an ask, as the policy's default has it.
const PASSAGES_MAX: usize = 5;
/// Keys asked of the index.
const KEYS_MAX: usize = 50;

/// Folders of questions and answers; none when the data is not there.
fn folders(test: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let shared = std::env::var_os("WHIMBREL_SHARED").map_or_else(|| root.join("../shared"), PathBuf::from);
    let found = std::fs::read_dir(shared.join("data/faq")).into_iter().flatten().filter_map(|entry| Some(entry.ok()?.path()));
    let mut found: Vec<PathBuf> = found.filter(|path| path.join("faqs.jsonl").exists()).collect();
    found.sort();
    if found.is_empty() {
        // Past the test runner, which would keep it back: the closing line counts it.
        let _closed = writeln!(std::io::stderr(), "left out: {test} (no ../shared)");
    }
    found
}

fn read(folder: &Path) -> (Vec<Entry>, Vec<Asked>) {
    (rows::read(&folder.join("faqs.jsonl")).unwrap(), rows::read(&folder.join("queries.jsonl")).unwrap())
}

fn classification(text: &str) -> Classification {
    Classification {
        intents: Vec::new(),
        out_of_scope: 0.0,
        language: detect(text),
        urgency: Priority::Normal,
        asks: vec![Ask { text: text.to_owned(), intent: None }],
        bare_greeting: false,
        confidence: 1.0,
        measured: Signals::default(),
        model: String::new(),
    }
}

/// The passage answers as if it were asked for in its own words; None when nothing can be quoted, else whether the check stops it.
async fn is_stopped(text: &str, answer: &Passage, around: &[Passage]) -> Option<bool> {
    let (case, classification, sms) = (lone_message::case(text).unwrap(), classification(text), SmsPolicy::default());
    let near = Passage { similarity: 1.0, language: None, ..answer.clone() };
    let of = |passages| Evidence { found: vec![Found { ask: text.to_owned(), passages }], ..Evidence::default() };
    let draft = LocalWriter.write(&case, &classification, &of(vec![near]), &sms).await.unwrap()?;
    let evidence = of(std::iter::once(answer.clone()).chain(around.iter().cloned()).collect());
    let verdict = LocalChecker.check(&case, &classification, &evidence, &draft, &draft.text, &sms).await.unwrap();
    Some(verdict.faults.iter().any(|fault| matches!(fault, Fault::AnotherThing { .. })))
}

#[tokio::test]
async fn the_check_of_named_things_leaves_right_answers_alone() {
    for folder in folders("the_check_of_named_things_leaves_right_answers_alone") {
        let (entries, queries) = read(&folder);
        let questions = Questions::build(&entries, &[], Arc::new(StaticEmbedder::new().unwrap())).await.unwrap();
        let (mut right, mut right_stopped, mut wrong, mut wrong_stopped) = (0, 0, 0, 0);
        for asked in &queries {
            let found: Vec<_> = questions.ask(&asked.text, None).await.unwrap();
            let passages: Vec<Passage> = found.iter().take(PASSAGES_MAX).map(|candidate| candidate.passage.clone()).collect();
            let is_right = |doc_id: &String| asked.relevant.contains(doc_id);
            if let Some(answer) = found.iter().find(|candidate| is_right(&candidate.doc_id))
                && let Some(is_stopped) = is_stopped(&asked.text, &answer.passage, &passages).await
            {
                (right, right_stopped) = (right + 1, right_stopped + usize::from(is_stopped));
            }
            if let Some(answer) = found.iter().find(|candidate| !is_right(&candidate.doc_id))
                && let Some(is_stopped) = is_stopped(&asked.text, &answer.passage, &passages).await
            {
                (wrong, wrong_stopped) = (wrong + 1, wrong_stopped + usize::from(is_stopped));
            }
        }
        let percent = |part: usize, whole: usize| 100.0 * part as f64 / f64::from(u32::try_from(whole.max(1)).unwrap());
        let (false_alarms, caught) = (percent(right_stopped, right), percent(wrong_stopped, wrong));
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        println!("{name}: of {right} right answers {false_alarms:.1} % are stopped, of {wrong} wrong ones (the best each) {caught:.1} %");
        assert!(false_alarms <= 5.0, "{name}: {false_alarms:.1} % of right answers are stopped");
    }
}

/// Entries in an index, each as an approved answer to its question or as a page that answers no question of its own.
struct Library {
    index: EmbeddedVectorIndex,
    embedder: StaticEmbedder,
    document_of: BTreeMap<PassageId, String>,
}

impl Library {
    async fn of(entries: &[Entry], is_page: bool) -> Self {
        let embedder = StaticEmbedder::new().unwrap();
        let (mut changes, mut document_of) = (Vec::new(), BTreeMap::new());
        for plain in entries.iter().flat_map(|entry| chunk(&document(entry, is_page))) {
            document_of.insert(plain.chunk.id.clone(), plain.chunk.document.0.clone());
            let mut keys = Vec::new();
            for (kind, text) in plain.keys {
                keys.push((kind, text.clone(), embedder.embed(&[text.as_str()]).await.unwrap().remove(0)));
            }
            changes.push(IndexChange::Upsert { chunk: Box::new(plain.chunk), keys, hidden: false, pinned: false });
        }
        let index = EmbeddedVectorIndex::new().unwrap();
        index.apply(&changes, Revision(1)).await.unwrap();
        Library { index, embedder, document_of }
    }

    async fn hits(&self, text: &str) -> Vec<Hit> {
        let as_of = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_hours(1);
        let filter = Filter { as_of, exclude_ticket: None, sources: Vec::new(), language: None };
        let embedding = self.embedder.embed(&[text]).await.unwrap().remove(0);
        self.index.search(&Search { text: text.to_owned(), embedding, filter, keys_max: KEYS_MAX }).await.unwrap()
    }

    /// Mean reciprocal rank of the first right document among ten, and the share of right first ones.
    async fn figures(&self, queries: &[Asked], order: impl Fn(&[Hit]) -> Vec<PassageId>) -> (f64, f64) {
        let (mut reciprocal, mut first) = (0.0, 0.0);
        for asked in queries {
            let mut seen = BTreeSet::new();
            let ranked = order(&self.hits(&asked.text).await);
            let documents = ranked.iter().map(|id| &self.document_of[id]).filter(|document| seen.insert((*document).clone()));
            if let Some(place) = documents.take(10).position(|document| asked.relevant.contains(document)) {
                reciprocal += 1.0 / (place as f64 + 1.0);
                first += f64::from(u8::from(place == 0));
            }
        }
        (reciprocal / queries.len() as f64, 100.0 * first / queries.len() as f64)
    }
}

fn document(entry: &Entry, is_page: bool) -> VersionedDocument {
    let question = (!is_page).then(|| entry.question.clone());
    let blocks = entry.answers.iter().flat_map(|answer| answer.split("\n\n")).map(str::to_owned).collect();
    let document = Document {
        key: DocumentKey(entry.doc_id.clone()),
        title: if is_page { entry.question.clone() } else { String::new() },
        kind: if is_page { PassageKind::Document } else { PassageKind::Approved },
        language: None,
        ticket: None,
        intent: None,
        valid_from: None,
        link: None,
        sections: vec![Section { headings: Vec::new(), question, intent: None, blocks }],
    };
    let (source, version) = (SourceId("entries".to_owned()), document.version());
    VersionedDocument { source, document, version, valid_from: Timestamp::UNIX_EPOCH }
}

fn ids(hits: &[Hit], has_question: bool) -> Vec<PassageId> {
    fuse(hits, |_| has_question).into_iter().map(|scored| scored.passage).collect()
}

/// Reciprocal ranks over all keys: what serves documents, tried on answers to questions.
fn by_ranks(hits: &[Hit]) -> Vec<PassageId> {
    let mut best: BTreeMap<&PassageId, (f32, f32)> = BTreeMap::new();
    for hit in hits {
        let (cosine, bm25) = best.entry(&hit.passage).or_insert((-1.0, 0.0));
        (*cosine, *bm25) = ((*cosine).max(hit.cosine), (*bm25).max(hit.bm25.unwrap_or(0.0)));
    }
    let rank = |value: f32, of: fn(&(f32, f32)) -> f32| RANK_OFFSET + 1.0 + best.values().filter(|other| of(other) > value).count() as f64;
    let score =
        |(cosine, bm25): &(f32, f32)| 1.0 / rank(*cosine, |one| one.0) + if *bm25 > 0.0 { 1.0 / rank(*bm25, |one| one.1) } else { 0.0 };
    let mut ranked: Vec<(&PassageId, f64)> = best.iter().map(|(id, found)| (*id, score(found))).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    ranked.into_iter().map(|(id, _)| id.clone()).collect()
}

#[tokio::test]
async fn each_fusion_serves_its_kind() {
    for folder in folders("each_fusion_serves_its_kind") {
        let (entries, queries) = read(&folder);
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let answers = Library::of(&entries, false).await;
        let (sum, ranks) = (answers.figures(&queries, |hits| ids(hits, true)).await, answers.figures(&queries, by_ranks).await);
        println!("{name}, answers to questions: sum MRR {:.3} R@1 {:.1} %, ranks MRR {:.3} R@1 {:.1} %", sum.0, sum.1, ranks.0, ranks.1);
        assert!(sum.0 > ranks.0, "{name}: the sum serves answers to questions");
        let pages = Library::of(&entries, true).await;
        let sum = pages.figures(&queries, |hits| ids(hits, true)).await;
        let ranks = pages.figures(&queries, |hits| ids(hits, false)).await;
        println!("{name}, long documents: sum MRR {:.3} R@1 {:.1} %, ranks MRR {:.3} R@1 {:.1} %", sum.0, sum.1, ranks.0, ranks.1);
    }
}
