//! The table's bytes: a header, the vocabulary, a scale a token, a row of signed bytes a token.
//!
//! Header, little endian: the magic word, `u32` version, `u32` tokens, `u32` dimensions, `u32` bytes of the vocabulary, SHA-256 of all
//! that follows. Then the vocabulary (UTF-8, a token a line), the scales (`f32`) and the rows (`i8`).

use crate::learned::static_table::wordpiece::Vocabulary;
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

/// The table that is compiled in.
static BYTES: &[u8] = include_bytes!("../../../table/table.bin");
const MAGIC: &[u8; 8] = b"WHIMTABL";
/// The only version that is read.
pub const VERSION: u32 = 1;
const HASH_BYTES: usize = 32;

/// The bytes are not a table.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum TableError {
    /// The file does not begin as a table does.
    #[error("not a table of token vectors")]
    Magic,
    /// Made for another program.
    #[error("version {0} of the table is not known, only {VERSION}")]
    Version(u32),
    /// The parts are longer or shorter than the header says.
    #[error("the parts of the table have other lengths than its header says")]
    Lengths,
    /// The vocabulary is not UTF-8 or has another number of tokens.
    #[error("the vocabulary of the table cannot be read")]
    Vocabulary,
}

/// Token vectors and the vocabulary that names them.
#[derive(Debug)]
pub struct Table<'a> {
    /// Tokens to rows.
    pub vocabulary: Vocabulary,
    /// Length of the vectors.
    pub dimensions: usize,
    scales: Vec<f32>,
    rows: &'a [u8],
    hash: &'a [u8],
    body: &'a [u8],
}

impl<'a> Table<'a> {
    /// Reads a table. The hash is not checked here: see [`Table::is_whole`].
    pub fn parse(bytes: &'a [u8]) -> Result<Self, TableError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(TableError::Magic)?;
        let (version, rest) = number(rest)?;
        if version != VERSION {
            return Err(TableError::Version(version));
        }
        let (tokens, rest) = length(rest)?;
        let (dimensions, rest) = length(rest)?;
        let (vocabulary_bytes, rest) = length(rest)?;
        let (hash, body) = rest.split_at_checked(HASH_BYTES).ok_or(TableError::Lengths)?;
        let (names, rest) = body.split_at_checked(vocabulary_bytes).ok_or(TableError::Lengths)?;
        let scale_bytes = tokens.checked_mul(size_of::<f32>()).ok_or(TableError::Lengths)?;
        let (scales, rows) = rest.split_at_checked(scale_bytes).ok_or(TableError::Lengths)?;
        if dimensions == 0 || tokens.checked_mul(dimensions) != Some(rows.len()) {
            return Err(TableError::Lengths);
        }
        let names = std::str::from_utf8(names).map_err(|_| TableError::Vocabulary)?;
        if names.lines().count() != tokens {
            return Err(TableError::Vocabulary);
        }
        let scales = scales.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect();
        Ok(Table { vocabulary: Vocabulary::new(names.lines()), dimensions, scales, rows, hash, body })
    }

    /// The parts are those that the header's hash was made of.
    pub fn is_whole(&self) -> bool {
        Sha256::digest(self.body).as_slice() == self.hash
    }

    /// Adds a token's vector to a sum of so many dimensions; a place without a row adds nothing.
    pub fn add(&self, place: u32, sum: &mut [f32]) {
        let place = place as usize;
        let row = place.checked_mul(self.dimensions).and_then(|start| self.rows.get(start..)?.get(..self.dimensions));
        if let (Some(row), Some(scale)) = (row, self.scales.get(place)) {
            sum.iter_mut().zip(row).for_each(|(sum, byte)| *sum += f32::from(byte.cast_signed()) * scale);
        }
    }
}

fn number(bytes: &[u8]) -> Result<(u32, &[u8]), TableError> {
    let (four, rest) = bytes.split_first_chunk().ok_or(TableError::Lengths)?;
    Ok((u32::from_le_bytes(*four), rest))
}

fn length(bytes: &[u8]) -> Result<(usize, &[u8]), TableError> {
    let (number, rest) = number(bytes)?;
    Ok((usize::try_from(number).map_err(|_| TableError::Lengths)?, rest))
}

/// The table that is compiled in, read when it is first asked for.
pub fn built_in() -> Result<&'static Table<'static>, TableError> {
    static TABLE: OnceLock<Result<Table<'static>, TableError>> = OnceLock::new();
    TABLE.get_or_init(|| Table::parse(BYTES)).as_ref().map_err(|error| *error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two tokens, two dimensions.
    fn small() -> Vec<u8> {
        let body: Vec<u8> = [b"a\nb\n".as_slice(), &0.5f32.to_le_bytes(), &2.0f32.to_le_bytes(), &[2, 254, 3, 4]].concat();
        let numbers = [VERSION, 2, 2, 4].map(u32::to_le_bytes).concat();
        [MAGIC.as_slice(), &numbers, &Sha256::digest(&body), &body].concat()
    }

    #[test]
    fn the_table_that_is_compiled_in_is_whole() {
        assert!(built_in().unwrap().is_whole());
        assert!(BYTES.len() <= 8_000_000);
    }

    #[test]
    fn rows_are_scaled_and_summed() {
        let bytes = small();
        let table = Table::parse(&bytes).unwrap();
        let mut sum = [0.0; 2];
        for place in table.vocabulary.places("a b") {
            table.add(place, &mut sum);
        }
        table.add(7, &mut sum);
        assert_eq!(sum, [1.0 + 6.0, -1.0 + 8.0]);
        assert!(table.is_whole());
    }

    #[test]
    fn damaged_bytes_are_refused() {
        let bytes = small();
        let with = |at: usize, byte: u8| {
            let mut other = bytes.clone();
            other[at] = byte;
            other
        };
        assert_eq!(Table::parse(&with(0, 0)).unwrap_err(), TableError::Magic);
        assert_eq!(Table::parse(&with(8, 9)).unwrap_err(), TableError::Version(9));
        assert_eq!(Table::parse(&with(12, 3)).unwrap_err(), TableError::Lengths);
        assert_eq!(Table::parse(&with(56, 0xff)).unwrap_err(), TableError::Vocabulary);
        assert!(!Table::parse(&with(bytes.len() - 1, 0)).unwrap().is_whole());
        for length in 0..bytes.len() {
            assert!(Table::parse(&bytes[..length]).is_err(), "{length} bytes");
        }
    }
}
