use super::*;
use crate::engine::{LinePolicy, Patience, Scale};

fn policy(line: &str) -> LinePolicy {
    home(line).loaded().routers.remove(0).line
}

fn home(line: &str) -> Home {
    Home::yaml(&format!("routers:\n  box:\n    type: acme\n    password: xyzzy\n    line: {line}\n"))
}

fn problems(line: &str) -> String {
    home(line).problems().replace("r.yaml:5: routers.box.line", "")
}

#[test]
fn what_is_not_said_of_the_line_is_as_usual() {
    let mut usual = LinePolicy::default();
    assert_eq!(Home::yaml(FOUR_LINES).loaded().routers[0].line, usual);
    assert_eq!(policy("{}"), usual);
    usual.patience.worse_after = 5;
    usual.docsis.down_power = usual.docsis.down_power.with([17.0, 18.0, 20.0]).unwrap();
    usual.lte.rsrp = usual.lte.rsrp.with([-95.5, -105.0, -115.0]).unwrap();
    assert_eq!(
        policy("{worse_after: 5, docsis: {down_power: [17, 18, 20]}, lte: {rsrp: [-95.5, -105, -115]}}"),
        usual
    );
}

#[test]
fn patience_can_be_chosen() {
    let patience = policy("{worse_after: 2, better_after: 20, margin: 1.5}").patience;
    assert_eq!(patience, Patience { worse_after: 2, better_after: 20, margin: 1.5 });
}

#[test]
fn variables_and_numbers_that_are_no_text_do_as_well() {
    let home = Home::yaml(FOUR_LINES)
        .variable("ROUTER2MQTT__ROUTERS__LIVING_ROOM-BOX__LINE__LTE__SINR", "12,6,-1.5");
    let sinr = LinePolicy::default().lte.sinr.with([12.0, 6.0, -1.5]);
    assert_eq!(Some(home.loaded().routers[0].line.lte.sinr), sinr);
    let json = r#"{"routers": {"box": {"type": "acme", "password": "x", "line":
        {"margin": 1, "xdsl": {"snr_margin": [8, 5.5, 3]}}}}}"#;
    let line = Home::with("r.json", json).loaded().routers.remove(0).line;
    assert_eq!((line.patience.margin, line.xdsl.snr_margin.bounds()), (1.0, [8.0, 5.5, 3.0]));
}

#[test]
fn bounds_that_make_no_sense_are_refused() {
    let such = "such as [33, 31, 30]";
    assert_eq!(
        problems("{docsis: {snr_256qam: [30, 31, 33]}}"),
        format!(".docsis.snr_256qam: the bounds of good, tolerable and marginal must be falling, {such}")
    );
    assert_eq!(
        problems("{docsis: {up_power: [51, 49, 53]}}"),
        ".docsis.up_power: the bounds of good, tolerable and marginal must be rising, such as [49, 51, 53]"
    );
    let three = "three numbers are expected, the bounds of good, tolerable and marginal, such as";
    assert_eq!(problems("{xdsl: {snr_margin: [6, 4]}}"), format!(".xdsl.snr_margin: {three} [6, 4, 2]"));
    assert_eq!(problems("{xdsl: {snr_margin: 6}}"), format!(".xdsl.snr_margin: {three} [6, 4, 2]"));
    for number in ["NaN", "inf", "good", "[]"] {
        assert_eq!(
            problems(&format!("{{lte: {{sinr: [{number}, 5, 0]}}}}")),
            ".lte.sinr: a number is expected"
        );
    }
    assert_eq!(problems("{lte: {snir: [1, 2, 3]}}"), ".lte.snir: there is no such key; did you mean 'sinr'?");
    assert_eq!(problems("good"), ": a group of keys is expected");
}

#[test]
fn a_single_reading_is_never_enough() {
    let words = "a whole number of readings from 2 to 1000 is expected";
    for number in ["1", "0", "-3", "2.5", "1001"] {
        assert_eq!(problems(&format!("{{worse_after: {number}}}")), format!(".worse_after: {words}"));
    }
    assert_eq!(
        problems("{worse_after: 5, better_after: 4}"),
        ".better_after: must not be less than 'worse_after'"
    );
    assert_eq!(problems("{margin: 40}"), ".margin: decibels from 0 to 20 are expected");
}

fn page(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// Every scale there is, as `group.key`.
fn scales() -> Vec<(String, Scale)> {
    let mut policy = LinePolicy::default();
    let named =
        |group: &'static str| move |(key, scale): (&str, &mut Scale)| (format!("{group}.{key}"), *scale);
    let docsis = policy.docsis.scales().into_iter().map(named("docsis"));
    let lte = policy.lte.scales().into_iter().map(named("lte"));
    docsis.chain(lte).chain(policy.xdsl.scales().into_iter().map(named("xdsl"))).collect()
}

#[test]
fn the_usual_bounds_are_in_order() {
    for (key, scale) in scales() {
        assert_eq!(scale.with(scale.bounds()), Some(scale), "{key}");
    }
}

#[test]
fn the_page_on_line_quality_has_the_usual_bounds() {
    let page = page("docs/line-quality.md");
    for (key, scale) in scales() {
        let bound = if scale.is_rising() { "at least" } else { "at most" };
        let [good, tolerable, marginal] = scale.bounds();
        let row = format!("| `{key}` | {} | {bound} | {good} | {tolerable} | {marginal} |", scale.unit());
        assert!(page.contains(&row), "docs/line-quality.md lacks this row:\n{row}");
    }
    let Patience { worse_after, better_after, margin } = Patience::default();
    for (key, usual) in [
        ("worse_after", worse_after.to_string()),
        ("better_after", better_after.to_string()),
        ("margin", margin.to_string()),
    ] {
        assert!(page.contains(&format!("| `{key}` | `{usual}` |")), "docs/line-quality.md lacks {key}");
    }
}

#[test]
fn the_full_example_says_what_is_usual() {
    let variables = ["MQTT_PASSWORD", "MODEM_PASSWORD", "ROUTER_PASSWORD", "FREEBOX_APP_TOKEN"]
        .map(|name| (name.to_owned(), "secret".to_owned()));
    let file = Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/full.yaml"));
    let inputs = Inputs {
        file,
        variables: variables.into(),
        families: crate::routers::FAMILIES,
        zone: Some(TimeZone::UTC),
    };
    for router in load(&inputs).unwrap().routers {
        assert_eq!(router.line, LinePolicy::default(), "{}", router.id);
    }
    let example = page("examples/full.yaml");
    for (key, _) in scales() {
        let key = key.split('.').next_back().unwrap().to_owned();
        assert!(example.contains(&format!(" {key}: [")), "examples/full.yaml lacks {key}");
    }
}
