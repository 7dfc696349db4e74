//! Who may do and see what: one total function of actor, action and facts, and the requester's view by allow-list.

mod action;
mod policy;
mod principal;
mod request_view;

pub use action::Action;
pub use policy::{AccessPolicy, RolePolicy};
pub use principal::Principal;
pub use request_view::{PublicMessage, Request};
