//! Receives the tokens of a page.

use std::cell::{Cell, RefCell};

use html5ever::LocalName;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::blocks::{PageBlock, TextBlocks};
use super::elements::{is_block, is_never_text, is_preformatted, is_void, kind, raw_kind};
use super::open_elements::{Context, OpenElements};
use super::site_parts::{SitePart, site_part};
use crate::article::BlockKind;
use crate::html::limits::{MAX_DEPTH, MAX_JSON_LD_BYTES, MAX_METADATA_BYTES};
use crate::html::metadata::{Metadata, MetadataReader, language_of_tag};

/// What a page has.
pub struct Extracted {
    pub text: String,
    pub blocks: Vec<PageBlock>,
    pub metadata: Metadata,
    /// The address that the page names for relative ones to be relative to.
    pub base: Option<String>,
}

/// What becomes of the text of an element in which tags are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RawText {
    /// It is text of the page.
    Shown,
    Ignored,
    Title,
    JsonLd,
}

#[derive(Debug)]
struct State {
    blocks: TextBlocks,
    open: OpenElements,
    metadata: MetadataReader,
    /// The element in which tags are text.
    raw: Option<RawText>,
    /// Its name, or that of the last one.
    raw_name: Option<LocalName>,
    /// Its text, if it is metadata.
    raw_text: String,
    /// The place of the tag before the text.
    text_place: Option<u64>,
    is_too_deep: bool,
}

/// The sink of a tokenizer.
pub struct PageSink {
    state: RefCell<State>,
    place: Cell<u64>,
    tokens: Cell<u64>,
    is_xml: bool,
}

impl PageSink {
    pub fn new(is_xml: bool) -> PageSink {
        let state = State {
            blocks: TextBlocks::default(),
            open: OpenElements::default(),
            metadata: MetadataReader::default(),
            raw: None,
            raw_name: None,
            raw_text: String::new(),
            text_place: None,
            is_too_deep: false,
        };
        PageSink { state: RefCell::new(state), place: Cell::new(0), tokens: Cell::new(0), is_xml }
    }

    /// Sets the place of the tokens that follow.
    pub fn set_place(&self, place: u64) {
        self.place.set(place);
    }

    /// The number of tags, comments and document types so far.
    pub fn tokens(&self) -> u64 {
        self.tokens.get()
    }

    /// Whether a piece of the page begins with the tag that ends the element in which tags are text.
    pub fn ends_raw_text(&self, piece: &str) -> bool {
        let state = self.state.borrow();
        let Some(name) = &state.raw_name else { return false };
        let end = piece.strip_prefix("</").and_then(|piece| piece.get(..name.len()));
        end.is_some_and(|end| end.eq_ignore_ascii_case(name))
    }

    pub fn is_in_raw_text(&self) -> bool {
        self.state.borrow().raw.is_some()
    }

    pub fn is_too_deep(&self) -> bool {
        self.state.borrow().is_too_deep
    }

    pub fn finish(self) -> Extracted {
        let state = self.state.into_inner();
        let (text, blocks) = state.blocks.finish();
        let (metadata, base) = state.metadata.finish();
        Extracted { text, blocks, metadata, base }
    }
}

impl TokenSink for PageSink {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        let mut state = self.state.borrow_mut();
        match token {
            Token::CharacterTokens(text) => state.text(&text, self.place.get()),
            Token::TagToken(tag) => {
                self.tokens.set(self.tokens.get() + 1);
                state.text_place = Some(self.place.get());
                match tag.kind {
                    TagKind::StartTag => return state.start(&tag, self.is_xml),
                    TagKind::EndTag => state.end(&tag.name),
                }
            }
            Token::DoctypeToken(_) | Token::CommentToken(_) => {
                self.tokens.set(self.tokens.get() + 1);
            }
            Token::NullCharacterToken | Token::EOFToken | Token::ParseError(_) => {}
        }
        TokenSinkResult::Continue
    }
}

impl State {
    fn text(&mut self, text: &str, place: u64) {
        let most = match self.raw {
            Some(RawText::Ignored) => return,
            Some(RawText::Title) => MAX_METADATA_BYTES,
            Some(RawText::JsonLd) => MAX_JSON_LD_BYTES,
            Some(RawText::Shown) | None => {
                let context = self.open.context();
                if !context.is_hidden {
                    self.blocks.push(text, &context, self.text_place.unwrap_or(place));
                }
                return;
            }
        };
        // One byte more shows that the text is too long.
        if self.raw_text.len() <= most {
            self.raw_text.push_str(text);
        }
    }

    fn start(&mut self, tag: &Tag, is_xml: bool) -> TokenSinkResult<()> {
        let name = &*tag.name;
        self.metadata.start(tag, self.open.context().is_in_content);
        let is_block = is_block(name);
        self.open.close_implied(name, is_block);
        if is_block {
            self.blocks.end_block();
        }
        let ends_itself = tag.self_closing && (is_xml || self.open.is_inside("svg"));
        if is_void(name) || ends_itself {
            match name {
                _ if self.open.context().is_hidden => {}
                "br" => self.blocks.push_line_break(),
                _ => {}
            }
            return TokenSinkResult::Continue;
        }
        let context = self.inner_context(tag);
        // Inline elements matter only if they are hidden, or inside something hidden.
        if is_block || context.is_hidden || is_preformatted(name) {
            if self.open.depth() >= MAX_DEPTH {
                self.is_too_deep = true;
                return TokenSinkResult::Continue;
            }
            self.open.push(tag.name.clone(), context);
        }
        if name == "plaintext" {
            return TokenSinkResult::Plaintext;
        }
        let Some(raw) = raw_kind(name) else { return TokenSinkResult::Continue };
        let is_json_ld = || {
            let is = |attribute: &html5ever::Attribute| {
                let kind = attribute.value.trim();
                &*attribute.name.local == "type" && kind.eq_ignore_ascii_case("application/ld+json")
            };
            tag.attrs.iter().any(is)
        };
        self.raw = Some(match (name, raw) {
            ("title", _) => RawText::Title,
            (_, RawKind::ScriptData) if is_json_ld() => RawText::JsonLd,
            ("xmp", _) => RawText::Shown,
            _ => RawText::Ignored,
        });
        self.raw_name = Some(tag.name.clone());
        self.raw_text.clear();
        TokenSinkResult::RawData(raw)
    }

    /// What holds inside an element that is not open yet.
    fn inner_context(&self, tag: &Tag) -> Context {
        let name = &*tag.name;
        let mut context = self.open.context();
        context.is_in_content |= matches!(name, "article" | "main");
        context.is_preformatted |= is_preformatted(name);
        context.is_hidden |= is_never_text(name);
        let has = |wanted: &str| tag.attrs.iter().any(|one| &*one.name.local == wanted);
        context.is_hidden |= name == "dialog" && !has("open");
        let mut own_kind = kind(name);
        // The footer of an article is a part of it.
        if name == "footer" && !context.is_in_content {
            own_kind = Some(BlockKind::Navigation);
        }
        if !matches!(name, "html" | "body") {
            match site_part(&tag.attrs) {
                // Saved pages often have the banner open and the content marked `aria-hidden`.
                Some(SitePart::Hidden) => context.is_hidden |= !matches!(name, "main" | "article"),
                Some(SitePart::Navigation) => own_kind = Some(BlockKind::Navigation),
                Some(SitePart::Aside) => own_kind = own_kind.or(Some(BlockKind::Aside)),
                // A box inside the article.
                None if name == "aside" && context.is_in_content => own_kind = None,
                None => {}
            }
            let lang = tag.attrs.iter().find(|one| matches!(&*one.name.local, "lang" | "xml:lang"));
            if let Some(language) = lang.and_then(|lang| language_of_tag(&lang.value)) {
                context.language = Some(language);
            }
        }
        context.kind = match (context.kind, own_kind) {
            (kind, None) => kind,
            // A menu stays a menu inside.
            (BlockKind::Navigation, Some(_)) => BlockKind::Navigation,
            (BlockKind::Aside, Some(kind)) if kind != BlockKind::Navigation => BlockKind::Aside,
            (_, Some(kind)) => kind,
        };
        context
    }

    fn end(&mut self, name: &str) {
        if let Some(raw) = self.raw.take() {
            let text = std::mem::take(&mut self.raw_text);
            match raw {
                RawText::Title => self.metadata.title(&text),
                RawText::JsonLd => self.metadata.json_ld(&text),
                RawText::Shown | RawText::Ignored => {}
            }
        }
        if matches!(name, "html" | "body") {
            // What follows is shown as well.
            return self.blocks.end_block();
        }
        let was_hidden = self.open.context().is_hidden;
        self.open.close(name);
        if name == "br" && !was_hidden {
            self.blocks.push_line_break();
        } else if is_block(name) {
            self.blocks.end_block();
        }
    }
}
