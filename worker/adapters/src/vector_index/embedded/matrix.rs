//! Vectors in eight-bit integers, row after row, and what rounding took away in eight more.
//!
//! A vector is stretched so that its largest component becomes 127, and rounded; a second row holds the rest of each component in
//! 254ths. A query is rounded to twelve bits. The scan reads the first row alone, whose cosines are within 0.01 of the true ones for 384
//! dimensions; what it puts first is measured again with both, within 0.001 (see the contract suite). A large matrix is not scanned whole:
//! sketches of one bit a direction say first which rows are worth it.

use super::sketch::Sketches;
use knowledge::dot::{self, dots, dots_at};
use knowledge::ports::embedder::Embedding;

/// The largest component of a row.
const ROW_COMPONENT_MAX: f32 = 127.0;
/// Steps of the rest in one step of a component: the rest lies between plus and minus a half, and 127 steps.
const REST_STEPS: f32 = 254.0;
/// From so many rows on sketches choose what is scanned; below, all rows are.
pub const SKETCHED_ROWS_MIN: usize = 8_192;
/// Rows that the sketches choose for each that is wanted, generously: of 71,738 customers' questions 500 chosen rows held all of the ten
/// nearest, for each of 200 queries (`docs/PERFORMANCE.md`).
pub const SKETCHED_PER_ROW: usize = 80;

/// A vector as it is stored.
#[derive(Clone, PartialEq, Debug)]
pub struct RowVector {
    values: Vec<i8>,
    rest: Vec<i8>,
    /// One over its length; zero for a vector of zeros, which is near nothing.
    scale: f32,
}

/// A vector as it is searched with.
#[derive(Clone, PartialEq, Debug)]
pub struct QueryVector {
    values: Vec<i16>,
    /// One over its length; zero for a vector of zeros, which is near nothing.
    scale: f32,
}

impl RowVector {
    /// Rounds a vector to be stored.
    pub fn row(embedding: &Embedding) -> Self {
        let (stretched, scale) = stretched(embedding, ROW_COMPONENT_MAX);
        let values = stretched.clone().map(|value| value.round() as i8).collect();
        let rest = stretched.map(|value| ((value - value.round()) * REST_STEPS).round() as i8).collect();
        RowVector { values, rest, scale }
    }
}

impl QueryVector {
    /// Rounds a vector to search with.
    pub fn query(embedding: &Embedding) -> Self {
        let (stretched, scale) = stretched(embedding, f32::from(dot::QUERY_COMPONENT_MAX));
        QueryVector { values: stretched.map(|value| value.round() as i16).collect(), scale }
    }
}

/// Components between plus and minus `component_max`, and one over their length. Components that are no finite number count as
/// zero.
fn stretched(embedding: &Embedding, component_max: f32) -> (impl Iterator<Item = f32> + Clone, f32) {
    let finite = |value: &f32| if value.is_finite() { *value } else { 0.0 };
    let largest = embedding.0.iter().map(finite).fold(0.0_f32, |most, value| most.max(value.abs()));
    let stretch = if largest > f32::MIN_POSITIVE { component_max / largest } else { 0.0 };
    let values = embedding.0.iter().map(move |value| finite(value) * stretch);
    let length = values.clone().map(|value| value * value).sum::<f32>().sqrt();
    (values, if length > 0.0 { 1.0 / length } else { 0.0 })
}

/// All rows. A row whose vector has another length than the newest one keeps its place and is near nothing.
#[derive(Default)]
pub struct Matrix {
    dimensions: usize,
    values: Vec<i8>,
    rest: Vec<i8>,
    scales: Vec<f32>,
    sketches: Sketches,
}

impl Matrix {
    /// Writes a row, and makes it when it is new. A vector of another length than before (another embedder) starts the
    /// matrix anew with that length: the other rows are near nothing until they come again.
    pub fn set(&mut self, row: usize, vector: &RowVector) {
        let rows = self.scales.len().max(row + 1);
        if vector.values.len() != self.dimensions {
            self.dimensions = vector.values.len();
            (self.values, self.rest) = (Vec::new(), Vec::new());
            self.scales.fill(0.0);
            self.sketches.start_anew(self.dimensions);
        }
        self.scales.resize(rows, 0.0);
        for (rows_of, row_of) in [(&mut self.values, &vector.values), (&mut self.rest, &vector.rest)] {
            rows_of.resize(rows * self.dimensions, 0);
            if let Some(place) = rows_of.get_mut(row * self.dimensions..(row + 1) * self.dimensions) {
                place.copy_from_slice(row_of);
            }
        }
        if let Some(scale) = self.scales.get_mut(row) {
            *scale = vector.scale;
        }
        self.sketches.set(row, vector.values.iter().map(|value| f32::from(*value)));
    }

    /// Forgets the vector of a row.
    pub fn clear(&mut self, row: usize) {
        for rows_of in [&mut self.values, &mut self.rest] {
            if let Some(place) = rows_of.get_mut(row * self.dimensions..(row + 1) * self.dimensions) {
                place.fill(0);
            }
        }
        if let Some(scale) = self.scales.get_mut(row) {
            *scale = 0.0;
        }
    }

    /// Cosines of rows with a query as well as they are known; zero where one of them is near nothing or their lengths differ.
    pub fn cosines(&self, rows: &[u32], query: &QueryVector) -> Vec<(f32, u32)> {
        let mut sums = vec![0.0_f32; rows.len()];
        if query.values.len() == self.dimensions {
            let mut add = |place: usize, sum: f32| {
                if let Some(of_row) = sums.get_mut(place) {
                    *of_row += sum
                }
            };
            dots_at(&self.values, rows, &query.values, |place, sum| add(place, sum as f32));
            dots_at(&self.rest, rows, &query.values, |place, sum| add(place, sum as f32 / REST_STEPS));
        }
        let scale = |row: &u32| self.scales.get(*row as usize).copied().unwrap_or(0.0) * query.scale;
        rows.iter().zip(sums).map(|(row, sum)| ((sum * scale(row)).clamp(-1.0, 1.0), *row)).collect()
    }

    /// Cosines to within 0.01 of rows that are allowed: of all of them in a small matrix, in a large one of those that can be among the
    /// `wanted` nearest.
    pub fn roughly(&self, query: &QueryVector, allowed: &[bool], wanted: usize, mut each: impl FnMut(u32, f32)) {
        if query.values.len() != self.dimensions || query.scale <= 0.0 {
            return;
        }
        let mut tell = |row: u32, sum: i32| {
            if let Some(scale) = self.scales.get(row as usize).filter(|scale| **scale > 0.0) {
                each(row, sum as f32 * scale * query.scale);
            }
        };
        if self.scales.len() < SKETCHED_ROWS_MIN {
            dots(&self.values, &query.values, |row, sum| {
                if allowed.get(row).copied().unwrap_or(false) {
                    tell(row as u32, sum);
                }
            });
            return;
        }
        let components = query.values.iter().map(|value| f32::from(*value));
        let near = self.sketches.nearest(components, allowed, wanted.saturating_mul(SKETCHED_PER_ROW));
        dots_at(&self.values, &near, &query.values, |place, sum| near.get(place).into_iter().for_each(|row| tell(*row, sum)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[f32]) -> RowVector {
        RowVector::row(&Embedding::unit(values.to_vec()))
    }

    fn query(values: &[f32]) -> QueryVector {
        QueryVector::query(&Embedding::unit(values.to_vec()))
    }

    fn cosine(matrix: &Matrix, row: u32, query: &QueryVector) -> f32 {
        matrix.cosines(&[row], query)[0].0
    }

    fn roughly(matrix: &Matrix, row: u32, query: &QueryVector) -> Option<f32> {
        let mut found = None;
        matrix.roughly(query, &[true; 8], 8, |other, cosine| found = if other == row { Some(cosine) } else { found });
        found
    }

    #[test]
    fn a_vector_is_as_near_to_itself_as_can_be() {
        let mut matrix = Matrix::default();
        matrix.set(0, &row(&[0.3, -0.2, 0.9, 0.01]));
        assert!((cosine(&matrix, 0, &query(&[0.3, -0.2, 0.9, 0.01])) - 1.0).abs() < 1e-4);
        assert!((cosine(&matrix, 0, &query(&[-0.3, 0.2, -0.9, -0.01])) + 1.0).abs() < 1e-4);
    }

    #[test]
    fn a_measured_cosine_is_within_a_thousandth_and_a_rough_one_within_a_hundredth() {
        let mut state = 7_u64;
        let mut vector = || {
            let mut component = || {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (state >> 40) as f32 / (1_u64 << 24) as f32 - 0.5
            };
            Embedding::unit((0..384).map(|_| component()).collect())
        };
        for _ in 0..200 {
            let (one, other) = (vector(), vector());
            let true_cosine: f32 = one.0.iter().zip(&other.0).map(|(a, b)| a * b).sum();
            let mut matrix = Matrix::default();
            matrix.set(0, &RowVector::row(&one));
            let query = QueryVector::query(&other);
            assert!((cosine(&matrix, 0, &query) - true_cosine).abs() < 0.001);
            assert!((roughly(&matrix, 0, &query).unwrap_or(1.0) - true_cosine).abs() < 0.01);
        }
    }

    #[test]
    fn in_a_large_matrix_the_sketches_choose_nearly_all_that_a_scan_finds() {
        const DIMENSIONS: usize = 64;
        const WANTED: usize = 10;
        let mut random = triage::random::Random::seeded(11);
        let mut noise =
            |weight: f32| -> Vec<f32> { (0..DIMENSIONS).map(|_| (random.below(2_001) as f32 / 1_000.0 - 1.0) * weight).collect() };
        let topics: Vec<Vec<f32>> = (0..200).map(|_| noise(1.0)).collect();
        let mut about = |topic: usize| {
            let own = noise(0.7);
            // Most of the length lies in few components, as with embeddings that were put together of parts.
            let values = topics[topic].iter().zip(own).enumerate().map(|(at, (topic, own))| (topic + own) / (1.0 + at as f32 / 8.0));
            Embedding::unit(values.collect())
        };
        let mut matrix = Matrix::default();
        for place in 0..2 * SKETCHED_ROWS_MIN {
            matrix.set(place, &RowVector::row(&about(place % 200)));
        }
        let rows = matrix.scales.len();
        let first = |mut found: Vec<(f32, u32)>| -> Vec<u32> {
            found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            found.into_iter().take(WANTED).map(|(_, row)| row).collect()
        };
        let (mut found, mut looked_at) = (0, 0);
        for topic in 0..50 {
            let query = QueryVector::query(&about(topic));
            let exact = first((0..rows as u32).map(|row| (cosine(&matrix, row, &query), row)).collect());
            let mut roughly = Vec::new();
            matrix.roughly(&query, &vec![true; rows], 50, |row, _| roughly.push((cosine(&matrix, row, &query), row)));
            looked_at += roughly.len();
            found += first(roughly).iter().filter(|row| exact.contains(row)).count();
        }
        assert!(found >= 50 * WANTED * 95 / 100, "{found} of {}", 50 * WANTED);
        assert!(looked_at < 50 * rows / 3, "looked at {looked_at}");
    }

    #[test]
    fn zeros_and_other_lengths_are_near_nothing() {
        let mut matrix = Matrix::default();
        matrix.set(1, &row(&[1.0, 0.0]));
        assert_eq!(roughly(&matrix, 0, &query(&[1.0, 0.0])), None, "a row that was never written");
        assert_eq!(roughly(&matrix, 1, &query(&[0.0, 0.0])), None);
        assert_eq!(roughly(&matrix, 1, &query(&[1.0, 0.0, 0.0])), None);
        assert_eq!(roughly(&matrix, 7, &query(&[1.0, 0.0])), None);
        assert_eq!(row(&[f32::NAN, f32::NAN]).scale, 0.0);
    }

    #[test]
    fn another_embedder_starts_anew() {
        let mut matrix = Matrix::default();
        matrix.set(0, &row(&[1.0, 0.0]));
        matrix.set(1, &row(&[0.0, 1.0, 0.0]));
        assert_eq!(roughly(&matrix, 0, &query(&[1.0, 0.0])), None);
        assert_eq!(roughly(&matrix, 0, &query(&[1.0, 0.0, 0.0])), None);
        assert_eq!(roughly(&matrix, 1, &query(&[0.0, 1.0, 0.0])), Some(1.0));
    }
}
