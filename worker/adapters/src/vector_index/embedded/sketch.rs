//! One bit a component: which rows can be near a query at all.
//!
//! Two vectors that lie near one another agree in the signs of most components (random hyperplanes: Charikar, 2002). A sketch is an
//! eighth of the row, so that a large index is looked through in an eighth of the memory traffic; what agrees most is then measured.

use knowledge::dot::differences;

/// Sketches of all rows, as many words each as the signs need.
#[derive(Default)]
pub struct Sketches {
    words: usize,
    bits: Vec<u64>,
}

impl Sketches {
    /// Forgets all rows; from now on vectors have so many components.
    pub fn start_anew(&mut self, dimensions: usize) {
        *self = Sketches { words: dimensions.div_ceil(u64::BITS as usize), bits: Vec::new() };
    }

    /// Writes a row, and makes it when it is new.
    pub fn set(&mut self, row: usize, is_positive: impl Iterator<Item = bool>) {
        let end = (row + 1) * self.words;
        if self.bits.len() < end {
            self.bits.resize(end, 0);
        }
        if let Some(place) = self.bits.get_mut(row * self.words..end) {
            write(place, is_positive);
        }
    }

    /// Rows among those that are allowed that agree most with the query: `wanted` of them, and those that tie with the last.
    pub fn nearest(&self, is_positive: impl Iterator<Item = bool>, allowed: &[bool], wanted: usize) -> Vec<u32> {
        let mut query = vec![0; self.words];
        write(&mut query, is_positive);
        let mut distances: Vec<u16> = Vec::with_capacity(allowed.len());
        let mut counts = vec![0_usize; self.words * u64::BITS as usize + 1];
        differences(&self.bits, &query, |row, distance| {
            let is_allowed = allowed.get(row).copied().unwrap_or(false);
            distances.push(if is_allowed { distance as u16 } else { u16::MAX });
            if is_allowed && let Some(count) = counts.get_mut(distance as usize) {
                *count += 1;
            }
        });
        let mut sum = 0;
        let farthest = counts.iter().position(|count| {
            sum += count;
            sum >= wanted
        });
        let farthest = farthest.map_or(u16::MAX - 1, |distance| distance as u16);
        (0_u32..).zip(distances).filter(|(_, distance)| *distance <= farthest).map(|(row, _)| row).collect()
    }
}

fn write(place: &mut [u64], is_positive: impl Iterator<Item = bool>) {
    place.fill(0);
    for (position, is_positive) in is_positive.enumerate() {
        if let Some(word) = place.get_mut(position / u64::BITS as usize) {
            *word |= u64::from(is_positive) << (position % u64::BITS as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(bits: u8) -> impl Iterator<Item = bool> {
        (0..8).map(move |place| bits >> place & 1 == 1)
    }

    #[test]
    fn rows_that_agree_most_come_with_those_that_tie_and_none_that_is_shut_out() {
        let mut sketches = Sketches::default();
        sketches.start_anew(8);
        for (row, bits) in [0b1111_0000, 0b1111_0001, 0b1111_0010, 0b0000_1111, 0b1111_0000].into_iter().enumerate() {
            sketches.set(row, signs(bits));
        }
        let near = |allowed: [bool; 5], wanted| sketches.nearest(signs(0b1111_0000), &allowed, wanted);
        assert_eq!(near([true; 5], 1), [0, 4]);
        assert_eq!(near([true; 5], 3), [0, 1, 2, 4]);
        assert_eq!(near([false, true, true, true, false], 1), [1, 2]);
        assert_eq!(near([true; 5], 100), [0, 1, 2, 3, 4], "more than there are");
        assert!(near([false; 5], 3).is_empty());
    }

    #[test]
    fn a_row_that_is_written_again_is_another() {
        let mut sketches = Sketches::default();
        sketches.start_anew(8);
        sketches.set(0, signs(0b1111_1111));
        sketches.set(2, signs(0b0000_1111));
        sketches.set(0, signs(0));
        assert_eq!(sketches.nearest(signs(0), &[true, false, true], 1), [0]);
    }
}
