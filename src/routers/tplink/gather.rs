//! Asks for many objects at once, although a single one that the box does not know spoils all that come behind it.

use std::collections::BTreeMap;

use super::grammar::{Act, Answer, Row};
use super::objects::{Group, Object};
use super::session::Session;
use super::web::Web;
use crate::model::Fault;
use crate::routers::several::concerns_one_endpoint;

/// How often one poll asks. What is left then is asked for at the next poll: what the box lacks is known by then.
pub(super) const MOST_ASKED: u32 = 24;

/// What the objects of one poll said, or why they did not. What was not asked for, or is lacking, is not in here.
#[derive(Debug, Default)]
pub(super) struct Objects(BTreeMap<Object, Result<Vec<Row>, Fault>>);

impl Objects {
    pub fn put(&mut self, object: Object, outcome: Result<Vec<Row>, Fault>) {
        self.0.insert(object, outcome);
    }

    /// The rows of an object; none when it was not read.
    pub fn rows(&self, object: Object) -> &[Row] {
        self.0.get(&object).and_then(|outcome| outcome.as_deref().ok()).unwrap_or_default()
    }

    /// The only row of an object that has one.
    pub fn row(&self, object: Object) -> Option<&Row> {
        self.rows(object).first()
    }

    pub fn has(&self, object: Object) -> bool {
        matches!(self.0.get(&object), Some(Ok(_)))
    }

    pub fn fault(&self, object: Object) -> Option<&Fault> {
        self.0.get(&object)?.as_ref().err()
    }
}

/// What a box turned out to lack: how many forms of asking for an object it has refused.
#[derive(Debug, Default)]
pub(super) struct Lacks(BTreeMap<Object, usize>);

impl Lacks {
    /// How to ask for an object; `None` when the box does not have it.
    pub fn act(&self, object: Object) -> Option<Act> {
        object.act(self.0.get(&object).copied().unwrap_or(0))
    }

    fn refuses(&mut self, object: Object) {
        *self.0.entry(object).or_default() += 1;
    }

    fn is_without(&self, group: Group) -> bool {
        group.anchor().is_some_and(|anchor| self.act(anchor).is_none())
    }
}

/// One poll's questions.
pub(super) struct Gathering<'a> {
    web: &'a Web,
    session: &'a mut Session,
    lacks: &'a mut Lacks,
    asked: u32,
    objects: Objects,
}

impl<'a> Gathering<'a> {
    pub fn new(web: &'a Web, session: &'a mut Session, lacks: &'a mut Lacks) -> Self {
        Self { web, session, lacks, asked: 0, objects: Objects::default() }
    }

    /// Asks for these objects. What is wrong with one stays with that one; what is wrong with the way to the box, or
    /// with the session, ends the poll.
    pub async fn all(mut self, wanted: &[Object]) -> Result<Objects, Fault> {
        for group in Group::ALL {
            let mut left: Vec<_> = wanted.iter().copied().filter(|object| object.group() == group).collect();
            while self.asked < MOST_ASKED && !self.lacks.is_without(group) {
                left.retain(|object| self.lacks.act(*object).is_some());
                if left.is_empty() {
                    break;
                }
                left = self.some(left).await?;
            }
        }
        Ok(self.objects)
    }

    /// Asks for these objects together, and for the first that fails alone. Gives those that were not reached.
    async fn some(&mut self, objects: Vec<Object>) -> Result<Vec<Object>, Fault> {
        let answer = match self.ask(&objects).await {
            Ok(answer) => answer,
            // Whoever may not be let in does not go on knocking.
            Err(fault) if !concerns_one_endpoint(&fault) || !self.session.is_accepted() => return Err(fault),
            Err(fault) => {
                for object in objects {
                    self.objects.put(object, Err(fault.clone()));
                }
                return Ok(Vec::new());
            }
        };
        let understood = if answer.code == 0 {
            objects.len()
        } else {
            // What is in front of an error is whole, but for the last act, of which nobody knows.
            answer.last().unwrap_or(0).min(objects.len() - 1)
        };
        for (number, object) in objects.iter().copied().enumerate().take(understood) {
            self.objects.put(object, Ok(answer.of(number)));
        }
        let mut rest = objects.into_iter().skip(understood);
        match rest.next() {
            None => Ok(Vec::new()),
            Some(first) => {
                let rest: Vec<_> = rest.collect();
                // Of several objects it need not be the first that the box minds: an empty list leaves no trace.
                let code = (understood == 0 && rest.is_empty()).then_some(answer.code);
                self.alone(first, code).await?;
                Ok(rest)
            }
        }
    }

    /// Asks for one object in every form until the box knows one; `code` is why it refused the first form already.
    async fn alone(&mut self, object: Object, mut code: Option<u32>) -> Result<(), Fault> {
        while self.lacks.act(object).is_some() {
            if let Some(refused) = code.take() {
                if !is_lack(refused) {
                    let why = format!("code {refused}");
                    self.objects.put(object, Err(Fault::BoxError { what: what(object), why }));
                    return Ok(());
                }
                self.lacks.refuses(object);
                continue;
            }
            if self.asked >= MOST_ASKED {
                return Ok(());
            }
            match self.ask(&[object]).await {
                Ok(answer) if answer.code == 0 => {
                    self.objects.put(object, Ok(answer.of(0)));
                    return Ok(());
                }
                Ok(answer) => code = Some(answer.code),
                Err(fault) if !concerns_one_endpoint(&fault) => return Err(fault),
                Err(fault) => {
                    self.objects.put(object, Err(fault));
                    return Ok(());
                }
            }
        }
        tracing::debug!(object = what(object), "the box does not have this");
        Ok(())
    }

    async fn ask(&mut self, objects: &[Object]) -> Result<Answer, Fault> {
        self.asked += 1;
        let acts: Vec<_> = objects.iter().filter_map(|object| self.lacks.act(*object)).collect();
        self.session.ask(self.web, &acts).await
    }
}

fn what(object: Object) -> String {
    object.act(0).map_or_else(String::new, |act| act.object.to_owned())
}

/// Whether a code means that there is no such object, attribute or act. Which code firmware gives differs.
pub(super) const fn is_lack(code: u32) -> bool {
    matches!(code, 9000 | 9001 | 9003 | 9005..=9007 | 9804 | 9805 | 71_011 | 71_014..=71_016)
}
