//! A cable that can be pulled out: bytes go through it to a server, until it is cut.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

/// Everything that is connected through it.
pub struct Cable {
    /// Where to connect to instead of the server.
    pub address: SocketAddr,
    strands: Arc<Mutex<Vec<AbortHandle>>>,
}

impl Cable {
    /// A cable to this server.
    pub async fn to(server: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let strands: Arc<Mutex<Vec<AbortHandle>>> = Arc::default();
        let made = strands.clone();
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let strand = tokio::spawn(async move {
                    if let Ok(mut far) = TcpStream::connect(server).await {
                        let _cut = copy_bidirectional(&mut near, &mut far).await;
                    }
                });
                made.lock().unwrap_or_else(PoisonError::into_inner).push(strand.abort_handle());
            }
        });
        Ok(Cable { address, strands })
    }

    /// Cuts what is connected; whoever connects anew gets through.
    pub fn cut(&self) {
        for strand in self.strands.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            strand.abort();
        }
    }
}
