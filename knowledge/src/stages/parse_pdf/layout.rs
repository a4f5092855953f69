//! Pieces of a page become lines in reading order: columns one after the other, cells of a row together.

use super::lines::Piece;
use crate::stages::sections::row_sentence;

/// Pieces whose feet differ by less than this share of the size stand in one row.
const ROW: f64 = 0.3;
/// So many rows of two long pieces each are two columns that were written row by row.
const COLUMN_ROWS_MIN: usize = 6;
/// A column's pieces have about so many letters; a cell's have fewer.
const COLUMN_CHARS_MIN: usize = 25;
/// Columns begin at the same place, up to so many points.
const ALIGNED: f64 = 6.0;
/// So many rows under one another are a table.
const TABLE_ROWS_MIN: usize = 2;
/// A file that jumps up the page at more than this share of its lines has no order of its own.
const DISORDER: f64 = 0.3;

/// A line of text.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// Its words; for a row of a table a sentence.
    pub text: String,
    /// Where it begins.
    pub left: f64,
    /// Its foot.
    pub y: f64,
    /// Size of its letters.
    pub size: f64,
    /// It is bold.
    pub is_bold: bool,
    /// It is a row of a table, complete in itself.
    pub is_row: bool,
}

/// The lines of a page.
pub fn lines(mut pieces: Vec<Piece>) -> Vec<Line> {
    pieces.retain(|piece| !piece.text.trim().is_empty());
    if is_disordered(&pieces) {
        pieces.sort_by(|a, b| (a.quarter, b.y, a.left).partial_cmp(&(b.quarter, a.y, b.left)).unwrap_or(std::cmp::Ordering::Equal));
    }
    let rows = rows(pieces);
    if is_in_columns(&rows) { columns(rows) } else { tables(rows) }
}

fn is_disordered(pieces: &[Piece]) -> bool {
    let ups = pieces.windows(2).filter(|pair| matches!(pair, [a, b] if b.y > a.y + a.size && b.left < a.right)).count();
    ups > 3 && ups as f64 > pieces.len() as f64 * DISORDER
}

fn rows(pieces: Vec<Piece>) -> Vec<Vec<Piece>> {
    let mut rows: Vec<Vec<Piece>> = Vec::new();
    for piece in pieces {
        let is_beside = |last: &Piece| {
            let is_level = (last.y - piece.y).abs() < last.size.max(piece.size) * ROW;
            is_level && last.quarter == piece.quarter && piece.left >= last.right
        };
        match rows.last_mut().filter(|row| row.last().is_some_and(is_beside)) {
            Some(row) => row.push(piece),
            None => rows.push(vec![piece]),
        }
    }
    rows
}

fn is_in_columns(rows: &[Vec<Piece>]) -> bool {
    let mut pairs: Vec<(&Piece, &Piece)> =
        rows.iter().filter_map(|row| if let [a, b] = row.as_slice() { Some((a, b)) } else { None }).collect();
    if pairs.len() < COLUMN_ROWS_MIN || pairs.len() * 2 < rows.len() {
        return false;
    }
    pairs.sort_by(|a, b| a.1.left.total_cmp(&b.1.left));
    let middle = pairs.get(pairs.len() / 2).map_or(0.0, |pair| pair.1.left);
    let aligned = pairs.iter().filter(|pair| (pair.1.left - middle).abs() < ALIGNED).count();
    let long = pairs.iter().filter(|(a, b)| a.text.len().min(b.text.len()) >= COLUMN_CHARS_MIN).count();
    aligned * 10 >= pairs.len() * 8 && long * 2 > pairs.len()
}

/// Left columns before right ones, between rows that cross both.
fn columns(rows: Vec<Vec<Piece>>) -> Vec<Line> {
    let middle = rows.iter().filter_map(|row| row.get(1)).map(|piece| piece.left).fold(f64::INFINITY, f64::min);
    let (mut lines, mut right) = (Vec::new(), Vec::new());
    for row in rows {
        if row.len() == 1 && row.iter().any(|piece| piece.left < middle && piece.right > middle) {
            lines.append(&mut right);
        }
        for piece in row {
            let side = if piece.left < middle - ALIGNED { &mut lines } else { &mut right };
            side.push(line(&piece));
        }
    }
    lines.append(&mut right);
    lines
}

/// Rows of cells become sentences; other rows are lines with gaps in them.
fn tables(rows: Vec<Vec<Piece>>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut rest = rows.as_slice();
    while let Some((first, others)) = rest.split_first() {
        let length = table_length(rest);
        if length >= TABLE_ROWS_MIN {
            let (table, after) = rest.split_at(length);
            lines.extend(table_lines(table));
            rest = after;
        } else {
            lines.extend(joined(first));
            rest = others;
        }
    }
    lines
}

/// How many of the next rows are a table: as many cells each, every one under one of the row before.
fn table_length(rows: &[Vec<Piece>]) -> usize {
    let is_first = rows.first().is_some_and(|row| row.len() > 1 && row.first().is_some_and(|piece| !is_mark(&piece.text)));
    let follows =
        |pair: &[Vec<Piece>]| matches!(pair, [above, below] if above.len() == below.len() && above.iter().zip(below).all(is_under));
    if is_first { 1 + rows.windows(2).take_while(|pair| follows(pair)).count() } else { 0 }
}

fn is_under((above, below): (&Piece, &Piece)) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() < ALIGNED;
    let middle = |piece: &Piece| f64::midpoint(piece.left, piece.right);
    near(above.left, below.left) || near(above.right, below.right) || near(middle(above), middle(below))
}

/// The first row is a header when it alone is bold, or alone has no number.
fn table_lines(table: &[Vec<Piece>]) -> Vec<Line> {
    let cells = |row: &[Piece]| row.iter().map(|piece| piece.text.trim().to_owned()).collect::<Vec<String>>();
    let has_digit = |row: &Vec<Piece>| row.iter().any(|piece| piece.text.contains(|c: char| c.is_ascii_digit()));
    let is_bold = |row: &Vec<Piece>| row.iter().all(Piece::is_bold);
    let Some((first, others)) = table.split_first() else { return Vec::new() };
    let is_header = (is_bold(first) && !others.iter().all(is_bold)) || (!has_digit(first) && others.iter().all(has_digit));
    let (header, rows) = if is_header { (cells(first), others) } else { (Vec::new(), table) };
    let sentence =
        |row: &Vec<Piece>| row.first().map(|piece| Line { text: row_sentence(&header, &cells(row)), is_row: true, ..line(piece) });
    rows.iter().filter_map(sentence).collect()
}

/// A row with gaps that is no row of a table: the number of an item, a loose line.
fn joined(row: &[Piece]) -> Option<Line> {
    let first = row.first()?;
    let text = row.iter().map(|piece| piece.text.trim()).collect::<Vec<_>>().join(" ");
    Some(Line { text, is_bold: row.iter().all(Piece::is_bold), ..line(first) })
}

/// What stands before an item of a list: `•`, `-`, `1.`, `b)`.
pub fn is_mark(text: &str) -> bool {
    let text = text.trim();
    let mut letters = text.chars();
    let is_sign =
        matches!((letters.next(), letters.next()), (Some(letter), None) if is_bullet(letter) || matches!(letter, '–' | '-' | '*'));
    let number = text.strip_suffix(['.', ')']).unwrap_or_default();
    let is_number = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    let is_letter = number.len() == 1 && number.bytes().all(|byte| byte.is_ascii_alphabetic());
    is_sign || is_number || is_letter
}

/// A dot before an item; symbol fonts put theirs at private places.
pub fn is_bullet(letter: char) -> bool {
    matches!(letter, '•' | '◦' | '▪' | '‣' | '●' | '○' | '■' | '·' | '\u{e000}'..='\u{f8ff}')
}

fn line(piece: &Piece) -> Line {
    let text = piece.text.trim().to_owned();
    Line { text, left: piece.left, y: piece.y, size: piece.size, is_bold: piece.is_bold(), is_row: false }
}
