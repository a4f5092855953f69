//! The hot loops, of the index and of the minds: rows of eight-bit numbers times a query of sixteen-bit numbers, bits in which rows differ
//! from a query, and weighted sums of rows.
//!
//! The instructions are named because plain code is some ten times slower wherever the compiler does not find them by itself
//! (it does not in development builds). Whole blocks of rows are worked through at once: what the processor can do is asked once, not
//! for each row.

#![expect(unsafe_code, reason = "the instructions exist only on some processors, which is asked first; each load stays within its block")]

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{
    __m256i, _MM_HINT_T0, _mm_add_epi32, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_prefetch, _mm_shuffle_epi32, _mm_unpackhi_epi64,
    _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cvtepi8_epi16, _mm256_extracti128_si256, _mm256_loadu_si256, _mm256_madd_epi16,
    _mm256_setzero_si256,
};

/// Values that are multiplied at a time: as many 16-bit values as fill a register of 256 bits.
const LANES: usize = 16;
/// Rows that lie apart are fetched so many ahead, for memory is slower than the products.
const ROWS_AHEAD: usize = 8;
/// Bytes that are fetched at a time.
const LINE_BYTES: usize = 64;
/// The largest component of a query. With rows up to 127, vectors of 30,000 components fit a sum of 32 bits.
pub const QUERY_COMPONENT_MAX: i16 = 4095;

/// Sum of products of a row and a query. They MUST have equal length: the caller compares lengths once, not here each time.
pub fn dot(row: &[i8], query: &[i16]) -> i32 {
    let mut sum = 0;
    dots(row, query, |_, of_row| sum = of_row);
    sum
}

/// The same of every row of a block of rows, one behind the other; `each` is told the row's place and its sum. What is left behind the
/// last whole row is not looked at.
pub fn dots(rows: &[i8], query: &[i16], each: impl FnMut(usize, i32)) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { dots_avx2(rows, query, each) };
    }
    dots_portable(rows, query, each);
}

/// The same of chosen rows of a block, which may lie anywhere in it; `each` is told the place among the chosen. A row that is not there
/// is passed over.
pub fn dots_at(rows: &[i8], chosen: &[u32], query: &[i16], each: impl FnMut(usize, i32)) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { dots_at_avx2(rows, chosen, query, each) };
    }
    dots_at_portable(rows, chosen, query, each);
}

/// How many bits of a query each row of a block of rows has otherwise; a row has as many words as the query.
pub fn differences(rows: &[u64], query: &[u64], each: impl FnMut(usize, u32)) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("popcnt") {
        // SAFETY: the processor counts bits.
        return unsafe { differences_popcnt(rows, query, each) };
    }
    differences_portable(rows, query, each);
}

/// Adds rows of eight-bit numbers, each times a factor, to sums, one after the other; a row has as many numbers as there are sums. The
/// order of additions is that of the rows, so that the sums are the same everywhere. A row that is not there adds nothing.
pub fn add_rows(sums: &mut [f32], rows: &[i8], wanted: impl Iterator<Item = (usize, f32)>) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { add_rows_avx2(sums, rows, wanted) };
    }
    add_rows_portable(sums, rows, wanted);
}

/// Sum of products of floating-point numbers. Eight sums side by side, so that the processor can add them at once; the order is fixed,
/// so that the sum is the same everywhere.
pub fn dot_floats(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 8];
    let (a_blocks, a_rest) = a.as_chunks::<8>();
    let (b_blocks, b_rest) = b.as_chunks::<8>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        sums.iter_mut().zip(a).zip(b).for_each(|((sum, a), b)| *sum += a * b);
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    rest + sums.iter().sum::<f32>()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dots_avx2(rows: &[i8], query: &[i16], mut each: impl FnMut(usize, i32)) {
    let (query_blocks, query_rest) = query.as_chunks::<LANES>();
    for (place, row) in rows.chunks_exact(query.len().max(1)).enumerate() {
        let (row_blocks, row_rest) = row.as_chunks::<LANES>();
        each(place, sum_avx2(row_blocks, query_blocks).wrapping_add(sum_portable(row_rest, query_rest)));
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dots_at_avx2(rows: &[i8], chosen: &[u32], query: &[i16], mut each: impl FnMut(usize, i32)) {
    let (query_blocks, query_rest) = query.as_chunks::<LANES>();
    for (place, row) in chosen.iter().enumerate() {
        if let Some(ahead) = chosen.get(place + ROWS_AHEAD).and_then(|row| row_at(rows, *row, query.len())) {
            ahead.iter().step_by(LINE_BYTES).for_each(|byte| _mm_prefetch::<_MM_HINT_T0>(byte));
        }
        let Some(values) = row_at(rows, *row, query.len()) else { continue };
        let (row_blocks, row_rest) = values.as_chunks::<LANES>();
        each(place, sum_avx2(row_blocks, query_blocks).wrapping_add(sum_portable(row_rest, query_rest)));
    }
}

/// Sixteen values of a row are widened to 16 bits, multiplied, and added in pairs to eight sums of 32 bits. Two sets of sums take
/// turns, so that one addition need not wait for the one before.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn sum_avx2(row: &[[i8; LANES]], query: &[[i16; LANES]]) -> i32 {
    let products = |row: &[i8; LANES], query: &[i16; LANES]| -> __m256i {
        // SAFETY: a block of the row is the 16 bytes, a block of the query the 32 bytes that are read; no alignment is needed.
        let (narrow, wide) = unsafe { (_mm_loadu_si128(row.as_ptr().cast()), _mm256_loadu_si256(query.as_ptr().cast())) };
        _mm256_madd_epi16(_mm256_cvtepi8_epi16(narrow), wide)
    };
    let (row_pairs, row_last) = row.as_chunks::<2>();
    let (query_pairs, query_last) = query.as_chunks::<2>();
    let (mut even, mut odd) = (_mm256_setzero_si256(), _mm256_setzero_si256());
    for ([row_even, row_odd], [query_even, query_odd]) in row_pairs.iter().zip(query_pairs) {
        even = _mm256_add_epi32(even, products(row_even, query_even));
        odd = _mm256_add_epi32(odd, products(row_odd, query_odd));
    }
    for (row, query) in row_last.iter().zip(query_last) {
        even = _mm256_add_epi32(even, products(row, query));
    }
    let eight = _mm256_add_epi32(even, odd);
    let four = _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256::<1>(eight));
    let two = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
    _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<1>(two)))
}

fn dots_portable(rows: &[i8], query: &[i16], mut each: impl FnMut(usize, i32)) {
    for (place, row) in rows.chunks_exact(query.len().max(1)).enumerate() {
        each(place, sum_portable(row, query));
    }
}

fn dots_at_portable(rows: &[i8], chosen: &[u32], query: &[i16], mut each: impl FnMut(usize, i32)) {
    for (place, row) in chosen.iter().enumerate() {
        if let Some(values) = row_at(rows, *row, query.len()) {
            each(place, sum_portable(values, query));
        }
    }
}

fn row_at(rows: &[i8], row: u32, length: usize) -> Option<&[i8]> {
    rows.get((row as usize).checked_mul(length)?..)?.get(..length)
}

fn sum_portable(row: &[i8], query: &[i16]) -> i32 {
    row.iter().zip(query).fold(0, |sum, (x, y)| sum.wrapping_add(i32::from(*x) * i32::from(*y)))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "popcnt")]
fn differences_popcnt(rows: &[u64], query: &[u64], each: impl FnMut(usize, u32)) {
    differences_portable(rows, query, each);
}

#[inline(always)]
fn differences_portable(rows: &[u64], query: &[u64], mut each: impl FnMut(usize, u32)) {
    for (place, row) in rows.chunks_exact(query.len().max(1)).enumerate() {
        each(place, row.iter().zip(query).fold(0, |sum, (x, y)| sum + (x ^ y).count_ones()));
    }
}

/// The compiler widens eight numbers at a time where it may; it fuses no multiplication with an addition.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_rows_avx2(sums: &mut [f32], rows: &[i8], wanted: impl Iterator<Item = (usize, f32)>) {
    add_rows_portable(sums, rows, wanted);
}

#[inline(always)]
fn add_rows_portable(sums: &mut [f32], rows: &[i8], wanted: impl Iterator<Item = (usize, f32)>) {
    for (row, factor) in wanted {
        let Some(row) = row.checked_mul(sums.len()).and_then(|start| rows.get(start..)?.get(..sums.len())) else { continue };
        sums.iter_mut().zip(row).for_each(|(sum, value)| *sum += factor * f32::from(*value));
    }
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
            assert_eq!(i64::from(sum_portable(&row, &query)), expected, "length {length}, portable");
        }
    }

    #[test]
    fn the_extremes_do_not_overflow() {
        let (row, query) = ([-127_i8; 4096], [QUERY_COMPONENT_MAX; 4096]);
        assert_eq!(dot(&row, &query), -127 * 4096 * i32::from(QUERY_COMPONENT_MAX));
        assert_eq!(sum_portable(&row, &query), dot(&row, &query));
    }

    #[test]
    fn a_block_gives_each_row_its_own_sum_and_leaves_the_rest_alone() {
        let rows: Vec<i8> = (0..100_i32).map(|i| (i % 127) as i8).collect();
        let query: Vec<i16> = (0..33).collect();
        let mut sums = Vec::new();
        dots(&rows, &query, |place, sum| sums.push((place, sum)));
        let of = |place: usize| sum_portable(&rows[place * 33..(place + 1) * 33], &query);
        assert_eq!(sums, [(0, of(0)), (1, of(1)), (2, of(2))]);
        dots(&rows, &[], |_, sum| assert_eq!(sum, 0, "nothing times nothing"));
    }

    #[test]
    fn rows_that_are_chosen_give_the_sums_of_the_block_and_others_are_passed_over() {
        let rows: Vec<i8> = (0..40 * 33).map(|i| (i * 29 % 251) as u8 as i8).collect();
        let query: Vec<i16> = (0..33).map(|i| i * 100 - 1_500).collect();
        let chosen: Vec<u32> = (0..60).rev().step_by(3).chain([7, 7, u32::MAX]).collect();
        let of = |row: u32| sum_portable(&rows[row as usize * 33..(row as usize + 1) * 33], &query);
        let there = chosen.iter().enumerate().filter(|(_, row)| **row < 40);
        let expected: Vec<(usize, i32)> = there.map(|(place, row)| (place, of(*row))).collect();
        let (mut sums, mut portable) = (Vec::new(), Vec::new());
        dots_at(&rows, &chosen, &query, |place, sum| sums.push((place, sum)));
        dots_at_portable(&rows, &chosen, &query, |place, sum| portable.push((place, sum)));
        assert_eq!(sums, expected);
        assert_eq!(portable, expected);
    }

    #[test]
    fn bits_that_differ_are_counted_for_each_row() {
        let (rows, query) = ([0b1011_u64, u64::MAX, 0b0001, 0], [0b0001_u64, 0]);
        let mut counted = Vec::new();
        differences(&rows, &query, |place, count| counted.push((place, count)));
        assert_eq!(counted, [(0, 2 + 64), (1, 0)]);
        let mut portable = Vec::new();
        differences_portable(&rows, &query, |place, count| portable.push((place, count)));
        assert_eq!(portable, counted);
    }

    #[test]
    fn rows_are_added_in_their_order_with_their_factors() {
        let rows: Vec<i8> = (0..77 * 5).map(|i| (i % 251) as u8 as i8).collect();
        let wanted = [(4, 0.37_f32), (0, -1.9), (9, 5.0), (2, 1e-3)];
        let (mut sums, mut portable, mut plain) = (vec![0.5_f32; 77], vec![0.5_f32; 77], vec![0.5_f32; 77]);
        add_rows(&mut sums, &rows, wanted.into_iter());
        add_rows_portable(&mut portable, &rows, wanted.into_iter());
        for (row, factor) in wanted.into_iter().filter(|(row, _)| *row < 5) {
            for (place, sum) in plain.iter_mut().enumerate() {
                *sum += factor * f32::from(rows[row * 77 + place]);
            }
        }
        assert_eq!(sums, plain);
        assert_eq!(portable, plain);
    }
}
