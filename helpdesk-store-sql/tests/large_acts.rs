//! Acts of many rows: more than one statement of the engine takes. What else a commit must keep is in the kit.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use support::*;

#[tokio::test]
async fn a_great_many_rows_in_one_act_are_applied_whole() {
    let desk = Desk::new().await;
    let mut writes = Vec::new();
    for index in 0..8 {
        let mut new = plain(&format!("Import {index} with a good many words in its subject line"));
        new.tags = (0..20).map(|tag| format!("tag-{tag}")).collect();
        new.external = (0..20).map(|n| ExternalRef::new("old", &format!("{index}-{n}")).unwrap()).collect();
        let mut write = opening(new, &anna(), at(index));
        for n in 0..60 {
            let next = support::write(&write.after, &reply(&format!("message {n}")), &anna(), at(index));
            write.after = Ticket { version: Version(1), ..next.after };
            write.events.extend(
                next.events
                    .into_iter()
                    .map(|(event, revision)| (EventRecord { version: Version(1), ..event }, revision)),
            );
            write.messages.add.extend(next.messages.add);
        }
        writes.push(write);
    }
    let ids: Vec<_> = writes.iter().map(|write| write.after.id).collect();
    let outbox = Commit { outbox: true, ..commit_of(writes, at(9)) };
    applied(desk.store.commit(outbox).await.unwrap());
    for id in ids {
        assert_eq!(desk.store.conversation(&acme(), id, 1..=u32::MAX).await.unwrap().len(), 61);
    }
    assert_eq!(desk.store.check().await.unwrap(), []);
}
