//! The bare parts of a replay with nothing around them, in the same run: machines differ, and one machine differs by the hour.

use crate::measure::Timer;
use crate::measure::bare::Bare;
use crate::measure::shop::Shop;
use rusqlite::Connection;
use std::path::Path;

/// Passages that questions are held against.
const PASSAGES: usize = 10_000;
/// Questions that are asked.
const QUESTIONS: usize = 10_000;
/// Rows in one commit.
const GROUP: usize = 500;
/// Bytes of a row.
const ROW_BYTES: usize = 2_048;

/// Milliseconds of CPU a ticket: one linear model over 77 classes, BM25's first twenty and an exact scan over 10,000 passages, one row of two
/// kilobytes written.
pub(crate) fn ms_a_ticket(folder: &Path) -> f64 {
    let mut shop = Shop::of(PASSAGES);
    let bare = Bare::of(&shop.passages);
    let questions: Vec<String> = (0..QUESTIONS).map(|_| shop.asked().1).collect();
    let mut rows = Connection::open(folder.join("ceiling.db")).unwrap();
    rows.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; CREATE TABLE line (found INTEGER, body BLOB)").unwrap();
    let body = vec![b'x'; ROW_BYTES];
    let timer = Timer::start();
    for group in questions.chunks(GROUP) {
        let transaction = rows.transaction().unwrap();
        for question in group {
            let found = i64::try_from(bare.read(question)).unwrap();
            transaction.prepare_cached("INSERT INTO line VALUES (?1, ?2)").unwrap().execute((found, &body)).unwrap();
        }
        transaction.commit().unwrap();
    }
    timer.cpu_s() / QUESTIONS as f64 * 1e3
}
