use super::*;

#[test]
fn variables_stand_above_the_file() {
    let config = Home::yaml(FOUR_LINES)
        .variable("ROUTER2MQTT__MQTT__URL", "mqtt://192.0.2.77:1884")
        .variable("ROUTER2MQTT__LOG", "debug")
        .variable("ROUTER2MQTT__ROUTERS__SECOND__TYPE", "paired")
        .variable("ROUTER2MQTT__ROUTERS__SECOND__APP_TOKEN", "token")
        .variable("ROUTER2MQTT__ROUTERS__LIVING_ROOM-BOX__ALLOW", "reboot")
        .variable(
            "ROUTER2MQTT__ROUTERS__LIVING_ROOM-BOX__CLIENTS__TRACK",
            "02:00:5e:10:00:01, 02:00:5e:10:00:02",
        )
        .variable("ROUTER2MQTT_CONFIG", "somewhere")
        .variable("ROUTER2MQTT_LOG", "warn")
        .loaded();
    assert_eq!((config.mqtt.host.as_str(), config.mqtt.port), ("192.0.2.77", 1884));
    assert_eq!(config.log.filter, "debug");
    let [first, second] = config.routers.as_slice() else { panic!("two routers") };
    assert_eq!(first.allow, [Deed::Reboot].into());
    assert!(matches!(&first.clients.track, Track::Only(macs) if macs.len() == 2));
    assert_eq!(exposed(second.credentials.app_token.as_ref()), "token");
    assert_eq!(config.warnings, []);
}

#[test]
fn variables_alone_are_enough() {
    let variables =
        [("ROUTER2MQTT__ROUTERS__BOX__TYPE", "acme"), ("ROUTER2MQTT__ROUTERS__BOX__PASSWORD", "0123")];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let config =
        load(&Inputs { file: None, variables, families: FAMILIES, zone: Some(TimeZone::UTC) }).unwrap();
    assert_eq!(password(&config), "0123");
    assert_eq!((config.source, config.data), (None, PathBuf::from("data")));
}

#[test]
fn wrong_variables_are_named() {
    let problems = Home::yaml(FOUR_LINES)
        .variable("ROUTER2MQTT__MQTT__PASWORD", "hunter2")
        .variable("ROUTER2MQTT__MQTT__USERNAME", "")
        .variable("ROUTER2MQTT__MQTT__PASSWORD", "")
        .variable("ROUTER2MQTT__ROUTERS__BOX__TYPE", "acme")
        .variable("ROUTER2MQTT__ROUTERS__BOX__PASSWORD", "hunter2")
        .variable("ROUTER2MQTT__ROUTERS__BOX__PASSWORD__FILE", "hunter2")
        .variable("ROUTER2MQTT__ROUTERS__BOX__EVERY", "soon")
        .variable("ROUTER2MQTT__COLOUR__BLUE", "hunter2")
        .variable("ROUTER2MQTT__A[3000000000]", "hunter2")
        .variable("ROUTER2MQTT____LOG", "hunter2")
        .problems();
    insta::assert_snapshot!(problems, @r"
    ROUTER2MQTT__A[3000000000]: the name must be keys with '__' between them
    ROUTER2MQTT__ROUTERS__BOX__PASSWORD__FILE: contradicts ROUTER2MQTT__ROUTERS__BOX__PASSWORD
    ROUTER2MQTT____LOG: the name must be keys with '__' between them
    ROUTER2MQTT__MQTT__USERNAME: mqtt.username: there is no value; fill it in, or leave it out
    ROUTER2MQTT__MQTT__PASSWORD: mqtt.password: there is no value; fill it in, or leave it out
    ROUTER2MQTT__MQTT__PASWORD: mqtt.pasword: there is no such key; did you mean 'password'?
    ROUTER2MQTT__ROUTERS__BOX__EVERY: routers.box.every: a duration such as 10s, 500ms, 5m or 1h is expected
    ROUTER2MQTT__COLOUR__BLUE: colour: there is no such key
    ");
}

#[test]
fn a_variable_with_one_underscore_is_warned_about() {
    let config = Home::yaml(FOUR_LINES)
        .variable("ROUTER2MQTT_MQTT__PASSWORD", "hunter2")
        .variable("ROUTER2MQTT_PORT_8080_TCP", "tcp://192.0.2.1:8080")
        .loaded();
    let [warning] = config.warnings.as_slice() else { panic!("{:?}", config.warnings) };
    assert_eq!(
        warning.to_string(),
        "ROUTER2MQTT_MQTT__PASSWORD: is ignored: the names of overriding variables begin with ROUTER2MQTT__"
    );
}
