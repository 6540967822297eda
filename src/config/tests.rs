use std::time::Duration;

use async_trait::async_trait;
use secrecy::ExposeSecret;

use super::*;
use crate::engine::Track;
use crate::homeassistant::Layout;
use crate::model::{Deed, Fault, Sections, Snapshot};
use crate::routers::{Driver, FamilyOption, OptionKind, Session, Wiring};
use crate::transport::{Pin, Trust};

#[derive(Debug)]
struct Nobody;

#[async_trait]
impl Driver for Nobody {
    async fn poll(&mut self, _: &Sections) -> Result<Snapshot, Fault> {
        Err(Fault::SessionExpired)
    }

    async fn close(&mut self) {}
}

fn nobody(_: Wiring) -> Box<dyn Driver> {
    Box::new(Nobody)
}

const PLAIN: Family = Family {
    name: "acme",
    title: "Acme Box",
    manufacturer: "Acme",
    default_url: "http://192.0.2.1",
    default_every: Duration::from_secs(15),
    gap: Duration::from_millis(75),
    needs: &["password"],
    may_need: &["username"],
    sections: &[],
    session: Session::None,
    max_requests: 1,
    deeds: &[Deed::Reboot],
    options: &[
        FamilyOption { key: "dialect", doc: "Which.", kind: OptionKind::Word(&["auto", "old"]) },
        FamilyOption { key: "brief", doc: "Less.", kind: OptionKind::Flag },
        FamilyOption { key: "motto", doc: "Words.", kind: OptionKind::Text },
    ],
    authorities: "",
    build: nobody,
};
static ACME: Family = PLAIN;
static PAIRED: Family = Family {
    name: "paired",
    title: "Paired Box",
    default_url: "https://box.example",
    needs: &["app_token"],
    may_need: &[],
    deeds: &[],
    options: &[],
    ..PLAIN
};
static FAMILIES: &[&Family] = &[&ACME, &PAIRED];

/// A directory with one configuration file in it.
struct Home {
    directory: tempfile::TempDir,
    inputs: Inputs,
}

impl Home {
    fn with(name: &str, text: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join(name);
        std::fs::write(&file, text).unwrap();
        let inputs = Inputs { file: Some(file), variables: BTreeMap::new(), families: FAMILIES };
        Self { directory, inputs }
    }

    fn yaml(text: &str) -> Self {
        Self::with("r.yaml", text)
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.inputs.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn file(self, name: &str, text: &str) -> Self {
        std::fs::write(self.directory.path().join(name), text).unwrap();
        self
    }

    fn loaded(&self) -> Config {
        load(&self.inputs).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Every problem, without the directory, which has another name at each run.
    fn problems(&self) -> String {
        let directory = format!("{}/", self.directory.path().display());
        load(&self.inputs).expect_err("there should be problems").to_string().replace(&directory, "")
    }
}

fn exposed(secret: Option<&secrecy::SecretString>) -> &str {
    secret.expect("there should be a secret").expose_secret()
}

fn password(config: &Config) -> &str {
    exposed(config.routers[0].credentials.password.as_ref())
}

const FOUR_LINES: &str = "\
mqtt:
  url: mqtt://192.0.2.10
routers:
  living_room-box: {type: acme, password: xyzzy}
";

#[test]
fn four_lines_are_a_configuration() {
    let home = Home::yaml(FOUR_LINES);
    let config = home.loaded();
    assert_eq!((config.mqtt.host.as_str(), config.mqtt.port), ("192.0.2.10", 1883));
    assert_eq!((config.mqtt.prefix.as_str(), config.mqtt.client_id.as_str()), ("router2mqtt", "router2mqtt"));
    assert!(config.mqtt.tls.is_none() && config.mqtt.username.is_none());
    assert_eq!(config.discovery, Style::default());
    assert_eq!(config.data, home.directory.path().join("data"));
    assert_eq!(config.log, Log::default());
    assert_eq!(config.source, home.inputs.file);
    assert_eq!(config.warnings, []);
    let [router] = config.routers.as_slice() else { panic!("one router") };
    assert_eq!((router.id.as_str(), router.name.as_str()), ("living_room-box", "Living room box"));
    assert_eq!(router.transport.url.as_str(), "http://192.0.2.1/");
    assert_eq!(router.every, Duration::from_secs(15));
    assert_eq!(router.transport.gap, Duration::from_millis(75));
    assert_eq!(router.transport.deadlines, crate::transport::Deadlines::default());
    assert_eq!(router.transport.trust, Trust::Authorities(""));
    assert_eq!(router.transport.secrets[0].expose_secret(), "xyzzy");
    assert!(router.allow.is_empty());
    assert_eq!(router.options, BTreeMap::from([("dialect".to_owned(), "auto".to_owned())]));
    assert_eq!(router.clients, crate::engine::ClientPolicy::default());
}

#[test]
fn every_key_is_obeyed() {
    let pin = Pin::of(b"certificate");
    let yaml = format!(
        "
mqtt:
  url: mqtts://[2001:db8::1]:8884/
  username: bridge
  password: secret
  prefix: home/routers
  client_id: second
  discovery: component
  discovery_prefix: ha
  status_topic: ha/status
  tls: {{pin: '{pin}'}}
data: /var/lib/router2mqtt
log: info,router2mqtt::mqtt=debug
log_format: json
routers:
  modem:
    type: acme
    url: https://192.0.2.9:8443/sub
    username: admin
    password: xyzzy
    tls_pin: ['{pin}']
    every: 1m
    gap: 200ms
    timeout: 4s
    allow: [reboot]
    name: The modem
    dialect: old
    brief: true
    motto: hello
    clients: {{track: [02-00-5E-10-00-01], randomised: true, away_after: 10m, forget_after: 7d}}
"
    );
    let config = Home::yaml(&yaml).loaded();
    assert_eq!((config.mqtt.host.as_str(), config.mqtt.port), ("2001:db8::1", 8884));
    assert_eq!(config.mqtt.tls.as_ref().unwrap().pin, Some(pin));
    assert_eq!(config.mqtt.username.as_deref(), Some("bridge"));
    assert_eq!(exposed(config.mqtt.password.as_ref()), "secret");
    assert_eq!((config.mqtt.prefix.as_str(), config.mqtt.client_id.as_str()), ("home/routers", "second"));
    assert_eq!(config.discovery.layout, Layout::Component);
    assert_eq!(
        (config.discovery.prefix.as_str(), config.discovery.status_topic.as_str()),
        ("ha", "ha/status")
    );
    assert_eq!(config.data, Path::new("/var/lib/router2mqtt"));
    assert_eq!(config.log.filter, "info,router2mqtt::mqtt=debug");
    assert_eq!(config.log.format, LogFormat::Json);
    let router = &config.routers[0];
    assert_eq!(router.transport.url.as_str(), "https://192.0.2.9:8443/sub");
    assert_eq!(router.transport.trust, Trust::Pinned(vec![pin]));
    assert_eq!(router.transport.deadlines.first_byte, Duration::from_secs(4));
    assert_eq!(router.transport.deadlines.whole, Duration::from_secs(12));
    assert_eq!(router.transport.deadlines.connect, Duration::from_secs(4));
    assert_eq!((router.every, router.transport.gap), (Duration::from_secs(60), Duration::from_millis(200)));
    assert_eq!(router.allow, [Deed::Reboot].into());
    assert_eq!(router.name, "The modem");
    assert_eq!(router.credentials.username.as_deref(), Some("admin"));
    let options: Vec<_> = router.options.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(options, ["brief=true", "dialect=old", "motto=hello"]);
    assert_eq!(router.clients.track, Track::Only(["02:00:5e:10:00:01".parse().unwrap()].into()));
    assert!(router.clients.randomised);
    assert_eq!(router.clients.away_after, jiff::SignedDuration::from_mins(10));
    assert_eq!(router.clients.forget_after, jiff::SignedDuration::from_hours(168));
}

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
    url: box.example
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
    r.yaml:11: routers.one.type: acme or paired is expected; did you mean 'acme'?
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
fn a_password_stays_what_was_written() {
    for written in ["0123", "1e5", "no", "0x1F", "12:30:45", "1_000", ".5", "'null'", "\"~\"", "a#b"] {
        let yaml = FOUR_LINES.replace("xyzzy", written);
        let meant = written.trim_matches(['\'', '"']);
        assert_eq!(password(&Home::yaml(&yaml).loaded()), meant);
        let home = Home::yaml(FOUR_LINES).variable("ROUTER2MQTT__MQTT__USERNAME", "me");
        let home = home.variable("ROUTER2MQTT__MQTT__PASSWORD", meant);
        assert_eq!(exposed(home.loaded().mqtt.password.as_ref()), meant);
    }
}

#[test]
fn numbers_of_other_formats_are_refused_as_passwords() {
    let toml = "[routers.modem]\ntype = 'acme'\npassword = 1234\n";
    assert_eq!(
        Home::with("r.toml", toml).problems(),
        "r.toml:3: routers.modem.password: text is expected, or one of {file: PATH}, {env: NAME} and {command: [PROGRAM, …]}; put the text in quotes"
    );
}

#[test]
fn toml_and_json_say_the_same_as_yaml() {
    let toml = "[routers.modem]\ntype = 'acme'\npassword = '0123'\nbrief = true\nallow = ['reboot']\n";
    let json =
        r#"{"routers": {"modem": {"type": "acme", "password": "0123", "brief": true, "allow": ["reboot"]}}}"#;
    for home in [Home::with("r.toml", toml), Home::with("r.json", json)] {
        let config = home.loaded();
        assert_eq!(password(&config), "0123");
        assert_eq!(config.routers[0].options["brief"], "true");
        assert_eq!(config.routers[0].allow, [Deed::Reboot].into());
    }
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
fn the_mark_that_some_editors_put_first_is_ignored() {
    assert_eq!(password(&Home::yaml(&format!("\u{feff}{FOUR_LINES}")).loaded()), "xyzzy");
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
    let inputs = Inputs { file: None, variables: BTreeMap::new(), families: FAMILIES };
    let error = load(&inputs).unwrap_err().to_string();
    assert!(
        error.starts_with("there is no configuration file; looked for router2mqtt.yaml, router2mqtt.yml")
    );
    let sample = error.split("\n\n").nth(2).unwrap().replace("type: hitron", "type: acme");
    assert_eq!(sample.lines().count(), 4);
    assert_eq!(password(&Home::yaml(&sample).loaded()), "the password");
}

#[test]
fn no_router_is_a_mistake() {
    for yaml in ["", "routers:\n", "routers: {}\n", "# nothing\n"] {
        assert!(Home::yaml(yaml).problems().contains("there is no router yet; add one, such as"), "{yaml:?}");
    }
}

#[test]
fn variables_stand_above_the_file() {
    let config = Home::yaml(FOUR_LINES)
        .variable("ROUTER2MQTT__MQTT__URL", "mqtt://192.0.2.77:1884")
        .variable("ROUTER2MQTT__LOG", "debug")
        .variable("ROUTER2MQTT__ROUTERS__SECOND__TYPE", "paired")
        .variable("ROUTER2MQTT__ROUTERS__SECOND__APP_TOKEN", "token")
        .variable("ROUTER2MQTT__ROUTERS__LIVING_ROOM-BOX__ALLOW", "reboot")
        .variable(
            "ROUTER2MQTT__ROUTERS__LIVING_ROOM-BOX__CLIENTS__TRACK",
            "02:00:5e:10:00:01, 02:00:5e:10:00:02",
        )
        .variable("ROUTER2MQTT_CONFIG", "somewhere")
        .variable("ROUTER2MQTT_LOG", "warn")
        .loaded();
    assert_eq!((config.mqtt.host.as_str(), config.mqtt.port), ("192.0.2.77", 1884));
    assert_eq!(config.log.filter, "debug");
    let [first, second] = config.routers.as_slice() else { panic!("two routers") };
    assert_eq!(first.allow, [Deed::Reboot].into());
    assert!(matches!(&first.clients.track, Track::Only(macs) if macs.len() == 2));
    assert_eq!(exposed(second.credentials.app_token.as_ref()), "token");
    assert_eq!(config.warnings, []);
}

#[test]
fn variables_alone_are_enough() {
    let variables =
        [("ROUTER2MQTT__ROUTERS__BOX__TYPE", "acme"), ("ROUTER2MQTT__ROUTERS__BOX__PASSWORD", "0123")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let config = load(&Inputs { file: None, variables, families: FAMILIES }).unwrap();
    assert_eq!(password(&config), "0123");
    assert_eq!((config.source, config.data), (None, PathBuf::from("data")));
}

#[test]
fn wrong_variables_are_named() {
    let problems = Home::yaml(FOUR_LINES)
        .variable("ROUTER2MQTT__MQTT__PASWORD", "hunter2")
        .variable("ROUTER2MQTT__MQTT__USERNAME", "")
        .variable("ROUTER2MQTT__MQTT__PASSWORD", "")
        .variable("ROUTER2MQTT__ROUTERS__BOX__TYPE", "acme")
        .variable("ROUTER2MQTT__ROUTERS__BOX__PASSWORD", "hunter2")
        .variable("ROUTER2MQTT__ROUTERS__BOX__PASSWORD__FILE", "hunter2")
        .variable("ROUTER2MQTT__ROUTERS__BOX__EVERY", "soon")
        .variable("ROUTER2MQTT__COLOUR__BLUE", "hunter2")
        .variable("ROUTER2MQTT__A[3000000000]", "hunter2")
        .variable("ROUTER2MQTT____LOG", "hunter2")
        .problems();
    insta::assert_snapshot!(problems, @r"
    ROUTER2MQTT__A[3000000000]: the name must be keys with '__' between them
    ROUTER2MQTT__ROUTERS__BOX__PASSWORD__FILE: contradicts ROUTER2MQTT__ROUTERS__BOX__PASSWORD
    ROUTER2MQTT____LOG: the name must be keys with '__' between them
    ROUTER2MQTT__MQTT__USERNAME: mqtt.username: there is no value; fill it in, or leave it out
    ROUTER2MQTT__MQTT__PASSWORD: mqtt.password: there is no value; fill it in, or leave it out
    ROUTER2MQTT__MQTT__PASWORD: mqtt.pasword: there is no such key; did you mean 'password'?
    ROUTER2MQTT__ROUTERS__BOX__EVERY: routers.box.every: a duration such as 10s, 500ms, 5m or 1h is expected
    ROUTER2MQTT__COLOUR__BLUE: colour: there is no such key
    ");
}

#[test]
fn a_variable_with_one_underscore_is_warned_about() {
    let config = Home::yaml(FOUR_LINES)
        .variable("ROUTER2MQTT_MQTT__PASSWORD", "hunter2")
        .variable("ROUTER2MQTT_PORT_8080_TCP", "tcp://192.0.2.1:8080")
        .loaded();
    let [warning] = config.warnings.as_slice() else { panic!("{:?}", config.warnings) };
    assert_eq!(
        warning.to_string(),
        "ROUTER2MQTT_MQTT__PASSWORD: is ignored: the names of overriding variables begin with ROUTER2MQTT__"
    );
}

#[test]
fn secrets_come_from_files_variables_and_commands() {
    let home = |form: &str| Home::yaml(&FOUR_LINES.replace("xyzzy", form)).file("pass", "0123\n");
    assert_eq!(password(&home("{file: pass}").loaded()), "0123");
    assert_eq!(password(&home("{env: BOX_PASSWORD}").variable("BOX_PASSWORD", "1e5").loaded()), "1e5");
    assert_eq!(password(&home("{command: [printf, '%s\\n', a b]}").loaded()), "a b");
    let by_variable = Home::yaml(FOUR_LINES)
        .file("pass", "two lines\r\n\n")
        .variable("ROUTER2MQTT__ROUTERS__LIVING_ROOM-BOX__PASSWORD__FILE", "pass");
    assert_eq!(password(&by_variable.loaded()), "two lines\r\n", "one line end is taken off, not two");
}

#[test]
fn a_secret_that_cannot_be_fetched_says_why_and_nothing_else() {
    let problem = |form: &str| {
        let home =
            Home::yaml(&FOUR_LINES.replace("xyzzy", form)).file("empty", "\n").file("noise", "hunter2\n");
        home.problems().replace("r.yaml:4: routers.living_room-box.", "")
    };
    assert_eq!(
        problem("{file: none}"),
        "password.file: none cannot be read: No such file or directory (os error 2)"
    );
    assert_eq!(problem("{file: empty}"), "password.file: what was read is empty");
    assert_eq!(problem("{env: NOT_SET}"), "password.env: the variable NOT_SET is not set");
    let failed = "password.command: the command failed: exit status: 3";
    assert_eq!(problem("{command: [sh, -c, 'echo hunter2; echo hunter2 >&2; exit 3']}"), failed);
    assert_eq!(problem("{command: []}"), "password.command: a program is expected");
    assert!(
        problem("{command: /no/such/program}").starts_with("password.command: the command cannot be run: ")
    );
    for password_without_quotes in ["{hunter2}", "[hunter2]", "{file: noise, hunter2: x}", "{hunter2: noise}"]
    {
        let said = problem(password_without_quotes);
        assert!(said.starts_with("password: text is expected, or one of"), "{said}");
    }
}

#[cfg(unix)]
#[test]
fn a_secret_that_everybody_can_read_is_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::yaml(&FOUR_LINES.replace("xyzzy", "{file: pass}")).file("pass", "x");
    let pass = home.directory.path().join("pass");
    for (mode, warnings) in [(0o644, 1), (0o640, 0), (0o600, 0)] {
        std::fs::set_permissions(&pass, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(home.loaded().warnings.len(), warnings, "{mode:o}");
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
fn the_brokers_certificates_are_read() {
    let made = rcgen::generate_simple_self_signed(["broker.example".to_owned()]).unwrap();
    let tls = "{ca: ca.pem, certificate: ca.pem, key: key.pem}";
    let yaml = FOUR_LINES.replace("mqtt://192.0.2.10", &format!("mqtts://broker.example\n  tls: {tls}"));
    let home = Home::yaml(&yaml).file("ca.pem", &made.cert.pem());
    let config = home.file("key.pem", &made.signing_key.serialize_pem()).loaded();
    let tls = config.mqtt.tls.unwrap();
    assert_eq!((tls.ca, tls.certificate), (Some(made.cert.pem()), Some(made.cert.pem())));
    assert_eq!(exposed(tls.key.as_ref()), made.signing_key.serialize_pem());
    assert_eq!(config.mqtt.port, 8883);
}

#[test]
fn the_digest_changes_with_what_a_login_depends_on_and_only_with_that() {
    let digest = |yaml: &str| Home::yaml(yaml).loaded().routers[0].digest(b"salt");
    let usual = digest(FOUR_LINES);
    assert_eq!(usual, digest(&FOUR_LINES.replace("xyzzy", "'xyzzy', every: 3m, name: Other")));
    for (from, to) in [
        ("xyzzy", "xyzz"),
        ("xyzzy", "xyzzy, username: y"),
        ("xyzzy", "xyzzy, url: 192.0.2.2"),
        ("xyzzy", "xyzzy, url: 'https://192.0.2.1', tls: insecure"),
    ] {
        assert_ne!(usual, digest(&FOUR_LINES.replace(from, to)), "{to}");
    }
    assert_ne!(usual, Home::yaml(FOUR_LINES).loaded().routers[0].digest(b"pepper"));
    assert!(usual.len() == 64 && !usual.contains("xyzzy"));
}

proptest::proptest! {
    /// The secret is put wherever one belongs, written in every way that can go wrong, with mistakes around it.
    #[test]
    fn no_error_holds_a_secret(
        core in "[a-z]{8}",
        template in proptest::sample::select(vec![
            "S", "'S'", "[S]", "{S}", "{S: x}", "{file: x, S: y}", "&S", "*S", "!S", "@S", "%S", "`S", "S: x",
            "\n      S", "\n      S: x", "\n      - S", "|\n      S", "'S", "\"S", "{S", "[S", "S\n      S", "\"\\S\"", "? S",
        ]),
        key in proptest::sample::select(vec!["password", "app_token", "pasword"]),
        file in proptest::sample::select(vec!["r.yaml", "r.toml", "r.json"]),
    ) {
        let secret = format!("zq{core}qz");
        let written = template.replace('S', &secret);
        let yaml = format!("mqtt:\n  password: {written}\n  urll: x\nrouters:\n  modem:\n    {key}: {written}\n    evry: 5s\n");
        let home = Home::with(file, &yaml);
        let problems = home.problems();
        proptest::prop_assert!(!problems.contains(&secret), "{}\n{}", yaml, problems);
        let variables = home.variable("ROUTER2MQTT__ROUTERS__MODEM__PASSWORD", &secret)
            .variable("ROUTER2MQTT__ROUTERS__MODEM__TYPE", "paired");
        proptest::prop_assert!(!variables.problems().contains(&secret));
    }
}

#[test]
fn a_configuration_can_be_printed_without_its_secrets() {
    let config = Home::yaml(FOUR_LINES).variable("ROUTER2MQTT__MQTT__PASSWORD", "hunter2");
    let config = config.variable("ROUTER2MQTT__MQTT__USERNAME", "me").loaded();
    let printed = format!("{config:?}");
    assert!(!printed.contains("xyzzy") && !printed.contains("hunter2"));
}
