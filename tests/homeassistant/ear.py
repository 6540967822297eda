"""What is said on the broker, heard by a client that others wrote."""

import json
import threading

import paho.mqtt.client as mqtt
from parts import eventually


class Ear:
    """Remembers what is retained, by topic, and everything else in its order."""

    def __init__(self, port):
        self.retained, self.said, self.lock = {}, [], threading.Lock()
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="ear", protocol=mqtt.MQTTv5)
        self.client.on_connect = lambda client, *_: client.subscribe(
            "#", options=mqtt.SubscribeOptions(qos=1, retainAsPublished=True)
        )
        self.client.on_message = self.hear
        self.client.reconnect_delay_set(1, 1)
        self.client.connect("127.0.0.1", port)
        self.client.loop_start()

    def hear(self, _client, _data, message):
        payload = message.payload.decode()
        with self.lock:
            if not message.retain:
                self.said.append((message.topic, payload))
            elif payload:
                self.retained[message.topic] = payload
            else:
                self.retained.pop(message.topic, None)

    def held(self, beginning=""):
        """What is retained on the topics that begin so."""
        with self.lock:
            return {topic: payload for topic, payload in self.retained.items() if topic.startswith(beginning)}

    def heard(self, topic, since=0):
        """The documents that were said on a topic."""
        with self.lock:
            return [json.loads(payload) for said, payload in self.said[since:] if said == topic]

    def now(self):
        return len(self.said)

    def say(self, topic, payload, retain=False):
        text = payload if isinstance(payload, str) else json.dumps(payload)
        self.client.publish(topic, text, qos=1, retain=retain).wait_for_publish(10)

    def until(self, topic, payload, patience=30):
        eventually(f"{topic} is {payload}", lambda: self.held().get(topic) == payload, patience)

    def until_heard(self, what, topic, fits, since=0, patience=30):
        """The first document on a topic that fits."""
        return eventually(what, lambda: next((found for found in self.heard(topic, since) if fits(found)), None), patience)

    def close(self):
        self.client.disconnect()
        self.client.loop_stop()
