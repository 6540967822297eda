use crate::model::{Item, Metric, Quantity, SubjectKind};

/// Where the figures of a subject go: only into rows that such a subject has.
pub(super) struct Rows<'a> {
    pub(super) item: &'a mut Item,
    pub(super) kind: SubjectKind,
}

impl Rows<'_> {
    pub(super) fn set<Q: Quantity>(&mut self, metric: Metric<Q>, value: Option<Q>) {
        if metric.row().on.contains(&self.kind) {
            self.item.set(metric, value);
        }
    }
}
