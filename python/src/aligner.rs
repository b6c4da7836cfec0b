//! The class `Aligner`.

use std::path::PathBuf;
use std::sync::Arc;

use bitext::align::AlignConfig;
use bitext::{Article, Embedder, Id};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyMapping, PyString, PyTuple};

use crate::errors::{self, OrRaise};
use crate::input::embedder::{self, PyEmbedder};
use crate::input::splitter::{TextSplitter, newlines};
use crate::input::texts;
use crate::many::AlignMany;
use crate::results::PyBitext;
use crate::{interrupt, settings};

/// Settings of this class besides those of the library.
const OWN_SETTINGS: [&str; 7] = [
    "model",
    "embedder",
    "embedder_name",
    "embedder_languages",
    "splitter",
    "splitter_name",
    "newlines",
];

/// The aligner of the library with what is done before it.
pub struct Pipeline {
    pub aligner: bitext::Aligner,
    pub splitter: TextSplitter,
    pub embedder: Arc<dyn Embedder>,
    pub config: AlignConfig,
    /// Whether alignment calls functions of the caller.
    pub calls_python: bool,
}

/// Keeps a model and settings, to align many articles.
///
/// Parameters
/// ----------
/// model : str or os.PathLike, optional
///     File or folder of a static model. Default: the model in the package.
/// embedder : callable or object with a method ``encode``, optional
///     Function from a list of *n* texts to an array of shape *(n, d)*, such as ``encode`` of
///     sentence-transformers. If it has a parameter ``language``, it gets the code of the language.
/// embedder_name : str, optional
///     Name and version of the embedder, which results record as part of their fingerprint.
/// embedder_languages : list of str, optional
///     Languages that the embedder knows. Other languages give a warning.
/// splitter : callable, optional
///     Function from a text to a list of sentences, or of tuples with the start and the end of each
///     sentence in characters. If it has a parameter ``language``, it gets the code of the language.
/// splitter_name : str, optional
///     Name and version of the splitter, which is part of the identity of a training set. Default: the
///     name of the function with its module.
/// newlines : {'auto', 'always', 'never'}, default 'auto'
///     When a single newline ends a paragraph.
/// max_side, max_bead, neighbours, exact_cells : int, optional
/// temperature, min_link_confidence, min_coverage : float, optional
/// crossing : bool, optional
/// span_vectors : {'embed', 'pool'}, optional
/// weights : str or os.PathLike, optional
///     Path of a file of ``bitext fit``. A str of several lines is the content of such a file.
/// background : dict, optional
///     Settings of the library, see the page on Python of the guide.
/// settings : mapping, optional
///     Several of the settings above.
///
/// Examples
/// --------
/// >>> import bitext
/// >>> aligner = bitext.Aligner(crossing=True)
/// >>> len(aligner.align(en="The bridge is closed.", de="Die Brücke ist gesperrt."))
/// 1
#[pyclass(frozen, name = "Aligner", module = "bitext", subclass)]
pub struct PyAligner {
    pipeline: Arc<Pipeline>,
    keywords: Py<PyDict>,
}

/// The keywords of a call: articles by language, the id, and settings.
struct Keywords<'py> {
    articles: Vec<(String, Bound<'py, PyAny>)>,
    id: Option<Id>,
    settings: Bound<'py, PyDict>,
}

/// Whether a keyword may be the code of a language: `en`, `en_US`, `ukr`.
fn is_code(name: &str) -> bool {
    let primary = name.split(['-', '_']).next().unwrap_or_default();
    (2..=3).contains(&primary.len()) && bitext::Language::new(name).is_ok()
}

fn is_setting(name: &str) -> bool {
    OWN_SETTINGS.contains(&name) || settings::align_names().iter().any(|known| known == name)
}

/// The text of a setting.
fn text_setting(name: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    let wrong = |_| errors::wrong_type(&format!("setting `{name}`"), "a str", value);
    Ok(value.cast::<PyString>().map_err(wrong)?.to_str()?.to_string())
}

/// The path that a setting names.
pub fn path_setting(name: &str, value: &Bound<'_, PyAny>) -> PyResult<PathBuf> {
    let wrong = |_| errors::wrong_type(&format!("setting `{name}`"), "a str or a path", value);
    value.extract().map_err(wrong)
}

/// The weights as a setting: the content of a file, which a str of one line or a path names.
fn weights_setting<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = value.py();
    let is_content = match value.cast::<PyString>() {
        Ok(text) => text.to_str()?.contains('\n'),
        Err(_) => !value.hasattr("__fspath__")?,
    };
    if is_content {
        return Ok(value.clone());
    }
    let path = path_setting("weights", value)?;
    let read = std::fs::read_to_string(&path);
    let text = read.map_err(|error| bitext::Error::read(&path, error)).or_raise(py)?;
    Ok(PyString::new(py, &text).into_any())
}

/// Refuses the id of a single article if the id looks like the other article.
fn check_id(py: Python<'_>, id: Option<&Id>) -> PyResult<()> {
    let is_text = id.is_some_and(|id| id.to_string().split_whitespace().nth(1).is_some());
    if !is_text {
        return Ok(());
    }
    let message = "an alignment needs two or three articles, got 1; `id` is the id of the result, and an \
                   article in Indonesian is `ind`";
    Err(errors::input(py, "article_count", message))
}

/// Refuses names that are no settings. A name that may be meant as a language is a setting here.
fn check_names(keywords: &Bound<'_, PyDict>) -> PyResult<()> {
    for (name, _) in keywords {
        let key = {
            let wrong = |_| errors::wrong_type("the name of a setting", "a str", &name);
            name.extract::<String>().map_err(wrong)?
        };
        if !is_setting(&key) {
            let names = OWN_SETTINGS
                .iter()
                .copied()
                .chain(settings::align_names().iter().map(String::as_str));
            let names: Vec<&str> = names.collect();
            let why = settings::unknown(&key, &names);
            let why = format!("{why}; the keyword of an article is a language code, such as `en`");
            return Err(errors::settings(name.py(), &why));
        }
    }
    Ok(())
}

fn sort_keywords<'py>(keywords: &Bound<'py, PyDict>) -> PyResult<Keywords<'py>> {
    let mut sorted =
        Keywords { articles: Vec::new(), id: None, settings: PyDict::new(keywords.py()) };
    for (name, value) in keywords {
        let key: String = name.extract()?;
        let is_language = !is_setting(&key)
            && is_code(&key)
            && (key.len() <= 3
                || value.is_none()
                || texts::is_article(&value)
                || bitext::language::from_name(&key).is_some());
        if key == "id" {
            sorted.id = texts::id(&value)?;
        } else if is_language {
            // None is a missing version.
            if !value.is_none() {
                sorted.articles.push((key, value));
            }
        } else {
            sorted.settings.set_item(name, value)?;
        }
    }
    Ok(sorted)
}

impl Pipeline {
    /// The pipeline with settings of Python.
    pub fn new(py: Python<'_>, keywords: &Bound<'_, PyDict>) -> PyResult<Pipeline> {
        let given = |name: &str| -> PyResult<Option<Bound<'_, PyAny>>> {
            Ok(keywords.get_item(name)?.filter(|value| !value.is_none()))
        };
        let (model, own) = (given("model")?, given("embedder")?);
        check_names(keywords)?;
        let text = |name: &str| -> PyResult<Option<String>> {
            given(name)?.map(|value| text_setting(name, &value)).transpose()
        };
        let name = text("embedder_name")?;
        let languages = given("embedder_languages")?;
        if model.is_some() && own.is_some() {
            return Err(errors::settings(py, "settings `model` and `embedder`: give one of them"));
        }
        if own.is_none() && (name.is_some() || languages.is_some()) {
            let why = "settings `embedder_name` and `embedder_languages` need `embedder`";
            return Err(errors::settings(py, why));
        }
        let calls_python = own.is_some();
        let embedder: Arc<dyn Embedder> = match own {
            Some(own) => Arc::new(PyEmbedder::new(&own, name, languages.as_ref())?),
            None => {
                let path = model.map(|path| path_setting("model", &path)).transpose()?;
                embedder::model(py, path.as_deref())?
            }
        };
        let newlines = match text("newlines")? {
            Some(name) => newlines(py, &name)?,
            None => bitext::text::Newlines::Auto,
        };
        let function = given("splitter")?;
        let splitter_name = text("splitter_name")?;
        if function.is_none() && splitter_name.is_some() {
            return Err(errors::settings(py, "setting `splitter_name` needs `splitter`"));
        }
        let splitter = TextSplitter::new(function.as_ref(), splitter_name, newlines)?;
        let rest = keywords.copy()?;
        for name in OWN_SETTINGS {
            if rest.contains(name)? {
                rest.del_item(name)?;
            }
        }
        if let Some(weights) = given("weights")? {
            rest.set_item("weights", weights_setting(&weights)?)?;
        }
        let config: AlignConfig = settings::parse(py, settings::object(&rest)?)?;
        let mut aligner = bitext::Aligner::with_embedder(embedder.clone());
        if !rest.is_empty() {
            aligner = aligner.with_config(config.clone()).or_raise(py)?;
        }
        if let TextSplitter::Rules(rules) = splitter {
            aligner = aligner.with_splitter(rules);
        }
        Ok(Pipeline { aligner, splitter, embedder, config, calls_python })
    }

    /// Aligns articles and gives the bitext an id.
    pub fn align(&self, articles: Vec<Article>, id: Option<Id>) -> bitext::Result<bitext::Bitext> {
        let bitext = self.aligner.align(articles)?;
        Ok(match id {
            Some(id) => bitext.with_id(id),
            None => bitext,
        })
    }
}

#[pymethods]
impl PyAligner {
    #[new]
    #[pyo3(signature = (**settings))]
    fn new(py: Python<'_>, settings: Option<&Bound<'_, PyDict>>) -> PyResult<PyAligner> {
        let settings = match settings {
            Some(settings) => settings.copy()?,
            None => PyDict::new(py),
        };
        if let Some(several) = settings.get_item("settings")? {
            settings.del_item("settings")?;
            let empty = PyDict::new(py).into_any();
            let several = if several.is_none() { empty } else { several };
            let Ok(several) = several.cast::<PyMapping>() else {
                return Err(errors::wrong_type("`settings`", "a mapping", &several));
            };
            // Keywords come before the mapping.
            let keywords = settings.copy()?;
            settings.update(several)?;
            settings.update(keywords.as_mapping())?;
        }
        let pipeline = Arc::new(Pipeline::new(py, &settings)?);
        Ok(PyAligner { pipeline, keywords: settings.unbind() })
    }

    /// Aligns two or three articles: see `bitext.align`. It takes articles and an ``id``, and no settings.
    #[pyo3(signature = (*articles, **texts))]
    fn align(
        &self,
        py: Python<'_>,
        articles: &Bound<'_, PyTuple>,
        texts: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<PyBitext> {
        let (articles, id) = self.articles(py, articles, texts)?;
        let pipeline = self.pipeline.clone();
        let bytes = texts::work(&articles);
        let aligned = interrupt::run(py, bytes, move || pipeline.align(articles, id))?;
        Ok(PyBitext::new(aligned.or_raise(py)?, Some(self.pipeline.clone())))
    }

    /// Aligns many articles in order: see `bitext.align_many`.
    #[pyo3(signature = (articles, *, threads = None, languages = None, on_error = None))]
    fn align_many(
        &self,
        articles: &Bound<'_, PyAny>,
        threads: Option<&Bound<'_, PyAny>>,
        languages: Option<&Bound<'_, PyAny>>,
        on_error: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<AlignMany> {
        AlignMany::new(self.pipeline.clone(), articles, threads, languages, on_error)
    }

    /// The vectors of texts: see `bitext.embed`.
    #[pyo3(signature = (texts, language))]
    fn embed<'py>(
        &self,
        texts: &Bound<'py, PyAny>,
        language: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let pipeline = &self.pipeline;
        crate::functions::embed_with(&pipeline.embedder, pipeline.calls_python, texts, language)
    }

    /// The fingerprint of the model and the settings, which results record.
    #[getter]
    fn fingerprint(&self) -> &str {
        self.pipeline.aligner.fingerprint()
    }

    /// The settings of the aligner by name, without the weights.
    #[getter]
    fn settings<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut all = settings::through_text(&self.pipeline.config)?;
        if let Some(all) = all.as_object_mut() {
            all.remove("weights");
            all.insert("crossing".to_string(), self.pipeline.config.crossing.into());
        }
        settings::to_python(py, &all)
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let mut settings = Vec::new();
        for (name, value) in self.keywords.bind(py) {
            settings.push(format!("{name}={}", value.repr()?));
        }
        Ok(format!("Aligner({})", settings.join(", ")))
    }

    /// Pickles the settings, and functions of the caller if they can be pickled.
    fn __getnewargs_ex__<'py>(&self, py: Python<'py>) -> (Bound<'py, PyTuple>, Py<PyDict>) {
        (PyTuple::empty(py), self.keywords.clone_ref(py))
    }
}

impl PyAligner {
    pub fn pipeline(&self) -> &Arc<Pipeline> {
        &self.pipeline
    }

    fn articles(
        &self,
        py: Python<'_>,
        given: &Bound<'_, PyTuple>,
        keywords: Option<&Bound<'_, PyDict>>,
    ) -> PyResult<(Vec<Article>, Option<Id>)> {
        let splitter = &self.pipeline.splitter;
        let (mut articles, mut id) = (Vec::new(), None);
        for value in given {
            if let Ok(mapping) = value.cast::<PyMapping>() {
                let (found, own_id) = texts::by_language(mapping, splitter)?;
                articles.extend(found);
                id = own_id.or(id);
            } else {
                articles.push(texts::detected(&value, splitter)?);
            }
        }
        let Some(keywords) = keywords else { return Ok((articles, id)) };
        let sorted = sort_keywords(keywords)?;
        if articles.len() + sorted.articles.len() == 1 {
            check_id(py, sorted.id.as_ref())?;
        }
        if !sorted.settings.is_empty() {
            // The error for a name that is no setting; a setting cannot change here.
            check_names(&sorted.settings)?;
            let why = "settings are given to the class: Aligner(...).align(...)";
            return Err(errors::settings(py, why));
        }
        for (code, value) in sorted.articles {
            articles.push(texts::article(texts::language(py, &code)?, &value, splitter)?);
        }
        Ok((articles, sorted.id.or(id)))
    }
}

/// The pipeline of an argument `aligner`, or the default one.
pub fn pipeline_of(py: Python<'_>, aligner: Option<&Bound<'_, PyAny>>) -> PyResult<Arc<Pipeline>> {
    let Some(aligner) = aligner else { return crate::functions::default_pipeline(py) };
    match aligner.cast::<PyAligner>() {
        Ok(aligner) => Ok(aligner.get().pipeline().clone()),
        Err(_) => Err(errors::wrong_type("`aligner`", "an Aligner", aligner)),
    }
}

/// Divides keywords into articles (with the id) and settings.
#[pyfunction]
#[pyo3(signature = (keywords))]
pub fn divide_keywords<'py>(
    keywords: &Bound<'py, PyDict>,
) -> PyResult<(Bound<'py, PyDict>, Bound<'py, PyDict>)> {
    let settings = sort_keywords(keywords)?.settings;
    let articles = PyDict::new(keywords.py());
    for (name, value) in keywords {
        if !settings.contains(&name)? {
            articles.set_item(name, value)?;
        }
    }
    Ok((articles, settings))
}
