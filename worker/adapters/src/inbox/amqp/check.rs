//! Declaring everything, and checking without changing anything.

use super::connection::{close, connect, place};
use super::error::{AmqpError, Trouble};
use super::publisher::Publisher;
use super::settings::AmqpSettings;
use super::topology::{QueueSpec, Topology, channel, declare, standing};
use lapin::options::BasicGetOptions;
use lapin::{BasicProperties, Connection};

/// Declares the three queues. Returns their names.
pub async fn set_up(settings: &AmqpSettings) -> Result<Vec<String>, AmqpError> {
    let connection = connect(settings).await?;
    let topology = Topology::of(settings);
    for queue in topology.queues() {
        declare(&connection, queue).await?;
    }
    close(&connection).await;
    Ok(topology.names().map(str::to_owned).to_vec())
}

/// Looks at everything that a worker needs: the broker, each queue with its arguments, the right to read and to publish. Stops at
/// a broker that cannot be reached.
pub async fn check(settings: &AmqpSettings) -> Vec<Result<String, AmqpError>> {
    let connection = match connect(settings).await {
        Ok(connection) => connection,
        Err(error) => return vec![Err(error)],
    };
    let mut findings = vec![place(settings).map(|place| format!("connected to {place}"))];
    let topology = Topology::of(settings);
    for queue in topology.queues() {
        findings.push(of_queue(&connection, queue).await);
    }
    if findings.iter().all(Result::is_ok) {
        findings.push(may_read(&connection, &topology.dead.name).await);
        findings.push(may_publish(&connection, settings).await);
    }
    close(&connection).await;
    findings
}

async fn of_queue(connection: &Connection, queue: &QueueSpec) -> Result<String, AmqpError> {
    let Some(standing) = standing(connection, &queue.name).await? else {
        let problem = format!("queue {} does not exist: run `whimbrel setup amqp`", queue.name);
        return Err(AmqpError::new(Trouble::Missing, problem));
    };
    // It exists, so declaring it compares its arguments and changes nothing.
    match declare(connection, queue).await {
        Ok(()) => Ok(format!("queue {}: {} messages wait, {} readers", queue.name, standing.ready, standing.consumers)),
        // A worker may do without the right to configure: an administrator declares the queues.
        Err(error) if error.trouble == Trouble::Forbidden => Ok(format!(
            "queue {}: {} messages wait; its arguments were not compared: this user may not configure it",
            queue.name, standing.ready
        )),
        Err(error) => Err(error),
    }
}

/// Takes a dead letter, if there is one, and gives it back: that counts for nothing there.
async fn may_read(connection: &Connection, name: &str) -> Result<String, AmqpError> {
    let channel = channel(connection).await?;
    let got = channel.basic_get(name.into(), BasicGetOptions::default()).await;
    got.map(|_| "this user may read the queues".to_owned()).map_err(|error| AmqpError::of(&format!("reading queue {name}"), &error))
}

/// Publishes an empty message to a queue that does not exist: it comes back, or the right is missing.
async fn may_publish(connection: &Connection, settings: &AmqpSettings) -> Result<String, AmqpError> {
    let mut publisher = Publisher::open(connection, settings.confirm_timeout_ms).await?;
    let nowhere = format!("{}.nowhere", settings.queue);
    publisher.send(&nowhere, b"", BasicProperties::default()).await?;
    match publisher.confirm().await {
        Err(error) if error.trouble == Trouble::Unroutable => Ok("this user may publish, and what has no queue comes back".to_owned()),
        Err(error) => Err(error),
        Ok(()) => {
            let problem = format!("queue {nowhere} exists, which nobody reads: delete it");
            Err(AmqpError::new(Trouble::Other, problem))
        }
    }
}
