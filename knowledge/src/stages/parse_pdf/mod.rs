//! PDF (ISO 32000-1): the text of every page in reading order, with headings as far as sizes and weights tell them, and
//! the page with every section, so that an answer can name it.

pub mod content;
pub mod encoding;
pub mod font;
pub mod glyph_names;
pub mod layout;
pub mod lines;
pub mod matrix;
pub mod paragraphs;
pub mod read;
pub mod widths;
