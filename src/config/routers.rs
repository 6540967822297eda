use super::read::Group;
use super::{Context, RouterConfig, router};
use crate::model::BoxId;

const MISSING: &str =
    "there is no router yet; add one, such as 'modem: {type: hitron, username: admin, password: \"…\"}'";

/// The boxes that could be read; problems of the others are in the report.
pub(super) fn read(root: &mut Group<'_>, context: &Context<'_>) -> Vec<RouterConfig> {
    let mut routers = Vec::new();
    let Some(entry) = root.take("routers") else {
        root.missing("routers", MISSING);
        return routers;
    };
    if entry.is_empty() {
        entry.wrong(MISSING);
        return routers;
    }
    let Some(group) = entry.group() else {
        return routers;
    };
    for (key, entry) in group.into_entries() {
        let id = match key.parse::<BoxId>() {
            Ok(id) => id,
            Err(error) => {
                entry.wrong(error.to_string());
                continue;
            }
        };
        if let Some(group) = entry.group() {
            routers.extend(router::read(id, group, context));
        }
    }
    routers
}
