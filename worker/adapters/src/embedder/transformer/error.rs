//! What can be wrong with a model's folder, each with what to do.

use std::path::PathBuf;

/// A model cannot be used. None of these goes away by trying again.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The folder is not there.
    #[error("{0} is no folder: name one that sentence-transformers has written, or run `make model`")]
    NoFolder(PathBuf),
    /// A file is not there.
    #[error("{folder} has no {file}: a sentence-transformers folder holds config.json, tokenizer.json and model.safetensors")]
    Missing {
        /// The folder.
        folder: PathBuf,
        /// The file.
        file: String,
    },
    /// The weights are a pickle, which could run code when it is read.
    #[error(
        "{0} holds its weights as pytorch_model.bin, which can run code when it is read and is not opened: load the model in Python and \
         save it with `model.save_pretrained(FOLDER, safe_serialization=True)`"
    )]
    Pickle(PathBuf),
    /// A file cannot be read.
    #[error("{file} cannot be read: {problem}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        problem: std::io::Error,
    },
    /// A file is larger than any that such a model needs.
    #[error("{file} has {bytes} bytes, more than the {bytes_max} that are read: is it the right file?")]
    TooLarge {
        /// The file.
        file: PathBuf,
        /// Its size.
        bytes: u64,
        /// The limit.
        bytes_max: u64,
    },
    /// A file's content is not what its name says.
    #[error("{file} is damaged or of another format: {problem}; fetch the model again")]
    Damaged {
        /// The file.
        file: String,
        /// Why.
        problem: String,
    },
    /// The model needs what is not built here.
    #[error("{what} is not supported: {supported}")]
    Unsupported {
        /// What it needs.
        what: String,
        /// What there is.
        supported: &'static str,
    },
    /// Two files of the folder contradict each other, or a number is out of its bounds.
    #[error("{0}: the files of the folder do not belong together; fetch the model again")]
    Contradiction(String),
    /// An engine gave up on the folder's content.
    #[error("the model's files made the program stumble: fetch the model again")]
    Stumbled,
}
