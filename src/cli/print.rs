//! The only place that prints. Results go to standard output, everything about them to standard error.

use std::io::{self, Write};

/// Prints a result, and makes sure that whoever reads it has it.
pub(super) fn result(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")?;
    out.flush()
}

/// Prints what is wrong, or worth knowing. When even that is impossible, the exit code has to say it.
pub(super) fn complaint(text: &str) {
    drop(writeln!(io::stderr().lock(), "{text}"));
}

/// Where results go that are too long to be put together first. What cannot be written is an error of the write.
pub(super) fn stream() -> impl Write {
    io::BufWriter::new(io::stdout().lock())
}
