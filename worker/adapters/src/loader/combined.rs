//! Picks the reader of a source by its kind and by the ending of its name.

use super::exports::{self, Exports};
use super::folder::Folder;
use super::open;
use super::tickets_csv::TicketsCsv;
use super::tickets_jsonl::TicketsJsonl;
use knowledge::ports::loader::{Item, Loader, LoaderError};
use knowledge::source::{Source, SourceKind};

/// Reads every kind of source.
#[derive(Clone, Default, Debug)]
pub struct CombinedLoader {
    /// Folders of documents.
    pub folder: Folder,
    /// Past tickets as JSON Lines.
    pub tickets_jsonl: TicketsJsonl,
    /// Past tickets as CSV.
    pub tickets_csv: TicketsCsv,
}

impl Loader for CombinedLoader {
    fn items(&self, source: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError> {
        match &source.kind {
            SourceKind::Folder => self.folder.items(source),
            SourceKind::Tickets { .. } => {
                let (name, _) = open::unpacked_name(&source.location);
                match name.rsplit('.').next() {
                    Some("json" | "jsonl" | "ndjson") => match exports::kind(source)? {
                        Some(export) => Exports(export).items(source),
                        None => self.tickets_jsonl.items(source),
                    },
                    Some("csv") => self.tickets_csv.items(source),
                    Some(_) | None => Err(open::problem(
                        source,
                        format!("`{}` is no file of past tickets: save it as .jsonl, .json or .csv (.gz may follow)", source.location),
                    )),
                }
            }
        }
    }
}
