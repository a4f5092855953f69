//! A conversation cut down to a budget: from the middle, so that how it began and how it stands remain.

use crate::data::Line;
use crate::ports::token_counter::TokenCounter;

/// Tokens of the names and quotes around one line.
const LINE_TOKENS: usize = 8;

/// The first line and as many of the newest as fit, with a note where lines were left out. The newest line is always there, cut at
/// its end when it does not fit alone.
pub fn trim(lines: Vec<Line>, tokens_max: usize, counter: &dyn TokenCounter) -> Vec<Line> {
    let cost = |line: &Line| counter.count(&line.text) + LINE_TOKENS;
    if lines.iter().map(cost).sum::<usize>() <= tokens_max {
        return lines;
    }
    let count = lines.len();
    let (Some(first), Some(newest)) = (lines.first(), lines.last()) else { return lines };
    if cost(newest) > tokens_max {
        return vec![Line { from: newest.from.clone(), text: cut(&newest.text, tokens_max.saturating_sub(LINE_TOKENS), counter) }];
    }
    let mut left = tokens_max - cost(newest);
    let keeps_first = count > 1 && cost(first) + LINE_TOKENS <= left;
    if keeps_first {
        left -= cost(first) + LINE_TOKENS;
    }
    let start = usize::from(keeps_first);
    let mut from = count - 1;
    while from > start {
        let Some(before) = lines.get(from - 1) else { break };
        if cost(before) > left {
            break;
        }
        left -= cost(before);
        from -= 1;
    }
    let mut kept: Vec<Line> = lines.iter().take(start).cloned().collect();
    if from > start {
        kept.push(Line { from: "note".to_owned(), text: format!("{} messages left out", from - start) });
    }
    kept.extend(lines.into_iter().skip(from));
    kept
}

/// The beginning of a text that has at most so many tokens, ending with a sign that it goes on.
pub fn cut(text: &str, tokens_max: usize, counter: &dyn TokenCounter) -> String {
    if counter.count(text) <= tokens_max {
        return text.to_owned();
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    // A prefix never has more tokens than a longer one, but for a token or two at the seam: the search may be that much off.
    let fits = |end: &usize| text.get(..*end).is_some_and(|part| counter.count(part) < tokens_max);
    let kept = ends.partition_point(fits).saturating_sub(1);
    let end = ends.get(kept).copied().unwrap_or(0);
    format!("{}…", text.get(..end).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::budget::tokens::ByBytes;

    fn lines(texts: &[&str]) -> Vec<Line> {
        texts.iter().map(|text| Line { from: "customer".to_owned(), text: (*text).to_owned() }).collect()
    }

    fn texts(lines: &[Line]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn what_fits_stays_as_it_is() {
        assert_eq!(texts(&trim(lines(&["one", "two"]), 100, &ByBytes)), ["one", "two"]);
        assert!(trim(Vec::new(), 0, &ByBytes).is_empty());
    }

    #[test]
    fn the_middle_goes_and_the_first_and_newest_stay() {
        let long = "x".repeat(60);
        let kept = trim(lines(&["first", &long, &long, &long, "before", "newest"]), 52, &ByBytes);
        assert_eq!(texts(&kept), ["first", "3 messages left out", "before", "newest"]);
    }

    #[test]
    fn a_newest_line_that_does_not_fit_alone_is_cut_between_characters() {
        let kept = trim(lines(&["first", &"é".repeat(500)]), 40, &ByBytes);
        assert_eq!(kept.len(), 1);
        assert!(kept[0].text.ends_with('…') && ByBytes.count(&kept[0].text) <= 34, "{}", kept[0].text.len());
    }
}
