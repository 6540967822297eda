//! The pages, in the blanks of each firmware.

use super::cipher::{Login, MODULUS};
use super::profile::Profile;
use super::traffic::Counts;
use crate::simulators::Noise;

const ADDRESS: &str = "198.51.100.49";

/// The page that sends a browser elsewhere.
pub(super) fn replacement(to: &str) -> String {
    format!(
        "<html><head><META http-equiv=Content-Type content=\"text/html; charset=iso-8859-1\">\r\n\
         <title>replace</title><script language=\"javascript\">\r\nvar pageName = '{to}';\r\n\
         top.location.replace(pageName);\r\n</script></head></html>\r\n"
    )
}

/// What the front page has to say.
#[derive(Debug)]
pub(super) struct Front {
    pub pair: Option<(String, String)>,
    pub failures: u32,
    pub was_occupied: bool,
}

/// The page with the login form.
pub(super) fn front(profile: &Profile, front: &Front) -> String {
    let rsa = if profile.login == Login::Base64 { "" } else { "<script src=\"/js/rsa.js\"></script>\r\n" };
    let error = if front.failures > 0 { format!("{}:1", front.failures) } else { String::new() };
    format!(
        "<!DOCTYPE html>\r\n<html><head><title></title>\r\n{rsa}<script src=\"/js/index.js\"></script>\r\n\
         <script language=\"javascript\">\r\n{}var LoginError = \"{error}\";\r\nvar Cookieflag = {};\r\n</script>\r\n\
         </head><body><form action=\"/index/login.cgi\" method=\"post\"><input id=\"txt_Username\">\
         <input id=\"txt_Password\" type=\"password\"><a id=\"login_btn\"></a></form></body></html>\r\n",
        with_pair(front.pair.as_ref()),
        if front.was_occupied { 2 } else { 0 },
    )
}

fn with_pair(pair: Option<&(String, String)>) -> String {
    pair.map_or_else(String::new, |(param, token)| {
        format!("var csrf_param = \"{param}\";\r\nvar csrf_token = \"{token}\";\r\n")
    })
}

/// The script with the key.
pub(super) fn rsa_script() -> String {
    let (first, second) = MODULUS.split_at_checked(128).unwrap_or((MODULUS, ""));
    format!(
        "function RSAKey() {{ this.n = null; this.e = 0; }}\r\nvar modulus = \"{first}\" +\r\n\"{second}\";\r\n\
         var exponent = \"10001\";\r\n"
    )
}

/// The script of the login page.
pub(super) fn login_script(login: Login) -> String {
    let wrap = match login {
        Login::Base64 => "value = base64encode(password);",
        Login::Rsa | Login::RsaToken => "value = base64_hex(RSAEncrypt(password));",
        Login::Hash => {
            "var psd = base64encode(password);\r\n\
             value = base64_hex(RSAEncrypt(SHA256(name + psd + csrf_param + csrf_token)));"
        }
        Login::DoubleHash => {
            "var psd = base64encode(SHA256(password));\r\n\
             value = base64_hex(RSAEncrypt(SHA256(name + psd + csrf_param + csrf_token)));"
        }
    };
    format!("function wrap(name, password)\r\n{{\r\nvar value;\r\n{wrap}\r\nreturn value;\r\n}}\r\n")
}

/// Whether the pages show what they know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Showing {
    /// Everything.
    All,
    /// The counters, and nothing else.
    CountersOnly,
    /// Zeros, and no address.
    Zeros,
}

/// The two statements with the traffic.
pub(super) fn traffic(profile: &Profile, counts: Counts, showing: Showing) -> [String; 2] {
    let (volume, rate) = if profile.kilo { (1024, 1000) } else { (1, 1) };
    let blank = showing == Showing::Zeros;
    let number = |number: u64| if blank { 0 } else { number };
    let [sent, received] = counts.volumes.map(|bytes| number(bytes / volume));
    let [up, down] = counts.rates.map(|bits| number(bits / rate));
    let volumes = format!("'upvolume' : '{sent}' , 'downvolume' : '{received}'");
    if showing == Showing::CountersOnly {
        return [format!("WanStatistics = {{{volumes}}};"), String::new()];
    }
    let connected = number(counts.connected.as_secs());
    let (address, names) = if blank { ("", "") } else { (ADDRESS, "198.51.100.1,198.51.100.2") };
    let colon = if profile.modern { ":" } else { " :" };
    [
        format!(
            "WanStatistics = {{'uprate' : '{up}' , 'downrate' : '{down}' , {volumes} , 'liveTime' : '{connected}'}};"
        ),
        format!(
            "wanIPDNS = {{'dataip'{colon} '{address}' , 'datadns'{colon} '{names}', 'voiceip'{colon} '' , 'voicedns'{colon} ''}};"
        ),
    ]
}

/// A whole page around some statements.
pub(super) fn page(statements: &[String], pair: Option<&(String, String)>) -> String {
    let script: String = statements.iter().map(|statement| format!("var {statement}\r\n")).collect();
    format!(
        "<html><head><meta http-equiv=\"Pragma\" content=\"no-cache\"><script src=\"/js/main.js\"></script>\r\n\
         <script language=\"javascript\">\r\n{}{script}function loadlanguage() {{ if ('' == '') return; }}\r\n</script>\r\n\
         </head><body onload=\"loadlanguage();\"><table class=\"table_list\"></table></body></html>\r\n",
        with_pair(pair)
    )
}

/// The icons.
pub(super) fn status(profile: &Profile, showing: Showing, noise: &Noise) -> String {
    let icons = if showing == Showing::CountersOnly {
        "<WIFI>2</WIFI><SIG></SIG>".to_owned()
    } else {
        let more = if profile.modern { "<Connect6>24</Connect6><Connect4>26</Connect4>" } else { "" };
        format!(
            "<WIFI>2</WIFI><SIM>15</SIM><SIG>{}</SIG><Connect>26</Connect>{more}\n<Mode>62</Mode><Roam>31</Roam>\
             <Battery>45</Battery><SMS>49,3</SMS><WanErrCode>0</WanErrCode>",
            noise.whole(21, 23)
        )
    };
    format!("<?xml version=\"1.0\"?>\n<Status>{icons}</Status>\n")
}

/// The modem's figures.
pub(super) fn modem(showing: Showing, noise: &Noise) -> String {
    if showing == Showing::CountersOnly {
        return "0,24001,,,,,,".to_owned();
    }
    let level = |least, most| noise.between(least, most).round();
    let (rssi, rsrp, rsrq) = (level(-62.0, -58.0), level(-93.0, -88.0), level(-11.0, -7.0));
    format!("0,24001,2,{rssi:.1},{rsrp:.1},{rsrq:.1},0,LTE BAND 3")
}
