//! The progress of a stage: on a terminal a bar with rate and remaining time, otherwise a line every
//! half minute.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::io::messages::terminal::complain;

const BETWEEN_LINES: Duration = Duration::from_secs(30);

pub struct ProgressDisplay {
    bar: Option<ProgressBar>,
    name: &'static str,
    /// A plural in `s`.
    unit: &'static str,
    total: u64,
    /// How much an earlier run has done.
    resumed: u64,
    done: u64,
    started: Instant,
    printed: Instant,
}

impl ProgressDisplay {
    pub fn new(
        name: &'static str,
        unit: &'static str,
        total: u64,
        resumed: u64,
    ) -> ProgressDisplay {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total).with_message(name).with_position(resumed);
            let template = format!(
                "{{msg:8}} {{wide_bar}} {{human_pos}}/{{human_len}} {unit}, {{per_sec}}, {{eta}} left"
            );
            bar.set_style(
                ProgressStyle::with_template(&template)
                    .unwrap_or_else(|_| ProgressStyle::default_bar()),
            );
            bar.reset_eta();
            bar
        });
        let now = Instant::now();
        ProgressDisplay {
            bar,
            name,
            unit,
            total,
            resumed,
            done: resumed,
            started: now,
            printed: now,
        }
    }

    pub fn set(&mut self, done: u64) {
        self.done = done;
        match &self.bar {
            Some(bar) => bar.set_position(self.done),
            None if self.printed.elapsed() >= BETWEEN_LINES => {
                self.printed = Instant::now();
                let seconds = self.started.elapsed().as_secs_f64();
                let rate = (self.done - self.resumed) as f64 / seconds;
                let left = self.total.saturating_sub(self.done) as f64 / rate.max(1e-9);
                complain(format_args!(
                    "{}: {} of {}, {}/s, {left:.0} s left",
                    self.name,
                    self.amount(self.done as f64, 0),
                    self.amount(self.total as f64, 0),
                    self.amount(rate, 1)
                ));
            }
            None => {}
        }
    }

    pub fn finish(self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
        let seconds = self.started.elapsed().as_secs_f64();
        let resumed = match self.resumed {
            0 => String::new(),
            resumed => format!(" ({} by earlier runs)", self.amount(resumed as f64, 0)),
        };
        let rate = (self.done - self.resumed) as f64 / seconds.max(1e-3);
        complain(format_args!(
            "{}: {}{resumed}, {seconds:.1} s, {}/s",
            self.name,
            self.amount(self.done as f64, 0),
            self.amount(rate, 1)
        ));
    }

    /// An amount with its unit.
    fn amount(&self, count: f64, digits: usize) -> String {
        if self.unit == "bytes" {
            return format!("{:.1} MB", count / 1e6);
        }
        let count = format!("{count:.digits$}");
        let unit = if count == "1" { self.unit.trim_end_matches('s') } else { self.unit };
        format!("{count} {unit}")
    }
}
