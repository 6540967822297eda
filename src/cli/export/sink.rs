use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Format;
use super::line::{COLUMNS, Line};
use crate::cli::print;

/// Where the rows go, one by one.
pub(super) struct Sink {
    form: Form,
    draft: Option<Draft>,
    rows: usize,
}

enum Form {
    Csv(Box<csv::Writer<Box<dyn Write>>>),
    Json(Box<dyn Write>),
}

/// A file that takes the place of another one when it is complete, and is taken away when it will not be.
struct Draft {
    path: PathBuf,
    target: PathBuf,
    is_complete: bool,
}

impl Sink {
    /// On standard output, or into a file.
    pub(super) fn open(format: Format, out: Option<&Path>) -> anyhow::Result<Self> {
        let (target, draft): (Box<dyn Write>, _) = match out {
            None => (Box::new(print::stream()), None),
            Some(out) => {
                let (file, draft) = begin(out).with_context(|| format!("cannot write {}", out.display()))?;
                (Box::new(BufWriter::new(file)), draft)
            }
        };
        let form = match format {
            Format::Csv => {
                Form::Csv(Box::new(csv::WriterBuilder::new().has_headers(false).from_writer(target)))
            }
            Format::Json => Form::Json(target),
        };
        let mut sink = Self { form, draft, rows: 0 };
        if let Form::Csv(table) = &mut sink.form {
            table.write_record(COLUMNS).map_err(plain)?;
        }
        Ok(sink)
    }

    /// Writes a row.
    pub(super) fn write(&mut self, line: &Line) -> io::Result<()> {
        match &mut self.form {
            Form::Csv(table) => table.serialize(line).map_err(plain)?,
            Form::Json(list) => {
                list.write_all(if self.rows == 0 { b"[\n" } else { b",\n" })?;
                serde_json::to_writer(list, line)?;
            }
        }
        self.rows += 1;
        Ok(())
    }

    /// Sees to it that everything is where it should be, and gives how many rows there are.
    pub(super) fn finish(mut self) -> anyhow::Result<usize> {
        match &mut self.form {
            Form::Csv(table) => table.flush()?,
            Form::Json(list) => {
                list.write_all(if self.rows == 0 { b"[]\n" } else { b"\n]\n" })?;
                list.flush()?;
            }
        }
        if let Some(draft) = &mut self.draft {
            draft.complete().with_context(|| format!("cannot write {}", draft.target.display()))?;
        }
        Ok(self.rows)
    }
}

/// The error beneath, so that a reader who has gone away is known as such.
fn plain(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Begins a file. What is not a plain one, such as a pipe or `/dev/stdout`, is written to as it is: another file must not take
/// its place.
fn begin(target: &Path) -> io::Result<(File, Option<Draft>)> {
    match fs::metadata(target) {
        Ok(known) if known.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
        Ok(known) if !known.is_file() => Ok((File::options().write(true).open(target)?, None)),
        // A link stays one: what it leads to is replaced.
        Ok(_) => Draft::begin(&target.canonicalize()?).map(|(file, draft)| (file, Some(draft))),
        Err(_) => Draft::begin(target).map(|(file, draft)| (file, Some(draft))),
    }
}

impl Draft {
    fn begin(target: &Path) -> io::Result<(File, Self)> {
        let mut name = target.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(".part");
        let path = target.with_file_name(name);
        Ok((File::create(&path)?, Self { path, target: target.to_owned(), is_complete: false }))
    }

    fn complete(&mut self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()?;
        fs::rename(&self.path, &self.target)?;
        self.is_complete = true;
        Ok(())
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_complete {
            drop(fs::remove_file(&self.path));
        }
    }
}
