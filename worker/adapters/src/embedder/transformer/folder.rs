//! The files of a model, read within bounds and hashed on the way.

use crate::embedder::transformer::error::ModelError;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

/// A configuration has some hundred bytes.
pub const CONFIG_BYTES_MAX: u64 = 1 << 20;
/// The tokenizer of XLM-RoBERTa has 17 MB.
pub const TOKENIZER_BYTES_MAX: u64 = 128 << 20;
/// The weights of XLM-RoBERTa large have 2.2 GB.
pub const WEIGHTS_BYTES_MAX: u64 = 3 << 30;
/// Bytes of the hash that stand in a name.
const NAME_HASH_BYTES: usize = 6;

/// A folder that is being read.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
    hash: Sha256,
}

impl Folder {
    /// Looks whether the folder is there.
    pub fn open(root: &Path) -> Result<Self, ModelError> {
        if !root.is_dir() {
            return Err(ModelError::NoFolder(root.to_path_buf()));
        }
        Ok(Folder { root: root.to_path_buf(), hash: Sha256::new() })
    }

    /// The folder itself.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The bytes of a file that must be there.
    pub fn bytes(&mut self, file: &str, bytes_max: u64) -> Result<Vec<u8>, ModelError> {
        self.bytes_if_there(file, bytes_max)?.ok_or_else(|| ModelError::Missing { folder: self.root.clone(), file: file.to_owned() })
    }

    /// The bytes of a file, if it is there. Its name and content go into the hash.
    pub fn bytes_if_there(&mut self, file: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, ModelError> {
        let found = read(&self.root.join(file), bytes_max)?;
        if let Some(bytes) = &found {
            self.hash.update(format!("{file} {}\n", bytes.len()));
            self.hash.update(bytes);
        }
        Ok(found)
    }

    /// The JSON of a file that must be there.
    pub fn json<T: DeserializeOwned>(&mut self, file: &str) -> Result<T, ModelError> {
        parse(file, &self.bytes(file, CONFIG_BYTES_MAX)?)
    }

    /// The JSON of a file, if it is there.
    pub fn json_if_there<T: DeserializeOwned>(&mut self, file: &str) -> Result<Option<T>, ModelError> {
        self.bytes_if_there(file, CONFIG_BYTES_MAX)?.map(|bytes| parse(file, &bytes)).transpose()
    }

    /// Name of the folder and hash of all that was read from it: it changes whenever a vector may.
    pub fn name(&self) -> String {
        let absolute = std::fs::canonicalize(&self.root).unwrap_or_else(|_| self.root.clone());
        let folder = absolute.file_name().map_or_else(|| "model".into(), |name| name.to_string_lossy());
        let hash: String = self.hash.clone().finalize().iter().take(NAME_HASH_BYTES).map(|byte| format!("{byte:02x}")).collect();
        format!("{folder}-{hash}")
    }
}

/// The bytes of a file within a limit; nothing when it is not there.
pub fn read(path: &Path, bytes_max: u64) -> Result<Option<Vec<u8>>, ModelError> {
    let unreadable = |problem| ModelError::Unreadable { file: path.to_path_buf(), problem };
    let file = match File::open(path) {
        Err(problem) if problem.kind() == ErrorKind::NotFound => return Ok(None),
        other => other.map_err(unreadable)?,
    };
    let bytes = file.metadata().map_err(unreadable)?.len();
    if bytes > bytes_max {
        return Err(ModelError::TooLarge { file: path.to_path_buf(), bytes, bytes_max });
    }
    let mut content = Vec::with_capacity(usize::try_from(bytes).unwrap_or(0));
    file.take(bytes_max).read_to_end(&mut content).map_err(unreadable)?;
    Ok(Some(content))
}

fn parse<T: DeserializeOwned>(file: &str, bytes: &[u8]) -> Result<T, ModelError> {
    serde_json::from_slice(bytes).map_err(|error| ModelError::Damaged { file: file.to_owned(), problem: error.to_string() })
}
