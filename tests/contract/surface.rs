//! What the vendor's description offers of the products and actions that are used here, beside
//! what it offered when it was last looked through. A newer package in `requirements.txt` may
//! have more: that is news and no failure.

use std::{
    collections::BTreeSet,
    fs,
    io::{Write, stderr},
};

use rediseal_tencent::action::{Action, Product};

use crate::{
    description::{self, Description},
    vendor,
};

/// One line for each action of the products, and for each field of the actions that are used.
const KNOWN: &str = include_str!("surface.txt");

#[test]
fn what_is_new_in_the_description_is_said() {
    let mut lines = BTreeSet::new();
    for product in [Product::Redis, Product::Region, Product::Sts] {
        let description = description::of(product);
        let service = product.service();
        let actions = description.actions.keys();
        lines.extend(actions.map(|action| format!("{service} {action}")));
        for action in Action::ALL {
            if action.product != product {
                continue;
            }
            if let Some(described) = description.find(action) {
                let start = format!("{service} {}", action.name);
                fields(
                    &description,
                    &described.input,
                    &format!("{start} <- "),
                    &mut lines,
                );
                fields(
                    &description,
                    &described.output,
                    &format!("{start} -> "),
                    &mut lines,
                );
            }
        }
    }
    assert!(lines.len() > 300, "{} lines", lines.len());

    let known: BTreeSet<String> = KNOWN.lines().map(str::to_owned).collect();
    let new = lines.difference(&known).map(|line| format!("new   {line}"));
    let gone = known.difference(&lines).map(|line| format!("gone  {line}"));
    let drift: Vec<String> = new.chain(gone).collect();
    if drift.is_empty() {
        return;
    }
    let mut now: String = lines.into_iter().collect::<Vec<_>>().join("\n");
    now.push('\n');
    let file = vendor::folder().join("surface.txt");
    fs::write(&file, now).unwrap();
    // Past the test harness, which shows what is printed only when a test fails.
    writeln!(
        stderr(),
        "\nThe vendor's description has changed:\n  {}\nWhen looked through, put {} in the \
         place of tests/contract/surface.txt.\n",
        drift.join("\n  "),
        file.display()
    )
    .unwrap();
}

fn fields(description: &Description, object: &str, start: &str, lines: &mut BTreeSet<String>) {
    for member in description.members(object) {
        let required = match member.required || member.output_required {
            true => ", required",
            false => "",
        };
        lines.insert(format!(
            "{start}{}: {}{required}",
            member.name, member.member
        ));
        if description.is_object(&member.member) {
            let start = format!("{start}{}.", member.name);
            fields(description, &member.member, &start, lines);
        }
    }
}
