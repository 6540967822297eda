//! The box that they look at, and scripts that go on until they are stopped.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::time::Duration;

use router2mqtt::simulators::{self, Options, Running};

use crate::support::eventually;
use crate::support::household::Household;
use crate::support::observer::Observer;

pub async fn freebox() -> Running {
    let options = Options { reboot: Duration::from_secs(3), ..Options::default() };
    simulators::start("freebox", options).await.unwrap()
}

pub async fn online(witness: &Observer, id: &str) {
    witness.wait_for(&format!("router2mqtt/{id}/availability"), |payload| payload == "online").await;
}

/// A script that goes on until it is stopped, and what it has printed.
pub struct Watching {
    process: Child,
    printed: PathBuf,
}

impl Watching {
    pub fn start(house: &Household, mut command: Command) -> Self {
        let printed = house.file(&format!("printed-{}", fastrand::u64(..)));
        let file = fs::File::create(&printed).unwrap();
        // A group of its own, as scripts have children.
        let process = command.stdout(file).process_group(0).spawn().unwrap();
        Self { process, printed }
    }

    pub fn printed(&self) -> String {
        fs::read_to_string(&self.printed).unwrap()
    }

    pub async fn prints(&self, what: &str) {
        eventually(&format!("'{what}' is printed"), || self.printed().contains(what).then_some(())).await;
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let group = format!("-{}", self.process.id());
        Command::new("kill").args(["-KILL", "--", &group]).status().unwrap();
        self.process.wait().unwrap();
    }
}
