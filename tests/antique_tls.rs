//! Boxes with old keys, old certificates and old TLS, played by OpenSSL's own server.
//!
//! Needs the `openssl` command: `cargo test --test antique_tls -- --ignored`.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use reqwest::Url;
use router2mqtt::model::{Fault, FaultClass};
use router2mqtt::transport::{Deadlines, Pin, Request, Settings, Transport, Trust, fetch};
use tempfile::TempDir;

/// A box's key and certificate.
struct Identity {
    folder: TempDir,
}

impl Identity {
    /// As `openssl req -x509` makes them, from a key such as `rsa:2048`.
    fn new(key: &str, more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut arguments = vec!["req", "-x509", "-nodes", "-newkey", key, "-subj", "/CN=02:00:00:00:00:00"];
        arguments.extend(["-keyout", "key.pem", "-out", "certificate.pem"]);
        arguments.extend(more);
        openssl(folder.path(), &arguments);
        Self { folder }
    }

    /// In the first version of the format, which has no extensions.
    fn first_version(key: &str) -> Self {
        let identity = Self::new(key, &[]);
        let folder = identity.folder.path();
        openssl(folder, &["req", "-new", "-key", "key.pem", "-subj", "/CN=old", "-out", "request.pem"]);
        let sign = ["x509", "-req", "-in", "request.pem", "-signkey", "key.pem", "-out", "certificate.pem"];
        openssl(folder, &sign);
        identity
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn pin(&self) -> Pin {
        let file = self.path("certificate.pem");
        let file = file.to_str().unwrap();
        let text = openssl(self.folder.path(), &["x509", "-in", file, "-noout", "-fingerprint", "-sha256"]);
        text.trim().split_once('=').unwrap().1.parse().unwrap()
    }
}

fn openssl(folder: &Path, arguments: &[&str]) -> String {
    let done =
        Command::new("openssl").current_dir(folder).args(arguments).output().expect("openssl is there");
    assert!(done.status.success(), "openssl {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    String::from_utf8(done.stdout).unwrap()
}

/// A box that answers every GET with a page. It ends when this is dropped.
struct Server {
    process: Child,
    port: u16,
}

impl Server {
    fn new(identity: &Identity, more: &[&str]) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut process = Command::new("openssl")
            .current_dir(identity.folder.path())
            .args(["s_server", "-www", "-key", "key.pem", "-cert", "certificate.pem"])
            .args(["-accept", &format!("127.0.0.1:{port}")])
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl is there");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        assert!(
            lines.any(|line| line.unwrap().contains("ACCEPT")),
            "openssl s_server {more:?} does not start"
        );
        // Read on, as it would stop when the pipe is full.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, port }
    }

    fn url(&self, scheme: &str) -> Url {
        format!("{scheme}://127.0.0.1:{}/", self.port).parse().unwrap()
    }

    fn transport(&self, trust: Trust) -> Transport {
        let mut settings = Settings::new(self.url("https"));
        settings.trust = trust;
        settings.deadlines = deadlines();
        Transport::new(settings, None).unwrap()
    }

    async fn ask(&self, trust: Trust) -> Result<u16, Fault> {
        self.transport(trust).send(Request::get("/")).await.map(|reply| reply.status)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn deadlines() -> Deadlines {
    Deadlines {
        connect: Duration::from_secs(5),
        first_byte: Duration::from_secs(10),
        whole: Duration::from_secs(15),
    }
}

const ANYTHING_GOES: &str = "ALL:@SECLEVEL=0";

async fn a_pin_opens(identity: &Identity, more: &[&str]) {
    let server = Server::new(identity, more);
    let other = Pin::of(b"another certificate");

    assert_eq!(server.ask(Trust::Pinned(vec![other, identity.pin()])).await, Ok(200), "pinned");
    assert_eq!(server.ask(Trust::Anyone).await, Ok(200), "insecure");

    let wrong = server.ask(Trust::Pinned(vec![other])).await.unwrap_err();
    assert_eq!(
        wrong,
        Fault::PinMismatch { expected: other.to_string(), seen: identity.pin().to_string() },
        "another pin"
    );
    assert_eq!(fetch(&server.url("https"), deadlines()).await.unwrap().pin, identity.pin());
}

async fn nothing_opens(identity: &Identity, more: &[&str], why: &str) {
    let server = Server::new(identity, more);
    for trust in [Trust::Pinned(vec![identity.pin()]), Trust::Anyone, Trust::Authorities("")] {
        let fault = server.ask(trust.clone()).await.unwrap_err();
        assert_eq!(fault.class(), FaultClass::Tls, "{trust:?}: {fault}");
        assert!(fault.to_string().contains(why), "{trust:?}: {fault}");
    }
    assert_eq!(fetch(&server.url("https"), deadlines()).await.unwrap_err().class(), FaultClass::Tls);
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pin_opens_a_self_signed_certificate_of_today() {
    a_pin_opens(&Identity::new("rsa:2048", &[]), &[]).await;
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pin_opens_a_curve_key() {
    let curve = ["-pkeyopt", "ec_paramgen_curve:P-256"];
    a_pin_opens(&Identity::new("ec", &curve), &[]).await;
    a_pin_opens(&Identity::new("ec", &curve), &["-tls1_2"]).await;
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pin_opens_an_expired_certificate() {
    let identity = Identity::new("rsa:2048", &[]);
    let folder = identity.folder.path();
    openssl(folder, &["req", "-new", "-key", "key.pem", "-subj", "/CN=old", "-out", "request.pem"]);
    // With an extension, as without any it would be in the first version of the format, too.
    std::fs::write(identity.path("extensions"), "basicConstraints=CA:FALSE").unwrap();
    let mut sign =
        vec!["x509", "-req", "-in", "request.pem", "-signkey", "key.pem", "-out", "certificate.pem"];
    sign.extend(["-days", "-1", "-extfile", "extensions"]);
    openssl(folder, &sign);
    a_pin_opens(&identity, &[]).await;
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pin_opens_a_certificate_for_another_name() {
    let names = ["-addext", "subjectAltName=DNS:elsewhere.example"];
    a_pin_opens(&Identity::new("rsa:2048", &names), &[]).await;
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pin_opens_a_short_key_on_tls_1_2() {
    a_pin_opens(&Identity::new("rsa:1024", &["-sha1"]), &["-tls1_2", "-cipher", ANYTHING_GOES]).await;
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pin_opens_a_short_key_where_tls_1_3_would_be_possible_too() {
    a_pin_opens(&Identity::new("rsa:1024", &[]), &["-cipher", ANYTHING_GOES]).await;
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pin_opens_the_first_version_of_the_certificate_format() {
    a_pin_opens(&Identity::first_version("rsa:2048"), &[]).await;
    a_pin_opens(&Identity::first_version("rsa:1024"), &["-cipher", ANYTHING_GOES]).await;
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_pin_opens_a_server_that_signs_with_sha_1_only() {
    let old = ["-tls1_2", "-cipher", ANYTHING_GOES, "-sigalgs", "RSA+SHA1"];
    a_pin_opens(&Identity::new("rsa:2048", &[]), &old).await;
    a_pin_opens(&Identity::new("rsa:1024", &[]), &old).await;

    let unpinned = Server::new(&Identity::new("rsa:2048", &[]), &old).ask(Trust::Authorities("")).await;
    let fault = unpinned.unwrap_err();
    assert!(fault.to_string().contains("'router2mqtt pin URL'"), "{fault}");
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn the_manner_that_worked_is_kept_and_left_again_when_the_box_is_renewed() {
    let old = Identity::new("rsa:1024", &[]);
    let server = Server::new(&old, &["-cipher", ANYTHING_GOES]);
    let transport = server.transport(Trust::Anyone);
    for _ in 0..3 {
        assert_eq!(transport.send(Request::get("/")).await.unwrap().status, 200);
    }
    let port = server.port;
    drop(server);

    let new = Identity::new("rsa:2048", &[]);
    let _renewed = Server::new(&new, &["-tls1_3", "-accept", &format!("127.0.0.1:{port}")]);
    assert_eq!(transport.send(Request::get("/")).await.unwrap().status, 200);
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_box_with_only_old_tls_is_told_apart() {
    let identity = Identity::new("rsa:2048", &[]);
    for version in ["-tls1_1", "-tls1"] {
        nothing_opens(&identity, &[version, "-cipher", ANYTHING_GOES], "TLS 1.0 or 1.1").await;
    }
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_box_with_only_old_key_exchanges_is_told_apart() {
    let identity = Identity::new("rsa:2048", &[]);
    nothing_opens(&identity, &["-tls1_2", "-cipher", "AES128-SHA"], "key exchanges and ciphers").await;
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn a_key_too_short_to_be_checked_is_said_so() {
    let identity = Identity::new("rsa:1024", &[]);
    let server = Server::new(&identity, &["-tls1_3", "-cipher", ANYTHING_GOES]);
    let fault = server.ask(Trust::Pinned(vec![identity.pin()])).await.unwrap_err();
    assert!(fault.to_string().contains("too short"), "{fault}");
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn without_a_pin_the_fingerprint_is_told() {
    let identity = Identity::new("rsa:1024", &[]);
    let server = Server::new(&identity, &["-cipher", ANYTHING_GOES]);
    let fault = server.ask(Trust::Authorities("")).await.unwrap_err();
    assert_eq!(fault, Fault::PinMissing { seen: identity.pin().to_string() });
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn what_is_shown_can_be_compared() {
    let identity = Identity::new("rsa:1024", &["-days", "10"]);
    let server = Server::new(&identity, &["-cipher", ANYTHING_GOES]);
    let shown = fetch(&server.url("https"), deadlines()).await.unwrap();
    assert_eq!(shown.subject, "CN=02:00:00:00:00:00");
    assert_eq!(shown.issuer, shown.subject);
    assert_eq!(shown.key.unwrap().to_string(), "RSA, 1024 bits");
    assert_eq!(shown.version, "TLS 1.2");
    let days = shown.valid_until.unwrap().duration_since(shown.valid_from.unwrap()).as_hours() / 24;
    assert_eq!(days, 10);
}

#[tokio::test]
#[ignore = "needs openssl"]
async fn plain_http_to_a_tls_port_gets_a_hint() {
    let identity = Identity::new("rsa:2048", &[]);
    let server = Server::new(&identity, &[]);
    let transport = Transport::new(Settings::new(server.url("http")), None).unwrap();
    let fault = transport.send(Request::get("/")).await.unwrap_err();
    assert_eq!(fault.class(), FaultClass::Unreachable, "{fault}");
    assert!(fault.to_string().contains("write https://"), "{fault}");
}
