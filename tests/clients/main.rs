//! Simulated boxes and clients that know nothing of this program: scripts that do what other people's programs do.
//! Run with `cargo test --test clients -- --ignored`.

#![expect(clippy::unwrap_used, reason = "a test that cannot run its script has failed")]

use std::path::Path;
use std::process::Command;

/// Runs a script beside this file, which starts the simulated box itself.
fn run(script: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients").join(script);
    let status = Command::new("python3").arg(path).arg(env!("CARGO_BIN_EXE_router2mqtt")).status().unwrap();
    assert!(status.success(), "{script} ended with {status}");
}

#[test]
#[ignore = "needs python3"]
fn the_exporter_for_altibox_logs_in_and_reads() {
    run("altibox.py");
}
