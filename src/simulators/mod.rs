//! Each family's box as a real HTTP server: its real login, living values, and its faults.
//!
//! Built from the protocol references, not from the drivers, and knows nothing of them.

mod altibox;
mod books;
mod certificate;
mod flow;
mod freebox;
mod habits;
mod hitron;
mod http;
mod huawei_b593;
mod huawei_hilink;
mod lock;
mod meter;
mod replay;
mod seed;
mod server;
mod start;
mod tally;
mod tplink;
mod trouble;
mod uptime;

pub use books::{Answered, Books};
pub use certificate::Certificate;
pub use habits::Habits;
pub use http::{Framing, HttpRequest, HttpResponse};
pub use meter::Passed;
pub use replay::replay;
pub use seed::Noise;
pub use server::{Appliance, Power};
pub use start::{FAMILIES, Family, Options, Parts, Running, StartError, start};
pub use tally::Tally;
pub use trouble::{Trouble, Troubles, UnknownTrouble};
