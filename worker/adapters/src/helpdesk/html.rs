//! The small HTML of helpdesks: text in, text out.

/// Text as HTML: nothing in it is markup.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Text as paragraphs, a line break where the text has one.
pub fn paragraphs(text: &str) -> String {
    let paragraphs = text.split("\n\n").filter(|part| !part.trim().is_empty());
    paragraphs.map(|part| format!("<p>{}</p>", escaped(part.trim()).replace('\n', "<br>"))).collect()
}

/// The same, with addresses as links: for what only agents see.
pub fn linked_paragraphs(text: &str) -> String {
    let html = paragraphs(text);
    let mut out = String::with_capacity(html.len());
    let mut rest = html.as_str();
    while let Some(start) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        let (before, address_on) = rest.split_at(start);
        let end = address_on.find(|c: char| c.is_whitespace() || c == '<').unwrap_or(address_on.len());
        let (address, behind) = address_on.split_at(end);
        // What ends a sentence, or a bracket around the address, is not part of it.
        let trimmed = address.trim_end_matches(['.', ',', ')', '!', '?', ';', ':']);
        out.push_str(before);
        out.push_str(&format!("<a href=\"{trimmed}\">{trimmed}</a>{}", address.get(trimmed.len()..).unwrap_or_default()));
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// The text of small HTML: blocks and breaks are line breaks, links show where they lead, pictures are named.
pub fn text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    let mut link: Option<(String, usize)> = None;
    while let Some(open) = rest.find('<') {
        let (before, tag_on) = rest.split_at(open);
        out.push_str(&decoded(before));
        let Some(close) = tag_on.find('>') else {
            // No tag: a sign that means "less".
            out.push_str(&decoded(tag_on));
            rest = "";
            break;
        };
        let tag = tag_on.get(1..close).unwrap_or_default();
        rest = tag_on.get(close + 1..).unwrap_or_default();
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        match name.to_ascii_lowercase().as_str() {
            "br" => out.push('\n'),
            "p" | "div" | "li" | "ul" | "ol" | "pre" | "blockquote" | "h1" | "h2" | "h3" if !out.is_empty() && !out.ends_with('\n') => {
                out.push('\n');
            }
            "img" => out.push_str("[image]"),
            "a" if tag.starts_with('/') => {
                if let Some((href, from)) = link.take()
                    && out.get(from..).map(str::trim) != Some(href.as_str())
                {
                    out.push_str(&format!(" ({href})"));
                }
            }
            "a" => link = href(tag).map(|href| (href, out.len())),
            _ => {}
        }
    }
    out.push_str(&decoded(rest));
    let lines: Vec<&str> = out.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    lines.join("\n")
}

fn href(tag: &str) -> Option<String> {
    let value = tag.split_once("href=")?.1;
    let quote = value.chars().next().filter(|c| *c == '"' || *c == '\'')?;
    value.get(1..)?.split(quote).next().map(decoded)
}

fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    let named = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"), ("&apos;", "'"), ("&nbsp;", " ")];
    // The ampersand comes last: what it brings about is not decoded a second time.
    named.iter().fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign)).replace("&amp;", "&")
}

/// The same words, however they are laid out: for finding what was said.
pub fn is_same_text(one: &str, other: &str) -> bool {
    one.split_whitespace().eq(other.split_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_html_becomes_text() {
        for (html, expected) in [
            ("<p>Hi</p><p>there</p>", "Hi\nthere"),
            ("one<br>two", "one\ntwo"),
            ("see <a href=\"https://a.example/x\">this</a>", "see this (https://a.example/x)"),
            ("<a href=\"https://a.example\">https://a.example</a>", "https://a.example"),
            ("<ul><li>a</li><li>b</li></ul>", "a\nb"),
            ("1 &lt; 2 &amp;lt; 3 &amp; 4", "1 < 2 &lt; 3 & 4"),
            ("a < b", "a < b"),
            ("<img src='x'>", "[image]"),
            ("", ""),
        ] {
            assert_eq!(text(html), expected, "{html}");
        }
    }

    #[test]
    fn addresses_become_links_and_nothing_else_does() {
        for (said, html) in [
            (
                "see https://a.example/x?a=1&b=2.",
                "<p>see <a href=\"https://a.example/x?a=1&amp;b=2\">https://a.example/x?a=1&amp;b=2</a>.</p>",
            ),
            ("<b>no</b>", "<p>&lt;b&gt;no&lt;/b&gt;</p>"),
            ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
            ("https://a.example/\"onclick=x", "<p><a href=\"https://a.example/&quot;onclick=x\">https://a.example/&quot;onclick=x</a></p>"),
            ("http://a\nhttps://b", "<p><a href=\"http://a\">http://a</a><br><a href=\"https://b\">https://b</a></p>"),
        ] {
            assert_eq!(linked_paragraphs(said), html);
        }
    }

    #[test]
    fn what_is_escaped_comes_back() {
        for said in ["<b>5 > 3 & \"so\"</b>", "plain", "a\nb", "&amp;"] {
            assert_eq!(text(&paragraphs(said)), said);
        }
    }
}
