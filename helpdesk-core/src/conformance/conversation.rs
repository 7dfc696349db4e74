//! Rules of the conversation: positions, ranges, and texts that come back as they were given.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{Given, agent, reference, tag};
use crate::ticket::{
    Attachment, Channel, Command, Direction, Message, MessageDraft, MessageId, NewMessage, Ticket, Visibility,
};

async fn with_notes(given: &Given, count: usize) -> Ticket {
    let mut ticket = given.a_ticket("Printer").await;
    for i in 1..count {
        let note = given.note(&format!("Note {i}"));
        ticket = given.does(&ticket, note).await;
    }
    ticket
}

pub async fn messages_come_back_by_rising_position(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = with_notes(&given, 12).await;
    let positions: Vec<u32> = given.talk(ticket.id).await.iter().map(|message| message.seq).collect();
    assert_eq!(positions, (1..=12).collect::<Vec<_>>());
}

pub async fn a_range_gives_what_lies_in_it(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = with_notes(&given, 6).await;
    let all = given.talk(ticket.id).await;
    let range = async |range| given.store.conversation(&given.tenant, ticket.id, range).await.unwrap();
    assert_eq!(range(2..=4).await, all[1..4]);
    assert_eq!(range(6..=6).await, all[5..]);
    assert_eq!(range(0..=1).await, all[..1]);
    assert_eq!(range(5..=u32::MAX).await, all[4..]);
}

pub async fn a_range_without_messages_is_empty(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = with_notes(&given, 3).await;
    #[expect(clippy::reversed_empty_ranges, reason = "a reversed range is what is tried")]
    for range in [4..=9, 0..=0, 3..=2, u32::MAX..=0] {
        assert_eq!(given.store.conversation(&given.tenant, ticket.id, range).await.unwrap(), []);
    }
}

pub async fn a_message_comes_back_exactly_as_it_was_written(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let attachment = |name: &str, blob: Option<&str>| Attachment {
        name: name.into(),
        media_type: "image/png".into(),
        bytes: 40_000_000,
        blob: blob.map(Into::into),
    };
    let draft = MessageDraft {
        body: "Zeile eins\n\n\tund zwei\n".into(),
        attachments: vec![attachment("b.png", Some("blob/1")), attachment("a.png", None)],
        channel: Some(Channel::new(Channel::PHONE).unwrap()),
        external: vec![reference("mail", "<2@example.com>"), reference("mail", "<1@example.com>")],
        automatic: true,
    };
    let new = NewMessage { author: agent("ben"), ..NewMessage::public(MessageId(given.id()), draft) };
    let write = given.write(&ticket, Command::AddMessage(Box::new(new)));
    let sent = write.messages.add[0].clone();
    assert_eq!((sent.direction, sent.visibility, sent.automatic), (Direction::Outbound, Visibility::Public, true));
    given.applied(write).await;
    assert_eq!(given.talk(ticket.id).await[1], sent);
}

pub async fn notes_stay_notes(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = with_notes(&given, 3).await;
    let kinds: Vec<_> = given.talk(ticket.id).await.iter().map(|message| message.visibility).collect();
    assert_eq!(kinds, [Visibility::Public, Visibility::Internal, Visibility::Internal]);
}

pub async fn several_messages_of_one_act_are_all_there(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let note = given.note("one");
    let mut write = given.write(&ticket, note);
    let first = write.messages.add[0].clone();
    write.messages.add.push(Message { id: MessageId(given.id()), seq: first.seq + 1, body: "two".into(), ..first });
    let sent = write.messages.add.clone();
    given.applied(write).await;
    assert_eq!(given.talk(ticket.id).await[1..], sent);
}

pub async fn later_acts_leave_earlier_messages_alone(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = with_notes(&given, 3).await;
    let before = given.talk(ticket.id).await;
    let ticket = given.does(&ticket, tag("vip")).await;
    assert_eq!(given.talk(ticket.id).await, before);
    let note = given.note("more");
    given.does(&ticket, note).await;
    assert_eq!(given.talk(ticket.id).await[..3], before);
}

pub async fn erasing_leaves_tombstones_in_their_places(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (ticket, other) = (with_notes(&given, 3).await, with_notes(&given, 2).await);
    let (mut expected, others) = (given.talk(ticket.id).await, given.talk(other.id).await);
    given.does(&ticket, Command::Delete).await;
    expected.iter_mut().for_each(Message::redact);
    assert_eq!(given.talk(ticket.id).await, expected);
    assert_eq!(given.talk(other.id).await, others, "other tickets keep their texts");
}

pub async fn what_the_erasing_act_adds_stands(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = with_notes(&given, 2).await;
    let note = given.note("erased on request");
    let mut write = given.write(&ticket, note);
    write.messages.erase = true;
    let added = write.messages.add[0].clone();
    given.applied(write).await;
    let talk = given.talk(ticket.id).await;
    assert_eq!(talk[2], added);
    assert!(talk[..2].iter().all(|message| message.redacted && message.body.is_empty()));
}
