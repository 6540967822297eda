//! The program `router2mqtt`. Everything is in the library.

fn main() {}
