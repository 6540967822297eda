//! Messages on their way to real servers on this machine.

mod figures;
mod posting;
mod receiver;
mod summaries;
