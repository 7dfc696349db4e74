//! What an answer to a post means: arrived, gone, to be tried again, or never.

use chrono::{DateTime, Utc};

use super::{PostFault, Reply};
use crate::env::Timestamp;
use crate::sla::Seconds;

/// What a post came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Posted {
    /// It arrived.
    Arrived,
    /// The endpoint wants nothing more, ever.
    Gone,
    /// It may arrive later.
    Later { reason: String, after: Option<Seconds> },
    /// It will never arrive so.
    Never { reason: String },
}

impl Posted {
    /// What it came to by what was answered at `now`.
    pub(super) fn of(answer: Result<Reply, PostFault>, now: Timestamp) -> Self {
        let reply = match answer {
            Ok(reply) => reply,
            Err(PostFault::Unreachable(reason)) => return Self::Later { reason, after: None },
            Err(PostFault::Refused(reason)) => return Self::Never { reason },
        };
        let reason = format!("status {}", reply.status);
        match reply.status {
            200..=299 => Self::Arrived,
            410 => Self::Gone,
            408 | 425 | 429 | 500..=599 => {
                let after = reply.retry_after.as_deref().and_then(|text| retry_after(text, now));
                Self::Later { reason, after }
            }
            300..=399 => Self::Never { reason: format!("{reason}: redirects are not followed") },
            _ => Self::Never { reason },
        }
    }
}

/// How long a `Retry-After` asks to wait: a number of seconds, or until an instant as HTTP writes it.
fn retry_after(text: &str, now: Timestamp) -> Option<Seconds> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Seconds(text.parse().unwrap_or(u32::MAX)));
    }
    let until = DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc);
    let seconds = (until - now).num_milliseconds().max(0).div_euclid(1000);
    Some(Seconds(u32::try_from(seconds + 1).unwrap_or(u32::MAX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-11-02T09:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_status_says_whether_to_try_again() {
        for status in 100..=999 {
            let posted = Posted::of(Ok(Reply { status, retry_after: Some("7".to_owned()) }), now());
            match (status, posted) {
                (200..=299, Posted::Arrived) | (410, Posted::Gone) => {}
                (408 | 425 | 429 | 500..=599, Posted::Later { reason, after: Some(Seconds(7)) })
                | (100..=199 | 300..=499 | 600..=999, Posted::Never { reason }) => {
                    assert!(reason.contains(&status.to_string()));
                }
                (status, other) => panic!("{status}: {other:?}"),
            }
        }
        let fault = |fault| Posted::of(Err(fault), now());
        assert!(matches!(fault(PostFault::Unreachable("x".into())), Posted::Later { after: None, .. }));
        assert!(matches!(fault(PostFault::Refused("x".into())), Posted::Never { .. }));
    }

    #[test]
    fn both_forms_of_retry_after_are_read() {
        for (text, expected) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999", Some(u32::MAX)),
            ("Mon, 02 Nov 2026 09:02:00 GMT", Some(121)),
            ("Mon, 02 Nov 2026 08:00:00 GMT", Some(1)),
            ("soon", None),
            ("-5", None),
            ("", None),
        ] {
            assert_eq!(retry_after(text, now()), expected.map(Seconds), "{text}");
        }
    }
}
