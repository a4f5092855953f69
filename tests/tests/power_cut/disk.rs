//! A disk that keeps what was brought to it, and of the rest as much as one likes: made of a record of what a process did.

use std::collections::BTreeMap;
use std::path::Path;

/// The file that the script writes its words into: they are no data of the ledger.
pub(crate) const WORDS: &str = "words";

/// One thing that was done.
#[derive(Clone, Debug)]
pub(crate) enum Done {
    Made {
        name: String,
    },
    Written {
        name: String,
        offset: usize,
        bytes: Vec<u8>,
    },
    Cut {
        name: String,
        length: usize,
    },
    Removed {
        name: String,
    },
    /// A file, or the folder when the name is empty.
    Synced {
        name: String,
    },
    /// What the script said at this moment.
    Said {
        line: String,
    },
}

/// Reads a record; `recorder.c` says how it is written.
pub(crate) fn read(record: &Path) -> Vec<Done> {
    let bytes = std::fs::read(record).unwrap();
    let (mut rest, mut all) = (bytes.as_slice(), Vec::new());
    while let Some((head, tail)) = rest.split_first_chunk::<15>() {
        let name_length = usize::from(u16::from_le_bytes([head[1], head[2]]));
        let offset = usize::try_from(i64::from_le_bytes(head[3..11].try_into().unwrap())).unwrap();
        let length = usize::try_from(u32::from_le_bytes(head[11..15].try_into().unwrap())).unwrap();
        let (name, tail) = tail.split_at(name_length);
        let (bytes, tail) = tail.split_at(length);
        rest = tail;
        let name = String::from_utf8(name.to_vec()).unwrap();
        all.push(match head[0] {
            b'w' if name == WORDS => Done::Said { line: String::from_utf8(bytes.to_vec()).unwrap().trim().to_owned() },
            _ if name == WORDS => continue,
            b'c' => Done::Made { name },
            b'w' => Done::Written { name, offset, bytes: bytes.to_vec() },
            b't' => Done::Cut { name, length: offset },
            b'u' => Done::Removed { name },
            b's' => Done::Synced { name },
            other => panic!("the record has {other}"),
        });
    }
    all
}

/// The files of the folder.
#[derive(Clone, Default)]
pub(crate) struct Disk {
    files: BTreeMap<String, File>,
}

#[derive(Clone, Default)]
struct File {
    /// The folder's entry for it is on the disk.
    is_entered: bool,
    /// It was removed, and the folder does not say so yet.
    is_removed: bool,
    safe: Vec<u8>,
    unsafe_changes: Vec<Change>,
}

#[derive(Clone)]
enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Cut { length: usize },
}

impl Change {
    fn apply(&self, file: &mut Vec<u8>) {
        match self {
            Change::Write { offset, bytes } => {
                let end = offset + bytes.len();
                if file.len() < end {
                    file.resize(end, 0);
                }
                file[*offset..end].copy_from_slice(bytes);
            }
            Change::Cut { length } => file.resize(*length, 0),
        }
    }
}

impl Disk {
    /// It happens.
    pub(crate) fn goes_on(&mut self, done: &Done) {
        match done {
            Done::Made { name } => {
                self.files.insert(name.clone(), File::default());
            }
            Done::Written { name, offset, bytes } => {
                self.file(name).unsafe_changes.push(Change::Write { offset: *offset, bytes: bytes.clone() });
            }
            Done::Cut { name, length } => self.file(name).unsafe_changes.push(Change::Cut { length: *length }),
            Done::Removed { name } => self.file(name).is_removed = true,
            Done::Synced { name } if name.is_empty() => {
                self.files.retain(|_, file| !file.is_removed);
                self.files.values_mut().for_each(|file| file.is_entered = true);
            }
            Done::Synced { name } => {
                let file = self.file(name);
                let changes = std::mem::take(&mut file.unsafe_changes);
                changes.iter().for_each(|change| change.apply(&mut file.safe));
            }
            Done::Said { .. } => {}
        }
    }

    fn file(&mut self, name: &str) -> &mut File {
        self.files.entry(name.to_owned()).or_default()
    }

    /// The power is cut: the files as they are found afterwards, in a new folder. Of what no sync has covered, `keeps` says what the
    /// disk has all the same.
    pub(crate) fn cut(&self, folder: &Path, mut keeps: impl FnMut() -> bool) {
        for (name, file) in &self.files {
            if !file.is_entered && !keeps() {
                continue;
            }
            let mut bytes = file.safe.clone();
            file.unsafe_changes.iter().filter(|_| keeps()).for_each(|change| change.apply(&mut bytes));
            std::fs::write(folder.join(name), bytes).unwrap();
        }
    }
}
