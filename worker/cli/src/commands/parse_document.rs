//! `whimbrel parse-document`: the process in which documents are read. The program starts it; nobody else needs it.

use crate::args::ParseDocumentArgs;
use adapters::parser::limits::DocumentLimits;
use adapters::parser::serve::serve;
use std::process::ExitCode;

/// Reads documents from standard input until it ends. It looks at no configuration and opens no file.
pub fn run(args: &ParseDocumentArgs) -> ExitCode {
    let limits = DocumentLimits {
        file_bytes_max: args.file_bytes_max,
        memory_bytes_max: args.memory_bytes_max,
        answer_bytes_max: args.answer_bytes_max,
        ..DocumentLimits::default()
    };
    match serve(&mut std::io::stdin().lock(), &mut std::io::stdout().lock(), &limits) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// The command line that starts it with these limits.
pub fn arguments(limits: &DocumentLimits) -> Vec<String> {
    let pairs = [
        ("--file-bytes-max", limits.file_bytes_max),
        ("--memory-bytes-max", limits.memory_bytes_max),
        ("--answer-bytes-max", limits.answer_bytes_max),
    ];
    std::iter::once("parse-document".to_owned())
        .chain(pairs.into_iter().flat_map(|(name, value)| [name.to_owned(), value.to_string()]))
        .collect()
}
