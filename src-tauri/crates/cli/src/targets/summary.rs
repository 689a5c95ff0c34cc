//! What all targets came to.

use rediseal_probe::Verdict;
use serde::Serialize;

use super::Done;
use crate::language::say;
use crate::output::{Output, milliseconds};

/// Counts of targets.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    /// Those that something came of: the sum of the next five.
    pub(super) targets: usize,
    secure: usize,
    chain_only: usize,
    insecure: usize,
    unreachable: usize,
    /// Lines that cannot be used, and instances without a certificate to test against.
    not_tested: usize,
    /// Begun and not ended, because the command was stopped.
    pub(super) unfinished: usize,
    /// By Ctrl+C.
    pub(super) stopped: bool,
    /// Microseconds.
    pub(super) elapsed_us: u64,
}

impl Summary {
    pub(super) fn take(&mut self, done: &Done) {
        self.targets += 1;
        *match &done.outcome {
            Ok(report) => match report.verdict {
                Verdict::Secure => &mut self.secure,
                Verdict::ChainOnly => &mut self.chain_only,
                Verdict::Insecure => &mut self.insecure,
                Verdict::Unreachable => &mut self.unreachable,
            },
            Err(_) => &mut self.not_tested,
        } += 1;
    }

    /// Every target, as a single test would say it.
    pub(super) fn is_proven(&self) -> bool {
        self.targets == self.secure + self.chain_only && !self.stopped
    }

    pub(super) fn text(&self, output: &Output) -> String {
        let language = output.language;
        let Self {
            targets,
            secure,
            chain_only,
            insecure,
            unreachable,
            not_tested,
            unfinished,
            ..
        } = self;
        let time = milliseconds(self.elapsed_us);
        let text = say!(
            language,
            "{targets} targets in {time}: {secure} secure, {chain_only} chain only, {insecure} insecure, {unreachable} unreachable, {not_tested} not tested",
            "{targets} 个目标，用时 {time}：安全 {secure}，仅证书链 {chain_only}，不安全 {insecure}，不可达 {unreachable}，未测试 {not_tested}"
        );
        match self.stopped {
            true => say!(
                language,
                "Stopped; {unfinished} tests were given up. {text}",
                "已停止，放弃了 {unfinished} 项进行中的测试。{text}"
            ),
            false => text,
        }
    }
}
