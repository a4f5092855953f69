//! Vendors' servers on loopback, which remember what was done and can be told to fail. Where Prism and the vendors' descriptions
//! are there, it stands in front of them and checks both sides.

pub mod address;
pub mod chatwoot;
pub mod intercom;
pub mod intercom_state;
pub mod twilio;
pub mod zendesk;

use axum::Router;
use tokio::net::TcpListener;

/// Serves on a free port of loopback until the test ends. Returns the address.
pub async fn serve(router: Router) -> std::io::Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}
