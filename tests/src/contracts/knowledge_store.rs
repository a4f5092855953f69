//! What every store of the knowledge must do.

use super::keys::{brings, loses, second, source, version};
use knowledge::curation::standing::Log;
use knowledge::curation::{Act, Curation, Target};
use knowledge::document::DocumentKey;
use knowledge::ports::store::{IndexChange, KnowledgeStore, Revision, SourceChange, StoreError};
use knowledge::source::SourceId;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use triage::evidence::{PassageId, PassageKind};
use triage::intent::IntentName;

/// What a law says when it cannot be tried.
pub type Held = Result<(), StoreError>;

/// Makes an empty store.
pub type Make<'a> = &'a dyn Fn() -> Arc<dyn KnowledgeStore>;

/// Name of the embedder in all laws.
const EMBEDDER: &str = "hashed-3";

/// Runs every law on a store of its own.
pub async fn holds(make: Make<'_>) -> Held {
    an_empty_store_knows_nothing(make()).await?;
    a_sync_is_kept_with_all_it_brings(make()).await?;
    a_source_must_be_known(make()).await?;
    an_empty_sync_leaves_the_revision(make()).await?;
    a_new_version_closes_the_former(make()).await?;
    versions_never_overlap(make()).await?;
    a_wording_that_comes_back_keeps_both_periods(make()).await?;
    the_same_version_again_replaces_its_keys(make()).await?;
    changes_come_in_order_and_in_steps(make()).await?;
    marks_hold_for_passage_document_and_source(make()).await?;
    marks_hold_for_versions_that_come_later(make()).await?;
    a_mark_without_a_target_is_refused(make()).await?;
    history_is_told_newest_first(make()).await?;
    what_was_said_is_kept_with_its_moment(make()).await?;
    what_was_said_of_a_text_holds_while_the_text_stays(make()).await?;
    approved_answers_are_told_by_their_intent(make()).await?;
    a_removed_source_leaves_only_ids(make()).await
}

fn id(name: &str) -> SourceId {
    SourceId(name.to_owned())
}

fn curation(act: Act, target: Target) -> Curation {
    Curation { act, target, by: "ada".to_owned(), why: "outdated".to_owned() }
}

fn document(name: &str) -> Target {
    Target::Document { source: id("handbook"), document: DocumentKey(name.to_owned()) }
}

async fn handbook(store: &dyn KnowledgeStore, at: i64, change: &SourceChange) -> Held {
    store.put_source(&source("handbook"), second(at)).await?;
    store.apply(&id("handbook"), change, EMBEDDER, second(at)).await
}

/// Every passage as an index would know it: text, period, hidden, pinned.
async fn all(store: &dyn KnowledgeStore) -> Result<BTreeMap<String, (String, i64, Option<i64>, bool, bool)>, StoreError> {
    let (changes, _) = store.changes_since(Revision(0), 10_000).await?;
    let told = |change| match change {
        IndexChange::Upsert { chunk, hidden, pinned, .. } => {
            let period = (chunk.valid_from.as_second(), chunk.valid_to.map(|end| end.as_second()));
            Some((chunk.id.0, (chunk.text, period.0, period.1, hidden, pinned)))
        }
        IndexChange::Remove(_) => None,
    };
    Ok(changes.into_iter().filter_map(told).collect())
}

async fn an_empty_store_knows_nothing(store: Arc<dyn KnowledgeStore>) -> Held {
    assert_eq!(store.revision().await?, Revision(0));
    assert!(store.sources().await?.is_empty());
    assert_eq!(store.embedder().await?, None);
    assert_eq!(store.changes_since(Revision(0), 10).await?, (Vec::new(), Revision(0)));
    assert!(!store.remove_source(&id("handbook"), second(1)).await?);
    Ok(())
}

async fn a_sync_is_kept_with_all_it_brings(store: Arc<dyn KnowledgeStore>) -> Held {
    let new = version("returns.md", "v1", 5, &["30 days", "in its box"]);
    handbook(&*store, 10, &brings(vec![new.clone()])).await?;
    assert_eq!(store.embedder().await?.as_deref(), Some(EMBEDDER));
    assert_eq!(store.versions(&id("handbook")).await?, BTreeMap::from([(DocumentKey("returns.md".to_owned()), "v1".to_owned())]));
    let summary = &store.sources().await?[0];
    assert_eq!((summary.documents, summary.passages, summary.hidden), (1, 2, 0));
    assert_eq!((&summary.source, summary.synced_at), (&source("handbook"), Some(second(10))));
    let (changes, revision) = store.changes_since(Revision(0), 10).await?;
    assert_eq!(revision, store.revision().await?);
    for (change, written) in changes.iter().zip(&new.chunks) {
        let IndexChange::Upsert { chunk, keys, hidden: false, pinned: false } = change else { panic!("a new passage is an upsert") };
        let mut expected = written.chunk.clone();
        expected.valid_from = second(5);
        assert_eq!(**chunk, expected);
        let expected: Vec<_> = written.keys.iter().map(|key| (key.kind, key.text.clone(), key.embedding.clone())).collect();
        assert_eq!(*keys, expected, "vectors come back bit for bit");
    }
    let ids: Vec<PassageId> = ["returns.md-v1-1", "unknown", "returns.md-v1-0"].map(|id| PassageId(id.to_owned())).to_vec();
    let found: Vec<String> = store.passages(&ids).await?.into_iter().map(|chunk| chunk.text).collect();
    assert_eq!(found, ["in its box", "30 days"], "in the order of the ids, unknown ones left out");
    Ok(())
}

async fn a_source_must_be_known(store: Arc<dyn KnowledgeStore>) -> Held {
    let error = store.apply(&id("gossip"), &brings(vec![version("a.md", "v1", 5, &["x"])]), EMBEDDER, second(10)).await;
    assert!(error.is_err_and(|error| error.to_string().contains("add it first")));
    assert!(store.sources().await?.is_empty());
    Ok(())
}

async fn an_empty_sync_leaves_the_revision(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["x"])])).await?;
    let before = store.revision().await?;
    assert!(before > Revision(0));
    handbook(&*store, 20, &SourceChange::default()).await?;
    assert_eq!(store.revision().await?, before);
    Ok(())
}

async fn a_new_version_closes_the_former(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["30 days"]), version("b.md", "v1", 5, &["box"])])).await?;
    let seen = store.revision().await?;
    handbook(&*store, 30, &brings(vec![version("a.md", "v2", 30, &["14 days"])])).await?;
    let (changes, _) = store.changes_since(seen, 10).await?;
    assert_eq!(changes.len(), 2, "the former and the new one, and not the other document");
    let known = all(&*store).await?;
    assert_eq!(known["a.md-v1-0"], ("30 days".to_owned(), 5, Some(30), false, false));
    assert_eq!(known["a.md-v2-0"], ("14 days".to_owned(), 30, None, false, false));
    handbook(&*store, 40, &loses(&["a.md", "never.md"])).await?;
    assert_eq!(all(&*store).await?["a.md-v2-0"].2, Some(40));
    assert_eq!(store.versions(&id("handbook")).await?.len(), 1);
    assert_eq!(store.sources().await?[0].passages, 1);
    Ok(())
}

async fn versions_never_overlap(store: Arc<dyn KnowledgeStore>) -> Held {
    let declared = [(5, 100), (5, 110), (50, 120), (2, 130), (200, 140), (150, 150), (300, 160)];
    for (number, (valid_from, at)) in (1..).zip(declared) {
        handbook(&*store, at, &brings(vec![version("a.md", &format!("v{number}"), valid_from, &["x"])])).await?;
    }
    handbook(&*store, 170, &loses(&["a.md"])).await?;
    handbook(&*store, 400, &brings(vec![version("a.md", "v8", 5, &["x"])])).await?;
    let (mut lines, _) = store.history(&id("handbook"), &DocumentKey("a.md".to_owned())).await?;
    lines.reverse();
    let starts: Vec<i64> = lines.iter().map(|line| line.valid_from.as_second()).collect();
    assert_eq!(starts, [5, 110, 120, 130, 200, 200, 300, 400]);
    for pair in lines.windows(2) {
        assert!(pair[0].valid_to.is_some_and(|end| end <= pair[1].valid_from && end >= pair[0].valid_from), "{pair:?}");
    }
    assert_eq!(lines.last().map(|line| line.valid_to), Some(None), "the newest one is open");
    Ok(())
}

async fn a_wording_that_comes_back_keeps_both_periods(store: Arc<dyn KnowledgeStore>) -> Held {
    let (summer, winter) =
        (|from| version("hours.md", "summer", from, &["9 to 7"]), |from| version("hours.md", "winter", from, &["9 to 5"]));
    for (at, hours) in [(10, summer(10)), (20, winter(20)), (30, summer(30)), (40, winter(40))] {
        handbook(&*store, at, &brings(vec![hours])).await?;
        if at == 10 {
            let hide = curation(Act::Hide, Target::Passage { passage: PassageId("hours.md-summer-0".to_owned()) });
            assert!(store.curate(&hide, second(15)).await?);
        }
    }
    let known = all(&*store).await?;
    let periods: BTreeSet<(&str, i64, Option<i64>, bool)> =
        known.values().map(|(text, from, to, hidden, _)| (text.as_str(), *from, *to, *hidden)).collect();
    let expected =
        [("9 to 7", 10, Some(15), false), ("9 to 5", 20, Some(30), false), ("9 to 7", 30, Some(15), true), ("9 to 5", 40, None, false)];
    assert_eq!(periods, BTreeSet::from(expected), "the admin's word on a wording comes back with it");
    Ok(())
}

async fn the_same_version_again_replaces_its_keys(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["one", "two", "three"])])).await?;
    let seen = store.revision().await?;
    let mut again = version("a.md", "v1", 99, &["one", "two"]);
    again.chunks[0].keys[0].embedding.0 = vec![0.0, 1.0];
    store.apply(&id("handbook"), &brings(vec![again]), "other-2", second(20)).await?;
    assert_eq!(store.embedder().await?.as_deref(), Some("other-2"));
    let known = all(&*store).await?;
    assert_eq!(known.len(), 2);
    assert!(known.values().all(|(_, from, to, ..)| (*from, *to) == (5, None)), "its dates stay: {known:?}");
    let (changes, _) = store.changes_since(seen, 10).await?;
    let removed = changes.iter().filter(|change| matches!(change, IndexChange::Remove(passage) if passage.0 == "a.md-v1-2")).count();
    let new_vectors = changes
        .iter()
        .filter(|change| matches!(change, IndexChange::Upsert { keys, .. } if keys[0].2.0 == [0.0, 1.0] && keys.len() == 1))
        .count();
    assert_eq!((removed, new_vectors), (1, 1));
    Ok(())
}

async fn changes_come_in_order_and_in_steps(store: Arc<dyn KnowledgeStore>) -> Held {
    let texts = ["a", "b", "c", "d", "e", "f", "g"];
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &texts)])).await?;
    let (mut at, mut told) = (Revision(0), Vec::new());
    loop {
        let (changes, next) = store.changes_since(at, 2).await?;
        if changes.is_empty() {
            assert_eq!(next, store.revision().await?);
            break;
        }
        assert!(changes.len() <= 2 && next > at);
        told.extend(changes);
        at = next;
    }
    let (whole, _) = store.changes_since(Revision(0), 100).await?;
    assert_eq!(told, whole, "small steps lead through the same changes, one sync of many passages included");
    assert_eq!(whole.len(), texts.len());
    Ok(())
}

async fn marks_hold_for_passage_document_and_source(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["one", "two"]), version("b.md", "v1", 5, &["three"])])).await?;
    let passage = Target::Passage { passage: PassageId("a.md-v1-0".to_owned()) };
    let whole = Target::Source { source: id("handbook") };
    let steps: [(Act, &Target, [bool; 3]); 6] = [
        (Act::Hide, &passage, [true, false, false]),
        (Act::Hide, &document("a.md"), [true, true, false]),
        (Act::Hide, &whole, [true, true, true]),
        (Act::Unhide, &whole, [true, true, false]),
        (Act::Unhide, &document("a.md"), [true, false, false]),
        (Act::Unhide, &passage, [false, false, false]),
    ];
    for (act, target, expected) in steps {
        let before = store.revision().await?;
        assert!(store.curate(&curation(act, target.clone()), second(20)).await?);
        assert!(store.revision().await? > before);
        let known = all(&*store).await?;
        let hidden = ["a.md-v1-0", "a.md-v1-1", "b.md-v1-0"].map(|passage| known[passage].2 == Some(20));
        assert_eq!(hidden, expected, "{target:?}");
        assert_eq!(store.sources().await?[0].hidden, hidden.iter().filter(|hidden| **hidden).count() as u64);
    }
    assert!(store.curate(&curation(Act::Pin, document("a.md")), second(20)).await?);
    assert_eq!(all(&*store).await?.values().map(|known| known.4).collect::<Vec<_>>(), [true, true, false]);
    assert!(store.curate(&curation(Act::Unpin, document("a.md")), second(20)).await?);
    assert!(all(&*store).await?.values().all(|known| !known.4));
    Ok(())
}

async fn marks_hold_for_versions_that_come_later(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["one"])])).await?;
    assert!(store.curate(&curation(Act::Hide, document("a.md")), second(20)).await?);
    assert!(store.curate(&curation(Act::Pin, Target::Source { source: id("handbook") }), second(20)).await?);
    let seen = store.revision().await?;
    handbook(&*store, 30, &brings(vec![version("a.md", "v2", 30, &["two"]), version("b.md", "v1", 30, &["three"])])).await?;
    let known = all(&*store).await?;
    assert_eq!((known["a.md-v2-0"].3, known["b.md-v1-0"].3), (true, false), "hidden before it began: at no moment to be found");
    assert!(known.values().all(|passage| passage.4));
    let (changes, _) = store.changes_since(seen, 10).await?;
    assert!(changes.iter().all(|change| matches!(change, IndexChange::Upsert { pinned: true, .. })), "the index hears of it");
    Ok(())
}

async fn a_mark_without_a_target_is_refused(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["one"])])).await?;
    let before = store.revision().await?;
    let nowhere = [
        Target::Passage { passage: PassageId("nothing".to_owned()) },
        document("nothing.md"),
        Target::Document { source: id("gossip"), document: DocumentKey("a.md".to_owned()) },
        Target::Source { source: id("gossip") },
    ];
    for target in nowhere {
        assert!(!store.curate(&curation(Act::Hide, target), second(20)).await?);
    }
    assert_eq!(store.revision().await?, before);
    assert!(store.history(&id("handbook"), &DocumentKey("a.md".to_owned())).await?.1.is_empty());
    Ok(())
}

async fn history_is_told_newest_first(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["one", "two"]), version("b.md", "v1", 5, &["other"])])).await?;
    assert!(store.curate(&curation(Act::Hide, document("a.md")), second(20)).await?);
    assert!(store.curate(&curation(Act::Hide, document("b.md")), second(21)).await?);
    assert!(store.curate(&curation(Act::Pin, Target::Source { source: id("handbook") }), second(22)).await?);
    handbook(&*store, 30, &brings(vec![version("a.md", "v2", 30, &["three"])])).await?;
    let (versions, audit) = store.history(&id("handbook"), &DocumentKey("a.md".to_owned())).await?;
    let told: Vec<_> = versions.iter().map(|line| (line.version.as_str(), line.passages)).collect();
    assert_eq!(told, [("v2", 1), ("v1", 2)]);
    let told: Vec<_> = audit.iter().map(|line| (line.what.as_str(), line.by.as_str(), line.at)).collect();
    assert_eq!(told, [("pin source handbook", "ada", second(22)), ("hide document a.md", "ada", second(20))]);
    let whole: Vec<_> = store.audit(2).await?.into_iter().map(|line| line.what).collect();
    assert_eq!(whole, ["pin source handbook", "hide document b.md"]);
    Ok(())
}

async fn what_was_said_is_kept_with_its_moment(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["one", "two"])])).await?;
    let passage = Target::Passage { passage: PassageId("a.md-v1-0".to_owned()) };
    let acts = [
        (20, Act::Hide),
        (30, Act::Unhide),
        (40, Act::Boost { factor: 1.5 }),
        (50, Act::Verify { until: Some(second(90)) }),
        (60, Act::Own { owner: Some("ada".to_owned()) }),
        (70, Act::Approve { intent: IntentName("hours".to_owned()) }),
    ];
    for (at, act) in &acts {
        let before = store.revision().await?;
        assert!(store.curate(&curation(act.clone(), passage.clone()), second(*at)).await?);
        assert!(store.revision().await? > before, "whoever searches must hear of it");
    }
    let told: Vec<_> = store.curations().await?.into_iter().map(|entry| (entry.at.as_second(), entry.act, entry.target)).collect();
    assert_eq!(told, acts.map(|(at, act)| (at, act, passage.clone())));
    let log = Log::new(store.curations().await?);
    let chunk = store.passages(&[PassageId("a.md-v1-0".to_owned())]).await?.remove(0);
    assert_eq!([10, 20, 29, 30].map(|at| log.standing(&chunk, second(at)).hidden), [false, true, true, false]);
    let now = log.standing(&chunk, second(100));
    assert_eq!((now.boost, now.owner.as_deref(), now.is_overdue(second(100))), (1.5, Some("ada"), true));
    assert_eq!(log.approved(&IntentName("hours".to_owned()), second(100)), [chunk.id]);
    assert!(log.approved(&IntentName("hours".to_owned()), second(69)).is_empty());
    Ok(())
}

async fn what_was_said_of_a_text_holds_while_the_text_stays(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["one", "two"])])).await?;
    for (passage, act) in [("a.md-v1-0", Act::Hide), ("a.md-v1-1", Act::Own { owner: Some("ada".to_owned()) })] {
        assert!(store.curate(&curation(act, Target::Passage { passage: PassageId(passage.to_owned()) }), second(20)).await?);
    }
    handbook(&*store, 30, &brings(vec![version("a.md", "v2", 30, &["zero", "one", "two"])])).await?;
    let known = all(&*store).await?;
    let hidden = ["a.md-v2-0", "a.md-v2-1", "a.md-v2-2"].map(|passage| known[passage].3);
    assert_eq!(hidden, [false, true, false], "the hidden text moved down and stays hidden");
    let log = Log::new(store.curations().await?);
    let moved = store.passages(&[PassageId("a.md-v2-2".to_owned())]).await?.remove(0);
    assert_eq!(log.standing(&moved, second(40)).owner.as_deref(), Some("ada"));
    Ok(())
}

async fn approved_answers_are_told_by_their_intent(store: Arc<dyn KnowledgeStore>) -> Held {
    let mut answers = version("faq.csv", "v1", 5, &["by mail", "a page"]);
    let names = |answers: &[(IntentName, PassageId)]| answers.iter().map(|(intent, _)| intent.0.clone()).collect::<Vec<_>>();
    for (keyed, kind) in answers.chunks.iter_mut().zip([PassageKind::Approved, PassageKind::Document]) {
        keyed.chunk.kind = kind;
        keyed.chunk.intent = Some(IntentName("returns".to_owned()));
    }
    let id = answers.chunks[0].chunk.id.clone();
    handbook(store.as_ref(), 10, &brings(vec![answers])).await?;
    let told = store.answers_to_intents().await?;
    assert_eq!((names(&told), &told[0].1), (vec!["returns".to_owned()], &id));
    store.remove_source(&self::id("handbook"), second(20)).await?;
    assert_eq!(store.answers_to_intents().await?, []);
    Ok(())
}

async fn a_removed_source_leaves_only_ids(store: Arc<dyn KnowledgeStore>) -> Held {
    handbook(&*store, 10, &brings(vec![version("a.md", "v1", 5, &["one"])])).await?;
    store.put_source(&source("faq"), second(10)).await?;
    let mut other = version("faq.csv", "v1", 5, &["kept"]);
    other.chunks[0].chunk.source = id("faq");
    store.apply(&id("faq"), &brings(vec![other]), EMBEDDER, second(10)).await?;
    assert!(store.curate(&curation(Act::Hide, document("a.md")), second(15)).await?);
    let seen = store.revision().await?;
    assert!(store.remove_source(&id("handbook"), second(20)).await?);
    assert!(!store.remove_source(&id("handbook"), second(21)).await?);
    let (changes, _) = store.changes_since(seen, 10).await?;
    assert_eq!(changes, [IndexChange::Remove(PassageId("a.md-v1-0".to_owned()))]);
    assert!(store.passages(&[PassageId("a.md-v1-0".to_owned())]).await?.is_empty());
    assert_eq!(store.sources().await?.len(), 1);
    let (versions, audit) = store.history(&id("handbook"), &DocumentKey("a.md".to_owned())).await?;
    assert_eq!((versions.len(), audit[0].what.as_str()), (0, "remove source handbook"), "the audit stays");
    handbook(&*store, 30, &brings(vec![version("a.md", "v1", 5, &["one"])])).await?;
    assert!(store.curations().await?.is_empty());
    assert!(!all(&*store).await?["a.md-v1-0"].3, "a source that is added again starts without marks");
    Ok(())
}
