//! What each client library will say, as text.

use rediseal_probe::{ClientVerdict, Outcome, Report};

use crate::language::{Language, say};
use crate::output::plain;
use crate::table::Table;

/// A line for each library, then the settings that make those work that would not. Nothing when
/// nothing can be said of any.
pub(crate) fn text(report: &Report, language: Language) -> String {
    let Some(first) = report.clients.first() else {
        return String::new();
    };
    let same = |client: &ClientVerdict| {
        (client.outcome, client.cause, client.note) == (first.outcome, first.cause, first.note)
    };
    if first.outcome == Outcome::Refuses
        && report
            .clients
            .iter()
            .all(|client| same(client) && client.setting.is_none())
    {
        return language
            .of(
                "\n  every client library will refuse too, and no safe setting changes that\n",
                "\n  所有客户端库同样会拒绝连接，没有任何安全的设置能改变这一点\n",
            )
            .to_owned();
    }
    let mut text = language
        .of(
            "\n  what each client library will say:\n",
            "\n  各客户端库的结果：\n",
        )
        .to_owned();
    let mut table = Table::default();
    for client in &report.clients {
        let note = client.note.map(|note| note.word(language.catalogue()));
        let own = client.message.as_deref().filter(|_| note.is_none());
        let words = own.map_or_else(
            || {
                client
                    .why(language.catalogue())
                    .unwrap_or_default()
                    .to_owned()
            },
            plain,
        );
        table.row([
            format!("{} {}", client.name, client.versions),
            client.outcome.word(language.catalogue()).to_owned(),
            words,
        ]);
    }
    for line in table.lines("    ") {
        text += &line;
        text.push('\n');
    }
    text + &settings(&report.clients, language)
}

fn settings(clients: &[ClientVerdict], language: Language) -> String {
    let mut text = String::new();
    for client in clients {
        let Some(setting) = &client.setting else {
            continue;
        };
        if text.is_empty() {
            text += &match client.condition(language.catalogue()) {
                Some(condition) => say!(
                    language,
                    "\n  what makes them work:\n    {condition}.\n",
                    "\n  使其可用的设置：\n    {condition}。\n"
                ),
                None => language
                    .of(
                        "\n  what makes them work, and stays safe:\n",
                        "\n  使其可用且仍然安全的设置：\n",
                    )
                    .to_owned(),
            };
        }
        let (name, versions, setting) = (&client.name, &client.versions, plain(setting));
        text += &say!(
            language,
            "    {name} {versions}: {setting}\n",
            "    {name} {versions}：{setting}\n"
        );
    }
    text
}
