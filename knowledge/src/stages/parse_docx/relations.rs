//! Small parts: the addresses of links and the title that the document carries.

use super::xml::{Element, Visitor};
use std::collections::HashMap;

/// Addresses by the id that the text uses (`document.xml.rels`).
#[derive(Default)]
pub struct Links(pub HashMap<String, String>);

impl Visitor for Links {
    fn open(&mut self, name: &str, element: &Element<'_>) {
        if name == "Relationship"
            && element.get("TargetMode").as_deref() == Some("External")
            && let (Some(id), Some(target)) = (element.get("Id"), element.get("Target"))
        {
            self.0.insert(id, target);
        }
    }

    fn words(&mut self, _text: &str) {}

    fn close(&mut self, _name: &str) {}
}

/// The title in the document's properties (`core.xml`).
#[derive(Default)]
pub struct Title {
    /// The title.
    pub text: String,
    is_open: bool,
}

impl Visitor for Title {
    fn open(&mut self, name: &str, _element: &Element<'_>) {
        self.is_open = name == "title";
    }

    fn words(&mut self, text: &str) {
        if self.is_open {
            self.text.push_str(text);
        }
    }

    fn close(&mut self, _name: &str) {
        self.is_open = false;
    }
}
