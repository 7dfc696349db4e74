//! Conditions as SQL: the index range of an arm, and what of the filter that range does not ensure. What the
//! conditions mean is [`TicketQuery::matches`]; a test holds both against each other.

use chrono::SubsecRound;
use helpdesk_core::env::{to_micros, to_micros_up};
use helpdesk_core::party::{AgentId, CategoryId, ContactId, OrganizationId, TeamId};
use helpdesk_core::query::{Assignee, Sort, TicketQuery, terms};

use super::sql::{Param, Sql};
use crate::rows::columns::list;
use crate::rows::index::{reader, shelf};
use crate::rows::plan::{Arm, Source};

/// Adds `FROM … WHERE …` of an arm; the ticket is `t`.
pub(super) fn arm(sql: &mut Sql, tenant: Param, query: &TicketQuery, arm: &Arm) {
    range(sql, tenant, query, arm);
    residue(sql, tenant, query, arm);
}

fn range(sql: &mut Sql, tenant: Param, query: &TicketQuery, arm: &Arm) {
    let (text, windowed) = source(arm.source);
    let mut params = vec![tenant];
    if let Some((shelf, status)) = &arm.place {
        params.extend([sql.param(*shelf), sql.param(status.as_str())]);
    }
    match (arm.source, &arm.value) {
        (Source::Locked, _) => params.push(sql.param(to_micros(query.now))),
        // The live ones apart, and of each those from before this second.
        (Source::Breach, _) => {
            params.extend(arm.live.map(|live| sql.param(live)));
            let second = query.now.trunc_subsecs(0);
            params.push(sql.param(to_micros(second)));
            sql.add(text, &params);
            return;
        }
        (Source::Unassigned, _) | (_, None) => {}
        (_, Some(value)) => params.push(sql.param(value.as_str())),
    }
    params.extend(arm.live.map(|live| sql.param(live)));
    sql.add(text, &params);
    if let Some((rank, window)) = &arm.range {
        let (rank, low, high) = (sql.param(*rank), window.low.clone(), window.high.clone());
        let bounds = [sql.param(low.0), sql.param(low.1), sql.param(high.0), sql.param(high.1)];
        sql.add(" AND t.rank = ?", &[rank]).add(windowed, &bounds);
    }
}

/// The range of each source, and its bounds behind the rank.
fn source(source: Source) -> (&'static str, &'static str) {
    const BY_CREATED: &str = " AND (t.created_at, t.id) > (?, ?) AND (t.created_at, t.id) < (?, ?)";
    const BY_UPDATED: &str = " AND (t.updated_at, t.id) > (?, ?) AND (t.updated_at, t.id) < (?, ?)";
    const BY_DUE: &str = " AND (t.due_at, t.id) > (?, ?) AND (t.due_at, t.id) < (?, ?)";
    match source {
        Source::Created => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_created \
             WHERE t.tenant = ? AND t.shelf = ? AND t.status = ?",
            BY_CREATED,
        ),
        Source::Updated => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_updated \
             WHERE t.tenant = ? AND t.shelf = ? AND t.status = ?",
            BY_UPDATED,
        ),
        Source::Due => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_due \
             WHERE t.tenant = ? AND t.shelf = ? AND t.status = ?",
            BY_DUE,
        ),
        Source::Assignee => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_assignee \
             WHERE t.tenant = ? AND t.assignee = ? AND t.live = ?",
            BY_CREATED,
        ),
        Source::Unassigned => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_assignee \
             WHERE t.tenant = ? AND t.assignee IS NULL AND t.live = ?",
            BY_CREATED,
        ),
        Source::Team => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_team \
             WHERE t.tenant = ? AND t.team = ? AND t.live = ?",
            BY_CREATED,
        ),
        Source::Category => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_category \
             WHERE t.tenant = ? AND t.category = ? AND t.live = ?",
            BY_CREATED,
        ),
        Source::Requester => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_requester \
             WHERE t.tenant = ? AND t.requester = ? AND t.live = ?",
            BY_CREATED,
        ),
        Source::Organization => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_organization \
             WHERE t.tenant = ? AND t.organization = ? AND t.live = ?",
            BY_CREATED,
        ),
        Source::Tag => (
            " FROM helpdesk_tag AS g CROSS JOIN helpdesk_ticket AS t ON t.row = g.row \
             WHERE g.tenant = ? AND g.tag = ? AND g.live = ?",
            "",
        ),
        Source::Term => (
            " FROM helpdesk_term AS g CROSS JOIN helpdesk_ticket AS t ON t.row = g.row \
             WHERE g.tenant = ? AND g.term = ? AND g.live = ?",
            "",
        ),
        Source::Participant => (
            " FROM helpdesk_participant AS g CROSS JOIN helpdesk_ticket AS t ON t.row = g.row \
             WHERE g.tenant = ? AND g.party = ? AND g.live = ?",
            "",
        ),
        Source::Breach => (
            " FROM helpdesk_ticket AS t INDEXED BY helpdesk_ticket_breach \
             WHERE t.tenant = ? AND t.live = ? AND t.breach_at < ?",
            "",
        ),
        Source::Locked => (
            " FROM helpdesk_lock AS g INDEXED BY helpdesk_lock_expires CROSS JOIN helpdesk_ticket AS t \
             ON t.tenant = g.tenant AND t.id = g.ticket WHERE g.tenant = ? AND g.expires_at > ? AND t.live >= 0",
            "",
        ),
    }
}

/// What the range does not ensure.
fn residue(sql: &mut Sql, tenant: Param, query: &TicketQuery, arm: &Arm) {
    let filter = &query.filter;
    let ensured = |source| arm.of_filter && arm.source == source;
    if arm.place.is_none() {
        place(sql, query, arm.range.is_some());
    }
    let text = |sql: &mut Sql, wanted: Option<&str>, source, text: &'static str| {
        if let Some(wanted) = wanted.filter(|_| !ensured(source)) {
            let wanted = sql.param(wanted);
            sql.add(text, &[wanted]);
        }
    };
    text(sql, filter.team.as_ref().map(TeamId::as_str), Source::Team, " AND t.team = ?");
    text(sql, filter.category.as_ref().map(CategoryId::as_str), Source::Category, " AND t.category = ?");
    text(sql, filter.requester.as_ref().map(ContactId::as_str), Source::Requester, " AND t.requester = ?");
    let organization = filter.organization.as_ref().map(OrganizationId::as_str);
    text(sql, organization, Source::Organization, " AND t.organization = ?");
    match &filter.assignee {
        Some(Assignee::Agent(agent)) => {
            text(sql, Some(AgentId::as_str(agent)), Source::Assignee, " AND t.assignee = ?");
        }
        Some(Assignee::Nobody) if !ensured(Source::Unassigned) => {
            sql.push(" AND t.assignee IS NULL");
        }
        _ => {}
    }
    for (wanted, text) in [
        (filter.kind.as_ref().map(helpdesk_core::ticket::TicketKind::as_str), " AND t.kind = ?"),
        (filter.channel.as_ref().map(helpdesk_core::ticket::Channel::as_str), " AND t.channel = ?"),
        (arm.except.0.as_deref(), " AND t.requester IS NOT ?"),
        (arm.except.1.as_deref(), " AND t.organization IS NOT ?"),
    ] {
        if let Some(wanted) = wanted {
            let wanted = sql.param(wanted);
            sql.add(text, &[wanted]);
        }
    }
    times(sql, query, arm);
    beside(sql, tenant, query, arm);
}

/// Status and priority.
pub(super) fn place(sql: &mut Sql, query: &TicketQuery, has_rank: bool) {
    let filter = &query.filter;
    // A tombstone's shelf is -1, and no bit of a mask stands there.
    if !filter.categories.is_empty() {
        let mask = sql.param(filter.categories.iter().fold(0_i64, |mask, category| mask | 1 << shelf(*category)));
        sql.add(" AND (? >> t.shelf) & 1", &[mask]);
    }
    if !filter.statuses.is_empty() {
        let statuses = sql.param(list(filter.statuses.iter().map(helpdesk_core::ticket::StatusKey::as_str)));
        sql.add(" AND t.status IN (SELECT value FROM json_each(?))", &[statuses]);
    }
    if !filter.priorities.is_empty() && !has_rank {
        let mask = sql.param(filter.priorities.iter().fold(0_i64, |mask, priority| mask | 1 << Sort::rank(*priority)));
        sql.add(" AND (? >> t.rank) & 1", &[mask]);
    }
}

/// Time ranges, unless the arm's own range has them.
fn times(sql: &mut Sql, query: &TicketQuery, arm: &Arm) {
    let filter = &query.filter;
    let by_created = arm.range.is_some() && !matches!(arm.source, Source::Updated | Source::Due);
    let by_updated = arm.source == Source::Updated;
    for (at, covered, text) in [
        (filter.created.from, by_created, " AND t.created_at >= ?"),
        (filter.created.to, by_created, " AND t.created_at < ?"),
        (filter.updated.from, by_updated, " AND t.updated_at >= ?"),
        (filter.updated.to, by_updated, " AND t.updated_at < ?"),
        (filter.overdue.then_some(query.now), arm.source == Source::Due, " AND t.due_at < ?"),
        (filter.due_before, arm.source == Source::Due, " AND t.due_at < ?"),
        (
            filter.breached.then(|| query.now.trunc_subsecs(0)),
            arm.of_filter && arm.source == Source::Breach,
            " AND t.breach_at < ?",
        ),
    ] {
        if let Some(at) = at.filter(|_| !covered) {
            let at = sql.param(to_micros_up(at));
            sql.add(text, &[at]);
        }
    }
}

/// What stands in tables beside the ticket.
fn beside(sql: &mut Sql, tenant: Param, query: &TicketQuery, arm: &Arm) {
    let filter = &query.filter;
    let driven = |source| arm.of_filter && arm.source == source;
    for tag in filter.tags.iter().skip(usize::from(driven(Source::Tag))) {
        let tag = sql.param(tag.as_str());
        sql.add(
            " AND EXISTS (SELECT 1 FROM helpdesk_tag AS x \
             WHERE x.tenant = ? AND x.tag = ? AND x.live = t.live AND x.row = t.row)",
            &[tenant, tag],
        );
    }
    if let Some(party) = filter.participant.as_ref().filter(|_| !driven(Source::Participant)) {
        let party = sql.param(party.to_string());
        sql.add(
            " AND EXISTS (SELECT 1 FROM helpdesk_participant AS x \
             WHERE x.tenant = ? AND x.party = ? AND x.live = t.live AND x.row = t.row)",
            &[tenant, party],
        );
    }
    if !filter.words.is_empty() {
        let leading = arm.value.as_ref().filter(|_| driven(Source::Term));
        for term in terms(&filter.words).into_iter().filter(|term| Some(term) != leading) {
            let term = sql.param(term);
            sql.add(
                " AND EXISTS (SELECT 1 FROM helpdesk_term AS x \
                 WHERE x.tenant = ? AND x.term = ? AND x.live = t.live AND x.row = t.row)",
                &[tenant, term],
            );
        }
    }
    if filter.locked && !driven(Source::Locked) {
        let now = sql.param(to_micros(query.now));
        sql.add(
            " AND EXISTS (SELECT 1 FROM helpdesk_lock AS x \
             WHERE x.tenant = ? AND x.ticket = t.id AND x.expires_at > ?)",
            &[tenant, now],
        );
    }
    if let Some(agent) = query.reader.as_ref().filter(|_| filter.unread) {
        let (author, agent) = (sql.param(reader(agent)), sql.param(agent.as_str()));
        sql.add(
            " AND (CASE WHEN t.last_author = ? THEN t.other_seq ELSE t.last_seq END) > \
             coalesce((SELECT x.position FROM helpdesk_mark AS x \
             WHERE x.tenant = ? AND x.ticket = t.id AND x.agent = ?), 0)",
            &[author, tenant, agent],
        );
    }
}
