use std::fmt;

use reqwest::Method;

use super::pairs;

/// A request to a box. What it carries may open the box, so its `Debug` shows only what kind of thing it is.
#[derive(Clone)]
pub struct Request {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Body,
    pub(super) raw: bool,
}

/// What a request carries.
#[derive(Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A JSON document.
    Json(serde_json::Value),
    /// Form fields, `application/x-www-form-urlencoded`.
    Form(Vec<(&'static str, String)>),
    /// Any other text, and its content type.
    Text(&'static str, String),
}

impl fmt::Debug for Request {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        out.debug_struct("Request")
            .field("method", &self.method)
            .field("what", &self.what())
            .field("headers", &headers)
            .field("body", &self.body)
            .finish()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Empty => "Empty",
            Self::Json(_) => "Json",
            Self::Form(_) => "Form",
            Self::Text(..) => "Text",
        })
    }
}

impl Body {
    /// The content type and the text as it is sent; `None` when there is no body.
    pub(super) fn encoded(&self) -> Option<(&'static str, String)> {
        match self {
            Self::Empty => None,
            Self::Json(document) => Some(("application/json", document.to_string())),
            Self::Form(fields) => {
                let fields = fields.iter().map(|(name, value)| (*name, value.as_str()));
                Some(("application/x-www-form-urlencoded", pairs::encode(fields)))
            }
            Self::Text(kind, text) => Some((kind, text.clone())),
        }
    }
}

impl Request {
    /// Reads a page. The path is added to the box's address and may carry a query; a whole address at the same server,
    /// which is where redirects lead, is taken as it is.
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path.into())
    }

    /// Sends something to a page.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path.into())
    }

    /// Puts something in the place of what is at a page.
    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path.into())
    }

    const fn new(method: Method, path: String) -> Self {
        Self { method, path, headers: Vec::new(), body: Body::Empty, raw: false }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Goes to a server that keeps to so few rules of HTTP that no library understands it: its lines end as they like,
    /// its answers may lack a status line, and its connections may never end. Cookies are neither sent nor kept.
    #[must_use]
    pub const fn raw(mut self) -> Self {
        self.raw = true;
        self
    }

    /// Carries a JSON document.
    #[must_use]
    pub fn json(mut self, document: serde_json::Value) -> Self {
        self.body = Body::Json(document);
        self
    }

    /// Carries form fields.
    #[must_use]
    pub fn form(mut self, fields: impl IntoIterator<Item = (&'static str, String)>) -> Self {
        self.body = Body::Form(fields.into_iter().collect());
        self
    }

    /// Carries text of this content type.
    #[must_use]
    pub fn text(mut self, content_type: &'static str, text: impl Into<String>) -> Self {
        self.body = Body::Text(content_type, text.into());
        self
    }

    /// The path, without its query: for messages. Some boxes want their query behind a `&`.
    pub fn what(&self) -> &str {
        self.path.split(['?', '&']).next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_name_a_page_without_its_query() {
        for path in ["/index/login.cgi", "/index/login.cgi?token=hunter2", "/index/login.cgi&token=hunter2;"]
        {
            assert_eq!(Request::post(path).what(), "/index/login.cgi");
        }
    }

    #[test]
    fn a_request_that_is_printed_gives_nothing_away() {
        let request = Request::post("/login?token=hunter2")
            .header("X-Fbx-App-Auth", "hunter2")
            .form([("pwd", "hunter2".to_owned())]);
        let printed = format!("{request:?}");
        assert_eq!(
            printed,
            r#"Request { method: POST, what: "/login", headers: ["X-Fbx-App-Auth"], body: Form }"#
        );
    }
}
