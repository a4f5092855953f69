//! The server itself: on loopback, until it is dropped.

use super::world::World;
use qdrant_client::qdrant::collections_server::CollectionsServer;
use qdrant_client::qdrant::points_server::PointsServer;
use qdrant_client::qdrant::qdrant_server::{Qdrant, QdrantServer};
use qdrant_client::qdrant::{HealthCheckReply, HealthCheckRequest};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::net::TcpListener;
use tokio::task::AbortHandle;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status};

/// Bytes of a message at most, as the server's own default.
const MESSAGE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// The version that it says it is.
const VERSION: &str = "1.20.0";

/// What a call meets.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mood {
    /// An answer.
    #[default]
    Well,
    /// `Unavailable`.
    Unavailable,
    /// Nothing, ever.
    Silent,
}

/// What stands behind the wire; clones are the same.
#[derive(Clone, Default)]
pub struct QdrantWireDouble {
    world: Arc<Mutex<World>>,
    mood: Arc<Mutex<Mood>>,
    api_key: Option<String>,
}

/// A double that serves.
pub struct Serving {
    /// What stands behind it.
    pub double: QdrantWireDouble,
    /// Where it is, such as `http://127.0.0.1:40123`.
    pub url: String,
    server: AbortHandle,
}

impl QdrantWireDouble {
    /// One that wants this key.
    pub fn with_key(api_key: &str) -> Self {
        QdrantWireDouble { api_key: Some(api_key.to_owned()), ..Self::default() }
    }

    /// Serves on a free port.
    pub async fn serve(self) -> std::io::Result<Serving> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let router = tonic::transport::Server::builder()
            .add_service(PointsServer::new(self.clone()).max_decoding_message_size(MESSAGE_BYTES_MAX))
            .add_service(CollectionsServer::new(self.clone()))
            .add_service(QdrantServer::new(self.clone()));
        let server = tokio::spawn(async move {
            let _ended = router.serve_with_incoming(TcpIncoming::from(listener)).await;
        });
        Ok(Serving { double: self, url, server: server.abort_handle() })
    }

    /// How calls fare from now on.
    pub fn be(&self, mood: Mood) {
        *self.mood.lock().unwrap_or_else(PoisonError::into_inner) = mood;
    }

    /// What it holds.
    pub fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every call comes by here.
    pub(super) async fn enter<T>(&self, call: &'static str, request: &Request<T>) -> Result<(), Status> {
        *self.world().calls.entry(call).or_default() += 1;
        let mood = *self.mood.lock().unwrap_or_else(PoisonError::into_inner);
        match mood {
            Mood::Well => {}
            Mood::Unavailable => return Err(Status::unavailable("the service is shutting down")),
            Mood::Silent => std::future::pending().await,
        }
        let given = request.metadata().get("api-key").and_then(|key| key.to_str().ok());
        match &self.api_key {
            Some(wanted) if given != Some(wanted.as_str()) => Err(Status::unauthenticated("Invalid API key or JWT")),
            Some(_) | None => Ok(()),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[tonic::async_trait]
impl Qdrant for QdrantWireDouble {
    async fn health_check(&self, _: Request<HealthCheckRequest>) -> Result<Response<HealthCheckReply>, Status> {
        if *self.mood.lock().unwrap_or_else(PoisonError::into_inner) == Mood::Silent {
            std::future::pending::<()>().await;
        }
        let reply =
            HealthCheckReply { title: "qdrant - vector search engine (a double)".to_owned(), version: VERSION.to_owned(), commit: None };
        Ok(Response::new(reply))
    }
}
