//! The one hot loop, of the index and of the nearest examples: a row of eight-bit numbers times a query of sixteen-bit numbers.
//!
//! The instructions are named because plain code is some ten times slower wherever the compiler does not find them by itself
//! (it does not in development builds).

#![expect(unsafe_code, reason = "the instructions exist only on some processors, which `dot` asks first; each load stays within its block")]

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    _mm_loadu_si128, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_loadu_si256, _mm256_madd_epi16, _mm256_setzero_si256,
    _mm256_storeu_si256,
};

/// Values that are multiplied at a time: as many 16-bit values as fill a register of 256 bits.
const LANES: usize = 16;
/// The largest component of a query. With rows up to 127, vectors of 30,000 components fit a sum of 32 bits.
pub const QUERY_COMPONENT_MAX: i16 = 4095;

/// Sum of products of a row and a query. They MUST have equal length: the caller compares lengths once, not here each time.
pub fn dot(row: &[i8], query: &[i16]) -> i32 {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { dot_avx2(row, query) };
    }
    dot_portable(row, query)
}

/// Sixteen values of a row are widened to 16 bits, multiplied, and added in pairs to eight sums of 32 bits.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dot_avx2(row: &[i8], query: &[i16]) -> i32 {
    let (row_blocks, row_rest) = row.as_chunks::<LANES>();
    let (query_blocks, query_rest) = query.as_chunks::<LANES>();
    let mut sums = _mm256_setzero_si256();
    for (row_block, query_block) in row_blocks.iter().zip(query_blocks) {
        // SAFETY: a block of the row is the 16 bytes, a block of the query the 32 bytes that are read; no alignment is needed.
        let (narrow, wide) = unsafe { (_mm_loadu_si128(row_block.as_ptr().cast()), _mm256_loadu_si256(query_block.as_ptr().cast())) };
        sums = _mm256_add_epi32(sums, _mm256_madd_epi16(_mm256_cvtepi8_epi16(narrow), wide));
    }
    let mut lanes = [0_i32; 8];
    // SAFETY: the array is the 32 bytes that are written; no alignment is needed.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), sums) };
    let rest = dot_portable(row_rest, query_rest);
    lanes.iter().fold(rest, |sum, lane| sum.wrapping_add(*lane))
}

fn dot_portable(row: &[i8], query: &[i16]) -> i32 {
    row.iter().zip(query).fold(0, |sum, (x, y)| sum.wrapping_add(i32::from(*x) * i32::from(*y)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_gives_the_plain_sum_of_products() {
        for length in [0_usize, 1, 15, 16, 17, 31, 32, 33, 100, 256, 384, 1000] {
            let row: Vec<i8> = (0..length).map(|i| ((i * 37 + 11) % 255) as u8 as i8).collect();
            let query: Vec<i16> = (0..length).map(|i| ((i * 9_176 + 5) % 8_191) as i16 - QUERY_COMPONENT_MAX).collect();
            let expected: i64 = row.iter().zip(&query).map(|(x, y)| i64::from(*x) * i64::from(*y)).sum();
            assert_eq!(i64::from(dot(&row, &query)), expected, "length {length}");
            assert_eq!(i64::from(dot_portable(&row, &query)), expected, "length {length}, portable");
        }
    }

    #[test]
    fn the_extremes_do_not_overflow() {
        let (row, query) = ([-127_i8; 4096], [QUERY_COMPONENT_MAX; 4096]);
        assert_eq!(dot(&row, &query), -127 * 4096 * i32::from(QUERY_COMPONENT_MAX));
        assert_eq!(dot_portable(&row, &query), dot(&row, &query));
    }
}
