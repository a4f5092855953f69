//! Content hashes, so that a receipt can say exactly what was in force.

use serde::Serialize;
use sha2::{Digest, Sha256};

/// How many hexadecimal digits a short hash has: enough to tell versions apart, short enough to read aloud.
pub const SHORT_HASH_DIGITS: usize = 16;

/// The first digits of the SHA-256 of some bytes.
pub fn of_bytes(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(SHORT_HASH_DIGITS / 2).map(|byte| format!("{byte:02x}")).collect()
}

/// The hash of a value's JSON. Maps in our types are ordered, so equal values have equal hashes.
pub fn of<T: Serialize>(value: &T) -> String {
    match serde_json::to_vec(value) {
        Ok(json) => of_bytes(&json),
        Err(_) => String::new(),
    }
}
