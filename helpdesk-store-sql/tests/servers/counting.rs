//! A way to a server that counts how often the client waited for an answer: whatever is said, and by whom, is not known
//! here.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// The way.
pub(crate) struct Counting {
    /// The address of the server's database by this way.
    pub(crate) url: String,
    turns: Arc<AtomicUsize>,
}

/// How a pool asks a connection that was given back whether it lives, of PostgreSQL and of MariaDB: nobody waits for it.
const PINGS: [&[u8]; 2] = [b"S\0\0\0\x04", b"\x01\0\0\0\x0e"];

/// What both directions of a connection know.
struct Line {
    /// Whether the server spoke last.
    answered: AtomicBool,
    turns: Arc<AtomicUsize>,
}

impl Counting {
    /// Opens one to the database of that address. It ends with the runtime.
    pub(crate) async fn to(url: &str) -> Self {
        let (before, rest) = url.split_once('@').expect("the address names a user");
        let (server, database) = rest.split_once('/').expect("the address names a database");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("{before}@{}/{database}", listener.local_addr().unwrap());
        let turns = Arc::new(AtomicUsize::new(0));
        let (server, counted) = (server.to_owned(), Arc::clone(&turns));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                client.set_nodelay(true).unwrap();
                server.set_nodelay(true).unwrap();
                let line = Arc::new(Line { answered: AtomicBool::new(true), turns: Arc::clone(&counted) });
                let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                tokio::spawn(asks(from_client, to_server, Arc::clone(&line)));
                tokio::spawn(answers(from_server, to_client, line));
            }
        });
        Self { url, turns }
    }

    /// How often it was asked and answered so far, but for the pool's pings.
    pub(crate) fn turns(&self) -> usize {
        self.turns.load(Ordering::SeqCst)
    }
}

/// What the client says after an answer is a new question; what it says before one belongs to the same.
async fn asks(mut client: OwnedReadHalf, mut server: OwnedWriteHalf, line: Arc<Line>) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = client.read(&mut bytes).await {
        if line.answered.swap(false, Ordering::SeqCst) && !PINGS.contains(&&bytes[..count]) {
            line.turns.fetch_add(1, Ordering::SeqCst);
        }
        if server.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
}

async fn answers(mut server: OwnedReadHalf, mut client: OwnedWriteHalf, line: Arc<Line>) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count @ 1..) = server.read(&mut bytes).await {
        line.answered.store(true, Ordering::SeqCst);
        if client.write_all(&bytes[..count]).await.is_err() {
            break;
        }
    }
}
