//! The child's side: reads one document after the other until the input ends.

use super::limits::{DocumentLimits, confine};
use super::wire;
use knowledge::document::DocumentKey;
use knowledge::stages::parse::{self, Parsed};
use std::io::{BufRead, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Takes on the limits, says so, and answers every document with one line of JSON. Ends with the input.
pub fn serve(input: &mut impl BufRead, output: &mut impl Write, limits: &DocumentLimits) -> std::io::Result<()> {
    confine(limits.memory_bytes_max)?;
    // A panic is answered like any other refusal; its words could hold words of the document.
    std::panic::set_hook(Box::new(|_| {}));
    output.write_all(wire::READY)?;
    output.flush()?;
    while let Some(raw) = wire::read(input, limits.file_bytes_max)? {
        let parsed = catch_unwind(AssertUnwindSafe(|| parse::parse(&raw)))
            .unwrap_or_else(|_| Parsed::refused(&raw.key, "is damaged in a way that its reader cannot get over: save it anew"));
        let key = raw.key.clone();
        drop(raw);
        output.write_all(&line(&key, parsed, limits.answer_bytes_max)?)?;
        output.flush()?;
    }
    Ok(())
}

fn line(key: &DocumentKey, parsed: Parsed, answer_bytes_max: u64) -> std::io::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(&parsed)?;
    if line.len() as u64 >= answer_bytes_max {
        drop(parsed);
        let reason = format!("holds more text than {answer_bytes_max} bytes (documents.answer_bytes_max): split it");
        line = serde_json::to_vec(&Parsed::refused(key, reason))?;
    }
    line.push(b'\n');
    Ok(line)
}
