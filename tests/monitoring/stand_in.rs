use std::collections::BTreeMap;
use std::net::SocketAddr;

use router2mqtt::bridge::Bridge as Built;
use router2mqtt::config::{self, Inputs};
use router2mqtt::metrics::{self, Figures, Format, Mqtt, Process};
use router2mqtt::model::Clock;
use router2mqtt::mqtt::Broker;
use router2mqtt::routers::FAMILIES;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

pub async fn serve(bridge: &mut crate::support::bridge::Bridge, address: SocketAddr) {
    bridge.configuration.as_object_mut().unwrap().remove("web");
    bridge.configuration["data"] = serde_json::json!(bridge.folder().join("data"));
    let config = config::load(&Inputs {
        file: Some(bridge.file()),
        variables: BTreeMap::new(),
        families: FAMILIES,
        zone: config::system_zone(),
    })
    .unwrap();
    let built = Built::start(&config, &Clock::system()).unwrap();
    let listener = tokio::net::TcpListener::bind(address).await.unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = vec![0; 4096];
            let _ = stream.read(&mut buffer).await;
            let world = built.handle().world().borrow().clone();
            let figures = Figures {
                started: Clock::system().now(),
                mqtt: Some(Mqtt {
                    connected: *built.broker().borrow() == Broker::Settled,
                    ..Mqtt::default()
                }),
                process: Process::now(),
            };
            let mut all = metrics::families(&world);
            all.extend(metrics::of_the_bridge(&world, &figures));
            let text = metrics::write(&all, Format::Classic);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                text.len()
            );
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(text.as_bytes()).await;
        }
    });
}
