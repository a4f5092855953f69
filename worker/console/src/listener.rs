//! Connections with limits: whoever sends a request slowly, or none, is cut off, and no more than so many are open. Neither axum nor
//! hyper bounds the time that a request's head may take.

use axum::serve::Listener;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, Sleep, sleep};

/// Limits of connections.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ConnectionLimits {
    /// From the first byte of a request to the first of its answer, in milliseconds. Vendors give up after 15 seconds at most.
    pub request_ms: u64,
    /// Between an answer and the next request, in milliseconds.
    pub idle_ms: u64,
    /// Open at the same time; more wait until one ends.
    pub connections_max: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        ConnectionLimits { request_ms: 20_000, idle_ms: 60_000, connections_max: 1_024 }
    }
}

/// Accepts connections within limits.
pub struct Connections {
    listener: TcpListener,
    limits: ConnectionLimits,
    free: Arc<Semaphore>,
}

impl Connections {
    /// Of this listener.
    pub fn new(listener: TcpListener, limits: ConnectionLimits) -> Self {
        Connections { listener, limits, free: Arc::new(Semaphore::new(limits.connections_max)) }
    }
}

impl Listener for Connections {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        // Nobody closes the semaphore: without a place there is none to wait for.
        let place = Arc::clone(&self.free).acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        (Connection::new(stream, self.limits, place), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A connection that ends when its time is over.
pub struct Connection {
    stream: TcpStream,
    limits: ConnectionLimits,
    is_in_request: bool,
    deadline: Pin<Box<Sleep>>,
    /// Its place among the open ones.
    _place: Option<OwnedSemaphorePermit>,
}

impl Connection {
    fn new(stream: TcpStream, limits: ConnectionLimits, place: Option<OwnedSemaphorePermit>) -> Self {
        // A connection is made to say something.
        let deadline = Box::pin(sleep(Duration::from_millis(limits.request_ms)));
        Connection { stream, limits, is_in_request: false, deadline, _place: place }
    }

    fn wait_for(&mut self, ms: u64) {
        self.deadline.as_mut().reset(Instant::now() + Duration::from_millis(ms));
    }

    fn answered(&mut self) {
        self.is_in_request = false;
        self.wait_for(self.limits.idle_ms);
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.deadline.as_mut().poll(context).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before && !self.is_in_request {
            let limit_ms = self.limits.request_ms;
            self.is_in_request = true;
            self.wait_for(limit_ms);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        self.answered();
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let written = ready!(Pin::new(&mut self.stream).poll_write_vectored(context, bytes))?;
        self.answered();
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
