//! The modem's own figures, from the page for diagnoses: a table that its script fills from one line of values.

use super::wire::element;
use crate::model::{Decibel, DecibelMilliwatt, Item, Text, catalog, printed, text};

/// What the modem says of the network.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Signal {
    plmn: Option<String>,
    levels: Option<Levels>,
    band: Option<String>,
}

/// The three levels of LTE. The family has no SINR.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Levels {
    rssi: f64,
    rsrp: f64,
    rsrq: f64,
}

impl Levels {
    /// Levels that can be those of one LTE cell: what stands in a place that was only inferred has to prove itself. The
    /// reference signal is a part of all that is received, so it is never stronger.
    fn of(rssi: Option<&str>, rsrp: Option<&str>, rsrq: Option<&str>) -> Option<Self> {
        let levels = Self {
            rssi: printed::measured(rssi?, "dBm")?,
            rsrp: printed::measured(rsrp?, "dBm")?,
            rsrq: printed::measured(rsrq?, "dB")?,
        };
        let is_possible = (-120.0..=-10.0).contains(&levels.rssi)
            && (-145.0..=-30.0).contains(&levels.rsrp)
            && (-35.0..=0.0).contains(&levels.rsrq)
            && levels.rsrp <= levels.rssi;
        is_possible.then_some(levels)
    }
}

impl Signal {
    /// The line of values: `?,PLMN,state,RSSI,RSRP,RSRQ,roaming,band`. The places of PLMN and band are known, those of the
    /// levels follow from the order of the table.
    pub fn of_line(line: &str) -> Option<Self> {
        let fields: Vec<_> = line.trim().split(',').map(str::trim).collect();
        let field = |place: usize| fields.get(place).copied();
        let signal = Self {
            plmn: Some(plmn(field(1)?)?),
            levels: Levels::of(field(3), field(4), field(5)),
            band: field(7).and_then(text::name),
        };
        Some(signal)
    }

    /// The table, on builds that send it filled. Only the labels that are no words are the same in every language.
    pub fn of_table(page: &str) -> Option<Self> {
        let (_, table) = page.split_once("id_modemTable")?;
        let table = table.split("</table>").next()?;
        let cell = |label: &str| element(table.split_once(label)?.1, "td").map(str::trim);
        let signal = Self {
            plmn: cell("PLMN").and_then(plmn),
            levels: Levels::of(cell("RSSI"), cell("RSRP"), cell("RSRQ")),
            band: None,
        };
        (signal != Self::default()).then_some(signal)
    }

    /// What the modem says.
    pub fn fill(&self, out: &mut Item) {
        let levels = self.levels;
        out.set(catalog::PLMN, self.plmn.clone().map(Text))
            .set(catalog::RSSI, levels.map(|levels| DecibelMilliwatt(levels.rssi)))
            .set(catalog::RSRP, levels.map(|levels| DecibelMilliwatt(levels.rsrp)))
            .set(catalog::RSRQ, levels.map(|levels| Decibel(levels.rsrq)))
            .set(catalog::BAND, self.band.clone().map(Text));
    }
}

/// Three digits of the country, two or three of the network.
fn plmn(said: &str) -> Option<String> {
    let is_plmn = matches!(said.len(), 5 | 6) && said.bytes().all(|digit| digit.is_ascii_digit());
    is_plmn.then(|| said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = r#"<script>t("RSSI");</script><table class="table_list" id="id_modemTable">
<tbody>
<tr class="even_tr"><th colspan="3">Langattoman verkon tila</th></tr>
<tr class="odd_tr" id="tritem_1"><td>1</td><td>PLMN:</td><td>24405</td></tr>
<tr class="even_tr" id="tritem_2"><td>2</td><td>Palvelun tila:</td><td>Kelvollinen palvelu</td></tr>
<tr class="odd_tr" id="tritem_3"><td>3</td><td>RSSI (dBm):</td><td>-48.0</td></tr>
<tr class="even_tr" id="tritem_4"><td>4</td><td>RSRP (dBm):</td><td>-76.0</td></tr>
<tr class="odd_tr" id="tritem_5"><td>5</td><td>RSRQ (dB):</td><td>-8.0</td></tr>
</tbody></table><table><td>RSSI</td><td>-1</td></table>"#;

    fn levels(rssi: f64, rsrp: f64, rsrq: f64) -> Option<Levels> {
        Some(Levels { rssi, rsrp, rsrq })
    }

    #[test]
    fn the_line_and_the_table_say_the_same() {
        let line = Signal::of_line("0,24405,2,-48.0,-76.0,-8.0,0,LTE B3\n").unwrap();
        assert_eq!(line.levels, levels(-48.0, -76.0, -8.0));
        assert_eq!(line.band.as_deref(), Some("LTE B3"));
        let table = Signal::of_table(TABLE).unwrap();
        assert_eq!((&table.plmn, table.levels), (&Some("24405".to_owned()), line.levels));
    }

    #[test]
    fn levels_in_another_order_are_not_believed() {
        for line in [
            "0,24405,2,-76.0,-48.0,-8.0,0,B3",
            "0,24405,2,-8.0,-76.0,-48.0,0,B3",
            "0,24405,2,0,0,0,0,B3",
            "0,24405,2,-48.0,-76.0,,0,B3",
            "0,24405,2",
        ] {
            let signal = Signal::of_line(line).unwrap();
            assert_eq!((signal.plmn.as_deref(), signal.levels), (Some("24405"), None), "{line}");
        }
    }

    #[test]
    fn a_line_without_a_network_is_no_line() {
        for line in ["", "0", "0,,2,-48.0,-76.0,-8.0,0,B3", "<html>,12345678", "0,NA,2"] {
            assert_eq!(Signal::of_line(line), None, "{line}");
        }
    }

    #[test]
    fn a_table_that_a_script_would_fill_is_no_table() {
        let empty = "<table class=\"table_list\" id=\"id_modemTable\"></table><td>RSSI</td><td>-48.0</td>";
        assert_eq!(Signal::of_table(empty), None);
        assert_eq!(Signal::of_table("RSSI <td>-48.0</td>"), None);
    }
}
