//! The bare parts of a message's way with nothing around them: what no worker that does them can stay below.
//!
//! Three durable steps in group commits of 32 messages (taken in, decided with two kilobytes of receipt, sent), BM25's first
//! twenty by tantivy, an exact scan of 10,000 vectors in bytes, and one linear model over 77 classes on hashed n-grams.

use crate::measure::Timer;
use crate::measure::bare::Bare;
use crate::measure::shop::Shop;
use rusqlite::Connection;
use std::path::Path;

/// Messages in one group commit.
const GROUP: usize = 32;
/// Bytes of a receipt.
const RECEIPT_BYTES: usize = 2_048;

/// Milliseconds of CPU a message.
pub(crate) fn ms_a_message(folder: &Path, passages: usize, messages: usize) -> f64 {
    let mut shop = Shop::of(passages);
    let bare = Bare::of(&shop.passages);
    let mut ledger = Connection::open(folder.join("ceiling.db")).unwrap();
    let schema = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
                  CREATE TABLE message (id INTEGER PRIMARY KEY, text TEXT, state INTEGER, receipt BLOB)";
    ledger.execute_batch(schema).unwrap();
    let questions: Vec<String> = (0..messages).map(|_| shop.asked().1).collect();
    let receipt = vec![b'x'; RECEIPT_BYTES];
    let timer = Timer::start();
    let mut found = 0;
    for (group, questions) in questions.chunks(GROUP).enumerate() {
        let ids = || (0_i64..).map(|n| n + (group * GROUP) as i64).zip(questions);
        commit(&mut ledger, |step| ids().for_each(|(id, text)| step("INSERT INTO message VALUES (?1, ?2, 0, NULL)", &[&id, text])));
        for question in questions {
            found += bare.read(question);
        }
        commit(&mut ledger, |step| {
            ids().for_each(|(id, _)| step("UPDATE message SET state = 1, receipt = ?2 WHERE id = ?1", &[&id, &receipt]));
        });
        commit(&mut ledger, |step| ids().for_each(|(id, _)| step("UPDATE message SET state = 2 WHERE id = ?1", &[&id])));
    }
    std::hint::black_box(found);
    timer.cpu_s() / messages as f64 * 1e3
}

type Step<'a> = &'a mut dyn FnMut(&str, &[&dyn rusqlite::ToSql]);

fn commit(ledger: &mut Connection, steps: impl FnOnce(Step)) {
    let transaction = ledger.transaction().unwrap();
    steps(&mut |sql, values| {
        transaction.prepare_cached(sql).unwrap().execute(values).unwrap();
    });
    transaction.commit().unwrap();
}
