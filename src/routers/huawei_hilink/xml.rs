//! What the box prints: small XML documents, flat but for lists.
//!
//! Element names differ in case and order between models, line ends are `\n`, `\r\n` or doubled, values are escaped once
//! or twice, lists may be empty or hold one element. None of that matters to what is read here.

use quick_xml::Reader;
use quick_xml::escape::{resolve_xml_entity, unescape};
use quick_xml::events::Event;

use crate::model::{Mac, printed};

/// No answer is nested deeper, nor has more elements; what is beyond is not from such a box.
const MOST_DEPTH: usize = 8;
const MOST_ELEMENTS: usize = 20_000;

/// An element, with what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    name: String,
    text: String,
    children: Vec<Self>,
}

impl Element {
    /// The root of a document.
    ///
    /// # Errors
    /// In words, why the text is no whole document.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}').trim_start());
        reader.config_mut().allow_dangling_amp = true;
        let mut open = Vec::<Self>::new();
        let mut elements = 0;
        loop {
            let closed = match reader.read_event().map_err(|error| error.to_string())? {
                Event::Start(start) => {
                    open.push(Self::named(start.local_name().into_inner()));
                    elements += 1;
                    None
                }
                Event::Empty(start) => {
                    elements += 1;
                    Some(Self::named(start.local_name().into_inner()))
                }
                Event::End(_) => open.pop(),
                Event::Eof => return Err("cut off, or no XML at all".to_owned()),
                other => {
                    if let Some(element) = open.last_mut() {
                        element.say(&other);
                    }
                    None
                }
            };
            if open.len() > MOST_DEPTH || elements > MOST_ELEMENTS {
                return Err("more than such a box has to say".to_owned());
            }
            if let Some(mut closed) = closed {
                closed.settle();
                match open.last_mut() {
                    Some(parent) => parent.children.push(closed),
                    None => return Ok(closed),
                }
            }
        }
    }

    fn named(name: impl AsRef<str>) -> Self {
        Self { name: name.as_ref().to_owned(), ..Self::default() }
    }

    fn say(&mut self, event: &Event<'_>) {
        match event {
            Event::Text(text) => self.text.push_str(&text.xml10_content()),
            Event::CData(text) => self.text.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) => {
                match (reference.resolve_char_ref(), resolve_xml_entity(reference)) {
                    (Ok(Some(letter)), _) => self.text.push(letter),
                    (_, Some(entity)) => self.text.push_str(entity),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// Some values are escaped twice: `&amp;lt;-20dB`.
    fn settle(&mut self) {
        if let Ok(text) = unescape(self.text.trim()) {
            self.text = text.into_owned();
        }
    }

    /// Whether it is called so, in any case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// The elements of this name in it.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a Self> + use<'a, 'n> {
        self.children.iter().filter(move |child| child.is(name))
    }

    /// What the first element of this name says, if it says anything.
    pub fn text(&self, name: &str) -> Option<&str> {
        printed::clean(&self.children.iter().find(|child| child.is(name))?.text)
    }

    /// What a parser makes of the text under this name.
    pub fn read_with<T>(&self, name: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        parse(self.text(name)?)
    }

    /// A whole number; error codes and bars are such.
    pub fn integer(&self, name: &str) -> Option<i64> {
        self.read_with(name, |text| text.parse().ok())
    }

    /// A counter.
    pub fn count(&self, name: &str) -> Option<u64> {
        self.read_with(name, printed::count)
    }

    /// A hardware address that is one device's.
    pub fn mac(&self, name: &str) -> Option<Mac> {
        self.read_with(name, printed::mac)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn order_case_line_ends_and_marks_do_not_matter() {
        let pages = [
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><response><a>1</a><SesInfo>x</SesInfo></response>",
            "\u{feff}<?xml version=\"1.0\"?>\r\n\r\n<response>\r\n\r\n<sesinfo>x</sesinfo>\r\n\r\n<A> 1 </A>\r\n</response>\r\n",
        ];
        for page in pages {
            let read = Element::read(page).unwrap();
            assert!(read.is("Response"));
            assert_eq!((read.text("SesInfo"), read.count("a")), (Some("x"), Some(1)), "{page}");
        }
    }

    #[test]
    fn tokens_and_values_are_unescaped_once_or_twice() {
        let page = "<response><TokInfo>oT&#x2F;O&#43;x</TokInfo><b>&amp;lt;-20dB</b><c>&#40;B1&#41; &unknown; & x</c></response>";
        let read = Element::read(page).unwrap();
        assert_eq!(read.text("TokInfo"), Some("oT/O+x"));
        assert_eq!(read.text("b"), Some("<-20dB"));
        assert_eq!(read.text("c"), Some("(B1)  & x"));
    }

    #[test]
    fn empty_values_are_none_and_lists_have_any_length() {
        let read = Element::read("<response><Hosts></Hosts><x/><y></y><z>0</z></response>").unwrap();
        assert_eq!(read.all("Hosts").flat_map(|hosts| hosts.all("Host")).count(), 0);
        assert_eq!(
            (read.text("x"), read.text("y"), read.text("z"), read.text("w")),
            (None, None, Some("0"), None)
        );
        let read = Element::read("<r><Hosts><Host><a>1</a></Host><Host/></Hosts></r>").unwrap();
        assert_eq!(read.all("Hosts").flat_map(|hosts| hosts.all("Host")).count(), 2);
    }

    #[test]
    fn what_is_cut_off_or_no_xml_is_no_document() {
        for page in
            ["", "hello", "<response><a>1</a>", "<response><a>1</b></response>", "{\"a\":1}", "<a", "&"]
        {
            assert!(Element::read(page).is_err(), "{page}");
        }
        assert!(Element::read(&"<a>".repeat(100)).is_err());
        assert!(Element::read(&format!("<a>{}</a>", "<b/>".repeat(30_000))).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_document_or_not(text: String, inner in "[<>&;/a-z#0-9 ]{0,60}") {
            let _whatever = Element::read(&text);
            let _whatever = Element::read(&format!("<response>{inner}</response>"));
        }
    }
}
