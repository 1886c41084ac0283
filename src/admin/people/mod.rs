//! People: who may sign in, what they may do and where.
//!
//! - [`handlers`], [`pages`]: `/admin/people` and `/admin/people/{person}`.
//! - [`branch`]: a role in a branch that exists. What is done to people is in [`crate::accounts::people`].

pub mod branch;
pub mod handlers;
pub mod pages;
