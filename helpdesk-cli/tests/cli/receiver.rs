//! A receiver of webhooks on this machine: it reads posts from real connections, keeps them, and answers as it was told.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver as Inbox, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use helpdesk_core::env::Timestamp;
use helpdesk_core::webhook::{Payload, Unverified, WebhookHeaders, WebhookSecret};

/// A post as it came.
#[derive(Debug, Clone)]
pub(crate) struct Got {
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// How to answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// With this status.
    Status(u16),
    /// Not at all, and keep the connection.
    Never,
}

pub(crate) struct Receiver {
    pub(crate) url: String,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    inbox: Inbox<Got>,
}

impl Receiver {
    /// Listens; answers with 200 unless told otherwise.
    pub(crate) fn listening() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let answers: Arc<Mutex<VecDeque<Answer>>> = Arc::default();
        let (sender, inbox) = channel();
        let told = Arc::clone(&answers);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (told, sender) = (Arc::clone(&told), sender.clone());
                std::thread::spawn(move || serve(&stream, &told, &sender));
            }
        });
        Self { url, answers, inbox }
    }

    /// The next posts are answered so, one after the other, whatever was said before.
    pub(crate) fn answer(&self, answers: &[Answer]) {
        *self.answers.lock().unwrap() = answers.iter().copied().collect();
    }

    /// What has come since it was asked last.
    pub(crate) fn got(&self) -> Vec<Got> {
        self.inbox.try_iter().collect()
    }

    /// Waits for the next post.
    pub(crate) fn next(&self) -> Got {
        self.inbox.recv_timeout(Duration::from_secs(30)).unwrap()
    }
}

fn serve(stream: &TcpStream, answers: &Mutex<VecDeque<Answer>>, sender: &Sender<Got>) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    if !line.starts_with("POST /hook HTTP/1.1") {
        return;
    }
    let mut headers = Vec::new();
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse().unwrap();
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let answer = answers.lock().unwrap().pop_front().unwrap_or(Answer::Status(200));
    sender.send(Got { headers, body }).ok();
    match answer {
        Answer::Status(status) => {
            let answer = format!("HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            let mut stream = stream;
            drop(stream.write_all(answer.as_bytes()));
        }
        // Until the other side has gone.
        Answer::Never => drop(reader.read(&mut [0; 1])),
    }
}

impl Got {
    /// Whether it was signed with this secret at about this time.
    pub(crate) fn verify(&self, secret: &str, now: &str) -> Result<(), Unverified> {
        let secret: WebhookSecret = secret.parse().unwrap();
        let now: Timestamp = now.parse().unwrap();
        let value = |name| self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
        WebhookHeaders::read(value)?.verify(now, &self.body, [&secret])
    }

    pub(crate) fn payload(&self) -> Payload {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn id(&self) -> String {
        let id = self.headers.iter().find(|(name, _)| name == WebhookHeaders::ID).unwrap().1.clone();
        assert_eq!(id, self.payload().id.to_string());
        id
    }
}

/// What some posts say happened, in their order.
pub(crate) fn kinds(posts: &[Got]) -> Vec<String> {
    posts.iter().map(|got| got.payload().kind).collect()
}
