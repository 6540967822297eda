use super::scale::Scale;

/// When a line is good, and how sure one has to be before saying something else of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LinePolicy {
    /// How sure one has to be.
    pub patience: Patience,
    /// Cable.
    pub docsis: DocsisScales,
    /// Mobile networks.
    pub lte: LteScales,
    /// Telephone lines.
    pub xdsl: XdslScales,
}

/// How much evidence another verdict needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Patience {
    /// How many readings in a row have to be worse before the verdict is.
    pub worse_after: u32,
    /// How many readings in a row have to be better before the verdict is, when they are so by less than `margin`.
    pub better_after: u32,
    /// By how many decibels a reading has to be better to count like a worse one.
    pub margin: f64,
}

impl Default for Patience {
    fn default() -> Self {
        Self { worse_after: 3, better_after: 10, margin: 0.5 }
    }
}

/// The scales of DOCSIS channels, by direction, kind and modulation.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are the keys that `scales` lists")]
pub struct DocsisScales {
    pub snr_64qam: Scale,
    pub snr_256qam: Scale,
    pub snr_1024qam: Scale,
    pub snr_4096qam: Scale,
    pub snr_ofdm: Scale,
    pub down_power: Scale,
    pub down_power_ofdm: Scale,
    pub up_power: Scale,
    pub up_power_ofdma: Scale,
    pub up_modulation: Scale,
    pub uncorrected: Scale,
}

impl Default for DocsisScales {
    fn default() -> Self {
        Self {
            snr_64qam: Scale::at_least([27.0, 25.0, 23.0], "dB"),
            snr_256qam: Scale::at_least([33.0, 31.0, 30.0], "dB"),
            snr_1024qam: Scale::at_least([39.0, 37.0, 36.0], "dB"),
            snr_4096qam: Scale::at_least([40.0, 38.0, 36.0], "dB"),
            snr_ofdm: Scale::at_least([27.0, 25.5, 24.5], "dB"),
            down_power: Scale::at_most([7.0, 10.0, 15.0], "dBmV"),
            down_power_ofdm: Scale::at_most([12.0, 15.0, 15.0], "dBmV"),
            up_power: Scale::at_most([49.0, 51.0, 53.0], "dBmV"),
            up_power_ofdma: Scale::at_most([47.0, 48.0, 50.0], "dBmV"),
            up_modulation: Scale::at_least([64.0, 32.0, 8.0], "QAM"),
            uncorrected: Scale::at_most([1.0, 3.0, 10.0], "%"),
        }
    }
}

/// The scales of a mobile network.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the fields are the keys that `scales` lists")]
pub struct LteScales {
    pub rsrp: Scale,
    pub rsrq: Scale,
    pub sinr: Scale,
}

impl Default for LteScales {
    fn default() -> Self {
        Self {
            rsrp: Scale::at_least([-90.0, -100.0, -110.0], "dBm"),
            rsrq: Scale::at_least([-10.0, -15.0, -20.0], "dB"),
            sinr: Scale::at_least([10.0, 5.0, 0.0], "dB"),
        }
    }
}

/// The scale of a telephone line. Attenuation is none: it tells how long the line is, not how well it runs.
#[derive(Clone, Debug, PartialEq)]
#[expect(missing_docs, reason = "the field is the key that `scales` lists")]
pub struct XdslScales {
    pub snr_margin: Scale,
}

impl Default for XdslScales {
    fn default() -> Self {
        Self { snr_margin: Scale::at_least([6.0, 4.0, 2.0], "dB") }
    }
}

impl DocsisScales {
    /// Every scale by its key.
    pub const fn scales(&mut self) -> [(&'static str, &mut Scale); 11] {
        [
            ("snr_64qam", &mut self.snr_64qam),
            ("snr_256qam", &mut self.snr_256qam),
            ("snr_1024qam", &mut self.snr_1024qam),
            ("snr_4096qam", &mut self.snr_4096qam),
            ("snr_ofdm", &mut self.snr_ofdm),
            ("down_power", &mut self.down_power),
            ("down_power_ofdm", &mut self.down_power_ofdm),
            ("up_power", &mut self.up_power),
            ("up_power_ofdma", &mut self.up_power_ofdma),
            ("up_modulation", &mut self.up_modulation),
            ("uncorrected", &mut self.uncorrected),
        ]
    }
}

impl LteScales {
    /// Every scale by its key.
    pub const fn scales(&mut self) -> [(&'static str, &mut Scale); 3] {
        [("rsrp", &mut self.rsrp), ("rsrq", &mut self.rsrq), ("sinr", &mut self.sinr)]
    }
}

impl XdslScales {
    /// Every scale by its key.
    pub const fn scales(&mut self) -> [(&'static str, &mut Scale); 1] {
        [("snr_margin", &mut self.snr_margin)]
    }
}
