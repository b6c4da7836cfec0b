//! How far a stage has come: a bar with rate and time left on a terminal, now and
//! then a line otherwise.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::io::write::output::complain;

const BETWEEN_LINES: Duration = Duration::from_secs(30);

pub struct Progress {
    bar: Option<ProgressBar>,
    name: &'static str,
    unit: &'static str,
    total: u64,
    /// What an earlier run has done.
    before: u64,
    done: u64,
    started: Instant,
    told: Instant,
}

impl Progress {
    pub fn new(name: &'static str, unit: &'static str, total: u64, before: u64) -> Progress {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(total).with_message(name).with_position(before);
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
        Progress { bar, name, unit, total, before, done: before, started: now, told: now }
    }

    pub fn advance(&mut self, by: u64) {
        self.done += by;
        match &self.bar {
            Some(bar) => bar.set_position(self.done),
            None if self.told.elapsed() >= BETWEEN_LINES => {
                self.told = Instant::now();
                let seconds = self.started.elapsed().as_secs_f64();
                let rate = (self.done - self.before) as f64 / seconds;
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
        let new = self.done - self.before;
        let seconds = self.started.elapsed().as_secs_f64();
        let resumed = match self.before {
            0 => String::new(),
            before => format!(" ({} were done before)", self.amount(before as f64, 0)),
        };
        complain(format_args!(
            "{}: {}{resumed}, {seconds:.1} s, {}/s",
            self.name,
            self.amount(self.done as f64, 0),
            self.amount(new as f64 / seconds.max(1e-3), 1)
        ));
    }

    /// With its unit.
    fn amount(&self, count: f64, digits: usize) -> String {
        match self.unit {
            "bytes" => format!("{:.1} MB", count / 1e6),
            unit => {
                let count = format!("{count:.digits$}");
                // All units are plurals in `s`.
                let unit = if count == "1" { unit.trim_end_matches('s') } else { unit };
                format!("{count} {unit}")
            }
        }
    }
}
