//! Intervals for rates.

use serde::{Deserialize, Serialize};

/// The normal quantile of a two-sided 95 % interval.
pub const Z_95: f64 = 1.959_963_985;

/// A rate with its interval.
#[derive(Clone, Copy, PartialEq, Debug, Serialize, Deserialize)]
pub struct Rate {
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// Lower end of the 95 % interval, between 0 and 1.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Rate {
    /// Wilson's score interval (E. B. Wilson, 1927): it stays within 0 and 1 and holds for small samples.
    pub fn wilson(count: usize, of: usize) -> Self {
        if of == 0 {
            return Rate { count, of, low: 0.0, high: 1.0 };
        }
        let (n, p) = (of as f64, count as f64 / of as f64);
        let z2 = Z_95 * Z_95;
        let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
        let half = Z_95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
        Rate { count, of, low: (centre - half).max(0.0), high: (centre + half).min(1.0) }
    }

    /// The rate itself, or 0 of nothing.
    pub fn value(&self) -> f64 {
        if self.of == 0 { 0.0 } else { self.count as f64 / self.of as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_wilsons() {
        // Reference values from the closed form, for 8 of 10 and 0 of 20.
        let rate = Rate::wilson(8, 10);
        assert!((rate.low - 0.4902).abs() < 1e-3 && (rate.high - 0.9433).abs() < 1e-3, "{rate:?}");
        let none = Rate::wilson(0, 20);
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 1e-3, "{none:?}");
    }

    #[test]
    fn of_nothing_nothing_is_known() {
        assert_eq!((Rate::wilson(0, 0).low, Rate::wilson(0, 0).high), (0.0, 1.0));
    }
}
