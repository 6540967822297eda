use std::time::Duration;

use rumqttc::{
    AsyncClient, ConnectReturnCode, ConnectionError, Event, Incoming, MqttOptions, TlsConfiguration,
    Transport,
};
use secrecy::ExposeSecret;
use tokio::time::timeout;

use super::broker_tls::encryption;
use super::exit::Exit;
use crate::mqtt::Settings;

/// Name resolution, connection, TLS and the broker's answer together.
const LIMIT: Duration = Duration::from_secs(15);

/// Why the broker did not welcome us.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unwelcome {
    /// It does not want these credentials.
    #[error("it rejects the credentials; correct 'mqtt.username' and 'mqtt.password'")]
    Rejected,
    /// It says no for another reason.
    #[error("it refuses the connection: {0}")]
    Refused(String),
    /// It did not answer.
    #[error("no connection: {0}; check that it runs and that 'mqtt.url' is right")]
    Unreachable(String),
}

impl Unwelcome {
    /// How it ends the program.
    pub(super) const fn exit(&self) -> Exit {
        match self {
            Self::Rejected => Exit::NoPermission,
            Self::Refused(_) | Self::Unreachable(_) => Exit::Unavailable,
        }
    }
}

/// Connects to the broker and leaves again. Nothing is published, and a bridge that is running keeps its connection.
pub(super) async fn greet(settings: &Settings) -> Result<(), Unwelcome> {
    let unreachable = |error: &dyn ToString| Unwelcome::Unreachable(error.to_string());
    let (client, mut events) = AsyncClient::builder(options(settings)?)
        .capacity(1)
        .try_build()
        .map_err(|error| unreachable(&error))?;
    let welcome = async {
        loop {
            match events.poll().await {
                Ok(Event::Incoming(Incoming::ConnAck(_))) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(unwelcome(&error)),
            }
        }
    };
    timeout(LIMIT, welcome).await.map_err(|_| unreachable(&"no answer in time"))??;
    // A broker that hears no farewell only waits a little longer; nothing depends on it.
    if client.try_disconnect_now().is_ok() {
        drop(timeout(Duration::from_secs(1), events.poll()).await);
    }
    Ok(())
}

fn options(settings: &Settings) -> Result<MqttOptions, Unwelcome> {
    // Not the bridge's own name: a broker throws out the first of two with the same.
    let name = format!("{}-check", settings.client_id);
    let mut options = MqttOptions::new(name, (settings.host.clone(), settings.port));
    options.set_clean_session(true);
    match (&settings.username, &settings.password) {
        (Some(username), Some(password)) => {
            options.set_credentials(username.clone(), password.expose_secret().to_owned());
        }
        (Some(username), None) => {
            options.set_username(username.clone());
        }
        (None, _) => {}
    }
    if let Some(tls) = &settings.tls {
        let tls = encryption(tls).map_err(|error| Unwelcome::Unreachable(error.to_string()))?;
        options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(tls)));
    }
    Ok(options)
}

fn unwelcome(error: &ConnectionError) -> Unwelcome {
    match error {
        ConnectionError::ConnectionRefused(
            ConnectReturnCode::BadUserNamePassword | ConnectReturnCode::NotAuthorized,
        ) => Unwelcome::Rejected,
        ConnectionError::ConnectionRefused(code) => Unwelcome::Refused(format!("{code:?}")),
        other => Unwelcome::Unreachable(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio_rustls::TlsAcceptor;

    use super::*;
    use crate::mqtt::Tls;
    use crate::simulators::Certificate;
    use crate::transport::Pin;

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
        assert_eq!(greet(&settings(port, None)).await, Ok(()));
        let heard = String::from_utf8_lossy(&heard.await.unwrap()).into_owned();
        assert!(
            heard.contains("bridge-check") && heard.contains("me") && heard.contains("hunter2"),
            "{heard}"
        );
    }

    #[tokio::test]
    async fn rejected_credentials_are_told_from_other_refusals() {
        for (code, expected) in [(4, Exit::NoPermission), (5, Exit::NoPermission), (3, Exit::Unavailable)] {
            let (listener, port) = broker().await;
            tokio::spawn(async move { answer(listener.accept().await.unwrap().0, code).await });
            let unwelcome = greet(&settings(port, None)).await.unwrap_err();
            assert_eq!(unwelcome.exit(), expected, "{code}");
            assert!(!unwelcome.to_string().contains("hunter2"));
        }
    }

    #[tokio::test]
    async fn nobody_at_the_port_is_said() {
        let (listener, port) = broker().await;
        drop(listener);
        assert_eq!(greet(&settings(port, None)).await.unwrap_err().exit(), Exit::Unavailable);
    }

    #[tokio::test]
    async fn only_the_certificate_that_is_trusted_is_accepted() {
        let certificate = Certificate::new("broker").unwrap();
        let acceptor = TlsAcceptor::from(certificate.server().unwrap());
        let pinned = |pin| Tls { pin: Some(pin), ..Tls::default() };
        let tried = [
            (pinned(certificate.pin()), true),
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
        }
    }
}
