use super::*;
use crate::article::BlockKind;

fn text(page: &str) -> String {
    extract(page, false).map_or_else(|refused| refused.reason, |found| found.text)
}

/// Kinds and texts of the blocks.
fn blocks(page: &str) -> Vec<(BlockKind, String)> {
    let found = extract(page, false).ok().unwrap();
    let block = |one: &PageBlock| (one.block.kind, found.text[one.block.span.clone()].to_string());
    found.blocks.iter().map(block).collect()
}

#[test]
fn inline_elements_do_not_divide_words() {
    assert_eq!(
        text("<p>Fä<b>hr</b><i>e</i> <a href=x>und</a>\n<em>Boot</em>.</p>"),
        "Fähre und Boot."
    );
    assert_eq!(
        text("<p>lang<wbr>es Wo&shy;rt&nbsp;&amp; &#x416;&lt;br&gt;"),
        "langes Wort\u{a0}& Ж<br>"
    );
    assert_eq!(text("<td>a</td><td>b</td>"), "a\n\nb");
    assert_eq!(text("one<br>two<br/>three<br><br>four</br>five"), "one\ntwo\nthree\n\nfour\nfive");
    assert_eq!(text("<pre>a\n b\n\nc</pre>"), "a\nb\n\nc");
    assert_eq!(
        text("a < b &c &notanentity; &#0; &#xD800;"),
        "a < b &c \u{ac}anentity; \u{fffd} \u{fffd}"
    );
}

#[test]
fn what_is_not_shown_leaves_nothing() {
    for hidden in [
        "<script>document.write('<p>x</p>')</script>",
        "<script><!-- <script>x</script> --></script>",
        "<style>p::before { content: 'x' }</style>",
        "<!-- x <p>x</p> --><!x><?x ?><![CDATA[x]]>",
        "<template><p>x</p></template>",
        "<noscript><img src=x>x</noscript>",
        "<div hidden>x<div>x</div>x</div>",
        "<span hidden>x<span>x</span>x</span>",
        "<p aria-hidden=TRUE>x</p>",
        "<p style='color:red; DISPLAY : none !important'>x</p>",
        "<ul><li style='visibility:hidden'>x<li hidden>x</ul>",
        "<div id=onetrust-banner-sdk><p>x</div>",
        "<div class='box Cookie-Banner'>x</div>",
        "<dialog>x</dialog>",
        "<select><option>x<option>x</select><button>x</button><textarea><p>x</textarea>",
        "<svg><title>x</title><text>x</text></svg>",
        "<video>x</video><iframe>x</iframe><object>x</object>",
        "<ruby>漢<rp>(</rp><rt>x</rt></ruby>",
    ] {
        let page = format!("<p>before</p>{hidden}<p>after</p>");
        let found = text(&page).replace("\n\n漢", "");
        assert_eq!(found, "before\n\nafter", "{hidden}");
    }
    assert_eq!(
        text("<body hidden><div class=has-cookie-banner>shown<li hidden>x<li>too"),
        "shown\n\ntoo"
    );
    assert_eq!(text("<p hidden>x<p>shown<div hidden=until-found>found</div>"), "shown\n\nfound");
}

#[test]
fn blocks_have_kinds_and_places() {
    use BlockKind::{Aside, Caption, Heading, ListItem, Navigation, Paragraph, TableCell};
    let page = "<header><nav><h2>Menu</h2><ul><li>Home<li>News</ul></nav></header><main>\
        <h1>Ferry</h1><p>It runs.<ul><li><p>Ticket</p></ul><dl><dt>Fare<dd>2 €</dl>\
        <figure><img><figcaption>At noon</figcaption></figure>\
        <table><caption>Times</caption><tr><th>Day<td>Hour</table>\
        <aside><h3>More</h3><p>Box</aside><footer>By A. B.</footer></main>\
        <aside><p>Teaser</aside><form>Get our letters</form><div class='share-buttons'>Share</div><footer>Imprint</footer>";
    let expected = [
        (Navigation, "Menu"),
        (Navigation, "Home"),
        (Navigation, "News"),
        (Heading, "Ferry"),
        (Paragraph, "It runs."),
        (ListItem, "Ticket"),
        (ListItem, "Fare"),
        (ListItem, "2 €"),
        (Caption, "At noon"),
        (Caption, "Times"),
        (TableCell, "Day"),
        (TableCell, "Hour"),
        (Heading, "More"),
        (Paragraph, "Box"),
        (Paragraph, "By A. B."),
        (Aside, "Teaser"),
        (Aside, "Get our letters"),
        (Navigation, "Share"),
        (Navigation, "Imprint"),
    ];
    assert_eq!(blocks(page), expected.map(|(kind, text)| (kind, text.to_string())));
    let found = extract(page, false).ok().unwrap();
    for one in &found.blocks {
        let (tag, after) = page[one.block.source as usize..].split_once('>').unwrap();
        assert!(
            tag.starts_with('<') && after.starts_with(&found.text[one.block.span.clone()]),
            "{tag}"
        );
    }
}

#[test]
fn what_is_outside_of_most_of_the_text_is_beside_the_content() {
    let comments = "<p>The ferry runs again, after two winters.</p><article>First!</article>";
    assert!(blocks(comments).iter().all(|(kind, _)| *kind == BlockKind::Paragraph));
    let article = "<p>Logo</p><article>The ferry runs again, after two winters.</article>";
    let kinds: Vec<BlockKind> = blocks(article).into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [BlockKind::Aside, BlockKind::Paragraph]);
}

#[test]
fn broken_markup_is_read_as_browsers_read_it() {
    assert_eq!(text("<p>a<div>b</p>c</div></div></span>d"), "a\n\nb\n\nc\n\nd");
    // An end tag inside a cell does not end the element around its table.
    assert_eq!(text("<div hidden><table><tr><td></div>x</table>x</div>y"), "y");
    assert_eq!(text("a<b c='<p>x'>d</b"), "ad");
    assert_eq!(text("a<!-- b"), "a");
    assert_eq!(text("<p>a</body></html>b"), "a\n\nb");
    assert_eq!(text("<title>x<p>y</title>a<plaintext>b<p>c"), "a\n\nb<p>c");
    assert_eq!(text(""), "");
    assert_eq!(text("<svg><title/><path/></svg><p>a"), "a");
    let xml = "<script src='x'/><p>a</p><title/>b";
    assert_eq!(extract(xml, true).map_or(String::new(), |found| found.text), "a\n\nb");
}

#[test]
fn hostile_pages_take_linear_time() {
    const NOTHING: &str = "(no text)";
    let megabytes = |part: &str| part.repeat((2 << 20) / part.len());
    let many_attributes: String = (0..100_000).map(|at| format!(" a{at}")).collect();
    let pages = [
        (megabytes("<b>"), NOTHING),
        (megabytes("<div>"), "elements are open"),
        (megabytes("<p>"), NOTHING),
        (megabytes("<li><ul>"), "elements are open"),
        (megabytes("<table><td>"), "elements are open"),
        (megabytes("<i><div></i>"), "elements are open"),
        (megabytes("<a></b></a>"), NOTHING),
        (megabytes("</div>"), NOTHING),
        (megabytes("<"), "<"),
        (megabytes("<!--"), NOTHING),
        (megabytes("<a "), "attributes"),
        (format!("<a{many_attributes}>"), "attributes"),
        (format!("<a title='<' {many_attributes}>"), "attributes"),
        (format!("<!-- <a b=\"--><p{many_attributes}>"), "attributes"),
        (format!("<title></title{many_attributes}>"), "attributes"),
        (format!("<svg>{}</svg><p>ok", megabytes("<path/>")), "ok"),
        (format!("<img alt='{}'>ok", megabytes("x ")), "ok"),
        (megabytes("&lt;&amp;"), "<&"),
        (megabytes("&"), "&"),
        (megabytes("<script>"), NOTHING),
        (megabytes("<x hidden>"), "elements are open"),
        (format!("<!DOCTYPE html [<!ENTITY a \"{}\">]>&a;", "b".repeat(1 << 20)), "&a;"),
    ];
    for (page, expected) in pages {
        let start = std::time::Instant::now();
        let found = text(&page);
        let shown = &page[..page.len().min(20)];
        let is_right =
            if expected == NOTHING { found.is_empty() } else { found.contains(expected) };
        assert!(is_right, "{shown}: {:?}", found.chars().take(80).collect::<String>());
        assert!(start.elapsed().as_secs() < 10, "{shown}: {:?}", start.elapsed());
    }
}
