use super::RouterConfig;
use super::read::Group;
use crate::metrics::Compat;
use crate::web::Names;

/// `metrics`: under which names the server shows boxes.
pub(super) fn read(root: &mut Group<'_>, routers: &[RouterConfig], has_server: bool) -> Names {
    let Some(entry) = root.take("metrics") else {
        return Names::default();
    };
    if !has_server {
        entry.unwise("has no effect without 'web'");
    }
    let Some(mut group) = entry.group() else {
        return Names::default();
    };
    let own = group.take("own").and_then(|entry| entry.flag()).unwrap_or(true);
    let (mut compat, mut ambiguous) = (Vec::new(), Vec::new());
    for item in group.take("compat").and_then(|entry| entry.items()).into_iter().flatten() {
        let Some(found) = item.choice(&Compat::ALL.map(|compat| (compat.word(), compat))) else { continue };
        if compat.contains(&found) {
            continue;
        }
        compat.push(found);
        let boxes: Vec<_> = routers
            .iter()
            .filter(|router| router.family.name == found.word())
            .map(|router| router.id.as_str())
            .collect();
        if let [first, _, ..] = boxes.as_slice() {
            item.unwise(format!(
                "these names do not tell {} apart, so /metrics is without them; scrape one box at a time, at /probe?target={first}",
                boxes.join(", ")
            ));
            ambiguous.push(found);
        }
    }
    if !own && compat.is_empty() && group.is_right() {
        group.missing(
            "compat",
            "is missing: without it and with 'own: false', nothing of the boxes would be shown",
        );
    }
    group.finish();
    Names { own, compat, ambiguous }
}
