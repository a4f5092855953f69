//! Vectors in eight-bit integers, row after row.
//!
//! A vector is stretched so that its largest component becomes 127, and rounded; its scale is one over the length of the
//! rounded vector. A query is rounded the same way to twelve bits. Their product times both scales is the cosine of the
//! rounded vectors: for 384 dimensions within 0.01 of the true one (see the contract suite).

use super::scan;
use knowledge::ports::embedder::Embedding;

/// The largest component of a row.
const ROW_COMPONENT_MAX: f32 = 127.0;

/// A rounded vector; `T` is the type of its components.
#[derive(Clone, PartialEq, Debug)]
pub struct Quantized<T> {
    /// Its components.
    pub values: Vec<T>,
    /// One over its length; zero for a vector of zeros, which is near nothing.
    pub scale: f32,
}

/// A vector as it is stored.
pub type RowVector = Quantized<i8>;
/// A vector that is searched with.
pub type QueryVector = Quantized<i16>;

impl RowVector {
    /// Rounds a vector to be stored.
    pub fn row(embedding: &Embedding) -> Self {
        let (rounded, scale) = rounded(embedding, ROW_COMPONENT_MAX);
        Quantized { values: rounded.map(|value| value as i8).collect(), scale }
    }
}

impl QueryVector {
    /// Rounds a vector to search with.
    pub fn query(embedding: &Embedding) -> Self {
        let (rounded, scale) = rounded(embedding, f32::from(scan::QUERY_COMPONENT_MAX));
        Quantized { values: rounded.map(|value| value as i16).collect(), scale }
    }
}

/// Whole numbers between plus and minus `component_max`, and one over their length. Components that are no finite number
/// count as zero.
fn rounded(embedding: &Embedding, component_max: f32) -> (impl Iterator<Item = f32>, f32) {
    let finite = |value: &f32| if value.is_finite() { *value } else { 0.0 };
    let largest = embedding.0.iter().map(finite).fold(0.0_f32, |most, value| most.max(value.abs()));
    let stretch = if largest > f32::MIN_POSITIVE { component_max / largest } else { 0.0 };
    let values = embedding.0.iter().map(move |value| (finite(value) * stretch).round());
    let length = values.clone().map(|value| value * value).sum::<f32>().sqrt();
    (values, if length > 0.0 { 1.0 / length } else { 0.0 })
}

/// All rows. A row whose vector has another length than the newest one keeps its place and is near nothing.
#[derive(Default)]
pub struct Matrix {
    dimensions: usize,
    values: Vec<i8>,
    scales: Vec<f32>,
}

impl Matrix {
    /// Writes a row, and makes it when it is new. A vector of another length than before (another embedder) starts the
    /// matrix anew with that length: the other rows are near nothing until they come again.
    pub fn set(&mut self, row: usize, vector: &RowVector) {
        let rows = self.scales.len().max(row + 1);
        if vector.values.len() != self.dimensions {
            self.dimensions = vector.values.len();
            self.values = Vec::new();
            self.scales.fill(0.0);
        }
        self.scales.resize(rows, 0.0);
        self.values.resize(rows * self.dimensions, 0);
        let start = row * self.dimensions;
        if let Some(values) = self.values.get_mut(start..start + self.dimensions) {
            values.copy_from_slice(&vector.values);
        }
        if let Some(scale) = self.scales.get_mut(row) {
            *scale = vector.scale;
        }
    }

    /// Forgets the vector of a row.
    pub fn clear(&mut self, row: usize) {
        let start = row * self.dimensions;
        if let Some(values) = self.values.get_mut(start..start + self.dimensions) {
            values.fill(0);
        }
        if let Some(scale) = self.scales.get_mut(row) {
            *scale = 0.0;
        }
    }

    /// Cosine of a row with a query; zero when one of them is near nothing or their lengths differ.
    pub fn cosine(&self, row: usize, query: &QueryVector) -> f32 {
        self.measured(row, query).unwrap_or(0.0)
    }

    /// Cosine of a row with a query, when both have a direction and the same length.
    pub fn measured(&self, row: usize, query: &QueryVector) -> Option<f32> {
        let scale = self.scales.get(row).copied().filter(|scale| *scale > 0.0)?;
        if query.values.len() != self.dimensions || query.scale <= 0.0 {
            return None;
        }
        let start = row * self.dimensions;
        let values = self.values.get(start..start + self.dimensions)?;
        Some((scan::dot(values, &query.values) as f32 * scale * query.scale).clamp(-1.0, 1.0))
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

    #[test]
    fn a_vector_is_as_near_to_itself_as_can_be() {
        let mut matrix = Matrix::default();
        matrix.set(0, &row(&[0.3, -0.2, 0.9, 0.01]));
        assert!((matrix.cosine(0, &query(&[0.3, -0.2, 0.9, 0.01])) - 1.0).abs() < 1e-4);
        assert!((matrix.cosine(0, &query(&[-0.3, 0.2, -0.9, -0.01])) + 1.0).abs() < 1e-4);
    }

    #[test]
    fn zeros_and_other_lengths_are_near_nothing() {
        let mut matrix = Matrix::default();
        matrix.set(1, &row(&[1.0, 0.0]));
        assert_eq!(matrix.measured(0, &query(&[1.0, 0.0])), None, "a row that was never written");
        assert_eq!(matrix.measured(1, &query(&[0.0, 0.0])), None);
        assert_eq!(matrix.measured(1, &query(&[1.0, 0.0, 0.0])), None);
        assert_eq!(matrix.measured(7, &query(&[1.0, 0.0])), None);
        assert_eq!(row(&[f32::NAN, f32::NAN]).scale, 0.0);
    }

    #[test]
    fn another_embedder_starts_anew() {
        let mut matrix = Matrix::default();
        matrix.set(0, &row(&[1.0, 0.0]));
        matrix.set(1, &row(&[0.0, 1.0, 0.0]));
        assert_eq!(matrix.measured(0, &query(&[1.0, 0.0])), None);
        assert_eq!(matrix.measured(0, &query(&[1.0, 0.0, 0.0])), None);
        assert_eq!(matrix.measured(1, &query(&[0.0, 1.0, 0.0])), Some(1.0));
    }
}
