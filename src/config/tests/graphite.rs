use super::*;
use crate::graphite::{Address, Protocol, Settings, Template};
use crate::metrics::compat::Compat;

fn problems(graphite: &str, routers: &str) -> String {
    Home::yaml(&format!("graphite: {graphite}\nrouters:\n{routers}")).problems()
}

const ONE: &str = "  box: {type: acme, password: xyzzy}\n";

#[test]
fn nothing_is_sent_to_graphite_unless_it_is_asked_for() {
    assert_eq!(Home::yaml(FOUR_LINES).loaded().graphite, None);
    let settings = Home::yaml(&format!("{FOUR_LINES}graphite: {{address: carbon.lan}}\n")).loaded().graphite;
    let expected = Settings {
        address: Address { protocol: Protocol::Tcp, host: "carbon.lan".into(), port: 2003 },
        every: Duration::from_secs(60),
        template: Template::default(),
        compat: std::collections::BTreeSet::new(),
        buffer: 4_000_000,
    };
    assert_eq!(settings, Some(expected));
    let all = "graphite: {address: 'udp://[2001:db8::1]:9109', every: 10s, template: 'net.{metric}.{subject}', compat: [freebox], buffer: 10 MB}";
    let settings = Home::yaml(&format!("{FOUR_LINES}{all}\n")).loaded().graphite.unwrap();
    assert_eq!(settings.address.to_string(), "udp://[2001:db8::1]:9109");
    assert_eq!((settings.every, settings.buffer), (Duration::from_secs(10), 10_000_000));
    assert_eq!(settings.compat, [Compat::Freebox].into());
    assert!(!settings.template.tells_boxes_apart());
}

#[test]
fn what_is_wrong_about_graphite_is_said_with_its_place_and_a_way_out() {
    for (graphite, words) in [
        ("{}", "graphite.address: is missing; an address such as carbon.lan:2003"),
        ("{address: 'http://carbon'}", "r.yaml:1: graphite.address: an address such as carbon.lan:2003"),
        ("{address: a, every: 0s}", "graphite.every: a duration of 1s to 1d is expected"),
        ("{address: a, template: 'x.{metric}'}", "graphite.template: {subject} is missing; without it"),
        ("{address: a, template: 'x.{name}'}", "only {box}, {subject} and {metric} can stand in braces"),
        ("{address: a, buffer: 5 kB}", "graphite.buffer: 100 kB to 1 GB are expected"),
        ("{address: a, compat: [hitron]}", "graphite.compat: freebox is expected"),
        ("{adress: a}", "graphite.adress: there is no such key; did you mean 'address'?"),
    ] {
        let problems = problems(graphite, ONE);
        assert!(problems.contains(words), "{words} is missing in {problems}");
    }
}

#[test]
fn several_boxes_need_several_paths() {
    let two = format!("{ONE}  other: {{type: acme, password: xyzzy}}\n");
    let graphite = "{address: a, template: 'x.{subject}.{metric}'}";
    let problems = problems(graphite, &two);
    assert!(
        problems.contains("graphite.template: {box} is missing; without it the numbers of several"),
        "{problems}"
    );
    let mut home = Home::yaml(
        "graphite: {address: a, compat: [freebox]}\nrouters:\n  one: {type: freebox, app_token: x}\n  two: {type: freebox, app_token: x}\n",
    );
    home.inputs.families = crate::routers::FAMILIES;
    assert!(
        home.problems().contains("graphite.compat: is for a single box of its kind"),
        "{}",
        home.problems()
    );
}
