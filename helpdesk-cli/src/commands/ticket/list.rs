//! `ticket list`: every condition that helpdesk people expect, read into the core's filter.

use helpdesk_core::access::Action;
use helpdesk_core::desk::{AgentDesk, Error, ListRequest, RequesterDesk};
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, CategoryId, OrganizationId, Requester, TeamId};
use helpdesk_core::query::{Assignee, Cursor, PageSize, TicketFilter, TimeRange};
use helpdesk_core::sla::{Seconds, Span};
use helpdesk_core::text::Invalid;
use helpdesk_core::ticket::{Channel, Tag, TicketKind};

use crate::args::{Filter, List, Page};
use crate::env::{Acting, Env, instant, integer, own_id};
use crate::failure::Failure;
use crate::lang::Phrase;
use crate::output::{
    Beside, Listed, request_object, request_row, request_sheet, ticket_object, ticket_row, ticket_sheet,
};

/// Lists tickets.
///
/// # Errors
/// If a condition is not well-formed, or the cursor belongs to another list.
pub(super) async fn run(options: &List, env: &Env) -> Result<(), Failure> {
    match env.acting(&env.tenant().await?)? {
        Acting::Agent(agent) => {
            let filter = filter(&options.filter, &agent, env).await?;
            let sort = options.sort.as_deref().map(str::parse).transpose()?.unwrap_or_default();
            let request = ListRequest { filter, sort, ..page(&options.page)? };
            print(&agent, &request, options.page.no_total, env).await
        }
        Acting::Requester(requester) => own(options, &requester, env).await,
    }
}

/// Prints a page of tickets.
///
/// # Errors
/// As [`run`].
pub(crate) async fn print(
    agent: &AgentDesk<'_>,
    request: &ListRequest,
    no_total: bool,
    env: &Env,
) -> Result<(), Failure> {
    let listing = agent.list(request).await?;
    let total = if no_total { None } else { Some(agent.total(&request.filter).await?) };
    let next = listing.next.as_ref().map(|cursor| cursor.as_str().to_owned());
    let mut listed =
        Listed { schema: "helpdesk/ticket.list/1", sheet: ticket_sheet(), total, next, ..Listed::default() };
    for row in listing.rows {
        let beside = Beside { lock: row.lock, mark: row.mark, reader: agent.id().cloned() };
        listed.sheet.rows.push(ticket_row(&row.ticket, &beside, &env.output));
        listed.items.push(ticket_object(&row.ticket, &beside, &env.output));
    }
    env.output.list(listed)
}

/// Reads which page.
///
/// # Errors
/// If the limit is no number, or not the size of a page.
pub(crate) fn page(page: &Page) -> Result<ListRequest, Failure> {
    let size = PageSize::new(integer("limit", &page.limit)?)?;
    Ok(ListRequest { size, after: page.cursor.clone().map(Cursor::from), ..ListRequest::default() })
}

async fn own(options: &List, requester: &RequesterDesk<'_>, env: &Env) -> Result<(), Failure> {
    if options.filter != Filter::default() || options.sort.is_some() {
        let plain = Phrase(
            "a requester's list has no conditions and one order: leave them out",
            "die Liste eines Anfragenden hat keine Bedingungen und eine Reihenfolge: beides weglassen",
        );
        return Err(Failure::from(Error::Forbidden { action: Action::TicketRead }).hinting(plain));
    }
    let ListRequest { size, after, .. } = page(&options.page)?;
    let (requests, next) = requester.list(size, after).await?;
    let total = if options.page.no_total { None } else { Some(requester.total().await?) };
    let next = next.as_ref().map(|cursor| cursor.as_str().to_owned());
    let mut listed =
        Listed { schema: "helpdesk/request.list/1", sheet: request_sheet(), total, next, ..Listed::default() };
    for request in &requests {
        listed.sheet.rows.push(request_row(request, &env.output));
        listed.items.push(request_object(request, None));
    }
    env.output.list(listed)
}

async fn filter(options: &Filter, agent: &AgentDesk<'_>, env: &Env) -> Result<TicketFilter, Failure> {
    let assignee = match (&options.assignee, options.mine, options.unassigned) {
        (_, true, _) => Some(Assignee::Agent(own_id(agent)?)),
        (_, _, true) => Some(Assignee::Nobody),
        (Some(agent), ..) => Some(Assignee::Agent(AgentId::new(agent)?)),
        (None, ..) => None,
    };
    let requester = match &options.requester {
        Some(who) => Some(agent.contact(&Requester::parse(who)?).await?.value.id),
        None => None,
    };
    let base = if options.unread { TicketFilter::unread() } else { TicketFilter::all() };
    let filter = TicketFilter {
        assignee,
        requester,
        team: options.team.clone().map(TeamId::new).transpose()?,
        category: options.category.clone().map(CategoryId::new).transpose()?,
        organization: options.org.clone().map(OrganizationId::new).transpose()?,
        kind: options.kind.clone().map(TicketKind::new).transpose()?,
        channel: options.channel.clone().map(Channel::new).transpose()?,
        tags: options.tag.iter().map(|tag| Tag::new(tag)).collect::<Result<_, _>>()?,
        priorities: options.priority.iter().map(|priority| priority.parse()).collect::<Result<_, _>>()?,
        participant: if options.watching { Some(Actor::Agent(own_id(agent)?)) } else { None },
        overdue: options.overdue,
        due_before: options.due.as_deref().map(|span| due_before(span, env)).transpose()?,
        breached: options.breached,
        locked: options.locked,
        created: range("created", options.created_after.as_deref(), options.created_before.as_deref())?,
        updated: range("updated", options.updated_after.as_deref(), options.updated_before.as_deref())?,
        words: options.words.clone().unwrap_or_default(),
        ..base
    };
    if options.status.is_empty() {
        return Ok(filter);
    }
    let settings = agent.tenant_settings().await?;
    let words: Vec<&str> = options.status.iter().map(String::as_str).collect();
    Ok(filter.of_status(&words, &settings.workflow)?)
}

/// The end of a span from now: `<2h` and `2h` are the same.
fn due_before(span: &str, env: &Env) -> Result<Timestamp, Failure> {
    let expected = || Invalid::malformed("due", "a span such as <2h or 30m, of at most ten years");
    let span = match span.strip_prefix('<').unwrap_or(span).parse() {
        Ok(Span::Time(span)) if span <= Seconds::days(3653) => span,
        _ => return Err(expected().into()),
    };
    Ok(env.output.now.checked_add_signed(span.as_delta()).ok_or_else(expected)?)
}

fn range(field: &'static str, from: Option<&str>, to: Option<&str>) -> Result<TimeRange, Failure> {
    let read = |text: Option<&str>| text.map(|text| instant(field, text)).transpose();
    Ok(TimeRange { from: read(from)?, to: read(to)? })
}
