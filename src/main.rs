//! The program `router2mqtt`. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    router2mqtt::cli::main()
}
