//! Acts on two tickets at once: link, merge, unmerge, split. Both ends are written in one commit.

use super::act::Act;
use super::context::defined_fields;
use super::step::{NewStep, Step, Target};
use super::{AgentDesk, Error, TicketRef};
use crate::access::Action;
use crate::party::Requester;
use crate::store::{TicketKey, Wants};
use crate::ticket::{
    Command, Link, LinkKind, MessageDraft, MessageId, NewMessage, NewTicket, Rejection, Ticket, TicketId,
};

/// How many merges are followed to where a ticket went on.
const MERGE_HOPS: usize = 10;

impl<'s> AgentDesk<'s> {
    /// Links two tickets: `one` stands to `other` as `kind` says, and the other way round.
    ///
    /// # Errors
    /// If either is not there, or links of this kind are not made by hand.
    pub async fn link(
        &self,
        one: impl Into<TicketRef>,
        kind: LinkKind,
        other: impl Into<TicketRef>,
    ) -> Result<Act<'s>, Error> {
        self.both_ends(one.into(), kind, other.into(), Command::AddLink).await
    }

    /// Takes a link away, at both ends.
    ///
    /// # Errors
    /// As [`AgentDesk::link`].
    pub async fn unlink(
        &self,
        one: impl Into<TicketRef>,
        kind: LinkKind,
        other: impl Into<TicketRef>,
    ) -> Result<Act<'s>, Error> {
        self.both_ends(one.into(), kind, other.into(), Command::RemoveLink).await
    }

    async fn both_ends(
        &self,
        one: TicketRef,
        kind: LinkKind,
        other: TicketRef,
        command: fn(Link) -> Command,
    ) -> Result<Act<'s>, Error> {
        if kind.is_structural() {
            return Err(Rejection::StructuralLink.into());
        }
        let (one, other) = (self.show(one).await?.ticket.id, self.show(other).await?.ticket.id);
        if one == other {
            return Err(Rejection::SameTicket.into());
        }
        Ok(self.act(vec![
            Step::on(one, command(Link { kind, ticket: other })),
            Step::on(other, command(Link { kind: kind.inverse(), ticket: one })),
        ]))
    }

    /// Merges `source` into `target`: the source ends and leads there. Nothing is moved; a target that was itself
    /// merged is followed, at most 10 times.
    ///
    /// # Errors
    /// If either is not there, they are the same, or the way from the target leads back to the source.
    pub async fn merge(&self, source: impl Into<TicketRef>, target: impl Into<TicketRef>) -> Result<Act<'s>, Error> {
        let source = self.show(source).await?.ticket;
        if source.merged.is_some() {
            return Err(Rejection::MergeState { merged: true }.into());
        }
        let named = self.show(target).await?.ticket;
        if named.id == source.id {
            return Err(Rejection::SameTicket.into());
        }
        let target = self.followed(named).await?;
        if target.id == source.id {
            return Err(Rejection::MergeCycle.into());
        }
        Ok(self.act(vec![
            Step::on(source.id, Command::MergeInto(target.id)),
            Step::on(target.id, Command::AddLink(Link { kind: LinkKind::MergedFrom, ticket: source.id })),
        ]))
    }

    /// Where a merged ticket went on.
    pub(super) async fn followed(&self, mut ticket: Ticket) -> Result<Ticket, Error> {
        let tenant = &self.tenant;
        for _ in 0..=MERGE_HOPS {
            let Some(merged) = &ticket.merged else { return Ok(ticket) };
            let wants = Wants { ticket: Some(TicketKey::Id(merged.into)), ..Wants::default() };
            let next = self.desk.inner.store.load(tenant, &wants).await?.ticket;
            ticket = next.ok_or(Error::NotFound { what: "ticket" })?;
        }
        Err(Rejection::MergeCycle.into())
    }

    /// Undoes a merge: the ticket is again what it was before.
    ///
    /// # Errors
    /// If it is not there or not merged.
    pub async fn unmerge(&self, ticket: impl Into<TicketRef>) -> Result<Act<'s>, Error> {
        let ticket = self.show(ticket).await?.ticket;
        let Some(merged) = &ticket.merged else { return Err(Rejection::MergeState { merged: false }.into()) };
        let link = Link { kind: LinkKind::MergedFrom, ticket: ticket.id };
        let act =
            self.act(vec![Step::on(ticket.id, Command::Unmerge), Step::on(merged.into, Command::RemoveLink(link))]);
        // What it was merged into was read before: if that changed, so would the other end.
        Ok(act.expecting(ticket.version))
    }

    /// Makes a new ticket about `subject` from messages of another, by their positions. They stay where they are;
    /// the new ticket has copies with their times, authors and visibility.
    ///
    /// # Errors
    /// If the ticket is not there, or has none of the messages.
    pub async fn split(
        &self,
        ticket: impl Into<TicketRef>,
        subject: impl Into<String>,
        positions: &[u32],
    ) -> Result<Act<'s>, Error> {
        let (context, view) = self.find(&ticket.into()).await?;
        for action in [Action::TicketOpen, Action::TicketEdit] {
            self.desk.authorise(&context, action, Some(&view.ticket))?;
        }
        let source = view.ticket;
        let mut chosen = self.conversation(source.id).await?;
        chosen.retain(|message| positions.contains(&message.seq) && !message.redacted);
        if chosen.is_empty() {
            return Err(Error::NotFound { what: "message" });
        }
        let now = self.desk.now();
        let id = TicketId(self.desk.fresh_id(now));
        let new = NewTicket {
            requester: source.requester.clone(),
            card: source.content.requester.clone(),
            organization: source.organization.clone(),
            kind: source.kind.clone(),
            category: source.category.clone(),
            team: source.team.clone(),
            channel: source.channel.clone(),
            fields: defined_fields(&source, &context.settings),
            links: [Link { kind: LinkKind::SplitFrom, ticket: source.id }].into(),
            ..NewTicket::new(subject)
        };
        let copies = chosen.into_iter().map(|message| {
            let draft = MessageDraft {
                body: message.body,
                attachments: message.attachments,
                channel: Some(message.channel),
                external: Vec::new(),
                automatic: message.automatic,
            };
            NewMessage {
                id: MessageId(self.desk.fresh_id(now)),
                author: message.author,
                visibility: message.visibility,
                draft,
                at: Some(message.at),
            }
        });
        // It begins when the requester first spoke of it, so that its clocks measure what was.
        let mut more: Vec<NewMessage> = copies.collect();
        more.sort_by_key(|copy| copy.at);
        let created_at = more.first().and_then(|first| first.at);
        let commands = vec![Command::Open(Box::new(NewTicket { more, created_at, ..new }))];
        let target = Target::New(Box::new(NewStep { id, requester: Requester::default(), number: None }));
        Ok(self.act(vec![
            Step { target, commands, vouched: true },
            Step::on(source.id, Command::AddLink(Link { kind: LinkKind::SplitInto, ticket: id })),
        ]))
    }
}
