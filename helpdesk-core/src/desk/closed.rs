//! What a requester's message to a closed request comes to: a new one, a reopening, a redirection, or a refusal.

use super::contacts::Found;
use super::context::{Who, defined_fields};
use super::requester::standing;
use super::step::{Step, Target};
use super::{Error, Options, Replied, RequesterDesk, TicketRef};
use crate::access::{Action, Request};
use crate::party::{Actor, Contact};
use crate::settings::ClosedReply;
use crate::ticket::{
    Command, Link, LinkKind, MessageDraft, NewTicket, Rejection, StatusCategory, StatusChange, Ticket, TicketId,
};

impl RequesterDesk {
    /// A message to a closed or merged request never changes it; the tenant's policy answers.
    pub(super) async fn reply_to_closed(
        &self,
        found: &Found,
        ticket: TicketRef,
        draft: MessageDraft,
        options: &Options,
        answer: ClosedReply,
        merged_into: Option<TicketId>,
    ) -> Result<Replied, Error> {
        let (who, actor) = standing(found);
        let closed = self.agent(&who).show(ticket).await?.ticket;
        match (merged_into, answer) {
            (Some(target), _) => self.redirected(&who, &found.contact, &closed, target, draft, options).await,
            (None, ClosedReply::NewTicket) => self.follow_up(&who, &found.contact, &closed, draft, options).await,
            (None, ClosedReply::Reopened) => self.reopened(&who, &closed, actor, draft, options).await,
            (None, ClosedReply::Rejected) => Err(Rejection::TicketClosed { answer, merged_into: None }.into()),
        }
    }

    /// A new request that goes on from the closed one; both ends of the link in one act.
    async fn follow_up(
        &self,
        who: &Who,
        contact: &Contact,
        closed: &Ticket,
        draft: MessageDraft,
        options: &Options,
    ) -> Result<Replied, Error> {
        let ticket = NewTicket {
            category: closed.category.clone(),
            team: closed.team.clone(),
            channel: draft.channel.clone().unwrap_or_else(|| closed.channel.clone()),
            fields: defined_fields(closed, &self.desk.bare_context(&self.tenant, who).await?.settings),
            links: [Link { kind: LinkKind::FollowUpOf, ticket: closed.id }].into(),
            message: Some(self.message(Actor::Requester(contact.id.clone()), draft)),
            ..NewTicket::new(closed.content.subject.clone())
        };
        let new = self.new_step(contact);
        let back = Link { kind: LinkKind::FollowedUpBy, ticket: new.id };
        let steps = [
            Step {
                target: Target::New(Box::new(new)),
                commands: vec![Command::Open(Box::new(ticket))],
                vouched: false,
            },
            // The requester has no right to write on a closed ticket; that it is gone on with is the desk's own note.
            Step { vouched: true, ..Step::on(closed.id, Command::AddLink(back)) },
        ];
        let options = Options {
            // A key of its own: the first one stands for the reply itself.
            idempotency_key: options.idempotency_key.as_ref().map(|key| format!("{key}/follow-up")),
            ..options.clone()
        };
        let outcome = self.desk.execute(&self.tenant, who, &steps, &options).await?;
        Ok(Replied::NewTicket(self.view(who, &outcome.ticket).await?))
    }

    /// The desk itself moves the ticket, then the message is added.
    async fn reopened(
        &self,
        who: &Who,
        closed: &Ticket,
        actor: Actor,
        draft: MessageDraft,
        options: &Options,
    ) -> Result<Replied, Error> {
        let context = self.desk.bare_context(&self.tenant, who).await?;
        let active = context.settings.workflow.first(StatusCategory::Active);
        let active = active.ok_or(Rejection::NoStatusFor("active"))?.key.clone();
        let message = Command::AddMessage(Box::new(self.message(actor, draft)));
        let commands = vec![Command::SetStatus(StatusChange::to(active)), message];
        let step = Step { target: Target::Existing(closed.id.into()), commands, vouched: false };
        let outcome = self.desk.execute(&self.tenant, &Who::System, &[step], options).await?;
        Ok(Replied::Reopened(Request::of(&outcome.ticket, &context.settings)))
    }

    /// A merged request goes on where it went, if that is the requester's own to see; else it becomes a new one,
    /// since nobody's message may surface in somebody else's request.
    async fn redirected(
        &self,
        who: &Who,
        contact: &Contact,
        closed: &Ticket,
        target: TicketId,
        draft: MessageDraft,
        options: &Options,
    ) -> Result<Replied, Error> {
        let system = self.agent(&Who::System);
        // A target that was deleted since leads nowhere; the message must not be lost with it.
        let target = match system.show(target).await {
            Ok(view) => system.followed(view.ticket).await,
            Err(error) => Err(error),
        };
        let Ok(target) = target else { return self.follow_up(who, contact, closed, draft, options).await };
        let context = self.desk.bare_context(&self.tenant, who).await?;
        let own = self.desk.authorise(&context, Action::TicketReply, Some(&target)).is_ok();
        if !own || target.status_category == StatusCategory::Closed {
            return self.follow_up(who, contact, closed, draft, options).await;
        }
        let message = Command::AddMessage(Box::new(self.message(Actor::Requester(contact.id.clone()), draft)));
        let outcome = self.desk.execute(&self.tenant, who, &[Step::on(target.id, message)], options).await?;
        Ok(Replied::Redirected(Request::of(&outcome.ticket, &context.settings)))
    }
}
