//! One bit for each of many directions: which rows can be near a query at all.
//!
//! Two vectors that lie near one another lie on the same side of most planes through the origin (Charikar, 2002: random hyperplanes). The
//! planes are those of a Hadamard transform after random changes of sign, which costs additions only and spreads a vector whose
//! components are not alike over all directions (Ailon and Chazelle, 2009). A sketch is a sixth of the row, so that a large index is looked through
//! with a sixth of the memory traffic; what agrees most is then measured.

use knowledge::dot::differences;
use triage::random::Random;

/// Seed of the changes of sign. Sketches live in memory only, so it may change with any version.
const SEED: u64 = 1;
/// Bits of a word.
const WORD_BITS: usize = u64::BITS as usize;

/// Sketches of all rows, as many words each as the directions need.
#[derive(Default)]
pub struct Sketches {
    /// Change of sign of each component; as many as there are directions, a power of two.
    signs: Vec<f32>,
    words: usize,
    bits: Vec<u64>,
}

impl Sketches {
    /// Forgets all rows; from now on vectors have so many components.
    pub fn start_anew(&mut self, dimensions: usize) {
        let directions = dimensions.next_power_of_two().max(WORD_BITS);
        let mut random = Random::seeded(SEED);
        let signs = (0..directions).map(|_| if random.next_u64() & 1 == 0 { 1.0 } else { -1.0 }).collect();
        *self = Sketches { signs, words: directions / WORD_BITS, bits: Vec::new() };
    }

    /// Writes a row, and makes it when it is new.
    pub fn set(&mut self, row: usize, components: impl Iterator<Item = f32>) {
        let sketch = self.sketch(components);
        let end = (row + 1) * self.words;
        if self.bits.len() < end {
            self.bits.resize(end, 0);
        }
        if let Some(place) = self.bits.get_mut(row * self.words..end) {
            place.copy_from_slice(&sketch);
        }
    }

    /// Rows among those that are allowed that agree most with the query: `wanted` of them, and those that tie with the last.
    pub fn nearest(&self, query: impl Iterator<Item = f32>, allowed: &[bool], wanted: usize) -> Vec<u32> {
        let query = self.sketch(query);
        let mut distances: Vec<u16> = Vec::with_capacity(allowed.len());
        differences(&self.bits, &query, |_, distance| distances.push(distance as u16));
        let mut counts = vec![0_usize; self.signs.len() + 1];
        for (distance, is_allowed) in distances.iter_mut().zip(allowed) {
            match counts.get_mut(usize::from(*distance)) {
                Some(count) if *is_allowed => *count += 1,
                Some(_) | None => *distance = u16::MAX,
            }
        }
        let mut sum = 0;
        let farthest = counts.iter().position(|count| {
            sum += count;
            sum >= wanted
        });
        let farthest = farthest.map_or(u16::MAX - 1, |distance| distance as u16);
        (0_u32..).zip(distances).take(allowed.len()).filter(|(_, distance)| *distance <= farthest).map(|(row, _)| row).collect()
    }

    fn sketch(&self, components: impl Iterator<Item = f32>) -> Vec<u64> {
        let mut values: Vec<f32> = self.signs.iter().zip(components).map(|(sign, component)| sign * component).collect();
        values.resize(self.signs.len(), 0.0);
        hadamard(&mut values);
        let word = |values: &[f32]| values.iter().rev().fold(0_u64, |word, value| word << 1 | u64::from(*value > 0.0));
        values.chunks(WORD_BITS).map(word).collect()
    }
}

/// The fast Hadamard transform, without its scale: the length is a power of two.
fn hadamard(values: &mut [f32]) {
    let mut half = 1;
    while half < values.len() {
        for pair in values.chunks_exact_mut(2 * half) {
            let (left, right) = pair.split_at_mut(half);
            for (left, right) in left.iter_mut().zip(right) {
                (*left, *right) = (*left + *right, *left - *right);
            }
        }
        half *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIMENSIONS: usize = 100;

    /// A vector that begins with noise of its own; the more of it, the farther from the others.
    fn vector(noise: usize) -> impl Iterator<Item = f32> {
        let mut random = Random::seeded(7 + noise as u64);
        let common = (0..DIMENSIONS).map(|place| ((place * 7 + 3) % 11) as f32 - 5.0);
        common.enumerate().map(move |(place, value)| if place < noise { (random.next_u64() % 11) as f32 - 5.0 } else { value })
    }

    fn sketches(noise: &[usize]) -> Sketches {
        let mut sketches = Sketches::default();
        sketches.start_anew(DIMENSIONS);
        noise.iter().enumerate().for_each(|(row, noise)| sketches.set(row, vector(*noise)));
        sketches
    }

    #[test]
    fn near_rows_come_first_with_those_that_tie_and_none_that_is_shut_out() {
        let sketches = sketches(&[0, 10, 95, 100, 0]);
        let near = |allowed: [bool; 5], wanted| sketches.nearest(vector(0), &allowed, wanted);
        assert_eq!(near([true; 5], 1), [0, 4]);
        assert_eq!(near([true; 5], 3), [0, 1, 4]);
        assert_eq!(near([false, true, true, true, false], 1), [1]);
        assert_eq!(near([true; 5], 100), [0, 1, 2, 3, 4], "more than there are");
        assert!(near([false; 5], 3).is_empty());
    }

    #[test]
    fn a_row_that_is_written_again_is_another() {
        let mut sketches = sketches(&[0, 90]);
        sketches.set(1, vector(0));
        sketches.set(0, vector(90));
        assert_eq!(sketches.nearest(vector(0), &[true; 2], 1), [1]);
    }

    #[test]
    fn the_transform_keeps_lengths_but_for_its_scale_and_is_its_own_inverse() {
        let before: Vec<f32> = vector(0).take(64).collect();
        let mut values = before.clone();
        hadamard(&mut values);
        let square = |values: &[f32]| values.iter().map(|value| value * value).sum::<f32>();
        assert!((square(&values) / 64.0 - square(&before)).abs() < 0.1);
        hadamard(&mut values);
        assert!(values.iter().zip(&before).all(|(twice, once)| (twice / 64.0 - once).abs() < 1e-4));
    }
}
