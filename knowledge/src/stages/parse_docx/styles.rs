//! Which styles are headings: `styles.xml` names them in English whatever the language of Word.

use super::xml::{Element, Visitor};
use std::collections::HashMap;

/// How many styles a style may rest on.
const BASE_MAX: usize = 16;

/// What a paragraph of a style is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// The title of the document.
    Title,
    /// A heading of a level, 1 the outermost.
    Heading(u8),
    /// Text.
    Text,
}

/// The styles of a document by their ids.
#[derive(Default)]
pub struct Styles {
    styles: HashMap<String, Style>,
    current: Option<(String, Style)>,
}

#[derive(Default)]
struct Style {
    role: Option<Role>,
    base: Option<String>,
}

impl Styles {
    /// What a paragraph of this style is: what the style or the nearest one that it rests on says.
    pub fn role(&self, id: &str) -> Role {
        let mut id = id;
        for _ in 0..BASE_MAX {
            match self.styles.get(id) {
                Some(Style { role: Some(role), .. }) => return *role,
                Some(Style { base: Some(base), .. }) => id = base,
                Some(_) | None => break,
            }
        }
        Role::Text
    }
}

/// A level as Word counts it (0 the outermost, 9 text).
pub fn outline(level: Option<String>) -> Option<Role> {
    let level = level?.parse::<u8>().ok()?;
    Some(if level < 9 { Role::Heading(level + 1) } else { Role::Text })
}

fn role_of_name(name: &str) -> Option<Role> {
    let name = name.trim().to_lowercase();
    let level = name.strip_prefix("heading").and_then(|level| level.trim().parse::<u8>().ok());
    match (name.as_str(), level) {
        ("title", _) => Some(Role::Title),
        (_, Some(level @ 1..=9)) => Some(Role::Heading(level)),
        _ => None,
    }
}

impl Visitor for Styles {
    fn open(&mut self, name: &str, element: &Element<'_>) {
        match (name, &mut self.current) {
            ("style", current) => *current = Some((element.get("styleId").unwrap_or_default(), Style::default())),
            ("name", Some((_, style))) => {
                style.role = element.get("val").as_deref().and_then(role_of_name).or(style.role);
            }
            ("basedOn", Some((_, style))) => style.base = element.get("val"),
            ("outlineLvl", Some((_, style))) => style.role = style.role.or_else(|| outline(element.get("val"))),
            _ => {}
        }
    }

    fn words(&mut self, _text: &str) {}

    fn close(&mut self, name: &str) {
        if name == "style"
            && let Some((id, style)) = self.current.take()
        {
            self.styles.insert(id, style);
        }
    }
}
