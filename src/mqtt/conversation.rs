use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::commands::Letter;
use super::link::{Confirmation, Happening, Link, Lost, MAX_PACKET, Message, Session};
use super::rebirth::Step;
use super::{Broker, Change, Publisher, Rank};
use crate::model::Event;

/// How many messages are sent before one has to be confirmed.
const WINDOW: usize = 64;

/// One connection, from the broker's welcome to its end.
pub(super) struct Conversation<'a> {
    publisher: &'a mut Publisher,
    link: &'a mut Link,
    session: Session,
    began: Instant,
    /// The word we sent ourselves, while we wait for it.
    fence: Option<String>,
    /// Whether retained messages are being collected for the ledger.
    reading: bool,
    /// The world changes no more; what remains is to tell what is still to be told, and to be stopped.
    engine_ended: bool,
    /// We are saying goodbye: that we are offline is true.
    leaving: bool,
}

impl<'a> Conversation<'a> {
    pub(super) fn new(publisher: &'a mut Publisher, link: &'a mut Link, session: Session) -> Self {
        publisher.desk.reconnected();
        let began = Instant::now();
        Self {
            publisher,
            link,
            session,
            began,
            fence: None,
            reading: false,
            engine_ended: false,
            leaving: false,
        }
    }

    /// Talks to the broker until the connection is lost, or until told to stop.
    pub(super) async fn hold(&mut self, stop: &CancellationToken) {
        let lost = tokio::select! {
            biased;
            () = stop.cancelled() => None,
            lost = self.talk() => Some(lost),
        };
        if lost.is_some() {
            // Whatever broke it, the link makes a new one.
            self.session.abandon();
            return;
        }
        if tokio::time::timeout(self.publisher.pace.farewell, self.farewell()).await.is_err() {
            tracing::warn!("the broker did not confirm the farewell in time");
        }
    }

    async fn talk(&mut self) -> Lost {
        match self.greet_and_serve().await {
            Err(lost) => lost,
            Ok(never) => match never {},
        }
    }

    async fn greet_and_serve(&mut self) -> Result<std::convert::Infallible, Lost> {
        self.subscribe().await?;
        self.birth().await?;
        self.read_back().await?;
        self.update().await?;
        self.settled();
        loop {
            self.deliver().await?;
            self.serve().await?;
        }
    }

    fn settled(&self) {
        let topics = self.publisher.ledger.ours().len();
        tracing::info!(topics, "the broker holds everything after {} ms", self.began.elapsed().as_millis());
        self.publisher.broker.send_replace(Broker::Settled);
    }

    /// Waits for one thing to happen, and answers it.
    async fn serve(&mut self) -> Result<(), Lost> {
        let publisher = &mut *self.publisher;
        tokio::select! {
            happening = self.link.next() => self.hear(happening)?,
            changed = publisher.world.changed(), if !self.engine_ended => match changed {
                Ok(()) => self.update().await?,
                Err(_) => self.engine_ended = true,
            },
            () = publisher.desk.listen() => {}
            event = publisher.events.next() => self.tell(event).await?,
            step = publisher.rebirth.due() => self.announce(step).await?,
        }
        Ok(())
    }

    /// Asks for commands, for what readers say when they start, and for what is said of us.
    async fn subscribe(&mut self) -> Result<(), Lost> {
        let mut filters = self.publisher.topics.command_filters().to_vec();
        filters.push(self.publisher.topics.bridge_availability());
        filters.extend(
            self.publisher.declares.iter().filter_map(|reader| reader.status_topic()).map(str::to_owned),
        );
        let granted = self.session.subscribe(filters, true)?;
        if !self.confirmed(granted).await? {
            tracing::warn!(
                "the broker's access rules do not let us subscribe to commands; buttons will not work"
            );
        }
        Ok(())
    }

    async fn birth(&mut self) -> Result<(), Lost> {
        let topic = self.publisher.topics.bridge_availability();
        let sent = self.session.publish(&topic, Bytes::from_static(b"online"), true)?;
        self.confirmed(sent).await
    }

    /// Finds out what the broker holds. A broker that does not tell is taken to hold nothing: everything is
    /// published.
    async fn read_back(&mut self) -> Result<(), Lost> {
        self.publisher.ledger.forget();
        let mut filters: Vec<_> =
            self.publisher.declares.iter().flat_map(|reader| reader.filters()).collect();
        filters.sort();
        filters.dedup();
        let fence = self.publisher.topics.fence();
        let asked: Vec<_> = filters.iter().cloned().chain([fence.clone()]).collect();
        self.reading = true;
        let told = self.ask(asked.clone(), &fence).await;
        self.reading = false;
        self.fence = None;
        if told? {
            self.publisher.ledger.saw_all(filters);
        } else {
            tracing::warn!(
                "the broker gives back nothing of what it is sent; if nothing arrives elsewhere, too, its access rules have to let us read and write {} and what we announce",
                self.publisher.topics.everything()
            );
        }
        let done = self.session.unsubscribe(asked)?;
        self.confirmed(done).await
    }

    /// Subscribes, and sends ourselves a word: when it comes back, everything retained has come before it.
    async fn ask(&mut self, filters: Vec<String>, fence: &str) -> Result<bool, Lost> {
        let granted = self.session.subscribe(filters, false)?;
        if !self.confirmed(granted).await? {
            return Ok(false);
        }
        let word = format!("{:016x}", self.publisher.random.u64(..));
        self.fence = Some(word.clone());
        let sent = self.session.publish(fence, Bytes::from(word), false)?;
        self.confirmed(sent).await?;
        let limit = Instant::now() + self.publisher.pace.read_back;
        while self.fence.is_some() {
            match tokio::time::timeout_at(limit, self.link.next()).await {
                Ok(happening) => self.hear(happening)?,
                Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }

    /// Brings the broker up to date with the world.
    async fn update(&mut self) -> Result<(), Lost> {
        self.publisher.world.mark_unchanged();
        let changes = self.publisher.difference();
        if changes.is_empty() {
            return Ok(());
        }
        self.publisher.published.keep(self.publisher.ledger.ours()).await;
        self.send(self.in_order(&changes)).await?;
        self.publisher.ledger.confirmed(&changes);
        self.publisher.published.keep(self.publisher.ledger.ours()).await;
        Ok(())
    }

    /// The changes as letters. A topic that hands its contents to another says so and is cleared before anything else is said:
    /// once the other one is there, a reader would take the clearing for a contradiction.
    fn in_order(&self, changes: &[Change]) -> Vec<Letter> {
        let farewell = |change: &Change| {
            let payload = self.publisher.declares.iter().find_map(|reader| reader.farewell(&change.topic))?;
            change.clears().then(|| Letter { topic: change.topic.clone(), payload, retain: false })
        };
        let (handing_over, rest): (Vec<_>, Vec<_>) =
            changes.iter().partition(|change| farewell(change).is_some());
        let cleared = handing_over.iter().chain(&rest).map(|change| Letter::from((*change).clone()));
        handing_over.iter().filter_map(|change| farewell(change)).chain(cleared).collect()
    }

    /// Puts an event into the outbox, and the state that it is about on the broker before it.
    async fn tell(&mut self, event: Event) -> Result<(), Lost> {
        self.publisher.post_events(Some(event));
        if self.publisher.world.has_changed().unwrap_or(false) {
            self.update().await?;
        }
        Ok(())
    }

    /// Tells a reader that has started what there is, or its values.
    async fn announce(&mut self, step: Step) -> Result<(), Lost> {
        let ranks: &[Rank] = match step {
            Step::Discovery => &[Rank::Discovery],
            Step::Values => &[Rank::Availability, Rank::State],
        };
        let publisher = &mut *self.publisher;
        publisher.rebirth.done(step, &publisher.pace);
        let changes = publisher.ledger.again(&publisher.wanted(), ranks);
        self.send(changes.into_iter().map(Letter::from).collect()).await
    }

    /// Sends results, and whatever else waits. What is not confirmed stays, and is sent at the next
    /// connection.
    async fn deliver(&mut self) -> Result<(), Lost> {
        self.publisher.desk.collect();
        let letters = self.publisher.desk.give();
        if !letters.is_empty() {
            self.send(letters).await?;
            self.publisher.desk.delivered();
        }
        Ok(())
    }

    /// Says that nobody is there any more, and leaves in good order.
    async fn farewell(&mut self) {
        self.leaving = true;
        // The engine has ended by now, as a rule, and its last answers are on their way.
        let last_words = self.publisher.pace.last_words;
        if tokio::time::timeout(last_words, self.publisher.desk.finish()).await.is_err() {
            tracing::warn!("a command is still under way; its end will not be told");
        }
        self.publisher.post_events(None);
        let mut letters = self.publisher.desk.give();
        let world = self.publisher.world.borrow().clone();
        let topics = &self.publisher.topics;
        let boxes = world.boxes().map(|view| topics.availability(&view.about.id));
        letters.extend(boxes.chain([topics.bridge_availability()]).map(|topic| Letter {
            topic,
            payload: Bytes::from_static(b"offline"),
            retain: true,
        }));
        // A broker that is lost at this moment publishes the last will.
        if self.send(letters).await.is_ok() {
            self.session.disconnect();
            while self.link.next().await.is_some() {}
        }
    }

    /// Sends messages and waits until the broker has confirmed all of them, listening all the while.
    async fn send(&mut self, letters: Vec<Letter>) -> Result<(), Lost> {
        let mut underway = FuturesUnordered::new();
        for letter in letters {
            if letter.topic.len() + letter.payload.len() + 64 > MAX_PACKET {
                tracing::error!(
                    "a message of {} bytes for {} is too long",
                    letter.payload.len(),
                    letter.topic
                );
                continue;
            }
            if underway.len() >= WINDOW {
                self.next_of(&mut underway).await?;
            }
            underway.push(self.session.publish(&letter.topic, letter.payload, letter.retain)?);
        }
        while !underway.is_empty() {
            self.next_of(&mut underway).await?;
        }
        Ok(())
    }

    async fn next_of(&mut self, underway: &mut FuturesUnordered<Confirmation<()>>) -> Result<(), Lost> {
        self.confirmed(async { underway.next().await.unwrap_or(Ok(())) }).await
    }

    /// Waits for a confirmation, but not for ever: a broker that does not confirm is as good as gone.
    async fn confirmed<T>(&mut self, confirmation: impl Future<Output = Result<T, Lost>>) -> Result<T, Lost> {
        let limit: Duration = self.publisher.pace.confirm;
        tokio::time::timeout(limit, self.wait(confirmation)).await.unwrap_or(Err(Lost))
    }

    /// Waits for something while listening to the broker.
    async fn wait<T>(&mut self, awaited: impl Future<Output = Result<T, Lost>>) -> Result<T, Lost> {
        let mut awaited = std::pin::pin!(awaited);
        loop {
            tokio::select! {
                biased;
                outcome = &mut awaited => return outcome,
                happening = self.link.next() => self.hear(happening)?,
            }
        }
    }

    /// Takes in what happens on the connection. Never waits.
    fn hear(&mut self, happening: Option<Happening>) -> Result<(), Lost> {
        let Some(Happening::Heard(message)) = happening else { return Err(Lost) };
        let topics = &self.publisher.topics;
        if message.topic == topics.fence() {
            if self.fence.as_deref().map(str::as_bytes) == Some(&message.payload[..]) {
                self.fence = None;
            }
        } else if message.retained && self.reading && topics.read_command(&message.topic).is_none() {
            self.found(message);
        } else if !message.retained && message.topic == topics.bridge_availability() {
            self.contradict(&message);
        } else if self.is_birth(&message) {
            let publisher = &mut *self.publisher;
            tracing::info!("{} says that a reader has started; announcing everything again", message.topic);
            publisher.rebirth.heard(&publisher.pace, &mut publisher.random);
        } else {
            self.publisher.desk.take(&message);
        }
        Ok(())
    }

    /// Somebody has published that we are offline: a late last will, or a second bridge that stopped.
    fn contradict(&mut self, message: &Message) {
        if !self.leaving && &message.payload[..] != b"online" {
            tracing::info!("{} said we are offline; saying that we are not", message.topic);
            self.publisher.desk.post(Letter {
                topic: message.topic.clone(),
                payload: Bytes::from_static(b"online"),
                retain: true,
            });
        }
    }

    /// A birth that the broker has kept from an earlier day is no news.
    fn is_birth(&self, message: &Message) -> bool {
        let mut readers = self.publisher.declares.iter();
        !message.retained
            && &message.payload[..] == b"online"
            && readers.any(|reader| reader.status_topic() == Some(&message.topic))
    }

    /// Notes what the broker holds. Of messages outside our prefix only those count that are provably ours.
    fn found(&mut self, message: Message) {
        let publisher = &mut *self.publisher;
        let mut readers = publisher.declares.iter();
        if let Some(named) = readers.find_map(|reader| reader.recognise(&message.topic, &message.payload)) {
            publisher.ledger.claim(message.topic.clone());
            named.into_iter().for_each(|topic| publisher.ledger.claim(topic));
        } else if !publisher.topics.has(&message.topic) && !publisher.ledger.ours().contains(&message.topic) {
            return;
        }
        publisher.ledger.found(message.topic, message.payload);
    }
}

impl From<Change> for Letter {
    fn from(change: Change) -> Self {
        Self { topic: change.topic, payload: change.payload, retain: true }
    }
}
