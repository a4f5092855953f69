//! A limit on what one row may read: a quotation mark that is never closed takes the whole file for one field.

use std::io::{Error, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What a row may still read. Refilled before every row.
#[derive(Clone, Debug)]
pub struct Allowance(Arc<AtomicU64>);

impl Allowance {
    /// So many bytes.
    pub fn new(bytes: u64) -> Self {
        Allowance(Arc::new(AtomicU64::new(bytes)))
    }

    /// A new row begins.
    pub fn refill(&self, bytes: u64) {
        self.0.store(bytes, Ordering::Relaxed);
    }
}

/// Reads until the allowance is used up, then fails.
pub struct RowLimit<R> {
    input: R,
    allowance: Allowance,
}

impl<R> RowLimit<R> {
    /// Reads from `input` what `allowance` allows.
    pub fn new(input: R, allowance: Allowance) -> Self {
        RowLimit { input, allowance }
    }
}

impl<R: Read> Read for RowLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.allowance.0.load(Ordering::Relaxed);
        if left == 0 {
            return Err(Error::new(ErrorKind::FileTooLarge, "the row is too long"));
        }
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        let read = self.input.read(&mut buffer[..most])?;
        self.allowance.0.store(left.saturating_sub(read as u64), Ordering::Relaxed);
        Ok(read)
    }
}
