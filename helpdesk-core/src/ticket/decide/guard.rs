//! Which commands honour the edit lock, and what the tenant's policy makes of it.

use super::Draft;
use crate::party::Actor;
use crate::ticket::{Command, LinkKind, LockPolicy, LockRefused, Rejection, Visibility, Warning};

/// Public replies by agents, status, assignment and merge honour the lock; everything else never needs it.
pub fn honours_lock(command: &Command) -> bool {
    match command {
        Command::AddMessage(new) => matches!(new.author, Actor::Agent(_)) && new.visibility == Visibility::Public,
        // The other end of a merge.
        Command::AddLink(link) => link.kind == LinkKind::MergedFrom,
        Command::SetStatus(_)
        | Command::Assign(_)
        | Command::SetTeam(_)
        | Command::Claim
        | Command::MergeInto(_)
        | Command::Unmerge
        | Command::MarkSpam
        | Command::NotSpam
        | Command::Delete => true,
        _ => false,
    }
}

/// Refuses, warns or lets pass.
pub(super) fn lock(draft: &mut Draft<'_>, command: &Command) -> Result<(), Rejection> {
    let Actor::Agent(agent) = draft.facts.actor else { return Ok(()) };
    if !honours_lock(command) {
        return Ok(());
    }
    let (slot, policy) = (draft.facts.lock, draft.facts.settings.lock.policy);
    if let Some(shown) = draft.facts.token
        && !slot.is_newest_of(agent, shown)
    {
        return Err(match slot.held_by_other(Some(agent), draft.facts.now) {
            Some(held) => LockRefused::Held { by: held.holder.clone(), until: held.expires_at }.into(),
            None => LockRefused::Stale { shown, newest: slot.token }.into(),
        });
    }
    if let Some(held) = slot.held_by_other(Some(agent), draft.facts.now) {
        if policy != LockPolicy::Advisory {
            return Err(LockRefused::Held { by: held.holder.clone(), until: held.expires_at }.into());
        }
        draft.warn(Warning::LockedByOther { by: held.holder.clone(), until: held.expires_at });
        return Ok(());
    }
    let own = slot.running(draft.facts.now).is_some() && draft.facts.token == Some(slot.token);
    if policy == LockPolicy::Required && matches!(command, Command::AddMessage(_)) && !own {
        return Err(Rejection::LockRequired);
    }
    Ok(())
}
