//! The guide: one page for each task, and a page that explains the terms.
//!
//! This module holds documentation only. The same pages are in the folder `guide` of the
//! repository.
//!
//! | page | task |
//! |---|---|
//! | [`concepts`] | the terms: sentence, segment, bead, unit, posterior, confidence |
//! | [`aligning`] | align articles, many articles, vectors of your own |
//! | [`splitting`] | split text into sentences |
//! | [`training_sets`] | pair articles and build a training set |
//! | [`web_pages`] | read pages of HTML and web archives |
//! | [`filtering`] | filter sentence pairs and remove duplicates |
//! | [`scoring`] | score alignments against gold |
//! | [`pages`] | view and correct alignments |
//! | [`own_models`] | train a model, learn weights |
//! | [`transformers`] | use LaBSE, distiluse or multilingual-e5 |
//! | [`languages`] | what works beyond English, Ukrainian and German |
//! | [`formats`] | the formats that bitext reads and writes |
//! | [`confidence`] | what a confidence means |
//! | [`python`] | use bitext from Python |

macro_rules! pages {
    ($($name:ident $file:literal)*) => {$(
        #[doc = include_str!(concat!(env!("OUT_DIR"), "/guide/", $file, ".md"))]
        pub mod $name {}
    )*};
}

pages! {
    concepts "concepts"
    aligning "aligning"
    splitting "splitting"
    training_sets "training-sets"
    web_pages "web-pages"
    filtering "filtering"
    scoring "scoring"
    pages "pages"
    own_models "own-models"
    transformers "transformers"
    languages "languages"
    formats "formats"
    confidence "confidence"
    python "python"
}
