use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::exit::Exit;
use super::{Cli, print};

/// Print what a shell needs to complete commands and options
///
/// For bash: router2mqtt completions bash > ~/.local/share/bash-completion/completions/router2mqtt
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct Arguments {
    /// Which shell
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "router2mqtt", &mut script);
    print::result(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Exit::Success)
}
