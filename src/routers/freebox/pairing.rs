//! The pairing: an application asks for a token, and somebody accepts it at the front panel of the box.
//!
//! These are the steps of the protocol and nothing else; asking again after a second or two, and telling people what
//! to press, is for whoever runs them:
//!
//! 1. [`request`] asks for a token; the box's display shows who asks.
//! 2. [`Pairing::status`] again and again, until it is no longer [`Status::Pending`]. The box insists: without being
//!    asked to the end it does not grant what was accepted.
//! 3. [`rights`] logs in once and says what the owner has to tick in Freebox OS.
//!
//! All of it works from within the home network only.

use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::discovery::{Announcement, Choice, discover};
use super::login::{conceal, log_in};
pub use super::rights::Rights;
use super::wire::Node;
use super::{APP_ID, answer};
use crate::model::{Clock, Fault};
use crate::transport::{Request, Transport};

/// Who asks: what the box's display and Freebox OS show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// What the token is bound to; `app_id` of the configuration has to be the same.
    pub id: String,
    /// The application's name for people.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The name of the machine it runs on.
    pub device: String,
}

impl Application {
    /// The bridge, on this machine.
    pub fn bridge(device: impl Into<String>) -> Self {
        Self {
            id: APP_ID.to_owned(),
            name: "router2mqtt".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            device: device.into(),
        }
    }
}

/// A token, and how to ask what became of it.
#[derive(Debug)]
pub struct Pairing {
    announced: Announcement,
    token: SecretString,
    track: u64,
}

/// What became of a request for a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody has pressed anything yet.
    Pending,
    /// Accepted: the token can be used.
    Granted,
    /// Refused at the box.
    Denied,
    /// Nobody pressed anything in time.
    TimedOut,
    /// The box does not know the token, or no longer.
    Unknown,
}

/// Asks the box for a token.
///
/// # Errors
/// [`Fault::MissingRight`] when the owner does not let new applications ask.
pub async fn request(
    transport: &Transport,
    application: &Application,
    clock: &Clock,
) -> Result<Pairing, Fault> {
    let announced = discover(transport, Choice::Known).await?;
    let request = Request::post(announced.path("login/authorize/")).json(json!({
        "app_id": application.id,
        "app_name": application.name,
        "app_version": application.version,
        "device_name": application.device,
    }));
    let reply = transport.send(request).await?;
    let result = answer::result(&reply, clock.now())?;
    let node = Node::of(&result);
    let (Some(token), Some(track)) = (node.text("app_token"), node.count("track_id")) else {
        return Err(Fault::malformed(&reply.what, "a pairing without a token"));
    };
    conceal(transport, token);
    Ok(Pairing { announced, token: token.into(), track })
}

impl Pairing {
    /// The token, for `app_token` in the configuration once it is granted.
    pub const fn token(&self) -> &SecretString {
        &self.token
    }

    /// What has become of the request by now.
    ///
    /// # Errors
    /// When the box cannot be asked.
    pub async fn status(&self, transport: &Transport, clock: &Clock) -> Result<Status, Fault> {
        let path = self.announced.path(&format!("login/authorize/{}", self.track));
        let reply = transport.send(Request::get(path)).await?;
        let result = answer::result(&reply, clock.now())?;
        match Node::of(&result).text("status") {
            Some("pending") => Ok(Status::Pending),
            Some("granted") => Ok(Status::Granted),
            Some("denied") => Ok(Status::Denied),
            Some("timeout") => Ok(Status::TimedOut),
            Some("unknown") => Ok(Status::Unknown),
            _ => Err(Fault::malformed(&reply.what, "a pairing without a status")),
        }
    }
}

/// What a granted token may do: logs in, looks, and logs out.
///
/// # Errors
/// [`Fault::CredentialsRejected`] when the token is not valid, [`Fault::PairingPending`] when it is not granted yet.
pub async fn rights(
    transport: &Transport,
    app_id: &str,
    token: &SecretString,
    clock: &Clock,
) -> Result<Rights, Fault> {
    conceal(transport, token.expose_secret());
    let announced = discover(transport, Choice::Known).await?;
    let login = log_in(transport, &announced, app_id, token, clock).await?;
    let rights = login.rights.clone();
    login.log_out(transport, &announced).await;
    Ok(rights)
}
