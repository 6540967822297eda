use std::collections::VecDeque;

use tokio::time::Instant;

/// The lines that wait, the oldest first, and those that were written but may not have arrived.
///
/// Graphite confirms nothing. What was written counts as sent when the connection has outlived it by a while; when it breaks before,
/// all of that is written again: a line that arrives twice changes nothing, as it says the same of the same moment.
#[derive(Debug)]
pub(super) struct Outbox {
    lines: VecDeque<String>,
    /// Of the lines that wait.
    bytes: usize,
    most: usize,
    /// The number of the first line that waits; numbers are never given twice.
    first: u64,
    /// The number of the first line that is not written.
    next: u64,
    /// Up to which line was written when.
    written: VecDeque<(Instant, u64)>,
    sent: u64,
    lost: u64,
}

impl Outbox {
    /// An outbox with room for so many bytes.
    pub(super) const fn new(most: usize) -> Self {
        Self {
            lines: VecDeque::new(),
            bytes: 0,
            most,
            first: 0,
            next: 0,
            written: VecDeque::new(),
            sent: 0,
            lost: 0,
        }
    }

    /// Puts a line behind the others. When there is no room, the oldest go.
    pub(super) fn push(&mut self, line: String) {
        self.bytes += line.len();
        self.lines.push_back(line);
        while self.bytes > self.most && self.take_first() {
            self.lost += 1;
        }
        self.next = self.next.max(self.first);
    }

    /// Whole lines to write next, of so many bytes at most, or one that is longer; nothing when all are written.
    pub(super) fn batch(&mut self, most: usize) -> Option<String> {
        let mut batch = String::new();
        for line in self.lines.iter().skip(self.on_their_way()) {
            if !batch.is_empty() && batch.len() + line.len() > most {
                break;
            }
            batch.push_str(line);
            self.next += 1;
        }
        (!batch.is_empty()).then_some(batch)
    }

    /// The batches that were taken are written.
    pub(super) fn wrote(&mut self, at: Instant) {
        self.written.push_back((at, self.next));
    }

    /// The connection has outlived what was written until then.
    pub(super) fn arrived(&mut self, until: Instant) {
        while let Some(&(_, line)) = self.written.front().filter(|(at, _)| *at <= until) {
            self.written.pop_front();
            while self.first < line && self.take_first() {
                self.sent += 1;
            }
        }
    }

    /// The connection broke: what may not have arrived waits again.
    pub(super) fn again(&mut self) {
        self.written.clear();
        self.next = self.first;
    }

    /// When the oldest of what is on its way was written.
    pub(super) fn oldest_written(&self) -> Option<Instant> {
        self.written.front().map(|(at, _)| *at)
    }

    /// How many lines are not written.
    pub(super) fn unwritten(&self) -> u64 {
        self.waiting() - (self.next - self.first)
    }

    /// How many lines wait, or are on their way.
    pub(super) fn waiting(&self) -> u64 {
        self.lines.len() as u64
    }

    /// How many lines were sent.
    pub(super) const fn sent(&self) -> u64 {
        self.sent
    }

    /// How many lines were given up.
    pub(super) const fn lost(&self) -> u64 {
        self.lost
    }

    fn on_their_way(&self) -> usize {
        usize::try_from(self.next - self.first).unwrap_or(usize::MAX)
    }

    /// Takes the first line away; false when there is none.
    fn take_first(&mut self) -> bool {
        let Some(line) = self.lines.pop_front() else {
            return false;
        };
        self.bytes -= line.len();
        self.first += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    fn outbox(lines: &[&str]) -> Outbox {
        let mut outbox = Outbox::new(1000);
        lines.iter().for_each(|line| outbox.push((*line).to_owned()));
        outbox
    }

    #[test]
    fn batches_hold_whole_lines() {
        let mut outbox = outbox(&["a 1 1\n", "b 2 1\n", "a long one 3 1\n", "c 4 1\n"]);
        assert_eq!(outbox.batch(13).unwrap(), "a 1 1\nb 2 1\n");
        assert_eq!(outbox.batch(13).unwrap(), "a long one 3 1\n", "too long, but whole");
        assert_eq!(outbox.batch(13).unwrap(), "c 4 1\n");
        assert_eq!(outbox.batch(13), None);
    }

    #[test]
    fn the_oldest_go_when_there_is_no_room() {
        let mut outbox = Outbox::new(12);
        for line in ["a 1 1\n", "b 2 1\n", "c 3 1\n"] {
            outbox.push(line.to_owned());
        }
        assert_eq!((outbox.lost(), outbox.waiting()), (1, 2));
        assert_eq!(outbox.batch(100).unwrap(), "b 2 1\nc 3 1\n");
        outbox.push("d 4 1\n".to_owned());
        assert_eq!(outbox.batch(100).unwrap(), "d 4 1\n");
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_not_have_arrived_is_written_again() {
        let mut outbox = outbox(&["a 1 1\n", "b 2 1\n"]);
        let began = Instant::now();
        outbox.batch(6).unwrap();
        outbox.wrote(began);
        outbox.batch(6).unwrap();
        outbox.arrived(began);
        assert_eq!((outbox.sent(), outbox.unwritten(), outbox.waiting()), (1, 0, 1));
        outbox.again();
        assert_eq!((outbox.sent(), outbox.unwritten()), (1, 1));
        assert_eq!(outbox.batch(100).unwrap(), "b 2 1\n");
        outbox.wrote(began + Duration::from_secs(1));
        outbox.arrived(began);
        assert_eq!((outbox.sent(), outbox.oldest_written()), (1, Some(began + Duration::from_secs(1))));
    }

    proptest! {
        /// Whatever happens: each line is sent, lost or waiting, and none is skipped unless it was lost.
        #[test]
        fn no_line_gets_out_of_sight(steps in prop::collection::vec(0_u8..6, 1..200)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let _guard = runtime.enter();
            let began = Instant::now();
            let (mut outbox, mut pushed) = (Outbox::new(60), 0_u64);
            for (second, step) in (0_u64..).zip(steps) {
                let now = began + Duration::from_secs(second);
                match step {
                    0 | 1 => {
                        outbox.push(format!("{pushed:05}\n"));
                        pushed += 1;
                    }
                    2 => {
                        let expected = pushed - outbox.unwritten();
                        if let Some(batch) = outbox.batch(18) {
                            prop_assert_eq!(batch.lines().next().unwrap(), format!("{expected:05}"));
                        }
                    }
                    3 => outbox.wrote(now),
                    4 => outbox.arrived(now),
                    _ => outbox.again(),
                }
                prop_assert_eq!(outbox.sent() + outbox.lost() + outbox.waiting(), pushed);
                prop_assert_eq!(outbox.bytes, outbox.lines.iter().map(String::len).sum::<usize>());
                prop_assert!(outbox.bytes <= 60 && outbox.unwritten() <= outbox.waiting());
            }
        }
    }
}
