use super::*;

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

/// What stands between the fences of a page, as far as it is a configuration and nothing is left out of it.
fn examples(page: &str) -> impl Iterator<Item = &str> {
    page.split("```yaml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .filter(|yaml| yaml.contains("routers:") && !yaml.contains('…'))
}

#[test]
fn what_the_pages_of_the_families_say_to_write_is_a_configuration() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/routers");
    let mut tried = 0;
    for page in std::fs::read_dir(pages).unwrap() {
        let page = page.unwrap().path();
        for example in examples(&std::fs::read_to_string(&page).unwrap()) {
            let mut home = Home::yaml(&format!("mqtt: {{url: mqtt://192.0.2.10}}\n{example}"))
                .variable("ALTIBOX_USER", "user")
                .variable("ALTIBOX_PASSWORD", "password");
            home.inputs.families = crate::routers::FAMILIES;
            if let Err(error) = load(&home.inputs) {
                panic!("{}: {error}", page.display());
            }
            tried += 1;
        }
    }
    assert!(tried >= crate::routers::FAMILIES.len(), "{tried} examples");
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
fn the_mark_that_some_editors_put_first_is_ignored() {
    assert_eq!(password(&Home::yaml(&format!("\u{feff}{FOUR_LINES}")).loaded()), "xyzzy");
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
        ("xyzzy", "xyzzy, motto: another"),
        ("xyzzy", "xyzzy, url: 192.0.2.2"),
        ("xyzzy", "xyzzy, url: 'https://192.0.2.1', tls: insecure"),
    ] {
        assert_ne!(usual, digest(&FOUR_LINES.replace(from, to)), "{to}");
    }
    assert_ne!(usual, Home::yaml(FOUR_LINES).loaded().routers[0].digest(b"pepper"));
    assert!(usual.len() == 64 && !usual.contains("xyzzy"));
}

#[test]
fn the_shipped_examples_are_configurations() {
    let variables = example_variables();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for (example, routers) in [("router2mqtt.yaml", 1), ("full.yaml", 5)] {
        let file = Some(examples.join(example));
        let inputs = Inputs {
            file,
            variables: variables.clone(),
            families: crate::routers::FAMILIES,
            zone: Some(TimeZone::UTC),
        };
        let config = load(&inputs).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((config.routers.len(), config.warnings), (routers, vec![]), "{example}");
    }
}

#[test]
fn the_example_for_altibox_reads_the_variables_of_its_exporter() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/altibox.yaml");
    let variables = [("ALTIBOX_USER", "user@example.com"), ("ALTIBOX_PASSWORD", "0123")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let families = crate::routers::FAMILIES;
    let config = load(&Inputs { file: Some(file), variables, families, zone: Some(TimeZone::UTC) })
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.routers[0].credentials.username.as_deref(), Some("user@example.com"));
    assert_eq!(password(&config), "0123");
    let deadlines = &config.routers[0].transport.deadlines;
    assert_eq!(deadlines.first_byte, Duration::from_secs(45), "slow servers are given their time");
    let [warning] = config.warnings.as_slice() else { panic!("{:?}", config.warnings) };
    assert!(
        warning.to_string().contains("routers.altibox.type: Altibox portal is experimental: "),
        "{warning}"
    );
}

#[test]
fn user_names_are_fetched_like_secrets() {
    let home = |form: &str| {
        let yaml = FOUR_LINES.replace("xyzzy", &format!("xyzzy, username: {form}"));
        Home::yaml(&yaml.replace("mqtt:\n", &format!("mqtt:\n  username: {form}\n"))).file("name", "ada\n")
    };
    for form in ["ada", "{file: name}", "{env: NAME}", "{command: [echo, ada]}"] {
        let config = home(form).variable("NAME", "ada").loaded();
        assert_eq!(config.mqtt.username.as_deref(), Some("ada"), "{form}");
        assert_eq!(config.routers[0].credentials.username.as_deref(), Some("ada"), "{form}");
    }
    assert_eq!(
        home("{env: NAME}").problems(),
        "r.yaml:2: mqtt.username.env: the variable NAME is not set\n\
         r.yaml:5: routers.living_room-box.username.env: the variable NAME is not set"
    );
}

#[test]
fn a_family_that_may_not_work_is_warned_about() {
    let home = Home::yaml("routers: {box: {type: trial, password: x}}");
    let warnings: Vec<_> = home.loaded().warnings.iter().map(|w| w.text.clone()).collect();
    assert_eq!(warnings, ["Trial Box is experimental: nobody has one"]);
}

#[test]
fn addresses_paths_and_patterns_of_a_family_are_checked() {
    let option = |key: &str, value: &str| {
        Home::yaml(&FOUR_LINES.replace("xyzzy", &format!("xyzzy, {key}: '{value}'")))
    };
    for (key, written, read) in [
        ("helper", "https://login.example", "https://login.example/"),
        ("page", "/api/{id}/list", "/api/{id}/list"),
        ("pattern", "code=([a-z]+)", "code=([a-z]+)"),
    ] {
        assert_eq!(option(key, written).loaded().routers[0].options[key], read);
    }
    let problem = |key: &str, value: &str| {
        option(key, value).problems().replace("r.yaml:4: routers.living_room-box.", "")
    };
    assert!(problem("helper", "ftp://x").starts_with("helper: an address such as"));
    for page in ["api", "/a b", "/a?b=c"] {
        assert_eq!(
            problem("page", page),
            "page: a path such as /api/devices is expected, without '?' and '#'"
        );
    }
    assert_eq!(problem("pattern", "(hunter2"), "pattern: a regular expression is expected");
    assert!(
        problem("pattern", "hunter2").starts_with("pattern: a regular expression with 1 group is expected")
    );
}

/// What the page says and what a file can say must not drift apart.
#[test]
fn the_configuration_in_the_readme_is_one() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    let yaml = readme.split("```yaml\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(yaml.contains("A1:B2:…"));
    let mut home = Home::yaml(&yaml.replace("A1:B2:…", &Pin::of(b"certificate").to_string()));
    home.inputs.families = crate::routers::FAMILIES;
    assert_eq!(home.loaded().routers.len(), 1);
    assert!(yaml.lines().count() <= 4, "four lines are enough");
}

#[test]
fn the_page_on_configuration_names_every_key() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/configuration.md")).unwrap();
    let keys = std::fs::read_to_string(root.join("examples/full.yaml")).unwrap();
    let boxes = ["freebox", "modem", "router", "lab", "lte", "alice", "bob"];
    let keys = keys.lines().filter_map(|line| line.trim().split_once(':').map(|(key, _)| key));
    for key in
        keys.filter(|key| key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') && !boxes.contains(key))
    {
        assert!(page.contains(&format!("`{key}`")) || page.contains(&format!(".{key}`")), "{key}");
    }
}

/// What the page says of the keys that only one family has: a row `| family | `key` | …` each.
#[test]
fn the_page_on_configuration_has_the_options_of_every_family_and_no_others() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/configuration.md")).unwrap();
    let (_, section) = page.split_once("### Keys of one family").unwrap();
    let section = section.split("\n#").next().unwrap();
    let on_the_page: Vec<(String, String)> = section
        .lines()
        .filter_map(|line| match line.split('|').map(str::trim).collect::<Vec<_>>().as_slice() {
            ["", family, key, _, _, ""] if key.starts_with('`') => {
                Some((family.trim_matches('`').to_owned(), key.trim_matches('`').to_owned()))
            }
            _ => None,
        })
        .collect();
    let there_are: Vec<_> = crate::routers::FAMILIES
        .iter()
        .flat_map(|family| {
            family.options.iter().map(|option| (family.name.to_owned(), option.key.to_owned()))
        })
        .collect();
    assert_eq!(on_the_page, there_are);
}

#[test]
fn the_history_is_on_unless_it_is_turned_off() {
    const DAY: u64 = 24 * 3600;
    let history = |more: &str| Home::yaml(&format!("{FOUR_LINES}{more}")).loaded().history;
    let usual = history("");
    assert!(usual.path.ends_with("data/history.db"));
    assert_eq!(usual.retention, crate::history::Retention::default());
    assert_eq!(history("history: on\n").retention, usual.retention);
    assert_eq!(history("history: off\n").retention.samples, None);
    let mine = history("history: {path: kept.db, keep_samples: 2d, keep_hours: 1y, max_size: 50 MB}\n");
    assert!(mine.path.ends_with("kept.db") && !mine.path.ends_with("data/kept.db"));
    assert_eq!(mine.retention.samples, Some(Duration::from_secs(2 * DAY)));
    assert_eq!(mine.retention.hours, Duration::from_secs(365 * DAY));
    assert_eq!(mine.retention.max_size, 50_000_000);
}

#[test]
fn what_is_wrong_with_the_history_is_named() {
    let problems = |more: &str| Home::yaml(&format!("{FOUR_LINES}{more}")).problems();
    assert!(problems("history: maybe\n").contains("history: on or off is expected"));
    assert!(problems("history: {max_size: 1 MB}\n").contains("history.max_size: at least 10 MB"));
    assert!(problems("history: {keep_hours: 2d}\n").contains("must not be shorter than 'keep_samples'"));
    assert!(problems("history: {keep_samples: 1h}\n").contains("history.keep_samples: a duration of 1d to"));
}

#[test]
fn the_csv_log_is_off_unless_it_has_a_place() {
    let home = Home::yaml(FOUR_LINES);
    assert_eq!(home.loaded().csv, None);
    let home = Home::yaml(&format!("{FOUR_LINES}\ncsv: {{path: usage}}\n"));
    let expected = crate::csvlog::Settings {
        path: home.directory.path().join("usage"),
        every: Duration::from_secs(60),
        keep: Duration::from_secs(400 * 24 * 3600),
    };
    assert_eq!(home.loaded().csv, Some(expected));
    let home = Home::yaml(&format!("{FOUR_LINES}\ncsv: {{every: 1s, keep: 3d}}\n"));
    let error = load(&home.inputs).unwrap_err().to_string();
    for words in [
        "csv.path: the directory for the files is needed",
        "csv.every: a duration of 10s to 1h",
        "csv.keep: a duration of 31d",
    ] {
        assert!(error.contains(words), "{words} is missing in {error}");
    }
}
