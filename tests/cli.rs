//! The program as a process: what it prints, and how it ends.
#![expect(clippy::unwrap_used, reason = "a test that cannot run its program has failed")]

use std::path::Path;
use std::process::{Command, Output};

/// The program in this directory, with nothing of ours in its environment.
fn router2mqtt(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_router2mqtt"));
    command.args(arguments).current_dir(directory).env_clear();
    command
}

fn run(mut command: Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

fn empty() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

#[test]
fn every_mistake_of_a_configuration_is_shown_and_ends_with_78() {
    let home = empty();
    let yaml = "mqtt: {pasword: hunter2}\nrouters:\n  modem: {type: x, every: 5}\nlog: louder\n";
    std::fs::write(home.path().join("router2mqtt.yaml"), yaml).unwrap();
    let (code, out, err) = run(router2mqtt(home.path(), &["check"]));
    assert_eq!((code, out.as_str()), (78, ""));
    let lines: Vec<_> = err.lines().collect();
    assert_eq!(lines[0], "router2mqtt.yaml:1: mqtt.pasword: there is no such key; did you mean 'password'?");
    assert!(lines[1].starts_with("router2mqtt.yaml:3: routers.modem.type: "), "{err}");
    assert!(lines[2].starts_with("router2mqtt.yaml:3: routers.modem.every: a duration such as"), "{err}");
    assert!(lines[3].starts_with("router2mqtt.yaml:4: log: "), "{err}");
    assert_eq!(lines.len(), 4);
}

#[test]
fn a_variable_can_name_the_file_and_override_it() {
    let home = empty();
    std::fs::write(home.path().join("other.toml"), "log = 'info'\n").unwrap();
    let mut command = router2mqtt(home.path(), &["probe", "modem"]);
    command.env("ROUTER2MQTT_CONFIG", "other.toml").env("ROUTER2MQTT__LOG", "louder");
    let (code, _, err) = run(command);
    assert_eq!(code, 78);
    assert!(err.contains("ROUTER2MQTT__LOG: log: error, warn, info, debug or trace is expected"), "{err}");
    assert!(err.contains("other.toml: routers: there is no router yet"), "{err}");
}

#[test]
fn without_a_configuration_there_is_a_sample_to_start_from() {
    let (code, _, err) = run(router2mqtt(empty().path(), &["check"]));
    assert_eq!(code, 78);
    assert!(err.contains("looked for router2mqtt.yaml"), "{err}");
    assert!(err.contains("\nmqtt:\n  url: mqtt://localhost:1883\nrouters:\n"), "{err}");
}

#[test]
fn a_data_directory_that_cannot_be_used_is_a_mistake_of_the_configuration() {
    let home = empty();
    std::fs::write(home.path().join("occupied"), "a file").unwrap();
    let yaml = "data: occupied\nrouters: {modem: {type: hitron, url: 'http://127.0.0.1:1'}}\n";
    std::fs::write(home.path().join("router2mqtt.yaml"), yaml).unwrap();
    let (code, _, err) = run(router2mqtt(home.path(), &["run"]));
    assert_eq!(code, 78, "{err}");
    assert!(err.contains("data: cannot use") && err.contains("occupied"), "{err}");
}

#[test]
fn help_tells_the_exit_codes() {
    let home = empty();
    for arguments in [&["--help"][..], &["help"]] {
        let (code, out, _) = run(router2mqtt(home.path(), arguments));
        assert_eq!(code, 0);
        for words in
            ["check", "probe", "simulate", "completions", "  78  the configuration is wrong", "Examples:"]
        {
            assert!(out.contains(words), "{words} is missing in:\n{out}");
        }
    }
    let (code, out, _) = run(router2mqtt(home.path(), &["--version"]));
    assert_eq!((code, out), (0, format!("router2mqtt {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    let home = empty();
    for arguments in
        [&[][..], &["prob"], &["probe", "modem", "--section", "kitchen"], &["check", "--log", "loud"]]
    {
        let (code, out, err) = run(router2mqtt(home.path(), arguments));
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
    }
    let (_, _, err) = run(router2mqtt(home.path(), &["prob"]));
    assert!(err.contains("'probe'"), "{err}");
    let (_, _, err) = run(router2mqtt(home.path(), &["simulate", "x", "--fault", "flood"]));
    assert!(err.contains("there is no fault 'flood'; there are wrong-password"), "{err}");
}

#[test]
fn help_shows_no_variables_of_the_environment() {
    let home = empty();
    let mut command = router2mqtt(home.path(), &["--help"]);
    command.env("ROUTER2MQTT_CONFIG", "a-name-nobody-needs-to-see");
    let (_, out, _) = run(command);
    assert!(!out.contains("nobody-needs-to-see"));
}

/// The subcommands, as the help lists them.
fn subcommands(home: &Path) -> Vec<String> {
    let (_, out, _) = run(router2mqtt(home, &["--help"]));
    let (_, list) = out.split_once("Commands:\n").unwrap();
    let listed = list.lines().take_while(|line| !line.is_empty());
    // What is further to the right is the rest of a long description.
    let names = listed.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = names.map(|line| line.split_whitespace().next().unwrap().to_owned());
    names.filter(|name| name != "help").collect()
}

#[test]
fn every_subcommand_explains_itself() {
    let home = empty();
    let subcommands = subcommands(home.path());
    for name in ["run", "check", "probe", "register", "pin", "simulate", "completions"] {
        assert!(subcommands.iter().any(|listed| listed == name), "{name} is not listed");
    }
    for name in subcommands {
        let (code, out, err) = run(router2mqtt(home.path(), &[&name, "--help"]));
        assert_eq!((code, err.as_str()), (0, ""), "{name}");
        assert!(out.contains("Usage: router2mqtt"), "{name}: {out}");
        for line in out.lines() {
            assert!(line.chars().count() <= 100, "{name}: {line}");
        }
    }
}

#[test]
fn every_shell_can_complete() {
    let home = empty();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (code, out, err) = run(router2mqtt(home.path(), &["completions", shell]));
        assert_eq!((code, err.as_str()), (0, ""), "{shell}");
        for word in subcommands(home.path()).iter().map(String::as_str).chain(["connect", "capture"]) {
            assert!(out.contains(word), "{word} for {shell}");
        }
    }
}

#[test]
fn a_family_that_cannot_be_simulated_is_said_to_be_unknown() {
    let (code, out, err) = run(router2mqtt(empty().path(), &["simulate", "toaster"]));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(err.starts_with("there is no simulated 'toaster'"), "{err}");
}
