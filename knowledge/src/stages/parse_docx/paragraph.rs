//! A paragraph of a Word document, with its links and notes.

use super::styles::Role;
use crate::stages::sections::link_suffix;

/// A paragraph that is being read.
#[derive(Default)]
pub struct Paragraph {
    /// Its words so far.
    pub text: String,
    /// What it is, when it says so itself.
    pub role: Option<Role>,
    /// Its style.
    pub style: Option<String>,
    /// Ids of its notes.
    pub notes: Vec<String>,
    links: Vec<(usize, Option<String>)>,
    instruction: String,
}

impl Paragraph {
    /// A link begins; its address may come later.
    pub fn open_link(&mut self, address: Option<String>) {
        self.links.push((self.text.len(), address));
    }

    /// Words of a field's instruction, such as `HYPERLINK "https://..."`.
    pub fn instruct(&mut self, text: &str) {
        self.instruction.push_str(text);
    }

    /// The instruction is over; what follows is what a reader sees.
    pub fn separate(&mut self) {
        let instruction = std::mem::take(&mut self.instruction);
        let address = instruction.trim().strip_prefix("HYPERLINK").and_then(|rest| rest.split('"').nth(1)).map(str::to_owned);
        if let Some(link) = self.links.last_mut() {
            *link = (self.text.len(), address);
        }
    }

    /// A link ends: its address is added unless the words already show it.
    pub fn close_link(&mut self) {
        self.instruction.clear();
        if let Some((start, Some(address))) = self.links.pop()
            && let Some(suffix) = link_suffix(self.text.get(start..).unwrap_or_default(), &address)
        {
            self.text.truncate(self.text.trim_end().len());
            self.text.push_str(&suffix);
        }
    }
}
