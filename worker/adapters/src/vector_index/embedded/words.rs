//! Finding rows by their words: BM25 (k1 1.2, b 0.75) over a tantivy index in memory.
//!
//! The words themselves are not kept, only their postings. The writer lives for one change: its buffers and threads are
//! gone while the worker answers.

use super::best::Best;
use crate::vector_index::tokens;
use std::collections::HashMap;
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::index::SegmentId;
use tantivy::indexer::{IndexWriterOptions, NoMergePolicy};
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::{
    DocId, Index, IndexReader, IndexWriter, ReloadPolicy, Score, Searcher, SegmentOrdinal, SegmentReader, TantivyDocument, Term,
};

/// Name of the analyzer in the index.
const ANALYZER: &str = "sms";
/// Name of the field that holds a document's row.
const ROW: &str = "row";
/// Name of the field that holds a document's words.
const TEXT: &str = "text";
/// The smallest buffer that tantivy allows a writer, in bytes.
const WRITER_BYTES: usize = 15_000_000;
/// With more segments than this they are merged into one: each search visits them all.
const SEGMENTS_MAX: usize = 8;

/// A document whose row is not known: none is.
const NO_ROW: u32 = u32::MAX;

/// Postings of all keys.
pub struct Words {
    index: Index,
    reader: IndexReader,
    text: Field,
    row: Field,
    rows: HashMap<SegmentId, Arc<Vec<u32>>>,
}

/// One state of the postings, to be searched.
#[derive(Clone)]
pub struct Postings {
    searcher: Searcher,
    /// The row of every document, for each segment: written out, because a search asks it of every document that it scores.
    rows: Vec<Arc<Vec<u32>>>,
}

impl Words {
    /// An empty index.
    pub fn new() -> tantivy::Result<Self> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default().set_tokenizer(ANALYZER).set_index_option(IndexRecordOption::WithFreqs);
        let text = schema.add_text_field(TEXT, TextOptions::default().set_indexing_options(indexing));
        let row = schema.add_u64_field(ROW, FAST | INDEXED);
        let index = Index::create_in_ram(schema.build());
        index.tokenizers().register(ANALYZER, tokens::analyzer());
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Words { index, reader, text, row, rows: HashMap::new() })
    }

    /// Takes rows out, then puts rows in. The postings that were handed out before still show the former state.
    pub fn change(&mut self, removed: &[u32], added: &[(u32, &str)]) -> tantivy::Result<Postings> {
        if !removed.is_empty() || !added.is_empty() {
            let options =
                IndexWriterOptions::builder().num_worker_threads(1).num_merge_threads(1).memory_budget_per_thread(WRITER_BYTES).build();
            let mut writer: IndexWriter = self.index.writer_with_options(options)?;
            writer.set_merge_policy(Box::new(NoMergePolicy));
            for row in removed {
                writer.delete_term(Term::from_field_u64(self.row, u64::from(*row)));
            }
            for (row, text) in added {
                let mut document = TantivyDocument::default();
                document.add_text(self.text, text);
                document.add_u64(self.row, u64::from(*row));
                writer.add_document(document)?;
            }
            writer.commit()?;
            self.merge(&mut writer)?;
            writer.wait_merging_threads()?;
            self.reader.reload()?;
        }
        self.postings()
    }

    /// The newest state.
    pub fn postings(&mut self) -> tantivy::Result<Postings> {
        let searcher = self.reader.searcher();
        let (mut known, mut rows) = (HashMap::new(), Vec::new());
        for segment in searcher.segment_readers() {
            let of_segment = match self.rows.remove(&segment.segment_id()) {
                Some(of_segment) => of_segment,
                None => Arc::new(rows_of(segment)?),
            };
            known.insert(segment.segment_id(), Arc::clone(&of_segment));
            rows.push(of_segment);
        }
        self.rows = known;
        Ok(Postings { searcher, rows })
    }

    /// Few segments, and none that counts many words of rows that are gone.
    fn merge(&self, writer: &mut IndexWriter) -> tantivy::Result<()> {
        let segments = self.index.searchable_segment_metas()?;
        let deleted: u32 = segments.iter().map(|segment| segment.num_deleted_docs()).sum();
        let documents: u32 = segments.iter().map(|segment| segment.max_doc()).sum();
        if segments.len() > SEGMENTS_MAX || deleted > documents / 4 {
            let ids: Vec<_> = segments.iter().map(|segment| segment.id()).collect();
            writer.merge(&ids).wait()?;
            writer.garbage_collect_files().wait()?;
        }
        Ok(())
    }
}

/// The row of every document.
fn rows_of(segment: &SegmentReader) -> tantivy::Result<Vec<u32>> {
    let column = segment.fast_fields().u64(ROW)?;
    let row = |document| column.first(document).and_then(|row| u32::try_from(row).ok()).unwrap_or(NO_ROW);
    Ok((0..segment.max_doc()).map(row).collect())
}

/// The best allowed rows by words, with those that tie with the last.
pub fn search(postings: &Postings, text: &str, allowed: &Arc<Vec<bool>>, limit: usize) -> tantivy::Result<Vec<(f32, u32)>> {
    let field = postings.searcher.schema().get_field(TEXT)?;
    let clauses: Vec<(Occur, Box<dyn Query>)> = tokens::query_words(text)
        .iter()
        .map(|word| {
            let query = TermQuery::new(Term::from_field_text(field, word), IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(query) as Box<dyn Query>)
        })
        .collect();
    if clauses.is_empty() || limit == 0 {
        return Ok(Vec::new());
    }
    let collector = AllowedRows { rows: postings.rows.clone(), allowed: Arc::clone(allowed), limit };
    postings.searcher.search(&BooleanQuery::new(clauses), &collector)
}

/// Collects the best rows among those that are allowed: what is shut out takes no place. Every row that holds a word is scored: to skip
/// blocks of rows that cannot be among the best took twice as long, at 10,000 and at 100,000 passages, for a question has many words and
/// many rows are wanted.
struct AllowedRows {
    rows: Vec<Arc<Vec<u32>>>,
    allowed: Arc<Vec<bool>>,
    limit: usize,
}

/// The same in one segment.
struct AllowedRowsOfSegment {
    rows: Arc<Vec<u32>>,
    allowed: Arc<Vec<bool>>,
    best: Best,
}

impl Collector for AllowedRows {
    type Fruit = Vec<(f32, u32)>;
    type Child = AllowedRowsOfSegment;

    fn for_segment(&self, segment: SegmentOrdinal, _reader: &SegmentReader) -> tantivy::Result<Self::Child> {
        let rows = self.rows.get(segment as usize).cloned().unwrap_or_default();
        Ok(AllowedRowsOfSegment { rows, allowed: Arc::clone(&self.allowed), best: Best::new(self.limit) })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Self::Fruit>) -> tantivy::Result<Self::Fruit> {
        let mut best = Best::new(self.limit);
        fruits.into_iter().flatten().for_each(|(score, row)| best.push(score, row));
        Ok(best.finish())
    }
}

impl SegmentCollector for AllowedRowsOfSegment {
    type Fruit = Vec<(f32, u32)>;

    fn collect(&mut self, document: DocId, score: Score) {
        let row = self.rows.get(document as usize).copied().unwrap_or(NO_ROW);
        if self.allowed.get(row as usize).copied().unwrap_or(false) {
            self.best.push(score, row);
        }
    }

    fn harvest(self) -> Self::Fruit {
        self.best.finish()
    }
}
