//! Where the portal has its pages, and what to look for in them. Nobody promises that any of it stays as it is, so the
//! owner can correct each from the configuration.

use crate::model::{Fault, Pattern};
use crate::routers::{FamilyOption, OptionKind, Wiring};

/// An option of the family, and what is true unless it is set.
pub(super) struct Known {
    pub key: &'static str,
    pub default: &'static str,
}

const fn known(key: &'static str, default: &'static str) -> Known {
    Known { key, default }
}

pub(super) const IDENTITY: Known = known("identity_url", "https://idconnect.cloud");
pub(super) const REDIRECT: Known = known("redirect_uri", "https://www.altibox.no/auth/callback/");
pub(super) const SCRIPT: Known = known("script_path", "/altibox/js/altibox.min.js");
pub(super) const AUTHORIZATION: Known = known("authorization_path", "/uas/oauth2/authorization");
pub(super) const SUBMIT: Known = known("submit_path", "/uas/authn/{id}/submit");
pub(super) const TOKEN: Known = known("token_path", "/uas/oauth2/token");
pub(super) const TICKET: Known = known("ticket_path", "/api/authentication/token");
pub(super) const SITES: Known = known("sites_path", "/api/customer/servicelocations");
pub(super) const DEVICES: Known = known("devices_path", "/api/wifi/getlandevices");
pub(super) const CLIENT: Known = known(
    "client_pattern",
    r#"\{baseUrl:"https://idconnect\.cloud",client_id:"([^"]+)",scope:"([^"]+)",client_secret:"([^"]+)""#,
);
pub(super) const ENTITY: Known = known("entity_pattern", r"[?&]_id=([^&#]+)");
pub(super) const WELCOME: Known = known("welcome_pattern", "Du er logget inn");
pub(super) const CODE: Known = known("code_pattern", r#"name="code" value="([^"]+)""#);

/// Which of several addresses of a customer to read.
pub(super) const SITE: &str = "site";

const fn option(key: &'static str, kind: OptionKind, doc: &'static str) -> FamilyOption {
    FamilyOption { key, doc, kind }
}

/// The options of the family.
pub(super) const OPTIONS: &[FamilyOption] = &[
    option(SITE, OptionKind::Text, "The site id of the address to read, of customers with several."),
    option(IDENTITY.key, OptionKind::Url, "The server at which users log in."),
    option(REDIRECT.key, OptionKind::Url, "The address that the portal is registered with at that server."),
    option(SCRIPT.key, OptionKind::Path, "The portal's script that names its client id, scope and secret."),
    option(AUTHORIZATION.key, OptionKind::Path, "Where a login begins."),
    option(SUBMIT.key, OptionKind::Path, "Where user name and password go; {id} is the id of the login."),
    option(TOKEN.key, OptionKind::Path, "Where the code of a login is exchanged for an access token."),
    option(TICKET.key, OptionKind::Path, "Where the access token is exchanged for a session ticket."),
    option(SITES.key, OptionKind::Path, "The list of the customer's addresses."),
    option(DEVICES.key, OptionKind::Path, "The list of the devices of the household."),
    option(CLIENT.key, OptionKind::Pattern(3), "Finds client id, scope and secret in the portal's script."),
    option(
        ENTITY.key,
        OptionKind::Pattern(1),
        "Finds the id of the login in the last redirect before its page.",
    ),
    option(WELCOME.key, OptionKind::Pattern(0), "Is on the page after a successful login, and on no other."),
    option(CODE.key, OptionKind::Pattern(1), "Finds the code on the page after a successful login."),
];

/// The pages, with what the owner has corrected.
#[derive(Debug)]
pub(super) struct Pages {
    pub redirect_uri: String,
    pub script: String,
    pub authorization: String,
    submit: String,
    pub token: String,
    pub ticket: String,
    pub sites: String,
    pub devices: String,
    pub client: Pattern,
    pub entity: Pattern,
    pub welcome: Pattern,
    pub code: Pattern,
}

impl Pages {
    /// # Errors
    /// A fault that names the option that is wrong.
    pub fn new(wiring: &Wiring) -> Result<Self, Fault> {
        let text = |known: Known| wiring.text(known.key, known.default).to_owned();
        let pattern = |known: Known, groups| {
            Pattern::new(wiring.text(known.key, known.default), groups)
                .map_err(|error| wrong(known.key, error))
        };
        Ok(Self {
            redirect_uri: text(REDIRECT),
            script: text(SCRIPT),
            authorization: text(AUTHORIZATION),
            submit: text(SUBMIT),
            token: text(TOKEN),
            ticket: text(TICKET),
            sites: text(SITES),
            devices: text(DEVICES),
            client: pattern(CLIENT, 3)?,
            entity: pattern(ENTITY, 1)?,
            welcome: pattern(WELCOME, 0)?,
            code: pattern(CODE, 1)?,
        })
    }

    /// Where the credentials of the login with this id go.
    pub fn submit(&self, entity: &str) -> String {
        self.submit.replace("{id}", entity)
    }
}

/// The fault of an option that the configuration should not have let through.
pub(super) fn wrong(key: &str, why: impl std::fmt::Display) -> Fault {
    Fault::NotSupported(format!("be read: '{key}' is wrong: {why}"))
}
