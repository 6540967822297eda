//! The restart.

use super::HuaweiB593;
use super::front::Pair;
use super::wire::{self, Seen};
use crate::model::{Deadline, Fault};
use crate::transport::Request;

/// The page with the button, on firmware V200R001.
const MAINTENANCE: &str = "/html/management/maintenance.asp";
/// The page with the button, on firmware V100R001.
const RESET: &str = "/html/management/reset.asp";

impl HuaweiB593 {
    /// Gives the order as the box's own page does: with the values of the page where it has such, without where it does
    /// not.
    pub(super) async fn reboot(&mut self) -> Result<(), Fault> {
        self.log_in().await?;
        let (page, pair) = match self.ask(Request::get(MAINTENANCE)).await? {
            Seen::Page(reply) => (MAINTENANCE, Pair::of(&reply.text(), &self.transport)),
            Seen::Closed => return Err(self.session.expired()),
            Seen::Absent => (RESET, None),
        };
        let order = Request::post(format!("/html/management/reboot.cgi?RequestFile={page}"));
        let order = order.form(pair.iter().flat_map(Pair::fields));
        let order = self.session.dress(order, &self.transport);
        let reply = match self.transport.send(order).await {
            Ok(reply) => reply,
            // A box that restarts at once never answers, and whether it did is seen when it comes back.
            Err(Fault::Unreachable(_) | Fault::TimedOut(Deadline::FirstByte | Deadline::Whole)) => {
                self.session.gone();
                return Ok(());
            }
            Err(fault) => return Err(fault),
        };
        let page = reply.text();
        // Every order is answered with the page that leads elsewhere; where to tells what became of it.
        match (reply.status, wire::variable(&page, "pageName")) {
            (404 | 405, _) => Err(Fault::NotSupported("reboot".to_owned())),
            (200..=299, Some("/")) => Err(self.session.expired()),
            (200..=299, Some("/html/msgerrcode.asp")) => {
                Err(Fault::BoxError { what: reply.what.clone(), why: "the order was refused".to_owned() })
            }
            (200..=299, _) => Ok(()),
            (status, _) => Err(Fault::BoxError { what: reply.what.clone(), why: format!("status {status}") }),
        }
    }
}
