use std::fmt;
use std::net::{IpAddr, SocketAddr};

use axum::http::StatusCode;
use secrecy::SecretString;
use tokio::net::lookup_host;

use super::Stranger;
use crate::transport::Pin;
use crate::web::Allowed;
use crate::web::probe::field;

/// Where the exporter found its box unless told otherwise: it knew encrypted ones only.
const PORT: u16 = 443;

/// Why there is no answer.
pub(super) type Refusal = (StatusCode, String);

/// What a request wants, with the parameters of `hitron-exporter`. No text about it repeats what was sent.
pub(super) struct Ask {
    host: String,
    port: u16,
    username: String,
    password: SecretString,
    pin: Option<Pin>,
    force: bool,
}

impl fmt::Debug for Ask {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Ask").finish_non_exhaustive()
    }
}

impl Ask {
    /// What is asked.
    ///
    /// # Errors
    /// What is missing or wrong; the first two in the words of the exporter.
    pub(super) fn read(asked: &[(String, String)]) -> Result<Self, Refusal> {
        let bad = |words: &str| (StatusCode::BAD_REQUEST, words.to_owned());
        let host = field(asked, "target").or_else(|| field(asked, "address"));
        let host = host.ok_or_else(|| bad("Missing parameter: 'target'"))?;
        let pair = field(asked, "usr").zip(field(asked, "pwd"));
        let Some((username, password)) = pair else {
            return Err(bad(match field(asked, "ipa_vault_namespace") {
                Some(_) => {
                    "vaults are not read here: configure the box below 'routers', with 'username' and 'password' from a {file: …} or a {command: […]}, and give its id as 'target'"
                }
                None => "Missing parameters: 'usr', 'pwd' or 'ipa_vault_namespace'",
            }));
        };
        let pin = field(asked, "fingerprint").map(str::parse::<Pin>).transpose();
        let force = field(asked, "force").map_or(Ok(0), str::parse::<i64>);
        let port = field(asked, "_port").map_or(Ok(PORT), str::parse::<u16>);
        Ok(Self {
            host: host.to_owned(),
            port: port.map_err(|_| bad("'_port' takes a number from 1 to 65535"))?,
            username: username.to_owned(),
            password: SecretString::from(password),
            pin: pin.map_err(|error| bad(&format!("'fingerprint': {error}")))?,
            force: force.map_err(|_| bad("'force' takes a whole number"))? != 0,
        })
    }

    /// Where to go. It is the address that was checked which is connected to: a name is looked up once, here.
    ///
    /// # Errors
    /// When the host may not be visited, or nobody knows it.
    pub(super) async fn resolve(self, allowed: &Allowed) -> Result<Stranger, Refusal> {
        let refusal = || {
            let words = "that address is not among those that 'web.adhoc_probes.allow' lists";
            (StatusCode::FORBIDDEN, words.to_owned())
        };
        let bare = self.host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let address = match bare.unwrap_or(&self.host).parse::<IpAddr>() {
            Ok(ip) => Some(SocketAddr::new(ip.to_canonical(), self.port)),
            Err(_) if allowed.names(&self.host) => {
                let unknown = |_| {
                    let words = "no address is known for that name";
                    (StatusCode::SERVICE_UNAVAILABLE, words.to_owned())
                };
                let mut found = lookup_host((self.host.as_str(), self.port)).await.map_err(unknown)?;
                found.find(|address| allowed.covers(address.ip()))
            }
            Err(_) => None,
        };
        let address = address.filter(|address| allowed.covers(address.ip())).ok_or_else(refusal)?;
        let Self { username, password, pin, force, .. } = self;
        Ok(Stranger { address, username, password, pin, force })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Ask, Refusal> {
        Ask::read(&crate::transport::pairs::decode(query))
    }

    fn refused(query: &str) -> String {
        let (status, words) = read(query).unwrap_err();
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(!words.contains("hunter2"), "{words}");
        words
    }

    #[test]
    fn what_is_missing_is_said_as_the_exporter_did() {
        for query in ["", "target=", "usr=a&pwd=hunter2"] {
            assert_eq!(refused(query), "Missing parameter: 'target'");
        }
        for query in ["target=a", "target=a&usr=b", "address=a&pwd=hunter2", "target=a&usr=&pwd=hunter2"] {
            assert_eq!(refused(query), "Missing parameters: 'usr', 'pwd' or 'ipa_vault_namespace'");
        }
        assert!(refused("target=a&ipa_vault_namespace=service:hunter2").contains("configure the box"));
    }

    #[test]
    fn what_is_wrong_is_said_without_repeating_it() {
        let whole = "target=a&usr=b&pwd=hunter2";
        assert!(refused(&format!("{whole}&force=hunter2")).contains("'force'"));
        assert!(refused(&format!("{whole}&_port=99999")).contains("'_port'"));
        assert!(refused(&format!("{whole}&fingerprint=hunter2")).contains("'fingerprint'"));
        let sha1 = "00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff:00:11:22:33";
        assert!(refused(&format!("{whole}&fingerprint={sha1}")).contains("can be forged"));
        let ask = read(&format!("{whole}&force=1&_port=8443")).unwrap();
        assert!(ask.force && ask.port == 8443 && ask.pin.is_none());
        assert!(!format!("{ask:?}").contains("hunter2"));
        assert_eq!(read(whole).unwrap().port, 443);
    }

    #[tokio::test]
    async fn only_addresses_decide() {
        let allowed =
            |list: &[&str]| list.iter().map(|who| who.parse::<crate::web::Who>().unwrap()).collect();
        let status = async |host: &str, list: &[&str]| {
            let ask = read(&format!("usr=a&pwd=b&target={host}")).unwrap();
            ask.resolve(&allowed(list)).await.map_or_else(|(status, _)| status.as_u16(), |_| 200)
        };
        assert_eq!(status("198.51.100.1", &["198.51.100.0/24"]).await, 200);
        assert_eq!(status("[::ffff:198.51.100.1]", &["198.51.100.0/24"]).await, 200);
        for host in
            ["198.51.101.1", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "localhost", "a@198.51.100.1"]
        {
            assert_eq!(status(host, &["198.51.100.0/24"]).await, 403, "{host}");
        }
        // A name that leads elsewhere than it may.
        assert_eq!(status("localhost", &["localhost", "198.51.100.1"]).await, 403);
        assert_eq!(status("localhost", &["localhost", "127.0.0.1", "::1"]).await, 200);
    }
}
