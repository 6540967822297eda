//! A keeper for each configured box.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::BridgeError;
use crate::accounting::{People, Timetable};
use crate::config::{Config, RouterConfig};
use crate::engine::{About, Charge, ClientPolicy, Events, Handle, Keeper, Rules, Shared, World};
use crate::model::{Action, Clock, Fault};
use crate::routers::{Driver, Wiring};
use crate::transport::{Recorder, Transport};

/// The keepers of all boxes, by what they are called, and the way to pass them commands.
pub(super) fn keepers(
    config: &Config,
    shared: &Shared,
    world: watch::Receiver<World>,
    random: &mut fastrand::Rng,
) -> Result<(Vec<(String, Keeper)>, Handle), BridgeError> {
    let people = Arc::new(config.people.clone());
    let events: Events = shared.events.clone();
    let (mut keepers, mut orders) = (Vec::new(), BTreeMap::new());
    for router in &config.routers {
        let driver = driver(router, shared.clock.clone(), None)
            .map_err(|fault| BridgeError::Router { id: router.id.to_string(), fault })?;
        let charge = charge(router, rules(config, router, &people), &shared.memory.salt());
        let (keeper, sender) = Keeper::new(charge, driver, shared.clone(), random.fork());
        orders.insert(router.id.clone(), sender);
        keepers.push((format!("the keeper of '{}'", router.id), keeper));
    }
    Ok((keepers, Handle::new(world, events, orders)))
}

/// How the traffic of a box is booked.
fn rules(config: &Config, router: &RouterConfig, people: &Arc<People>) -> Rules {
    Rules {
        timetable: Timetable::new(config.calendar.clone(), config.on_peak.clone(), router.quota.free.clone()),
        people: Arc::clone(people),
        quota: router.quota.clone(),
    }
}

/// What the configuration says of a box, as readers know it.
pub fn about(router: &RouterConfig) -> About {
    About {
        id: router.id.clone(),
        name: router.name.clone(),
        family: router.family.name,
        manufacturer: router.family.manufacturer,
        url: router.transport.url.to_string(),
        actions: actions(router),
    }
}

fn charge(router: &RouterConfig, rules: Rules, salt: &[u8]) -> Charge {
    Charge {
        about: about(router),
        every: router.every,
        plan: router.family.sections,
        session: router.family.session,
        allow: router.allow.clone(),
        counting: router.family.counting,
        clients: ClientPolicy { known: rules.people.devices(), ..router.clients.clone() },
        line: router.line.clone(),
        rules,
        digest: router.digest(salt),
    }
}

/// What readers offer: what needs no leave, and what the configuration allows.
fn actions(router: &RouterConfig) -> Vec<Action> {
    Action::all()
        .filter(|action| match action {
            Action::Do(deed) => router.allow.contains(deed),
            Action::TopUp | Action::SetUsed => router.quota.limit.is_some(),
            _ => true,
        })
        .collect()
}

/// The driver of a configured box.
///
/// # Errors
/// [`Fault::Tls`] when its certificates cannot be used.
pub fn driver(
    router: &RouterConfig,
    clock: Clock,
    recorder: Option<Arc<dyn Recorder>>,
) -> Result<Box<dyn Driver>, Fault> {
    let transport = Transport::new(router.transport.clone(), recorder)?;
    Ok((router.family.build)(Wiring {
        transport,
        credentials: router.credentials.clone(),
        options: router.options.clone(),
        clock,
    }))
}
