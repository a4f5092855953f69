//! Transformations of the plane.

/// `[a b c d e f]` as PDF writes it: x' = a x + c y + e, y' = b x + d y + f.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Matrix(pub [f64; 6]);

impl Matrix {
    /// Changes nothing.
    pub const IDENTITY: Matrix = Matrix([1.0, 0.0, 0.0, 1.0, 0.0, 0.0]);

    /// Moves.
    pub fn shift(x: f64, y: f64) -> Self {
        Matrix([1.0, 0.0, 0.0, 1.0, x, y])
    }

    /// First this, then the other.
    pub fn then(self, other: Matrix) -> Matrix {
        let ([a, b, c, d, e, f], [g, h, i, j, k, l]) = (self.0, other.0);
        Matrix([a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l])
    }

    /// Where the origin goes.
    pub fn origin(self) -> (f64, f64) {
        (self.0[4], self.0[5])
    }

    /// Into which quarter the x axis turns (0 right, 1 up, 2 left, 3 down); none when it lies askew.
    pub fn quarter(self) -> Option<u8> {
        let [a, b, ..] = self.0;
        let straight = |along: f64, across: f64| across.abs() < along.abs() * 0.1;
        match (straight(a, b), straight(b, a)) {
            (true, _) => Some(if a > 0.0 { 0 } else { 2 }),
            (_, true) => Some(if b > 0.0 { 1 } else { 3 }),
            (false, false) => None,
        }
    }

    /// How much the x axis and the y axis stretch.
    pub fn stretch(self) -> (f64, f64) {
        let [a, b, c, d, ..] = self.0;
        (a.hypot(b), c.hypot(d))
    }
}

/// Turns a point back by quarters, so that its text runs to the right.
pub fn turned((x, y): (f64, f64), quarter: u8) -> (f64, f64) {
    match quarter {
        1 => (y, -x),
        2 => (-x, -y),
        3 => (-y, x),
        _ => (x, y),
    }
}
