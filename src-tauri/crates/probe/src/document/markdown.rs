//! The report to paste into a ticket: GitHub's, GitLab's and others' common Markdown.

use std::fmt::Write as _;

use crate::catalogue::Language;
use crate::report::Report;

use super::deep::{self, Deep};
use super::stages::Found;
use super::text::plain;
use super::{chain, clients, cost, stages, verdict};

pub(super) fn markdown(report: &Report, language: Language) -> String {
    let mut page = Page {
        text: String::new(),
        language,
    };
    page.head(report);
    page.causes(report);
    page.stages(report);
    page.addresses(report);
    page.chain(report);
    page.clients(report);
    if let Some(deep) = Deep::of(report) {
        page.deep(deep, report);
    }
    page.cost(report);
    page.text
}

/// A code span: nothing in it is a link, an image, a mention or a tag. Its fence is longer than any
/// run of backticks inside (CommonMark 6.1).
fn code(text: &str) -> String {
    let text = plain(text);
    if text.trim().is_empty() {
        return "–".to_owned();
    }
    let runs = text.split(|c| c != '`').map(str::len);
    let fence = "`".repeat(runs.max().unwrap_or(0) + 1);
    // One space at each end is taken away again, and keeps a backtick off the fence.
    let apart = match text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) {
        true => " ",
        false => "",
    };
    format!("{fence}{apart}{text}{apart}{fence}")
}

/// A code span for a table. A bar ends a cell even there, and not every reader takes a backslash
/// before it for an escape, so it becomes a broken one.
fn code_in_cell(text: &str) -> String {
    code(&text.replace('|', "\u{a6}"))
}

struct Page {
    text: String,
    language: Language,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn title(&mut self, level: usize, title: &str) {
        let _ = write!(self.text, "\n{} {title}\n\n", "#".repeat(level));
    }

    /// A pair of a label of ours and a value from anywhere.
    fn item(&mut self, label: &str, value: &str) {
        let colon = self.language.of(": ", "：");
        let value = code(value);
        self.line(&format!("- {label}{colon}{value}"));
    }

    fn head(&mut self, report: &Report) {
        let language = self.language;
        let headline = verdict::headline(report, language);
        self.line(&format!("# {headline}"));
        let (word, about) = (report.verdict.word(language), report.verdict.text(language));
        let _ = write!(self.text, "\n**{word}**: {}\n\n", about.explanation);
        for (label, value) in verdict::circumstances(report, language) {
            self.item(label, &value);
        }
    }

    fn causes(&mut self, report: &Report) {
        let language = self.language;
        let first = verdict::decisive(report);
        let others = report.stages.iter().filter(|stage| Some(*stage) != first);
        for stage in first.into_iter().chain(others) {
            let (Some(cause), Some(text)) = (stage.cause, stage.text(language)) else {
                continue;
            };
            self.title(2, &format!("{} (`{}`)", text.title, cause.id()));
            let fix = language.of("What to do:", "处理方法：");
            let (explanation, advice) = (&text.explanation, &text.fix);
            let _ = write!(self.text, "{explanation}\n\n**{fix}** {advice}\n\n");
            for (label, value) in verdict::facts(stage, language) {
                self.item(&label, &value);
            }
        }
    }

    fn stages(&mut self, report: &Report) {
        let l = self.language;
        self.title(2, l.of("Stages", "阶段"));
        self.table(&[
            l.of("Stage", "阶段"),
            l.of("Result", "结果"),
            l.of("Time", "用时"),
            l.of("Found", "发现"),
        ]);
        for stage in &report.stages {
            let found = match stages::summary(stage, report, l) {
                Found::Ours(text) => text.to_owned(),
                Found::Theirs(text) => code_in_cell(&text),
            };
            let took = stages::took(stage, l);
            self.row(&[stage.id.word(l), stage.status.word(l), &took, &found]);
        }
    }

    fn addresses(&mut self, report: &Report) {
        let l = self.language;
        let addresses = stages::several(report);
        if addresses.is_empty() {
            return;
        }
        self.title(2, l.of("Addresses", "地址"));
        for address in addresses {
            let cause = address.cause.map(|cause| format!(" (`{}`)", cause.id()));
            let (at, word) = (code(&address.address), address.verdict.word(l));
            self.line(&format!("- {at} {word}{}", cause.unwrap_or_default()));
        }
    }

    fn chain(&mut self, report: &Report) {
        let l = self.language;
        if report.chain.is_empty() {
            return;
        }
        self.title(2, l.of("Certificate chain", "证书链"));
        for (at, link) in report.chain.iter().enumerate() {
            let (role, subject) = (link.role.word(l), code(&chain::subject(link, l)));
            self.line(&format!("{}. {role} {subject}", at + 1));
            for (label, value) in link.facts.iter().flat_map(|facts| chain::pairs(facts, l)) {
                self.text.push_str("   ");
                self.item(label, &value);
            }
            if at + 1 < report.chain.len() {
                self.line(&format!("   - **{}**", chain::signed(link, l)));
            }
        }
    }

    fn clients(&mut self, report: &Report) {
        let l = self.language;
        if report.clients.is_empty() {
            return;
        }
        self.title(2, clients::title(l));
        self.table(&clients::heads(l));
        for client in &report.clients {
            let name = code_in_cell(&clients::client(client));
            let why = client.why(l).unwrap_or_default();
            let needs = client.needs().map_or_else(String::new, code_in_cell);
            self.row(&[&name, client.outcome.word(l), why, &needs]);
        }
        if let Some(condition) = clients::condition(report, l) {
            self.line("");
            self.line(&deep::sentence(condition.to_owned(), l));
        }
    }

    fn deep(&mut self, deep: Deep<'_>, report: &Report) {
        let l = self.language;
        self.title(2, deep::title(l));
        self.line(&deep::sentence(deep.survey.effort(l), l));
        if let Some(plaintext) = deep::plaintext(report, l) {
            self.line(plaintext);
        }
        self.line("");
        for protocol in deep.protocols {
            let words = [protocol.word(l)].into_iter().chain(protocol.remarks(l));
            let words = words.collect::<Vec<_>>().join(l.of(", ", "、"));
            let version = code(&protocol.version);
            self.line(&format!("- {version} {words}"));
        }
        for protocol in deep.protocols {
            self.suites(deep, protocol);
        }
        if deep.survey.certificates.len() > 1 {
            self.title(3, deep::certificates_title(l));
            for each in &deep.survey.certificates {
                let cause = each.cause.map(|cause| format!(" (`{}`)", cause.id()));
                let presented = code(&deep::presented(each, l));
                self.line(&format!("- {presented}{}", cause.unwrap_or_default()));
            }
        }
        if !deep.survey.gaps.is_empty() {
            self.title(3, deep::gaps_title(l));
            for gap in &deep.survey.gaps {
                let (version, part) = (code(&gap.protocol), gap.part.word(l));
                self.line(&format!("- {version} {part}: {}", gap.reason.word(l)));
            }
        }
        for warning in &deep.survey.warnings {
            let text = warning.cause.text(l);
            self.title(3, &format!("{} (`{}`)", text.title, warning.cause.id()));
            self.line(&text.fix);
            self.line("");
            self.line(&code(&deep::about(warning)));
        }
    }

    fn suites(&mut self, deep: Deep<'_>, protocol: &crate::deep::Protocol) {
        let l = self.language;
        let suites: Vec<_> = deep.suites(protocol).collect();
        if !suites.is_empty() {
            let version = code(&protocol.version);
            self.title(3, &deep::suites_title(&version, protocol, l));
        }
        for suite in suites {
            let mut remarks = vec![deep::bits(suite, l)];
            if let Some(weakness) = suite.weakness {
                let weakness = weakness.word(l);
                remarks.push(format!("**{}{weakness}**", l.of("weak: ", "弱：")));
            }
            remarks.extend(suite.remarks(l));
            let remarks = remarks.join(l.of(", ", "、"));
            let name = code(&suite.name);
            self.line(&format!("- {name} {remarks}"));
        }
        let groups: Vec<_> = protocol.groups.iter().map(|g| deep::group(g, l)).collect();
        if !groups.is_empty() {
            self.line("");
            self.item(l.of("Groups", "密钥交换组"), &groups.join(", "));
        }
        if !protocol.signatures.is_empty() {
            let schemes = protocol.signatures.join(", ");
            self.item(l.of("Signature schemes", "签名方案"), &schemes);
        }
    }

    fn cost(&mut self, report: &Report) {
        let l = self.language;
        let Some(cost) = &report.cost else { return };
        self.title(2, cost::title(l));
        self.table(&["", "p50", "p99", cost::measured(l)]);
        for (what, series) in cost::rows(cost, l) {
            let [p50, p99, count] = cost::cells(series, l);
            self.row(&[what, &p50, &p99, &count]);
        }
        self.line("");
        self.line(&cost::effort(cost, l));
    }

    fn table(&mut self, heads: &[&str]) {
        self.row(heads);
        self.row(&vec!["---"; heads.len()]);
    }

    fn row(&mut self, cells: &[&str]) {
        self.line(&format!("| {} |", cells.join(" | ")));
    }
}
