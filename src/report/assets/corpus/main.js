// Starts the page.

showFacts();
showFilters();
showDocuments();
update();
$("reset").addEventListener("click", reset);
$("which").addEventListener("change", showExamples);
