//! What all targets came to.

use rediseal_probe::Verdict;
use serde::Serialize;

use super::Done;
use crate::language::{Language, say};
use crate::output::{Output, milliseconds};
use crate::report::fails_behind_tls;

/// Counts of targets.
#[derive(Debug, Default, Serialize)]
pub(super) struct Summary {
    /// Those that something came of: the sum of the next six.
    pub(super) targets: usize,
    secure: usize,
    chain_only: usize,
    /// Proven, secure or by the chain only, but no Redis answered or the login failed.
    without_redis: usize,
    insecure: usize,
    unreachable: usize,
    /// Lines that cannot be used, and instances without a certificate to test against.
    not_tested: usize,
    /// Begun and not ended, because the command was stopped.
    pub(super) unfinished: usize,
    /// Not begun, because the command was stopped, as far as their lines were there.
    pub(super) not_begun: usize,
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
                Verdict::Secure | Verdict::ChainOnly if fails_behind_tls(report) => {
                    &mut self.without_redis
                }
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
            without_redis,
            insecure,
            unreachable,
            not_tested,
            unfinished,
            not_begun,
            ..
        } = self;
        let time = milliseconds(self.elapsed_us);
        let targets = match (*targets, language) {
            (1, Language::English) => "1 target".to_owned(),
            (targets, _) => say!(language, "{targets} targets", "{targets} 个目标"),
        };
        let without_redis = match without_redis {
            0 => String::new(),
            n => say!(
                language,
                " {n} proven but without a Redis that answers or lets in,",
                "已证明但 Redis 未应答或拒绝登录 {n}，"
            ),
        };
        let text = say!(
            language,
            "{targets} in {time}: {secure} secure, {chain_only} chain only,{without_redis} {insecure} insecure, {unreachable} unreachable, {not_tested} not tested",
            "{targets}，用时 {time}：安全 {secure}，仅证书链 {chain_only}，{without_redis}不安全 {insecure}，不可达 {unreachable}，未测试 {not_tested}"
        );
        let left = unfinished + not_begun;
        let all = left + self.targets;
        match self.stopped {
            true => say!(
                language,
                "Stopped: {left} of {all} not tested, of which {unfinished} had begun. {text}",
                "已停止：{all} 个目标中有 {left} 个未测试，其中 {unfinished} 个已开始。{text}"
            ),
            false => text,
        }
    }
}
