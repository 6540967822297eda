use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use rcgen::KeyPair;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio::io::AsyncReadExt;

use super::certificate::Certificate;
use super::server::{greet, hear, port, say, says_over_tls};
use super::settings;
use crate::model::{Fault, FaultClass};
use crate::transport::{Pin, Request, Transport, Trust, fetch};

const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

async fn asked(url: &str, trust: Trust) -> Result<u16, Fault> {
    let mut settings = settings(url);
    settings.trust = trust;
    Transport::new(settings, None).unwrap().send(Request::get("/")).await.map(|reply| reply.status)
}

#[tokio::test]
async fn any_of_several_pins_opens() {
    let certificate = Certificate::new();
    let url = says_over_tls(certificate.server(), PAGE).await;
    let pins = vec![Pin::of(b"the next one"), certificate.pin()];
    assert_eq!(asked(&url, Trust::Pinned(pins)).await, Ok(200));
}

#[tokio::test]
async fn a_refusal_names_both_fingerprints() {
    let certificate = Certificate::new();
    let url = says_over_tls(certificate.server(), PAGE).await;
    let pins = vec![Pin::of(b"old"), Pin::of(b"older")];
    let expected = format!("{} or {}", Pin::of(b"old"), Pin::of(b"older"));
    assert_eq!(
        asked(&url, Trust::Pinned(pins)).await,
        Err(Fault::PinMismatch { expected, seen: certificate.pin().to_string() })
    );
}

#[tokio::test]
async fn a_wrong_pin_is_not_tried_twice() {
    let certificate = Certificate::new();
    let config = certificate.server();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let address = port(move |stream| {
        counted.fetch_add(1, Ordering::SeqCst);
        let config = Arc::clone(&config);
        async move { drop(greet(config, stream).await) }
    })
    .await;
    let fault =
        asked(&format!("https://{address}"), Trust::Pinned(vec![Pin::of(b"other")])).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::PinMismatch);
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn without_a_pin_the_fingerprint_is_told() {
    let certificate = Certificate::new();
    let url = says_over_tls(certificate.server(), PAGE).await;
    assert_eq!(
        asked(&url, Trust::Authorities("")).await,
        Err(Fault::PinMissing { seen: certificate.pin().to_string() })
    );
}

#[tokio::test]
async fn a_box_that_hangs_up_on_a_modern_greeting_gets_an_old_one() {
    let certificate = Certificate::new();
    let config = certificate.server();
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let address = port(move |stream| {
        let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
        let config = Arc::clone(&config);
        async move {
            if first {
                return;
            }
            let mut stream = greet(config, stream).await.unwrap();
            assert_eq!(stream.get_ref().1.protocol_version(), Some(rustls::ProtocolVersion::TLSv1_2));
            hear(&mut stream).await;
            say(&mut stream, PAGE).await;
        }
    })
    .await;
    let pins = Trust::Pinned(vec![certificate.pin()]);
    assert_eq!(asked(&format!("https://{address}"), pins).await, Ok(200));
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

/// Shows somebody else's certificate, but has only a key of its own.
#[derive(Debug)]
struct Impostor(Arc<CertifiedKey>);

impl ResolvesServerCert for Impostor {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0))
    }
}

fn impostor(
    copied: CertificateDer<'static>,
    version: &'static SupportedProtocolVersion,
) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let own = PrivatePkcs8KeyDer::from(KeyPair::generate().unwrap().serialize_der());
    let own = provider.key_provider.load_private_key(PrivateKeyDer::Pkcs8(own)).unwrap();
    let config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(Impostor(Arc::new(CertifiedKey::new(vec![copied], own)))));
    Arc::new(config)
}

#[tokio::test]
async fn a_copied_certificate_without_its_key_is_refused_in_every_manner() {
    let certificate = Certificate::new();
    let pin = certificate.pin();
    for version in [&TLS12, &TLS13] {
        let config = impostor(certificate.der.clone(), version);
        let handshakes = Arc::new(AtomicUsize::new(0));
        let heard = Arc::new(AtomicUsize::new(0));
        let (counted, overheard) = (Arc::clone(&handshakes), Arc::clone(&heard));
        let address = port(move |stream| {
            counted.fetch_add(1, Ordering::SeqCst);
            let (config, heard) = (Arc::clone(&config), Arc::clone(&overheard));
            async move {
                if let Some(mut stream) = greet(config, stream).await {
                    heard.fetch_add(hear(&mut stream).await.len(), Ordering::SeqCst);
                }
            }
        })
        .await;
        let url = format!("https://{address}");

        for trust in [Trust::Pinned(vec![pin]), Trust::Anyone] {
            let fault = asked(&url, trust).await.unwrap_err();
            assert_eq!(fault.class(), FaultClass::Tls, "{fault}");
            assert!(fault.to_string().contains("a copy"), "{fault}");
        }
        assert!(fetch(&url.parse().unwrap(), settings(&url).deadlines).await.is_err());
        assert_eq!(handshakes.load(Ordering::SeqCst), 6, "both manners were tried each time");
        assert_eq!(heard.load(Ordering::SeqCst), 0, "nothing was said to the impostor");
    }
}

#[tokio::test]
async fn tls_to_a_plain_port_gets_a_hint() {
    for greeting in ["HTTP/1.1 400 Bad Request\r\n\r\n", ""] {
        let address = port(move |mut stream| async move {
            drop(stream.read_u8().await);
            say(&mut stream, greeting).await;
        })
        .await;
        let url = format!("https://{address}");
        for trust in [Trust::Anyone, Trust::Authorities("")] {
            let fault = asked(&url, trust).await.unwrap_err();
            assert!(fault.to_string().contains("write http://"), "{greeting:?}: {fault}");
        }
        let fault = fetch(&url.parse().unwrap(), settings(&url).deadlines).await.unwrap_err();
        assert!(fault.to_string().contains("write http://"), "{greeting:?}: {fault}");
    }
}

#[tokio::test]
async fn plain_http_to_a_tls_port_gets_a_hint() {
    let certificate = Certificate::new();
    let url = says_over_tls(certificate.server(), PAGE).await.replace("https:", "http:");
    let fault = asked(&url, Trust::Anyone).await.unwrap_err();
    assert!(fault.to_string().contains("write https://"), "{fault}");
}

#[tokio::test]
async fn a_certificate_is_shown_without_trusting_it() {
    let certificate = Certificate::new();
    let url = says_over_tls(certificate.server(), PAGE).await;
    let shown = fetch(&url.parse().unwrap(), settings(&url).deadlines).await.unwrap();
    assert_eq!(shown.pin, certificate.pin());
    assert_eq!(shown.subject, "CN=02:00:00:00:00:01");
    assert_eq!(shown.key.unwrap().to_string(), "EC, 256 bits");
    assert_eq!(shown.version, "TLS 1.3");
}

#[tokio::test]
async fn a_plain_address_has_no_certificate_to_show() {
    let url = "http://127.0.0.1/".parse().unwrap();
    let fault = fetch(&url, settings("http://127.0.0.1").deadlines).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::Tls, "{fault}");
}
