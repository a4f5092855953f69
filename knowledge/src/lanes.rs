//! Weights of thirty-two classes side by side, feature after feature: what training asks of them, for all of the classes at once.
//!
//! A feature's weights of these classes fill four registers of 256 bits. Sums stay in registers from the first feature to the last; none is
//! fused, and the order of additions is that of the features, so that the sums are the same everywhere.

#![expect(unsafe_code, reason = "the instructions exist only on some processors, which is asked first; each load stays within its lanes")]

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{_mm256_add_ps, _mm256_loadu_ps, _mm256_mul_ps, _mm256_set1_ps, _mm256_storeu_ps};

/// Classes that are worked on at once.
pub const LANES: usize = 32;
/// One number for each of them.
pub type Lanes = [f32; LANES];

/// Adds a sparse row times the weights of its features to the sums. An index beyond the weights adds nothing.
pub fn add_products(sums: &mut Lanes, weights: &[Lanes], indices: &[u32], values: &[f32]) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { add_products_avx2(sums, weights, indices, values) };
    }
    add_products_portable(sums, weights, indices, values);
}

/// Adds the factors, each feature's times its value, to the weights of a sparse row's features. An index beyond the weights is passed over.
pub fn add_row(weights: &mut [Lanes], indices: &[u32], values: &[f32], factors: &Lanes) {
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the processor has AVX2.
        return unsafe { add_row_avx2(weights, indices, values, factors) };
    }
    add_row_portable(weights, indices, values, factors);
}

fn add_products_portable(sums: &mut Lanes, weights: &[Lanes], indices: &[u32], values: &[f32]) {
    for (index, value) in indices.iter().zip(values) {
        let Some(weights) = weights.get(*index as usize) else { continue };
        sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += weight * value);
    }
}

fn add_row_portable(weights: &mut [Lanes], indices: &[u32], values: &[f32], factors: &Lanes) {
    for (index, value) in indices.iter().zip(values) {
        let Some(weights) = weights.get_mut(*index as usize) else { continue };
        weights.iter_mut().zip(factors).for_each(|(weight, factor)| *weight += factor * value);
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_products_avx2(sums: &mut Lanes, weights: &[Lanes], indices: &[u32], values: &[f32]) {
    // SAFETY: eight lanes are the 32 bytes that are read; no alignment is needed.
    let load = |lanes: &[f32; 8]| unsafe { _mm256_loadu_ps(lanes.as_ptr()) };
    let (eights, _) = sums.as_chunks_mut::<8>();
    let [a, b, c, d] = eights else { return };
    let (mut sum_a, mut sum_b, mut sum_c, mut sum_d) = (load(a), load(b), load(c), load(d));
    for (index, value) in indices.iter().zip(values) {
        let Some((of_feature, _)) = weights.get(*index as usize).map(|weights| weights.as_chunks::<8>()) else { continue };
        let [of_a, of_b, of_c, of_d] = of_feature else { return };
        let value = _mm256_set1_ps(*value);
        sum_a = _mm256_add_ps(sum_a, _mm256_mul_ps(load(of_a), value));
        sum_b = _mm256_add_ps(sum_b, _mm256_mul_ps(load(of_b), value));
        sum_c = _mm256_add_ps(sum_c, _mm256_mul_ps(load(of_c), value));
        sum_d = _mm256_add_ps(sum_d, _mm256_mul_ps(load(of_d), value));
    }
    for (place, sum) in [(a, sum_a), (b, sum_b), (c, sum_c), (d, sum_d)] {
        // SAFETY: eight lanes are the 32 bytes that are written; no alignment is needed.
        unsafe { _mm256_storeu_ps(place.as_mut_ptr(), sum) };
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_row_avx2(weights: &mut [Lanes], indices: &[u32], values: &[f32], factors: &Lanes) {
    // SAFETY: eight lanes are the 32 bytes that are read; no alignment is needed.
    let load = |lanes: &[f32; 8]| unsafe { _mm256_loadu_ps(lanes.as_ptr()) };
    let (eights, _) = factors.as_chunks::<8>();
    let [a, b, c, d] = eights else { return };
    let factors = [load(a), load(b), load(c), load(d)];
    for (index, value) in indices.iter().zip(values) {
        let Some(weights) = weights.get_mut(*index as usize) else { continue };
        let value = _mm256_set1_ps(*value);
        for (place, factor) in weights.as_chunks_mut::<8>().0.iter_mut().zip(factors) {
            let moved = _mm256_add_ps(load(place), _mm256_mul_ps(factor, value));
            // SAFETY: eight lanes are the 32 bytes that are written; no alignment is needed.
            unsafe { _mm256_storeu_ps(place.as_mut_ptr(), moved) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights() -> Vec<Lanes> {
        (0..5_u16).map(|feature| std::array::from_fn(|lane| f32::from(feature) * 0.7 - lane as f32 * 0.13)).collect()
    }

    #[test]
    fn the_sums_are_those_of_plain_code_whatever_the_processor_can_do() {
        let (indices, values) = ([0, 3, 9, 4], [0.3, -1.7, 5.0, 0.11]);
        let (mut sums, mut portable) = ([0.25; LANES], [0.25; LANES]);
        add_products(&mut sums, &weights(), &indices, &values);
        add_products_portable(&mut portable, &weights(), &indices, &values);
        assert_eq!(sums, portable);
        let by_hand = 0.25 + weights()[0][31] * 0.3 + weights()[3][31] * -1.7 + weights()[4][31] * 0.11;
        assert!((sums[31] - by_hand).abs() < 1e-5, "an index beyond the weights adds nothing");
    }

    #[test]
    fn the_weights_move_as_plain_code_moves_them() {
        let (indices, values, factors) = ([1, 4, 7], [0.5, -2.0, 1.0], std::array::from_fn(|lane| lane as f32 * 0.01));
        let (mut moved, mut portable) = (weights(), weights());
        add_row(&mut moved, &indices, &values, &factors);
        add_row_portable(&mut portable, &indices, &values, &factors);
        assert_eq!(moved, portable);
        assert!((moved[4][10] - (weights()[4][10] - 2.0 * 0.1)).abs() < 1e-6);
        assert_eq!(moved[0], weights()[0]);
    }
}
