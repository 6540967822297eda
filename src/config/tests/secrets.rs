use super::*;

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
        format in proptest::sample::select(vec!["yaml", "toml", "json"]),
    ) {
        let secret = format!("zq{core}qz");
        let written = template.replace('S', &secret);
        let text = match format {
            "toml" => format!("[routers.modem]\nevry = '5s'\n{key} = {written}\n"),
            "json" => format!("{{\"routers\": {{\"modem\": {{\"{key}\": {written}, \"evry\": 5}}}}}}"),
            _ => format!("mqtt:\n  password: {written}\n  urll: x\nrouters:\n  modem:\n    {key}: {written}\n    evry: 5s\n"),
        };
        let home = Home::with(&format!("r.{format}"), &text);
        let problems = home.problems();
        proptest::prop_assert!(!problems.contains(&secret), "{}\n{}", text, problems);
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
