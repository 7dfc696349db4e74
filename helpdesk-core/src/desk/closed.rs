//! What a requester's message to a closed request comes to: a new one, a reopening, a redirection, or a refusal.

use super::context::defined_fields;
use super::step::{Step, Target};
use super::who::Who;
use super::{Error, Options, Outcome, Replied, RequesterDesk, TicketRef};
use crate::access::{Action, Request};
use crate::settings::ClosedReply;
use crate::store::IdempotencyKey;
use crate::ticket::{
    Command, Link, LinkKind, MessageDraft, NewTicket, Rejection, StatusCategory, StatusChange, Ticket, TicketId,
};

/// A message that found its request closed.
pub(super) struct Late<'a> {
    pub(super) draft: MessageDraft,
    pub(super) options: &'a Options,
    /// The caller's key, for the reply as it was asked for: what it comes to may differ from call to call.
    pub(super) asked: Option<IdempotencyKey>,
}

impl RequesterDesk<'_> {
    /// A message to a closed or merged request never changes it; the tenant's policy answers.
    pub(super) async fn reply_to_closed(
        &self,
        ticket: TicketRef,
        late: Late<'_>,
        answer: ClosedReply,
        merged_into: Option<TicketId>,
    ) -> Result<Replied, Error> {
        let closed = self.agent(self.who()).show(ticket).await?.ticket;
        match (merged_into, answer) {
            (Some(target), _) => self.redirected(&closed, target, late).await,
            (None, ClosedReply::NewTicket) => self.follow_up(&closed, late).await,
            (None, ClosedReply::Reopened) => self.reopened(&closed, late).await,
            (None, ClosedReply::Rejected) => Err(Rejection::TicketClosed { answer, merged_into: None }.into()),
        }
    }

    /// A new request that goes on from the closed one; both ends of the link in one act.
    async fn follow_up(&self, closed: &Ticket, late: Late<'_>) -> Result<Replied, Error> {
        let ticket = NewTicket {
            category: closed.category.clone(),
            team: closed.team.clone(),
            channel: late.draft.channel.clone().unwrap_or_else(|| closed.channel.clone()),
            fields: defined_fields(closed, &*self.settings().await?),
            links: [Link { kind: LinkKind::FollowUpOf, ticket: closed.id }].into(),
            message: Some(self.message(late.draft.clone())),
            ..NewTicket::new(closed.content.subject.clone())
        };
        let new = self.new_step();
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
        let outcome = self.instead(&self.who(), &steps, &late, "follow-up").await?;
        Ok(Replied::NewTicket(self.view(&outcome.ticket).await?))
    }

    /// The desk itself moves the ticket, then the message is added; only while it stands as it was seen.
    async fn reopened(&self, closed: &Ticket, late: Late<'_>) -> Result<Replied, Error> {
        let settings = self.settings().await?;
        let active = settings.workflow.first(StatusCategory::Active);
        let active = active.ok_or(Rejection::NoStatusFor("active"))?.key.clone();
        let message = Command::AddMessage(Box::new(self.message(late.draft)));
        let commands = vec![Command::SetStatus(StatusChange::to(active)), message];
        let step = Step { target: Target::Existing(closed.id.into()), commands, vouched: false };
        let options = Options { expecting: Some(closed.version), ..late.options.clone() };
        let who = Who::OnBehalf(self.requester.clone());
        // Under the very key: once it is open, the same call is found there and does not write again.
        let outcome = self.desk.execute_under(&self.tenant, &who, &[step], &options, late.asked).await?;
        Ok(Replied::Reopened(Request::of(&outcome.ticket, &settings)))
    }

    /// A merged request goes on where it went, if that is the requester's own to see; else it becomes a new one,
    /// since nobody's message may surface in somebody else's request.
    async fn redirected(&self, closed: &Ticket, target: TicketId, late: Late<'_>) -> Result<Replied, Error> {
        let system = self.agent(Who::System);
        let target = match system.show(target).await {
            Ok(view) => system.followed(view.ticket).await,
            Err(error) => Err(error),
        };
        let target = match target {
            Ok(target) => target,
            Err(fault @ Error::Store(_)) => return Err(fault),
            // A target that was deleted since leads nowhere; the message must not be lost with it.
            Err(_) => return self.follow_up(closed, late).await,
        };
        let context = self.desk.bare_context(&self.tenant, &self.who()).await?;
        let own = self.desk.authorise(&context, Action::TicketReply, Some(&target)).is_ok();
        if !own || target.status_category == StatusCategory::Closed {
            return self.follow_up(closed, late).await;
        }
        let step = Step::on(target.id, Command::AddMessage(Box::new(self.message(late.draft.clone()))));
        let outcome = self.instead(&self.who(), &[step], &late, "redirected").await?;
        Ok(Replied::Redirected(Request::of(&outcome.ticket, &context.settings)))
    }

    /// Does something else than what was asked, under a key of its own: the closed request stays closed, so that the
    /// same call comes here again and finds it.
    async fn instead(&self, who: &Who, steps: &[Step], late: &Late<'_>, way: &str) -> Result<Outcome, Error> {
        let key = late.asked.clone().map(|asked| IdempotencyKey { key: format!("{}/{way}", asked.key), ..asked });
        self.desk.execute_under(&self.tenant, who, steps, late.options, key).await
    }
}
