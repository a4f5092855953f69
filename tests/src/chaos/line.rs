//! A TCP line that breaks: it stands before a server, and some of its connections are slow, are cut in the middle of what they carry,
//! are closed on one side, or are reset. What becomes of a connection is decided by the seed when it is made.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use triage::random::Random;

/// A slow connection holds every piece back for so long at most, in milliseconds.
pub const DELAY_MS_MAX: usize = 400;

/// How a line goes wrong.
#[derive(Clone, Copy, Debug)]
pub struct Trouble {
    /// Decides every fate.
    pub seed: u64,
    /// One connection in so many goes wrong; none when it is 0.
    pub sides: usize,
    /// A connection that is cut carries so many bytes before that at most, in the direction that is cut.
    pub bytes_max: usize,
}

/// What becomes of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fate {
    Well,
    /// Every piece comes late.
    Slow {
        ms: u64,
    },
    /// The way to the server ends after so many bytes.
    RequestCut {
        bytes: usize,
    },
    /// The way back ends after so many bytes: what was done is not heard of.
    AnswerCut {
        bytes: usize,
    },
    /// The server hears the end, the client does not.
    HalfClosed {
        bytes: usize,
    },
    /// Both sides are reset.
    Reset {
        bytes: usize,
    },
}

/// A line to a server.
#[derive(Clone)]
pub struct Line {
    /// Where clients connect.
    pub address: SocketAddr,
    troubles: Arc<AtomicU64>,
    is_whole: Arc<AtomicBool>,
}

impl Line {
    /// A line before `server`.
    pub async fn before(server: SocketAddr, trouble: Trouble) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let line = Line { address: listener.local_addr()?, troubles: Arc::default(), is_whole: Arc::default() };
        let random = Mutex::new(Random::seeded(trouble.seed));
        let (troubles, is_whole) = (line.troubles.clone(), line.is_whole.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let fate = match is_whole.load(Ordering::Relaxed) {
                    true => Fate::Well,
                    false => fate(&mut random.lock().unwrap_or_else(PoisonError::into_inner), trouble),
                };
                troubles.fetch_add(u64::from(fate != Fate::Well), Ordering::Relaxed);
                tokio::spawn(async move { carry(client, server, fate).await });
            }
        });
        Ok(line)
    }

    /// From now on whatever connects anew meets no trouble.
    pub fn heal(&self) {
        self.is_whole.store(true, Ordering::Relaxed);
    }

    /// Connections that went wrong so far.
    pub fn troubles(&self) -> u64 {
        self.troubles.load(Ordering::Relaxed)
    }
}

fn fate(random: &mut Random, trouble: Trouble) -> Fate {
    if trouble.sides == 0 || random.below(trouble.sides) > 0 {
        return Fate::Well;
    }
    let bytes = random.below(trouble.bytes_max);
    match random.below(5) {
        0 => Fate::Slow { ms: u64::try_from(random.below(DELAY_MS_MAX)).unwrap_or(0) },
        1 => Fate::RequestCut { bytes },
        2 => Fate::AnswerCut { bytes },
        3 => Fate::HalfClosed { bytes },
        _ => Fate::Reset { bytes },
    }
}

async fn carry(client: TcpStream, server: SocketAddr, fate: Fate) {
    // Whoever connects to nobody is told so by the end of the line.
    let Ok(server) = TcpStream::connect(server).await else { return };
    if matches!(fate, Fate::Reset { .. }) {
        let _ = (client.set_zero_linger(), server.set_zero_linger());
    }
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    let ms = if let Fate::Slow { ms } = fate { ms } else { 0 };
    let (there_max, back_max) = match fate {
        Fate::RequestCut { bytes } | Fate::HalfClosed { bytes } => (Some(bytes), None),
        Fate::AnswerCut { bytes } | Fate::Reset { bytes } => (None, Some(bytes)),
        Fate::Well | Fate::Slow { .. } => (None, None),
    };
    let there = copy(from_client, to_server, there_max, ms);
    let back = copy(from_server, to_client, back_max, ms);
    match fate {
        // The other way stays open for whatever still comes.
        Fate::Well | Fate::Slow { .. } | Fate::HalfClosed { .. } => {
            tokio::join!(there, back);
        }
        Fate::RequestCut { .. } | Fate::AnswerCut { .. } | Fate::Reset { .. } => {
            tokio::select! {
                () = there => {}
                () = back => {}
            }
        }
    }
}

/// Carries at most so many bytes, then ends this way.
async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, bytes_max: Option<usize>, ms: u64) {
    let (mut buffer, mut left) = (vec![0; 16 * 1024], bytes_max.unwrap_or(usize::MAX));
    while left > 0 {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { break };
        if ms > 0 {
            tokio::time::sleep(Duration::from_millis(ms)).await;
        }
        let carried = count.min(left);
        left -= carried;
        if to.write_all(&buffer[..carried]).await.is_err() {
            break;
        }
    }
    let _closed = to.shutdown().await;
}
