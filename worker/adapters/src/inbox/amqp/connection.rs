//! Opening a connection to RabbitMQ.

use super::error::{AmqpError, Trouble};
use super::settings::AmqpSettings;
use lapin::tcp::OwnedTLSConfig;
use lapin::uri::AMQPUri;
use lapin::{Connection, ConnectionProperties, DefaultConnectionBuilder};
use std::time::Duration;

/// What the broker shows this connection as.
const CLIENT: &str = "whimbrel";
/// AMQP's number for an end in peace.
const SUCCESS: u16 = 200;

/// Opens a connection. Its address, which holds the password, is in no error.
pub(crate) async fn connect(settings: &AmqpSettings) -> Result<Connection, AmqpError> {
    let uri = address(settings)?;
    let place = format!("connecting to {}:{}", uri.authority.host, uri.authority.port);
    let builder = DefaultConnectionBuilder::new()
        .map_err(|error| AmqpError::of(&place, &error))?
        .with_uri(uri)
        .with_tls_config(OwnedTLSConfig { identity: None, cert_chain: certificates(settings)? })
        .with_properties(ConnectionProperties::default().with_connection_name(CLIENT.into()));
    match tokio::time::timeout(Duration::from_millis(settings.connect_timeout_ms), builder.connect()).await {
        Ok(connected) => connected.map_err(|error| AmqpError::of(&place, &error)),
        Err(_) => Err(AmqpError::new(
            Trouble::Unreachable,
            format!("{place} took longer than {} ms: check that the broker runs and can be reached", settings.connect_timeout_ms),
        )),
    }
}

/// Closes a connection and waits for the broker's word; a broker that is gone says none.
pub(crate) async fn close(connection: &Connection) {
    if let Err(error) = connection.close(SUCCESS, "OK".into()).await {
        tracing::debug!(%error, "the connection was over already");
    }
}

/// Where the broker is, for people: without user and password.
pub(crate) fn place(settings: &AmqpSettings) -> Result<String, AmqpError> {
    let uri = address(settings)?;
    Ok(format!("{}:{}, virtual host {}", uri.authority.host, uri.authority.port, uri.vhost))
}

fn address(settings: &AmqpSettings) -> Result<AMQPUri, AmqpError> {
    let form = "write amqp://user:password@host:5672/vhost, with %2f for the virtual host /";
    let parsed: Result<AMQPUri, String> = settings.url.reveal().parse();
    let mut uri = parsed.map_err(|_| AmqpError::new(Trouble::Other, format!("inbox.amqp.url is no address: {form}")))?;
    if uri.vhost.is_empty() {
        // A URL without a path, or with nothing behind its slash, is meant for the virtual host that every broker has.
        uri.vhost = "/".to_owned();
    }
    uri.query.heartbeat.get_or_insert(settings.heartbeat_s);
    Ok(uri)
}

fn certificates(settings: &AmqpSettings) -> Result<Option<String>, AmqpError> {
    if settings.ca_file.is_empty() {
        return Ok(None);
    }
    let read = std::fs::read_to_string(&settings.ca_file);
    let file = &settings.ca_file;
    read.map(Some).map_err(|error| AmqpError::new(Trouble::Other, format!("inbox.amqp.ca_file {file}: {error}: name a PEM file")))
}
