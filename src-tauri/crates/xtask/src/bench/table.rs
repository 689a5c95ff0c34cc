//! A table in Markdown that is also read in a terminal.

/// Writes the columns as wide as they need to be.
pub(crate) fn markdown(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        let cells = cells.map(|cell| cell.chars().count());
        cells.max().unwrap_or(0).max(head[column].chars().count())
    };
    let widths: Vec<_> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<String>| {
        let padded = cells
            .iter()
            .zip(&widths)
            .map(|(cell, &width)| format!("{cell:width$}"));
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    let mut text = line(head.iter().map(|&cell| cell.to_owned()).collect());
    text += &line(widths.iter().map(|&width| "-".repeat(width)).collect());
    for row in rows {
        text += &line(row.clone());
    }
    text
}

/// Of KiB; a dash where it could not be measured.
pub(crate) fn memory(kib: u64) -> String {
    match kib {
        0 => "–".to_owned(),
        _ => format!("{:.0} MiB", kib as f64 / 1024.0),
    }
}

#[cfg(test)]
mod tests {
    use super::markdown;

    #[test]
    fn columns_line_up() {
        let rows = [vec!["one".to_owned(), "2".to_owned()]];
        assert_eq!(
            markdown(&["a", "bcd"], &rows),
            "| a   | bcd |\n| --- | --- |\n| one | 2   |\n"
        );
    }
}
