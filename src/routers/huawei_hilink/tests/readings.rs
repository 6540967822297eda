//! The decoder against answers as boxes print them.

use serde_json::{Value as Json, json};

use super::super::answer::Answer;
use super::super::pages::{Page, Pages};
use super::super::sections;
use crate::model::{Fault, Mac, Metric, Quantity, Section, Sections, Snapshot, Subject, catalog};
use crate::transport::Reply;

/// What these answers say, to a poll of everything.
fn seen(answers: &[(Page, &str)]) -> Snapshot {
    let mut pages = Pages::default();
    for (page, inner) in answers {
        let reply = Reply {
            what: page.path().to_owned(),
            status: 200,
            headers: reqwest::header::HeaderMap::new(),
            body: format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<response>{inner}</response>")
                .into(),
            complete: true,
        };
        match Answer::read(&reply).unwrap() {
            Answer::Response(said) => pages.put(*page, Ok(Some(said))),
            other => panic!("{other:?}"),
        }
    }
    let mut seen = Snapshot::default();
    seen.identity = sections::identity(&pages);
    let firmware = seen.identity.firmware.clone();
    sections::fill(&mut seen, &Sections::all(), &pages, firmware.as_deref());
    seen
}

fn shown<Q: Quantity>(seen: &Snapshot, subject: &Subject, metric: Metric<Q>) -> Json {
    metric.row().show(seen.get(subject, metric))
}

fn router<Q: Quantity>(seen: &Snapshot, metric: Metric<Q>) -> Json {
    shown(seen, &Subject::Router, metric)
}

#[test]
fn a_box_tells_who_it_is_and_how_long_it_has_been_up() {
    let seen = seen(&[(
        Page::Information,
        "<DeviceName>B525s-65a</DeviceName><SerialNumber>S1</SerialNumber><Imsi>001010000000001</Imsi>\
         <HardwareVersion>WL2B520M</HardwareVersion><SoftwareVersion>11.0.2.1&#40;H1SP1&#41;</SoftwareVersion>\
         <MacAddress1>02:00:5E:00:00:01</MacAddress1><MacAddress2></MacAddress2><uptime>206640</uptime>\
         <spreadname_en>HUAWEI 4G Router B525</spreadname_en>",
    )]);
    let identity = &seen.identity;
    assert_eq!(identity.model.as_deref(), Some("HUAWEI 4G Router B525"));
    assert_eq!(identity.model_id.as_deref(), Some("B525s-65a"));
    assert_eq!(identity.serial.as_deref(), Some("S1"));
    assert_eq!(identity.firmware.as_deref(), Some("11.0.2.1(H1SP1)"));
    assert_eq!(identity.hardware.as_deref(), Some("WL2B520M"));
    assert_eq!(identity.mac, Some(Mac::new([2, 0, 0x5e, 0, 0, 1])));
    assert_eq!(router(&seen, catalog::UPTIME), json!(206_640.0));
}

#[test]
fn rates_are_bytes_a_second_and_totals_go_beyond_40_bits() {
    let seen = seen(&[
        (
            Page::Traffic,
            "<CurrentConnectTime>289</CurrentConnectTime><CurrentDownload>407238382</CurrentDownload>\
             <CurrentDownloadRate>443457</CurrentDownloadRate><CurrentUploadRate>76419</CurrentUploadRate>\
             <TotalDownload>18554169910362</TotalDownload><TotalUpload>2299259362559</TotalUpload>",
        ),
        (
            Page::Status,
            "<ConnectionStatus>901</ConnectionStatus><CurrentNetworkTypeEx>1011</CurrentNetworkTypeEx>\
             <CurrentNetworkType>19</CurrentNetworkType><SignalIcon>3</SignalIcon><RoamingStatus>0</RoamingStatus>\
             <SimStatus>1</SimStatus><WifiStatus>1</WifiStatus><BatteryStatus></BatteryStatus><BatteryPercent></BatteryPercent>",
        ),
        (Page::Information, "<WanIPAddress>198.51.100.113</WanIPAddress><WanIPv6Address></WanIPv6Address>"),
        (Page::DataSwitch, "<dataswitch>1</dataswitch>"),
    ]);
    assert_eq!(router(&seen, catalog::DOWNLOAD_RATE), json!(3.547656));
    assert_eq!(router(&seen, catalog::UPLOAD_RATE), json!(0.611352));
    assert_eq!(router(&seen, catalog::RECEIVED), json!(18_554.169_910_362));
    assert_eq!(router(&seen, catalog::SENT), json!(2_299.259_362_559));
    assert_eq!(router(&seen, catalog::WAN_UPTIME), json!(289.0));
    assert_eq!(router(&seen, catalog::WAN), json!(true));
    assert_eq!(router(&seen, catalog::WAN_STATE), json!("up"));
    assert_eq!(router(&seen, catalog::MEDIA), json!("lte"));
    assert_eq!(router(&seen, catalog::NETWORK_TYPE), json!("4G+"));
    assert_eq!(router(&seen, catalog::SIGNAL_LEVEL), json!(3));
    assert_eq!(router(&seen, catalog::ROAMING), json!(false));
    assert_eq!(router(&seen, catalog::SIM_STATE), json!("ready"));
    assert_eq!(router(&seen, catalog::WIFI), json!(true));
    assert_eq!(router(&seen, catalog::MOBILE_DATA), json!(true));
    assert_eq!(router(&seen, catalog::IPV4), json!("198.51.100.113"));
    assert_eq!(router(&seen, catalog::IPV6), Json::Null);
    assert_eq!(router(&seen, catalog::BATTERY), Json::Null);
}

#[test]
fn steps_of_the_connection_are_told_apart() {
    let state = |code: &str| {
        let seen = seen(&[(Page::Status, &format!("<ConnectionStatus>{code}</ConnectionStatus>"))]);
        (router(&seen, catalog::WAN), router(&seen, catalog::WAN_STATE))
    };
    assert_eq!(state("900"), (json!(false), json!("going_up")));
    assert_eq!(state("903"), (json!(true), json!("going_down")));
    assert_eq!(state("201"), (json!(false), json!("down")));
    assert_eq!(state(""), (Json::Null, Json::Null));
    let seen = seen(&[
        (Page::Status, "<ConnectionStatus>902</ConnectionStatus><CurrentNetworkType>4</CurrentNetworkType>"),
        (Page::Cradle, "<cradlestatus>1</cradlestatus><connectstatus>901</connectstatus>"),
    ]);
    assert_eq!(router(&seen, catalog::WAN), json!(true), "a cable will do as well");
    assert_eq!(router(&seen, catalog::MEDIA), json!("ethernet"));
}

#[test]
fn what_goes_through_a_cable_is_not_measured() {
    let rates = |cable: &str| {
        let seen = seen(&[
            (Page::Status, "<ConnectionStatus>902</ConnectionStatus>"),
            (Page::Cradle, &format!("<connectstatus>{cable}</connectstatus>")),
            (
                Page::Traffic,
                "<CurrentDownloadRate>0</CurrentDownloadRate><CurrentUploadRate>0</CurrentUploadRate>\
                 <TotalDownload>726399</TotalDownload>",
            ),
        ]);
        [
            router(&seen, catalog::DOWNLOAD_RATE),
            router(&seen, catalog::UPLOAD_RATE),
            router(&seen, catalog::RECEIVED),
        ]
    };
    assert_eq!(rates("901"), [Json::Null, Json::Null, json!(0.000_726_399)]);
    assert_eq!(rates("902"), [json!(0.0), json!(0.0), json!(0.000_726_399)]);
}

#[test]
fn a_network_that_is_gone_is_not_the_network() {
    let kind = |service: &str| {
        let inner =
            format!("<CurrentNetworkType>4</CurrentNetworkType><ServiceStatus>{service}</ServiceStatus>");
        router(&seen(&[(Page::Status, &inner)]), catalog::NETWORK_TYPE)
    };
    assert_eq!(kind("2"), json!("WCDMA"));
    assert_eq!(kind(""), json!("WCDMA"));
    assert_eq!(kind("1"), Json::Null);
}

#[test]
fn levels_are_read_in_every_form_and_absent_when_absent() {
    let lte = seen(&[(
        Page::Signal,
        "<pci>0</pci><cell_id>3313439</cell_id><rsrq>-9.0dB</rsrq><rsrp>-105dBm</rsrp><rssi>&gt;=-51dBm</rssi>\
         <sinr>&amp;lt;-20dB</sinr><mode>7</mode><band>7</band><plmn>00101</plmn>",
    )]);
    assert_eq!(router(&lte, catalog::RSRP), json!(-105.0));
    assert_eq!(router(&lte, catalog::RSRQ), json!(-9.0));
    assert_eq!(router(&lte, catalog::RSSI), json!(-51.0));
    assert_eq!(router(&lte, catalog::SINR), json!(-20.0));
    assert_eq!(router(&lte, catalog::PCI), json!("0"));
    assert_eq!(router(&lte, catalog::BAND), json!("B7"));
    assert_eq!(router(&lte, catalog::PLMN), json!("00101"));
    assert_eq!(router(&lte, catalog::NR_RSRP), Json::Null);
    let silent = seen(&[(
        Page::Signal,
        "<pci></pci><cell_id></cell_id><rsrq></rsrq><rsrp>0</rsrp><rssi>0dBm</rssi><sinr>0</sinr><band></band>",
    )]);
    for nothing in [
        router(&silent, catalog::RSRP),
        router(&silent, catalog::RSRQ),
        router(&silent, catalog::RSSI),
        router(&silent, catalog::SINR),
        router(&silent, catalog::CELL_ID),
        router(&silent, catalog::BAND),
    ] {
        assert_eq!(nothing, Json::Null);
    }
    let weak = seen(&[(Page::Signal, "<sinr>0dB</sinr>")]);
    assert_eq!(router(&weak, catalog::SINR), json!(0.0), "with a unit, zero is a ratio");
}

#[test]
fn a_box_on_5g_alone_has_its_own_levels() {
    let seen = seen(&[(
        Page::Signal,
        "<pci>360</pci><cell_id>0000000759672080</cell_id><mode>12</mode><band>100MHz@633984&#40;N78&#41;</band>\
         <bandInfo>N78</bandInfo><nrsinr>17dB</nrsinr><nrrsrp>-92dBm</nrrsrp><nrrsrq>-10.0dB</nrrsrq><nrrssi>-69dBm</nrrssi>",
    )]);
    assert_eq!(router(&seen, catalog::NR_RSRP), json!(-92.0));
    assert_eq!(router(&seen, catalog::NR_RSRQ), json!(-10.0));
    assert_eq!(router(&seen, catalog::NR_RSSI), json!(-69.0));
    assert_eq!(router(&seen, catalog::NR_SINR), json!(17.0));
    assert_eq!(router(&seen, catalog::RSRP), Json::Null);
    assert_eq!(router(&seen, catalog::CELL_ID), json!("759672080"));
    assert_eq!(router(&seen, catalog::BAND), json!("N78"));
    assert_eq!(router(&seen, catalog::NETWORK_TYPE), json!("5G"));
}

#[test]
fn a_plan_counts_only_when_it_is_on() {
    let plan = |limit: &str, on: &str| {
        let inner =
            format!("<StartDay>1</StartDay><DataLimit>{limit}</DataLimit><SetMonthData>{on}</SetMonthData>");
        router(&seen(&[(Page::Plan, &inner)]), catalog::DATA_LIMIT)
    };
    assert_eq!(plan("40GB", "1"), json!(42.949_672_96));
    assert_eq!(plan("500MB", "1"), json!(0.524_288));
    for nothing in [plan("40GB", "0"), plan("0MB", "1"), plan("", "1"), plan("40", "1")] {
        assert_eq!(nothing, Json::Null);
    }
    let month = seen(&[(
        Page::Month,
        "<CurrentMonthDownload>46860797566</CurrentMonthDownload><CurrentMonthUpload>0</CurrentMonthUpload>\
         <MonthLastClearTime>2021-4-2</MonthLastClearTime>",
    )]);
    assert_eq!(router(&month, catalog::MONTH_RECEIVED), json!(46.860_797_566));
    assert_eq!(router(&month, catalog::MONTH_SENT), json!(0.0));
}

#[test]
fn messages_lie_in_two_places() {
    let both = seen(&[
        (
            Page::Messages,
            "<LocalUnread>5</LocalUnread><LocalInbox>18</LocalInbox><SimUnread>1</SimUnread><SimInbox></SimInbox>",
        ),
        (Page::Notifications, "<UnreadMessage>9</UnreadMessage>"),
    ]);
    assert_eq!(router(&both, catalog::SMS_UNREAD), json!(6));
    assert_eq!(router(&both, catalog::SMS_INBOX), json!(18));
    let stranger = seen(&[(Page::Notifications, "<UnreadMessage>9</UnreadMessage>")]);
    assert_eq!(router(&stranger, catalog::SMS_UNREAD), json!(9));
    assert_eq!(router(&stranger, catalog::SMS_INBOX), Json::Null);
}

#[test]
fn of_newer_firmware_only_its_existence_is_known() {
    let latest = |code: &str| {
        let seen = seen(&[
            (Page::BasicInformation, "<devicename>x</devicename><SoftwareVersion>1.2</SoftwareVersion>"),
            (Page::Notifications, &format!("<OnlineUpdateStatus>{code}</OnlineUpdateStatus>")),
        ]);
        router(&seen, catalog::LATEST_FIRMWARE)
    };
    assert_eq!(latest("12"), json!("newer"));
    assert_eq!(latest("50"), json!("newer"));
    assert_eq!(latest("14"), json!("1.2"));
    assert_eq!(latest("30"), Json::Null);
}

#[test]
fn a_card_that_waits_for_its_pin_says_so() {
    let sim = |exact: &str, status: &str| {
        let seen = seen(&[
            (Page::Status, &format!("<SimStatus>{status}</SimStatus>")),
            (Page::Sim, &format!("<SimState>{exact}</SimState>")),
        ]);
        router(&seen, catalog::SIM_STATE)
    };
    assert_eq!(sim("260", "1"), json!("pin_required"));
    assert_eq!(sim("261", "1"), json!("puk_required"));
    assert_eq!(sim("", "255"), json!("absent"));
    assert_eq!(sim("259", "240"), Json::Null);
}

const LAPTOP: &str = "<Host><MacAddress>02:00:5E:10:00:09</MacAddress><Active>1</Active><AssociatedSsid>HomeWifi</AssociatedSsid>\
    <HostName>laptop</HostName><ActualName>Ada&#39;s laptop</ActualName><isLocalDevice>1</isLocalDevice>\
    <InterfaceType>Wireless</InterfaceType><AssociatedTime>2179</AssociatedTime>\
    <IpAddress>192.168.8.111;2001:db8::11</IpAddress></Host>";

fn laptop() -> Subject {
    Subject::Client(Mac::new([2, 0, 0x5e, 0x10, 0, 9]))
}

#[test]
fn a_single_device_is_one_and_whoever_asks_is_one_too() {
    let seen = seen(&[
        (Page::Information, "<MacAddress1>02:00:5E:10:00:F1</MacAddress1>"),
        (
            Page::Hosts,
            &format!(
                "<Hosts>{LAPTOP}<Host><MacAddress>02:00:5E:10:00:F1</MacAddress><Active>1</Active></Host></Hosts>"
            ),
        ),
    ]);
    let section = seen.sections().find(|(section, _)| *section == Section::Clients).unwrap().1.unwrap();
    assert_eq!(section.iter().count(), 1, "the box is no device of the household");
    assert_eq!(section.get(&laptop()).unwrap().label.as_deref(), Some("Ada's laptop"));
    assert_eq!(shown(&seen, &laptop(), catalog::CONNECTED), json!(true));
    assert_eq!(shown(&seen, &laptop(), catalog::HOST_NAME), json!("laptop"));
    assert_eq!(shown(&seen, &laptop(), catalog::CONNECTION), json!("wifi"));
    assert_eq!(shown(&seen, &laptop(), catalog::SSID), json!("HomeWifi"));
    assert_eq!(shown(&seen, &laptop(), catalog::CONNECTED_FOR), json!(2179.0));
    assert_eq!(shown(&seen, &laptop(), catalog::IPV4), json!("192.168.8.111"));
    assert_eq!(shown(&seen, &laptop(), catalog::IPV6), json!("2001:db8::11"));
}

#[test]
fn what_is_gone_is_not_what_is_here() {
    let old = "<Host><MacAddress>02-00-5E-10-00-09</MacAddress><Active>0</Active><HostName>02-00-5E-10-00-09</HostName>\
        <InterfaceType>Ethernet</InterfaceType><AssociatedTime></AssociatedTime><IpAddress>192.168.8.5</IpAddress></Host>";
    let both = seen(&[(Page::Hosts, &format!("<Hosts>{old}{LAPTOP}</Hosts>"))]);
    assert_eq!(shown(&both, &laptop(), catalog::CONNECTED), json!(true));
    assert_eq!(shown(&both, &laptop(), catalog::IPV4), json!("192.168.8.111"));
    let gone = seen(&[(Page::Hosts, &format!("<Hosts>{old}</Hosts>"))]);
    assert_eq!(shown(&gone, &laptop(), catalog::CONNECTED), json!(false));
    assert_eq!(shown(&gone, &laptop(), catalog::HOST_NAME), Json::Null, "an address is no name");
    assert_eq!(shown(&gone, &laptop(), catalog::CONNECTED_FOR), Json::Null);
}

#[test]
fn nobody_is_not_the_same_as_not_knowing() {
    for empty in ["<Hosts></Hosts>", "<Hosts/>", ""] {
        assert_eq!(router(&seen(&[(Page::Hosts, empty)]), catalog::CLIENTS), json!(0), "{empty}");
    }
    let nameless = seen(&[(Page::Hosts, "<Hosts><Host><Active>1</Active></Host></Hosts>")]);
    assert_eq!(router(&nameless, catalog::CLIENTS), Json::Null);
    let stranger = seen(&[(Page::Status, "<CurrentWifiUser>7</CurrentWifiUser>")]);
    assert_eq!(router(&stranger, catalog::CLIENTS), json!(7));
    let wifi = seen(&[(
        Page::WifiHosts,
        "<Hosts><Host><MacAddress>02:00:5E:10:00:09</MacAddress><Frequency>2.4GHz</Frequency><ID>1</ID></Host></Hosts>",
    )]);
    assert_eq!(shown(&wifi, &laptop(), catalog::CONNECTED), json!(true));
    assert_eq!(shown(&wifi, &laptop(), catalog::BAND), json!("2.4 GHz"));
}

#[test]
fn a_section_fails_only_when_nothing_of_it_could_be_read() {
    let broken = || Fault::malformed("x", "y");
    let mut pages = Pages::default();
    pages.put(Page::Hosts, Err(broken()));
    pages.put(Page::Month, Err(broken()));
    pages.put(Page::Plan, Ok(None));
    let mut seen = Snapshot::default();
    sections::fill(&mut seen, &Sections::all(), &pages, None);
    let failed: Vec<_> = seen.sections().map(|(section, outcome)| (section, outcome.is_err())).collect();
    assert_eq!(failed, [(Section::Clients, true), (Section::Plan, true)]);
}
