//! One post over HTTP/1.1: the name is resolved once, each address is looked at, and the connection goes to the very
//! address that was looked at. No redirects, no proxies, no connections kept.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use helpdesk_core::webhook::{EndpointUrl, Post, PostFault, Reply, Transport};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{CONNECTION, HOST, RETRY_AFTER, USER_AGENT};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::address::{Reach, reach};

/// How long a connection to one address may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a post may take until its status is there. Well below what a relay gives a sink.
const ANSWER: Duration = Duration::from_secs(20);
/// How long the rest of an answer is waited for, which nobody needs.
const REST: Duration = Duration::from_secs(2);
/// Most bytes of an answer's body that are read.
const MOST_BODY: usize = 64 * 1024;
/// Most bytes of an answer's head.
const MOST_HEAD: usize = 64 * 1024;
/// Most addresses of a name that are tried.
const ADDRESSES: usize = 4;

/// Posts over HTTP.
#[derive(Default)]
pub(crate) struct HttpTransport {
    /// The certificates of this system, read with the first encrypted post.
    tls: OnceLock<Result<Arc<ClientConfig>, String>>,
}

#[async_trait]
impl Transport for HttpTransport {
    async fn post(&self, post: &Post) -> Result<Reply, PostFault> {
        let (response, driver) = match timeout(ANSWER, self.send(post)).await {
            Ok(sent) => sent?,
            Err(_) => return Err(PostFault::Unreachable(format!("no answer within {} s", ANSWER.as_secs()))),
        };
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let reply = Reply { status: response.status().as_u16(), retry_after };
        // It has answered; how the rest comes changes nothing.
        drop(timeout(REST, Limited::new(response.into_body(), MOST_BODY).collect()).await);
        drop(driver);
        Ok(reply)
    }
}

/// Drives a connection until it is dropped.
struct Driver(tokio::task::JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl HttpTransport {
    async fn send(&self, post: &Post) -> Result<(Response<Incoming>, Driver), PostFault> {
        let stream = connect(&post.url, post.allow_private).await?;
        if !post.url.is_https() {
            return exchange(stream, post).await;
        }
        let tls = self.tls.get_or_init(trusting_this_system).clone().map_err(PostFault::Unreachable)?;
        let name = ServerName::try_from(post.url.host().to_owned());
        let name = name.map_err(|_| PostFault::Refused("the host is no name".to_owned()))?;
        let stream = TlsConnector::from(tls).connect(name, stream).await;
        exchange(stream.map_err(|error| unreachable("TLS", error))?, post).await
    }
}

/// Resolves the name and connects to the first address that may be posted to and answers.
async fn connect(url: &EndpointUrl, allow_private: bool) -> Result<TcpStream, PostFault> {
    let found = tokio::net::lookup_host((url.host(), url.port())).await;
    let found: Vec<SocketAddr> = found.map_err(|error| unreachable("name", error))?.collect();
    let allowed = |address: &&SocketAddr| match reach(address.ip()) {
        Reach::Public => true,
        Reach::Private => allow_private,
        Reach::Never => false,
    };
    let mut fault = if found.is_empty() {
        PostFault::Unreachable("the name has no address".to_owned())
    } else {
        PostFault::Refused("the address is not public".to_owned())
    };
    for address in found.iter().filter(allowed).take(ADDRESSES) {
        fault = match timeout(CONNECT, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => unreachable("connection", error),
            Err(_) => PostFault::Unreachable(format!("no connection within {} s", CONNECT.as_secs())),
        };
    }
    Err(fault)
}

async fn exchange<S>(stream: S, post: &Post) -> Result<(Response<Incoming>, Driver), PostFault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let handshake = http1::Builder::new().max_buf_size(MOST_HEAD).handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = handshake.map_err(|error| unreachable("HTTP", error))?;
    let driver = Driver(tokio::spawn(async move { drop(connection.await) }));
    let mut request = Request::post(post.url.target())
        .header(HOST, post.url.authority())
        .header(USER_AGENT, concat!("helpdesk/", env!("CARGO_PKG_VERSION")))
        .header(CONNECTION, "close");
    for (name, value) in &post.headers {
        request = request.header(*name, value);
    }
    let request = request.body(Full::new(Bytes::from(post.body.clone())));
    let request = request.map_err(|_| PostFault::Refused("the request cannot be written".to_owned()))?;
    let response = sender.send_request(request).await.map_err(|error| unreachable("HTTP", error))?;
    Ok((response, driver))
}

/// What went wrong on the way, as the libraries say it.
fn unreachable(place: &str, error: impl std::fmt::Display) -> PostFault {
    PostFault::Unreachable(format!("{place}: {error}"))
}

fn trusting_this_system() -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err("TLS: this system has no root certificates".to_owned());
    }
    let builder =
        ClientConfig::builder_with_provider(Arc::new(default_provider())).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| format!("TLS: {error}"))?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::*;

    fn post(url: &str, allow_private: bool) -> Post {
        let url = EndpointUrl::unencrypted(url).unwrap();
        Post { url, headers: vec![("webhook-id", "1".to_owned())], body: b"{}".to_vec(), allow_private }
    }

    /// Answers one request with these bytes and gives what it got.
    async fn answering(answer: &'static [u8]) -> (String, tokio::task::JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/in?x=1", listener.local_addr().unwrap());
        let got = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut got = Vec::new();
            while !got.ends_with(b"{}") {
                let mut part = [0; 1024];
                let read = stream.read(&mut part).await.unwrap();
                got.extend_from_slice(&part[..read]);
            }
            stream.write_all(answer).await.unwrap();
            // It stays open: whoever waits for the end waits in vain.
            let mut rest = [0; 1];
            drop(stream.read(&mut rest).await);
            String::from_utf8(got).unwrap()
        });
        (url, got)
    }

    #[tokio::test]
    async fn a_post_is_what_it_says_and_its_answer_is_told() {
        let (url, got) = answering(b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\nno").await;
        let reply = HttpTransport::default().post(&post(&url, true)).await.unwrap();
        assert_eq!(reply, Reply { status: 429, retry_after: Some("7".to_owned()) });
        let got = got.await.unwrap();
        assert!(got.starts_with("POST /in?x=1 HTTP/1.1\r\n"), "{got}");
        for header in ["host: 127.0.0.1:", "content-length: 2\r\n", "webhook-id: 1\r\n", "user-agent: helpdesk/"] {
            assert!(got.to_lowercase().contains(header), "{header} in {got}");
        }
    }

    #[tokio::test]
    async fn a_redirect_is_told_and_not_followed() {
        let (target, _untouched) = answering(b"HTTP/1.1 200 OK\r\n\r\n").await;
        let answer = format!("HTTP/1.1 307 There\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n");
        let (url, _got) = answering(answer.leak().as_bytes()).await;
        assert_eq!(HttpTransport::default().post(&post(&url, true)).await.unwrap().status, 307);
    }

    #[tokio::test]
    async fn an_answer_without_end_is_cut() {
        let (url, _got) = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nand so on").await;
        let began = Instant::now();
        assert_eq!(HttpTransport::default().post(&post(&url, true)).await.unwrap().status, 200);
        assert!(began.elapsed() < REST * 4);
        let (url, _got) = answering(b"no HTTP at all\r\n\r\n").await;
        let fault = HttpTransport::default().post(&post(&url, true)).await.unwrap_err();
        assert!(matches!(fault, PostFault::Unreachable(_)), "{fault:?}");
    }

    #[tokio::test]
    async fn private_addresses_are_not_connected_to() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        for host in ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0x7f.1", "2130706433", "0.0.0.0", "[::]"] {
            let fault = HttpTransport::default().post(&post(&format!("http://{host}:{port}/"), false)).await;
            let fault = fault.unwrap_err();
            let is_number = matches!(host, "0x7f.1" | "2130706433");
            // Whether such numbers are names of an address is the resolver's business.
            assert!(is_number || matches!(fault, PostFault::Refused(_)), "{host}: {fault:?}");
        }
        for host in ["0.0.0.0", "169.254.169.254", "[fe80::1]"] {
            let fault = HttpTransport::default().post(&post(&format!("http://{host}:{port}/"), true)).await;
            assert!(matches!(fault.unwrap_err(), PostFault::Refused(_)), "{host}, also if private ones are allowed");
        }
        let nobody = timeout(Duration::from_millis(50), listener.accept()).await;
        assert!(nobody.is_err(), "somebody connected");
    }

    #[tokio::test]
    async fn who_does_not_listen_or_speak_tls_is_unreachable() {
        let closed = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let fault = HttpTransport::default().post(&post(&format!("http://{closed}/"), true)).await.unwrap_err();
        assert!(matches!(&fault, PostFault::Unreachable(reason) if reason.starts_with("connection: ")), "{fault:?}");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        });
        let fault = HttpTransport::default().post(&post(&url, true)).await.unwrap_err();
        assert!(matches!(&fault, PostFault::Unreachable(reason) if reason.starts_with("TLS: ")), "{fault:?}");
    }
}
