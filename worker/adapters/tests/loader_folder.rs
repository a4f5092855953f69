//! Folders of documents, through the public door.
#![allow(clippy::unwrap_used)]

use adapters::loader::combined::CombinedLoader;
use adapters::parser::limits::DocumentLimits;
use knowledge::document::MediaType;
use knowledge::ports::loader::{Item, Loader};
use knowledge::source::{Source, SourceId, SourceKind};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn source(location: &Path) -> Source {
    Source {
        id: SourceId("handbook".to_owned()),
        kind: SourceKind::Folder,
        location: location.to_str().unwrap().to_owned(),
        language: None,
        valid_from: None,
    }
}

/// Documents as `name: kind`, refusals as `name! reason`, in their order.
fn items(location: &Path) -> Vec<String> {
    let items = CombinedLoader::default().items(&source(location)).unwrap();
    items
        .map(|item| match item {
            Item::Document(document) => format!("{}: {:?}", document.key.0, document.media_type),
            Item::Ticket(_) => "ticket".to_owned(),
            Item::Refused(refused) => format!("{}! {}", refused.name, refused.reason),
        })
        .collect()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

#[test]
fn documents_come_in_the_order_of_their_names_and_hidden_files_are_passed_over() {
    let folder = folder(&[
        ("b.HTML", b"<p>b</p>"),
        ("a.md", b"# a"),
        ("fr/c.txt", b"c"),
        ("d.csv", b"question,answer"),
        (".secret.md", b"no"),
        (".git/e.md", b"no"),
    ]);
    assert_eq!(items(folder.path()), ["a.md: Markdown", "b.HTML: Html", "d.csv: Csv", "fr/c.txt: Text"]);
}

#[test]
fn the_bytes_of_a_document_are_those_of_the_file() {
    let folder = folder(&[("a.md", "# Größe\n".as_bytes())]);
    let item = CombinedLoader::default().items(&source(folder.path())).unwrap().next().unwrap();
    assert!(
        matches!(item, Item::Document(document) if document.bytes == "# Größe\n".as_bytes() && document.media_type == MediaType::Markdown)
    );
}

#[test]
fn one_document_can_be_a_source() {
    let folder = folder(&[("a.md", b"# a"), ("b.md", b"# b")]);
    assert_eq!(items(&folder.path().join("b.md")), ["b.md: Markdown"]);
}

#[test]
fn what_is_no_document_is_refused_by_name_and_the_rest_goes_on() {
    let folder = folder(&[("a.md", b"# a"), ("b.xlsx", b"PK"), ("c.docx", b"PK"), ("d", b"?"), ("z.txt", b"z")]);
    let big = fs::File::create(folder.path().join("e.pdf")).unwrap();
    big.set_len(200 << 20).unwrap();
    assert!(DocumentLimits::default().file_bytes_max < 200 << 20);
    let items = items(folder.path());
    let expected = [
        ("a.md: Markdown", ""),
        ("b.xlsx! ", ".csv"),
        ("c.docx: Docx", ""),
        ("d! ", "kind is not known"),
        ("e.pdf! ", "209715200 bytes, more than 33554432"),
        ("z.txt: Text", ""),
    ];
    assert_eq!(items.len(), expected.len(), "{items:?}");
    for (item, (name, reason)) in items.iter().zip(expected) {
        assert!(item.starts_with(name) && item.contains(reason), "{item}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_refused() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("passwords.txt", b"secret")]);
    let inside = folder(&[("a.md", b"# a")]);
    symlink(outside.path().join("passwords.txt"), inside.path().join("b.txt")).unwrap();
    symlink(outside.path(), inside.path().join("c")).unwrap();
    symlink(inside.path(), inside.path().join("d")).unwrap();
    symlink(inside.path().join("a.md"), inside.path().join("e.md")).unwrap();
    symlink(inside.path().join("nowhere.md"), inside.path().join("f.md")).unwrap();
    assert_eq!(
        items(inside.path()),
        [
            "a.md: Markdown",
            "b.txt! the link leads out of the folder: put the document itself here",
            "c! the link leads out of the folder: put the document itself here",
            "d! a link to a folder is not followed",
            "e.md: Markdown",
            "f.md! the link leads nowhere",
        ]
    );
}

#[test]
fn a_folder_that_does_not_exist_is_an_error_with_a_hint() {
    let folder = TempDir::new().unwrap();
    let error = CombinedLoader::default().items(&source(&folder.path().join("missing"))).err().unwrap();
    assert!(error.to_string().contains("handbook") && error.to_string().contains("check the path"), "{error}");
}
