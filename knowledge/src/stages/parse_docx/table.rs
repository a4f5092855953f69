//! A table of a Word document, row by row.

use crate::stages::sections::row_sentence;

/// A first row is a header when each of its cells has words, and no more than these.
const HEADER_CHARS_MAX: usize = 60;

/// A table that is being read.
#[derive(Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    cells: Vec<String>,
    cell: Vec<String>,
}

impl Table {
    /// A paragraph of the open cell.
    pub fn paragraph(&mut self, text: String) {
        self.cell.push(text);
    }

    /// The cell ends.
    pub fn end_cell(&mut self) {
        self.cells.push(std::mem::take(&mut self.cell).join(" ").trim().to_owned());
    }

    /// The row ends.
    pub fn end_row(&mut self) {
        let cells = std::mem::take(&mut self.cells);
        if cells.iter().any(|cell| !cell.is_empty()) {
            self.rows.push(cells);
        }
    }

    /// The rows as sentences. A table of one column is a frame for the layout: its cells stand alone.
    pub fn sentences(mut self) -> Vec<String> {
        if !self.cell.is_empty() {
            self.end_cell();
        }
        if !self.cells.is_empty() {
            self.end_row();
        }
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let is_header = |row: &Vec<String>| row.len() > 1 && row.iter().all(|cell| (1..=HEADER_CHARS_MAX).contains(&cell.chars().count()));
        match self.rows.split_first() {
            Some((header, rows)) if columns > 1 && !rows.is_empty() && is_header(header) => {
                rows.iter().map(|row| row_sentence(header, row)).collect()
            }
            Some(_) => self.rows.iter().map(|row| row_sentence(&[], row)).collect(),
            None => Vec::new(),
        }
    }
}
