//! Signatures: the published example, and everything that must not be believed.

use super::WebhookSecret;
use super::headers::*;
use crate::env::Timestamp;
use crate::sla::Seconds;

const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const BODY: &[u8] = br#"{"test": 2432232314}"#;

fn secret() -> WebhookSecret {
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_timestamp(seconds, 0).unwrap()
}

/// The example that the libraries of Standard Webhooks are tested with.
#[test]
fn the_published_example_has_its_signature() {
    let headers = WebhookHeaders::sign(ID, at(1_614_265_330), BODY, [&secret()]);
    assert_eq!(headers.signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_eq!(headers.timestamp, "1614265330");
}

#[test]
fn what_was_changed_does_not_match() {
    let sent = WebhookHeaders::sign(ID, at(1000), BODY, [&secret()]);
    assert_eq!(sent.verify(at(1000), BODY, [&secret()]), Ok(()));
    let other = WebhookSecret::new(&[1; 32]).unwrap();
    assert_eq!(sent.verify(at(1000), BODY, [&other]), Err(Unverified::NoMatch));
    assert_eq!(sent.verify(at(1000), BODY, []), Err(Unverified::NoMatch));
    assert_eq!(sent.verify(at(1000), b"", [&secret()]), Err(Unverified::NoMatch));
    let changed = [
        WebhookHeaders { id: "msg_2".to_owned(), ..sent.clone() },
        WebhookHeaders { timestamp: "1001".to_owned(), ..sent.clone() },
        WebhookHeaders { signature: String::new(), ..sent.clone() },
        WebhookHeaders { signature: sent.signature.replacen("v1,", "v2,", 1), ..sent.clone() },
        WebhookHeaders { signature: "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=".to_owned(), ..sent.clone() },
        WebhookHeaders { signature: "v1,".to_owned(), ..sent.clone() },
    ];
    for headers in changed {
        assert_eq!(headers.verify(at(1000), BODY, [&secret()]), Err(Unverified::NoMatch), "{headers:?}");
    }
}

#[test]
fn one_of_several_signatures_and_secrets_is_enough() {
    let (old, new) = (secret(), WebhookSecret::new(&[9; 32]).unwrap());
    let sent = WebhookHeaders::sign(ID, at(1000), BODY, [&new, &old]);
    assert_eq!(sent.signature.split(' ').count(), 2);
    for secrets in [vec![&old], vec![&new], vec![&WebhookSecret::new(&[1; 24]).unwrap(), &old]] {
        assert_eq!(sent.verify(at(1000), BODY, secrets), Ok(()));
    }
    let beside = format!("v1a,xx v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= {}", sent.signature);
    let headers = WebhookHeaders { signature: beside, ..sent };
    assert_eq!(headers.verify(at(1000), BODY, [&old]), Ok(()));
}

#[test]
fn an_old_or_early_post_is_not_believed() {
    let sent = WebhookHeaders::sign(ID, at(1000), BODY, [&secret()]);
    for (now, expected) in
        [(1300, Ok(())), (1301, Err(Unverified::TooOld)), (700, Ok(())), (699, Err(Unverified::TooNew))]
    {
        assert_eq!(sent.verify(at(now), BODY, [&secret()]), expected, "{now}");
    }
    assert_eq!(sent.verify_within(Seconds(1000), at(2000), BODY, [&secret()]), Ok(()));
    for bad in ["", "x", "+1000", "-1000", "1000.0", " 1000", "99999999999999999999"] {
        let headers = WebhookHeaders { timestamp: bad.to_owned(), ..sent.clone() };
        assert_eq!(headers.verify(at(1000), BODY, [&secret()]), Err(Unverified::Timestamp), "{bad}");
    }
    let headers = WebhookHeaders { timestamp: i64::MAX.to_string(), ..sent };
    assert_eq!(headers.verify(at(1000), BODY, [&secret()]), Err(Unverified::TooNew));
}

#[test]
fn a_missing_header_is_named() {
    let sent = WebhookHeaders::sign(ID, at(1000), BODY, [&secret()]);
    for missing in [WebhookHeaders::ID, WebhookHeaders::TIMESTAMP, WebhookHeaders::SIGNATURE] {
        let pairs = sent.pairs();
        let value = |name| pairs.iter().find(|(known, _)| *known == name && name != missing);
        let read = WebhookHeaders::read(|name| value(name).map(|(_, value)| (*value).to_owned()));
        assert_eq!(read, Err(Unverified::Missing(missing)));
    }
}
