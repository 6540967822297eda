//! How long it takes to understand one poll of a gateway with 24 + 4 channels; the aim is 200 µs.

use criterion::Criterion;
use router2mqtt::routers::hitron::decode;
use std::hint::black_box;

fn pages() -> Vec<(&'static str, String)> {
    let downstream: Vec<_> = (1..=24)
        .map(|id| {
            format!(
                r#"{{"portId":"{id}","frequency":"{}","modulation":"2","signalStrength":"{id}.300","snr":"38.605","channelId":"{id}"}}"#,
                354_250_000 + id * 8_000_000
            )
        })
        .collect();
    let upstream: Vec<_> = (1..=4)
        .map(|id| {
            format!(
                r#"{{"portId":"{id}","frequency":"{}","bandwidth":"6400000","scdmaMode":"ATDMA","signalStrength":"4{id}.250","channelId":"{id}"}}"#,
                20_000_000 + id * 6_400_000
            )
        })
        .collect();
    let hosts: Vec<_> = (16..32)
        .map(|id| {
            format!(
                r#"{{"id":{id},"hostName":"host-{id}","ipAddr":"192.0.2.{id}","ipType":"IPv4","macAddr":"00:00:5E:00:53:{id:02X}","connectType":"DHCP-IP","interface":"Ethernet","online":"active","comnum":1}}"#
            )
        })
        .collect();
    vec![
        ("/data/system_model.asp", r#"{"modelName":"CGNV4-FX4","skipWizard":"1"}"#.to_owned()),
        (
            "/data/getSysInfo.asp",
            r#"[{"hwVersion":"2D","swVersion":"4.5","serialNumber":"X1","rfMac":"00:00:5E:00:53:01","wanIp":"203.0.113.1/24","systemUptime":"10 Days,17 Hours,33 Minutes,47 Seconds","systemTime":"Fri Jun 17, 2022, 17:09:10","timezone":"1","WRecPkt":"40.25M Bytes","WSendPkt":"11.77M Bytes","lanIp":"192.0.2.1/24","LRecPkt":"12.12M Bytes","LSendPkt":"40.14M Bytes"}]"#.to_owned(),
        ),
        (
            "/data/getCMInit.asp",
            r#"[{"hwInit":"Success","findDownstream":"Success","ranging":"Success","dhcp":"Success","timeOfday":"Secret","downloadCfg":"Success","registration":"Success","eaeStatus":"Secret","bpiStatus":"AUTH:authorized, TEK:operational","networkAccess":"Permitted","trafficStatus":"Enable"}]"#.to_owned(),
        ),
        (
            "/data/getCmDocsisWan.asp",
            r#"[{"Configname":"Secret","NetworkAccess":"Permitted","CmIpAddress":"192.0.2.125","CmNetMask":"255.255.252.0","CmGateway":"192.0.2.1","CmIpLeaseDuration":"04 Days,09 Hours,47 Minutes,10 Seconds"}]"#.to_owned(),
        ),
        ("/data/getTuneFreq.asp", r#"[{"tunefreq":"426.250"}]"#.to_owned()),
        ("/data/dsinfo.asp", format!("[{}]", downstream.join(","))),
        ("/data/usinfo.asp", format!("[{}]", upstream.join(","))),
        ("/data/getConnectInfo.asp", format!("[{}]", hosts.join(","))),
    ]
}

pub fn run(criterion: &mut Criterion) {
    let pages = pages();
    criterion.bench_function("hitron_poll_24_4", |bench| {
        bench.iter(|| decode(black_box(&pages).iter().map(|(path, body)| (*path, body.as_bytes()))));
    });
}
