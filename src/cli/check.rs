use clap::Args;
use tokio::runtime::Runtime;

use super::exit::Exit;
use super::visit::{everything, sentence, visit};
use super::{Common, log, print};
use crate::config::{Config, RouterConfig};
use crate::model::text::counted;
use crate::model::{Fault, Snapshot};
use crate::mqtt::{Unwelcome, greet};

/// Check the configuration
///
/// Every mistake is shown at once, with its line. With --connect every box is read once, and the broker is greeted,
/// without publishing anything.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Also log in to every box, and connect to the broker
    #[arg(long)]
    connect: bool,
}

pub(super) fn run(common: &Common, arguments: &Arguments) -> anyhow::Result<Exit> {
    log::start_quiet(common.log.as_deref())?;
    let config = common.load()?;
    for warning in &config.warnings {
        print::complaint(&format!("warning: {warning}"));
    }
    print::result(&summary(&config))?;
    if arguments.connect { Runtime::new()?.block_on(connect(&config)) } else { Ok(Exit::Success) }
}

fn summary(config: &Config) -> String {
    let source = config.source.as_ref().map_or("the environment".into(), |path| path.to_string_lossy());
    let ids: Vec<_> = config.routers.iter().map(|router| router.id.as_str()).collect();
    let routers = counted(ids.len(), "router");
    format!("{source}: no mistakes; {routers} ({}), broker {}", ids.join(", "), config.mqtt.address())
}

/// Tries everything, one after the other, so that the lines stand in the order of the file.
async fn connect(config: &Config) -> anyhow::Result<Exit> {
    let mut exit = Exit::Success;
    for router in &config.routers {
        let outcome = visit(router, &everything(router), None).await?;
        print::result(&line(router, &outcome))?;
        exit = exit.max(outcome.as_ref().map_or_else(Exit::of, |_| Exit::Success));
    }
    let welcome = greet(&config.mqtt).await;
    let answer = welcome.as_ref().map_or_else(Unwelcome::to_string, |()| "connected".to_owned());
    print::result(&format!("broker {}: {answer}", config.mqtt.address()))?;
    Ok(exit.max(welcome.as_ref().map_or_else(Exit::of_broker, |()| Exit::Success)))
}

fn line(router: &RouterConfig, outcome: &Result<Snapshot, Fault>) -> String {
    let id = &router.id;
    let seen = match outcome {
        Err(fault) => return format!("{id}: {}", sentence(fault)),
        Ok(seen) => seen,
    };
    let model = seen.identity.model.as_deref().unwrap_or(router.family.title);
    let firmware = match &seen.identity.firmware {
        Some(firmware) => format!(", firmware {firmware}"),
        None => String::new(),
    };
    let failed: String = seen
        .sections()
        .filter_map(|(section, outcome)| outcome.err().map(|fault| format!("; {}: {fault}", section.name())))
        .collect();
    format!("{id}: {model}{firmware}{failed}")
}

#[cfg(test)]
mod tests {
    use super::super::probe::tests::{router, seen};
    use super::*;
    use crate::model::Section;

    #[test]
    fn a_box_is_one_line() {
        let mut snapshot = seen();
        assert_eq!(line(&router("b"), &Ok(snapshot.clone())), "b: Model 1, firmware 1.2");
        snapshot.failed(Section::Wifi, Fault::MissingRight("wifi".into()));
        let expected = "b: Model 1, firmware 1.2; wifi: the box does not grant the right 'wifi'";
        assert_eq!(line(&router("b"), &Ok(snapshot)), expected);
        let expected = "b: the box rejected the credentials; correct the credentials in the configuration, or send retry_login";
        assert_eq!(line(&router("b"), &Err(Fault::CredentialsRejected)), expected);
    }
}
