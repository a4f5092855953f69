//! Word documents (Office Open XML, ECMA-376): a ZIP archive of XML parts, of which the text, its headings, lists, tables,
//! links and notes are read.

pub mod archive;
pub mod body;
pub mod paragraph;
pub mod read;
pub mod relations;
pub mod styles;
pub mod table;
pub mod xml;
