//! The weights that ship: fitted on public sets of several trades by `examples/fit_scope.rs`, on no test row.
//!
//! Written by a program; a change of any measure asks for a new fit.

use crate::learned::measures::MEASURES;
use triage::logistic::Logistic;

/// Log-odds of lying outside all intents.
pub fn outside() -> Logistic {
    let mean: [f64; MEASURES] = [
        3.5475, 0.7522, 0.1776, 0.4821, 1.7861, 0.7329, 0.8694, 0.5160, 0.2962, 0.2566, -1.7545, 3.2583, 0.7575, 0.1344, 0.1213, 0.6362,
        0.6869, 0.1300, 0.1066, 0.9358, 0.0011, 2.2432,
    ];
    let scale: [f64; MEASURES] = [
        3.1134, 0.3278, 0.2235, 2.4320, 2.2899, 0.2723, 0.2264, 0.3271, 0.2583, 0.1817, 1.4161, 1.8707, 0.1620, 0.1429, 0.1398, 0.2959,
        0.1745, 0.1514, 0.1759, 0.0951, 0.0182, 0.5979,
    ];
    let weights: [f64; MEASURES] = [
        -0.7584, -0.0861, 0.1128, 0.0489, 0.6275, 0.1857, -0.0045, 0.8773, 0.6575, -0.4310, 0.4768, -0.5250, -0.2982, -0.3157, 0.3302,
        0.3518, -0.3191, -0.1502, 0.0050, 0.0206, 0.0403, 0.0005,
    ];
    Logistic { mean: mean.to_vec(), scale: scale.to_vec(), weights: weights.to_vec(), bias: -1.4885 }
}

/// Log-odds of the first intent being right, inside.
pub fn right() -> Logistic {
    let mean: [f64; MEASURES] = [
        4.6619, 0.8690, 0.0898, 1.3168, 2.5930, 0.8143, 0.9355, 0.3980, 0.1906, 0.1985, -1.3936, 3.9081, 0.8136, 0.1718, 0.0780, 0.7066,
        0.7407, 0.1687, 0.0712, 0.9561, 0.0002, 2.2428,
    ];
    let scale: [f64; MEASURES] = [
        2.8521, 0.2437, 0.1443, 2.2442, 2.0856, 0.2193, 0.1630, 0.2997, 0.1944, 0.1338, 1.5067, 1.7544, 0.1297, 0.1441, 0.1083, 0.2773,
        0.1505, 0.1501, 0.1434, 0.0783, 0.0056, 0.6011,
    ];
    let weights: [f64; MEASURES] = [
        1.1406, 0.2713, 0.0542, 0.1863, 0.2953, -0.3513, 0.2013, -0.3772, -0.2186, 0.2977, -0.3605, -0.5116, 0.0813, 0.6901, -0.3105,
        0.1533, 0.1797, 0.0882, 0.0089, -0.1391, 0.0438, 0.1840,
    ];
    Logistic { mean: mean.to_vec(), scale: scale.to_vec(), weights: weights.to_vec(), bias: 4.2718 }
}
