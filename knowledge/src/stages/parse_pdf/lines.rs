//! Glyphs become pieces of lines, in the order in which the file shows them.

/// A gap of more than this share of the size is a space between words.
const SPACE: f64 = 0.17;
/// A gap of more than this share of the size may part columns or cells.
const COLUMN: f64 = 0.9;
/// Glyphs whose feet differ by less than this share of the size stand on one line: notes are raised by a third.
const RISE: f64 = 0.45;
/// A glyph may begin so much before the end of the one before it (kerning, accents set over letters).
const BACK: f64 = 0.6;

/// A piece of a line, with no wide gap in it. Coordinates are points, y upwards, turned so that the text runs to the right.
#[derive(Clone, PartialEq, Debug)]
pub struct Piece {
    /// Its words.
    pub text: String,
    /// Where it begins.
    pub left: f64,
    /// Where it ends.
    pub right: f64,
    /// Its foot.
    pub y: f64,
    /// Size of its letters.
    pub size: f64,
    /// How many of its letters are bold, and how many there are.
    pub bold: (usize, usize),
    /// The quarter into which it is turned.
    pub quarter: u8,
}

/// A glyph on the page.
pub struct Placed<'a> {
    /// What it shows.
    pub text: &'a str,
    /// Where it begins.
    pub x: f64,
    /// Its foot.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its size.
    pub size: f64,
    /// It is bold.
    pub is_bold: bool,
    /// The quarter into which it is turned.
    pub quarter: u8,
}

impl Piece {
    fn new(glyph: &Placed<'_>) -> Self {
        Piece { text: String::new(), left: glyph.x, right: glyph.x, y: glyph.y, size: glyph.size, bold: (0, 0), quarter: glyph.quarter }
    }

    fn takes(&self, glyph: &Placed<'_>) -> bool {
        let size = self.size.max(glyph.size);
        let gap = glyph.x - self.right;
        self.quarter == glyph.quarter && (glyph.y - self.y).abs() < size * RISE && gap > -size * BACK && gap < size * COLUMN
    }

    fn add(&mut self, glyph: &Placed<'_>) {
        let is_apart = glyph.x - self.right > self.size.min(glyph.size) * SPACE;
        if is_apart && !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
        self.text.push_str(glyph.text);
        if !glyph.text.trim().is_empty() {
            self.bold = (self.bold.0 + usize::from(glyph.is_bold), self.bold.1 + 1);
            // A raised number is smaller than its line; the line's own letters count.
            if glyph.size > self.size {
                (self.size, self.y) = (glyph.size, glyph.y);
            }
        }
        self.right = self.right.max(glyph.x + glyph.width);
    }

    /// Most of it is bold.
    pub fn is_bold(&self) -> bool {
        self.bold.0 * 10 > self.bold.1 * 9
    }
}

/// Collects the pieces of a page.
#[derive(Default)]
pub struct Pieces(pub Vec<Piece>);

impl Pieces {
    /// The next glyph in the file's order.
    pub fn add(&mut self, glyph: &Placed<'_>) {
        if ![glyph.x, glyph.y, glyph.width, glyph.size].iter().all(|number| number.is_finite()) {
            return;
        }
        let is_blank = glyph.text.trim().is_empty();
        match self.0.last_mut().filter(|piece| piece.takes(glyph)) {
            Some(piece) => piece.add(glyph),
            None if is_blank => {}
            None => {
                let mut piece = Piece::new(glyph);
                piece.add(glyph);
                self.0.push(piece);
            }
        }
    }
}
