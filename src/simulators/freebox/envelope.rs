//! How a Freebox wraps what it says.

use serde_json::{Map, Value as Json, json};

use super::super::HttpResponse;

/// What an endpoint says when it cannot do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    status: u16,
    code: &'static str,
    message: &'static str,
    missing_right: Option<&'static str>,
}

/// What an endpoint says; `None` is the empty list, which a Freebox leaves out.
pub type Page = Result<Option<Json>, Failure>;

impl Failure {
    /// No such address, or not on this model.
    pub const NOT_FOUND: Self = Self::new(404, "invalid_request", "Requête invalide (404)");
    /// The request carries something else than JSON.
    pub const NO_JSON: Self = Self::new(200, "invalid_request", "Invalid request: cannot parse json");
    /// A service that does not run on this line.
    pub const SERVICE_DOWN: Self = Self::new(
        200,
        "service_down",
        "Impossible de récupérer l’état de la connexion: Ce service n’est pas disponible actuellement",
    );
    /// No such network.
    pub const NO_DEVICE: Self =
        Self::new(200, "nodev", "Erreur lors de la récupération de la liste des hôtes : Interface invalide");
    /// No such thing.
    pub const NO_ENTRY: Self = Self::new(200, "noent", "Aucun module 4G détecté");
    /// No such port.
    pub const BAD_PORT: Self = Self::new(200, "bad_port", "Port invalide");
    /// A version that the firmware is too old for.
    pub const NO_SUCH_VERSION: Self = Self::new(404, "invalid_api_version", "Version d'API inconnue");
    /// No session, or one that has ended.
    pub const AUTH_REQUIRED: Self =
        Self::new(403, "auth_required", "Vous devez vous connecter pour accéder à cette fonction");
    /// The proof does not hold.
    pub const INVALID_TOKEN: Self =
        Self::new(403, "invalid_token", "Erreur d'authentification de l'application");
    /// Nobody has accepted the pairing yet.
    pub const PENDING_TOKEN: Self =
        Self::new(403, "pending_token", "L'application n'a pas encore été autorisée");
    /// Too many proofs did not hold.
    pub const RATE_LIMITED: Self = Self::new(403, "ratelimited", "Trop d'échec de connexion depuis cette ip");

    const fn new(status: u16, code: &'static str, message: &'static str) -> Self {
        Self { status, code, message, missing_right: None }
    }

    /// The application lacks a right.
    pub const fn missing_right(right: &'static str) -> Self {
        Self {
            missing_right: Some(right),
            ..Self::new(
                403,
                "insufficient_rights",
                "Cette application n'est pas autorisée à accéder à cette fonction",
            )
        }
    }

    /// As the box writes it. A refusal to somebody who is not logged in carries a challenge to log in with.
    pub fn response(&self, uid: &str, greeting: Json) -> HttpResponse {
        let mut body = Map::new();
        body.insert("success".to_owned(), json!(false));
        body.insert("error_code".to_owned(), json!(self.code));
        body.insert("msg".to_owned(), json!(self.message));
        if self.status == 403 {
            body.insert("uid".to_owned(), json!(uid));
            body.insert("result".to_owned(), greeting);
        }
        if let Some(right) = self.missing_right {
            body.insert("missing_right".to_owned(), json!(right));
        }
        write(self.status, &Json::Object(body))
    }
}

/// A success, with what was asked for.
pub fn success(result: Option<Json>) -> HttpResponse {
    let mut body = json!({"success": true});
    if let (Some(result), Some(body)) = (result, body.as_object_mut()) {
        body.insert("result".to_owned(), result);
    }
    write(200, &body)
}

/// Slashes are escaped, as everywhere in this API.
pub fn write(status: u16, body: &Json) -> HttpResponse {
    HttpResponse::new(status, "application/json; charset=utf-8", body.to_string().replace('/', "\\/"))
}
