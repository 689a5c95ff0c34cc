//! Columns that line up, also when the text is Chinese.

use unicode_width::UnicodeWidthStr as _;

/// Rows of cells, each column as wide as its widest cell, two spaces between.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn row<const N: usize>(&mut self, cells: [impl Into<String>; N]) {
        self.rows.push(cells.map(Into::into).into());
    }

    /// Each line begins with `indent` and ends without blanks.
    pub(crate) fn lines(&self, indent: &str) -> Vec<String> {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.width())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        self.rows
            .iter()
            .map(|row| {
                let mut line = indent.to_owned();
                for (cell, width) in row.iter().zip(&widths) {
                    line.push_str(cell);
                    line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
                }
                line.truncate(line.trim_end().len());
                line
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn columns_line_up_in_both_scripts() {
        let mut table = Table::default();
        table.row(["状态", "x"]);
        table.row(["on", ""]);
        table.row(["updating", "y"]);
        assert_eq!(
            table.lines("> "),
            ["> 状态      x", "> on", "> updating  y"]
        );
    }
}
