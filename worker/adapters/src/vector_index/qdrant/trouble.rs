//! What the server's refusals mean.

use knowledge::ports::vector_index::IndexError;
use qdrant_client::QdrantError;

/// Characters of a server's message that are kept at most.
pub const MESSAGE_CHARS_MAX: usize = 200;

/// A call failed.
#[derive(Debug)]
pub enum Trouble {
    /// There is no such collection or alias.
    Missing,
    /// Something else.
    Other(IndexError),
}

impl Trouble {
    /// The same as the port says it. A collection that is missing is made by the next catch-up.
    pub fn into_index_error(self) -> IndexError {
        match self {
            Trouble::Missing => transient("the collection is not there: `whimbrel setup qdrant` makes it"),
            Trouble::Other(error) => error,
        }
    }

    /// Trying again may help.
    pub fn is_transient(&self) -> bool {
        match self {
            Trouble::Missing => false,
            Trouble::Other(error) => error.is_transient,
        }
    }
}

impl From<IndexError> for Trouble {
    fn from(error: IndexError) -> Self {
        Trouble::Other(error)
    }
}

/// Trying again may help.
pub fn transient(problem: impl std::fmt::Display) -> IndexError {
    IndexError { problem: format!("qdrant: {problem}"), is_transient: true }
}

/// It would be the same again.
pub fn lasting(problem: impl std::fmt::Display) -> IndexError {
    IndexError { problem: format!("qdrant: {problem}"), is_transient: false }
}

/// What an answer of the client crate means. `what` says what was tried.
pub fn of(what: &str, error: &QdrantError) -> Trouble {
    match error {
        QdrantError::ResponseError { status } | QdrantError::ResourceExhaustedError { status, .. } => of_status(what, status),
        QdrantError::InvalidUri(_) => lasting("index.qdrant.url is no address: write such as http://127.0.0.1:6334").into(),
        QdrantError::Io(_) => transient(format!("{what}: input or output failed")).into(),
        // Their texts could hold what was sent.
        QdrantError::ConversionError(_)
        | QdrantError::NoSnapshotFound(_)
        | QdrantError::JsonToPayload(_)
        | QdrantError::PayloadDeserialization(_) => lasting(format!("{what}: the client could not make or read a message")).into(),
    }
}

/// What a status means.
pub fn of_status(what: &str, status: &tonic::Status) -> Trouble {
    use tonic::Code;
    let message: String = status.message().chars().take(MESSAGE_CHARS_MAX).collect();
    match status.code() {
        Code::NotFound => Trouble::Missing,
        Code::Unauthenticated | Code::PermissionDenied => {
            lasting(format!("{what}: the server refuses the API key: mend index.qdrant.key_env or key_file")).into()
        }
        // The client says "internal" of a connection that it could not open.
        Code::Internal
        | Code::Unavailable
        | Code::Cancelled
        | Code::Unknown
        | Code::DeadlineExceeded
        | Code::ResourceExhausted
        | Code::Aborted => transient(format!("{what}: {message}")).into(),
        Code::Ok
        | Code::InvalidArgument
        | Code::AlreadyExists
        | Code::FailedPrecondition
        | Code::OutOfRange
        | Code::Unimplemented
        | Code::DataLoss => lasting(format!("{what}: {message}")).into(),
    }
}
