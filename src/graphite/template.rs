use std::str::FromStr;

use crate::metrics::Point;
use crate::metrics::graphite::segment;

/// What stands for a part of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable {
    Box,
    /// Two nodes, such as `downstream.9`; none for the box itself.
    Subject,
    Metric,
}

const VARIABLES: [(&str, Variable); 3] =
    [("box", Variable::Box), ("subject", Variable::Subject), ("metric", Variable::Metric)];

/// A part of a path between two dots: at most one variable, and what stands around it. Were there two of them, nobody could tell
/// where one ends.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    before: String,
    variable: Option<Variable>,
    after: String,
}

/// How paths are made. Two points that differ never get the same one, as long as the box is in it, or there is only one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(Vec<Node>);

/// What is wrong with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A brace without the other one.
    #[error("each '{{' needs a '}}'")]
    Brace,
    /// Something in braces that is no variable.
    #[error("only {{box}}, {{subject}} and {{metric}} can stand in braces")]
    Unknown,
    /// Without it several numbers would have one path.
    #[error("{{{0}}} is missing; without it several numbers would have one path")]
    Missing(&'static str),
    /// One that nobody needs.
    #[error("{{{0}}} stands in it twice")]
    Twice(&'static str),
    /// They run into each other.
    #[error("two variables need a '.' between them; without it two numbers could have one path")]
    Together,
    /// Two dots in a row, or one at an end.
    #[error("a '.' at an end, or behind another one, leaves a part of the path empty")]
    Empty,
    /// Graphite takes it for something else.
    #[error("between variables only a-z, A-Z, 0-9, '_', '-' and '.' can stand")]
    Sign,
    /// Paths become names of files.
    #[error("at most 200 letters are expected")]
    Long,
}

/// With what is put in, no node becomes longer than the name of a file can be.
const LONGEST: usize = 200;

impl Template {
    /// Whether the box is in the path: without it there can be only one.
    pub fn tells_boxes_apart(&self) -> bool {
        self.has(Variable::Box)
    }

    /// The path of a point.
    pub fn path(&self, point: &Point) -> String {
        let nodes = self.0.iter().map(|Node { before, variable, after }| {
            let within = match variable {
                None => String::new(),
                Some(Variable::Box) => segment(point.box_id.as_str()),
                Some(Variable::Subject) if point.word().is_empty() => String::new(),
                Some(Variable::Subject) => format!("{}.{}", point.word(), segment(&point.subject.id())),
                Some(Variable::Metric) => segment(&point.key),
            };
            format!("{before}{within}{after}")
        });
        nodes.filter(|node| !node.is_empty()).collect::<Vec<_>>().join(".")
    }

    fn has(&self, variable: Variable) -> bool {
        self.0.iter().any(|node| node.variable == Some(variable))
    }
}

impl Default for Template {
    /// `router2mqtt.{box}.{subject}.{metric}`
    fn default() -> Self {
        let plain = Node { before: crate::metrics::PREFIX.to_owned(), variable: None, after: String::new() };
        let whole =
            |(_, variable)| Node { before: String::new(), variable: Some(variable), after: String::new() };
        Self([plain].into_iter().chain(VARIABLES.map(whole)).collect())
    }
}

impl FromStr for Template {
    type Err = TemplateError;

    fn from_str(text: &str) -> Result<Self, TemplateError> {
        if text.len() > LONGEST {
            return Err(TemplateError::Long);
        }
        let template = Self(text.split('.').map(node).collect::<Result<_, _>>()?);
        for (word, variable) in VARIABLES {
            let times = template.0.iter().filter(|node| node.variable == Some(variable)).count();
            match times {
                0 if variable != Variable::Box => return Err(TemplateError::Missing(word)),
                0 | 1 => {}
                _ => return Err(TemplateError::Twice(word)),
            }
        }
        Ok(template)
    }
}

fn node(text: &str) -> Result<Node, TemplateError> {
    let (before, rest) = text.split_once('{').map_or((text, None), |(before, rest)| (before, Some(rest)));
    let (variable, after) = match rest {
        None => (None, ""),
        Some(rest) => {
            let (word, after) = rest.split_once('}').ok_or(TemplateError::Brace)?;
            let found = VARIABLES.into_iter().find(|(known, _)| *known == word);
            (Some(found.ok_or(TemplateError::Unknown)?.1), after)
        }
    };
    if after.contains('{') {
        return Err(TemplateError::Together);
    }
    if before.contains('}') || after.contains('}') {
        return Err(TemplateError::Brace);
    }
    if text.is_empty() {
        return Err(TemplateError::Empty);
    }
    if segment(before) != before || segment(after) != after {
        return Err(TemplateError::Sign);
    }
    Ok(Node { before: before.to_owned(), variable, after: after.to_owned() })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::metrics::PointValue;
    use crate::model::{Mac, Subject, SubjectKind};

    fn point(id: &str, subject: Subject, key: &str) -> Point {
        let value = PointValue::Count(1);
        Point { box_id: id.parse().unwrap(), subject, key: key.to_owned(), value }
    }

    #[test]
    fn paths_name_box_subject_and_metric() {
        let channel = Subject::of(SubjectKind::Downstream, "9").unwrap();
        let usual = Template::default();
        assert_eq!(usual, "router2mqtt.{box}.{subject}.{metric}".parse().unwrap());
        assert_eq!(
            usual.path(&point("modem", channel.clone(), "snr_db")),
            "router2mqtt.modem.downstream.9.snr_db"
        );
        let own = point("modem", Subject::Router, "received_bytes");
        assert_eq!(usual.path(&own), "router2mqtt.modem.received_bytes");
        let other: Template = "home.of-{subject}.x_{metric}".parse().unwrap();
        assert!(!other.tells_boxes_apart());
        assert_eq!(other.path(&point("modem", channel, "snr_db")), "home.of-downstream.9.x_snr_db");
        assert_eq!(other.path(&own), "home.of-.x_received_bytes");
    }

    #[test]
    fn what_graphite_cannot_take_is_replaced() {
        let odd = point("modem", Subject::Router, "a b/c;d*{e}.é");
        assert_eq!(Template::default().path(&odd), "router2mqtt.modem.a_b_c_d__e___");
    }

    #[test]
    fn two_points_never_have_one_path() {
        let templates = [
            "router2mqtt.{box}.{subject}.{metric}",
            "{metric}.{subject}.{box}",
            "{subject}.x.{box}_.{metric}",
            "a{subject}b.{metric}.{box}",
        ];
        let mac: Mac = "02:00:5e:10:00:01".parse().unwrap();
        let mut subjects = vec![Subject::Router, Subject::Client(mac)];
        for kind in SubjectKind::ALL.into_iter().filter(|kind| *kind != SubjectKind::Router) {
            subjects.extend(
                ["1", "x", "downstream", "fan", "snr_db"]
                    .map(|id| Subject::of(kind, id))
                    .into_iter()
                    .flatten(),
            );
        }
        for text in templates {
            let template: Template = text.parse().unwrap();
            let mut known = BTreeMap::new();
            for id in ["a", "fan", "downstream", "a_b", "a-b", "snr_db"] {
                for subject in &subjects {
                    for key in ["snr_db", "fan", "a", "x"] {
                        let told = format!("{id} {subject} {key}");
                        let path = template.path(&point(id, subject.clone(), key));
                        assert_eq!(known.insert(path.clone(), told), None, "{text}: {path}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_would_mix_numbers_up_is_refused() {
        for (text, error) in [
            ("a.{box}.{subject}", TemplateError::Missing("metric")),
            ("a.{box}.{metric}", TemplateError::Missing("subject")),
            ("{metric}.{metric}.{subject}", TemplateError::Twice("metric")),
            ("{box}{subject}.{metric}", TemplateError::Together),
            ("{box}.{name}.{metric}", TemplateError::Unknown),
            ("{box.{subject}.{metric}", TemplateError::Brace),
            ("a}.{subject}.{metric}", TemplateError::Brace),
            (".{subject}.{metric}", TemplateError::Empty),
            ("{subject}..{metric}", TemplateError::Empty),
            ("{subject}.{metric}.", TemplateError::Empty),
            ("my home.{subject}.{metric}", TemplateError::Sign),
            ("{metric};box={box}.{subject}", TemplateError::Together),
            ("é.{subject}.{metric}", TemplateError::Sign),
            (&format!("{}.{{subject}}.{{metric}}", "a".repeat(200)), TemplateError::Long),
        ] {
            assert_eq!(text.parse::<Template>(), Err(error), "{text}");
        }
    }
}
