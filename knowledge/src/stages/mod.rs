//! From bytes and past tickets to chunks, one verb a file. All of it is pure.

pub mod chunk;
pub mod courtesy;
pub mod decode;
pub mod detect;
pub mod diff;
pub mod parse;
pub mod parse_csv;
pub mod parse_docx;
pub mod parse_faq_csv;
pub mod parse_html;
pub mod parse_markdown;
pub mod parse_pdf;
pub mod parse_text;
pub mod parse_ticket;
pub mod personal;
pub mod redact;
pub mod sections;
