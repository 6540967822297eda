//! Somebody who listens to the broker and remembers everything.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rumqttc::{AsyncClient, Event, Incoming, MqttOptions, PublishOptions, QoS};
use serde_json::Value as Json;
use tokio::task::JoinHandle;

/// One message as it came.
#[derive(Clone, Debug)]
pub struct Message {
    pub topic: String,
    pub payload: String,
    pub retain: bool,
}

/// What was heard: every message, and the last payload of each topic that was not cleared.
#[derive(Default)]
struct Heard {
    messages: Vec<Message>,
    latest: BTreeMap<String, String>,
}

impl Heard {
    fn hear(&mut self, message: Message) {
        if message.payload.is_empty() {
            self.latest.remove(&message.topic);
        } else {
            self.latest.insert(message.topic.clone(), message.payload.clone());
        }
        self.messages.push(message);
    }
}

/// An observer of every topic.
pub struct Observer {
    client: AsyncClient,
    heard: Arc<Mutex<Heard>>,
    task: JoinHandle<()>,
}

impl Observer {
    pub fn connect(port: u16) -> Self {
        Self::with(Self::options(port, "anybody"))
    }

    /// For a broker that asks who is there.
    pub fn connect_as(port: u16, username: &str, password: &str) -> Self {
        let mut options = Self::options(port, username);
        options.set_credentials(username.to_owned(), password.to_owned());
        Self::with(options)
    }

    fn options(port: u16, who: &str) -> MqttOptions {
        MqttOptions::new(format!("observer-{port}-{}-{who}", std::process::id()), ("127.0.0.1", port))
    }

    fn with(mut options: MqttOptions) -> Self {
        options.set_keep_alive(5).set_max_packet_size(1 << 20, 1 << 20);
        let (client, mut events) = AsyncClient::builder(options).capacity(100).build();
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let ear = Arc::clone(&heard);
        let listener = client.clone();
        let task = tokio::spawn(async move {
            loop {
                match events.poll().await {
                    Ok(Event::Incoming(Incoming::ConnAck(_))) => {
                        listener.try_subscribe("#", QoS::AtMostOnce).unwrap();
                    }
                    Ok(Event::Incoming(Incoming::Publish(publish))) => ear.lock().unwrap().hear(Message {
                        topic: String::from_utf8_lossy(&publish.topic).into_owned(),
                        payload: String::from_utf8_lossy(&publish.payload).into_owned(),
                        retain: publish.retain,
                    }),
                    Ok(_) => {}
                    Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
                }
            }
        });
        Self { client, heard, task }
    }

    /// Everything heard so far.
    pub fn heard(&self) -> Vec<Message> {
        self.heard_since(0)
    }

    /// What was heard after so many messages.
    pub fn heard_since(&self, count: usize) -> Vec<Message> {
        self.heard.lock().unwrap().messages.iter().skip(count).cloned().collect()
    }

    /// How many messages were heard so far.
    pub fn count(&self) -> usize {
        self.heard.lock().unwrap().messages.len()
    }

    /// Forgets what was heard so far.
    pub fn forget(&self) {
        *self.heard.lock().unwrap() = Heard::default();
    }

    /// The last payload of each topic; topics that were cleared are left out.
    pub fn latest(&self) -> BTreeMap<String, String> {
        self.heard.lock().unwrap().latest.clone()
    }

    /// The last payload of a topic.
    pub fn payload(&self, topic: &str) -> Option<String> {
        self.heard.lock().unwrap().latest.get(topic).cloned()
    }

    pub async fn wait_for(&self, topic: &str, matches: impl Fn(&str) -> bool) -> String {
        super::eventually(&format!("the right payload on {topic}"), || {
            self.payload(topic).filter(|payload| matches(payload))
        })
        .await
    }

    pub async fn wait_json(&self, topic: &str, matches: impl Fn(&Json) -> bool) -> Json {
        let fits = |payload: &str| serde_json::from_str::<Json>(payload).is_ok_and(|json| matches(&json));
        serde_json::from_str(&self.wait_for(topic, fits).await).unwrap()
    }

    pub async fn publish(&self, topic: &str, payload: impl Into<Vec<u8>>, retain: bool) {
        let options = PublishOptions::new(QoS::AtLeastOnce);
        let options = if retain { options.retained() } else { options };
        self.client.publish(topic.to_owned(), payload.into(), options).await.unwrap();
    }

    /// The results of a box's commands, in the order they came.
    pub fn results(&self, box_: &str) -> Vec<Json> {
        let topic = format!("router2mqtt/{box_}/result");
        self.heard()
            .iter()
            .filter(|message| message.topic == topic)
            .map(|message| serde_json::from_str(&message.payload).unwrap())
            .collect()
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
