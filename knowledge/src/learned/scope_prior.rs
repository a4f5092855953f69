//! The weights that ship: fitted on public sets of several trades by `examples/fit_scope.rs`, on no test row.
//!
//! Written by a program; a change of any measure asks for a new fit.

use crate::learned::measures::MEASURES;
use triage::logistic::Logistic;

/// Log-odds of lying outside all intents.
pub fn outside() -> Logistic {
    let mean: [f64; MEASURES] = [
        3.4286, 0.7536, 0.1831, 0.7943, 2.1462, 0.7448, 0.8760, 0.4652, 0.2577, 0.2477, -1.6725, 3.9149, 0.7645, 0.1364, 0.1173, 0.6698,
        0.6906, 0.1294, 0.1010, 0.9413, 0.0010, 2.2446,
    ];
    let scale: [f64; MEASURES] = [
        2.9996, 0.3257, 0.2278, 2.4422, 2.4311, 0.2682, 0.2221, 0.3236, 0.2499, 0.1802, 1.4643, 2.3458, 0.1620, 0.1419, 0.1376, 0.2948,
        0.1749, 0.1530, 0.1756, 0.0942, 0.0176, 0.5960,
    ];
    let weights: [f64; MEASURES] = [
        -0.9147, -0.0095, 0.1086, -0.1477, 0.4432, 0.0492, -0.0006, 0.6495, 0.6453, -0.5156, 0.3078, -0.2990, -0.4573, -0.1161, 0.4467,
        0.3767, -0.1525, -0.1625, -0.0798, -0.0312, 0.0244, 0.0391,
    ];
    Logistic { mean: mean.to_vec(), scale: scale.to_vec(), weights: weights.to_vec(), bias: -1.4846 }
}

/// Log-odds of the first intent being right, inside.
pub fn right() -> Logistic {
    let mean: [f64; MEASURES] = [
        4.5283, 0.8737, 0.0909, 1.6895, 3.0222, 0.8265, 0.9432, 0.3399, 0.1541, 0.1891, -1.2688, 4.6786, 0.8211, 0.1740, 0.0723, 0.7434,
        0.7439, 0.1681, 0.0663, 0.9613, 0.0002, 2.2437,
    ];
    let scale: [f64; MEASURES] = [
        2.7110, 0.2349, 0.1431, 2.1637, 2.1828, 0.2113, 0.1530, 0.2787, 0.1764, 0.1283, 1.5222, 2.2306, 0.1278, 0.1423, 0.1022, 0.2694,
        0.1504, 0.1508, 0.1426, 0.0765, 0.0057, 0.5986,
    ];
    let weights: [f64; MEASURES] = [
        1.1826, 0.0912, -0.1403, -0.0347, 0.2068, -0.3164, 0.2587, -0.2347, -0.2220, 0.3468, -0.2980, -0.3868, 0.0141, 0.7486, -0.2831,
        0.1182, 0.1757, 0.1354, -0.0063, -0.1368, 0.0167, 0.2162,
    ];
    Logistic { mean: mean.to_vec(), scale: scale.to_vec(), weights: weights.to_vec(), bias: 4.3607 }
}
