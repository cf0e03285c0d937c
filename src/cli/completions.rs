//! `mainstay completions`: the completions of a shell, made from the command definitions.

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::{Cli, Failure};

/// Arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example: mainstay completions bash > /usr/share/bash-completion/completions/mainstay")]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<(), Failure> {
    let mut bytes = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "mainstay", &mut bytes);
    Ok(std::io::Write::write_all(&mut std::io::stdout().lock(), &bytes)?)
}
