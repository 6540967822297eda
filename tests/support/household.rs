//! A household that did what `examples/mosquitto/README.md` says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::json;

use super::bridge::Bridge;
use super::broker::{Mosquitto, free_port};
use super::observer::Observer;

/// Who sees and may do everything, to see what the others did.
pub const WITNESS: &str = "witness";

/// Where the examples are.
pub fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/mosquitto")
}

/// A broker that was set up by the examples, and everybody's passwords.
pub struct Household {
    pub broker: Mosquitto,
    /// The port of the listener with TLS; that of the other is the broker's own.
    pub tls_port: u16,
}

impl Household {
    pub async fn start() -> Self {
        let tls_port = free_port();
        let broker = Mosquitto::with(&configuration(tls_port));
        let folder = broker.folder();
        let rights = fs::read_to_string(examples().join("acl")).unwrap();
        fs::write(folder.join("acl"), format!("{rights}\nuser {WITNESS}\ntopic readwrite #\n")).unwrap();
        done(Command::new(examples().join("certificates.sh")).arg(folder).args(["localhost", "127.0.0.1"]));
        done(Command::new(examples().join("passwords.sh")).arg(folder));
        Self { broker: broker.run().await, tls_port }
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.broker.folder().join(name)
    }

    pub fn password(&self, role: &str) -> String {
        fs::read_to_string(self.file(&format!("{role}.password"))).unwrap().trim().to_owned()
    }

    pub fn observer(&self, role: &str) -> Observer {
        Observer::connect_as(self.broker.port, role, &self.password(role))
    }

    /// A bridge by TLS, as the README has it.
    pub fn bridge(&self) -> Bridge {
        let mut bridge = Bridge::new(self.tls_port);
        bridge.configuration["mqtt"] = json!({
            "url": format!("mqtts://localhost:{}", self.tls_port),
            "username": "router2mqtt",
            "password": {"file": self.file("router2mqtt.password")},
            "tls": {"ca": self.file("ca.crt")},
        });
        bridge
    }

    /// A command in the name of a role, whose Mosquitto clients are set up as the README says.
    pub fn as_role(&self, role: &str, program: impl AsRef<Path>) -> Command {
        let home = self.file(&format!("home-{role}"));
        fs::create_dir_all(home.join(".config")).unwrap();
        let (port, ca) = (self.tls_port, self.file("ca.crt"));
        let options = format!(
            "-h localhost\n-p {port}\n--cafile {}\n-u {role}\n-P {}\n",
            ca.display(),
            self.password(role)
        );
        for client in ["mosquitto_sub", "mosquitto_pub"] {
            fs::write(home.join(".config").join(client), &options).unwrap();
        }
        let mut command = Command::new(program.as_ref());
        command.env("HOME", home).env_remove("XDG_CONFIG_HOME").stdin(Stdio::null());
        command
    }

    pub fn script(&self, role: &str, name: &str, arguments: &[&str]) -> Command {
        let mut command = self.as_role(role, examples().join(name));
        command.args(arguments);
        command
    }
}

/// The example's own configuration, with other ports and folders.
fn configuration(tls_port: u16) -> String {
    let mut text = fs::read_to_string(examples().join("mosquitto.conf")).unwrap();
    let tls = format!("\nlistener {tls_port} 127.0.0.1\n");
    // The listener on loopback is the one that every broker of ours has.
    let changes = [
        ("\nlistener 1883 127.0.0.1\n", "\n"),
        ("\nlistener 8883\n", &tls),
        ("/etc/mosquitto/router2mqtt/", "FOLDER/"),
    ];
    for (from, to) in changes {
        assert!(text.contains(from), "the example has no {from:?}");
        text = text.replace(from, to);
    }
    text
}

/// Runs a command that has to go well.
pub fn done(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
