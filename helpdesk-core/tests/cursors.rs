//! Cursors are bound to their tenant and their query, and a damaged one is refused, never misread.
#![expect(clippy::unwrap_used, reason = "a test")]

use helpdesk_core::party::{AgentId, ContactId, TenantId};
use helpdesk_core::query::{Cursor, Position, QueryError, Scope, Sort, TicketFilter, TicketQuery};
use helpdesk_core::ticket::TicketId;
use proptest::prelude::*;

fn query() -> TicketQuery {
    TicketQuery::new(TicketFilter::open(), Sort::Priority, "2026-11-02T09:00:00Z".parse().unwrap())
}

fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn position() -> impl Strategy<Value = Position> {
    let parts = (any::<i64>(), any::<i64>(), any::<u128>());
    parts.prop_map(|(major, minor, id)| Position { major, minor, id: TicketId(uuid::Uuid::from_u128(id)) })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cursor_opens_where_it_was_made_and_at_any_later_time(position in position()) {
        let cursor = Cursor::new(&acme(), &query(), position);
        let again = Cursor::from(cursor.as_str().to_owned());
        let later = TicketQuery { now: query().now + chrono::TimeDelta::hours(1), ..query() };
        assert_eq!(again.open(&acme(), &later), Ok(position));
    }

    #[test]
    fn a_cursor_of_another_tenant_or_query_is_refused(position in position()) {
        let cursor = Cursor::new(&acme(), &query(), position);
        let max = ContactId::new("max").unwrap();
        for other in [
            TicketQuery { filter: TicketFilter::all(), ..query() },
            TicketQuery { filter: TicketFilter { words: "x".into(), ..TicketFilter::open() }, ..query() },
            TicketQuery { sort: Sort::Due, ..query() },
            TicketQuery { scope: Scope::Requester { contact: max, organization: None }, ..query() },
            TicketQuery { reader: Some(AgentId::new("anna").unwrap()), ..query() },
        ] {
            assert_eq!(cursor.open(&acme(), &other), Err(QueryError::Cursor));
        }
        assert_eq!(cursor.open(&TenantId::new("Acme").unwrap(), &query()), Err(QueryError::Cursor));
    }

    #[test]
    fn a_damaged_cursor_is_refused(position in position(), at in any::<prop::sample::Index>(), byte in any::<char>()) {
        let whole = Cursor::new(&acme(), &query(), position).as_str().to_owned();
        let at = at.index(whole.len());
        let mut changed: Vec<char> = whole.chars().collect();
        changed[at] = byte;
        let changed: String = changed.into_iter().collect();
        for damaged in [whole[..at].to_owned(), whole[at..][1..].to_owned(), format!("{whole}{byte}"), changed] {
            if damaged != whole {
                assert_eq!(Cursor::from(damaged).open(&acme(), &query()), Err(QueryError::Cursor));
            }
        }
    }

    #[test]
    fn any_other_text_is_refused(text in ".*") {
        assert_eq!(Cursor::from(text).open(&acme(), &query()), Err(QueryError::Cursor));
    }
}
