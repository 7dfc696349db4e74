//! Conditions as SQL: the index range of an arm, and what of the filter that range does not ensure. What the
//! conditions mean is [`TicketQuery::matches`]; a test holds both against each other.

use chrono::SubsecRound;
use helpdesk_core::env::{to_micros, to_micros_up};
use helpdesk_core::party::{AgentId, CategoryId, ContactId, OrganizationId, TeamId};
use helpdesk_core::query::{Assignee, Sort, TicketQuery, terms};
use helpdesk_core::ticket::{Channel, StatusKey, TicketKind};

use super::dialect::Dialect;
use super::sql::{Param, Sql};
use super::value::Value;
use crate::rows::index::{reader, shelf};
use crate::rows::plan::{Arm, Source};

/// Adds `FROM … WHERE …` of an arm; the ticket is `t`.
pub(crate) fn arm(sql: &mut Sql, dialect: &Dialect, tenant: Param, query: &TicketQuery, arm: &Arm) {
    range(sql, dialect, tenant, query, arm);
    residue(sql, dialect, tenant, query, arm);
}

fn range(sql: &mut Sql, dialect: &Dialect, tenant: Param, query: &TicketQuery, arm: &Arm) {
    let hint = (dialect.hint)(arm.source);
    match arm.source {
        Source::Tag | Source::Term | Source::Participant => {
            sql.push(" FROM helpdesk_value AS g").push(hint);
            sql.push(" JOIN helpdesk_ticket AS t").push(dialect.by_key);
            sql.push(" ON t.tenant = g.tenant AND t.id = g.ticket");
        }
        _ => {
            sql.push(" FROM helpdesk_ticket AS t").push(hint);
        }
    }
    let text = |sql: &mut Sql| sql.param(Value::from(arm.value.as_deref()));
    let value = match arm.source {
        Source::Created | Source::Updated | Source::Due => {
            let (shelf, status) = arm.place.clone().unwrap_or_default();
            let params = [tenant, sql.param(shelf), sql.param(status)];
            sql.add(" WHERE t.tenant = ? AND t.shelf = ? AND t.status = ?", &params);
            None
        }
        Source::Assignee => Some(" WHERE t.tenant = ? AND t.assignee = ?"),
        Source::Team => Some(" WHERE t.tenant = ? AND t.team = ?"),
        Source::Category => Some(" WHERE t.tenant = ? AND t.category = ?"),
        Source::Requester => Some(" WHERE t.tenant = ? AND t.requester = ?"),
        Source::Organization => Some(" WHERE t.tenant = ? AND t.organization = ?"),
        Source::Tag => Some(" WHERE g.tenant = ? AND g.kind = 'tag' AND g.value = ?"),
        Source::Term => Some(" WHERE g.tenant = ? AND g.kind = 'term' AND g.value = ?"),
        Source::Participant => Some(" WHERE g.tenant = ? AND g.kind = 'party' AND g.value = ?"),
        Source::Unassigned => {
            sql.add(" WHERE t.tenant = ? AND t.assignee IS NULL", &[tenant]);
            None
        }
        Source::Locked => {
            let now = sql.param(to_micros(query.now));
            sql.add(" WHERE t.tenant = ? AND t.lock_until > ? AND t.live >= 0", &[tenant, now]);
            None
        }
        Source::Breach => {
            let second = sql.param(to_micros(query.now.trunc_subsecs(0)));
            sql.add(" WHERE t.tenant = ? AND t.breach_at < ?", &[tenant, second]);
            None
        }
    };
    if let Some(condition) = value {
        let value = text(sql);
        sql.add(condition, &[tenant, value]);
    }
    if let Some(live) = arm.live {
        let live = sql.param(live);
        let by_value = matches!(arm.source, Source::Tag | Source::Term | Source::Participant);
        sql.add(if by_value { " AND g.live = ?" } else { " AND t.live = ?" }, &[live]);
    }
    if let Some((prio, window)) = &arm.range {
        let params = [sql.param(*prio), sql.param(window.low.0), sql.param(window.high.0)];
        sql.add(
            match arm.source {
                Source::Updated => " AND t.prio = ? AND t.updated_at >= ? AND t.updated_at <= ?",
                Source::Due => " AND t.prio = ? AND t.due_at >= ? AND t.due_at <= ?",
                _ => " AND t.prio = ? AND t.created_at >= ? AND t.created_at <= ?",
            },
            &params,
        );
        ends(sql, arm.source, &window.low, &window.high);
    }
}

/// The ids at both ends of a window, which are outside of it. No id at an end: everything there is inside below, and
/// nothing above.
fn ends(sql: &mut Sql, source: Source, low: &(i64, Vec<u8>), high: &(i64, Vec<u8>)) {
    let id = |bytes: &[u8]| uuid::Uuid::from_slice(bytes).ok();
    if let Some(id) = id(&low.1) {
        let params = [sql.param(low.0), sql.param(id)];
        sql.add(
            match source {
                Source::Updated => " AND (t.updated_at > ? OR t.id > ?)",
                Source::Due => " AND (t.due_at > ? OR t.id > ?)",
                _ => " AND (t.created_at > ? OR t.id > ?)",
            },
            &params,
        );
    }
    if let Some(id) = id(&high.1) {
        let params = [sql.param(high.0), sql.param(id)];
        sql.add(
            match source {
                Source::Updated => " AND (t.updated_at < ? OR t.id < ?)",
                Source::Due => " AND (t.due_at < ? OR t.id < ?)",
                _ => " AND (t.created_at < ? OR t.id < ?)",
            },
            &params,
        );
    } else if high.1.is_empty() {
        let high = sql.param(high.0);
        sql.add(
            match source {
                Source::Updated => " AND t.updated_at < ?",
                Source::Due => " AND t.due_at < ?",
                _ => " AND t.created_at < ?",
            },
            &[high],
        );
    }
}

/// What the range does not ensure.
fn residue(sql: &mut Sql, dialect: &Dialect, tenant: Param, query: &TicketQuery, arm: &Arm) {
    let filter = &query.filter;
    let ensured = |source| arm.of_filter && arm.source == source;
    if arm.place.is_none() {
        place(sql, dialect, query, arm.range.is_some());
    }
    let except = (arm.except.0.as_deref(), arm.except.1.as_deref());
    for (wanted, source, text) in [
        (filter.team.as_ref().map(TeamId::as_str), Some(Source::Team), " AND t.team = ?"),
        (filter.category.as_ref().map(CategoryId::as_str), Some(Source::Category), " AND t.category = ?"),
        (filter.requester.as_ref().map(ContactId::as_str), Some(Source::Requester), " AND t.requester = ?"),
        (
            filter.organization.as_ref().map(OrganizationId::as_str),
            Some(Source::Organization),
            " AND t.organization = ?",
        ),
        (assignee(query), Some(Source::Assignee), " AND t.assignee = ?"),
        (filter.kind.as_ref().map(TicketKind::as_str), None, " AND t.kind = ?"),
        (filter.channel.as_ref().map(Channel::as_str), None, " AND t.channel = ?"),
        (except.0, None, dialect.requester_not),
        (except.1, None, dialect.organization_not),
    ] {
        if let Some(wanted) = wanted.filter(|_| !source.is_some_and(ensured)) {
            let wanted = sql.param(wanted);
            sql.add(text, &[wanted]);
        }
    }
    if filter.assignee == Some(Assignee::Nobody) && !ensured(Source::Unassigned) {
        sql.push(" AND t.assignee IS NULL");
    }
    times(sql, query, arm);
    beside(sql, tenant, query, arm);
}

fn assignee(query: &TicketQuery) -> Option<&str> {
    match &query.filter.assignee {
        Some(Assignee::Agent(agent)) => Some(agent.as_str()),
        _ => None,
    }
}

/// Status and priority.
pub(crate) fn place(sql: &mut Sql, dialect: &Dialect, query: &TicketQuery, has_prio: bool) {
    let filter = &query.filter;
    // A tombstone's shelf is -1; the lists and counts that ask here without a shelf ask for `live`, or leave it out.
    if !filter.categories.is_empty() {
        let mask = sql.param(filter.categories.iter().fold(0_i64, |mask, category| mask | 1 << shelf(*category)));
        sql.add(" AND t.shelf >= 0 AND (? >> t.shelf) & 1 = 1", &[mask]);
    }
    if !filter.statuses.is_empty() {
        let statuses = sql.param(Value::texts(filter.statuses.iter().map(StatusKey::as_str)));
        sql.add(dialect.status_in, &[statuses]);
    }
    if !filter.priorities.is_empty() && !has_prio {
        let mask = sql.param(filter.priorities.iter().fold(0_i64, |mask, priority| mask | 1 << Sort::rank(*priority)));
        sql.add(" AND (? >> t.prio) & 1 = 1", &[mask]);
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
    let value = |sql: &mut Sql, kind: &'static str, value: String| {
        let value = sql.param(value);
        sql.add(kind, &[tenant, value]);
    };
    for tag in filter.tags.iter().skip(usize::from(driven(Source::Tag))) {
        value(sql, TAGGED, tag.as_str().to_owned());
    }
    if let Some(party) = filter.participant.as_ref().filter(|_| !driven(Source::Participant)) {
        value(sql, WITH_PARTY, party.to_string());
    }
    if !filter.words.is_empty() {
        let leading = arm.value.as_ref().filter(|_| driven(Source::Term));
        for term in terms(&filter.words).into_iter().filter(|term| Some(term) != leading) {
            value(sql, WITH_TERM, term);
        }
    }
    if filter.locked && !driven(Source::Locked) {
        let now = sql.param(to_micros(query.now));
        sql.add(" AND t.lock_until > ?", &[now]);
    }
    if let Some(agent) = query.reader.as_ref().filter(|_| filter.unread) {
        let (author, agent) = (sql.param(reader(agent)), sql.param(AgentId::as_str(agent)));
        sql.add(
            " AND (CASE WHEN t.last_author = ? THEN t.other_seq ELSE t.last_seq END) > \
             coalesce((SELECT x.position FROM helpdesk_mark AS x \
             WHERE x.tenant = ? AND x.ticket = t.id AND x.agent = ?), 0)",
            &[author, tenant, agent],
        );
    }
}

const TAGGED: &str = " AND EXISTS (SELECT 1 FROM helpdesk_value AS x WHERE x.tenant = ? AND x.kind = 'tag' \
     AND x.value = ? AND x.live = t.live AND x.ticket = t.id)";
const WITH_PARTY: &str = " AND EXISTS (SELECT 1 FROM helpdesk_value AS x WHERE x.tenant = ? AND x.kind = 'party' \
     AND x.value = ? AND x.live = t.live AND x.ticket = t.id)";
const WITH_TERM: &str = " AND EXISTS (SELECT 1 FROM helpdesk_value AS x WHERE x.tenant = ? AND x.kind = 'term' \
     AND x.value = ? AND x.live = t.live AND x.ticket = t.id)";
