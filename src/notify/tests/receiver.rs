//! Somebody who is told.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::posted::{Came, receive};

/// A server that takes messages, answers as the test wants it to, and as often as it is let.
#[derive(Clone)]
pub(super) struct Receiver {
    pub(super) port: u16,
    came: Arc<Mutex<Vec<Came>>>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    /// How many answers it may give.
    pub(super) leave: Arc<Semaphore>,
}

impl Receiver {
    pub(super) async fn start() -> Self {
        Self::at(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub(super) fn at(listener: TcpListener) -> Self {
        let port = listener.local_addr().unwrap().port();
        let leave = Arc::new(Semaphore::new(Semaphore::MAX_PERMITS));
        let receiver = Self { port, came: Arc::default(), answers: Arc::default(), leave };
        let server = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().serve(stream));
            }
        });
        receiver
    }

    /// The head of the next answers, one each; then it takes everything.
    pub(super) fn answers(&self, heads: &[&'static str]) {
        self.answers.lock().unwrap().extend(heads);
    }

    pub(super) fn came(&self) -> Vec<Came> {
        self.came.lock().unwrap().clone()
    }

    /// Waits until so many messages have come.
    pub(super) async fn waits_for(&self, count: usize) -> Vec<Came> {
        for _ in 0..2000 {
            if self.came().len() >= count {
                return self.came();
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("only {:#?} came", self.came());
    }

    async fn serve(self, mut stream: TcpStream) {
        let Some(came) = receive(&mut stream).await else { return };
        self.came.lock().unwrap().push(came);
        self.leave.acquire().await.unwrap().forget();
        let head = self.answers.lock().unwrap().pop_front().unwrap_or("200 OK\r\n");
        let answer = format!("HTTP/1.1 {head}Content-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(answer.as_bytes()).await.ok();
    }
}
