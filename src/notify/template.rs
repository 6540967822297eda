//! The owner's own words: text with places for what happened, in the language of Jinja.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::value::Value;
use minijinja::{Environment, ErrorKind, UndefinedBehavior};
use serde_json::{Map, Value as Json};

use super::amounts;

/// The filters that are ours.
const FILTERS: &str = "bytes, duration, local and tojson";

/// What templates can say, and in which time zone.
#[derive(Clone, Debug)]
pub struct Language(Arc<Environment<'static>>);

impl Language {
    /// With times in this zone.
    pub fn new(zone: TimeZone) -> Self {
        let mut language = Environment::new();
        // What is not there can be asked for, but not said.
        language.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        language.set_formatter(|out, state, value| match value {
            unknown if unknown.is_none() => out.write_str("unknown").map_err(minijinja::Error::from),
            value => minijinja::escape_formatter(out, state, value),
        });
        language.add_filter("bytes", |amount: Value| said(&amount, amounts::bytes));
        language.add_filter("duration", |seconds: Value| said(&seconds, amounts::duration));
        language.add_filter("local", move |moment: Value| local(&moment, &zone));
        language.add_filter("tojson", |value: Value| as_json(&value));
        Self(Arc::new(language))
    }
}

fn as_json(value: &Value) -> Result<String, minijinja::Error> {
    if value.is_undefined() {
        return Err(ErrorKind::UndefinedError.into());
    }
    serde_json::to_string(value)
        .map_err(|error| minijinja::Error::new(ErrorKind::BadSerialization, error.to_string()))
}

/// A number, said by a function; what is no number stays what it is.
fn said(value: &Value, say: fn(f64) -> String) -> Value {
    f64::try_from(value.clone()).map_or_else(|_| value.clone(), |number| Value::from(say(number)))
}

/// A moment in the household's time, to the minute; what is none stays what it is.
fn local(value: &Value, zone: &TimeZone) -> Value {
    let moment = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    moment.map_or_else(
        || value.clone(),
        |moment| Value::from(moment.to_zoned(zone.clone()).strftime("%Y-%m-%d %H:%M").to_string()),
    )
}

/// Text with places to fill in.
#[derive(Clone)]
pub struct Template {
    language: Language,
    text: String,
}

/// It may hold a secret, which the owner of a webhook can have put into the text.
impl fmt::Debug for Template {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Template")
    }
}

/// Why a template cannot be used, without a word of it but the names of its variables.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// It does not follow the rules of the language.
    #[error("this is not a template in the language of Jinja: {what} in line {line}")]
    Syntax {
        /// What the library says.
        what: String,
        /// In which line of the text.
        line: usize,
    },
    /// A variable that there never is.
    #[error("there is no variable '{name}'")]
    NoVariable {
        /// The variable.
        name: String,
        /// What there is instead.
        known: BTreeSet<String>,
    },
    /// A variable that there is not always.
    #[error(
        "{event} has no '{name}'; narrow 'events', or ask before: {{% if {name} is defined %}}…{{% endif %}}"
    )]
    NotFor {
        /// The event that lacks it.
        event: String,
        /// The variable.
        name: String,
    },
    /// It cannot be filled in.
    #[error("it cannot be filled in: {what}; there are the filters of Jinja, and {FILTERS}")]
    Unfit {
        /// What the library says.
        what: String,
    },
}

impl Template {
    /// This text.
    pub fn new(text: impl Into<String>, language: &Language) -> Self {
        Self { language: language.clone(), text: text.into() }
    }

    /// Tries the template on everything that it may have to be filled in with.
    ///
    /// # Errors
    /// With the first mistake.
    pub fn check(&self, samples: &[Map<String, Json>]) -> Result<(), Mistake> {
        let template = self.language.0.template_from_str(&self.text).map_err(|error| Mistake::Syntax {
            what: error.kind().to_string(),
            line: error.line().unwrap_or(1),
        })?;
        let globals: BTreeSet<_> = self.language.0.globals().map(|(name, _)| name.to_owned()).collect();
        let known: BTreeSet<_> = samples.iter().flat_map(|sample| sample.keys().cloned()).collect();
        let asked: BTreeSet<_> = template.undeclared_variables(false).into_iter().collect();
        if let Some(name) = asked.difference(&globals).find(|name| !known.contains(*name)) {
            return Err(Mistake::NoVariable { name: name.clone(), known });
        }
        for sample in samples {
            let lacks = || asked.iter().find(|name| !sample.contains_key(*name) && known.contains(*name));
            template.render(sample).map_err(|error| mistake(&error, sample, lacks()))?;
        }
        Ok(())
    }

    /// The text, filled in; `None` when that cannot be done.
    pub fn fill(&self, fields: &Map<String, Json>) -> Option<String> {
        let filled =
            self.language.0.template_from_str(&self.text).and_then(|template| template.render(fields));
        filled.map_err(|error| tracing::warn!(why = %error.kind(), "a template cannot be filled in")).ok()
    }
}

fn mistake(error: &minijinja::Error, sample: &Map<String, Json>, lacks: Option<&String>) -> Mistake {
    match (error.kind(), lacks) {
        (ErrorKind::UndefinedError, Some(name)) => Mistake::NotFor {
            event: sample.get("event_type").and_then(Json::as_str).unwrap_or("a day").to_owned(),
            name: name.clone(),
        },
        (kind, _) => Mistake::Unfit { what: kind.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn language() -> Language {
        Language::new(TimeZone::get("Europe/Oslo").unwrap())
    }

    fn fields(fields: Json) -> Map<String, Json> {
        let Json::Object(fields) = fields else { panic!("{fields}") };
        fields
    }

    fn filled(text: &str, with: Json) -> String {
        Template::new(text, &language()).fill(&fields(with)).unwrap()
    }

    #[test]
    fn amounts_and_times_are_said_as_people_do() {
        let with =
            json!({"used": 3_240_000_000_u64, "within": 3600, "at": "2026-07-01T10:00:00Z", "name": null});
        assert_eq!(filled("{{ used | bytes }} in {{ within|duration }}", with.clone()), "3.2 GB in 1h");
        assert_eq!(filled("{{ at | local }}", with.clone()), "2026-07-01 12:00");
        assert_eq!(
            filled("{{ name }} {{ name | bytes }} {{ name or 'nobody' }}", with),
            "unknown unknown nobody"
        );
    }

    #[test]
    fn json_is_written_as_json() {
        let with = json!({"message": "say \"hi\"\n", "mac": null, "used": 5});
        let text =
            r#"{"content": {{ message | tojson }}, "mac": {{ mac | tojson }}, "n": {{ used | tojson }}}"#;
        let read: Json = serde_json::from_str(&filled(text, with)).unwrap();
        assert_eq!(read, json!({"content": "say \"hi\"\n", "mac": null, "n": 5}));
    }

    #[test]
    fn mistakes_are_found_before_anything_happens() {
        let samples = [
            fields(json!({"event_type": "new_client", "mac": "02005e", "box": "b"})),
            fields(json!({"event_type": "box_up", "box": "b"})),
        ];
        let check = |text: &str| Template::new(text, &language()).check(&samples);
        assert_eq!(check("{{ box }}{% for n in range(2) %}{{ n }}{% endfor %}"), Ok(()));
        assert_eq!(check("{% if mac is defined %}{{ mac }}{% endif %}{% if mac %}x{% endif %}"), Ok(()));
        assert_eq!(check("{{ mac }}"), Err(Mistake::NotFor { event: "box_up".into(), name: "mac".into() }));
        let Err(Mistake::NoVariable { name, known }) = check("{% if false %}{{ macc }}{% endif %}") else {
            panic!()
        };
        assert_eq!((name.as_str(), known.contains("mac")), ("macc", true));
        assert!(matches!(check("a\n{{ box"), Err(Mistake::Syntax { line: 2, .. })));
        assert_eq!(check("{{ box | byts }}"), Err(Mistake::Unfit { what: "unknown filter".into() }));
        assert!(!check("{{ hunter2 hunter3 }}").unwrap_err().to_string().contains("hunter"));
    }
}
