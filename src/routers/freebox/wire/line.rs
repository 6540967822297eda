use super::Node;
use crate::model::{BitRate, Count, Decibel, DecibelMilliwatt, Item, Metric, Seconds, State, Text, catalog};

/// Whether `connection/ftth/` speaks of fibre that is there, rather than of an empty slot.
pub fn has_fibre(ftth: Node<'_>) -> bool {
    ftth.flag("has_sfp") == Some(true) || ftth.flag("sfp_present") == Some(true)
}

/// `connection/ftth/`: optical powers come in hundredths of a dBm.
pub fn ftth(ftth: Node<'_>, router: &mut Item) {
    let reports = ftth.flag("sfp_has_power_report") != Some(false) && ftth.flag("sfp_present") != Some(false);
    let power = |key| ftth.number(key).filter(|_| reports).map(|power| DecibelMilliwatt(power / 100.0));
    router
        .set(catalog::OPTICAL_RX, power("sfp_pwr_rx"))
        .set(catalog::OPTICAL_TX, power("sfp_pwr_tx"))
        .set(catalog::OPTICAL_LINK, ftth.flag("link"))
        .set(catalog::OPTICAL_SIGNAL, ftth.flag("sfp_has_signal"))
        .set(catalog::SFP_PRESENT, ftth.flag("sfp_present"))
        .set(catalog::SFP_POWERED, ftth.flag("sfp_alim_ok"))
        .set(catalog::SFP_MODEL, module(ftth).map(Text::new))
        .set(catalog::OPTICAL_TYPE, ftth.text("link_type").map(Text::new));
}

fn module(ftth: Node<'_>) -> Option<String> {
    let words: Vec<_> = ["sfp_vendor", "sfp_model"].into_iter().filter_map(|key| ftth.text(key)).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Whether `connection/xdsl/` speaks of a line that is at least trying.
pub fn has_xdsl(xdsl: Node<'_>) -> bool {
    xdsl.at("status").text("status").is_some_and(|state| !matches!(state, "down" | "disabled"))
}

/// `connection/xdsl/`: the line, and both directions of it.
pub fn xdsl(xdsl: Node<'_>, router: &mut Item) {
    let status = xdsl.at("status");
    router
        .set(catalog::XDSL_STATE, status.text("status").map(State::new))
        .set(catalog::XDSL_MODULATION, status.text("modulation").map(Text::new))
        .set(catalog::XDSL_PROTOCOL, status.text("protocol").map(Text::new))
        .set(catalog::XDSL_UPTIME, status.number("uptime").map(Seconds));
    // A line that is not synchronised has zeros where its rates and levels would be.
    let trains = status.text("status").is_some_and(|state| state != "showtime");
    for direction in [&DOWN, &UP] {
        direction.levels(xdsl.at(direction.key), trains, router);
        direction.errors(xdsl.at(direction.key), router);
    }
}

/// The metrics of one direction of the line.
struct Direction {
    key: &'static str,
    rate: Metric<BitRate>,
    max_rate: Metric<BitRate>,
    margin: Metric<Decibel>,
    attenuation: Metric<Decibel>,
    errors: [(&'static str, Metric<Count>); 8],
}

static DOWN: Direction = Direction {
    key: "down",
    rate: catalog::XDSL_RATE_DOWN,
    max_rate: catalog::XDSL_MAX_RATE_DOWN,
    margin: catalog::SNR_MARGIN_DOWN,
    attenuation: catalog::ATTENUATION_DOWN,
    errors: [
        ("fec", catalog::XDSL_FEC_DOWN),
        ("crc", catalog::XDSL_CRC_DOWN),
        ("hec", catalog::XDSL_HEC_DOWN),
        ("es", catalog::XDSL_ES_DOWN),
        ("ses", catalog::XDSL_SES_DOWN),
        ("rtx_tx", catalog::XDSL_RTX_TX_DOWN),
        ("rtx_c", catalog::XDSL_RTX_C_DOWN),
        ("rtx_uc", catalog::XDSL_RTX_UC_DOWN),
    ],
};

static UP: Direction = Direction {
    key: "up",
    rate: catalog::XDSL_RATE_UP,
    max_rate: catalog::XDSL_MAX_RATE_UP,
    margin: catalog::SNR_MARGIN_UP,
    attenuation: catalog::ATTENUATION_UP,
    errors: [
        ("fec", catalog::XDSL_FEC_UP),
        ("crc", catalog::XDSL_CRC_UP),
        ("hec", catalog::XDSL_HEC_UP),
        ("es", catalog::XDSL_ES_UP),
        ("ses", catalog::XDSL_SES_UP),
        ("rtx_tx", catalog::XDSL_RTX_TX_UP),
        ("rtx_c", catalog::XDSL_RTX_C_UP),
        ("rtx_uc", catalog::XDSL_RTX_UC_UP),
    ],
};

impl Direction {
    fn levels(&self, side: Node<'_>, trains: bool, router: &mut Item) {
        let rate = |key| side.number(key).filter(|_| !trains).map(BitRate::kilobits);
        let level = |fine, coarse| decibels(side, fine, coarse).filter(|_| !trains);
        router
            .set(self.rate, rate("rate"))
            .set(self.max_rate, rate("maxrate"))
            .set(self.margin, level("snr_10", "snr"))
            .set(self.attenuation, level("attn_10", "attn"));
    }

    fn errors(&self, side: Node<'_>, router: &mut Item) {
        for (key, metric) in self.errors {
            router.set(metric, side.count(key).map(Count));
        }
    }
}

/// Tenths of a decibel where the box has them; some leave them at 0 and fill only the whole decibels.
fn decibels(side: Node<'_>, fine: &str, coarse: &str) -> Option<Decibel> {
    let tenths = side.number(fine).filter(|tenths| *tenths > 0.0).map(|tenths| tenths / 10.0);
    tenths.or_else(|| side.number(coarse)).map(Decibel)
}

/// Whether a 4G module is there. Boxes answer with success and zeros when there is none.
pub fn has_modem(lte: Node<'_>) -> bool {
    lte.text("state").is_some_and(|state| state != "not_detected")
}

/// `connection/lte/…`: the 4G module. Without a SIM there is nothing to say but its state.
pub fn lte(lte: Node<'_>, router: &mut Item) {
    router.set(catalog::LTE_STATE, lte.text("state").map(Text::new));
    if lte.at("sim").flag("present") != Some(true) {
        return;
    }
    let radio = lte.at("radio");
    let attached = radio.flag("associated");
    router
        .set(catalog::LTE_ATTACHED, attached)
        .set(catalog::SIGNAL_LEVEL, radio.count("signal_level").filter(|_| attached == Some(true)).map(Count))
        .set(
            catalog::PLMN,
            radio.count("plmn").filter(|code| *code > 0).map(|code| Text::new(code.to_string())),
        );
    let Some(band) = radio.at("bands").list().find(|band| is_in_use(*band)) else {
        return;
    };
    router
        .set(
            catalog::BAND,
            band.count("band").filter(|number| *number > 0).map(|number| Text(format!("B{number}"))),
        )
        .set(catalog::RSRP, level(band, "rsrp").map(DecibelMilliwatt))
        .set(catalog::RSRQ, level(band, "rsrq").map(Decibel))
        .set(catalog::RSSI, level(band, "rssi").map(DecibelMilliwatt));
}

fn is_in_use(band: Node<'_>) -> bool {
    band.flag("enabled") == Some(true) && level(band, "rsrp").is_some()
}

/// These levels are always below zero; a zero stands for "nothing measured".
fn level(band: Node<'_>, key: &str) -> Option<f64> {
    band.number(key).filter(|level| *level < 0.0)
}
