//! The text that the boxes speak: numbered acts on objects in, sections out. Requests have CRLF at the end of each line,
//! answers LF, as seen in captures.

use std::fmt;

/// The path of an instance: which one, of which one, …; zeros where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stack([u32; 6]);

impl Stack {
    /// Nothing in particular; the one instance of an object that has no others.
    pub const NONE: Self = Self([0; 6]);

    /// The path that begins like this.
    pub fn of(path: &[u32]) -> Self {
        let mut levels = [0; 6];
        levels.iter_mut().zip(path).for_each(|(level, number)| *level = *number);
        Self(levels)
    }

    /// Reads `1,2,0,0,0,0`.
    pub fn parse(text: &str) -> Option<Self> {
        let levels: Vec<u32> =
            text.split(',').map(|level| level.trim().parse().ok()).collect::<Option<_>>()?;
        levels.try_into().ok().map(Self)
    }

    /// Whether this is below `parent`; everything is below nothing in particular.
    pub fn is_under(self, parent: Self) -> bool {
        self.0.iter().zip(parent.0).all(|(level, above)| above == 0 || *level == above)
    }
}

impl fmt::Display for Stack {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0.map(|level| level.to_string()).join(","))
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// 1: one instance.
    Get,
    /// 2: changes one instance.
    Set,
    /// 3: makes one instance.
    Add,
    /// 4: removes one instance.
    Delete,
    /// 5: every instance.
    List,
    /// 6: the instances below another.
    ListUnder,
    /// 7: an operation.
    Operate,
    /// 8: a script.
    Call,
    /// 9, which nothing here allows.
    Other,
}

impl Method {
    fn parse(number: &str) -> Option<Self> {
        Some(match number {
            "1" => Self::Get,
            "2" => Self::Set,
            "3" => Self::Add,
            "4" => Self::Delete,
            "5" => Self::List,
            "6" => Self::ListUnder,
            "7" => Self::Operate,
            "8" => Self::Call,
            "9" => Self::Other,
            _ => return None,
        })
    }
}

/// One act of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Act {
    /// What is to be done.
    pub method: Method,
    /// With which object.
    pub oid: String,
    /// With which instance.
    pub stack: Stack,
    /// Below which instance.
    pub parent: Stack,
    /// What the sections of the answer are marked with.
    pub index: u32,
    /// The attributes, with their values when they are to be set.
    pub attrs: Vec<(String, Option<String>)>,
}

impl Act {
    /// The value that comes with an attribute.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|(known, _)| known == name)?.1.as_deref()
    }
}

/// What ends an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code(pub u32);

impl Code {
    /// All is well.
    pub const OK: Self = Self(0);
    /// The act is not possible with the object.
    pub const METHOD_NOT_SUPPORTED: Self = Self(9000);
    /// The name of an entry is that of another one.
    pub const NAME_TAKEN: Self = Self(1001);
    /// Another entry has this hardware address.
    pub const HOST_TAKEN: Self = Self(4710);
    /// No room for another entry.
    pub const TABLE_FULL: Self = Self(9812);
    /// Not for you.
    pub const REQUEST_DENIED: Self = Self(9001);
    /// One of many was asked for, without saying which.
    pub const INVALID_ARGUMENTS: Self = Self(9003);
    /// No such attribute.
    pub const INVALID_NAME: Self = Self(9005);
    /// No such value.
    pub const INVALID_VALUE: Self = Self(9007);
    /// No such object.
    pub const NO_OBJECT: Self = Self(9804);
    /// No such instance.
    pub const NO_INSTANCE: Self = Self(9805);
    /// Not the grammar.
    pub const FORMAT: Self = Self(71011);
    /// No such kind of act.
    pub const INVALID_METHOD: Self = Self(71015);
    /// No such script.
    pub const INVALID_CALL: Self = Self(71016);
    /// The lines do not end as they must.
    pub const LINE_ENDS: Self = Self(71111);
}

/// Reads the acts of a request.
///
/// # Errors
/// The code with which a box answers what it does not understand.
pub(super) fn parse(methods: &str, body: &str) -> Result<Vec<Act>, Code> {
    if body.lines().count() != body.matches("\r\n").count() {
        return Err(Code::LINE_ENDS);
    }
    let mut methods = methods.split('&');
    let mut lines = body.lines().filter(|line| !line.is_empty());
    let mut acts = Vec::new();
    while let Some(head) = lines.next() {
        let method = methods.next().ok_or(Code::FORMAT)?;
        let method = Method::parse(method).ok_or(Code::INVALID_METHOD)?;
        let (mut act, count) = parse_head(method, head).ok_or(Code::FORMAT)?;
        for _ in 0..count {
            let line = lines.next().ok_or(Code::FORMAT)?;
            act.attrs.push(match line.split_once('=') {
                Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
                None => (line.to_owned(), None),
            });
        }
        acts.push(act);
    }
    if acts.is_empty() { Err(Code::FORMAT) } else { Ok(acts) }
}

/// Reads `[OID#stack#parent]index,attributes`.
fn parse_head(method: Method, line: &str) -> Option<(Act, usize)> {
    let (inside, counts) = line.strip_prefix('[')?.split_once(']')?;
    let mut parts = inside.split('#');
    let oid = parts.next()?.to_owned();
    let (stack, parent) = (Stack::parse(parts.next()?)?, Stack::parse(parts.next()?)?);
    let (index, count) = counts.split_once(',')?;
    let act = Act { method, oid, stack, parent, index: index.parse().ok()?, attrs: Vec::new() };
    Some((act, count.parse().ok()?))
}

/// An answer in the making.
#[derive(Debug, Default)]
pub(super) struct Answer(Vec<u8>);

impl Answer {
    /// Begins an instance.
    pub fn instance(&mut self, stack: Stack, index: u32) {
        self.line(&format!("[{stack}]{index}"));
    }

    /// An attribute of it. Values are bytes: names of devices come as the devices sent them.
    pub fn attribute(&mut self, name: &str, value: &[u8]) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.push(b'=');
        self.0.extend_from_slice(value);
        self.0.push(b'\n');
    }

    /// What a script said.
    pub fn script(&mut self, index: u32, lines: &str) {
        self.line(&format!("[cgi]{index}"));
        self.0.extend_from_slice(lines.as_bytes());
    }

    /// The whole answer; plain ones end without a line feed.
    pub fn end(mut self, code: Code) -> Vec<u8> {
        self.0.extend_from_slice(format!("[error]{}", code.0).as_bytes());
        self.0
    }

    fn line(&mut self, line: &str) {
        self.0.extend_from_slice(line.as_bytes());
        self.0.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn acts_are_read_as_pages_send_them() {
        let body = "[SYS_MODE#0,0,0,0,0,0#0,0,0,0,0,0]0,1\r\nmode\r\n\
                    [LAN_WLAN#1,2,0,0,0,0#0,0,0,0,0,0]1,1\r\nenable=0\r\n\
                    [LAN_WLAN_ASSOC_DEV#0,0,0,0,0,0#1,2,0,0,0,0]2,0\r\n";
        let acts = parse("1&2&6", body).unwrap();
        assert_eq!(acts[0].attrs, [("mode".to_owned(), None)]);
        assert_eq!((acts[1].method, acts[1].value("enable")), (Method::Set, Some("0")));
        assert_eq!(acts[2].parent, Stack::of(&[1, 2]));
        assert_eq!(acts[2].index, 2);
    }

    #[test]
    fn an_empty_line_after_an_act_is_put_up_with() {
        let acts = parse("7", "[ACT_REBOOT#0,0,0,0,0,0#0,0,0,0,0,0]0,0\r\n\r\n").unwrap();
        assert_eq!((acts.len(), acts[0].method), (1, Method::Operate));
    }

    #[test]
    fn what_is_not_the_grammar_has_its_codes() {
        let act = "[STAT_CFG#0,0,0,0,0,0#0,0,0,0,0,0]0,0";
        assert_eq!(parse("1", &format!("{act}\n")), Err(Code::LINE_ENDS));
        assert_eq!(parse("1", act), Err(Code::LINE_ENDS), "the last line, too");
        assert_eq!(parse("1", ""), Err(Code::FORMAT));
        assert_eq!(parse("x", &format!("{act}\r\n")), Err(Code::INVALID_METHOD));
        assert_eq!(parse("1", &format!("{act}\r\n{act}\r\n")), Err(Code::FORMAT), "more acts than methods");
        for broken in
            ["STAT_CFG", "[A#0,0#0,0,0,0,0,0]0,0", "[A#0,0,0,0,0,0]0,0", "[A#0,0,0,0,0,0#0,0,0,0,0,0]0,1"]
        {
            assert_eq!(parse("1", &format!("{broken}\r\n")), Err(Code::FORMAT), "{broken}");
        }
    }

    #[test]
    fn answers_look_as_captured_ones() {
        let mut answer = Answer::default();
        answer.instance(Stack::of(&[1, 1]), 0);
        answer.attribute("hostName", b"a=b \xa4");
        answer.script(1, "$.ret=0;\n");
        assert_eq!(answer.end(Code::OK), b"[1,1,0,0,0,0]0\nhostName=a=b \xa4\n[cgi]1\n$.ret=0;\n[error]0");
        assert_eq!(Answer::default().end(Code::NO_OBJECT), b"[error]9804");
    }

    #[test]
    fn instances_are_below_others() {
        let station = Stack::of(&[1, 2, 7]);
        assert!(station.is_under(Stack::NONE) && station.is_under(Stack::of(&[1, 2])));
        assert!(!station.is_under(Stack::of(&[1, 1])));
        assert_eq!(station.to_string(), "1,2,7,0,0,0");
        assert_eq!(Stack::parse("1,2,7,0,0,0"), Some(station));
    }
}
