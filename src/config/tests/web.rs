use std::net::SocketAddr;

use super::*;
use crate::metrics::Compat;
use crate::web::{Names, Settings};

fn home(keys: &str) -> Home {
    Home::yaml(&format!("{FOUR_LINES}{keys}"))
}

fn server(keys: &str) -> Settings {
    home(keys).loaded().web.expect("there should be a server")
}

fn problems(keys: &str) -> String {
    home(keys).problems().replace("r.yaml:", "")
}

fn warnings(home: &Home) -> Vec<String> {
    home.loaded().warnings.iter().map(|warning| format!("{}: {}", warning.key, warning.text)).collect()
}

#[test]
fn there_is_no_server_unless_it_is_asked_for() {
    assert!(home("").loaded().web.is_none() && home("web: off\n").loaded().web.is_none());
    for keys in ["web: on\n", "web:\n", "web: {}\n"] {
        let server = server(keys);
        assert_eq!((server.listen.to_string().as_str(), server.fresh_for.as_secs()), ("127.0.0.1:8099", 15));
        assert!(server.adhoc.is_none() && server.names == Names::default());
    }
}

#[test]
fn what_names_no_other_address_means_this_machine() {
    for (written, address) in [
        ("8100", "127.0.0.1:8100"),
        (":8100", "127.0.0.1:8100"),
        ("localhost", "127.0.0.1:8099"),
        ("localhost:8100", "127.0.0.1:8100"),
        ("127.0.0.1", "127.0.0.1:8099"),
        ("'[::1]:8100'", "[::1]:8100"),
        ("'[::1]'", "[::1]:8099"),
        ("'::'", "[::]:8099"),
        ("0.0.0.0:8100", "0.0.0.0:8100"),
        ("192.0.2.10", "192.0.2.10:8099"),
    ] {
        let listen = server(&format!("web: {{listen: {written}}}\n")).listen;
        assert_eq!(listen, address.parse::<SocketAddr>().unwrap(), "{written}");
    }
    for written in
        ["box.example:8099", "99999", "':'", "'*:8099'", "http://127.0.0.1", "'127.0.0.1:'", "'+80'", "'-1'"]
    {
        let text = problems(&format!("web:\n  listen: {written}\n"));
        assert!(text.starts_with("6: web.listen: a port such as 8099, or an address"), "{written}: {text}");
    }
}

#[test]
fn a_list_of_addresses_is_what_it_says() {
    let yaml =
        "web: {fresh_for: 1m, adhoc_probes: {allow: [192.168.100.1, 192.168.0.0/24, modem.example]}}\n";
    let server = server(yaml);
    let allowed = server.adhoc.unwrap();
    assert_eq!(server.fresh_for.as_secs(), 60);
    assert!(
        allowed.covers("192.168.0.7".parse().unwrap()) && !allowed.covers("192.168.1.7".parse().unwrap())
    );
    assert!(allowed.names("modem.example"));
    let wide = home("web: {listen: 0.0.0.0, adhoc_probes: {allow: 192.168.100.1}}\n");
    assert!(warnings(&wide)[0].starts_with("web.adhoc_probes: passwords come with these requests"));
}

#[test]
fn what_is_wrong_with_the_server_is_said() {
    let yaml = "web:\n  fresh_for: 0s\n  adhoc_probes:\n    allow: [192.168.0.0/33, 0.0.0.0/0]\n  port: 80\n";
    insta::assert_snapshot!(problems(yaml), @r"
    6: web.fresh_for: a duration of 1s to 1h is expected
    8: web.adhoc_probes.allow: an address such as 192.168.100.1, a network such as 192.168.0.0/24 or a host name is expected
    8: web.adhoc_probes.allow: that is every address there is; name the network of your boxes
    9: web.port: there is no such key
    ");
    assert!(problems("web: yes\n").contains("web: on or off is expected"));
    assert!(problems("web: {adhoc_probes: {}}\n").contains("web.adhoc_probes.allow: is missing"));
    assert!(problems("web: {adhoc_probes: {allow: [modem]}}\n").contains("names alone allow nothing"));
}

#[test]
fn names_are_chosen_and_none_is_shown_that_does_not_tell_boxes_apart() {
    let yaml = "web: on\nmetrics: {compat: [hitron, freebox, hitron], own: false}\n";
    let names = server(yaml).names;
    assert_eq!(names, Names { own: false, compat: vec![Compat::Hitron, Compat::Freebox], ambiguous: vec![] });
    assert_eq!(warnings(&home("metrics: {own: true}\n")), ["metrics: has no effect without 'web'"]);
    let wrong = "web: on\nmetrics:\n  compat: [cisco]\n";
    assert!(problems(wrong).starts_with("7: metrics.compat: hitron, altibox or freebox is expected"));
    assert!(problems("web: on\nmetrics: {own: false}\n").contains("metrics.compat: is missing"));

    let two = "\
web: on
metrics: {compat: [hitron]}
routers:
  one: {type: hitron, username: admin, password: x}
  two: {type: hitron, url: http://192.0.2.2, username: admin, password: x}
";
    let mut home = Home::yaml(two);
    home.inputs.families = crate::routers::FAMILIES;
    let warned = warnings(&home);
    assert_eq!(warned.len(), 1);
    assert!(
        warned[0].contains("do not tell one, two apart") && warned[0].ends_with("/probe?target=one"),
        "{warned:?}"
    );
    let names = home.loaded().web.unwrap().names;
    assert_eq!((names.ambiguous.as_slice(), names.of_all().count()), (&[Compat::Hitron][..], 0));
}
