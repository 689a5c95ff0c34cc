//! What a sweep did not bring, and why: each reason once.

use rediseal_engine::view::{
    EdgeError, InstanceRow, InventorySnapshot, RegionProgress, RegionState,
};
use serde::Serialize;

use crate::failure::{self, Exit, Failure};
use crate::language::{Language, say};
use crate::output::plain;

/// What is missing; as JSON, a line on stderr.
#[derive(Serialize)]
pub(crate) struct Shortfall<'a> {
    /// Whose instances are not listed, or not all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed_regions: Vec<&'a RegionProgress>,
    /// Listed, but nothing is known of their SSL. Their rows say why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unread_instances: Vec<&'a str>,
    /// Why the regions are those that are built in.
    #[serde(skip_serializing_if = "Option::is_none")]
    regions_error: Option<&'a EdgeError>,
    #[serde(skip)]
    unread: Vec<&'a InstanceRow>,
    #[serde(skip)]
    regions: usize,
}

impl<'a> Shortfall<'a> {
    pub(crate) fn of(fleet: &'a InventorySnapshot) -> Self {
        let failed =
            |region: &&RegionProgress| region.state == RegionState::Failed && !region.listed;
        let failed_regions: Vec<_> = fleet.regions.iter().filter(failed).collect();
        let is_listed = |row: &&InstanceRow| {
            failed_regions
                .iter()
                .all(|region| region.region != row.region)
        };
        let unread: Vec<_> = fleet
            .rows
            .iter()
            .filter(|row| row.error.is_some())
            .filter(is_listed)
            .collect();
        Self {
            unread_instances: unread.iter().map(|row| row.instance_id.as_str()).collect(),
            failed_regions,
            regions_error: fleet.regions_error.as_ref(),
            unread,
            regions: fleet.regions.len(),
        }
    }

    /// Whether every instance of every region is listed.
    pub(crate) fn is_listed(&self) -> bool {
        self.failed_regions.is_empty()
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.is_listed() && self.unread.is_empty() && self.regions_error.is_none()
    }

    /// A part of an answer is no answer to what is asked; the first reason is the one. All regions
    /// that have the product were asked, whoever named them.
    pub(crate) fn exit(&self) -> Exit {
        let regions = self
            .failed_regions
            .iter()
            .map(|region| region.error.as_ref());
        let instances = self.unread.iter().map(|row| row.error.as_ref());
        let mut exits = regions
            .chain(instances)
            .map(|error| error.map_or(Exit::Unreachable, failure::exit));
        exits.next().unwrap_or(Exit::Yes)
    }

    pub(crate) fn text(&self, language: Language) -> String {
        let mut lines = Vec::new();
        if let Some(error) = self.regions_error {
            let why = Failure::from(error.clone()).text(language);
            lines.push(say!(
                language,
                "warning: the cloud did not say which regions there are, so all that are known were asked: {why}",
                "警告：云端未提供地域列表，已改为询问所有已知地域：{why}"
            ));
        }
        let regions = self
            .failed_regions
            .iter()
            .map(|region| (region.region.as_str(), region.error.as_ref()));
        for (names, error) in by_reason(regions, language) {
            let (names, why) = (list(&names, language), why(error, language));
            lines.push(say!(
                language,
                "{names} did not answer: {why}",
                "{names} 没有应答：{why}"
            ));
        }
        if !self.is_listed() {
            let (count, all) = (self.failed_regions.len(), self.regions);
            lines.push(say!(
                language,
                "{count} of {all} regions did not answer: the list is not whole",
                "{all} 个地域中有 {count} 个没有应答：列表不完整"
            ));
        }
        let instances = self
            .unread
            .iter()
            .map(|row| (row.instance_id.as_str(), row.error.as_ref()));
        for (ids, error) in by_reason(instances, language) {
            let (count, why) = (ids.len(), why(error, language));
            lines.push(match (count, language) {
                (1, Language::English) => {
                    format!(
                        "the SSL state of {} could not be read: {why}",
                        plain(ids[0])
                    )
                }
                (_, Language::English) => {
                    format!("the SSL state of {count} instances could not be read: {why}")
                }
                (1, Language::Chinese) => {
                    format!("无法读取 {} 的 SSL 状态：{why}", plain(ids[0]))
                }
                (_, Language::Chinese) => format!("无法读取 {count} 个实例的 SSL 状态：{why}"),
            });
        }
        lines.join("\n")
    }
}

/// Those with the same reason together, in the order in which they come. The RequestId is that of
/// the first.
fn by_reason<'a>(
    all: impl Iterator<Item = (&'a str, Option<&'a EdgeError>)>,
    language: Language,
) -> Vec<(Vec<&'a str>, Option<&'a EdgeError>)> {
    let mut groups: Vec<(String, Vec<&str>, Option<&EdgeError>)> = Vec::new();
    for (name, error) in all {
        let reason = error.map_or_else(String::new, |error| {
            let happened = Failure::from(error.clone()).happened(language);
            format!("{happened}\n{}", error.message)
        });
        match groups.iter_mut().find(|(known, ..)| *known == reason) {
            Some((_, names, _)) => names.push(name),
            None => groups.push((reason, vec![name], error)),
        }
    }
    let groups = groups.into_iter();
    groups.map(|(_, names, error)| (names, error)).collect()
}

fn why(error: Option<&EdgeError>, language: Language) -> String {
    error.map_or_else(String::new, |error| {
        Failure::from(error.clone()).text(language)
    })
}

fn list(names: &[&str], language: Language) -> String {
    let names: Vec<_> = names.iter().map(|name| plain(name)).collect();
    names.join(language.of(", ", "、"))
}
