//! A visit to the broker, to see whether it lets us in.

use std::time::Duration;

use tokio::time::timeout;

use super::link::{Address, Refusal, visit};
use super::{Settings, TlsError};

/// Name resolution, connection, TLS and the broker's answer together.
const LIMIT: Duration = Duration::from_secs(15);

/// Why the broker did not welcome us.
#[derive(Debug, thiserror::Error)]
pub enum Unwelcome {
    /// There is no way to encrypt.
    #[error("mqtt.tls: {0}")]
    Tls(#[from] TlsError),
    /// It does not want these credentials.
    #[error("{0}")]
    Rejected(String),
    /// It did not answer, or says no for another reason.
    #[error("no connection: {0}")]
    Unreachable(String),
}

/// Connects to the broker and leaves again. Nothing is published, and a bridge that is running keeps its connection.
///
/// # Errors
/// When the broker cannot be reached, is not trusted, or does not want us.
pub async fn greet(settings: &Settings) -> Result<(), Unwelcome> {
    let address = Address::of_visitor(settings)?;
    let visit = async {
        let address = address.current().await.map_err(|why| Refusal { login: false, why })?;
        visit(&address).await
    };
    match timeout(LIMIT, visit).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(refusal)) if refusal.login => Err(Unwelcome::Rejected(refusal.why)),
        Ok(Err(refusal)) => Err(Unwelcome::Unreachable(refusal.why)),
        Err(_) => Err(Unwelcome::Unreachable("it does not answer in time".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::super::Tls;
    use super::*;
    use crate::transport::Pin;

    fn tls_server() -> (TlsAcceptor, Pin) {
        let made = rcgen::generate_simple_self_signed(["broker".to_owned()]).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], made.signing_key.into())
            .unwrap();
        (TlsAcceptor::from(Arc::new(config)), Pin::of(made.cert.der()))
    }

    /// Answers one CONNECT with this return code, and tells what it was sent.
    async fn answer(mut stream: impl AsyncRead + AsyncWrite + Unpin, code: u8) -> Vec<u8> {
        let mut head = [0; 2];
        stream.read_exact(&mut head).await.unwrap();
        let mut rest = vec![0; head[1].into()];
        stream.read_exact(&mut rest).await.unwrap();
        stream.write_all(&[0x20, 2, 0, code]).await.unwrap();
        drop(stream.read(&mut [0; 8]).await);
        rest
    }

    fn settings(port: u16, tls: Option<Tls>) -> Settings {
        Settings {
            host: "127.0.0.1".into(),
            port,
            tls,
            username: Some("me".into()),
            password: Some("hunter2".to_owned().into()),
            prefix: "router2mqtt".into(),
            client_id: "bridge".into(),
            guide: None,
        }
    }

    async fn broker() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    }

    #[tokio::test]
    async fn a_broker_is_greeted_under_a_name_that_throws_nobody_out() {
        let (listener, port) = broker().await;
        let heard = tokio::spawn(async move { answer(listener.accept().await.unwrap().0, 0).await });
        greet(&settings(port, None)).await.unwrap();
        let heard = String::from_utf8_lossy(&heard.await.unwrap()).into_owned();
        assert!(
            heard.contains("bridge-check") && heard.contains("me") && heard.contains("hunter2"),
            "{heard}"
        );
    }

    #[tokio::test]
    async fn rejected_credentials_are_told_from_other_refusals() {
        for (code, rejected) in [(4, true), (5, true), (3, false)] {
            let (listener, port) = broker().await;
            tokio::spawn(async move { answer(listener.accept().await.unwrap().0, code).await });
            let unwelcome = greet(&settings(port, None)).await.unwrap_err();
            assert_eq!(matches!(unwelcome, Unwelcome::Rejected(_)), rejected, "{code}: {unwelcome}");
            assert!(!unwelcome.to_string().contains("hunter2"));
        }
    }

    #[tokio::test]
    async fn nobody_at_the_port_is_said() {
        let (listener, port) = broker().await;
        drop(listener);
        let unwelcome = greet(&settings(port, None)).await.unwrap_err();
        assert!(unwelcome.to_string().starts_with("no connection: "), "{unwelcome}");
    }

    #[tokio::test]
    async fn only_the_certificate_that_is_trusted_is_accepted() {
        let (acceptor, pin) = tls_server();
        let pinned = |pin| Tls { pin: Some(pin), ..Tls::default() };
        let tried = [
            (pinned(pin), true),
            (pinned(Pin::of(b"another")), false),
            (Tls { insecure: true, ..Tls::default() }, true),
            (Tls::default(), false),
        ];
        for (tls, welcome) in tried {
            let (listener, port) = broker().await;
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(listener.accept().await.unwrap().0).await {
                    answer(stream, 0).await;
                }
            });
            let outcome = greet(&settings(port, Some(tls))).await;
            assert_eq!(outcome.is_ok(), welcome, "{outcome:?}");
            if let Err(unwelcome) = outcome {
                assert!(unwelcome.to_string().contains(&pin.to_string()), "{unwelcome}");
            }
        }
    }
}
