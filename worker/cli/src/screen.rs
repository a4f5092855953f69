//! What the program prints: text for people or one JSON document for programs.

use comfy_table::{ContentArrangement, Table, presets};
use jiff::Timestamp;
use serde::Serialize;
use std::io::{IsTerminal, Write};

/// Columns of a table when the terminal does not say how wide it is.
const WIDTH_DEFAULT: u16 = 110;

/// Where the program prints.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    json: bool,
    is_silent: bool,
}

impl Screen {
    /// For people, or for programs.
    pub fn new(json: bool) -> Self {
        Screen { json, is_silent: false }
    }

    /// For neither: a measurement prints its own figures.
    pub fn silent() -> Self {
        Screen { json: false, is_silent: true }
    }

    /// A person watches: progress may be shown.
    pub fn is_watched(&self) -> bool {
        !self.json && !self.is_silent && std::io::stderr().is_terminal()
    }

    /// One line for people. A closed pipe is no error.
    pub fn line(&self, text: impl AsRef<str>) {
        if !self.json && !self.is_silent {
            let _closed = writeln!(std::io::stdout().lock(), "{}", text.as_ref());
        }
    }

    /// One document for programs.
    pub fn json(&self, value: &impl Serialize) -> anyhow::Result<()> {
        if self.json {
            let text = serde_json::to_string_pretty(value)?;
            let _closed = writeln!(std::io::stdout().lock(), "{text}");
        }
        Ok(())
    }

    /// A table for people.
    pub fn table(&self, header: &[&str], rows: Vec<Vec<String>>) {
        let mut table = Table::new();
        table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
        if table.width().is_none() {
            table.set_width(width());
        }
        table.set_header(header.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>());
        rows.into_iter().for_each(|row| {
            table.add_row(row);
        });
        self.line(table.to_string());
    }

    /// What went wrong and what to do, on the error stream; one JSON document for programs.
    pub fn error(&self, error: &anyhow::Error) {
        let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
        let mut stderr = std::io::stderr().lock();
        let _closed = match self.json {
            true => writeln!(stderr, "{}", serde_json::json!({ "error": chain.join(": ") })),
            false => writeln!(stderr, "error: {}", chain.join("\n  because: ")),
        };
    }

    /// A remark on the error stream, for people only.
    pub fn remark(&self, text: impl AsRef<str>) {
        if !self.json && !self.is_silent {
            let _closed = writeln!(std::io::stderr().lock(), "{}", text.as_ref());
        }
    }
}

/// The terminal's width, else what `COLUMNS` says, else a common one.
fn width() -> u16 {
    let of_terminal = terminal_size::terminal_size().map(|(width, _)| width.0);
    let given = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    of_terminal.or_else(given).unwrap_or(WIDTH_DEFAULT)
}

/// A moment as people read it: to the second, in UTC.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}
