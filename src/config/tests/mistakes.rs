use super::*;

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let yaml = "\
mqtt:
  url: mqtt://bridge:hunter2@192.0.2.10
  discovery: devise
  prefix: home/#
  tls: {ca: missing.pem}
  colour: blue
log: loud
routers:
  Modem: {type: acme}
  one:
    type: acem
    every: 0s
  two:
    type: acme
    url: ftp://192.0.2.1
    app_token: hunter2
    evry: 10s
    every: 10
    timeout: 1h
    allow: [rebot]
    brief: perhaps
    dialect: new
    tls_pin: aa:bb
    clients: [laptop]
  three:
    type: paired
    url: http://box.example
    tls: insecure
    allow: reboot
    clients: {away_after: 2h, forget_after: 1h}
rooters: {}
";
    insta::assert_snapshot!(Home::yaml(yaml).problems(), @r"
    r.yaml:2: mqtt.url: the address must not hold credentials; use 'username' and 'password'
    r.yaml:3: mqtt.discovery: device, component or off is expected; did you mean 'device'?
    r.yaml:4: mqtt.prefix: a topic such as router2mqtt or home/routers is expected, without '+', '#', '$' and spaces
    r.yaml:5: mqtt.tls.ca: missing.pem cannot be read: No such file or directory (os error 2)
    r.yaml:6: mqtt.colour: there is no such key
    r.yaml:7: log: error, warn, info, debug or trace is expected, or a filter such as info,router2mqtt::mqtt=debug
    r.yaml:9: routers.Modem: 'Modem' cannot be a box id: use 1 to 32 of a-z, 0-9, '_' and '-'
    r.yaml:11: routers.one.type: acme, paired or trial is expected; did you mean 'acme'?
    r.yaml:12: routers.one.every: a duration of 1s to 1d is expected
    r.yaml:13: routers.two.password: is missing; Acme Box needs it
    r.yaml:15: routers.two.url: an address such as http://192.0.2.1 or https://box.example is expected
    r.yaml:16: routers.two.app_token: Acme Box has no use for it
    r.yaml:17: routers.two.evry: there is no such key; did you mean 'every'?
    r.yaml:18: routers.two.every: a duration such as 10s, 500ms, 5m or 1h is expected
    r.yaml:19: routers.two.timeout: a duration of 1s to 5m is expected
    r.yaml:20: routers.two.allow: reboot is expected
    r.yaml:21: routers.two.brief: true or false is expected
    r.yaml:22: routers.two.dialect: auto or old is expected
    r.yaml:23: routers.two.tls_pin: not a SHA-256 fingerprint: 64 hexadecimal digits are needed, with or without colons
    r.yaml:24: routers.two.clients: all, none, or hardware addresses such as 02:00:5e:10:00:01 are expected
    r.yaml:25: routers.three.app_token: is missing; 'router2mqtt register paired' gives one
    r.yaml:28: routers.three.tls: has no effect unless 'url' begins with https://
    r.yaml:29: routers.three.allow: Paired Box cannot be made to do anything
    r.yaml:30: routers.three.clients.forget_after: must not be shorter than 'away_after'
    r.yaml:31: rooters: there is no such key; did you mean 'routers'?
    ");
}

#[test]
fn a_file_that_cannot_be_understood_is_named_and_not_shown() {
    let broken = [
        ("r.yaml", "routers:\n  modem: {password: hunter2\n", "r.yaml:3: this is not YAML: "),
        ("r.yaml", "a: 1\nrouters: @hunter2\n", "r.yaml:2: this is not YAML: "),
        ("r.yaml", "mqtt:\n  password:hunter2\nrouters: {}\n", "r.yaml"),
        ("r.toml", "[routers]\npassword = hunter2\n", "r.toml:2: this is not TOML"),
        ("r.toml", "[routers]\n[routers]\n", "r.toml:2: this is not TOML"),
        ("r.json", "{\"password\":\n \"hunter2\" 1}", "r.json:2: this is not JSON as it should be: "),
        (
            "r.json",
            "{\"a\": 1,\n \"a\": 2}",
            "r.json:2: this is not JSON as it should be: this key stands here twice",
        ),
        ("r.ini", "", "r.ini: the name must end in .yaml, .yml, .toml or .json"),
    ];
    for (name, text, start) in broken {
        let problems = Home::with(name, text).problems();
        assert!(problems.starts_with(start), "{problems}");
        assert!(!problems.contains("hunter2"), "{problems}");
    }
}

#[test]
fn an_endless_file_is_not_read_to_its_end() {
    let problems = Home::yaml(&"# comment\n".repeat(200_000)).problems();
    assert_eq!(problems, "r.yaml: cannot be read: it is larger than 1 MiB");
}

#[test]
fn a_file_that_was_named_must_be_there() {
    let mut home = Home::yaml(FOUR_LINES);
    home.inputs.file = Some(home.directory.path().join("other.yaml"));
    assert!(home.problems().starts_with("other.yaml: cannot be read: "));
}

#[test]
fn without_a_file_the_error_shows_what_to_write() {
    let inputs =
        Inputs { file: None, variables: BTreeMap::new(), families: FAMILIES, zone: Some(TimeZone::UTC) };
    let error = load(&inputs).unwrap_err().to_string();
    assert!(
        error.starts_with("there is no configuration file; looked for router2mqtt.yaml, router2mqtt.yml")
    );
    let sample = error.split("\n\n").nth(2).unwrap().replace("type: hitron", "type: acme");
    assert_eq!(sample.lines().count(), 4);
    assert_eq!(password(&Home::yaml(&sample).loaded()), "the password");
}

#[test]
fn half_a_login_is_a_mistake_even_where_none_is_needed() {
    for (given, missing) in [("username", "password"), ("password", "username")] {
        let mut home = Home::yaml(&format!("routers: {{box: {{type: hitron, {given}: something}}}}"));
        home.inputs.families = crate::routers::FAMILIES;
        let problem = format!("routers.box.{missing}: is missing beside '{given}'");
        assert!(home.problems().contains(&problem), "{}", home.problems());
    }
}

#[test]
fn a_password_is_enough_where_all_boxes_have_the_same_user() {
    let mut home = Home::yaml("routers: {box: {type: huawei_hilink, password: something}}");
    home.inputs.families = crate::routers::FAMILIES;
    let router = home.loaded().routers.remove(0);
    assert!(router.credentials.password.is_some() && router.credentials.username.is_none());
}

#[test]
fn an_address_on_the_internet_without_a_scheme_is_encrypted() {
    let url = |family: &str, keys: &str| {
        let mut home =
            Home::yaml(&format!("routers: {{box: {{type: {family}, username: a, password: b, {keys}}}}}"));
        home.inputs.families = crate::routers::FAMILIES;
        home.loaded().routers.remove(0)
    };
    assert_eq!(url("hitron", "url: 192.0.2.1").transport.url.as_str(), "http://192.0.2.1/");
    let portal = url("altibox", "url: portal.example, identity_url: login.example");
    assert_eq!(portal.transport.url.as_str(), "https://portal.example/");
    assert_eq!(portal.options["identity_url"], "https://login.example/");
}

#[test]
fn no_router_is_a_mistake() {
    for yaml in ["", "routers:\n", "routers: {}\n", "# nothing\n"] {
        assert!(Home::yaml(yaml).problems().contains("there is no router yet; add one, such as"), "{yaml:?}");
    }
}

#[test]
fn the_brokers_encryption_is_checked() {
    let problem = |tls: &str| {
        let yaml = FOUR_LINES.replace("mqtt://192.0.2.10", &format!("mqtts://broker.example\n  tls: {tls}"));
        let home = Home::yaml(&yaml).file("ca.pem", "-----BEGIN NOTHING-----\n");
        home.problems().replace("r.yaml:3: mqtt.tls", "")
    };
    assert_eq!(problem("secure"), ": insecure is expected");
    assert_eq!(
        problem("{ca: ca.pem}"),
        ".ca: the file holds no certificate (PEM, with a line BEGIN CERTIFICATE)"
    );
    assert_eq!(
        problem("{key: ca.pem}"),
        ".key: the file holds no key without a passphrase (PEM, with a line BEGIN PRIVATE KEY)"
    );
    assert!(problem("{pin: aabb, insecure: maybe}").contains(".insecure: true or false is expected"));
    let pin = Pin::of(b"x");
    let both = problem(&format!("{{pin: '{pin}', insecure: true}}"));
    assert_eq!(both, ": one of 'ca', 'pin' and 'insecure' is enough; they contradict each other");
}

#[test]
fn nobody_can_be_trusted_by_half() {
    let problem = |tls: &str| {
        let yaml = FOUR_LINES.replace("xyzzy", &format!("xyzzy, url: https://192.0.2.1, {tls}"));
        Home::yaml(&yaml).problems().replace("r.yaml:4: routers.living_room-box.", "")
    };
    let pin = Pin::of(b"x");
    assert_eq!(problem("tls_pin: []"), "tls_pin: a fingerprint is expected");
    assert_eq!(problem(&format!("tls: insecure, tls_pin: '{pin}'")), "tls: contradicts 'tls_pin'");
    assert_eq!(problem("tls: true"), "tls: insecure is expected");
    let weak = "tls_pin: that is a SHA-1 fingerprint, which can be forged; give the SHA-256 one, or run 'router2mqtt pin URL'";
    assert_eq!(problem(&format!("tls_pin: '{}'", "aa".repeat(20))), weak);
}
