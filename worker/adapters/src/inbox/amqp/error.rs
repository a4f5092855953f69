//! What can go wrong with RabbitMQ, and what to do about it.

use lapin::ErrorKind;
use lapin::protocol::{AMQPErrorKind, AMQPHardError, AMQPSoftError};
use runtime::ports::inbox::InboxError;

/// What kind of trouble it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// Nobody answers at the address, or the connection was lost.
    Unreachable,
    /// Wrong name, password or virtual host, or a right that is missing.
    Forbidden,
    /// A queue does not exist.
    Missing,
    /// A queue exists with other arguments.
    OtherArguments,
    /// Something was held unsettled for longer than the broker allows.
    HeldTooLong,
    /// The broker took a message for no queue at all.
    Unroutable,
    /// The broker refused a message: its queue is full.
    Refused,
    /// Something else.
    Other,
}

/// The broker could not do it.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("RabbitMQ: {problem}")]
pub struct AmqpError {
    /// What kind of trouble it is.
    pub trouble: Trouble,
    /// What went wrong, and what to do.
    pub problem: String,
}

impl AmqpError {
    /// One that nothing but words is known of.
    pub(crate) fn new(trouble: Trouble, problem: impl Into<String>) -> Self {
        AmqpError { trouble, problem: problem.into() }
    }

    /// What lapin says of it, while `doing` something with a queue or a connection.
    pub(crate) fn of(doing: &str, error: &lapin::Error) -> Self {
        let trouble = trouble_of(error);
        let hint = match trouble {
            Trouble::Unreachable => "check that the broker runs and that inbox.amqp.url names its host and port",
            Trouble::Forbidden => {
                "check user, password and virtual host in inbox.amqp.url, and the user's rights (rabbitmqctl list_permissions)"
            }
            Trouble::Missing => "run `whimbrel setup amqp`",
            Trouble::OtherArguments => {
                "arguments of a queue cannot be changed: name another queue in inbox.amqp.queue, or delete this one once it is empty, \
                 and run `whimbrel setup amqp`"
            }
            Trouble::HeldTooLong => {
                "the ledger took nothing for as long as the broker's consumer_timeout; what was held comes again over a new connection"
            }
            Trouble::Unroutable | Trouble::Refused | Trouble::Other => "see the broker's log",
        };
        AmqpError { trouble, problem: format!("{doing}: {error}: {hint}") }
    }
}

fn trouble_of(error: &lapin::Error) -> Trouble {
    let ErrorKind::ProtocolError(error) = error.kind() else {
        return match error.is_io_error() || matches!(error.kind(), ErrorKind::MissingHeartbeatError) {
            true => Trouble::Unreachable,
            false => Trouble::Other,
        };
    };
    match error.kind() {
        AMQPErrorKind::Soft(AMQPSoftError::NOTFOUND) => Trouble::Missing,
        AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED) => match error.get_message().as_str() {
            said if said.contains("inequivalent arg") => Trouble::OtherArguments,
            said if said.contains("timed out") => Trouble::HeldTooLong,
            _ => Trouble::Other,
        },
        AMQPErrorKind::Soft(AMQPSoftError::ACCESSREFUSED) | AMQPErrorKind::Hard(AMQPHardError::NOTALLOWED) => Trouble::Forbidden,
        AMQPErrorKind::Hard(AMQPHardError::CONNECTIONFORCED) => Trouble::Unreachable,
        AMQPErrorKind::Soft(_) | AMQPErrorKind::Hard(_) => Trouble::Other,
    }
}

impl From<AmqpError> for InboxError {
    fn from(error: AmqpError) -> Self {
        let is_transient = !matches!(error.trouble, Trouble::Forbidden | Trouble::OtherArguments);
        InboxError { problem: error.to_string(), is_transient }
    }
}
