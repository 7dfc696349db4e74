//! Rows for programs: tab-separated with escapes, and CSV whose cells no spreadsheet runs.

use super::Sheet;

/// Tab-separated rows without headings. Tabs, line ends and backslashes in values are escaped.
pub(super) fn tabs(sheet: &Sheet) -> String {
    let line = |row: &Vec<super::Cell>| {
        let cells: Vec<String> = row.iter().map(|cell| escaped(&cell.full)).collect();
        cells.join("\t") + "\n"
    };
    sheet.rows.iter().map(line).collect()
}

/// CSV with headings.
pub(super) fn csv(sheet: &Sheet) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let rows = sheet.rows.iter().map(|row| row.iter().map(|cell| neutral(&cell.full)).collect::<Vec<_>>());
    let written = writer.write_record(&sheet.columns).and_then(|()| {
        for row in rows {
            writer.write_record(row)?;
        }
        Ok(())
    });
    // Writing into memory does not fail; rows of unequal length would be a bug that shows as missing rows.
    debug_assert!(written.is_ok());
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

/// A cell that a spreadsheet takes for text: what begins like a formula gets a leading `'`.
pub(crate) fn neutral(cell: &str) -> String {
    // The full-width forms are signs too once a spreadsheet has normalised them.
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_runs_and_nothing_that_splits() {
        for bait in ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "＝1"] {
            assert!(neutral(bait).starts_with('\''), "{bait:?}");
        }
        assert_eq!(neutral("a=1"), "a=1");
        assert_eq!(escaped("a\tb\\c\nd"), "a\\tb\\\\c\\nd");
    }
}
