//! TLS before servers that speak none: whoever connects must speak it, and is shown a certificate of an authority that only the test
//! knows.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivatePkcs8KeyDer;

/// What a client of PostgreSQL asks before it speaks TLS: eight bytes long, and this number
/// (PostgreSQL's documentation, "Message Formats", SSLRequest).
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];
/// "Go on, in TLS."
const SSL_YES: &[u8] = b"S";

/// How TLS begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Begins {
    /// With the first byte.
    AtOnce,
    /// With the first byte, and both sides agree on HTTP/2.
    AsHttp2,
    /// After PostgreSQL's question.
    AfterAsking,
}

/// Who signs certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its own certificate, for those who are to trust it.
    pub pem: String,
}

impl Authority {
    /// One that nobody knows yet.
    pub fn new() -> anyhow::Result<Self> {
        let key = KeyPair::generate()?;
        let mut params = CertificateParams::new(Vec::<String>::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params.self_signed(&key)?.pem();
        Ok(Authority { issuer: Issuer::new(params, key), pem })
    }

    /// What a server shows that is called by this name or address.
    fn server(&self, name: &str, begins: Begins) -> anyhow::Result<ServerConfig> {
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new(vec![name.to_owned()])?.signed_by(&key, &self.issuer)?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider())).with_safe_default_protocol_versions()?;
        let private = PrivatePkcs8KeyDer::from(key.serialize_der());
        let mut config = config.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private.into())?;
        if begins == Begins::AsHttp2 {
            config.alpn_protocols = vec![b"h2".to_vec()];
        }
        Ok(config)
    }
}

/// A door before one server.
pub struct TlsDoor {
    /// Where clients connect.
    pub address: SocketAddr,
    greeted: Arc<AtomicU64>,
}

impl TlsDoor {
    /// A door before `server` that shows a certificate for `name`.
    pub async fn before(server: SocketAddr, authority: &Authority, name: &str, begins: Begins) -> anyhow::Result<Self> {
        let acceptor = TlsAcceptor::from(Arc::new(authority.server(name, begins)?));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let door = TlsDoor { address: listener.local_addr()?, greeted: Arc::default() };
        let greeted = door.greeted.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (acceptor, greeted) = (acceptor.clone(), greeted.clone());
                tokio::spawn(async move { enter(client, server, &acceptor, begins, &greeted).await });
            }
        });
        Ok(door)
    }

    /// Clients that trusted the certificate and went through.
    pub fn greeted(&self) -> u64 {
        self.greeted.load(Ordering::Relaxed)
    }
}

async fn enter(mut client: TcpStream, server: SocketAddr, acceptor: &TlsAcceptor, begins: Begins, greeted: &AtomicU64) -> Option<()> {
    if begins == Begins::AfterAsking {
        let mut asked = [0; SSL_REQUEST.len()];
        client.read_exact(&mut asked).await.ok()?;
        if asked != SSL_REQUEST {
            return None;
        }
        client.write_all(SSL_YES).await.ok()?;
    }
    let mut inside = acceptor.accept(client).await.ok()?;
    // With TLS 1.3 a client that does not trust the certificate says so with its first words.
    let mut first = vec![0; 16 * 1024];
    let count = inside.read(&mut first).await.ok()?;
    greeted.fetch_add(1, Ordering::Relaxed);
    let mut server = TcpStream::connect(server).await.ok()?;
    server.write_all(first.get(..count)?).await.ok()?;
    copy_bidirectional(&mut inside, &mut server).await.ok()?;
    Some(())
}
