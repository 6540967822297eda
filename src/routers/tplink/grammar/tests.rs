use proptest::prelude::*;

use super::*;

#[test]
fn a_request_is_written_as_the_page_writes_it() {
    let acts = [
        Act::new(Kind::Get, "STAT_CFG"),
        Act::new(Kind::List, "STAT_ENTRY"),
        Act::new(Kind::Below, "LAN_WLAN_ASSOC_DEV").below(Stack([1, 2, 0, 0, 0, 0])).with(["a", "b"]),
        Act::new(Kind::Set, "LAN_WLAN").at(Stack([1, 1, 0, 0, 0, 0])).with(["enable=0"]),
    ];
    assert_eq!(kinds(&acts), "1&5&6&2");
    assert_eq!(
        blocks(&acts),
        "[STAT_CFG#0,0,0,0,0,0#0,0,0,0,0,0]0,0\r\n\
         [STAT_ENTRY#0,0,0,0,0,0#0,0,0,0,0,0]1,0\r\n\
         [LAN_WLAN_ASSOC_DEV#0,0,0,0,0,0#1,2,0,0,0,0]2,2\r\na\r\nb\r\n\
         [LAN_WLAN#1,1,0,0,0,0#0,0,0,0,0,0]3,1\r\nenable=0\r\n"
    );
}

#[test]
fn no_value_begins_another_line() {
    let act = Act::new(Kind::Set, "X").with(["a=1\r\n[Y#]"]);
    assert_eq!(blocks(&[act]), "[X#0,0,0,0,0,0#0,0,0,0,0,0]0,1\r\na=1[Y#]\r\n");
}

#[test]
fn an_answer_is_read_row_by_row() {
    let text = "[0,0,0,0,0,0]0\nmodelName=Archer C20\ndescription=AC750 Router \n[1,2,0,0,0,0]2\nSSID=a=b\n\r\n\
                [1,3,0,0,0,0]2\r\nBridgeEnable=1\r\n[cgi]3\nvar userType=\"Admin\";\n$.ret=0;\n[error]0";
    let answer = Answer::parse(text).unwrap();
    assert_eq!((answer.code, answer.last()), (0, Some(3)));
    assert_eq!(answer.of(0)[0].text("ModelName"), Some("Archer C20"));
    assert_eq!(answer.of(0)[0].text("description"), Some("AC750 Router"));
    assert_eq!(answer.of(1), []);
    let [first, second] = answer.of(2).try_into().unwrap();
    assert_eq!((first.stack, first.raw("ssid")), (Stack([1, 2, 0, 0, 0, 0]), Some("a=b")));
    assert_eq!(second.flag("bridgeEnable"), Some(true));
    assert_eq!(returned(text), Some(0));
}

#[test]
fn an_error_ends_an_answer_and_keeps_what_came_before() {
    let answer = Answer::parse("[1,0,0,0,0,0]0\na=1\n[error]9005\n[1,0,0,0,0,0]1\nb=2\n[error]0\n").unwrap();
    assert_eq!((answer.code, answer.rows.len(), answer.last()), (9005, 1, Some(0)));
    assert_eq!(Answer::parse("[error]71111"), Some(Answer { rows: Vec::new(), code: 71_111 }));
}

#[test]
fn what_has_no_end_is_no_answer() {
    for text in ["", "[1,0,0,0,0,0]0\na=1\n", "<html>[error]0</html>", "[error]\n", "[error]x"] {
        assert_eq!(Answer::parse(text), None, "{text:?}");
    }
}

#[test]
fn a_section_that_cannot_be_understood_is_nobodys() {
    let answer = Answer::parse("[1,0]0\na=1\n[1,0,0,0,0,0]x\nb=2\n[2,0,0,0,0,0]1\nc=3\n[error]0").unwrap();
    assert_eq!(answer.rows.len(), 1);
    assert_eq!(answer.of(1)[0].raw("a"), None);
    assert_eq!(answer.of(1)[0].raw("c"), Some("3"));
}

#[test]
fn what_opens_something_is_not_even_read() {
    let text = "[1,1,1,0,0,0]0\nusername=bob@isp\npassword=hunter2\nX_TP_PreSharedKey=hunter2\nX_TP_WEPKey1=x\n\
                name=ewan\n[error]0";
    let answer = Answer::parse(text).unwrap();
    let printed = format!("{answer:?}");
    assert!(
        !printed.contains("hunter2") && !printed.contains("bob") && printed.contains("ewan"),
        "{printed}"
    );
}

#[test]
fn a_script_gives_its_variables() {
    let text = "<script>var token=\"00ff\";</script>\nvar userSetting=1;\nvar ee = \"010001\";\nvar nn='AB';\n$.ret=71233;";
    assert_eq!(variable(text, "token"), Some("00ff"));
    assert_eq!(variable(text, "userSetting"), Some("1"));
    assert_eq!(variable(text, "ee"), Some("010001"));
    assert_eq!(variable(text, "nn"), Some("AB"));
    assert_eq!(variable(text, "seq"), None);
    assert_eq!(returned(text), Some(71_233));
    assert_eq!(returned("[error]71234\n"), Some(71_234));
    assert_eq!(returned("<html>"), None);
}

/// Lines such as an answer has, and others.
fn any_answer() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        "\\[[0-9],[0-9],0,0,0,0\\][0-9]{1,2}",
        "[a-zA-Z_]{1,8}=[ -~]{0,12}",
        "\\[error\\][0-9]{0,5}",
        Just("[cgi]0".to_owned()),
        "[ -~]{0,20}",
        any::<String>(),
    ];
    prop::collection::vec(line, 0..20).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn whatever_comes_is_read_or_refused(text in any_answer()) {
        if let Some(answer) = Answer::parse(&text) {
            prop_assert!(text.contains("[error]"));
            for (number, _) in &answer.rows {
                prop_assert!(!answer.of(*number).is_empty());
            }
        }
        let _ = (variable(&text, "a"), returned(&text));
    }

    #[test]
    fn what_was_written_is_read_back(rows in prop::collection::vec((prop::array::uniform6(0_u32..9), 0_usize..5, "[a-z]{1,8}", "[!-~]{1,9}"), 0..9)) {
        let rows: Vec<_> = rows.into_iter().filter(|(_, _, name, _)| !NOT_FOR_US.iter().any(|part| name.contains(part))).collect();
        let mut text = String::new();
        for (stack, number, name, value) in &rows {
            text.push_str(&format!("[{}]{number}\r\n{name}={value}\r\n", Stack(*stack)));
        }
        let answer = Answer::parse(&format!("{text}[error]0")).unwrap();
        prop_assert_eq!(answer.rows.len(), rows.len());
        for ((stack, number, name, value), (act, row)) in rows.iter().zip(&answer.rows) {
            prop_assert_eq!((row.stack, act, row.raw(name)), (Stack(*stack), number, Some(value.as_str())));
        }
    }
}
