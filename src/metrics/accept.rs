//! What a request accepts (RFC 9110, 12.5.1).

/// How much a request wants a media type: by its weight in thousandths, and then by how exactly it names it. Nothing when it
/// does not want it at all.
///
/// Of several versions of a type it may name, these are ours; naming none is naming any.
pub(super) fn rank(accept: &str, (kind, subtype): (&str, &str), versions: &[&str]) -> Option<(u16, u8)> {
    let mut best: Option<(u8, u16)> = None;
    for range in accept.split(',') {
        let Some((exactness, weight)) = fit(range, (kind, subtype), versions) else { continue };
        // The most exact range decides; of several that are as exact, the one with the greatest weight.
        best = best.max(Some((exactness, weight)));
    }
    best.filter(|(_, weight)| *weight > 0).map(|(exactness, weight)| (weight, exactness))
}

/// How exactly a range names a media type, and with what weight; nothing when it names another.
fn fit(range: &str, (kind, subtype): (&str, &str), versions: &[&str]) -> Option<(u8, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let (range_kind, range_subtype) = parts.next()?.split_once('/')?;
    let mut exactness = match (range_kind, range_subtype) {
        ("*", "*") => 0,
        (named, "*") if named.eq_ignore_ascii_case(kind) => 1,
        (named, sub) if named.eq_ignore_ascii_case(kind) && sub.eq_ignore_ascii_case(subtype) => 2,
        _ => return None,
    };
    let mut weight = 1000;
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => weight = thousandths(value)?,
            "version" if versions.contains(&value) => exactness = 3,
            "version" => return None,
            _ => {}
        }
    }
    Some((exactness, weight))
}

/// A weight from `0` to `1` with at most three decimals; nothing when it is none.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if decimals.len() > 3 || !digits(decimals) {
        return None;
    }
    let part: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(part),
        "1" if part == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Format;

    fn negotiated(accept: &str) -> Format {
        Format::negotiated(Some(accept))
    }

    #[test]
    fn prometheus_gets_what_it_asks_for() {
        // What Prometheus 2.42, 2.50 and 3.0 send.
        for accept in [
            "application/openmetrics-text; version=1.0.0,application/openmetrics-text; version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        ] {
            assert_eq!(negotiated(accept), Format::OpenMetrics, "{accept}");
        }
    }

    #[test]
    fn everybody_else_gets_the_classic_format() {
        assert_eq!(Format::negotiated(None), Format::Classic);
        for accept in [
            "",
            "*/*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "text/plain",
            "application/json",
            "application/*;q=0.1, text/*",
            "text/plain, application/openmetrics-text",
            "application/openmetrics-text;q=0.3, text/plain;q=0.5",
            "application/openmetrics-text;q=0",
            "application/openmetrics-text;version=2.0.0",
            "application/openmetrics-text;q=much",
            ";;,,=/;q",
        ] {
            assert_eq!(negotiated(accept), Format::Classic, "{accept}");
        }
    }

    #[test]
    fn weights_and_exactness_decide() {
        for accept in [
            "application/openmetrics-text",
            "Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.9 , */*;q=0.1",
            "text/plain;q=0.499,application/openmetrics-text;q=0.5",
            "text/*;q=0.2,application/*;q=0.3",
            // Whoever names it wants it rather than anything.
            "*/*,application/openmetrics-text",
            "text/plain;q=0,application/openmetrics-text;q=0.001",
        ] {
            assert_eq!(negotiated(accept), Format::OpenMetrics, "{accept}");
        }
    }

    #[test]
    fn the_most_exact_range_decides_about_a_type() {
        // Anything, but that not.
        assert_eq!(negotiated("*/*;q=0.9,application/openmetrics-text;q=0"), Format::Classic);
        assert_eq!(negotiated("application/*,text/plain;q=0.1"), Format::OpenMetrics);
    }
}
