use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::net::lookup_host;

/// The machine's own name lookup, with an error that can be told from others.
#[derive(Debug)]
pub(super) struct Names;

/// No address is known for the name.
#[derive(Debug, thiserror::Error)]
#[error("name not found")]
pub(super) struct NotFound;

/// The addresses of a host.
pub(super) async fn lookup(host: &str, port: u16) -> Result<Vec<SocketAddr>, NotFound> {
    let found: Vec<_> = lookup_host((host, port)).await.map_err(|_| NotFound)?.collect();
    if found.is_empty() { Err(NotFound) } else { Ok(found) }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The library puts in the port of the URL.
            let found = lookup(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
