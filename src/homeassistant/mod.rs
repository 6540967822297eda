//! Home Assistant's discovery: the world in, topics and payloads out, no I/O.

mod style;

pub use style::{Layout, Style};
