//! Messages on their way to real servers on this machine.

mod figures;
#[allow(unreachable_pub, missing_docs, reason = "the tests from outside use it, too")]
#[path = "../../../tests/support/posted.rs"]
mod posted;
mod posting;
mod receiver;
mod summaries;
