//! A folder of documents, or one document.
//!
//! Files come in the order of their names, folders among them. Hidden files are passed over; everything else that is no
//! document is refused by name, so that nobody wonders where it went.

use super::open;
use crate::parser::limits::DocumentLimits;
use knowledge::document::{DocumentKey, MediaType, RawDocument, Refused};
use knowledge::ports::loader::{Item, Loader, LoaderError};
use knowledge::source::Source;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// How deep folders may lie in folders.
pub const DEPTH_MAX: usize = 32;
/// The most files and folders of a source.
pub const ENTRIES_MAX: usize = 100_000;

/// Reads folders.
#[derive(Clone, Copy, Debug)]
pub struct Folder {
    /// A larger file is left out before it is read.
    pub file_bytes_max: u64,
}

impl Default for Folder {
    fn default() -> Self {
        Folder { file_bytes_max: DocumentLimits::default().file_bytes_max }
    }
}

/// What the walk found: a file to read, or a name that is refused.
enum Found {
    File { key: String, path: PathBuf },
    Refused(Refused),
}

impl Loader for Folder {
    fn items(&self, source: &Source) -> Result<Box<dyn Iterator<Item = Item> + Send>, LoaderError> {
        let root = Path::new(&source.location);
        let root = root.canonicalize().map_err(|error| {
            open::problem(
                source,
                format!("`{}` cannot be opened ({}): check the path and the rights of this user", source.location, error.kind()),
            )
        })?;
        let mut found = Vec::new();
        match root.is_dir() {
            true => walk(&root, &root, 0, &mut found).map_err(|kind| {
                open::problem(source, format!("`{}` cannot be listed ({kind}): check the rights of this user", source.location))
            })?,
            false => found.push(Found::File { key: name_of(&root), path: root }),
        }
        let file_bytes_max = self.file_bytes_max;
        Ok(Box::new(found.into_iter().map(move |found| read(found, file_bytes_max))))
    }
}

/// Lists a folder in the order of names. Only the names are kept; each file is read when its turn comes.
fn walk(root: &Path, folder: &Path, depth: usize, found: &mut Vec<Found>) -> Result<(), std::io::ErrorKind> {
    let entries = std::fs::read_dir(folder).map_err(|error| error.kind())?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    for path in paths {
        let key = key(root, &path);
        if name_of(&path).starts_with('.') {
            continue;
        }
        if found.len() >= ENTRIES_MAX {
            found.push(refused(key, format!("the folder holds more than {ENTRIES_MAX} files: the rest is left out; split the source")));
            return Ok(());
        }
        let Ok(metadata) = path.symlink_metadata() else {
            found.push(refused(key, "it cannot be opened: check the rights of this user".to_owned()));
            continue;
        };
        if metadata.is_symlink() {
            found.push(linked(root, key, &path));
        } else if metadata.is_dir() && depth >= DEPTH_MAX {
            found.push(refused(key, format!("it lies more than {DEPTH_MAX} folders deep")));
        } else if metadata.is_dir() {
            if walk(root, &path, depth + 1, found).is_err() {
                found.push(refused(key, "the folder cannot be listed: check the rights of this user".to_owned()));
            }
        } else {
            found.push(Found::File { key, path });
        }
    }
    Ok(())
}

/// A link may name a file of the same folder, and nothing else: a link elsewhere could bring in any file of the machine.
fn linked(root: &Path, key: String, path: &Path) -> Found {
    match path.canonicalize() {
        Ok(target) if target.starts_with(root) && target.is_file() => Found::File { key, path: target },
        Ok(target) if target.starts_with(root) => refused(key, "a link to a folder is not followed".to_owned()),
        Ok(_) => refused(key, "the link leads out of the folder: put the document itself here".to_owned()),
        Err(_) => refused(key, "the link leads nowhere".to_owned()),
    }
}

fn read(found: Found, file_bytes_max: u64) -> Item {
    match found {
        Found::Refused(refused) => Item::Refused(refused),
        Found::File { key, path } => match document(&key, &path, file_bytes_max) {
            Ok((media_type, bytes)) => Item::Document(RawDocument { key: DocumentKey(key), media_type, bytes }),
            Err(reason) => Item::Refused(Refused::unreadable(key, reason)),
        },
    }
}

fn document(key: &str, path: &Path, file_bytes_max: u64) -> Result<(MediaType, Vec<u8>), String> {
    let media_type = media_type(key)?;
    let unreadable = |error: std::io::Error| format!("it cannot be read ({}): check the rights of this user", error.kind());
    let metadata = path.metadata().map_err(unreadable)?;
    if !metadata.is_file() {
        return Err("it is no regular file".to_owned());
    }
    let too_large = |bytes: u64| {
        Err(format!("it has {bytes} bytes, more than {file_bytes_max} (documents.file_bytes_max): split it, or save its text alone"))
    };
    if metadata.len() > file_bytes_max {
        return too_large(metadata.len());
    }
    let mut bytes = Vec::new();
    // One byte more than allowed tells a file that grows while it is read from one that fits.
    File::open(path).map_err(unreadable)?.take(file_bytes_max.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    match bytes.len() as u64 > file_bytes_max {
        true => too_large(bytes.len() as u64),
        false => Ok((media_type, bytes)),
    }
}

fn media_type(key: &str) -> Result<MediaType, String> {
    match Path::new(key).extension().and_then(|extension| extension.to_str()).map(str::to_lowercase).as_deref() {
        Some("md" | "markdown") => Ok(MediaType::Markdown),
        Some("html" | "htm") => Ok(MediaType::Html),
        Some("txt") => Ok(MediaType::Text),
        Some("csv") => Ok(MediaType::Csv),
        Some("pdf") => Ok(MediaType::Pdf),
        Some("docx") => Ok(MediaType::Docx),
        Some("doc") => Err("it is a Word document of the old kind: save it as .docx".to_owned()),
        Some("xls" | "xlsx" | "ods") => Err("it is a spreadsheet: save each table as .csv".to_owned()),
        Some(_) | None => Err("its kind is not known: save it as .md, .html, .txt, .pdf, .docx or .csv".to_owned()),
    }
}

fn refused(name: String, reason: String) -> Found {
    Found::Refused(Refused::unreadable(name, reason))
}

/// The path below the folder, with `/` on every system.
fn key(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn name_of(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
