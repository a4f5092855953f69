//! The child's answer, which is believed no further than it must be: a hostile document may speak through it.

use knowledge::document::{Document, DocumentKey};
use knowledge::stages::parse::Parsed;
use std::io::ErrorKind;
use tokio::io::{AsyncBufRead, AsyncBufReadExt};
use triage::evidence::PassageKind;

/// Reads a line of at most `bytes_max`. A longer one and one that does not end are errors.
pub async fn line(input: &mut (impl AsyncBufRead + Unpin), bytes_max: u64) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    loop {
        let buffer = input.fill_buf().await?;
        if buffer.is_empty() {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        let end = buffer.iter().position(|byte| *byte == b'\n').map(|at| at + 1);
        let used = end.unwrap_or(buffer.len());
        line.extend_from_slice(&buffer[..used]);
        input.consume(used);
        if line.len() as u64 > bytes_max.saturating_add(1) {
            return Err(ErrorKind::InvalidData.into());
        }
        if end.is_some() {
            return Ok(line);
        }
    }
}

/// The answer about one document. None when it is none, or speaks of other documents or with another trust.
pub fn read(line: &[u8], key: &DocumentKey) -> Option<Parsed> {
    let parsed: Parsed = serde_json::from_slice(line).ok()?;
    let is_part = |document: &Document| {
        let rest = document.key.0.strip_prefix(&key.0);
        let is_named = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'));
        is_named && document.kind != PassageKind::PastTicket && document.ticket.is_none() && document.intent.is_none()
    };
    let is_honest = parsed.documents.iter().all(is_part) && parsed.refused.iter().all(|refused| refused.name.starts_with(&key.0));
    is_honest.then_some(parsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_about_another_document_is_not_believed() {
        let key = |name: &str| DocumentKey(name.to_owned());
        let line = serde_json::to_vec(&Parsed::refused(&key("a.md"), "why")).unwrap();
        assert_eq!(read(&line, &key("a.md")).unwrap().refused[0].reason, "why");
        assert!(read(&line, &key("b.md")).is_none());
        assert!(read(b"{}x", &key("a.md")).is_none());
    }

    #[tokio::test]
    async fn a_line_has_a_limit_and_an_end() {
        assert_eq!(line(&mut b"ab\ncd".as_slice(), 2).await.unwrap(), b"ab\n");
        assert!(line(&mut b"abc\n".as_slice(), 2).await.is_err());
        assert!(line(&mut b"ab".as_slice(), 2).await.is_err());
    }
}
