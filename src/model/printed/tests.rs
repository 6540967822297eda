use proptest::prelude::*;

use super::*;

fn seconds(text: &str) -> Option<u64> {
    duration(text).map(|span| span.as_secs())
}

#[test]
fn placeholders_are_no_values() {
    for text in ["", " ", "-", "--", "NA", "N/A", "n/a", "TODO", "Secret", "SECRET\n"] {
        assert_eq!(clean(text), None, "{text:?}");
    }
    assert_eq!(clean("  DISABLED"), Some("DISABLED"));
    assert_eq!(clean("0"), Some("0"));
}

#[test]
fn numbers_are_read_with_their_blanks() {
    assert_eq!(number("16.800"), Some(16.8));
    assert_eq!(number(" 620600000"), Some(620_600_000.0));
    assert_eq!(number("-2.200001\n"), Some(-2.200_001));
    assert_eq!(number("    0.0000"), Some(0.0));
}

#[test]
fn what_is_not_plainly_a_number_is_none() {
    for text in ["", "-", "--", "NA", "1e5", "nan", "inf", ".5", "5.", "1.2.3", "- 5", "40.25M", "0x10", "１"]
    {
        assert_eq!(number(text), None, "{text:?}");
    }
}

#[test]
fn a_unit_is_taken_only_when_it_is_the_expected_one() {
    assert_eq!(measured("-95dBm", "dBm"), Some(-95.0));
    assert_eq!(measured("1000Mbps", "mbps"), Some(1000.0));
    assert_eq!(measured(" 36.6 dB ", "dB"), Some(36.6));
    assert_eq!(measured("36.6", "dB"), Some(36.6));
    assert_eq!(measured(">=-51dBm", "dBm"), None);
    assert_eq!(measured("40.25M", "dBm"), None);
    assert_eq!(measured("dBm", "dBm"), None);
}

#[test]
fn where_a_scale_ends_its_end_is_the_value() {
    assert_eq!(clamped(">=-51dBm", "dBm"), Some(-51.0));
    assert_eq!(clamped("<=-113dBm", "dBm"), Some(-113.0));
    assert_eq!(clamped(" <-20dB", "dB"), Some(-20.0));
    assert_eq!(clamped("-8.5dB", "dB"), Some(-8.5));
    assert_eq!(clamped(">=30dB", "dBm"), None);
    for text in ["", ">=", "dBm", "-", "--dBm"] {
        assert_eq!(clamped(text, "dBm"), None, "{text:?}");
    }
}

#[test]
fn counters_beyond_32_bits_are_powers_of_two() {
    assert_eq!(count("3134003928"), Some(3_134_003_928));
    assert_eq!(count("18 * 2e32 + 1167003739"), Some(78_476_415_067));
    assert_eq!(count("3 * 2e32 + 1024991746"), Some(13_909_893_634));
    assert_eq!(count("0"), Some(0));
    for text in ["NA", "", "18 * 2e32", "18 * 2e33 + 1", "-5", "+5", "5.0", "4294967296 * 2e32 + 0"] {
        assert_eq!(count(text), None, "{text:?}");
    }
}

#[test]
fn byte_totals_follow_the_chosen_factor() {
    use Factor::{Binary, Decimal};
    assert_eq!(bytes("40.14M Bytes", Decimal), Some(40_140_000));
    assert_eq!(bytes("40.14M Bytes", Binary), Some(42_089_841));
    assert_eq!(bytes("40.25M Bytes", Decimal), Some(40_250_000));
    assert_eq!(bytes("123 Bytes", Decimal), Some(123));
    assert_eq!(bytes("234K Bytes", Decimal), Some(234_000));
    assert_eq!(bytes("456G Bytes", Decimal), Some(456_000_000_000));
    assert_eq!(bytes("567T Bytes", Decimal), Some(567_000_000_000_000));
    assert_eq!(bytes("1.61G Bytes", Binary), Some(1_728_724_337));
    assert_eq!(bytes("957.24M Bytes", Binary), Some(1_003_738_890));
    assert_eq!(bytes("5.8G Bytes", Decimal), Some(5_800_000_000));
    assert_eq!(bytes("1E Bytes", Binary), Some(1 << 60));
    assert_eq!(bytes("139788502458", Decimal), Some(139_788_502_458));
    assert_eq!(bytes("0 Bytes", Decimal), Some(0));
}

#[test]
fn byte_totals_that_say_nothing_or_too_much_are_none() {
    for text in ["TODO", "", "Bytes", "M Bytes", "12M", "-1 Bytes", "1.M Bytes", "1..2 Bytes", "19E Bytes"] {
        assert_eq!(bytes(text, Factor::Decimal), None, "{text:?}");
    }
}

#[test]
fn every_form_of_a_duration_is_understood() {
    assert_eq!(seconds("10 Days,17 Hours,33 Minutes,47 Seconds"), Some(927_227));
    assert_eq!(seconds("17 Days,13 Hours,11 Minutes,7 Seconds"), Some(1_516_267));
    assert_eq!(seconds("05 Days,21 Hours,33 Minutes,44 Seconds"), Some(509_624));
    assert_eq!(seconds("00 Days,05 Hours,38 Minutes,47 Seconds"), Some(20_327));
    assert_eq!(seconds("04 Days,09 Hours,47 Minutes,10 Seconds"), Some(380_830));
    assert_eq!(seconds("003 days 01h:40m:02s"), Some(265_202));
    assert_eq!(seconds("000 days 04h:43m:05s"), Some(16_985));
    assert_eq!(seconds("400 days 22h:13m:57s"), Some(34_640_037));
    assert_eq!(seconds("000 days 00h:00m:00s"), Some(0));
    assert_eq!(seconds("479h:40m:38s"), Some(1_726_838));
    assert_eq!(seconds("84h:37m:16s"), Some(304_636));
    assert_eq!(seconds("079h:12m:05s"), Some(285_125));
    assert_eq!(seconds("00h:05m:00s"), Some(300));
    assert_eq!(seconds("468117"), Some(468_117));
    assert_eq!(seconds("D: 6 H: 09 M: 25 S: 55"), Some(552_355));
}

#[test]
fn a_duration_with_a_hole_is_unknown_not_zero() {
    for text in [
        "D: -- H: -- M: -- S: --",
        "",
        "NA",
        "--",
        "12 parsecs",
        "5h 3h",
        "3m 5h",
        "h",
        "12h 5",
        "1.5h",
        "18446744073709551615 Days",
    ] {
        assert_eq!(seconds(text), None, "{text:?}");
    }
}

#[test]
fn yes_and_no_have_many_words() {
    for word in ["ON", "TRUE", "yes ", "Enabled", "Enable", "1", "Success", "Up"] {
        assert_eq!(truth(word), Some(true), "{word}");
    }
    for word in ["off", " NO", "Disabled", "0", "Down"] {
        assert_eq!(truth(word), Some(false), "{word}");
    }
    for word in ["", "Secret", "maybe", "2"] {
        assert_eq!(truth(word), None, "{word}");
    }
}

#[test]
fn the_wait_after_failed_logins_is_read() {
    let wait = login_protect("<html>LoginProtect=9|58|21</html>").unwrap();
    assert_eq!((wait.attempts, wait.wait.as_secs()), (9, 3501));
    for text in ["", "LoginProtect=", "LoginProtect=9|58", "LoginProtect=a|b|c", "LoginProtect=9||21"] {
        assert_eq!(login_protect(text), None, "{text}");
    }
}

#[test]
fn addresses_lose_their_prefix_and_nothing_else() {
    assert_eq!(address("203.0.113.1/24"), "203.0.113.1".parse().ok());
    assert_eq!(address("2001:db8::1"), "2001:db8::1".parse().ok());
    for text in ["0.0.0.0\n", "0.0.0.0", "::", "TODO", "", "203.0.113", "/24"] {
        assert_eq!(address(text), None, "{text:?}");
    }
}

proptest! {
    #[test]
    fn no_text_can_bring_a_parser_down(text: String) {
        let _unread = (clean(&text), number(&text), measured(&text, "dBm"), count(&text), duration(&text));
        let _unread = (bytes(&text, Factor::Binary), truth(&text), login_protect(&text), address(&text));
    }

    #[test]
    fn nearly_right_text_cannot_either(text in "[0-9.:,|*+ -]{0,24}[DdHhMmSsKGTEe]{0,2}[0-9.:|+ ]{0,24}( Bytes)?") {
        let _unread = (number(&text), measured(&text, "s"), count(&text), duration(&text));
        let _unread = (bytes(&text, Factor::Decimal), login_protect(&format!("LoginProtect={text}")));
    }

    #[test]
    fn nothing_is_made_of_text_without_digits(text in "[^0-9]*") {
        prop_assert_eq!(number(&text), None);
        prop_assert_eq!(count(&text), None);
        prop_assert_eq!(duration(&text), None);
        prop_assert_eq!(bytes(&text, Factor::Decimal), None);
    }

    #[test]
    fn what_is_printed_is_read_back(number_printed in -1e6..1e6_f64, days in 0..9999_u64, rest in 0..86_400_u64) {
        prop_assert_eq!(number(&format!(" {number_printed:.6}")), format!("{number_printed:.6}").parse().ok());
        let (h, m, s) = (rest / 3600, rest / 60 % 60, rest % 60);
        prop_assert_eq!(seconds(&format!("{days} Days,{h} Hours,{m} Minutes,{s} Seconds")), Some(days * 86_400 + rest));
        prop_assert_eq!(seconds(&format!("{days:03} days {h:02}h:{m:02}m:{s:02}s")), Some(days * 86_400 + rest));
    }

    #[test]
    fn counters_are_read_back(high: u32, low: u32) {
        let value = (u64::from(high) << 32) + u64::from(low);
        prop_assert_eq!(count(&format!("{high} * 2e32 + {low}")), Some(value));
        prop_assert_eq!(count(&value.to_string()), Some(value));
    }
}
