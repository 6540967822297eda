use super::*;

const ALICE: &str = "02:00:5E:00:00:01";
const BOB: &str = "02:00:5E:00:00:02";

fn mac(text: &str) -> Mac {
    text.parse().unwrap()
}

/// An access control as a box tells it.
fn read(firewall: &str, hosts: &[&str], rules: &[&str]) -> Option<AccessControl> {
    let rows = |number: u32, entries: &[&str]| -> String {
        let row = |(stack, entry): (u32, &&str)| format!("[{stack},0,0,0,0,0]{number}\n{entry}\n");
        (1..).zip(entries).map(row).collect()
    };
    let text = format!("[0,0,0,0,0,0]0\n{firewall}\n{}{}[error]0", rows(1, hosts), rows(2, rules));
    AccessControl::answered(&Answer::parse(&text).unwrap())
}

const ON: &str = "enable=1\ndefaultAction=0";
const OFF: &str = "enable=0\ndefaultAction=0";
const STRICT: &str = "enable=1\ndefaultAction=1";
const HOST: &str = "type=1\nentryName=pad\nmac=02:00:5E:00:00:01";
const DENIED: &str = "ruleName=no_pad\ninternalHostRef=pad\naction=1\nenable=1\nprotocol=3";
const OUR_HOST: &str = "type=1\nentryName=r2m02005e000001\nmac=02:00:5E:00:00:01";
const OUR_RULE: &str =
    "ruleName=r2m02005e000001\ninternalHostRef=r2m02005e000001\naction=1\nenable=1\nprotocol=3";

fn said(acts: &[Act]) -> Vec<String> {
    let act =
        |act: &Act| format!("{}{} {} {}", act.kind as u8, act.object, act.stack, act.attributes.join(" "));
    acts.iter().map(act).collect()
}

#[test]
fn only_a_rule_of_denial_for_everything_and_for_always_blocks() {
    let blocked = |firewall: &str, rule: &str| read(firewall, &[HOST], &[rule]).unwrap().blocks(mac(ALICE));
    assert_eq!(blocked(ON, DENIED), Some(true));
    assert_eq!(blocked(OFF, DENIED), Some(false));
    assert_eq!(blocked(STRICT, DENIED), None, "who is let through is not known");
    for other in [
        DENIED.replace("enable=1", "enable=0"),
        DENIED.replace("action=1", "action=0"),
        DENIED.replace("protocol=3", "protocol=0"),
        DENIED.replace("=pad\n", "=else\n"),
        DENIED.replace("internalHostRef=pad", "internalHostRef="),
        format!("{DENIED}\nscheduleRef=night"),
        format!("{DENIED}\nexternalHostRef=games"),
        format!("{DENIED}\nisParentCtrl=1"),
    ] {
        assert_eq!(blocked(ON, &other), Some(false), "{other}");
    }
    assert_eq!(read(ON, &[HOST], &[DENIED]).unwrap().blocks(mac(BOB)), Some(false));
    let range = "type=0\nentryName=pad\nmac=00:00:00:00:00:00\nIPStart=3232235876\nIPEnd=3232235876";
    assert_eq!(read(ON, &[range], &[DENIED]).unwrap().blocks(mac(ALICE)), Some(false));
    assert!(read("enable=\ndefaultAction=0", &[], &[]).is_none() && read("enable=1", &[], &[]).is_none());
}

#[test]
fn a_block_is_a_host_and_a_rule_of_ours() {
    let plan = read(ON, &[], &[]).unwrap().block(mac(ALICE)).unwrap();
    assert_eq!(
        said(&plan.additions),
        [
            "3INTERNAL_HOST 0,0,0,0,0,0 type=1 entryName=r2m02005e000001 mac=02:00:5E:00:00:01",
            "3RULE 0,0,0,0,0,0 ruleName=r2m02005e000001 internalHostRef=r2m02005e000001 externalHostRef= scheduleRef= \
             action=1 enable=1 direction=0 protocol=3",
        ]
    );
    assert!(plan.removals.is_empty());
    let again = read(ON, &[OUR_HOST], &[OUR_RULE]).unwrap().block(mac(ALICE)).unwrap();
    assert_eq!(again, Plan::default(), "what stands is left as it is");
}

#[test]
fn the_owners_entry_is_used_and_a_rule_of_ours_that_was_changed_is_made_anew() {
    let plan = read(ON, &[HOST], &[]).unwrap().block(mac(ALICE)).unwrap();
    assert!(
        said(&plan.additions)[0].contains("internalHostRef=pad "),
        "the box takes an address once: {plan:?}"
    );
    let switched_off = OUR_RULE.replace("enable=1", "enable=0");
    let plan = read(ON, &[OUR_HOST], &[&switched_off]).unwrap().block(mac(ALICE)).unwrap();
    assert_eq!(said(&plan.removals), ["4RULE 1,0,0,0,0,0 "]);
    assert_eq!(plan.additions.len(), 1);
}

#[test]
fn turning_it_on_cuts_off_nobody_else_or_is_refused() {
    let block =
        |firewall, hosts: &[&str], rules: &[&str]| read(firewall, hosts, rules).unwrap().block(mac(ALICE));
    let plan = block(OFF, &[], &[]).unwrap();
    assert_eq!(said(&plan.additions)[2], "2FIREWALL 0,0,0,0,0,0 enable=1 defaultAction=0");
    let plan = block(OFF, &[OUR_HOST], &[OUR_RULE]).unwrap();
    assert_eq!(said(&plan.additions), ["2FIREWALL 0,0,0,0,0,0 enable=1 defaultAction=0"]);
    let asleep = DENIED.replace("enable=1", "enable=0");
    let parental = format!("{DENIED}\nisParentCtrl=1");
    for harmless in [asleep, parental] {
        assert!(block(OFF, &[HOST], &[&harmless]).is_ok(), "{harmless}");
    }
    let bobs = "type=1\nentryName=bob\nmac=02:00:5E:00:00:02";
    let others = DENIED.replace("=pad\n", "=bob\n");
    for (firewall, why) in [(OFF, "its owner's rules"), (STRICT, "whom its owner has named")] {
        let refused = block(firewall, &[bobs], &[&others]).unwrap_err();
        assert!(refused.to_string().contains(why), "{refused}");
    }
    assert!(block("enable=0\ndefaultAction=1", &[], &[]).is_err());
}

#[test]
fn only_what_is_ours_is_removed() {
    let access = read(
        ON,
        &[OUR_HOST, "type=1\nentryName=tv\nmac=02:00:5E:00:00:02"],
        &[&DENIED.replace("=pad\n", "=tv\n"), OUR_RULE, &DENIED.replace("no_pad", "r2mine")],
    );
    let plan = access.unwrap().unblock(mac(ALICE));
    assert_eq!(said(&plan.removals), ["4RULE 2,0,0,0,0,0 ", "4INTERNAL_HOST 1,0,0,0,0,0 "]);
    assert_eq!(plan.in_the_way, None);
    assert_eq!(read(ON, &[HOST], &[]).unwrap().unblock(mac(ALICE)), Plan::default());
    // The owner has used our entry for a rule of his own, which blocks on.
    let own = DENIED.replace("=pad\n", "=r2m02005e000001\n");
    let plan = read(ON, &[OUR_HOST], &[OUR_RULE, &own]).unwrap().unblock(mac(ALICE));
    assert_eq!(said(&plan.removals), ["4RULE 1,0,0,0,0,0 "]);
    assert_eq!(plan.in_the_way.as_deref(), Some("no_pad"));
}
