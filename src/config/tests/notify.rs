use reqwest::header::AUTHORIZATION;

use super::*;
use crate::notify::Kind;

fn home(keys: &str) -> Home {
    Home::yaml(&format!("{FOUR_LINES}{keys}"))
}

/// The problems, without the place, which is below the four lines.
fn problems(keys: &str) -> String {
    home(keys).problems().replace("r.yaml:", "")
}

#[test]
fn nobody_is_told_anything_unless_the_owner_says_so() {
    let config = home("").loaded();
    assert!(config.notify.targets.is_empty() && config.notify.summary.is_none());
}

#[test]
fn a_target_has_two_keys_and_usual_ones_for_the_rest() {
    let yaml = "\
notify:
  - {type: ntfy, url: 'https://ntfy.example/house?x=1'}
  - type: webhook
    url: {env: HOOK}
    events: [log_errors, new_client]
    boxes: [living_room-box]
    title: 'At {{ box_name }}'
    text: '{\"content\": {{ message | tojson }}}'
    headers: {X-House: {env: HOOK}}
    token: {env: TOKEN}
    timeout: 3s
    tls: insecure
summary:
  at: 07:30
  text: '{{ date }}: {{ usage_yesterday | bytes }}, {{ top | length }}'
";
    let home = home(yaml).variable("HOOK", "https://198.51.100.1/hooks/hunter2").variable("TOKEN", "tk_1");
    let settings = home.loaded().notify;
    let [first, second] = settings.targets.as_slice() else { panic!("{settings:?}") };
    assert_eq!((first.number, first.kind, first.timeout), (1, Kind::Ntfy, Duration::from_secs(10)));
    assert_eq!(first.trust, Trust::Authorities(""));
    assert!(first.choice.has("box_down") && !first.choice.has("log_error"));
    assert_eq!((second.number, second.kind, second.timeout), (2, Kind::Webhook, Duration::from_secs(3)));
    assert!(
        second.choice.has("new_client") && second.choice.has("log_error") && !second.choice.has("box_down")
    );
    assert_eq!(second.boxes.as_ref().unwrap().len(), 1);
    assert!(second.title.is_some() && second.text.is_some() && second.trust == Trust::Anyone);
    let (name, value) = &second.headers[1];
    assert_eq!((name, value.as_bytes(), value.is_sensitive()), (&AUTHORIZATION, &b"Bearer tk_1"[..], true));
    assert_eq!(settings.summary.as_ref().unwrap().at.to_string(), "07:30:00");
    let shown = format!("{settings:?}");
    assert!(!shown.contains("hunter2") && !shown.contains("tk_1") && shown.contains("https://198.51.100.1"));
}

#[test]
fn one_target_needs_no_list_and_a_user_name_is_a_login() {
    let yaml = "notify: {type: ntfy, url: 'http://192.0.2.5/house', username: ada, password: xyzzy}\n";
    let settings = home(yaml).loaded().notify;
    assert_eq!(settings.targets[0].headers[0].1.as_bytes(), b"Basic YWRhOnh5enp5");
}

#[test]
fn an_ntfy_address_has_a_topic() {
    for url in ["https://ntfy.example", "https://ntfy.example/"] {
        let problems = problems(&format!("notify: {{type: ntfy, url: '{url}'}}\n"));
        assert!(problems.contains("notify.url: the topic is missing"), "{url}: {problems}");
    }
}

#[test]
fn everything_that_is_wrong_with_a_target_is_said_at_once() {
    let yaml = "\
notify:
  - type: webhok
    url: ftp://hunter2
    events: [box_dwn]
    boxes: [kitchen]
    timeout: 1h
    colour: blue
  - url: 'https://ada:hunter2@192.0.2.1/'
    token: hunter2
    username: ada
    headers: {'a b': x}
  - type: webhook
    tls: insecure
    password: hunter2
summary: {at: 7 o'clock}
";
    insta::assert_snapshot!(problems(yaml), @r"
    6: notify.type: webhook or ntfy is expected; did you mean 'webhook'?
    6: notify.url: an address such as https://ntfy.example/topic is expected
    8: notify.events: all, log, log_errors, box, line, quota, household or the word of an event is expected; did you mean 'box_down'?
    9: notify.boxes: living_room-box is expected, a box of 'routers'
    10: notify.timeout: a duration of 1s to 5m is expected
    11: notify.colour: there is no such key
    12: notify.type: is missing; webhook or ntfy is expected
    12: notify.url: the address must not hold credentials; use 'username' and 'password', or 'token'
    12: notify.headers: a name of a header has letters, digits and '-' only
    12: notify.token: contradicts 'username' and 'password'
    16: notify.url: is missing; an address such as https://ntfy.example/topic is expected
    16: notify.username: is missing beside 'password'
    19: summary.at: a time of the day such as 07:30 is expected
    ");
    assert!(!problems(yaml).contains("hunter2"));
}

#[test]
fn templates_are_tried_on_every_event_they_are_for() {
    let problem = |events: &str, text: &str| {
        let keys = format!(
            "notify: {{type: webhook, url: 'https://192.0.2.1', events: {events}, text: '{text}'}}\n"
        );
        problems(&keys).replace("5: notify.text: ", "")
    };
    insta::assert_snapshot!(problem("new_client", "{{ nme }}"), @"there is no variable 'nme'; did you mean 'name'?; there are at, box, box_name, event_type, ip, mac, message, name, title, vendor");
    insta::assert_snapshot!(problem("quota", "{{ used }} {{ percent }}"), @"quota_exhausted has no 'percent'; narrow 'events', or ask before: {% if percent is defined %}…{% endif %}");
    insta::assert_snapshot!(problem("quota", "{{ used | byts }}"), @"it cannot be filled in: unknown filter; there are the filters of Jinja, and bytes, duration, local and tojson");
    insta::assert_snapshot!(problem("quota", "{{ used"), @"this is not a template in the language of Jinja: syntax error in line 1");
    assert!(!problem("quota", "{{ hunter2").contains("hunter2"));
    let keys = "summary: {at: '07:30', text: '{{ used }}'}\n";
    assert!(problems(keys).starts_with("5: summary.text: there is no variable 'used'"), "{}", problems(keys));
}
